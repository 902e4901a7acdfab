package sim_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// generated is a network that lives on generators of every kind, some for whole
// populations and some for single neurons.
func generated(t testing.TB, opts ...sim.Option) *sim.Network {
	t.Helper()
	net := mustNew(t, append([]sim.Option{sim.Seed(5)}, opts...)...)
	split := neuron.DefaultIafPscExp()
	split.TauSynIn = 3
	a := create(t, net, "exp", 150, neuron.DefaultIafPscExp())
	b := create(t, net, "split", 70, split)
	c := create(t, net, "alpha", 60, neuron.DefaultIafPscAlpha())
	p := create(t, net, "parrot", 10, neuron.Parrot{})
	for _, post := range []*sim.Nodes{a, b, c} {
		net.Connect(a, post, connect.FixedInDegree{N: 20}, connect.Synapse{Weight: connect.Constant(30), Delay: connect.Constant(1.5)})
		net.Connect(p, post, connect.FixedInDegree{N: 2}, connect.Synapse{Weight: connect.Constant(-40), Delay: connect.Constant(0.8)})
	}
	delay := connect.Uniform{Min: 0.5, Max: 4}
	must(t, drive(net, device.Noise{Mean: 380, Std: 500}, a, connect.Synapse{Delay: connect.Constant(0.3)}))
	must(t, drive(net, device.Noise{Mean: 300, Std: 400, StdMod: 300, Frequency: 40, Phase: 20, Dt: 0.3, Active: device.Active{Start: 7, Stop: 61}}, b, connect.Synapse{Weight: connect.Uniform{Min: 0.5, Max: 2}, Delay: delay}))
	rates := device.InhomogeneousPoisson{RateTimes: []float64{0.1, 30, 50.04, 75.3}, RateValues: []float64{9000, 14000, 0, 11000}, AllowOffgridTimes: true}
	must(t, drive(net, rates, c, connect.Synapse{Weight: connect.Constant(25)}))
	must(t, drive(net, rates, b, connect.Synapse{Weight: connect.Constant(30), Delay: delay}))
	rates.RateValues = []float64{500, 3000, 100, 900}
	must(t, drive(net, rates, p, connect.Synapse{}))
	for i := range 60 { // a generator of each kind for single neurons
		one := a.Slice(i, i+1)
		must(t, drive(net, device.Poisson{Rate: float64(100 * i)}, one, connect.Synapse{Weight: connect.Constant(50)}))
		must(t, drive(net, device.SpikeGenerator{Times: []float64{float64(i+1) / 2, 50.05, float64(i + 60)}, AllowOffgridTimes: true}, one, connect.Synapse{Weight: connect.Constant(900), Delay: delay}))
		must(t, drive(net, device.Noise{Std: 50, Dt: 2}, c.Slice(i, i+1), connect.Synapse{}))
		must(t, drive(net, rates, c.Slice(i, i+1), connect.Synapse{Weight: connect.Constant(20)}))
	}
	return net
}

// Every generator gives the same spikes whatever the workers, shards and pieces
// of a run, and after being saved and opened.
func TestSameSpikesOfGenerators(t *testing.T) {
	const ms = 100
	ctx := context.Background()
	run := func(pieces []float64, save bool, opts ...sim.Option) string {
		net := generated(t, opts...)
		m := newMemory()
		net.Record(device.SpikeRecorder{}).WriteSpikesTo(m)
		for _, p := range pieces {
			must(t, net.Simulate(ctx, p))
			if save {
				dir := t.TempDir()
				must(t, net.Save(dir))
				must(t, net.SaveState(dir))
				var err error
				net, err = sim.Open(dir, opts...)
				must(t, err)
				net.Record(device.SpikeRecorder{}).WriteSpikesTo(m)
			}
		}
		return digestOf(t, m)
	}
	want := run([]float64{ms}, false, sim.Threads(1), sim.Shards(1))
	for _, c := range []struct {
		threads, shards int
		save            bool
		pieces          []float64
	}{
		{2, 2, false, []float64{ms}}, {3, 7, false, []float64{ms}}, {8, 64, false, []float64{ms}},
		{2, 3, false, []float64{0.1, 0.2, 29.9, 20, 0, 11.4, ms - 61.6}},
		{2, 4, true, []float64{3.3, 31.1, 27, ms - 61.4}},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			if got := run(c.pieces, c.save, sim.Threads(c.threads), sim.Shards(c.shards)); got != want {
				t.Errorf("digest %s, want %s", got, want)
			}
		})
	}
	if other := run([]float64{ms}, false, sim.Seed(6)); other == want {
		t.Error("another seed gives the same spikes")
	}
}

// A network keeps columns of its own.
func TestRatesAreCopied(t *testing.T) {
	rates := device.InhomogeneousPoisson{RateTimes: []float64{1}, RateValues: []float64{1e5}}
	net := mustNew(t)
	p := create(t, net, "p", 3, neuron.Parrot{})
	must(t, drive(net, rates, p, connect.Synapse{}))
	rates.RateTimes[0], rates.RateValues[0] = 0.05, 0
	m := newMemory()
	net.Record(device.SpikeRecorder{}).WriteSpikesTo(m)
	must(t, net.Simulate(context.Background(), 5))
	if len(m.step) == 0 || m.step[0] < 20 { // the first rate holds from 1 ms on, the delay is 1 ms
		t.Errorf("steps %v", m.step)
	}
}

// NEST's default of stop, 1.7976931348623157e+308 ms, is no end.
func TestStopForever(t *testing.T) {
	trains := map[string]float64{}
	for _, stop := range []float64{0, math.Inf(1), 1.7976931348623157e+308} {
		net := mustNew(t)
		p := create(t, net, "p", 5, neuron.Parrot{})
		must(t, drive(net, device.Poisson{Rate: 5000, Active: device.Active{Start: 2, Stop: stop}}, p, connect.Synapse{}))
		m := newMemory()
		net.Record(device.SpikeRecorder{}).WriteSpikesTo(m)
		must(t, net.Simulate(context.Background(), 50))
		if len(m.step) < 1000 {
			t.Fatalf("stop %g: %d spikes", stop, len(m.step))
		}
		trains[fmt.Sprint(m.step, m.neuron)] = stop
	}
	if len(trains) != 1 {
		t.Errorf("%d different trains", len(trains))
	}
}
