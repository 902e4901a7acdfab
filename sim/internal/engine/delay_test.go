package engine

import (
	"fmt"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// delayed is 10,000 neurons, each with synapses from 100 others that all take
// the same time, which fire at some 10 spikes/s whatever that time is; and one
// synapse of 0.1 ms elsewhere, so that spikes are exchanged in every step.
func delayed(delay float64) *Description {
	m := neuron.DefaultIafPscDelta()
	all, pair := Range{0, 0, 10_000}, Range{1, 0, 2}
	return &Description{Seed: 1, Resolution: 0.1, Populations: []Population{
		{Name: "all", N: all.N, Model: m, Vm: connect.Uniform{Min: -70, Max: -55}}, {Name: "pair", N: pair.N, Model: m}},
		Projections: []Projection{
			{Pre: []Range{all}, Post: []Range{all}, Rule: connect.FixedInDegree{N: 100}, Weight: connect.Constant(0.0), Delay: connect.Constant(delay)},
			{Pre: []Range{pair}, Post: []Range{pair}, Rule: connect.OneToOne{}, Weight: connect.Constant(0.1), Delay: connect.Constant(0.1)}},
		Attachments: []Attachment{{Device: device.Poisson{Rate: 16_000}, Post: all, Weight: connect.Constant(0.1), Delay: connect.Constant(0.1)}}}
}

// BenchmarkDelay reports what delivery costs by synaptic event for delays from
// the usual ones to very long ones: it must be the same.
func BenchmarkDelay(b *testing.B) {
	for _, ms := range []float64{1.5, 5, 20, 100, 1000} {
		b.Run(fmt.Sprint(ms, "ms"), func(b *testing.B) {
			e, err := Build(b.Context(), delayed(ms), Options{Threads: 1, Shards: 1})
			if err != nil {
				b.Fatal(err)
			}
			advance(b, e, int64(10*ms)+500) // until spikes arrive that left at the usual rate
			events, times := e.Events(), e.Times()
			for b.Loop() {
				advance(b, e, 100)
			}
			t := e.Times()
			b.ReportMetric((t.Deliver+t.Exchange-times.Deliver-times.Exchange)*1e9/float64(max(1, e.Events()-events)), "ns/event")
			b.ReportMetric((t.Deliver-times.Deliver)*1e9/float64(max(1, e.Events()-events)), "deliver-ns/event")
		})
	}
}
