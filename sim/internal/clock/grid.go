package clock

import (
	"fmt"
	"math"
)

// StampSteps returns ms as a stamp in steps, by NEST's rule for times that may
// lie off the grid: within half a microsecond of a step it is that step; else,
// if offgrid allows it, the end of the step that it lies in.
func (c Clock) StampSteps(ms float64, offgrid bool) (int64, error) {
	if offgrid && math.Abs(ms) <= float64(MaxSteps)*c.H {
		return c.CeilSteps(ms), nil
	}
	return c.GridSteps("time", ms)
}

// PreciseSteps returns the end of the step that ms lies in, without tolerance.
func (c Clock) PreciseSteps(ms float64) (int64, error) {
	if !(math.Abs(ms) <= float64(MaxSteps)*c.H) {
		return c.GridSteps("time", ms)
	}
	// Rounded, also where a machine could multiply and subtract t in one instruction.
	x := float64(ms * ticsPerMS)
	if t := math.Round(x); math.Abs(x-t) <= 1e-6 { // the same but for rounding
		return c.CeilSteps(ms), nil
	}
	return int64(math.Floor(x))/c.TicsPerStep + 1, nil
}

// ChangeSteps returns the times at which a generator changes, in steps: as in
// NEST positive and, once they are on the grid, increasing.
func (c Clock) ChangeSteps(name string, ms []float64, offgrid bool) ([]int64, error) {
	steps := make([]int64, len(ms))
	for i, x := range ms {
		s, err := c.StampSteps(x, offgrid)
		if err != nil {
			_, err = c.GridSteps(fmt.Sprintf("%s[%d]", name, i), x)
			return nil, err
		}
		if s < 1 {
			return nil, fmt.Errorf("%s[%d] is %g ms, must be at least the resolution (%g ms)", name, i, x, c.H)
		}
		if i > 0 && s <= steps[i-1] {
			return nil, fmt.Errorf("%s[%d] is %g ms, must be in a later step than the one before (%g ms, at a resolution of %g ms)", name, i, x, ms[i-1], c.H)
		}
		steps[i] = s
	}
	return steps, nil
}
