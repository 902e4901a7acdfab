package sim_test

import (
	"context"
	"math"
	"reflect"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// A synapse of 1e14 pA, or of 1e30, beside weights of 5: each acts as what it is,
// whichever way it came there. Every source spikes once, at a time of its own,
// so that currents are known in closed form.
func TestHugeWeightBesideSmall(t *testing.T) {
	ctx := context.Background()
	const n = 4
	small := []float64{5, -0.7, 87.81, 1.0 / 3}
	exp := neuron.DefaultIafPscExp()
	exp.Vth = 1e300 // never spikes
	split := exp
	split.TauSynIn = 5
	alpha := neuron.DefaultIafPscAlpha()
	alpha.Vth = 1e300
	for _, model := range []neuron.Model{exp, split, alpha} {
		for _, huge := range []float64{1e14, -1e30} {
			ways := map[string]func(net *sim.Network, from, onto *sim.Nodes){
				"a list": func(net *sim.Network, from, onto *sim.Nodes) {
					net.Connect(from, onto, connect.List{Pre: []int32{0, 1, 2, 3, 4}, Post: []int32{0, 1, 2, 3, 0}, Weight: append(append([]float64(nil), small...), huge)})
				},
				"a later projection": func(net *sim.Network, from, onto *sim.Nodes) {
					net.Connect(from, onto, connect.List{Pre: []int32{0, 1, 2, 3}, Post: []int32{0, 1, 2, 3}, Weight: small})
					must(t, net.Build(ctx))
					net.Connect(from, onto, connect.List{Pre: []int32{4}, Post: []int32{0}}, connect.Synapse{Weight: connect.Constant(huge)})
				},
				"SetWeights": func(net *sim.Network, from, onto *sim.Nodes) {
					net.Connect(from, onto, connect.List{Pre: []int32{0, 1, 2, 3, 4}, Post: []int32{0, 1, 2, 3, 0}})
					must(t, net.Build(ctx))
					cs, err := net.Connections(sim.ConnectionQuery{Source: from})
					must(t, err)
					for _, c := range cs {
						w := huge
						if i := int(c.Source) - 1; i < n {
							w = small[i]
						}
						net.SetWeights([]sim.Connection{c}, w)
					}
				},
			}
			for name, way := range ways {
				net := mustNew(t, sim.Shards(2), sim.Threads(2))
				from := create(t, net, "from", n+1, neuron.Parrot{})
				onto := create(t, net, "onto", n, model)
				for i, g := range []float64{2, 3, 4, 5, 20} {
					must(t, drive(net, device.SpikeGenerator{Times: []float64{g}}, from.At(i), connect.Synapse{}))
				}
				way(net, from, onto)
				cs, err := net.Connections(sim.ConnectionQuery{Source: from})
				must(t, err)
				for _, c := range cs {
					want := huge
					if i := int(c.Source) - 1; i < n {
						want = small[i]
					}
					if math.Abs(c.Weight/want-1) > 0x1p-30 {
						t.Errorf("%T, %s: weight of %d is %v, want %v", model, name, c.Source, c.Weight, want)
					}
				}
				if model == neuron.Model(alpha) {
					continue // its currents rise; the sums are the same
				}
				m := newMemory()
				net.Record(device.Multimeter{Quantities: []string{device.ISynEx, device.ISynIn}}, onto).WriteSamplesTo(m)
				must(t, net.Simulate(ctx, 15))
				for i, w := range small {
					// The spike of 2+i ms goes through two delays of 1 ms.
					since := 15 - float64(2+i) - 2
					tau, q := 2.0, 0
					if w < 0 {
						if q = 1; model == neuron.Model(split) {
							tau = 5
						}
					}
					got := m.samples[[2]int64{150, int64(n + 2 + i)}]
					if want := w * math.Exp(-since/tau); len(got) != 2 || math.Abs(got[q]/want-1) > 1e-9 || got[1-q] != 0 {
						t.Errorf("%T, %s beside %g: currents %v, want %v in one", model, name, huge, got, want)
					}
				}
				must(t, net.Simulate(ctx, 10))
				got := m.samples[[2]int64{250, n + 2}]
				q, tau := 0, 2.0
				if huge < 0 {
					if q = 1; model == neuron.Model(split) {
						tau = 5
					}
				}
				if want := huge * math.Exp(-3/tau); math.Abs(got[q]/want-1) > 1e-9 {
					t.Errorf("%T, %s: current %v of the huge weight, want %v", model, name, got, want)
				}
			}
		}
	}
}

// Weights that no number of sums holds beside one another, or none at all, are
// refused before the work.
func TestWeightsTooFarApart(t *testing.T) {
	net := mustNew(t)
	a := create(t, net, "a", 2, neuron.DefaultIafPscExp())
	net.Connect(a, a, connect.List{Pre: []int32{0, 1}, Post: []int32{0, 1}, Weight: []float64{1e-30, 1e35}})
	must(t, net.Simulate(context.Background(), 1)) // what nobody could notice is not held against it
	a.Set(sim.Params{"C_m": 1e-25})
	wantError(t, net.Simulate(context.Background(), 1), `population "a"`, "1e-30", "1e+35", "too far apart")
}

// Lognormal weights of any sigma are drawn as they are, not on a grid that is
// coarse beside their median: at a sigma of 4 one grid had 6 % of it.
func TestLogNormalOfLargeSigma(t *testing.T) {
	ctx := context.Background()
	for _, sigma := range []float64{0.5, 2, 3, 4, 6} {
		net := mustNew(t)
		a := create(t, net, "a", 100, neuron.Parrot{})
		b := create(t, net, "b", 100, neuron.DefaultIafPscExp())
		net.Connect(a, b, connect.AllToAll{}, connect.Synapse{Weight: connect.LogNormal{Mean: math.Log(5), SD: sigma}})
		must(t, net.Build(ctx))
		mean, square, distinct := 0.0, 0.0, map[float64]bool{}
		cs, err := net.Connections(sim.ConnectionQuery{Source: a, Target: b})
		must(t, err)
		for _, c := range cs {
			z := (math.Log(c.Weight) - math.Log(5)) / sigma
			mean, square = mean+z, square+z*z
			distinct[c.Weight] = true
		}
		k := float64(len(cs))
		mean, square = mean/k, square/k
		// 10,000 standard normal numbers: mean 0 with an SD of 0.01, square 1 with 0.014.
		if math.Abs(mean) > 0.05 || math.Abs(square-1) > 0.07 || len(distinct) < len(cs)-20 {
			t.Errorf("sigma %g: mean %g, square %g of the logarithms, %d of %d weights differ", sigma, mean, square, len(distinct), len(cs))
		}
	}
}

// Sums of several tiers are those of one network: whatever the shards, the
// threads, the pieces of a run, saved and opened again.
func TestTieredWeightsAreReproducible(t *testing.T) {
	ctx := context.Background()
	build := func(opts ...sim.Option) (*sim.Network, *memory) {
		net := mustNew(t, append(opts, sim.Seed(3))...)
		a := create(t, net, "a", 90, neuron.DefaultIafPscExp())
		split := neuron.DefaultIafPscExp()
		split.TauSynIn = 4
		b := create(t, net, "b", 31, split)
		net.Connect(a, b, connect.FixedInDegree{N: 30}, connect.Synapse{Weight: connect.LogNormal{Mean: 1, SD: 4}, Delay: connect.Uniform{Min: 0.5, Max: 4}})
		net.Connect(a, b, connect.FixedInDegree{N: 5}, connect.Synapse{Weight: connect.Normal{Mean: -20, SD: 2}})
		net.Connect(b, a, connect.FixedTotalNumber{N: 900}, connect.Synapse{Weight: connect.Mul(connect.Constant(-1), connect.LogNormal{Mean: 1, SD: 4})})
		must(t, drive(net, device.Poisson{Rate: 9000}, a, connect.Synapse{Weight: connect.Constant(60)}))
		must(t, drive(net, device.Poisson{Rate: 9000}, b, connect.Synapse{Weight: connect.Constant(50)}))
		m := newMemory()
		net.Record(device.SpikeRecorder{}).WriteSpikesTo(m)
		return net, m
	}
	net, want := build(sim.Shards(1), sim.Threads(1))
	must(t, net.Simulate(ctx, 120))
	if len(want.step) < 200 {
		t.Fatalf("%d spikes are too few to tell", len(want.step))
	}
	for _, c := range [][2]int{{2, 1}, {3, 2}, {8, 2}} {
		net, m := build(sim.Shards(c[0]), sim.Threads(c[1]))
		must(t, net.Simulate(ctx, 30.3))
		dir := t.TempDir()
		must(t, net.Save(dir))
		must(t, net.Simulate(ctx, 89.7))
		if !reflect.DeepEqual(m, want) {
			t.Errorf("%d shards, %d threads: %d spikes, or others, want %d", c[0], c[1], len(m.step), len(want.step))
		}
		for _, shards := range []int{0, 5} {
			opened, err := sim.Open(dir, sim.Shards(shards))
			must(t, err)
			m := newMemory()
			opened.Record(device.SpikeRecorder{}).WriteSpikesTo(m)
			must(t, opened.Simulate(ctx, 89.7))
			if k := len(want.step) - len(m.step); k < 0 || !reflect.DeepEqual(m.step, want.step[k:]) || !reflect.DeepEqual(m.neuron, want.neuron[k:]) {
				t.Errorf("%d shards, opened with %d: %d spikes, or others, want the last of %d", c[0], shards, len(m.step), len(want.step))
			}
		}
	}
}
