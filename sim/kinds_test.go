package sim_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
	"cortigo/sim/synapse"
)

// tiring is a kind of synapses that lives here: of the resources x, which recover
// with tau_rec, each spike uses the share U, and the weight grows or shrinks by the
// share rate at every spike, up to a bound.
type tiring struct {
	U      float64 `json:"U" default:"0.25" allowed:"in [0, 1]" help:"share of the resources that a spike uses"`
	TauRec float64 `json:"tau_rec" unit:"ms" default:"100" allowed:"> 0" help:"recovery of the resources"`
	Rate   float64 `json:"rate" default:"-0.125" allowed:"finite" help:"change of the weight at a spike"`
	Most   float64 `json:"most" default:"2" allowed:">= 1" help:"largest weight, as a multiple of the first"`
}

func (tiring) ModelName() string { return "tiring_synapse" }
func (m tiring) Validate() error { return synapse.CheckTable(m) }

// send is what a spike does to one synapse, and what it delivers.
func (m tiring) send(weight, x, spikes *float64, since float64, times int) (out float64) {
	*x = 1 - (1-*x)*math.Exp(-since/m.TauRec)
	for range times {
		out += *weight * *x
		*x -= float64(m.U * *x)
		*weight += float64(m.Rate * *weight)
		*spikes++
	}
	return out
}

type tiringSender struct{ tiring }

func (s tiringSender) Send(spike synapse.Spike, on *synapse.Synapses) {
	for k := range on.Weight {
		on.Out[k] = s.send(&on.Weight[k], &on.Column[0][k], &on.Column[1][k], spike.Since, spike.Multiplicity)
	}
}

// broken delivers what is no number at the third spike of a source.
type broken struct{}

func (broken) ModelName() string { return "broken_synapse" }
func (broken) Validate() error   { return nil }

func (broken) Send(_ synapse.Spike, on *synapse.Synapses) {
	for k := range on.Weight {
		if on.Column[0][k]++; on.Column[0][k] == 3 {
			on.Out[k] = math.NaN()
		}
	}
}

// boundless has no bound.
type boundless struct{ broken }

func (boundless) ModelName() string { return "boundless_synapse" }

// unending keeps what no file holds.
type unending struct{ broken }

func (unending) ModelName() string { return "unending_synapse" }

func (unending) Send(_ synapse.Spike, on *synapse.Synapses) { on.Column[0][0] = math.Inf(1) }

func init() {
	bound := func(m synapse.Model, weight float64) float64 { return m.(tiring).Most * weight }
	for _, s := range []synapse.Spec{
		{Defaults: synapse.Defaults[tiring](), Columns: []synapse.Column{{Name: "x", Start: 1}, {Name: "spikes"}}, Bound: bound,
			New: func(c *synapse.Config) (synapse.Sender, error) { return tiringSender{c.Model.(tiring)}, nil }},
		{Defaults: broken{}, Columns: []synapse.Column{{Name: "n"}}, Bound: func(_ synapse.Model, w float64) float64 { return w },
			New: func(*synapse.Config) (synapse.Sender, error) { return broken{}, nil }},
		{Defaults: unending{}, Columns: []synapse.Column{{Name: "n"}}, Bound: func(_ synapse.Model, w float64) float64 { return w },
			New: func(*synapse.Config) (synapse.Sender, error) { return unending{}, nil }},
		{Defaults: boundless{}, Bound: func(synapse.Model, float64) float64 { return math.Inf(1) },
			New: func(*synapse.Config) (synapse.Sender, error) { return broken{}, nil }},
	} {
		if err := synapse.Register(s); err != nil {
			panic(err)
		}
	}
}

// A synapse delivers what a computation by hand says, at the step and to the port
// that it should, of single spikes and of several at once; what is beyond the bound
// is delivered as the bound.
func TestKindDelivers(t *testing.T) {
	const h, weight = 0.1, 100.0
	times, multiplicities := []float64{1, 5, 5.1, 9, 40, 40.5}, []int{1, 1, 3, 1, 2, 1}
	for _, c := range []struct {
		name          string
		params        sim.Params
		weight, delay float64
	}{
		{"depression", sim.Params{"rate": 0}, weight, 1.5},
		{"all parameters", sim.Params{"rate": -0.25, "U": 0.5, "tau_rec": 20}, weight, 0.2},
		{"inhibition", sim.Params{"rate": -0.25}, -weight, 3},
		{"growth beyond the bound", sim.Params{"rate": 1, "U": 0}, weight, 1},
		{"a long delay", nil, weight, 30},
	} {
		t.Run(c.name, func(t *testing.T) {
			net := mustNew(t)
			net.CopyModel("kind", connect.Synapse{Model: "tiring_synapse"}, c.params)
			gen := nodes(t, net, "gen", 1, device.SpikeGenerator{Times: times, Multiplicities: multiplicities})
			parrot, cell := nodes(t, net, "parrot", 1, neuron.Parrot{}), nodes(t, net, "cell", 1, neuron.DefaultIafPscExp())
			join(t, net, gen, parrot, nil, 1, h)
			net.Connect(parrot, cell, connect.Synapse{Model: "kind", Weight: connect.Constant(c.weight), Delay: connect.Constant(c.delay)})
			port := device.ISynEx
			if c.weight < 0 {
				port = device.ISynIn
			}
			net.Record(device.Multimeter{Quantities: []string{port}}, cell) // which keeps the current apart
			params := net.SynapseModels()[1].Kind.(tiring)

			// By hand.
			w, x, n := c.weight, 1.0, 0.0
			arrives, last := map[int]float64{}, math.Inf(-1)
			for i, at := range times {
				at += h
				out := params.send(&w, &x, &n, at-last, multiplicities[i])
				last = at
				limit := params.Most * weight * float64(multiplicities[i])
				arrives[int(math.Round((at+c.delay)/h))] += max(-limit, min(limit, out))
			}
			decay, current := math.Exp(-h/2), 0.0
			for step := 1; step <= 800; step++ {
				simulate(t, net, h)
				current = current*decay + arrives[step]
				if got := get(t, cell, port)[0]; math.Abs(got-current) > 1e-9*weight {
					t.Fatalf("step %d: a current of %.17g pA, want %.17g", step, got, current)
				}
			}
			connections, err := net.Connections(sim.ConnectionQuery{Source: parrot})
			must(t, err)
			if len(connections) != 1 || connections[0].Model != "kind" {
				t.Fatalf("%+v", connections)
			}
			for name, want := range map[string]float64{"weight": w, "x": x, "spikes": n, "delay": c.delay} {
				if got, err := connections[0].Get(name); err != nil || math.Abs(got-want) > 1e-12*math.Abs(want) {
					t.Errorf("%s is %.17g, %v, want %.17g", name, got, err, want)
				}
			}
			_, err = connections[0].Get("y")
			wantError(t, err, `(kind) has no "y", but "weight", "delay", "x", "spikes"`)
		})
	}
}

// Onto parrots, which count spikes, each counts whatever the weight, which changes
// all the same.
func TestKindOntoParrots(t *testing.T) {
	for _, shards := range []int{1, 2, 30} { // through sums and rings
		net := mustNew(t, sim.Shards(shards))
		gen := nodes(t, net, "gen", 1, device.SpikeGenerator{Times: []float64{1, 2, 2, 2, 3}, Multiplicities: []int{1, 30000, 30000, 10000, 1}})
		a, b := nodes(t, net, "a", 1, neuron.Parrot{}), nodes(t, net, "b", 3, neuron.Parrot{})
		join(t, net, gen, a, nil, 1, 1)
		join(t, net, b, b, nil, 1, 20)
		net.CopyModel("kind", connect.Synapse{Model: "tiring_synapse"}, sim.Params{"rate": 0})
		net.Connect(a, b, connect.Synapse{Model: "kind", Weight: connect.Constant(-45.7), Delay: connect.Constant(2)})
		r := recorderOf(t, net, b)
		simulate(t, net, 10)
		equal(t, "spikes", len(spikesOf(t, r).Step), 3*70002)
		connections, err := net.Connections(sim.ConnectionQuery{Source: a})
		must(t, err)
		for _, c := range connections {
			n, err := c.Get("spikes")
			must(t, err)
			equal(t, "weight and spikes", [2]float64{c.Weight, n}, [2]float64{-45.7, 70002})
		}
	}
}

// changing is a network most of whose synapses have state, onto every model, of
// collections of one part and of several.
func changing(t testing.TB, opts ...sim.Option) *sim.Network {
	net := mustNew(t, append([]sim.Option{sim.Seed(8)}, opts...)...)
	split := neuron.DefaultIafPscExp()
	split.TauSynIn = 5
	a, b := nodes(t, net, "a", 80, neuron.DefaultIafPscExp()), nodes(t, net, "b", 50, split)
	c, d := nodes(t, net, "c", 30, neuron.DefaultIafPscAlpha()), nodes(t, net, "d", 20, neuron.DefaultIafPscDelta())
	p := nodes(t, net, "p", 7, neuron.Parrot{})
	noise := nodes(t, net, "noise", 1, device.Poisson{Rate: 9000})
	for _, x := range []*sim.Nodes{a, b, c} {
		join(t, net, noise, x, nil, 90, 1.5)
	}
	join(t, net, noise, d, nil, 1.1, 1.5)
	join(t, net, nodes(t, net, "slow", 1, device.Poisson{Rate: 60}), p, nil, 1, 1)
	net.CopyModel("kind", connect.Synapse{Model: "tiring_synapse", Delay: connect.Uniform{Min: 0.3, Max: 4}}, sim.Params{"rate": -0.01})
	weight := connect.Above(connect.Normal{Mean: 50, SD: 10}, 0)
	net.Connect(a, b, connect.FixedTotalNumber{N: 900}, connect.Synapse{Model: "kind", Weight: weight})
	net.Connect(sim.Join(a, b), sim.Join(c, a), connect.FixedInDegree{N: 15}, connect.Synapse{Model: "kind", Weight: connect.Constant(-37.3)})
	net.Connect(a, a, connect.FixedInDegree{N: 10}, connect.Synapse{Weight: weight, Delay: connect.Constant(1.5)})
	net.Connect(p, a, connect.AllToAll{}, connect.Synapse{Model: "tiring_synapse", Weight: connect.LogNormal{Mean: 4, SD: 0.5}})
	net.Connect(a, d, connect.FixedOutDegree{N: 6}, connect.Synapse{Model: "kind", Weight: connect.Constant(0.3)})
	net.Connect(b, p, connect.FixedInDegree{N: 2}, connect.Synapse{Model: "kind", Weight: connect.Uniform{Min: 1, Max: 2}, Delay: connect.Constant(7)})
	net.Connect(c, c, connect.OneToOne{Symmetric: true}, connect.Synapse{Model: "kind", Weight: connect.Constant(20), Delay: connect.Constant(70)})
	return net
}

// runChanging simulates changing and changes it on the way. between stands for
// what must make no difference. It returns a digest of all spikes and of all
// synapses at the end.
func runChanging(t testing.TB, between func(net *sim.Network) *sim.Network, opts ...sim.Option) string {
	t.Helper()
	net, m := changing(t, opts...), newMemory()
	var recorded *sim.Network
	stage := func(ms float64, change func(net *sim.Network)) {
		if change != nil {
			change(net)
		}
		for _, part := range []float64{ms / 2, ms / 2} {
			must(t, net.Build(t.Context()))
			if between != nil {
				net = between(net)
			}
			if net != recorded {
				net.Record(device.SpikeRecorder{}).WriteSpikesTo(m)
				recorded = net
			}
			simulate(t, net, part)
		}
	}
	stage(40, nil)
	stage(20, func(net *sim.Network) {
		connections, err := net.Connections(sim.ConnectionQuery{Source: named(t, net, "a"), Model: "kind"})
		must(t, err)
		net.SetWeights(connections[:100], 77.7)
		net.SetDelays(connections[50:150], 2.5)
		again, err := net.Connections(sim.ConnectionQuery{Source: named(t, net, "a"), Model: "kind"})
		must(t, err)
		for i, c := range again {
			if want := connections[i].Weight; i < 100 && c.Weight != 77.7 || i >= 100 && c.Weight != want || i >= 50 && i < 150 && c.Delay != 2.5 {
				t.Fatalf("connection %d has a weight of %g, it was %g", i, c.Weight, want)
			}
		}
	})
	stage(20, func(net *sim.Network) { // whose grid does not hold the weights of others
		net.CopyModel("strong", connect.Synapse{Model: "kind"}, sim.Params{"most": 1e6})
		net.Connect(named(t, net, "b"), named(t, net, "a"), connect.FixedInDegree{N: 3}, connect.Synapse{Model: "strong", Weight: connect.Constant(-30)})
	})
	stage(20, func(net *sim.Network) { named(t, net, "a").Set(sim.Params{"I_e": 100}) })
	h := sha256.New()
	fmt.Fprintln(h, digestOf(t, m))
	n, tired := 0, 0
	must(t, net.EachConnection(sim.ConnectionQuery{}, func(c sim.Connection) bool {
		x, err := c.Get("x")
		if err != nil {
			return true // a static one
		}
		spikes, err := c.Get("spikes")
		must(t, err)
		fmt.Fprintln(h, c.Source, c.Target, math.Float64bits(c.Weight), math.Float64bits(x), spikes)
		if n++; x < 1 {
			tired++
		}
		return true
	}))
	if tired < n/4 {
		t.Fatalf("%d of %d synapses have sent anything: little to compare", tired, n)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// What a seed means is part of the interface: the same on every processor, with
// any workers, shards and pieces, saved and opened wherever.
func TestKindReproduces(t *testing.T) {
	const golden = "bfebfaac4adc58a1ebb792356600bb265f1e5198f8e4dd0f219de5f2932c6881"
	saved := func(shards int) func(net *sim.Network) *sim.Network {
		return func(net *sim.Network) *sim.Network {
			dir := t.TempDir()
			must(t, net.Save(dir))
			opened, err := sim.Open(dir, sim.Shards(shards))
			must(t, err)
			return opened
		}
	}
	for _, c := range []struct {
		name            string
		threads, shards int
		between         func(net *sim.Network) *sim.Network
	}{
		{"alone", 1, 1, nil}, {"2 workers", 2, 2, nil}, {"3 workers", 3, 3, nil}, {"many shards", 2, 50, nil},
		{"saved", 1, 1, saved(1)}, {"opened in other shards", 2, 4, saved(7)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := runChanging(t, c.between, sim.Threads(c.threads), sim.Shards(c.shards)); got != golden {
				t.Errorf("digest %s, want %s", got, golden)
			}
		})
	}
}

// Reset returns synapses to how they began, but for weights that were set.
func TestKindReset(t *testing.T) {
	net := changing(t)
	state := func() (all []float64) {
		must(t, net.EachConnection(sim.ConnectionQuery{Model: "kind"}, func(c sim.Connection) bool {
			x, err := c.Get("x")
			must(t, err)
			all = append(all, c.Weight, x)
			return true
		}))
		return all
	}
	before := state()
	simulate(t, net, 50)
	middle := state()
	connections, err := net.Connections(sim.ConnectionQuery{Model: "kind"})
	must(t, err)
	net.SetWeights(connections[:1], 3)
	simulate(t, net, 50)
	if fmt.Sprint(middle) == fmt.Sprint(before) {
		t.Fatal("nothing has changed")
	}
	net.Reset()
	before[0] = 3
	equal(t, "synapses after Reset", state(), before)
}

func TestKindRefused(t *testing.T) {
	net := mustNew(t)
	a, p := nodes(t, net, "a", 3, neuron.DefaultIafPscExp()), nodes(t, net, "p", 1, neuron.Parrot{})
	gen, rec := nodes(t, net, "gen", 1, device.SpikeGenerator{Times: []float64{1, 2, 3, 4}}), nodes(t, net, "rec", 1, device.SpikeRecorder{})
	tiring := connect.Synapse{Model: "tiring_synapse"}
	for _, c := range []struct {
		call func()
		want string
	}{
		{func() { net.Connect(a, a, connect.Synapse{Model: "tiring_synapses"}) }, `no synapse model "tiring_synapses", did you mean "tiring_synapse"?`},
		{func() { net.Connect(gen, a, tiring) }, `connections of a spike_generator cannot be of synapse model "tiring_synapse" (tiring_synapse), whose synapses have state`},
		{func() { net.Connect(a, rec, tiring) }, "connections of a spike_recorder cannot be"},
		{func() { net.CopyModel("tiring_synapse", tiring) }, `the name is "tiring_synapse", must be a new one`},
		{func() { net.CopyModel("b", tiring, sim.Params{"u": 1}) }, `no parameter "u", did you mean U?`},
		{func() { net.CopyModel("b", tiring, sim.Params{"tau_rec": 0}) }, "tau_rec is 0 ms, must be > 0"},
		{func() { net.CopyModel("b", tiring, sim.Params{"U": "x"}) }, `U is "x" (string), must be a number`},
		{func() { net.CopyModel("b", connect.Synapse{}, sim.Params{"U": 1}) }, `static_synapse has no parameter "U"`},
		{func() { net.Connect(a, a, connect.Synapse{Model: "boundless_synapse"}) }, "it bounds what it delivers by +Inf, must be in [0, 1e+40]"},
	} {
		c.call()
		wantError(t, net.Err(), c.want)
	}
	if models := net.SynapseModels(); len(models) != 1 {
		t.Errorf("what was refused left models: %+v", models)
	}
	join(t, net, gen, p, nil, 1, 1)
	net.Connect(p, a, connect.Synapse{Model: "broken_synapse"})
	wantError(t, net.Simulate(t.Context(), 20), `population "a": a synapse of model "broken_synapse" onto neuron 1 delivers NaN at a spike at 4 ms, must be a number`)
	_, err := net.Connections(sim.ConnectionQuery{})
	must(t, err)
	wantError(t, net.Save(t.TempDir()), "stopped within a step")
}

// A state that could not be opened is not saved, and the error says whose it is.
func TestKindNotFinite(t *testing.T) {
	net := mustNew(t)
	p, a := nodes(t, net, "p", 1, neuron.Parrot{}), nodes(t, net, "a", 3, neuron.DefaultIafPscExp())
	join(t, net, nodes(t, net, "gen", 1, device.SpikeGenerator{Times: []float64{1}}), p, nil, 1, 1)
	net.Connect(p, a, connect.Synapse{Model: "unending_synapse"})
	simulate(t, net, 5)
	wantError(t, net.Save(t.TempDir()), `state of the synapses p -> a of model "unending_synapse": n of synapse 0 is +Inf, must be finite`)
	net.Reset()
	must(t, net.Save(t.TempDir()))
}
