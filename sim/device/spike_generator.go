package device

import (
	"fmt"

	"cortigo/sim/internal/param"
)

// SpikeGenerator emits spikes at given times, NEST's spike_generator. Times are
// stamps on the grid: one within half a microsecond of a step is that step, any
// other an error unless AllowOffgridTimes or PreciseTimes is set. A time may
// repeat. The three options are NEST's, with its defaults and names of 3.10
// (older ones said allow_offgrid_spikes):
//
//	1.0, 1.9999, 3.0001                      steps 10, 20, 30 at a resolution of 0.1 ms
//	1.0, 1.05                                an error
//	1.0, 1.05, 3.0001, AllowOffgridTimes     steps 10, 11, 30
//	1.0, 1.05, 3.0001, PreciseTimes          steps 10, 11, 31
//
// Spikes are given before the simulation begins, whose begin is NEST's "now": a
// time of 0, and one that rounds to it, is an error without ShiftNowSpikes.
// (NEST's own drops the latter in silence.)
type SpikeGenerator struct {
	Times          []float64 `json:"spike_times" unit:"ms" allowed:">= 0; > 0 unless shift_now_spikes, not decreasing" help:"times of the spikes"`
	Weights        []float64 `json:"spike_weights,omitempty" unit:"dimensionless" allowed:"finite; as many as times, none: 1" help:"factors on the connection's weight"`
	Multiplicities []int     `json:"spike_multiplicities,omitempty" unit:"dimensionless" allowed:">= 0; as many as times, none: 1" help:"how many spikes each time stands for"`
	// AllowOffgridTimes rounds times that are not on the grid up to the end of
	// their step.
	AllowOffgridTimes bool `json:"allow_offgrid_times,omitempty" allowed:"true or false" help:"rounds times that are not on the grid up to the end of their step"`
	// ShiftNowSpikes moves spikes at the beginning of the simulation (Origin
	// included) one step on; a time of 0 is then allowed.
	ShiftNowSpikes bool `json:"shift_now_spikes,omitempty" allowed:"true or false" help:"moves spikes at the beginning of the simulation (origin included) one step on; a time of 0 is then allowed"`
	// PreciseTimes takes times as they are, without the tolerance of half a
	// microsecond: a spike is stamped with the end of the step that it lies in.
	// The offset within the step, which NEST's precise models use, is lost on
	// all of package neuron, which take spikes on the grid, as it is on NEST's
	// models of the same names. Not together with the two options above.
	PreciseTimes bool `json:"precise_times,omitempty" allowed:"true or false; not together with the two options above" help:"takes times as they are, without the tolerance of half a microsecond: a spike is stamped with the end of the step that it lies in"`
	Active
}

// ModelName returns "spike_generator".
func (SpikeGenerator) ModelName() string { return "spike_generator" }

// Validate reports columns of different length, times out of order or not
// after 0, negative multiplicities, values that are not finite, and options that
// exclude each other.
func (d SpikeGenerator) Validate() error {
	name := d.ModelName()
	if err := CheckTable(d); err != nil {
		return err
	}
	if d.PreciseTimes && (d.AllowOffgridTimes || d.ShiftNowSpikes) {
		return fmt.Errorf("%s: precise_times cannot be set together with allow_offgrid_times or shift_now_spikes", name)
	}
	if len(d.Weights) > 0 && len(d.Weights) != len(d.Times) {
		return fmt.Errorf("%s: %d spike_times and %d spike_weights, must be as many", name, len(d.Times), len(d.Weights))
	}
	if len(d.Multiplicities) > 0 && len(d.Multiplicities) != len(d.Times) {
		return fmt.Errorf("%s: %d spike_times and %d spike_multiplicities, must be as many", name, len(d.Times), len(d.Multiplicities))
	}
	for i, t := range d.Times {
		if t == 0 && !d.ShiftNowSpikes {
			return fmt.Errorf("%s: spike_times[%d] is %g ms, must be > 0", name, i, t)
		}
		if i > 0 && t < d.Times[i-1] {
			return fmt.Errorf("%s: spike_times[%d] is %g ms, must not be before the one before (%g)", name, i, t, d.Times[i-1])
		}
	}
	return d.validate(name)
}

// MarshalJSON writes the parameters by NEST's names.
func (d SpikeGenerator) MarshalJSON() ([]byte, error) { return param.Marshal(d) }
