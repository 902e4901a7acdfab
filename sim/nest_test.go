package sim_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/models"
)

// nestCase is a small network with the answers of NEST 3.10; see
// testdata/nest/README.md.
type nestCase struct {
	Name       string  `json:"name"`
	Resolution float64 `json:"resolution_ms"`
	Nodes      []struct {
		Model  string         `json:"model"`
		N      int            `json:"n"`
		Params map[string]any `json:"params"`
	} `json:"nodes"`
	Connections []struct {
		Pre, Post     int32
		Weight, Delay *float64
	} `json:"connections"`
	RecordSpikes []int32 `json:"record_spikes"`
	RecordV      *struct {
		IDs      []int32  `json:"ids"`
		Interval float64  `json:"interval_ms"`
		Offset   float64  `json:"offset_ms"`
		Start    float64  `json:"start_ms"`
		Stop     float64  `json:"stop_ms"`
		From     []string `json:"from"`
	} `json:"record_v"`
	Simulate []float64 `json:"simulate_ms"`
	Result   *struct {
		Spikes struct {
			Times   []float64 `json:"times_ms"`
			Senders []int32   `json:"senders"`
		} `json:"spikes"`
		Samples map[string]map[string][]float64 `json:"samples"`
	} `json:"result"`
}

func readCase(path string) (*nestCase, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return nil, err
		}
	}
	var c nestCase
	if err := json.NewDecoder(r).Decode(&c); err != nil {
		return nil, err
	}
	if c.Result == nil || len(c.Nodes) == 0 || len(c.Simulate) == 0 {
		return nil, errors.New("no nodes, simulate_ms or result")
	}
	return &c, nil
}

// plain turns JSON's lists into slices of numbers.
func plain(params map[string]any) (sim.Params, error) {
	p := sim.Params{}
	for name, v := range params {
		list, ok := v.([]any)
		if !ok {
			p[name] = v
			continue
		}
		numbers := make([]float64, len(list))
		for i, x := range list {
			if numbers[i], ok = x.(float64); !ok {
				return nil, fmt.Errorf("%s[%d] is %v, must be a number", name, i, x)
			}
		}
		p[name] = numbers
	}
	return p, nil
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

// A nestRun is a case as a network. Ids are NEST's: both count nodes in the order
// of their creation.
type nestRun struct {
	net   *sim.Network
	nodes []*sim.Nodes // by call of Create
	first []int32
	sr    *sim.Nodes // records the spikes; nil if none are
	meter *sim.Nodes
}

// locate returns the collection of a node and its place in it.
func (b *nestRun) locate(id int32) (group, place int, err error) {
	for g := len(b.first) - 1; g >= 0; g-- {
		if id >= b.first[g] && int(id-b.first[g]) < b.nodes[g].Len() {
			return g, int(id - b.first[g]), nil
		}
	}
	return 0, 0, fmt.Errorf("there is no node %d", id)
}

func (b *nestRun) join(ids []int32) (*sim.Nodes, error) {
	var all []*sim.Nodes
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		g, k, err := b.locate(id)
		if err != nil {
			return nil, err
		}
		all = append(all, b.nodes[g].At(k))
	}
	j := sim.Join(all...)
	return j, j.Err()
}

func buildCase(c *nestCase, opts ...sim.Option) (*nestRun, error) {
	net := sim.New(append([]sim.Option{sim.Resolution(c.Resolution)}, opts...)...)
	b := &nestRun{net: net}
	for _, node := range c.Nodes {
		model, err := models.Default(node.Model)
		if err != nil {
			return nil, err
		}
		params, err := plain(node.Params)
		if err != nil {
			return nil, err
		}
		nodes := net.Create("", node.N, model, params)
		b.nodes, b.first = append(b.nodes, nodes), append(b.first, nodes.First())
	}
	lists := map[[2]int]*connect.List{}
	var order [][2]int
	for i, con := range c.Connections {
		pre, s, err := b.locate(con.Pre)
		if err != nil {
			return nil, fmt.Errorf("connection %d: %w", i, err)
		}
		post, t, err := b.locate(con.Post)
		if err != nil {
			return nil, fmt.Errorf("connection %d: %w", i, err)
		}
		key := [2]int{pre, post}
		l := lists[key]
		if l == nil {
			l = &connect.List{}
			lists[key] = l
			order = append(order, key)
		}
		weight, delay := 1.0, 1.0 // NEST's defaults
		if con.Weight != nil {
			weight = *con.Weight
		}
		if con.Delay != nil {
			delay = *con.Delay
		}
		l.Pre, l.Post = append(l.Pre, int32(s)), append(l.Post, int32(t))
		l.Weight, l.Delay = append(l.Weight, weight), append(l.Delay, delay)
	}
	for _, key := range order {
		net.Connect(b.nodes[key[0]], b.nodes[key[1]], *lists[key])
	}
	if len(c.RecordSpikes) > 0 {
		b.sr = net.Create("", 1, device.SpikeRecorder{})
		for _, id := range c.RecordSpikes { // neurons and generators alike
			one, err := b.join([]int32{id})
			if err != nil {
				return nil, err
			}
			net.Connect(one, b.sr)
		}
	}
	if r := c.RecordV; r != nil && len(r.IDs) > 0 {
		m := device.Multimeter{Interval: r.Interval, Offset: r.Offset, Quantities: r.From, Active: device.Active{Start: r.Start, Stop: r.Stop}}
		b.meter = net.Create("", 1, m)
		of, err := b.join(r.IDs)
		if err != nil {
			return nil, err
		}
		net.Connect(b.meter, of)
	}
	return b, net.Err()
}

// nestCases returns the files of the cases: those of the project, or of the
// directory that CORTIGO_NEST_CASES names, as seen from the project's folder.
func nestCases(t *testing.T) []string {
	dir := os.Getenv("CORTIGO_NEST_CASES")
	if dir == "" {
		dir = "testdata/nest/cases"
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join("..", dir)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".json.gz") || strings.HasSuffix(e.Name(), ".json") {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	if len(paths) == 0 {
		t.Fatalf("no cases (*.json.gz) in %s", dir)
	}
	return paths
}

// Every case must have NEST's spikes exactly and its samples within 1e-9, for one
// worker and for three.
func TestNESTCases(t *testing.T) {
	for _, path := range nestCases(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			c, err := readCase(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, workers := range []int{1, 3} {
				b, err := buildCase(c, sim.Threads(workers), sim.Shards(workers))
				if err != nil {
					t.Fatal(err)
				}
				for _, ms := range c.Simulate {
					if err := b.net.Simulate(context.Background(), ms); err != nil {
						t.Fatal(err)
					}
				}
				compareCase(t, c, b)
			}
			if !t.Failed() {
				t.Logf("PASS %s", filepath.Base(path))
			}
		})
	}
}

type event struct {
	step int64
	id   int32
}

func compareCase(t *testing.T, c *nestCase, b *nestRun) {
	t.Helper()
	var want, got []event
	for i, ms := range c.Result.Spikes.Times {
		want = append(want, event{int64(math.Round(ms / c.Resolution)), c.Result.Spikes.Senders[i]})
	}
	if b.sr != nil {
		d, err := b.sr.Spikes()
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range d.Step {
			got = append(got, event{s, d.Neuron[i]})
		}
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
	worst, compared := compareSamples(t, c, b)
	t.Logf("%d threads: %d spikes, %d samples within %.2g", b.net.Threads(), len(want), compared, worst)
}

func compareSamples(t *testing.T, c *nestCase, b *nestRun) (worst float64, compared int) {
	t.Helper()
	if b.meter == nil {
		return 0, 0
	}
	m := &memory{samples: map[[2]int64][]float64{}}
	s, err := b.meter.Samples()
	if err == nil {
		err = m.WriteSamples(s)
	}
	if err != nil {
		t.Fatal(err)
	}
	for key, columns := range c.Result.Samples {
		id, err := strconv.Atoi(key)
		if err != nil {
			t.Fatal(err)
		}
		for q, name := range s.Quantities {
			if len(columns[name]) != len(columns["times_ms"]) {
				t.Fatalf("%d samples of %s of neuron %d at %d times", len(columns[name]), name, id, len(columns["times_ms"]))
			}
			for i, ms := range columns["times_ms"] {
				values, ok := m.samples[[2]int64{int64(math.Round(ms / c.Resolution)), int64(id)}]
				if !ok {
					t.Fatalf("no sample of neuron %d at %g ms", id, ms)
				}
				d := math.Abs(values[q] - columns[name][i])
				compared++
				if !(d <= 1e-9) {
					t.Fatalf("%s of neuron %d at %g ms is %.12g, NEST has %.12g", name, id, ms, values[q], columns[name][i])
				}
				worst = math.Max(worst, d)
			}
		}
	}
	if compared == 0 {
		t.Error("no samples compared")
	}
	return worst, compared
}
