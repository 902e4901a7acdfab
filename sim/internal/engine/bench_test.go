package engine

import (
	"fmt"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/network"
	"cortigo/sim/neuron"
)

// balanced is a network of n neurons in the manner of Brunel (2000), with
// in-degree k, drawn weights and delays, and Poisson input.
func balanced(n, k int) *network.Description {
	ne := n * 4 / 5
	d := &network.Description{Seed: 1, Resolution: 0.1, Populations: []network.Population{
		{Name: "E", N: ne, Model: neuron.DefaultIafPscExp(), Vm: connect.Uniform{Min: -70, Max: -55}},
		{Name: "I", N: n - ne, Model: neuron.DefaultIafPscExp(), Vm: connect.Uniform{Min: -70, Max: -55}}}}
	for pre, w := range []connect.Normal{{Mean: 60, SD: 6}, {Mean: -300, SD: 30}} {
		for post := range 2 {
			d.Projections = append(d.Projections, network.Projection{Pre: []network.Range{{Population: pre, From: 0, N: d.Populations[pre].N}}, Post: []network.Range{{Population: post, From: 0, N: d.Populations[post].N}},
				Rule: connect.FixedInDegree{N: k * (4 - 3*pre) / 5}, Weight: w, Delay: connect.Within(connect.Normal{Mean: 1.5, SD: 0.75}, 0.1, 5)})
		}
	}
	for post := range 2 {
		d.Attachments = append(d.Attachments, network.Attachment{Device: device.Poisson{Rate: 9000}, Generator: post, Post: network.Range{Population: post, From: 0, N: d.Populations[post].N},
			Weight: connect.Constant(60), Delay: connect.Constant(1.5)})
	}
	return d
}

// BenchmarkBuild reports nanoseconds of wall clock for each synapse.
func BenchmarkBuild(b *testing.B) {
	for _, shards := range []int{1, 2, 32} {
		b.Run(fmt.Sprint(shards, " shards"), func(b *testing.B) {
			d := balanced(4000, 1000)
			synapses := int64(0)
			for b.Loop() {
				e, err := Build(b.Context(), d, Options{Threads: min(2, shards), Shards: shards})
				if err != nil {
					b.Fatal(err)
				}
				synapses += e.Synapses()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(synapses), "ns/synapse")
		})
	}
}

// BenchmarkStep reports what a step of a network costs by neuron, and what
// delivery costs by synaptic event.
func BenchmarkStep(b *testing.B) {
	for _, c := range []struct{ n, k, shards int }{{1000, 100, 1}, {10000, 1000, 1}, {10000, 1000, 16}} {
		b.Run(fmt.Sprintf("%d neurons, in-degree %d, %d shards", c.n, c.k, c.shards), func(b *testing.B) {
			e, err := Build(b.Context(), balanced(c.n, c.k), Options{Threads: 1, Shards: c.shards})
			if err != nil {
				b.Fatal(err)
			}
			advance(b, e, 500) // what follows is the network's own activity
			events, times, steps := e.Events(), e.Times(), 0
			for b.Loop() {
				advance(b, e, 100)
				steps += 100
			}
			t := e.Times()
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(steps*c.n), "ns/neuron/step")
			b.ReportMetric((t.Deliver-times.Deliver)*1e9/float64(max(1, e.Events()-events)), "ns/event")
			b.ReportMetric(b.Elapsed().Seconds()/(float64(steps)*1e-4), "s/model-s")
		})
	}
}
