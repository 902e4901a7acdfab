package sim_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// brunel builds the network of Brunel (2000), "Dynamics of sparsely connected
// networks of excitatory and inhibitory spiking neurons", as NEST's example
// does: order*4 excitatory and order inhibitory neurons, in-degrees a tenth of
// that, weights J = 0.1 mV and -g*J, delay 1.5 ms, and a Poisson input of eta
// times the rate that holds a neuron at threshold.
func brunel(t testing.TB, order int, g, eta float64, opts ...sim.Option) *sim.Network {
	t.Helper()
	const j, tau, theta = 0.1, 20.0, 20.0 // mV, ms, mV
	net := sim.New(opts...)
	m := neuron.DefaultIafPscDelta()
	m.EL, m.Vm, m.Vreset, m.Vth, m.TauM, m.Cm, m.TRef = 0, 0, 0, theta, tau, 1, 2
	exc := net.Create("exc", 4*order, m)
	inh := net.Create("inh", order, m)
	ce, ci := 4*order/10, order/10
	const delay = 1.5                            // ms
	threshold := theta / (j * float64(ce) * tau) // of each external source, 1/ms
	input := device.Poisson{Rate: 1000 * eta * threshold * float64(ce)}
	for _, post := range []*sim.Nodes{exc, inh} {
		net.Connect(exc, post, connect.FixedInDegree{N: ce}, connect.Synapse{Weight: j, Delay: delay})
		net.Connect(inh, post, connect.FixedInDegree{N: ci}, connect.Synapse{Weight: -g * j, Delay: delay})
		must(t, drive(net, input, post, connect.Synapse{Weight: j, Delay: delay}))
	}
	return net
}

// NEST 3.10 on the same network, one seed each (the mean of two for the first).
// Networks differ from seed to seed, so a difference is held against the
// standard deviation of our seeds (six; of the last case's synchrony, which
// varies from 10 to 25, 22): two runs of the same thing differ by less than
// 4*sqrt(2) of it.
func TestBrunelEqualsNEST(t *testing.T) { compareBrunel(t, false) }

// The most active cases.
func TestFullBrunelEqualsNEST(t *testing.T) {
	needFull(t)
	compareBrunel(t, true)
}

func compareBrunel(t *testing.T, full bool) {
	type measure struct{ nest, sd float64 }
	for _, c := range []struct {
		g, eta             float64
		exc, inh, cv, sync measure
		full               bool
	}{
		{5, 2, measure{31.90, 0.06}, measure{31.985, 0.04}, measure{0.17675, 0.0012}, measure{94.7, 5.8}, false},
		{4.5, 0.9, measure{5.367, 0.20}, measure{5.342, 0.19}, measure{0.4407, 0.0083}, measure{456.6, 62}, false},
		{6, 4, measure{50.039, 0.17}, measure{50.116, 0.12}, measure{0.2164, 0.0029}, measure{95.8, 5.5}, true},
		{3, 2, measure{189.690, 0.29}, measure{189.654, 0.29}, measure{0.0648, 0.0058}, measure{23.2, 4.0}, true},
	} {
		if c.full != full {
			continue
		}
		t.Run(fmt.Sprintf("g=%g,eta=%g", c.g, c.eta), func(t *testing.T) {
			if testing.Short() {
				t.Skip("12,500 neurons")
			}
			net := brunel(t, 2500, c.g, c.eta, sim.Seed(1))
			m := newMemory()
			net.Record(device.SpikeRecorder{}).WriteSpikesTo(m)
			if err := net.Simulate(context.Background(), 1000); err != nil {
				t.Fatal(err)
			}
			var n [2]float64
			trains := make([][]int64, 10000)
			counts := make([]float64, (10000-1020)/30)
			for i, id := range m.neuron {
				if id > 10000 {
					n[1]++
					continue
				}
				n[0]++
				trains[id-1] = append(trains[id-1], m.step[i])
				if b := int(m.step[i]-1021) / 30; m.step[i] > 1020 && b < len(counts) {
					counts[b]++
				}
			}
			cv, neurons := 0.0, 0.0
			for _, s := range trains {
				if len(s) < 3 {
					continue
				}
				var sum, sq float64
				for i := 1; i < len(s); i++ {
					d := float64(s[i] - s[i-1])
					sum += d
					sq += d * d
				}
				k := float64(len(s) - 1)
				cv += math.Sqrt(sq/k-sum/k*sum/k) / (sum / k)
				neurons++
			}
			var sum, sq float64
			for _, x := range counts {
				sum += x
				sq += x * x
			}
			k := float64(len(counts))
			for _, x := range []struct {
				name string
				got  float64
				measure
			}{
				{"excitatory rate", n[0] / 10000, c.exc},
				{"inhibitory rate", n[1] / 2500, c.inh},
				{"mean CV", cv / neurons, c.cv},
				{"variance over mean of 3 ms counts", (sq/k - sum/k*sum/k) / (sum / k), c.sync},
			} {
				t.Logf("%s %.4f, NEST %.4f", x.name, x.got, x.nest)
				if math.Abs(x.got-x.nest) > 4*math.Sqrt2*x.sd {
					t.Errorf("%s is %.4f, NEST has %.4f, the SD of seeds is %.4f", x.name, x.got, x.nest, x.sd)
				}
			}
		})
	}
}

// BenchmarkBrunel is a second of the network in the asynchronous irregular
// state.
func BenchmarkBrunel(b *testing.B) {
	for b.Loop() {
		start := time.Now()
		net := brunel(b, 2500, 5, 2)
		if err := net.Build(context.Background()); err != nil {
			b.Fatal(err)
		}
		built := time.Now()
		if err := net.Simulate(context.Background(), 1000); err != nil {
			b.Fatal(err)
		}
		s := net.Stats()
		b.ReportMetric(built.Sub(start).Seconds(), "build-s/op")
		b.ReportMetric(time.Since(built).Seconds(), "rtf")
		b.ReportMetric(s.DeliverS*1e9*float64(net.Threads())/float64(s.SynapticEvents), "ns/event")
		b.ReportMetric(s.UpdateS, "update-s/op")
	}
}

// BenchmarkSmall is a second of 100 neurons, which do not pay for workers.
func BenchmarkSmall(b *testing.B) {
	for b.Loop() {
		net := brunel(b, 20, 5, 2)
		start := time.Now()
		if err := net.Simulate(context.Background(), 1000); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(start).Seconds()*1000, "ms/model-second")
	}
}

// staticAlpha builds the network of Morrison, Aertsen & Diesmann (2007),
// "Spike-timing-dependent plasticity in balanced random networks", at its size in
// NEST's hpc_benchmark with scale 1 and with weights that stay as they are: 9,000
// excitatory and 2,250 inhibitory neurons with alpha-shaped currents, in-degrees of
// 900 and 225 without autapses, weights J of 45 pA and -5 J, delay 1.5 ms, and
// Poisson input at 1.685 times the rate that holds a neuron at threshold.
func staticAlpha(t testing.TB, opts ...sim.Option) *sim.Network {
	t.Helper()
	const ne, ni, j, delay = 9000, 2250, 45.0, 1.5 // neurons, pA, ms
	net := sim.New(opts...)
	m := neuron.DefaultIafPscAlpha()
	m.EL, m.Cm, m.TauM, m.TRef, m.Vth, m.Vreset = 0, 250, 10, 0.5, 20, 0
	m.TauSynEx, m.TauSynIn = 0.32582722403722841, 0.32582722403722841
	exc := net.Create("exc", ne, m)
	inh := net.Create("inh", ni, m)
	threshold := m.Vth / (ne / 10 * m.TauM / m.Cm * j * math.E * m.TauSynEx) // of each external source, 1/ms
	input := device.Poisson{Rate: 1000 * 1.685 * threshold * ne / 10}
	for _, post := range []*sim.Nodes{exc, inh} {
		post.Set(sim.Params{"V_m": connect.Normal{Mean: 5.7, SD: 7.2}})
		net.Connect(exc, post, connect.FixedInDegree{N: ne / 10, Forbid: connect.Forbid{Autapses: true}}, connect.Synapse{Weight: j, Delay: delay})
		net.Connect(inh, post, connect.FixedInDegree{N: ni / 10, Forbid: connect.Forbid{Autapses: true}}, connect.Synapse{Weight: -5 * j, Delay: delay})
		must(t, drive(net, input, post, connect.Synapse{Weight: j, Delay: delay}))
	}
	return net
}

// BenchmarkStaticAlpha is a second of that network, in which neurons spike 40 times
// a second.
func BenchmarkStaticAlpha(b *testing.B) {
	for b.Loop() {
		net := staticAlpha(b)
		must(b, net.Build(context.Background()))
		built := time.Now()
		must(b, net.Simulate(context.Background(), 1000))
		s := net.Stats()
		b.ReportMetric(time.Since(built).Seconds(), "rtf")
		b.ReportMetric(float64(s.Spikes)/11250, "spikes/neuron")
		b.ReportMetric(s.DeliverS*1e9*float64(net.Threads())/float64(s.SynapticEvents), "ns/event")
		b.ReportMetric(s.UpdateS, "update-s/op")
	}
}
