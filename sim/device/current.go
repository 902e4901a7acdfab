package device

import (
	"errors"
	"fmt"

	"cortigo/sim/internal/inbox"
	"cortigo/sim/internal/param"
)

// DC is a constant current, NEST's dc_generator. Through a connection of weight
// w and delay d the potential is driven by w*Amplitude in (Start+d, Stop+d]. A
// generator that is on from the start of the simulation loses its first step,
// as in NEST: with Start 0 the potential first changes at d + 2h, for a
// resolution of h.
type DC struct {
	Amplitude float64 `json:"amplitude" unit:"pA" allowed:"finite" help:"current"`
	Active
}

// ModelName returns "dc_generator".
func (DC) ModelName() string { return "dc_generator" }

// Validate reports an amplitude or times that make no sense.
func (d DC) Validate() error {
	return errors.Join(CheckTable(d), d.CheckTimes(d.ModelName()))
}

// MarshalJSON writes the parameters by NEST's names.
func (d DC) MarshalJSON() ([]byte, error) { return param.Marshal(d) }

// Fit reports a current that is too large with the weight, and times that do not
// fit the resolution.
func (d DC) Fit(c Clock, weight float64) error {
	if err := inbox.CheckMagnitude("amplitude times weight", d.Amplitude*weight); err != nil {
		return err
	}
	_, err := d.Pieces(c)
	return err
}

// Pieces returns the current.
func (d DC) Pieces(c Clock) ([]Piece, error) {
	begin, end, err := d.drives(c)
	if err != nil {
		return nil, err
	}
	return []Piece{{begin, end, d.Amplitude}}, nil
}

// StepCurrent is a current that is Values[i] from Times[i] on, and 0 before the
// first, NEST's step_current_generator: through a delay d, Values[i] drives the
// potential in (Times[i]+d, Times[i+1]+d]. As in NEST, Origin shifts Start and
// Stop but not Times, and with Start 0 the first step is lost, as for DC.
type StepCurrent struct {
	Times             []float64 `json:"amplitude_times" unit:"ms" allowed:"> 0; increasing" help:"begin of each value"`
	Values            []float64 `json:"amplitude_values" unit:"pA" allowed:"finite; as many as times" help:"current from each time on"`
	AllowOffgridTimes bool      `json:"allow_offgrid_times,omitempty" allowed:"true or false" help:"whether times off the grid are rounded up to the end of their step; else they are an error"`
	Active
}

// ModelName returns "step_current_generator".
func (StepCurrent) ModelName() string { return "step_current_generator" }

// Validate reports columns of different length, times out of order or not
// after 0, and values that are not finite.
func (d StepCurrent) Validate() error {
	return errors.Join(CheckTable(d), checkSteps(d.ModelName(), "amplitude_times", "amplitude_values", d.Times, d.Values), d.CheckTimes(d.ModelName()))
}

// MarshalJSON writes the parameters by NEST's names.
func (d StepCurrent) MarshalJSON() ([]byte, error) { return param.Marshal(d) }

// Fit reports currents that are too large with the weight, and times that do not
// fit the resolution.
func (d StepCurrent) Fit(c Clock, weight float64) error {
	for i, x := range d.Values {
		if err := inbox.CheckMagnitude(fmt.Sprintf("amplitude_values[%d] times weight", i), x*weight); err != nil {
			return err
		}
	}
	_, err := d.Pieces(c)
	return err
}

// Pieces returns the current.
func (d StepCurrent) Pieces(c Clock) ([]Piece, error) {
	begin, end, err := d.drives(c)
	if err != nil {
		return nil, err
	}
	times, err := c.ChangeSteps("amplitude_times", d.Times, d.AllowOffgridTimes)
	if err != nil {
		return nil, err
	}
	var pieces []Piece
	for i, t := range times {
		stop := never
		if i+1 < len(times) {
			stop = times[i+1]
		}
		p := Piece{max(t, begin), min(stop, end), d.Values[i]}
		if p.Begin < p.End {
			pieces = append(pieces, p)
		}
	}
	return pieces, nil
}

// checkSteps reports columns of a step function that are of different length,
// and times that are not increasing.
func checkSteps(name, timesName, valuesName string, times, values []float64) error {
	if len(times) != len(values) {
		return fmt.Errorf("%s: %d %s and %d %s, must be as many", name, len(times), timesName, len(values), valuesName)
	}
	for i := 1; i < len(times); i++ {
		if times[i] <= times[i-1] {
			return fmt.Errorf("%s: %s[%d] is %g ms, must be after the one before (%g)", name, timesName, i, times[i], times[i-1])
		}
	}
	return nil
}
