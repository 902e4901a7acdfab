package sim_test

import (
	"context"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// warm is a recurrent network under Poisson input.
func warm(t *testing.T) *sim.Network {
	t.Helper()
	net := mustNew(t, sim.Seed(5))
	a := create(t, net, "a", 200, neuron.DefaultIafPscExp())
	must(t, a.Set(sim.Params{"V_m": connect.Normal{Mean: -62, SD: 4}}))
	must(t, net.Connect(a, a, connect.FixedInDegree{N: 20}, connect.Synapse{Weight: connect.Normal{Mean: 20, SD: 4}, Delay: connect.Uniform{Min: 0.5, Max: 6}}))
	must(t, drive(net, device.Poisson{Rate: 9000}, a, connect.Synapse{Weight: connect.Constant(30)}))
	return net
}

// stimulate gives the network a current from 110 ms on.
func stimulate(t *testing.T, net *sim.Network, amplitude float64) {
	t.Helper()
	a, err := net.Nodes("a")
	must(t, err)
	must(t, drive(net, device.DC{Amplitude: amplitude, Active: device.Active{Start: 110, Stop: 160}}, a.Slice(0, 120), connect.Synapse{}))
}

// Two runs from one warm-up with different stimuli are each what a run with that
// stimulus is from the begin, whatever the workers.
func TestBranches(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	net := warm(t)
	must(t, net.Simulate(ctx, 100))
	must(t, net.Save(dir))
	after := func(net *sim.Network, amplitude float64) string {
		t.Helper()
		if amplitude != 0 {
			stimulate(t, net, amplitude)
		}
		m := newMemory()
		must(t, net.RecordSpikes(m))
		must(t, net.Simulate(ctx, 100))
		return digestOf(t, m)
	}
	seen := map[string]float64{}
	for i, amplitude := range []float64{0, 150, -90} {
		whole := warm(t)
		if amplitude != 0 {
			stimulate(t, whole, amplitude)
		}
		must(t, whole.Simulate(ctx, 100))
		want := after(whole, 0)
		branch, err := sim.Open(dir, sim.Threads(1+i%2))
		must(t, err)
		if got := after(branch, amplitude); got != want {
			t.Errorf("%g pA: the branch is not what a whole run is", amplitude)
		}
		if other, ok := seen[want]; ok {
			t.Errorf("%g and %g pA give the same spikes: this test shows nothing", amplitude, other)
		}
		seen[want] = amplitude
		// A branch can be saved and gone on with like any network.
		must(t, branch.Save(t.TempDir()))
	}
	// The warm-up is as it was, and its state is not another network's.
	net, err := sim.Open(dir)
	must(t, err)
	stimulate(t, net, 10)
	wantError(t, net.SaveState(dir), "network", "Save")
	if net.TimeMS() != 100 {
		t.Errorf("at %g ms", net.TimeMS())
	}
}

// A network that is saved while it goes on is saved as it was, and the spikes are
// as ever.
func TestStartSave(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	net := warm(t)
	must(t, net.Simulate(ctx, 50))
	wait, err := net.StartSave(dir)
	must(t, err)
	m := newMemory()
	must(t, net.RecordSpikes(m))
	must(t, net.Simulate(ctx, 100))
	must(t, wait())
	must(t, wait()) // as often as one likes
	saved, err := sim.Open(dir)
	must(t, err)
	if saved.TimeMS() != 50 {
		t.Fatalf("saved at %g ms, want 50", saved.TimeMS())
	}
	again := newMemory()
	must(t, saved.RecordSpikes(again))
	must(t, saved.Simulate(ctx, 100))
	if digestOf(t, again) != digestOf(t, m) {
		t.Error("what was saved goes on differently")
	}
	_, err = net.StartSave("/dev/null/no")
	wantError(t, err, "saving the network", "/dev/null")
}
