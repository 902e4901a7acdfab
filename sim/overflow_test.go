package sim_test

import (
	"context"
	"math"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// More spikes at once than sums hold are an error that names them, never a wrap:
// the interval is not recorded, and the network says that it cannot go on.
func TestMultiplicityOverflow(t *testing.T) {
	many := device.SpikeGenerator{Times: []float64{1, 7}, Multiplicities: []int{1, 32768}}
	for _, c := range []struct {
		name string
		make func(net *sim.Network, parrot, target *sim.Nodes)
		want []string
		at   int64 // step of the failure
	}{
		{"what a spike can count", func(net *sim.Network, parrot, _ *sim.Nodes) {
			for range 2 {
				must(t, drive(net, many, parrot, connect.Synapse{}))
			}
		}, []string{`"parrot"`, "neuron 1", "65536 spikes", "65535"}, 80},
		{"what the targets' sums hold", func(net *sim.Network, parrot, target *sim.Nodes) {
			// 100,000 weights of up to 8191 quanta: 2^31/8191/100,000 = 2.6.
			must(t, net.Connect(parrot, target, connect.FixedInDegree{N: 100_000}, connect.Synapse{Weight: connect.Normal{Mean: 10, SD: 1}}))
			must(t, drive(net, many, parrot, connect.Synapse{}))
		}, []string{`"parrot"`, "32768 spikes", "than the 2 "}, 80},
		{"a chain of parrots", func(net *sim.Network, parrot, _ *sim.Nodes) {
			second, err := net.Create("second", 1, neuron.Parrot{})
			must(t, err)
			must(t, net.Connect(parrot, second, connect.FixedInDegree{N: 40_000}, connect.Synapse{}))
			must(t, drive(net, device.SpikeGenerator{Times: []float64{1, 7}, Multiplicities: []int{1, 2}}, parrot, connect.Synapse{}))
		}, []string{`"second"`, "80000 spikes", "65535"}, 90},
		{"beyond 32 bits", func(net *sim.Network, parrot, _ *sim.Nodes) {
			must(t, drive(net, device.SpikeGenerator{Times: []float64{1}}, parrot, connect.Synapse{}))
			for range 2300 { // a million spikes a step each
				must(t, drive(net, device.Poisson{Rate: 1e10, Active: device.Active{Start: 6.9}}, parrot, connect.Synapse{}))
			}
		}, []string{`"parrot"`, "2147483647 spikes", "65535"}, 80},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx := context.Background()
			net := mustNew(t, sim.Threads(2), sim.Shards(2))
			parrot := create(t, net, "parrot", 1, neuron.Parrot{})
			target := create(t, net, "target", 1, neuron.DefaultIafPscExp())
			c.make(net, parrot, target)
			m := newMemory()
			must(t, net.RecordSpikes(m, parrot))
			err := net.Simulate(ctx, 20)
			wantError(t, err, c.want...)
			if len(m.step) == 0 || m.step[0] != 20 {
				t.Errorf("spikes at %v, want the one of step 20 first", m.step)
			}
			for _, s := range m.step {
				if s >= c.at {
					t.Errorf("a spike of step %d was recorded, of the interval that failed", s)
					break
				}
			}
			wantError(t, net.Simulate(ctx, 1), append(c.want, "within a step")...)
			wantError(t, net.SaveState(t.TempDir()), "within a step")
		})
	}
}

// More synapses than memory can count are an error, not a failed allocation.
func TestTooManySynapses(t *testing.T) {
	net := mustNew(t, sim.Shards(1), sim.Threads(1))
	a := create(t, net, "a", 3, neuron.Parrot{})
	must(t, net.Connect(a, a, connect.FixedInDegree{N: 1<<31 - 1}, connect.Synapse{}))
	wantError(t, net.Build(context.Background()), "more than 4294967295 synapses", "more shards")
}

// So many drawn weights onto one neuron that a compact sum could overflow are
// kept wide, and the network runs; nothing has to be undone.
func TestCrowdedNeuron(t *testing.T) {
	net := mustNew(t)
	a := create(t, net, "a", 10, neuron.Parrot{})
	b := create(t, net, "b", 1, neuron.DefaultIafPscExp())
	const n = 400_000 // times the largest weight, 8191 quanta, is more than 2^31
	must(t, net.Connect(a, b, connect.FixedInDegree{N: n}, connect.Synapse{Weight: connect.Normal{Mean: 20, SD: 4}}))
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
