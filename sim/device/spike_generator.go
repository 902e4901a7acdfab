package device

import "fmt"

// SpikeGenerator emits spikes at given times, NEST's spike_generator. Times lie
// on the grid within half a microsecond; a time may repeat.
type SpikeGenerator struct {
	Times          []float64 `json:"spike_times"`                    // times of the spikes, ms, > 0, not decreasing
	Weights        []float64 `json:"spike_weights,omitempty"`        // factors on the connection's weight, dimensionless, as many as times; nil: 1
	Multiplicities []int     `json:"spike_multiplicities,omitempty"` // how many spikes each time stands for, dimensionless, >= 0, as many as times; nil: 1
	Active
}

// ModelName returns "spike_generator".
func (SpikeGenerator) ModelName() string { return "spike_generator" }

// Validate reports columns of different length, times out of order or not
// after 0, negative multiplicities and values that are not finite.
func (d SpikeGenerator) Validate() error {
	name := d.ModelName()
	if d.Weights != nil && len(d.Weights) != len(d.Times) {
		return fmt.Errorf("%s: %d spike_times and %d spike_weights, must be as many", name, len(d.Times), len(d.Weights))
	}
	if d.Multiplicities != nil && len(d.Multiplicities) != len(d.Times) {
		return fmt.Errorf("%s: %d spike_times and %d spike_multiplicities, must be as many", name, len(d.Times), len(d.Multiplicities))
	}
	for i, t := range d.Times {
		if err := finite(name, fmt.Sprintf("spike_times[%d]", i), t); err != nil {
			return err
		}
		if t <= 0 {
			return fmt.Errorf("%s: spike_times[%d] is %g ms, must be > 0", name, i, t)
		}
		if i > 0 && t < d.Times[i-1] {
			return fmt.Errorf("%s: spike_times[%d] is %g ms, must not be before the one before (%g)", name, i, t, d.Times[i-1])
		}
		if d.Weights != nil {
			if err := finite(name, fmt.Sprintf("spike_weights[%d]", i), d.Weights[i]); err != nil {
				return err
			}
		}
		if d.Multiplicities != nil && d.Multiplicities[i] < 0 {
			return fmt.Errorf("%s: spike_multiplicities[%d] is %d, must be >= 0", name, i, d.Multiplicities[i])
		}
	}
	return d.validate(name)
}
