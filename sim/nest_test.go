package sim_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// nestCase is a small network with the answers of NEST 3.10; see
// testdata/nest/README.md.
type nestCase struct {
	Name       string  `json:"name"`
	Resolution float64 `json:"resolution_ms"`
	Nodes      []struct {
		Model  string                     `json:"model"`
		N      int                        `json:"n"`
		Params map[string]json.RawMessage `json:"params"`
	} `json:"nodes"`
	Connections []struct {
		Pre, Post     int
		Weight, Delay float64
	} `json:"connections"`
	RecordSpikes []int `json:"record_spikes"`
	RecordV      *struct {
		IDs      []int    `json:"ids"`
		Interval float64  `json:"interval_ms"`
		Offset   float64  `json:"offset_ms"`
		Start    float64  `json:"start_ms"`
		Stop     float64  `json:"stop_ms"`
		From     []string `json:"from"`
	} `json:"record_v"`
	Simulate []float64 `json:"simulate_ms"`
	Result   struct {
		Spikes struct {
			Times   []float64 `json:"times_ms"`
			Senders []int     `json:"senders"`
		} `json:"spikes"`
		Samples map[string]map[string][]float64 `json:"samples"`
	} `json:"result"`
}

func readCase(t testing.TB, path string) *nestCase {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var c nestCase
	if err := json.NewDecoder(z).Decode(&c); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return &c
}

// decode overlays NEST's parameters on a struct with NEST's names as tags.
func decode(t testing.TB, params map[string]json.RawMessage, into any) {
	t.Helper()
	b, err := json.Marshal(params)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatal(err)
	}
}

// nestModel returns the model of a node, with NEST's rule that V_m starts at
// E_L where it is not given.
func nestModel(t testing.TB, name string, params map[string]json.RawMessage) neuron.Model {
	t.Helper()
	switch name {
	case "iaf_psc_exp":
		m := neuron.DefaultIafPscExp()
		decode(t, params, &m)
		if _, ok := params["V_m"]; !ok {
			m.Vm = m.EL
		}
		return m
	case "iaf_psc_alpha":
		m := neuron.DefaultIafPscAlpha()
		decode(t, params, &m)
		if _, ok := params["V_m"]; !ok {
			m.Vm = m.EL
		}
		return m
	case "iaf_psc_delta":
		m := neuron.DefaultIafPscDelta()
		decode(t, params, &m)
		if _, ok := params["V_m"]; !ok {
			m.Vm = m.EL
		}
		return m
	case "parrot_neuron":
		return neuron.Parrot{}
	}
	return nil
}

func nestDevice(t testing.TB, name string, params map[string]json.RawMessage) device.Device {
	t.Helper()
	switch name {
	case "spike_generator":
		var d device.SpikeGenerator
		decode(t, params, &d)
		return d
	case "dc_generator":
		var d device.DC
		decode(t, params, &d)
		return d
	case "step_current_generator":
		var d device.StepCurrent
		decode(t, params, &d)
		return d
	}
	t.Fatalf("unknown model %s", name)
	return nil
}

type memory struct {
	step    []int64
	neuron  []int32
	samples map[[2]int64][]float64 // by step and neuron
}

func (m *memory) WriteSpikes(step []int64, neuron []int32) error {
	m.step = append(m.step, step...)
	m.neuron = append(m.neuron, neuron...)
	return nil
}

func (m *memory) WriteSamples(s sim.Samples) error {
	for i := range s.Step {
		var v []float64
		for q := range s.Values {
			v = append(v, s.Values[q][i])
		}
		m.samples[[2]int64{s.Step[i], int64(s.Neuron[i])}] = v
	}
	return nil
}

// built is a case as a network: NEST numbers neurons and devices together, so
// ids are translated.
type built struct {
	net  *sim.Network
	id   map[int]int32      // NEST's id to ours, neurons only
	part map[int]*sim.Nodes // NEST's id to the neuron
	mem  *memory
}

func build(t testing.TB, c *nestCase, opts ...sim.Option) *built {
	t.Helper()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	net, err := sim.New(append([]sim.Option{sim.Resolution(c.Resolution)}, opts...)...)
	check(err)
	b := &built{net: net, id: map[int]int32{}, part: map[int]*sim.Nodes{}, mem: &memory{samples: map[[2]int64][]float64{}}}
	devices := map[int]device.Device{}
	at := 1
	for i, node := range c.Nodes {
		model := nestModel(t, node.Model, node.Params)
		if model == nil {
			for k := range node.N {
				devices[at+k] = nestDevice(t, node.Model, node.Params)
			}
			at += node.N
			continue
		}
		pop, err := net.Create(fmt.Sprintf("%s %d", node.Model, i), node.N, model)
		check(err)
		for k := range node.N {
			b.id[at+k] = pop.First() + int32(k)
			b.part[at+k] = pop.Slice(k, k+1)
		}
		at += node.N
	}
	lists := map[[2]*sim.Nodes]*connect.List{}
	for _, con := range c.Connections {
		post, ok := b.part[con.Post]
		if !ok {
			t.Fatalf("connection to %d, which is no neuron", con.Post)
		}
		if dev, ok := devices[con.Pre]; ok {
			check(drive(net, dev, post, connect.Synapse{Weight: connect.Constant(con.Weight), Delay: connect.Constant(con.Delay)}))
			continue
		}
		key := [2]*sim.Nodes{b.part[con.Pre], post}
		l := lists[key]
		if l == nil {
			l = &connect.List{}
			lists[key] = l
		}
		l.Pre, l.Post = append(l.Pre, 0), append(l.Post, 0)
		l.Weight, l.Delay = append(l.Weight, con.Weight), append(l.Delay, con.Delay)
	}
	for key, l := range lists {
		check(net.Connect(key[0], key[1], *l, connect.Synapse{}))
	}
	var recorded []*sim.Nodes
	for _, id := range c.RecordSpikes {
		recorded = append(recorded, b.part[id])
	}
	if len(recorded) > 0 {
		check(net.RecordSpikes(b.mem, recorded...))
	}
	if r := c.RecordV; r != nil {
		m := device.Multimeter{Interval: r.Interval, Offset: r.Offset, Quantities: r.From, Active: device.Active{Start: r.Start, Stop: r.Stop}}
		var sampled []*sim.Nodes
		sort.Ints(r.IDs)
		for _, id := range r.IDs {
			sampled = append(sampled, b.part[id])
		}
		check(net.Record(b.mem, m, sampled...))
	}
	return b
}

// Every case must have NEST's spikes exactly and its samples within 1e-9.
func TestEqualsNEST(t *testing.T) {
	paths, err := filepath.Glob("../testdata/nest/cases/*.json.gz")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".json.gz")
		t.Run(name, func(t *testing.T) {
			c := readCase(t, path)
			for _, o := range [][2]int{{1, 1}, {2, 3}} {
				b := build(t, c, sim.Threads(o[0]), sim.Shards(o[1]))
				for _, ms := range c.Simulate {
					if err := b.net.Simulate(context.Background(), ms); err != nil {
						t.Fatal(err)
					}
				}
				compareCase(t, c, b)
			}
		})
	}
}

type event struct {
	step int64
	id   int32
}

func compareCase(t *testing.T, c *nestCase, b *built) {
	t.Helper()
	var want, got []event
	for i, ms := range c.Result.Spikes.Times {
		want = append(want, event{int64(math.Round(ms / c.Resolution)), b.id[c.Result.Spikes.Senders[i]]})
	}
	for i, s := range b.mem.step {
		got = append(got, event{s, b.mem.neuron[i]})
	}
	less := func(e []event) func(i, j int) bool {
		return func(i, j int) bool {
			return e[i].step < e[j].step || (e[i].step == e[j].step && e[i].id < e[j].id)
		}
	}
	sort.Slice(want, less(want))
	if !sort.SliceIsSorted(got, less(got)) {
		t.Error("recorded spikes are not in order")
	}
	if len(got) != len(want) {
		t.Errorf("%d spikes, NEST has %d", len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("spike %d is %v, NEST has %v", i, got[i], want[i])
		}
	}
	worst := 0.0
	compared := 0
	quantities := []string{device.Vm}
	if c.RecordV != nil && len(c.RecordV.From) > 0 {
		quantities = c.RecordV.From
	}
	for key, columns := range c.Result.Samples {
		id, err := strconv.Atoi(key)
		if err != nil {
			t.Fatal(err)
		}
		for i, ms := range columns["times_ms"] {
			step := int64(math.Round(ms / c.Resolution))
			values, ok := b.mem.samples[[2]int64{step, int64(b.id[id])}]
			if !ok {
				t.Fatalf("no sample of neuron %d at %g ms", id, ms)
			}
			for q, name := range quantities {
				d := math.Abs(values[q] - columns[name][i])
				compared++
				if !(d <= 1e-9) {
					t.Fatalf("%s of neuron %d at %g ms is %.12g, NEST has %.12g", name, id, ms, values[q], columns[name][i])
				}
				worst = math.Max(worst, d)
			}
		}
	}
	if c.RecordV != nil && compared == 0 {
		t.Error("no samples compared")
	}
	t.Logf("%d spikes, %d samples within %.2g", len(want), compared, worst)
}
