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

// A network without short delays, or without any synapses, takes many steps
// between exchanges. Its state is as good as any other: spikes that have
// arrived everywhere are no part of it.
func TestStateBetweenLongIntervals(t *testing.T) {
	ctx := context.Background()
	make := func(connected bool) *sim.Network {
		net := mustNew(t, sim.Shards(2))
		a := create(t, net, "a", 50, neuron.DefaultIafPscExp())
		must(t, drive(net, device.Poisson{Rate: 20000}, a, connect.Synapse{Weight: connect.Constant(40)}))
		if connected {
			net.Connect(a, a, connect.FixedInDegree{N: 10}, connect.Synapse{Weight: connect.Constant(100), Delay: connect.Constant(1.5)})
		}
		return net
	}
	for _, connected := range []bool{false, true} {
		t.Run(fmt.Sprint("connected ", connected), func(t *testing.T) {
			want := newMemory()
			net := make(connected)
			net.Record(device.SpikeRecorder{}).WriteSpikesTo(want)
			must(t, net.Simulate(ctx, 200))

			got, dir := newMemory(), t.TempDir()
			net = make(connected)
			net.Record(device.SpikeRecorder{}).WriteSpikesTo(got)
			for _, ms := range []float64{48.3, 0.4, 100, 51.3} {
				must(t, net.Simulate(ctx, ms))
				must(t, net.Save(dir))
				var err error
				net, err = sim.Open(dir)
				must(t, err)
				net.Record(device.SpikeRecorder{}).WriteSpikesTo(got)
			}
			if len(want.step) < 100 || fmt.Sprint(got.step, got.neuron) != fmt.Sprint(want.step, want.neuron) {
				t.Errorf("%d spikes, or others, want %d", len(got.step), len(want.step))
			}
			if n := net.Stats().Spikes; n != int64(len(want.step)) {
				t.Errorf("Stats().Spikes is %d, want %d", n, len(want.step))
			}
		})
	}
}

// The two currents of a merged channel go on after opening, also where shards
// have none of the neurons.
func TestCurrentsGoOnAfterOpen(t *testing.T) {
	ctx := context.Background()
	make := func() *sim.Network {
		net := mustNew(t, sim.Shards(6))
		a := create(t, net, "a", 3, neuron.DefaultIafPscExp())
		create(t, net, "b", 40, neuron.DefaultIafPscExp())
		must(t, drive(net, device.Poisson{Rate: 5000}, a, connect.Synapse{Weight: connect.Constant(40)}))
		must(t, drive(net, device.Poisson{Rate: 5000}, a, connect.Synapse{Weight: connect.Constant(-30)}))
		net.Connect(a, a, connect.AllToAll{}, connect.Synapse{Weight: connect.Normal{Mean: -100, SD: 30}})
		return net
	}
	watch := func(net *sim.Network, m *memory) {
		p, err := net.Nodes("a")
		must(t, err)
		net.Record(device.Multimeter{Interval: 0.1, Quantities: []string{device.ISynIn, device.Vm, device.ISynEx}}, p).WriteSamplesTo(m)
	}
	want, got, dir := newMemory(), newMemory(), t.TempDir()
	net := make()
	watch(net, want)
	must(t, net.Simulate(ctx, 20))
	net = make()
	watch(net, got)
	must(t, net.Simulate(ctx, 7.3))
	must(t, net.Save(dir))
	net, err := sim.Open(dir, sim.Threads(2))
	must(t, err)
	watch(net, got)
	must(t, net.Simulate(ctx, 12.7))
	if len(want.samples) != 600 || fmt.Sprint(got.samples) != fmt.Sprint(want.samples) {
		t.Errorf("%d samples, or others, want %d", len(got.samples), len(want.samples))
	}
}

// Parrots count every spike of a multiplicity, in recordings and in Stats alike.
func TestSpikesCountMultiplicity(t *testing.T) {
	net := mustNew(t)
	p := create(t, net, "p", 2, neuron.Parrot{})
	must(t, drive(net, device.SpikeGenerator{Times: []float64{1, 2}, Multiplicities: []int{3, 1}}, p, connect.Synapse{}))
	m := newMemory()
	net.Record(device.SpikeRecorder{}).WriteSpikesTo(m)
	must(t, net.Simulate(context.Background(), 10))
	if len(m.step) != 8 || net.Stats().Spikes != 8 {
		t.Errorf("%d recorded, %d counted, want 8", len(m.step), net.Stats().Spikes)
	}
}

// Origin shifts when a step current is active, not its amplitude times: NEST's
// step_current_generator compares them with the simulation's time, and its
// documentation has origin shift the stimulation period.
func TestStepCurrentOrigin(t *testing.T) {
	run := func(d device.StepCurrent) string {
		net := mustNew(t)
		a := create(t, net, "a", 1, neuron.DefaultIafPscExp())
		must(t, drive(net, d, a, connect.Synapse{}))
		m := newMemory()
		net.Record(device.Multimeter{Interval: 0.1}).WriteSamplesTo(m)
		must(t, net.Simulate(context.Background(), 20))
		return fmt.Sprint(m.samples)
	}
	times, values := []float64{2, 6, 12}, []float64{100, 300, 50}
	with := run(device.StepCurrent{Times: times, Values: values, Active: device.Active{Origin: 4, Stop: 10}})
	// Active in (4, 14], that is from the second half of the first amplitude on.
	without := run(device.StepCurrent{Times: times, Values: values, Active: device.Active{Start: 4, Stop: 14}})
	if with != without {
		t.Error("origin shifts the amplitude times")
	}
}

// Many small populations waste room between them: the number of shards that is
// chosen by itself is one that holds them.
func TestManySmallPopulations(t *testing.T) {
	net := mustNew(t, sim.Threads(1))
	for i := range 1800 {
		create(t, net, fmt.Sprint(i), 33, neuron.Parrot{})
	}
	must(t, net.Build(context.Background()))
	if net.Shards() < 2 {
		t.Errorf("%d shards", net.Shards())
	}
	net = mustNew(t, sim.Shards(1))
	create(t, net, "a", 70000, neuron.Parrot{})
	wantError(t, net.Build(context.Background()), "70000 neurons", "65536", "at least 2")
}

// A weight with a spread far below its value keeps its value: at the finest,
// drawn weights lie on the grid of the population.
func TestTinySpread(t *testing.T) {
	ctx := context.Background()
	final := func(w connect.Distribution) []float64 {
		net := mustNew(t)
		a := create(t, net, "a", 1, neuron.Parrot{})
		b := create(t, net, "b", 1, neuron.DefaultIafPscExp())
		net.Connect(a, b, connect.OneToOne{}, connect.Synapse{Weight: w})
		must(t, drive(net, device.SpikeGenerator{Times: []float64{1}}, a, connect.Synapse{}))
		m := newMemory()
		net.Record(device.Multimeter{Interval: 10}, b).WriteSamplesTo(m)
		must(t, net.Simulate(ctx, 10))
		return m.samples[[2]int64{100, 2}]
	}
	want := final(connect.Constant(87.8))
	for _, sd := range []float64{1e-9, 1e-15, 1e-30, 1e-300, 5e-324} {
		if got := final(connect.Normal{Mean: 87.8, SD: sd}); math.Abs(got[0]-want[0]) > 1e-9 {
			t.Errorf("SD %g: V_m %v, want %v", sd, got, want)
		}
	}
	// What is next to nothing is nothing; it used to have a grid without end.
	for _, w := range []connect.Distribution{connect.Constant(1e-300), connect.Constant(5e-324), connect.Uniform{Min: 0, Max: 5e-324}, connect.Normal{Mean: 1e-310, SD: 1e-311}} {
		if got := final(w); got[0] != -70 {
			t.Errorf("weight %v: V_m %v, want -70", w, got)
		}
	}
}
