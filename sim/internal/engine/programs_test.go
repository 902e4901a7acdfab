package engine

import (
	"cmp"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/exchange"
	"cortigo/sim/internal/network"
	"cortigo/sim/neuron"
)

// A socket is an Exchange of two programs, each with some of the shards, that
// knows no more of Cortigo than the package exchange: it sends what is here
// and waits for what is there.
type socket struct {
	here []int
	of   int
	conn net.Conn
	send *gob.Encoder
	get  *gob.Decoder
}

// A parcel is what one program sends the other.
type parcel struct {
	Begin, Steps int64
	Spikes       [][]exchange.Spike
	Vote         *exchange.Vote
}

func (s *socket) Shards() (here []int, of int) { return s.here, s.of }

func (s *socket) Meet(in exchange.Interval, vote *exchange.Vote) ([][]exchange.Spike, *exchange.Vote, error) {
	sent := make(chan error, 1)
	go func() { sent <- s.send.Encode(parcel{in.Begin, in.Steps, in.Spikes, vote}) }()
	var p parcel
	if err := cmp.Or(s.get.Decode(&p), <-sent); err != nil {
		return nil, nil, err
	}
	if p.Begin != in.Begin || p.Steps != in.Steps {
		return nil, nil, fmt.Errorf("the other program simulates %d steps after step %d, this one %d after %d", p.Steps, p.Begin, in.Steps, in.Begin)
	}
	if vote == nil || p.Vote != nil && p.Vote.Broken {
		vote = p.Vote
	}
	return append(slices.Clone(in.Spikes), p.Spikes...), vote, nil
}

// Abandon makes the other program's next word with this one fail.
func (s *socket) Abandon() { _ = s.conn.Close() }

// dial returns the socket of program k of two, with every shard that deal gives it.
func dial(t *testing.T, path string, k int, deal []int) *socket {
	s := &socket{of: len(deal)}
	for i, d := range deal {
		if d == k {
			s.here = append(s.here, i)
		}
	}
	var err error
	if k == 0 {
		var l net.Listener
		if l, err = net.Listen("unix", path); err == nil {
			s.conn, err = l.Accept()
		}
	} else {
		for range 500 {
			if s.conn, err = net.Dial("unix", path); err == nil {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	s.send, s.get = gob.NewEncoder(s.conn), gob.NewDecoder(s.conn)
	return s
}

// many is every model, recurrent, with delays of 0.3 to 9 ms and Poisson input;
// a kind of synapses with state; and a chain of parrots that repeat
// hundreds of spikes at once.
func many() *network.Description {
	d := small()
	first := len(d.Populations)
	for i, n := range []int{4, 9, 30} {
		p := network.Population{Name: fmt.Sprint("chain ", i), N: n, Model: neuron.Parrot{}}
		if i == 2 {
			p.Model = neuron.DefaultIafPscExp()
		}
		d.Populations = append(d.Populations, p)
	}
	whole := func(p int) []network.Range { return []network.Range{{Population: p, From: 0, N: d.Populations[p].N}} }
	for i := range 2 {
		d.Projections = append(d.Projections, network.Projection{Pre: whole(first + i), Post: whole(first + i + 1), Rule: connect.AllToAll{},
			Weight: connect.Normal{Mean: 2, SD: 0.1}, Delay: connect.Uniform{Min: 0.5, Max: 1.5}})
	}
	d.SynapseModels = []network.SynapseModel{{Name: "fading", Weight: connect.Constant(1), Delay: connect.Constant(1), Model: fading{}}}
	d.Projections = append(d.Projections, network.Projection{Pre: whole(0), Post: whole(first + 2), Rule: connect.FixedInDegree{N: 20},
		Weight: connect.Constant(90), Delay: connect.Uniform{Min: 1, Max: 4}, Synapse: "fading"})
	d.Attachments = append(d.Attachments, network.Attachment{Device: device.SpikeGenerator{Times: []float64{11, 30.1, 62.4, 71}, Multiplicities: []int{40, 500, 77, 3}},
		Generator: 5, Post: whole(first)[0], Weight: connect.Constant(1), Delay: connect.Constant(0.4)})
	return d
}

// crowded is parrots of which one, and so one program, gets more spikes at once
// than what it drives can add up.
func crowded() *network.Description {
	exp := neuron.DefaultIafPscExp()
	d := &network.Description{Seed: 3, Resolution: 0.1, Populations: []network.Population{{Name: "first", N: 3, Model: neuron.Parrot{}}, {Name: "second", N: 10, Model: neuron.Parrot{}}, {Name: "target", N: 4, Model: exp}}}
	weights := append(connect.Values{1e14, 0.7}, slices.Repeat([]float64{5}, 38)...)
	all := func(p int) []network.Range { return []network.Range{{Population: p, From: 0, N: d.Populations[p].N}} }
	d.Projections = []network.Projection{
		{Pre: all(0), Post: all(1), Rule: connect.AllToAll{}, Weight: connect.Constant(1), Delay: connect.Constant(1)},
		{Pre: all(1), Post: all(2), Rule: connect.AllToAll{}, Weight: weights, Delay: connect.Constant(2.5)}}
	poisson := func(rate, start, stop float64, post network.Range, w float64) {
		d.Attachments = append(d.Attachments, network.Attachment{Device: device.Poisson{Rate: rate, Active: device.Active{Start: start, Stop: stop}}, Generator: len(d.Attachments),
			Post: post, Weight: connect.Constant(w), Delay: connect.Constant(0.1)})
	}
	poisson(20000, 0, math.Inf(1), all(0)[0], 1)
	poisson(5000, 0, math.Inf(1), all(2)[0], 50)
	poisson(0.97e9, 6.9, 7, all(0)[0], 1)                                  // 291,000 for each of "second", which go on with at most 295,147
	poisson(1e8, 7.5, 8.5, network.Range{Population: 1, From: 3, N: 1}, 1) // and 10,000 more for one of them
	return d
}

// A trial is what both programs do, and what one of them does beside it.
type trial struct {
	desc func() *network.Description
	runs []int64                      // steps
	then func(d *network.Description) // changes the network after each run; nil: nothing
	how  string                       // program 0 is made to stop, by its recorder, which is called when there are 8192 spikes
}

var trials = map[string]trial{
	"whole":   {desc: many, runs: []int64{333, 1, 466}},
	"learn":   {desc: func() *network.Description { return learning(500, 50) }, runs: []int64{500, 100}},
	"cancel":  {desc: many, runs: []int64{600, 100}, how: "cancel"},
	"refuse":  {desc: many, runs: []int64{600, 100}, how: "refuse"},
	"panic":   {desc: many, runs: []int64{600, 1}, how: "panic"},
	"exit":    {desc: many, runs: []int64{600, 1}, how: "exit"},
	"uneven":  {desc: many, runs: []int64{400}, how: "uneven"},
	"crowded": {desc: crowded, runs: []int64{200, 200}},
	"reload": {desc: many, runs: []int64{311, 90}, then: func(d *network.Description) {
		m := neuron.DefaultIafPscExp()
		m.EL, m.TauSynIn = -67, 3
		d.Populations[1].Model = m
	}},
	"rebuild": {desc: many, runs: []int64{311, 90}, then: func(d *network.Description) {
		d.Projections[2].Weight = connect.Constant(33)
		d.Populations = append(d.Populations, network.Population{Name: fmt.Sprint("new ", len(d.Populations)), N: 5, Model: neuron.DefaultIafPscAlpha()})
		d.Projections = append(d.Projections, network.Projection{Pre: []network.Range{{Population: 0, From: 0, N: 40}}, Post: []network.Range{{Population: len(d.Populations) - 1, From: 0, N: 5}}, Rule: connect.AllToAll{},
			Weight: connect.Constant(50), Delay: connect.Constant(1)})
	}},
}

// An outcome is what a program has in the end.
type outcome struct {
	Step       []int64
	Neuron     []int32
	SampleStep []int64
	SampleID   []int32
	Sample     []float64

	Reached        []int64 // by each run
	Err            []string
	Ended          bool // a run panicked
	State          network.State
	Spikes, Events int64
}

// halting records spikes, and is what makes a program stop.
type halting struct {
	*outcome
	halt func() error
}

func (h *halting) WriteSpikes(step []int64, neuron []int32) error {
	if h.halt != nil {
		halt := h.halt
		h.halt = nil
		if err := halt(); err != nil {
			return err
		}
	}
	h.Step, h.Neuron = append(h.Step, step...), append(h.Neuron, neuron...)
	return nil
}

// do runs a trial on an engine; program 0 is the one that may stop.
func (c trial) do(t *testing.T, e *Engine, program int) *outcome {
	out := &outcome{}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	sink := &halting{outcome: out}
	if program == 0 {
		sink.halt = map[string]func() error{
			"cancel": func() error { cancel(); return nil },
			"refuse": func() error { return errors.New("the disk is full") },
			"panic":  func() error { panic("boom") },
			"exit":   func() error { os.Exit(3); return nil },
		}[c.how]
	}
	record := func() {
		var of []network.Range
		for p := range e.desc.Populations {
			of = append(of, network.Range{Population: p, From: 0, N: e.desc.Populations[p].N})
		}
		e.RecordSpikes(sink, of)
		for _, a := range e.desc.Attachments {
			if _, ok := a.Device.(device.SpikeGenerator); ok {
				if err := e.RecordGenerator(sink, Train{Device: a.Device, Generator: a.Generator}, 1<<20); err != nil {
					t.Fatal(err)
				}
			}
		}
		of[0] = network.Range{Population: 0, From: 1, N: of[0].N - 2} // of which every shard has another number
		if e.desc.Populations[0].Model.ModelName() == "parrot_neuron" {
			of[0] = network.Range{Population: 2, From: 1, N: 3}
		}
		err := e.Record(func(_ []string, step []int64, id []int32, x [][]float64) error {
			out.SampleStep, out.SampleID, out.Sample = append(out.SampleStep, step...), append(out.SampleID, id...), append(out.Sample, x[0]...)
			return nil
		}, device.Multimeter{Quantities: []string{"V_m"}, Interval: 0.2}, of[:1])
		if err != nil {
			t.Fatal(err)
		}
	}
	record()
	for _, steps := range c.runs {
		if program == 0 && c.how == "uneven" {
			steps--
		}
		func() {
			defer func() { out.Ended = recover() != nil || out.Ended }()
			out.Err = append(out.Err, fmt.Sprint(e.Run(ctx, steps, nil)))
		}()
		out.Reached = append(out.Reached, e.Step())
		ctx = t.Context()
		if c.then == nil {
			continue
		}
		d := e.desc.Clone()
		c.then(d)
		var err error
		if e.Fits(d) && len(d.Projections) == len(e.desc.Projections) {
			e, err = e.Reload(d)
		} else {
			e, err = Rebuild(t.Context(), d, Options{Threads: e.threads, Exchange: e.exchange}, e)
		}
		if err != nil {
			t.Fatal(err)
		}
		record()
	}
	out.State, out.Spikes, out.Events = *e.State(), e.Spikes(), e.Events()
	return out
}

// What tells the test's program that it is one of the two, and which.
const (
	programVar = "CORTIGO_TEST_PROGRAM"
	dirVar     = "CORTIGO_TEST_DIR"
)

// TestProgram is one of the programs of TestTwoPrograms.
func TestProgram(t *testing.T) {
	dir := os.Getenv(dirVar)
	if dir == "" {
		t.Skip("only as a program of TestTwoPrograms")
	}
	var name string
	var k, threads, shards int
	if _, err := fmt.Sscan(os.Getenv(programVar), &name, &k, &threads, &shards); err != nil {
		t.Fatal(err)
	}
	deal := make([]int, shards)
	for s := range deal {
		deal[s] = s * 2 % 3 % 2 // 0, 0, 1, 0, 0, 1: unequal parts
	}
	deal[shards-1] = 1
	c := trials[name]
	s := dial(t, filepath.Join(dir, "socket"), k, deal)
	e, err := Build(t.Context(), c.desc(), Options{Threads: threads, Exchange: s})
	if err != nil {
		t.Fatal(err)
	}
	out := c.do(t, e, k)
	_ = s.conn.Close()
	f, err := os.Create(filepath.Join(dir, fmt.Sprint(k)))
	if err == nil {
		err = cmp.Or(gob.NewEncoder(f).Encode(out), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// programs runs a trial in two programs, each with a part of the shards, and
// returns what they had in the end; nil for one that did not come to it.
func programs(t *testing.T, name string, threads [2]int, shards int) (out [2]*outcome) {
	t.Helper()
	dir, err := os.MkdirTemp("", "") // short, for a socket
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var cmds [2]*exec.Cmd
	var said [2]strings.Builder
	for k := range cmds {
		cmds[k] = exec.CommandContext(ctx, os.Args[0], "-test.run=^TestProgram$")
		cmds[k].Env = append(os.Environ(), dirVar+"="+dir, fmt.Sprintf("%s=%s %d %d %d", programVar, name, k, threads[k], shards))
		cmds[k].Stdout, cmds[k].Stderr = &said[k], &said[k]
		if err := cmds[k].Start(); err != nil {
			t.Fatal(err)
		}
	}
	for k := range cmds {
		err := cmds[k].Wait()
		if ctx.Err() != nil {
			t.Fatalf("program %d was left waiting:\n%s", k, said[k].String())
		}
		f, open := os.Open(filepath.Join(dir, fmt.Sprint(k)))
		if err != nil || open != nil {
			t.Logf("program %d: %v %v\n%s", k, err, open, said[k].String())
			continue
		}
		out[k] = new(outcome)
		if err := cmp.Or(gob.NewDecoder(f).Decode(out[k]), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// Two programs, each with some of the shards of a network, have between them what
// one program has: spikes, samples, state and figures.
func TestTwoPrograms(t *testing.T) {
	for _, name := range []string{"whole", "learn", "crowded", "reload", "rebuild"} {
		c := trials[name]
		e, err := Build(t.Context(), c.desc(), Options{Threads: 2, Shards: 3})
		if err != nil {
			t.Fatal(err)
		}
		want := c.do(t, e, 0)
		if len(want.Step) < 300 || len(want.Sample) < 100 || len(want.State.Recent)+len(want.State.Arrivals) == 0 || (name == "crowded") != strings.Contains(want.Err[0], "spikes at once") {
			t.Errorf("%s: %d spikes and %d samples, %s: prove nothing", name, len(want.Step), len(want.Sample), want.Err)
		}
		for _, at := range []struct {
			threads [2]int
			shards  int
		}{{[2]int{1, 1}, 2}, {[2]int{1, 2}, 5}, {[2]int{2, 1}, 70}} { // 70: through rings
			t.Run(fmt.Sprint(name, " ", at), func(t *testing.T) {
				out := programs(t, name, at.threads, at.shards)
				if out[0] == nil || out[1] == nil {
					t.Fatal("not both came to the end")
				}
				got := together(out[0], out[1])
				for i := range want.Err {
					if out[0].Reached[i] != want.Reached[i] || out[1].Reached[i] != want.Reached[i] {
						t.Errorf("run %d ended at steps %d and %d, want %d", i, out[0].Reached[i], out[1].Reached[i], want.Reached[i])
					}
					for k := range out {
						if got := strings.TrimPrefix(out[k].Err[i], "another part of the network stopped: "); got != want.Err[i] {
							t.Errorf("program %d, run %d: %s, want %s", k, i, out[k].Err[i], want.Err[i])
						}
					}
				}
				if !slices.Equal(got.Step, want.Step) || !slices.Equal(got.Neuron, want.Neuron) {
					t.Errorf("%d spikes, or others, want %d", len(got.Step), len(want.Step))
				}
				if !slices.Equal(got.SampleStep, want.SampleStep) || !slices.Equal(got.SampleID, want.SampleID) || !slices.Equal(got.Sample, want.Sample) {
					t.Errorf("%d samples, or others, want %d", len(got.Sample), len(want.Sample))
				}
				if got.Spikes != want.Spikes || got.Events != want.Events {
					t.Errorf("%d spikes and %d events, want %d and %d", got.Spikes, got.Events, want.Spikes, want.Events)
				}
				if !reflect.DeepEqual(got.State, want.State) {
					t.Error("another state")
				}
			})
		}
	}
}

// together brings what two programs recorded and what state they had into what
// one would have.
func together(a, b *outcome) *outcome {
	type row struct {
		step int64
		id   int32
		x    float64
	}
	merge := func(stepA, stepB []int64, idA, idB []int32, xA, xB []float64) (steps []int64, ids []int32, xs []float64) {
		var rows []row
		for i := range stepA {
			rows = append(rows, row{stepA[i], idA[i], at(xA, i)})
		}
		for i := range stepB {
			rows = append(rows, row{stepB[i], idB[i], at(xB, i)})
		}
		slices.SortStableFunc(rows, func(a, b row) int { return cmp.Or(cmp.Compare(a.step, b.step), cmp.Compare(a.id, b.id)) })
		for _, r := range rows {
			steps, ids = append(steps, r.step), append(ids, r.id)
			if xA != nil {
				xs = append(xs, r.x)
			}
		}
		return steps, ids, xs
	}
	out := &outcome{Spikes: a.Spikes + b.Spikes, Events: a.Events + b.Events}
	out.Step, out.Neuron, _ = merge(a.Step, b.Step, a.Neuron, b.Neuron, nil, nil)
	out.SampleStep, out.SampleID, out.Sample = merge(a.SampleStep, b.SampleStep, a.SampleID, b.SampleID, a.Sample, b.Sample)
	out.State, out.State.Part = a.State, nil
	out.State.Spikes += b.State.Spikes
	// Zeros are where a neuron, or a synapse onto it, is in the other program.
	add := func(x, y []float64) {
		for i := range y {
			x[i] += y[i]
		}
	}
	for p := range out.State.Populations {
		for name, x := range out.State.Populations[p] {
			add(x, b.State.Populations[p][name])
		}
	}
	for i := range out.State.Synapses {
		add(out.State.Synapses[i].Weight, b.State.Synapses[i].Weight)
		for name, x := range out.State.Synapses[i].Columns {
			add(x, b.State.Synapses[i].Columns[name])
		}
	}
	out.State.Sent = append(out.State.Sent, b.State.Sent...)
	slices.SortFunc(out.State.Sent, network.CompareSendings)
	out.State.Arrivals = append(out.State.Arrivals, b.State.Arrivals...)
	network.SortArrivals(out.State.Arrivals)
	return out
}

func at(x []float64, i int) float64 {
	if x == nil {
		return 0
	}
	return x[i]
}

// A program that is interrupted, or whose recorder fails, ends the other's run in
// the same interval, and both can go on; one that panics or is gone ends it with
// an error.
func TestOneOfTwoProgramsStops(t *testing.T) {
	for _, c := range []struct {
		name string
		errs [2]string // of the first run
		goes bool      // both can go on
	}{
		{"cancel", [2]string{"context canceled", "another part of the network stopped: context canceled"}, true},
		{"refuse", [2]string{"the disk is full", "another part of the network stopped: the disk is full"}, true},
		{"panic", [2]string{"", "the spikes of other parts of the network did not come"}, false},
		{"exit", [2]string{"", "the spikes of other parts of the network did not come"}, false},
		{"uneven", [2]string{"the other program simulates", "the other program simulates"}, false},
	} {
		for _, threads := range [][2]int{{1, 1}, {2, 2}} {
			t.Run(fmt.Sprint(c.name, " ", threads), func(t *testing.T) {
				out := programs(t, c.name, threads, 6)
				if (out[0] == nil) != (c.name == "exit") || out[1] == nil {
					t.Fatal("one program is missing")
				}
				for k, o := range out {
					if o == nil {
						continue
					}
					if len(o.Err) == 0 || !strings.Contains(o.Err[0], c.errs[k]) || o.Ended != (k == 0 && c.name == "panic") {
						t.Errorf("program %d: %q, panicked %t, want %q", k, o.Err, o.Ended, c.errs[k])
					}
				}
				switch a, b := out[0], out[1]; {
				case c.goes: // the 500 spikes at 30.1 ms come within some ms
					if !slices.Equal(a.Reached, b.Reached) || a.Reached[0] < 301 || a.Reached[0] > 340 || a.Reached[1] != a.Reached[0]+100 || a.Err[1] != "<nil>" || b.Err[1] != "<nil>" {
						t.Errorf("ended at steps %d and %d, then %s and %s", a.Reached, b.Reached, a.Err[1], b.Err[1])
					}
				case c.name != "uneven" && !strings.Contains(b.Err[1], "an earlier run stopped within a step"):
					t.Errorf("the run after: %s", b.Err[1])
				}
			})
		}
	}
}
