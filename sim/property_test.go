package sim_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// randomNetwork puts together a small network by chance: models, rules,
// distributions, devices, delays from one step to beyond what a ring holds.
func randomNetwork(t testing.TB, seed uint64, opts ...sim.Option) *sim.Network {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 77))
	h := []float64{0.1, 0.1, 0.25, 0.05}[r.IntN(4)]
	net := mustNew(t, append([]sim.Option{sim.Seed(seed), sim.Resolution(h)}, opts...)...)
	grid := func(steps int) float64 { return float64(steps) * h }
	var pops []*sim.Nodes
	for i := range 2 + r.IntN(4) {
		var m neuron.Model
		n := 1 + r.IntN(80)
		switch r.IntN(6) {
		case 0, 1:
			m = neuron.DefaultIafPscExp()
		case 2:
			e := neuron.DefaultIafPscExp()
			e.TauSynIn, e.Ie = 4, 200
			m = e
		case 3:
			m = neuron.DefaultIafPscAlpha()
		case 4:
			d := neuron.DefaultIafPscDelta()
			d.RefractoryInput, d.Ie = r.IntN(2) == 0, 300
			m = d
		case 5:
			m, n = neuron.Parrot{}, 1+r.IntN(6)
		}
		p := create(t, net, fmt.Sprint("p", i), n, m)
		if _, parrot := m.(neuron.Parrot); !parrot && r.IntN(2) == 0 {
			p.Set(sim.Params{"V_m": connect.Normal{Mean: -62, SD: 4}})
		}
		pops = append(pops, p)
	}
	part := func() *sim.Nodes {
		p := pops[r.IntN(len(pops))]
		if r.IntN(3) > 0 {
			return p
		}
		from := r.IntN(p.Len())
		return p.Slice(from, from+1+r.IntN(p.Len()-from))
	}
	delay := func() connect.Distribution {
		switch r.IntN(4) {
		case 0:
			return connect.Constant(grid(1 + r.IntN(30)))
		case 1:
			return connect.Uniform{Min: grid(2 + r.IntN(5)), Max: grid(10 + r.IntN(100))}
		case 2:
			return connect.Above(connect.Normal{Mean: grid(20), SD: grid(8)}, grid(3+r.IntN(10)))
		}
		return connect.Constant(grid(15))
	}
	scale := func(p *sim.Nodes) float64 { // of a weight that matters
		switch p.Models()[0].(type) {
		case neuron.IafPscDelta:
			return 0.8
		case neuron.IafPscAlpha:
			return 120
		}
		return 250
	}
	weight := func(s float64) connect.Distribution {
		switch r.IntN(4) {
		case 0:
			return connect.Constant(s)
		case 1:
			return connect.Above(connect.Normal{Mean: s, SD: s / 8}, 0)
		case 2:
			return connect.Normal{Mean: -s, SD: s / 100}
		}
		return connect.Uniform{Min: -s, Max: 2 * s}
	}
	for range 3 + r.IntN(5) {
		pre, post := part(), part()
		_, from := pre.Models()[0].(neuron.Parrot)
		if _, onto := post.Models()[0].(neuron.Parrot); from && onto {
			continue // a loop of parrots multiplies spikes without end
		}
		var rule connect.Rule
		switch r.IntN(5) {
		case 0:
			rule = connect.FixedTotalNumber{N: int64(r.IntN(20 * post.Len()))}
		case 1:
			rule = connect.FixedInDegree{N: r.IntN(15)}
		case 2:
			rule = connect.AllToAll{}
		case 3:
			n := min(pre.Len(), post.Len())
			pre, post, rule = pre.Slice(0, n), post.Slice(0, n), connect.OneToOne{}
		case 4:
			l := connect.List{}
			for range r.IntN(300) {
				l.Pre, l.Post = append(l.Pre, int32(r.IntN(pre.Len()))), append(l.Post, int32(r.IntN(post.Len())))
				l.Weight, l.Delay = append(l.Weight, scale(post)*r.NormFloat64()), append(l.Delay, grid(2+r.IntN(90)))
			}
			rule = l
		}
		net.Connect(pre, post, rule, connect.Synapse{Weight: weight(scale(post)), Delay: delay()})
	}
	for _, p := range pops {
		w := connect.Distribution(connect.Constant(scale(p)))
		if r.IntN(3) == 0 {
			w = connect.Normal{Mean: scale(p), SD: scale(p) / 4}
		}
		must(t, drive(net, device.Poisson{Rate: 4000}, p, connect.Synapse{Weight: w, Delay: delay()}))
	}
	must(t, drive(net, device.SpikeGenerator{Times: []float64{grid(7), grid(100), grid(100)}, Multiplicities: []int{1, 3, 2}}, part(), connect.Synapse{Weight: connect.Constant(2), Delay: delay()}))
	for _, p := range pops {
		if _, parrot := p.Models()[0].(neuron.Parrot); !parrot && r.IntN(2) == 0 {
			must(t, drive(net, device.DC{Amplitude: 150, Active: device.Active{Start: grid(20), Stop: grid(200)}}, p.Slice(p.Len()/3, p.Len()), connect.Synapse{Delay: delay()}))
			must(t, drive(net, device.StepCurrent{Times: []float64{grid(30), grid(77)}, Values: []float64{80, -50}}, p, connect.Synapse{Delay: delay()}))
		}
	}
	return net
}

// result runs a random network in pieces, saving it to disk and opening it again
// between those if open is given, and returns all its spikes and some samples.
func result(t testing.TB, net *sim.Network, pieces []int, open ...sim.Option) string {
	t.Helper()
	ctx := context.Background()
	m, v := newMemory(), newMemory()
	dir := ""
	if open != nil {
		dir = t.TempDir()
	}
	watch := func() {
		net.Record(device.SpikeRecorder{}).WriteSpikesTo(m)
		for _, p := range net.Neurons() {
			if _, parrot := p.Models()[0].(neuron.Parrot); !parrot {
				net.Record(device.Multimeter{Interval: 17 * net.Resolution()}, p).WriteSamplesTo(v)
			}
		}
	}
	watch()
	for i, steps := range pieces {
		if i > 0 && open != nil {
			must(t, net.Save(dir))
			var err error
			net, err = sim.Open(dir, open...)
			must(t, err)
			watch()
		}
		must(t, net.Simulate(ctx, math.Round(float64(steps)*net.Resolution()*1000)/1000))
	}
	var keys [][2]int64
	for k := range v.samples {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b [2]int64) int { return slices.Compare(a[:], b[:]) })
	var s strings.Builder
	fmt.Fprintln(&s, m.step, m.neuron)
	for _, k := range keys {
		fmt.Fprintf(&s, "%v %x\n", k, v.samples[k])
	}
	return s.String()
}

// Whatever the network, its spikes and potentials do not depend on threads,
// shards, pieces, or on passing through the disk.
func TestAnyNetworkIsReproducible(t *testing.T) {
	const steps = 400
	n, spikes := uint64(24), 0
	if testing.Short() {
		n = 6
	}
	for seed := range n {
		r := rand.New(rand.NewPCG(seed, 5))
		cut := func() []int {
			a, b := r.IntN(steps), r.IntN(steps)
			a, b = min(a, b), max(a, b)
			return []int{a, b - a, steps - b}
		}
		want := result(t, randomNetwork(t, seed, sim.Threads(1), sim.Shards(1)), []int{steps})
		spikes += strings.Count(strings.SplitN(want, "]", 2)[0], " ")
		threads, shards := 1+r.IntN(4), 1+r.IntN(40)
		if got := result(t, randomNetwork(t, seed, sim.Threads(threads), sim.Shards(shards)), cut()); got != want {
			t.Errorf("network %d: other results with %d threads and %d shards, in pieces", seed, threads, shards)
		}
		again := 1 + r.IntN(9)
		if got := result(t, randomNetwork(t, seed, sim.Threads(2), sim.Shards(again)), cut(), sim.Shards(r.IntN(2)*(1+r.IntN(12)))); got != want {
			t.Errorf("network %d: other results with %d shards, saved and opened in between", seed, again)
		}
	}
	if spikes < 1000*int(n) {
		t.Errorf("only %d spikes: nothing to compare", spikes)
	}
}
