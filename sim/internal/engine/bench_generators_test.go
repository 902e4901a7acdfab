package engine

import (
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/network"
	"cortigo/sim/neuron"
)

// BenchmarkManyGenerators reports what a step costs by neuron where each has a
// generator of its own.
func BenchmarkManyGenerators(b *testing.B) {
	const n = 1000
	for _, c := range []struct {
		name string
		of   func(i int) device.Device
	}{
		{"none", nil},
		{"one poisson_generator", nil},
		{"poisson_generator", func(int) device.Device { return device.Poisson{Rate: 8000} }},
		{"poisson_generator of different rates", func(i int) device.Device { return device.Poisson{Rate: float64(1000 + 10*i)} }},
		{"inhomogeneous_poisson_generator", func(int) device.Device {
			return device.InhomogeneousPoisson{RateTimes: []float64{0.1, 500}, RateValues: []float64{8000, 4000}}
		}},
		{"spike_generator", func(i int) device.Device {
			var g device.SpikeGenerator
			for t := 1; t < 500; t++ {
				g.Times = append(g.Times, float64(20*t)+float64(i%200)/10)
			}
			return g
		}},
		{"dc_generator", func(i int) device.Device { return device.DC{Amplitude: float64(i)} }},
		{"noise_generator", func(int) device.Device { return device.Noise{Std: 100} }},
	} {
		b.Run(c.name, func(b *testing.B) {
			d := &network.Description{Seed: 6, Resolution: 0.1, Populations: []network.Population{{Name: "a", N: n, Model: neuron.DefaultIafPscExp()}}}
			if c.of == nil && c.name != "none" {
				d.Attachments = []network.Attachment{{Device: device.Poisson{Rate: 8000}, Post: network.Range{Population: 0, From: 0, N: n}, Weight: connect.Constant(10), Delay: connect.Constant(1)}}
			}
			for i := 0; i < n && c.of != nil; i++ {
				d.Attachments = append(d.Attachments, network.Attachment{Device: c.of(i), Generator: i, Post: network.Range{Population: 0, From: i, N: 1}, Weight: connect.Constant(10), Delay: connect.Constant(1)})
			}
			e, err := Build(b.Context(), d, Options{Threads: 1, Shards: 1})
			if err != nil {
				b.Fatal(err)
			}
			steps := 0
			for b.Loop() {
				advance(b, e, 100)
				steps += 100
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(steps*n), "ns/neuron/step")
			b.ReportMetric(0, "ns/op")
		})
	}
}
