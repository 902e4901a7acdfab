package sim_test

import (
	"context"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// fragile is a recorder that panics.
type fragile struct{}

func (fragile) WriteSpikes([]int64, []int32) error { panic("the disk is gone") }

// After a recorder's panic that a caller recovers, the network says what has
// happened and is neither simulated on, saved nor changed.
func TestRecorderPanic(t *testing.T) {
	net := mustNew(t, sim.Threads(2), sim.Shards(2))
	parrot := create(t, net, "parrot", 4, neuron.Parrot{})
	must(t, drive(net, device.Poisson{Rate: 1e6}, parrot, connect.Synapse{}))
	net.Record(device.SpikeRecorder{}, parrot).WriteSpikesTo(fragile{})
	func() {
		defer func() {
			if p := recover(); p != "the disk is gone" {
				t.Errorf("recovered %v", p)
			}
		}()
		t.Errorf("Simulate returned: %v", net.Simulate(context.Background(), 1000))
	}()
	const want = "a recorder panicked: the disk is gone"
	wantError(t, net.Simulate(context.Background(), 1), want)
	wantError(t, net.SaveState(t.TempDir()), want)
	net.Connect(parrot, parrot, connect.OneToOne{})
	wantError(t, net.Simulate(context.Background(), 1), want)
}
