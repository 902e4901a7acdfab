package sim_test

import (
	"context"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// A share of a network has some of its neurons, which it records, sets and tells,
// also after changes; of the others, and of what is saved, it says what is missing.
// A network that was saved whole can be opened as a share.
func TestShareOfNetwork(t *testing.T) {
	ctx := context.Background()
	build := func(opts ...sim.Option) (*sim.Network, *sim.Nodes) {
		net := mustNew(t, opts...)
		a := create(t, net, "a", 50, neuron.DefaultIafPscExp())
		create(t, net, "b", 4, neuron.Parrot{})
		net.Connect(a, a, connect.FixedInDegree{N: 10}, connect.Synapse{Weight: connect.Constant(40), Delay: connect.Constant(1)})
		must(t, drive(net, device.Poisson{Rate: 15000}, a, connect.Synapse{Weight: connect.Constant(60)}))
		return net, a
	}
	net, a := build(sim.Threads(2), sim.Share(5, []float64{8, 0}))
	m := newMemory()
	net.Record(device.SpikeRecorder{}, a).WriteSpikesTo(m)
	net.Record(device.Multimeter{Interval: 1}, a).WriteSamplesTo(m)
	must(t, net.Simulate(ctx, 50))
	events := net.Stats().SynapticEvents
	if net.Shards() != 2 || net.Threads() != 2 || len(m.step) == 0 || int64(len(m.step)) != net.Stats().Spikes || events == 0 {
		t.Errorf("%d shards, %d threads, %d of %d spikes, %d events", net.Shards(), net.Threads(), len(m.step), net.Stats().Spikes, events)
	}
	// Ids 1, 2, 6, 7, ..., 47 live in the first two of five shards.
	for _, id := range m.neuron {
		if id%5 != 1 && id%5 != 2 {
			t.Errorf("recorded a spike of neuron %d, which is not here", id)
		}
	}
	if len(m.samples) != 20*50 {
		t.Errorf("%d samples, want those of 20 neurons at 50 steps", len(m.samples))
	}
	for at, x := range m.samples {
		if id := at[1]; id%5 != 1 && id%5 != 2 || x[0] > -50 || x[0] < -90 {
			t.Errorf("a sample of neuron %d: %v", id, x)
		}
	}
	here, there := a.Slice(0, 2), a.Slice(0, 3)
	_, err := here.Get("V_m")
	must(t, err)
	_, err = there.Get("V_m")
	wantError(t, err, `population "a": neuron 3 is not here, but only shards 0-1 of 0-4`)
	dir := t.TempDir()
	wantError(t, net.Save(dir), "cannot be saved", "only a part of the network is here: shards 0-1 of 0-4")
	whole, _ := build(sim.Shards(5))
	must(t, whole.Simulate(ctx, 20))
	must(t, whole.Save(dir))
	wantError(t, net.SaveState(dir), "it is of a part of the network: shards 0-1 of 0-4")

	a.Set(sim.Params{"I_e": 100})
	must(t, net.Simulate(ctx, 10))
	net.Connect(a, a, connect.OneToOne{})
	must(t, net.Simulate(ctx, 10))
	if net.TimeMS() != 70 || net.Stats().SynapticEvents <= events {
		t.Errorf("at %g ms, %d events, %d before", net.TimeMS(), net.Stats().SynapticEvents, events)
	}
	create(t, net, "c", 4, neuron.Parrot{})
	wantError(t, net.Simulate(ctx, 10), "a share needs the rates of 3 populations, not 2")

	for _, shards := range []int{5, 7} { // as it was saved, and dealt out anew
		opened, err := sim.Open(dir, sim.Threads(2), sim.Share(shards, []float64{8, 0}))
		must(t, err)
		must(t, opened.Simulate(ctx, 10))
		if opened.TimeMS() != 30 || opened.Shards() != 2 || (len(opened.Warnings()) > 0) != (shards != 5) {
			t.Errorf("opened in %d shards, %v, at %g ms", opened.Shards(), opened.Warnings(), opened.TimeMS())
		}
	}
	_, err = sim.Open(dir, sim.Share(5, []float64{8}))
	wantError(t, err, "a share needs the rates of 2 populations, not 1")
}
