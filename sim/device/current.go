package device

import (
	"encoding/json"
	"errors"
	"fmt"
)

// DC is a constant current, NEST's dc_generator. Through a connection of weight
// w and delay d the potential is driven by w*Amplitude in (Start+d, Stop+d]. A
// generator that is on from the very begin loses its first step, as in NEST:
// with Start 0 the potential first changes at d + 2h, for a resolution of h.
type DC struct {
	Amplitude float64 `json:"amplitude"` // current, pA
	Active
}

// ModelName returns "dc_generator".
func (DC) ModelName() string { return "dc_generator" }

// Validate reports an amplitude or times that make no sense.
func (d DC) Validate() error {
	return errors.Join(finite(d.ModelName(), "amplitude", d.Amplitude), d.validate(d.ModelName()))
}

// MarshalJSON writes the parameters by NEST's names.
func (d DC) MarshalJSON() ([]byte, error) {
	type plain DC
	d.Active = d.writable()
	return json.Marshal(plain(d))
}

// StepCurrent is a current that takes Values[i] from Times[i] on, and is 0
// before the first, NEST's step_current_generator: through a delay d, Values[i]
// drives the potential in (Times[i]+d, Times[i+1]+d]. As there, Origin shifts
// Start and Stop but not Times, and Start 0 loses the first step as for DC.
type StepCurrent struct {
	Times             []float64 `json:"amplitude_times"`               // begin of each value, ms, > 0, increasing
	Values            []float64 `json:"amplitude_values"`              // current from each time on, pA, as many as times
	AllowOffgridTimes bool      `json:"allow_offgrid_times,omitempty"` // whether times off the grid are rounded up to the end of their step; else they are an error
	Active
}

// ModelName returns "step_current_generator".
func (StepCurrent) ModelName() string { return "step_current_generator" }

// Validate reports columns of different length, times out of order or not
// after 0, and values that are not finite.
func (d StepCurrent) Validate() error {
	if err := checkSteps(d.ModelName(), "amplitude_times", "amplitude_values", d.Times, d.Values); err != nil {
		return err
	}
	return d.validate(d.ModelName())
}

// MarshalJSON writes the parameters by NEST's names.
func (d StepCurrent) MarshalJSON() ([]byte, error) {
	type plain StepCurrent
	d.Active = d.writable()
	return json.Marshal(plain(d))
}

// checkSteps reports columns of a step function that are of different length or
// not finite, and times that are not after 0 and increasing.
func checkSteps(name, timesName, valuesName string, times, values []float64) error {
	if len(times) != len(values) {
		return fmt.Errorf("%s: %d %s and %d %s, must be as many", name, len(times), timesName, len(values), valuesName)
	}
	for i, t := range times {
		if err := finiteAt(name, timesName, i, t); err != nil {
			return err
		}
		if err := finiteAt(name, valuesName, i, values[i]); err != nil {
			return err
		}
		if t <= 0 {
			return fmt.Errorf("%s: %s[%d] is %g ms, must be > 0", name, timesName, i, t)
		}
		if i > 0 && t <= times[i-1] {
			return fmt.Errorf("%s: %s[%d] is %g ms, must be after the one before (%g)", name, timesName, i, t, times[i-1])
		}
	}
	return nil
}
