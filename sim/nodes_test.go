package sim_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
	"cortigo/sim/spikes"
)

// nodes creates nodes of any kind.
func nodes(t testing.TB, net *sim.Network, name string, n int, m sim.Model, p ...sim.Params) *sim.Nodes {
	t.Helper()
	c := net.Create(name, n, m, p...)
	return c
}

func join(t testing.TB, net *sim.Network, pre, post *sim.Nodes, rule connect.Rule, weight, delay float64) {
	t.Helper()
	net.Connect(pre, post, rule, connect.Synapse{Weight: connect.Constant(weight), Delay: connect.Constant(delay)})
}

func simulate(t testing.TB, net *sim.Network, ms ...float64) {
	t.Helper()
	for _, x := range ms {
		must(t, net.Simulate(context.Background(), x))
	}
}

// recorderOf creates a spike recorder of some nodes.
func recorderOf(t testing.TB, net *sim.Network, of ...*sim.Nodes) *sim.Nodes {
	t.Helper()
	r := nodes(t, net, "", 1, device.SpikeRecorder{})
	for _, c := range of {
		net.Connect(c, r)
	}
	return r
}

// meterOf creates a multimeter that reads V_m of some nodes in every step.
func meterOf(t testing.TB, net *sim.Network, of *sim.Nodes) *sim.Nodes {
	t.Helper()
	m := nodes(t, net, "", 1, device.Multimeter{Interval: net.Resolution()})
	net.Connect(m, of)
	return m
}

func spikesOf(t testing.TB, recorder *sim.Nodes) *spikes.Data {
	t.Helper()
	d, err := recorder.Spikes()
	must(t, err)
	return d
}

// stepsOf returns the stamps of a node's recorded spikes.
func stepsOf(t testing.TB, recorder *sim.Nodes, id int32) []int64 {
	t.Helper()
	d, steps := spikesOf(t, recorder), []int64{}
	for i, n := range d.Neuron {
		if n == id {
			steps = append(steps, d.Step[i])
		}
	}
	return steps
}

// potentials returns V_m of a neuron at steps from, from+1, ...
func potentials(t testing.TB, meter *sim.Nodes, id int32) []float64 {
	t.Helper()
	s, err := meter.Samples()
	must(t, err)
	_, v, err := s.Of(id, device.Vm)
	must(t, err)
	return v
}

func get(t testing.TB, c *sim.Nodes, name string) []float64 {
	t.Helper()
	x, err := c.Get(name)
	must(t, err)
	return x
}

func equal[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		t.Errorf("%s is %s, want %s", what, g, w)
	}
}

// Ids count from 1 over all nodes in the order of their creation; slices, joins
// and iterations keep it.
func TestNodes(t *testing.T) {
	net := mustNew(t)
	a := nodes(t, net, "a", 4, neuron.DefaultIafPscExp())
	g := nodes(t, net, "", 2, device.Poisson{})
	b := nodes(t, net, "b", 3, neuron.DefaultIafPscDelta())
	r := nodes(t, net, "", 1, device.SpikeRecorder{})
	h := nodes(t, net, "", 1, device.Poisson{})
	for _, c := range []struct {
		c    *sim.Nodes
		name string
		ids  []int32
	}{
		{a, "a", []int32{1, 2, 3, 4}}, {g, "poisson_generator", []int32{5, 6}}, {b, "b", []int32{7, 8, 9}},
		{r, "spike_recorder", []int32{10}}, {h, "poisson_generator 2", []int32{11}},
		{a.Slice(1, 3), "a", []int32{2, 3}}, {a.Slice(4, 4), "", []int32{}}, {a.Slice(0, 0), "", []int32{}},
		{a.At(3), "a", []int32{4}}, {a.Every(2), "a", []int32{1, 3}}, {a.Every(9), "a", []int32{1}},
		{a.Where(func(i int) bool { return i != 1 }), "a", []int32{1, 3, 4}},
		{sim.Join(b, a), "a+b", []int32{1, 2, 3, 4, 7, 8, 9}},
		{sim.Join(b.At(2), a.At(1), b.At(0)), "a+b", []int32{2, 7, 9}},
		{sim.Join(a.Slice(2, 4), a.Slice(0, 2)), "a", []int32{1, 2, 3, 4}},
		{sim.Join(a, b).Slice(3, 5), "a+b", []int32{4, 7}},
		{sim.Join(a, b).Every(3), "a+b", []int32{1, 4, 9}},
		{sim.Join(g, h), "poisson_generator+poisson_generator 2", []int32{5, 6, 11}},
		{sim.Join(a.Slice(0, 0), a), "a", []int32{1, 2, 3, 4}},
	} {
		must(t, c.c.Err())
		equal(t, "ids", c.c.IDs(), c.ids)
		equal(t, "name", c.c.Name(), c.name)
		equal(t, "length", c.c.Len(), len(c.ids))
		var each []int32
		for i, one := range c.c.All() {
			if one.Len() != 1 || i != len(each) {
				t.Errorf("%s: node %d of %v", c.name, i, one)
			}
			each = append(each, one.First())
			equal(t, "node", one.First(), c.c.At(i).First())
		}
		if !slices.Equal(each, c.ids) {
			t.Errorf("All of %s: %v, want %v", c.name, each, c.ids)
		}
	}
	for i := range a.All() { // an iteration can be left
		if i == 1 {
			break
		}
	}
	equal(t, "string", sim.Join(a.Slice(1, 3), b.At(0)).String(), "a (iaf_psc_exp, ids 2-3), b (iaf_psc_delta, id 7)")
	equal(t, "groups", fmt.Sprint(len(net.Neurons()), len(net.Generators()), len(net.Recorders()), net.NeuronCount()), "2 2 1 7")
	equal(t, "populations", sim.Join(a.Slice(0, 2), b).SpikePopulations(), []spikes.Population{{Name: "a[0:2]", First: 1, N: 2}, {Name: "b", First: 7, N: 3}})
	same, err := net.Nodes("b")
	must(t, err)
	equal(t, "nodes by name", same.IDs(), b.IDs())
	_, err = net.Nodes("poisson_generatr")
	wantError(t, err, `did you mean "poisson_generator"`)
}

// Nil collections, empty ones and those of nowhere are errors wherever they are
// used, and never a panic.
func TestNoNodes(t *testing.T) {
	net := mustNew(t)
	a := nodes(t, net, "a", 2, neuron.DefaultIafPscExp())
	r := nodes(t, net, "", 1, device.SpikeRecorder{})
	var none *sim.Nodes
	for _, c := range []struct {
		c    *sim.Nodes
		want string
	}{{none, "nil"}, {&sim.Nodes{}, "no network"}, {sim.Join(), "no network"}, {none.Slice(0, 1), "nil"}, {(&sim.Nodes{}).Slice(0, 0), "no network"},
		{none.At(0), "nil"}, {none.Every(2), "nil"}, {none.Where(nil), "nil"}, {a.Where(nil), "no function"}, {sim.Join(a, &sim.Nodes{}), "no network"}, {sim.Join(none), "nil"}} {
		wantError(t, c.c.Err(), c.want)
		for _, call := range []func(){
			func() { net.Connect(c.c, a) }, func() { net.Connect(a, c.c) }, func() { net.Connect(c.c, r) }, func() { net.Record(device.SpikeRecorder{}, c.c) },
		} {
			call()
			wantError(t, net.Err(), c.want)
		}
		for _, call := range []func(){
			func() { c.c.Set(sim.Params{"I_e": 1}) }, func() { c.c.SetEach() }, c.c.Clear, func() { c.c.WriteSpikesTo(nil) }, func() { c.c.WriteSamplesTo(nil) },
			func() { sim.Set(c.c, neuron.DefaultIafPscExp()) },
		} {
			call()
			if c.c.Network() != nil { // else there is no network to remember it
				wantError(t, c.c.Network().Err(), c.want)
			}
		}
		_, get := c.c.Get("V_m")
		_, spikes := c.c.Spikes()
		_, samples := c.c.Samples()
		_, structs := sim.Get[neuron.IafPscExp](c.c)
		_, in := net.InDegrees(nil, c.c)
		_, out := net.OutDegrees(c.c, nil)
		for _, err := range []error{get, spikes, samples, structs, in, out} {
			wantError(t, err, c.want)
		}
		if c.c.Len() != 0 || len(c.c.IDs()) != 0 || c.c.First() != 0 || c.c.Name() != "" || len(c.c.Models()) != 0 || len(c.c.SpikePopulations()) != 0 || c.c.String() == "" {
			t.Errorf("%s: there are nodes: %v", c.want, c.c)
		}
		for range c.c.All() {
			t.Errorf("%s: there are nodes", c.want)
		}
	}
	// An empty slice is no error: it has nothing to set or to connect.
	empty := a.Slice(1, 1)
	empty.Set(sim.Params{"I_e": 1.0})
	net.Connect(empty, a)
	_, err := empty.Spikes()
	wantError(t, err, "no nodes", "one spike_recorder")

	var ctx context.Context
	wantError(t, net.Simulate(ctx, 1), "context is nil")
	wantError(t, net.Build(ctx), "context is nil")
	wantError(t, sim.New(nil).Err(), "option 0 is nil")
	_, err = sim.Open(t.TempDir(), nil)
	wantError(t, err, "option 0 is nil")
	wantError(t, net.EachConnection(sim.ConnectionQuery{}, nil), "visit is nil")
	simulate(t, net, 1)
}

// What Create refuses leaves no trace: ids, names and draws go on as if it had
// not been asked.
func TestCreateRefused(t *testing.T) {
	make := func(refused bool) string {
		net := mustNew(t)
		nodes(t, net, "a", 2, neuron.DefaultIafPscExp())
		if refused {
			for _, c := range []struct {
				n     int
				m     sim.Model
				p     sim.Params
				parts []string
			}{
				{3, neuron.DefaultIafPscExp(), sim.Params{"V_m": connect.Uniform{Min: -70, Max: -60}, "tau_mm": 1.0}, []string{"iaf_psc_exp", "tau_mm", "did you mean tau_m?"}},
				{3, neuron.DefaultIafPscExp(), sim.Params{"I_e": connect.Uniform{Min: 0, Max: 1}, "tau_m": -1.0}, []string{"tau_m", "-1", "> 0"}},
				{3, neuron.DefaultIafPscExp(), sim.Params{"I_e": []float64{1, 2}}, []string{"I_e", "2 values for 3 nodes"}},
				{3, neuron.DefaultIafPscExp(), sim.Params{"I_e": "much"}, []string{"I_e", `"much"`, "must be a number"}},
				{3, neuron.DefaultIafPscExp(), sim.Params{"C_m": []float64{1, 2, math.NaN()}}, []string{"neuron 2 of 3", "C_m", "NaN"}},
				{3, neuron.DefaultIafPscExp(), sim.Params{"t_ref": 1e6}, []string{"t_ref", "1e+06", "6553.5"}},
				{3, neuron.DefaultIafPscExp(), sim.Params{"V_th": -80.0}, []string{"V_reset", "-70", "below V_th (-80)"}},
				{3, neuron.Parrot{}, sim.Params{"V_m": 1.0}, []string{"parrot_neuron", "V_m", "it has none"}},
				{2, device.Poisson{}, sim.Params{"rate": -1.0}, []string{"poisson_generator", "rate", "-1", ">= 0"}},
				{2, device.Poisson{}, sim.Params{"rate": connect.Uniform{Min: -2, Max: -1}}, []string{"rate", ">= 0"}},
				{2, device.SpikeGenerator{}, sim.Params{"spike_times": connect.Uniform{Min: 1, Max: 2}}, []string{"spike_times", "list", "drawn"}},
				{2, device.SpikeGenerator{}, sim.Params{"spike_times": [][]float64{{1}, {2.05}}}, []string{"spike_times[0]", "2.05", "0.1 ms"}},
				{2, device.SpikeGenerator{}, sim.Params{"spike_times": [][]float64{{1}}}, []string{"spike_times", "1 values for 2 nodes"}},
				{1, device.SpikeRecorder{Active: device.Active{Start: 0.15}}, nil, []string{"start", "0.15", "0.1 ms"}},
				{1, device.SpikeRecorder{}, sim.Params{"stop": 0.15}, []string{"stop", "0.15", "0.1 ms"}},
				{1, device.Multimeter{Interval: 0.25}, nil, []string{"interval", "0.25", "0.1 ms"}},
				{1, device.Multimeter{}, sim.Params{"record_from": "V"}, []string{`"V"`, `"V_m"`}},
				{-1, device.SpikeRecorder{}, nil, []string{"-1 nodes"}},
				{70000, device.Poisson{}, nil, []string{"70000 generators", "65535"}},
			} {
				net.Create("refused", c.n, c.m, c.p)
				wantError(t, net.Err(), c.parts...)
			}
			if _, err := net.Nodes("refused"); err == nil {
				t.Error("refused nodes are there")
			}
		}
		b := nodes(t, net, "b", 3, neuron.DefaultIafPscExp(), sim.Params{"I_e": connect.Uniform{Min: 300, Max: 500}, "V_m": connect.Normal{Mean: -65, SD: 2}})
		r := recorderOf(t, net, b)
		simulate(t, net, 200)
		d := spikesOf(t, r)
		return fmt.Sprint(b.IDs(), r.IDs(), get(t, b, "I_e"), d.Step, d.Neuron)
	}
	equal(t, "the network", make(true), make(false))
}

// Whatever the resolution, a spike of 2 ms over a delay of 1 ms is repeated at 3
// ms, and a potential decays as the exact solution does.
func TestResolutions(t *testing.T) {
	for _, h := range []float64{0.001, 0.005, 0.01, 0.1, 0.125, 0.25, 0.5, 1} {
		net := mustNew(t, sim.Resolution(h))
		g := nodes(t, net, "", 1, device.SpikeGenerator{Times: []float64{2}})
		p := nodes(t, net, "", 1, neuron.Parrot{})
		a := nodes(t, net, "", 1, neuron.DefaultIafPscExp(), sim.Params{"V_m": -60.0})
		join(t, net, g, p, nil, 1, 1)
		r := recorderOf(t, net, p)
		simulate(t, net, 1, 3)
		d := spikesOf(t, r)
		if d.Len() != 1 || math.Abs(d.TimeMS(0)-3) > 1e-12 || math.Abs(net.TimeMS()-4) > 1e-12 {
			t.Errorf("resolution %g: %v, time %g", h, d.Step, net.TimeMS())
		}
		if got, want := get(t, a, "V_m")[0], -70+10*math.Exp(-0.4); math.Abs(got-want) > 1e-10 {
			t.Errorf("resolution %g: V_m %.12f, want %.12f", h, got, want)
		}
		if h > 0.001 { // times are told apart by the microsecond
			wantError(t, net.Simulate(context.Background(), h*1.5), "simulation time", "multiple of the resolution")
		}
	}
}

// Nodes that are created one by one without a name have names of their own.
func TestManyUnnamed(t *testing.T) {
	net := mustNew(t)
	for range 300 {
		nodes(t, net, "", 1, device.Poisson{})
	}
	equal(t, "the last", named(t, net, "poisson_generator 300").First(), int32(300))
}
