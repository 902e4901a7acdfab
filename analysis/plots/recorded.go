package plots

import (
	"fmt"

	"cortigo/sim/spikes"
)

// A Sampler has the samples that a multimeter took of neurons, as sim.Samples
// does: their times (ms, ascending) and values.
type Sampler interface {
	Of(neuron int32, quantity string) (timesMS, values []float64, err error)
}

// TracesOf returns what a multimeter read of a quantity of some neurons, given
// by their ids, as traces labelled "neuron 1" and so on. spikes, which may be
// nil, is what a spike recorder holds; the spikes of these neurons go to their
// traces. It is an error if a neuron or the quantity was not recorded.
//
//	samples, err := meter.Samples()
//	...
//	traces, err := plots.TracesOf(samples, "V_m", nil, neurons.IDs()...)
func TracesOf(samples Sampler, quantity string, spikes *spikes.Data, ids ...int32) ([]Trace, error) {
	trains := make(map[int32][]float64, len(ids))
	if spikes != nil {
		for _, id := range ids {
			trains[id] = []float64{} // none yet, which is not the same as not recorded
		}
		for i, id := range spikes.Neuron {
			if train, ok := trains[id]; ok {
				trains[id] = append(train, spikes.TimeMS(i))
			}
		}
	}
	traces := make([]Trace, len(ids))
	for i, id := range ids {
		times, values, err := samples.Of(id, quantity)
		if err != nil {
			return nil, fmt.Errorf("plots: %w", err)
		}
		traces[i] = Trace{Label: fmt.Sprintf("neuron %d", id), TimesMS: times, Values: values, SpikesMS: trains[id]}
	}
	return traces, nil
}
