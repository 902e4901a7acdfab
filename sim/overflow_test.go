package sim_test

import (
	"context"
	"math"
	"reflect"
	"slices"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// More spikes at once than sums hold are an error that names them, never a wrap:
// nothing of that step is recorded, and the network goes on from the one before,
// with other weights, as one that simulated until there.
func TestMultiplicityOverflow(t *testing.T) {
	ctx := context.Background()
	for _, threads := range []int{1, 2} {
		build := func() (*sim.Network, *memory, *sim.Nodes) {
			net := mustNew(t, sim.Threads(threads), sim.Shards(2))
			parrot := create(t, net, "parrot", 3, neuron.Parrot{})
			second := create(t, net, "second", 10, neuron.Parrot{})
			target := create(t, net, "target", 4, neuron.DefaultIafPscExp())
			net.Connect(parrot, second, connect.AllToAll{})
			// So far apart that some 2^21 of the largest can be added up, 10 of 300,000.
			weights := append(connect.Values{1e14, 0.7}, slices.Repeat([]float64{5}, 38)...)
			net.Connect(second, target, connect.AllToAll{}, connect.Synapse{Weight: weights, Delay: connect.Constant(2.5)})
			must(t, drive(net, device.Poisson{Rate: 5000}, target, connect.Synapse{Weight: connect.Constant(50)}))
			must(t, drive(net, device.Noise{Std: 500}, target, connect.Synapse{}))
			must(t, drive(net, device.Poisson{Rate: 20000}, parrot, connect.Synapse{}))
			must(t, drive(net, device.Poisson{Rate: 1e9, Active: device.Active{Start: 6.9, Stop: 7}}, parrot, connect.Synapse{}))
			m := newMemory()
			net.Record(device.SpikeRecorder{}, parrot, second, target).WriteSpikesTo(m)
			net.Record(device.Multimeter{Interval: 0.3}, target).WriteSamplesTo(m)
			return net, m, target
		}
		weaken := func(net *sim.Network, target *sim.Nodes) {
			second, err := net.Nodes("second")
			must(t, err)
			c, err := net.Connections(sim.ConnectionQuery{Source: second, Target: target})
			must(t, err)
			net.SetWeights(c, 0.5)
		}
		net, m, target := build()
		must(t, net.Simulate(ctx, 3.3))
		for range 2 { // trying again is no other
			wantError(t, net.Simulate(ctx, 20), `"second"`, "neuron 4 ", "spikes at once", "ends at 9 ms", "more than the 295147 ", "stands at 8.3 ms")
			if net.TimeMS() != 8.3 {
				t.Fatalf("stopped at %v ms, want 8.3", net.TimeMS())
			}
		}
		dir := t.TempDir()
		must(t, net.Save(dir))
		weaken(net, target)
		must(t, net.Simulate(ctx, 20))

		other, want, target := build()
		must(t, other.Simulate(ctx, 8.3))
		weaken(other, target)
		must(t, other.Simulate(ctx, 20))
		if !reflect.DeepEqual(m, want) || len(m.step) < 100 || len(m.samples) < 100 {
			t.Errorf("%d threads: %d spikes and %d samples, or others, want %d and %d", threads, len(m.step), len(m.samples), len(want.step), len(want.samples))
		}
		if net.Stats().SynapticEvents != other.Stats().SynapticEvents || net.Stats().Spikes != other.Stats().Spikes {
			t.Errorf("%+v, want %+v", net.Stats(), other.Stats())
		}
		again, err := sim.Open(dir)
		must(t, err)
		if again.TimeMS() != 8.3 {
			t.Errorf("saved at %v ms", again.TimeMS())
		}
	}
}

// Chains of parrots at high rates, as NEST runs them: 200,000 spikes a second
// onto parrots of which 10,000 drive each neuron, hundreds of thousands of spikes
// at once, relays of relays. NEST's multiplicities have no limit but memory.
func TestParrotsAtHighRate(t *testing.T) {
	ctx := context.Background()
	t.Run("200 kHz, in-degree 10,000", func(t *testing.T) {
		net := mustNew(t)
		parrot := create(t, net, "parrot", 1, neuron.Parrot{})
		m := neuron.DefaultIafPscExp()
		m.Vth, m.TauSynEx = 1e9, 1 // which sums up
		target := create(t, net, "target", 1, m)
		must(t, drive(net, device.Poisson{Rate: 200e3}, parrot, connect.Synapse{}))
		net.Connect(parrot, target, connect.FixedInDegree{N: 10_000}, connect.Synapse{Weight: connect.Normal{Mean: 1, SD: 0.1}})
		must(t, net.Simulate(ctx, 50))
		// 20 spikes a step, 10,000 synapses of 1 pA (SD of the sum 10), decay
		// exp(-0.1) a step: 200,000/(1-exp(-0.1)) pA, with an SD of 4.47 in 20 a step.
		current, err := target.Get("I_syn_ex")
		must(t, err)
		want, sd := 200_000/(1-math.Exp(-0.1)), 1e4*math.Sqrt(20/(1-math.Exp(-0.2)))
		if math.Abs(current[0]-want) > 5*sd {
			t.Errorf("current %g pA, want %g with an SD of %g", current[0], want, sd)
		}
	})
	t.Run("relays of relays", func(t *testing.T) {
		net := mustNew(t)
		first := create(t, net, "first", 40, neuron.Parrot{})
		second := create(t, net, "second", 50, neuron.Parrot{})
		third := create(t, net, "third", 2, neuron.Parrot{})
		must(t, drive(net, device.SpikeGenerator{Times: []float64{1}, Multiplicities: []int{100}}, first, connect.Synapse{}))
		net.Connect(first, second, connect.AllToAll{})
		net.Connect(second, third, connect.AllToAll{})
		m := newMemory()
		net.Record(device.SpikeRecorder{}, third).WriteSpikesTo(m)
		must(t, net.Simulate(ctx, 6))
		if len(m.step) != 2*100*40*50 { // 200,000 of each, stamped 4 ms
			t.Errorf("%d spikes, want %d", len(m.step), 2*100*40*50)
		}
		for _, s := range m.step {
			if s != 40 {
				t.Fatalf("a spike of step %d, want 40", s)
			}
		}
	})
}

// More synapses than memory can count are an error, not a failed allocation.
func TestTooManySynapses(t *testing.T) {
	net := mustNew(t, sim.Shards(1), sim.Threads(1), sim.MemoryLimit(math.MaxInt64))
	a := create(t, net, "a", 3, neuron.Parrot{})
	net.Connect(a, a, connect.FixedInDegree{N: 1<<31 - 1})
	wantError(t, net.Build(context.Background()), "more than 4294967295 synapses", "more shards")
}

// So many drawn weights onto one neuron that a compact sum could overflow are
// kept wide, and the network runs; nothing has to be undone.
func TestCrowdedNeuron(t *testing.T) {
	net := mustNew(t)
	a := create(t, net, "a", 10, neuron.Parrot{})
	b := create(t, net, "b", 1, neuron.DefaultIafPscExp())
	net.Record(device.Multimeter{Quantities: []string{device.ISynEx}}, b) // keeps the current apart
	const n = 400_000                                                     // times the largest weight, 8191 quanta, is more than 2^31
	net.Connect(a, b, connect.FixedInDegree{N: n}, connect.Synapse{Weight: connect.Normal{Mean: 20, SD: 4}})
	must(t, drive(net, device.SpikeGenerator{Times: []float64{1}}, a, connect.Synapse{}))
	must(t, net.Simulate(context.Background(), 3))
	current, err := b.Get("I_syn_ex")
	must(t, err)
	// All arrive in the step that ends at 3 ms. The mean of 400,000 draws has an SD
	// of 4/sqrt(400000) = 0.0063 pA.
	if mean := current[0] / n; math.Abs(mean-20) > 5*0.0063 {
		t.Errorf("mean weight %g pA, want 20", mean)
	}
}
