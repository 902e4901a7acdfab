package device

import (
	"errors"
	"fmt"
)

// DC is a constant current, NEST's dc_generator. Through a connection of weight
// w and delay d the potential is driven by w*Amplitude in (Start+d, Stop+d].
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

// StepCurrent is a current that takes Values[i] from Times[i] on, and is 0
// before the first, NEST's step_current_generator. As there, Origin shifts Start
// and Stop but not Times.
type StepCurrent struct {
	Times  []float64 `json:"amplitude_times"`  // begin of each value, ms, > 0, increasing
	Values []float64 `json:"amplitude_values"` // current from each time on, pA, as many as times
	Active
}

// ModelName returns "step_current_generator".
func (StepCurrent) ModelName() string { return "step_current_generator" }

// Validate reports columns of different length, times out of order or not
// after 0, and values that are not finite.
func (d StepCurrent) Validate() error {
	name := d.ModelName()
	if len(d.Times) != len(d.Values) {
		return fmt.Errorf("%s: %d amplitude_times and %d amplitude_values, must be as many", name, len(d.Times), len(d.Values))
	}
	for i, t := range d.Times {
		if err := finite(name, fmt.Sprintf("amplitude_times[%d]", i), t); err != nil {
			return err
		}
		if err := finite(name, fmt.Sprintf("amplitude_values[%d]", i), d.Values[i]); err != nil {
			return err
		}
		if t <= 0 {
			return fmt.Errorf("%s: amplitude_times[%d] is %g ms, must be > 0", name, i, t)
		}
		if i > 0 && t <= d.Times[i-1] {
			return fmt.Errorf("%s: amplitude_times[%d] is %g ms, must be after the one before (%g)", name, i, t, d.Times[i-1])
		}
	}
	return d.validate(name)
}
