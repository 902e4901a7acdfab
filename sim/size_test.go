package sim_test

import (
	"context"
	"flag"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// BenchmarkWeights is half a second of a recurrent network whose weights are
// drawn on the compact grid, and the same with a spread too narrow for it, so
// that every weight is exact and 8 bytes long.
func BenchmarkWeights(b *testing.B) {
	for _, c := range []struct {
		name string
		sd   float64
	}{{"compact", 8.8}, {"exact", 0.01}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				net := sim.New()
				m := neuron.DefaultIafPscExp()
				pop := net.Create("exc", 20000, m)
				delay := connect.Above(connect.Normal{Mean: 1.5, SD: 0.75}, 0.1)
				net.Connect(pop, pop, connect.FixedInDegree{N: 1000}, connect.Synapse{Weight: connect.Above(connect.Normal{Mean: 2, SD: c.sd / 88 * 2}, 0), Delay: delay})
				if err := drive(net, device.Poisson{Rate: 8000}, pop, connect.Synapse{Weight: connect.Constant(40)}); err != nil {
					b.Fatal(err)
				}
				if err := net.Simulate(context.Background(), 500); err != nil {
					b.Fatal(err)
				}
				s := net.Stats()
				b.ReportMetric(s.DeliverS*1e9*float64(net.Threads())/float64(s.SynapticEvents), "ns/event")
				b.ReportMetric(float64(s.SynapticEvents), "events/op")
			}
		})
	}
}

// needFull skips a test that takes long unless -run asks for it by its name.
func needFull(t *testing.T) {
	t.Helper()
	if !strings.Contains(flag.Lookup("test.run").Value.String(), "Full") {
		t.Skip("takes long: -run Full")
	}
}

// A network of a million neurons with an in-degree of 1000 and the
// microcircuit's delays takes at most 6 bytes a synapse, everything included.
func TestFullMillionNeurons(t *testing.T) {
	needFull(t)
	net := sim.New()
	delay := func(mean float64) connect.Distribution {
		return connect.Above(connect.Normal{Mean: mean, SD: mean / 2}, 0.05)
	}
	exc := net.Create("exc", 800_000, neuron.DefaultIafPscExp())
	inh := net.Create("inh", 200_000, neuron.DefaultIafPscExp())
	for _, post := range []*sim.Nodes{exc, inh} {
		net.Connect(exc, post, connect.FixedInDegree{N: 800}, connect.Synapse{Weight: connect.Above(connect.Normal{Mean: 88, SD: 8.8}, 0), Delay: delay(1.5)})
		net.Connect(inh, post, connect.FixedInDegree{N: 200}, connect.Synapse{Weight: connect.Below(connect.Normal{Mean: -352, SD: 35}, 0), Delay: delay(0.75)})
	}
	start := time.Now()
	if err := net.Build(context.Background()); err != nil {
		t.Fatal(err)
	}
	built := time.Since(start).Seconds()
	debug.FreeOSMemory()
	resident := residentBytes(t)
	n := float64(net.SynapseCount())
	t.Logf("%.0f synapses in %d shards, built in %.1f s (%.1f ns a synapse), %.2f bytes resident a synapse", n, net.Shards(), built, built*1e9/n, resident/n)
	if resident/n > 6 {
		t.Errorf("%.2f bytes a synapse, want at most 6", resident/n)
	}
	if err := net.Simulate(context.Background(), 10); err != nil {
		t.Fatal(err)
	}
}
