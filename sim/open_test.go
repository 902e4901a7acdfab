package sim_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
	"cortigo/sim/spikes"
)

// warm is a recurrent network under Poisson input.
func warm(t *testing.T) *sim.Network {
	t.Helper()
	net := mustNew(t, sim.Seed(5))
	a := create(t, net, "a", 200, neuron.DefaultIafPscExp())
	a.Set(sim.Params{"V_m": connect.Normal{Mean: -62, SD: 4}})
	net.Connect(a, a, connect.FixedInDegree{N: 20}, connect.Synapse{Weight: connect.Normal{Mean: 20, SD: 4}, Delay: connect.Uniform{Min: 0.5, Max: 6}})
	must(t, drive(net, device.Poisson{Rate: 9000}, a, connect.Synapse{Weight: connect.Constant(30)}))
	return net
}

// stimulate gives the network a current from 110 ms on.
func stimulate(t *testing.T, net *sim.Network, amplitude float64) {
	t.Helper()
	a, err := net.Nodes("a")
	must(t, err)
	must(t, drive(net, device.DC{Amplitude: amplitude, Active: device.Active{Start: 110, Stop: 160}}, a.Slice(0, 120), connect.Synapse{}))
}

// Two runs from one warm-up with different stimuli are each what a run with that
// stimulus is from the beginning, whatever the workers.
func TestBranches(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	net := warm(t)
	must(t, net.Simulate(ctx, 100))
	must(t, net.Save(dir))
	after := func(net *sim.Network, amplitude float64) string {
		t.Helper()
		if amplitude != 0 {
			stimulate(t, net, amplitude)
		}
		m := newMemory()
		net.Record(device.SpikeRecorder{}).WriteSpikesTo(m)
		must(t, net.Simulate(ctx, 100))
		return digestOf(t, m)
	}
	seen := map[string]float64{}
	for i, amplitude := range []float64{0, 150, -90} {
		whole := warm(t)
		if amplitude != 0 {
			stimulate(t, whole, amplitude)
		}
		must(t, whole.Simulate(ctx, 100))
		want := after(whole, 0)
		branch, err := sim.Open(dir, sim.Threads(1+i%2))
		must(t, err)
		if got := after(branch, amplitude); got != want {
			t.Errorf("%g pA: the branch is not what a whole run is", amplitude)
		}
		if other, ok := seen[want]; ok {
			t.Errorf("%g and %g pA give the same spikes: this test shows nothing", amplitude, other)
		}
		seen[want] = amplitude
		// A branch can be saved and gone on with like any network.
		must(t, branch.Save(t.TempDir()))
	}
	// The warm-up is as it was, and its state is not another network's.
	net, err := sim.Open(dir)
	must(t, err)
	stimulate(t, net, 10)
	wantError(t, net.SaveState(dir), "network", "Save")
	if net.TimeMS() != 100 {
		t.Errorf("at %g ms", net.TimeMS())
	}
}

// A network that is saved while it goes on is saved as it was, and the spikes are
// as ever.
func TestStartSave(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	net := warm(t)
	must(t, net.Simulate(ctx, 50))
	wait, err := net.StartSave(dir)
	must(t, err)
	m := newMemory()
	net.Record(device.SpikeRecorder{}).WriteSpikesTo(m)
	must(t, net.Simulate(ctx, 100))
	must(t, wait())
	must(t, wait()) // as often as one likes
	saved, err := sim.Open(dir)
	must(t, err)
	if saved.TimeMS() != 50 {
		t.Fatalf("saved at %g ms, want 50", saved.TimeMS())
	}
	again := newMemory()
	saved.Record(device.SpikeRecorder{}).WriteSpikesTo(again)
	must(t, saved.Simulate(ctx, 100))
	if digestOf(t, again) != digestOf(t, m) {
		t.Error("what was saved goes on differently")
	}
	_, err = net.StartSave("/dev/null/no")
	wantError(t, err, "saving the network", "/dev/null")
}

// Saved and opened between changes, a network goes on as it would have: with
// generators, columns, synapse models, changed weights and arrivals under way.
func TestOpenAndGoOn(t *testing.T) {
	later := []func(net *sim.Network){
		func(net *sim.Network) {
			a, g := named(t, net, "a"), named(t, net, "g")
			join(t, net, a, named(t, net, "d"), connect.FixedInDegree{N: 4}, 0.4, 1)
			g.Slice(0, 5).Set(sim.Params{"rate": 3000.0})
			net.Connect(g.At(7), a.Slice(4, 30), connect.Synapse{Weight: connect.Uniform{Min: 50, Max: 60}, Delay: connect.Constant(8)})
		},
		func(net *sim.Network) {
			e := nodes(t, net, "", 4, neuron.DefaultIafPscAlpha(), sim.Params{"V_m": connect.Uniform{Min: -60, Max: -56}, "I_e": 400.0})
			equal(t, "first new id", e.First(), int32(139)) // after 20 + 60 + 1 + 1 + 30 + 20 + 5 + 1 nodes
			net.Connect(e, named(t, net, "a"), connect.Synapse{Model: "inhibitory"})
			cs, err := net.Connections(sim.ConnectionQuery{Source: named(t, net, "g"), Target: named(t, net, "a").At(2)})
			must(t, err)
			net.SetWeights(cs[:2], 200.0)
			named(t, net, "a").Slice(0, 9).Set(sim.Params{"E_L": -68.0, "V_m": connect.Uniform{Min: -68, Max: -60}})
		},
		func(net *sim.Network) {
			named(t, net, "times").Set(sim.Params{"spike_times": []float64{60, 70}, "spike_multiplicities": []int{}})
		},
		func(net *sim.Network) {},
	}
	run := func(save bool, opts ...sim.Option) (string, string) {
		net, m, dir := lively(t, opts...), newMemory(), t.TempDir()
		net.Record(device.SpikeRecorder{}).WriteSpikesTo(m)
		for i, ms := range []float64{11.3, 20.2, 28.5, 20} {
			simulate(t, net, ms)
			later[i](net)
			if save {
				must(t, net.Save(dir))
				must(t, sim.Verify(dir))
				info, err := sim.Inspect(dir)
				must(t, err)
				equal(t, "inspected", info.Populations[1].Population, spikes.Population{Name: "b", First: 83, N: 30})
				net, err = sim.Open(dir, opts...)
				must(t, err)
				net.Record(device.SpikeRecorder{}, sim.Join(named(t, net, "a"), named(t, net, "b"), named(t, net, "d"), named(t, net, "p"))).WriteSpikesTo(m)
			}
		}
		if len(m.step) < 300 {
			t.Errorf("only %d spikes", len(m.step))
		}
		var models []string
		for _, s := range net.SynapseModels() {
			models = append(models, fmt.Sprintf("%s %v %v %d", s.Name, s.Weight, s.Delay, s.Connections))
		}
		cs, err := net.Connections(sim.ConnectionQuery{})
		must(t, err)
		all := ""
		for _, c := range cs {
			all += fmt.Sprintln(c.Source, c.Target, c.Model, c.Weight, c.Delay)
		}
		return fmt.Sprint(m.step, m.neuron), fmt.Sprint(all, models, get(t, named(t, net, "a"), "V_m"), get(t, named(t, net, "g"), "rate"))
	}
	want, state := run(false)
	for _, c := range []struct {
		save            bool
		threads, shards int
	}{{false, 2, 3}, {true, 2, 4}} {
		got, s := run(c.save, sim.Threads(c.threads), sim.Shards(c.shards))
		if got != want {
			t.Errorf("%+v: other spikes", c)
		}
		if s != state {
			t.Errorf("%+v: another state", c)
		}
	}
}

// A state that is saved alone must be one of the network that was saved.
func TestSaveStateOfChanged(t *testing.T) {
	net, dir := lively(t), t.TempDir()
	simulate(t, net, 1)
	must(t, net.Save(dir))
	simulate(t, net, 1)
	must(t, net.SaveState(dir))
	join(t, net, named(t, net, "a"), named(t, net, "b"), connect.FixedInDegree{N: 3}, 70, 2)
	wantError(t, net.SaveState(dir), "changed", "Save")
	opened, err := sim.Open(dir)
	must(t, err)
	equal(t, "time", opened.TimeMS(), 2)
}

// A network whose state is missing starts again, and says so.
func TestOpenWithoutState(t *testing.T) {
	net := mustNew(t)
	nodes(t, net, "a", 3, neuron.DefaultIafPscExp(), sim.Params{"I_e": 500})
	simulate(t, net, 20)
	dir := t.TempDir()
	must(t, net.Save(dir))
	opened, err := sim.Open(dir)
	must(t, err)
	if w := opened.Warnings(); len(w) != 0 || opened.TimeMS() != 20 {
		t.Errorf("warnings %v at %g ms, want none at 20 ms", w, opened.TimeMS())
	}
	must(t, os.RemoveAll(filepath.Join(dir, "state")))
	opened, err = sim.Open(dir)
	must(t, err)
	if w := fmt.Sprint(opened.Warnings()); opened.TimeMS() != 0 || !strings.Contains(w, "no state in "+dir) || !strings.Contains(w, "at 0 ms") {
		t.Errorf("warnings %s at %g ms, want that the state is missing at 0 ms", w, opened.TimeMS())
	}
	simulate(t, opened, 1)
}

// Files of the caller's own are written with the network, and the network is not
// there while they cannot be.
func TestSaveOwnFiles(t *testing.T) {
	net := mustNew(t)
	nodes(t, net, "a", 3, neuron.DefaultIafPscExp())
	must(t, net.Build(t.Context()))
	dir := t.TempDir()
	file := func(text string) sim.File {
		return sim.File{Name: "model.json", Write: func(w io.Writer) error { _, err := io.WriteString(w, text); return err }}
	}
	read := func() string {
		f := file("")
		b, err := os.ReadFile(f.Path(dir))
		must(t, err)
		return string(b)
	}
	must(t, net.Save(dir, file("one"), sim.File{Name: "notes.txt", Write: file("x").Write}))
	equal(t, "file", read(), "one")
	must(t, net.Save(dir)) // it stays
	equal(t, "file", read(), "one")
	must(t, sim.SaveFile(dir, file("two")))
	equal(t, "file", read(), "two")
	failure := errors.New("no room")
	broken := sim.File{Name: "model.json", Write: func(w io.Writer) error { _, _ = io.WriteString(w, "thr"); return failure }}
	if err := sim.SaveFile(dir, broken); !errors.Is(err, failure) || read() != "two" {
		t.Errorf("%v, the file is %q, want an error and the file before", err, read())
	}
	if _, err := sim.Open(dir); err != nil {
		t.Error(err)
	}
	if err := net.Save(dir, broken); !errors.Is(err, failure) || read() != "two" {
		t.Errorf("%v, the file is %q, want an error and the file before", err, read())
	}
	if _, err := sim.Open(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v: a network whose file could not be written is there", err)
	}
	must(t, net.Save(dir, file("three")))
	if _, err := sim.Open(dir); err != nil || read() != "three" {
		t.Error(err, read())
	}
	for _, name := range []string{"", ".", "..", ".hidden", "a/b", "/a", "network.json", "shard-0000.rows"} {
		f := file("x")
		f.Name = name
		wantError(t, net.Save(dir, f), "file "+strconv.Quote(name)+" beside the network")
		wantError(t, sim.SaveFile(dir, f), "file "+strconv.Quote(name)+" beside the network")
	}
	wantError(t, net.Save(dir, sim.File{Name: "a"}), "nothing to write it")
	wantError(t, sim.SaveFile("", file("x")), "no name")
	if _, err := sim.Open(dir); err != nil { // what was refused changed nothing
		t.Error(err)
	}
}
