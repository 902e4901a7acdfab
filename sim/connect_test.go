package sim_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// pairsOf returns the connections between neurons as (source, target) ids, in
// order.
func pairsOf(t testing.TB, net *sim.Network) [][2]int32 {
	t.Helper()
	all, err := net.Connections(sim.ConnectionQuery{})
	must(t, err)
	var pairs [][2]int32
	for _, c := range all {
		pairs = append(pairs, [2]int32{c.Source, c.Target})
	}
	slices.SortFunc(pairs, func(a, b [2]int32) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return pairs
}

// product returns every pair of two lists, without those of a node and itself
// unless autapses says so.
func product(pre, post []int32, autapses bool) [][2]int32 {
	var pairs [][2]int32
	for _, a := range pre {
		for _, b := range post {
			if a != b || autapses {
				pairs = append(pairs, [2]int32{a, b})
			}
		}
	}
	return pairs
}

func count(pairs [][2]int32, end int, id int32) (n int) {
	for _, p := range pairs {
		if p[end] == id {
			n++
		}
	}
	return n
}

func twice(pairs [][2]int32) bool { return len(slices.Compact(slices.Clone(pairs))) != len(pairs) }

// Every rule makes the connections that its definition says, whether collections
// are whole, joined or scattered, the same, apart or overlapping in part.
func TestRules(t *testing.T) {
	const n = 60 // enough for scattered collections of more parts than are connected one by one
	type pools struct {
		name      string
		pre, post func(a, b *sim.Nodes) *sim.Nodes
	}
	first := func(a, b *sim.Nodes) *sim.Nodes { return a }
	for _, p := range []pools{
		{"whole", first, func(a, b *sim.Nodes) *sim.Nodes { return b }},
		{"the same", first, first},
		{"joined", func(a, b *sim.Nodes) *sim.Nodes { return sim.Join(a.Slice(0, 20), b) }, func(a, b *sim.Nodes) *sim.Nodes { return sim.Join(a, b.Slice(5, 25)) }},
		{"scattered", func(a, b *sim.Nodes) *sim.Nodes { return a.Every(2) }, func(a, b *sim.Nodes) *sim.Nodes { return b.Every(2) }},
		{"scattered, the same", func(a, b *sim.Nodes) *sim.Nodes { return sim.Join(a, b).Every(3) }, func(a, b *sim.Nodes) *sim.Nodes { return sim.Join(a, b).Every(3) }},
		{"scattered, overlapping", func(a, b *sim.Nodes) *sim.Nodes { return a.Every(2) }, func(a, b *sim.Nodes) *sim.Nodes {
			return sim.Join(a, b).Where(func(i int) bool { return i%3 != 1 }).Slice(0, 30)
		}},
	} {
		make := func(rule connect.Rule) (*sim.Network, *sim.Nodes, *sim.Nodes, error) {
			net := mustNew(t, sim.Seed(3))
			a := nodes(t, net, "a", n, neuron.DefaultIafPscExp())
			nodes(t, net, "", 3, device.Poisson{}) // ids are not numbers of neurons
			b := nodes(t, net, "b", n, neuron.DefaultIafPscDelta())
			pre, post := p.pre(a, b), p.post(a, b)
			net.Connect(pre, post, rule, connect.Synapse{Weight: 2, Delay: connect.Uniform{Min: 1, Max: 2}})
			return net, pre, post, net.Err()
		}
		none := connect.Forbid{}
		for _, forbid := range []connect.Forbid{none, {Autapses: true}, {Multapses: true}, {Autapses: true, Multapses: true}} {
			for _, rule := range []connect.Rule{
				connect.AllToAll{Forbid: connect.Forbid{Autapses: forbid.Autapses}}, connect.FixedInDegree{N: 7, Forbid: forbid}, connect.FixedOutDegree{N: 7, Forbid: forbid},
				connect.FixedTotalNumber{N: 500, Forbid: forbid}, connect.PairwiseBernoulli{P: 0.3, Forbid: forbid}, connect.SymmetricPairwiseBernoulli{P: 0.3},
			} {
				net, pre, post, err := make(rule)
				what := fmt.Sprintf("%s: %T%+v", p.name, rule, rule)
				if err != nil {
					t.Errorf("%s: %v", what, err)
					continue
				}
				got, all := pairsOf(t, net), product(pre.IDs(), post.IDs(), !forbid.Autapses)
				allowed := map[[2]int32]bool{}
				for _, x := range all {
					allowed[x] = true
				}
				_, symmetric := rule.(connect.SymmetricPairwiseBernoulli)
				for _, x := range got {
					back := symmetric && allowed[[2]int32{x[1], x[0]}]
					if !allowed[x] && !back || symmetric && x[0] == x[1] {
						t.Fatalf("%s: %v is connected", what, x)
					}
				}
				if forbid.Multapses && !symmetric && twice(got) {
					t.Errorf("%s: some are connected twice", what)
				}
				mean, sd := 0.0, 0.0
				switch r := rule.(type) {
				case connect.AllToAll:
					if !slices.Equal(got, all) {
						t.Errorf("%s: %d pairs, want %d", what, len(got), len(all))
					}
					mean = float64(len(all))
				case connect.FixedInDegree:
					for _, id := range post.IDs() {
						if k := count(got, 1, id); k != r.N {
							t.Errorf("%s: %d has in-degree %d", what, id, k)
						}
					}
					mean = float64(r.N * post.Len())
				case connect.FixedOutDegree:
					for _, id := range pre.IDs() {
						if k := count(got, 0, id); k != r.N {
							t.Errorf("%s: %d has out-degree %d", what, id, k)
						}
					}
					mean = float64(r.N * pre.Len())
				case connect.FixedTotalNumber:
					mean = float64(r.N)
				case connect.PairwiseBernoulli: // binomial
					if twice(got) {
						t.Errorf("%s: some are connected twice", what)
					}
					mean = r.P * float64(len(all))
					sd = math.Sqrt(mean * (1 - r.P))
				case connect.SymmetricPairwiseBernoulli:
					// Every pair of a source and a target that are not one neuron is
					// considered once and gives two connections.
					mean = 2 * r.P * float64(len(product(pre.IDs(), post.IDs(), false)))
					sd = math.Sqrt(2 * mean * (1 - r.P))
					there := map[[2]int32]int{}
					for _, x := range got {
						there[x]++
					}
					for x, k := range there {
						if there[[2]int32{x[1], x[0]}] != k {
							t.Errorf("%s: %v is connected %d times, the other way %d", what, x, k, there[[2]int32{x[1], x[0]}])
						}
					}
				}
				if math.Abs(float64(len(got))-mean) > 4*sd {
					t.Errorf("%s: %d connections, want %g +- %g", what, len(got), mean, 4*sd)
				}
				models := net.SynapseModels()
				equal(t, what+": number", models[0].Connections, int64(len(got)))
				simulate(t, net, 1)
				if k := net.SynapseCount(); k != int64(len(got)) {
					t.Errorf("%s: %d are built, %d were told", what, k, len(got))
				}
			}
		}
		for _, symmetric := range []bool{false, true} {
			net, pre, post, err := make(connect.OneToOne{Symmetric: symmetric})
			if pre.Len() != post.Len() {
				wantError(t, err, "OneToOne", "as many")
				continue
			}
			must(t, err)
			var want [][2]int32
			for i, id := range pre.IDs() {
				want = append(want, [2]int32{id, post.IDs()[i]})
				if symmetric {
					want = append(want, [2]int32{post.IDs()[i], id})
				}
			}
			slices.SortFunc(want, func(a, b [2]int32) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
			equal(t, p.name+": one to one", pairsOf(t, net), want)
		}
		net, pre, post, err := make(connect.List{Pre: []int32{3, 0, 3}, Post: []int32{1, 2, 1}, Weight: []float64{5, -6, 7}})
		must(t, err)
		x, y := pre.IDs(), post.IDs()
		equal(t, p.name+": list", pairsOf(t, net), [][2]int32{{x[0], y[2]}, {x[3], y[1]}, {x[3], y[1]}})
	}
}

// Two connections of scattered collections are drawn apart, and each draw of a
// source is uniform: with in-degree 4 from 30 sources, sources have out-degrees
// of mean 8 and variance 60*4/30*(1-1/30).
func TestScatteredDraws(t *testing.T) {
	net := mustNew(t)
	a := nodes(t, net, "a", 60, neuron.DefaultIafPscExp())
	var out [2][]int64
	for i := range out {
		join(t, net, a.Every(2), a, connect.FixedInDegree{N: 4, Forbid: connect.Forbid{Autapses: true}}, 1, 1)
		var err error
		out[i], err = net.OutDegrees(a.Every(2), nil)
		must(t, err)
	}
	squares := 0.0
	for i := range out[0] {
		squares += math.Pow(float64(out[0][i])-8, 2)
		out[1][i] -= out[0][i]
	}
	if fmt.Sprint(out[0]) == fmt.Sprint(out[1]) {
		t.Errorf("the same was drawn twice: %v", out[0])
	}
	if v := squares / 30; v < 3 || v > 16 { // chi-squared of 29 degrees of freedom, far beyond 1 in 1000
		t.Errorf("out-degrees %v have variance %g", out[0], v)
	}
}

// Weights and delays: constant, as an array in NEST's order, drawn.
func TestWeightsAndDelays(t *testing.T) {
	net := mustNew(t)
	a := nodes(t, net, "a", 3, neuron.DefaultIafPscExp())
	b := nodes(t, net, "b", 2, neuron.DefaultIafPscExp())
	// NEST counts an array through targets, and for each through its sources.
	net.Connect(a, b, connect.AllToAll{}, connect.Synapse{Weight: connect.Values{1, 2, 3, 4, 5, 6}, Delay: connect.Values{0.1, 0.25, 0.3, 1, 2, 10}})
	net.Connect(a.Slice(0, 2), b, connect.OneToOne{}, connect.Synapse{Weight: connect.Constant(-7)})
	all, err := net.Connections(sim.ConnectionQuery{})
	must(t, err)
	var got []string
	for _, c := range all {
		got = append(got, fmt.Sprintf("%d>%d %g %.1f", c.Source, c.Target, c.Weight, c.Delay))
	}
	equal(t, "connections", got, []string{"1>4 1 0.1", "2>4 2 0.3", "3>4 3 0.3", "1>5 4 1.0", "2>5 5 2.0", "3>5 6 10.0", "1>4 -7 1.0", "2>5 -7 1.0"})

	const n = 100
	net = mustNew(t)
	c := nodes(t, net, "c", n, neuron.DefaultIafPscExp())
	for i, d := range []struct {
		w, delay                    connect.Distribution
		mean, sd, meanDelay, lo, hi float64
	}{
		{connect.Normal{Mean: 80, SD: 8}, connect.Uniform{Min: 1, Max: 3}, 80, 8, 2, 1, 3},
		{connect.Uniform{Min: -20, Max: -10}, connect.Within(connect.Normal{Mean: 5, SD: 0.5}, 4, 6), -15, 10 / math.Sqrt(12), 5, 4, 6},
		// LogNormal(m, s): mean exp(m+s^2/2), SD mean*sqrt(exp(s^2)-1).
		{connect.LogNormal{Mean: 1, SD: 0.5}, connect.Constant(1.5), math.Exp(1.125), math.Exp(1.125) * math.Sqrt(math.Exp(0.25)-1), 1.5, 1.5, 1.5},
	} {
		net.CopyModel(fmt.Sprint(i), connect.Synapse{Weight: d.w, Delay: d.delay})
		net.Connect(c, c, connect.AllToAll{}, connect.Synapse{Model: fmt.Sprint(i)})
		cs, err := net.Connections(sim.ConnectionQuery{Model: fmt.Sprint(i)})
		must(t, err)
		if len(cs) != n*n {
			t.Fatalf("%d connections", len(cs))
		}
		sum, squares, delays := 0.0, 0.0, 0.0
		for _, c := range cs {
			sum += c.Weight
			squares += (c.Weight - d.mean) * (c.Weight - d.mean)
			delays += c.Delay
			if c.Delay < d.lo-1e-9 || c.Delay > d.hi+1e-9 {
				t.Errorf("delay %g, must be in [%g, %g]", c.Delay, d.lo, d.hi)
			}
		}
		if m := sum / (n * n); math.Abs(m-d.mean) > 4*d.sd/n {
			t.Errorf("mean weight %g, want %g", m, d.mean)
		}
		if s := math.Sqrt(squares) / n; math.Abs(s/d.sd-1) > 0.1 {
			t.Errorf("SD of weights %g, want %g", s, d.sd)
		}
		if m := delays / (n * n); math.Abs(m-d.meanDelay) > 0.03 { // 4 standard errors of the widest: 4*2/sqrt(12)/100
			t.Errorf("mean delay %g, want %g", m, d.meanDelay)
		}
	}
}

// What Connect refuses leaves the network as it was: draws too.
func TestConnectRefused(t *testing.T) {
	make := func(refused bool) string {
		net := mustNew(t)
		a := nodes(t, net, "a", 40, neuron.DefaultIafPscExp())
		p := nodes(t, net, "p", 4, neuron.Parrot{})
		g := nodes(t, net, "g", 5, device.Poisson{Rate: 1000})
		dc := nodes(t, net, "dc", 1, device.DC{Amplitude: 3})
		r := nodes(t, net, "r", 2, device.SpikeRecorder{})
		m := nodes(t, net, "m", 1, device.DefaultVoltmeter())
		currents := nodes(t, net, "currents", 1, device.Multimeter{Quantities: []string{device.ISynEx}})
		other := nodes(t, mustNew(t), "other", 40, neuron.DefaultIafPscExp())
		net.Connect(a, r)
		try := func() {
			single := connect.Forbid{Multapses: true}
			for _, c := range []struct {
				pre, post *sim.Nodes
				rule      connect.Rule
				syn       connect.Synapse
				want      []string
			}{
				{other, a, nil, connect.Synapse{}, []string{"other", "another network"}},
				{a, other, nil, connect.Synapse{}, []string{"other", "another network"}},
				{a, a, connect.FixedInDegree{N: 41, Forbid: single}, connect.Synapse{}, []string{"a -> a", "41", "40"}},
				{a, a.Every(2), connect.FixedInDegree{N: 41, Forbid: single}, connect.Synapse{}, []string{"41", "40"}},
				{a.Every(2), p, connect.FixedOutDegree{N: 5, Forbid: single}, connect.Synapse{}, []string{"5", "4"}},
				{g, a, connect.FixedInDegree{N: 6, Forbid: single}, connect.Synapse{}, []string{"g -> a", "6", "5"}},
				{g, a, connect.OneToOne{}, connect.Synapse{}, []string{"5 sources", "40 targets"}},
				{g, a.Slice(0, 5), connect.OneToOne{Symmetric: true}, connect.Synapse{}, []string{"both directions", "poisson_generator", "target"}},
				{g, a, connect.SymmetricPairwiseBernoulli{P: 0.5}, connect.Synapse{}, []string{"both directions"}},
				{g, a, connect.FixedInDegree{N: 2}, connect.Synapse{Delay: connect.Constant(0.04)}, []string{"delay", "0.04"}},
				{g, a, connect.AllToAll{}, connect.Synapse{Delay: connect.Uniform{Min: 0, Max: 1}}, []string{"delay", "0.05"}},
				{g, a, connect.FixedInDegree{N: 2}, connect.Synapse{Weight: connect.Values{1, 2}}, []string{"weight", "2 values", "80"}},
				{g, a, connect.FixedInDegree{N: 2}, connect.Synapse{Weight: connect.Constant(math.NaN())}, []string{"weight", "NaN"}},
				{g, a, (*connect.FixedInDegree)(nil), connect.Synapse{}, []string{"*connect.FixedInDegree"}},
				{g, a, nil, connect.Synapse{Weight: (*connect.Normal)(nil)}, []string{"weight", "pointer"}},
				{dc, sim.Join(a, p), connect.FixedInDegree{N: 1}, connect.Synapse{}, []string{"dc_generator", "parrot_neuron"}},
				{dc, sim.Join(a, p), nil, connect.Synapse{}, []string{"dc_generator", "parrot_neuron"}},
				{a, g, nil, connect.Synapse{}, []string{"poisson_generator cannot be a target"}},
				{g, g, nil, connect.Synapse{}, []string{"poisson_generator cannot be a target"}},
				{r, a, nil, connect.Synapse{}, []string{"spike_recorder cannot be a source"}},
				{r, g, nil, connect.Synapse{}, []string{"spike_recorder cannot be a source of generators"}},
				{m, m, nil, connect.Synapse{}, []string{"multimeter cannot be a source of recorders"}},
				{a, m, nil, connect.Synapse{}, []string{"multimeter cannot be a target"}},
				{m, p, nil, connect.Synapse{}, []string{"p", "parrot_neuron", "V_m"}},
				{m, sim.Join(a, p), nil, connect.Synapse{}, []string{"parrot_neuron", "V_m"}},
				{dc, r, nil, connect.Synapse{}, []string{"dc_generator emits no spikes"}},
				{a, r.At(0), nil, connect.Synapse{}, []string{"twice"}},
				{a.At(3), r, nil, connect.Synapse{}, []string{"node 4 (a) is there twice"}},
				{p, r, connect.FixedInDegree{N: 1}, connect.Synapse{}, []string{"AllToAll or OneToOne", "FixedInDegree"}},
				{p, r, connect.OneToOne{}, connect.Synapse{}, []string{"as many"}},
				{p.Slice(0, 2), r, connect.OneToOne{Symmetric: true}, connect.Synapse{}, []string{"both directions"}},
				{p, r, nil, connect.Synapse{Model: "stdp_synapse"}, []string{`"stdp_synapse"`, `"static_synapse"`}},
				{a, a, nil, connect.Synapse{Model: "static_synaps"}, []string{`did you mean "static_synapse"`}},
			} {
				net.Connect(c.pre, c.post, c.rule, c.syn)
				wantError(t, net.Err(), c.want...)
			}
			net.CopyModel("", connect.Synapse{})
			wantError(t, net.Err(), "must be a new one")
			net.CopyModel("static_synapse", connect.Synapse{})
			wantError(t, net.Err(), "must be a new one")
			net.CopyModel("x", connect.Synapse{Model: "y"})
			wantError(t, net.Err(), `"x"`, `"y"`)
			net.CopyModel("x", connect.Synapse{Delay: connect.Constant(0.01)})
			wantError(t, net.Err(), `"x"`, "delay", "0.01")
			net.CopyModel("x", connect.Synapse{Weight: connect.Normal{SD: -1}})
			wantError(t, net.Err(), `"x"`, "weight", "SD")
		}
		if refused {
			try()
		}
		net.Connect(g, a, connect.FixedInDegree{N: 3}, connect.Synapse{Weight: connect.Constant(90)})
		net.Connect(a.Every(2), a, connect.FixedInDegree{N: 3}, connect.Synapse{Weight: connect.Constant(60)})
		simulate(t, net, 50)
		if refused {
			try()
			// What flows already cannot be taken apart.
			net.Connect(currents, a)
			wantError(t, net.Err(), `"a"`, "I_syn_ex", "before the first step")
			net.Record(device.Multimeter{Quantities: []string{device.ISynIn}}, a).WriteSamplesTo(newMemory())
			wantError(t, net.Err(), `"a"`, "I_syn_in", "before the first step")
			_, err := a.Get(device.ISynEx)
			wantError(t, err, "I_syn_ex", "from the first step on")
		}
		simulate(t, net, 50)
		d := spikesOf(t, r.At(0))
		if d.Len() < 100 {
			t.Errorf("only %d spikes", d.Len())
		}
		return fmt.Sprint(pairsOf(t, net), d.Step, d.Neuron)
	}
	equal(t, "the network", make(true), make(false))
}

// Generators are connected through any rule; what arrives is seen by parrots,
// that repeat it one delay later.
func TestGeneratorsThroughRules(t *testing.T) {
	const n = 6
	for _, c := range []struct {
		rule connect.Rule
		in   int // connections of each parrot; -1: random
	}{
		{connect.OneToOne{}, 1}, {connect.AllToAll{}, n}, {connect.FixedInDegree{N: 4}, 4}, {connect.FixedInDegree{N: 4, Forbid: connect.Forbid{Multapses: true}}, 4},
		{connect.FixedOutDegree{N: 3}, -1}, {connect.FixedTotalNumber{N: 20}, -1}, {connect.PairwiseBernoulli{P: 0.5}, -1}, {connect.List{Pre: []int32{0, 5}, Post: []int32{1, 1}}, -1},
	} {
		net := mustNew(t, sim.Shards(3))
		g := nodes(t, net, "g", n, device.SpikeGenerator{})
		for i, one := range g.All() { // generator i spikes at i+1 ms
			one.Set(sim.Params{"spike_times": []float64{float64(i + 1)}})
		}
		p := nodes(t, net, "p", n, neuron.Parrot{})
		net.Connect(g, p, c.rule, connect.Synapse{Delay: connect.Constant(0.5)})
		r := recorderOf(t, net, p)
		simulate(t, net, 10)
		cs, err := net.Connections(sim.ConnectionQuery{Source: g, Target: p})
		must(t, err)
		for i, id := range p.IDs() {
			var want []int64
			for _, x := range cs {
				if x.Target == id {
					want = append(want, int64(x.Source)*10+5) // ids of g count from 1
				}
			}
			slices.Sort(want)
			if c.in >= 0 && len(want) != c.in {
				t.Errorf("%T: parrot %d has %d connections, want %d", c.rule, i, len(want), c.in)
			}
			if got := stepsOf(t, r, id); !slices.Equal(got, want) {
				t.Errorf("%T: parrot %d spikes at %v, want %v", c.rule, i, got, want)
			}
		}
		if _, ok := c.rule.(connect.OneToOne); ok {
			equal(t, "one to one", stepsOf(t, r, p.First()+2), []int64{35})
		}
	}
}
