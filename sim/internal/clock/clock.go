// Package clock converts the times of a simulation between ms and steps, by
// NEST's rules.
package clock

import (
	"fmt"
	"math"
)

// A Clock converts ms to steps as NEST does: through tics of 1 microsecond, in
// integers.
type Clock struct {
	H           float64 // ms per step
	TicsPerStep int64
}

const ticsPerMS = 1000

// MaxSteps bounds every time: random streams count pairs of steps in 32 bits.
const MaxSteps = int64(1) << 33

// Never is a step that no simulation reaches.
const Never = math.MaxInt64 / 4

// New returns the clock of resolution h ms, which must be a positive whole
// number of microseconds.
func New(h float64) (Clock, error) {
	tics := math.Round(h * ticsPerMS)
	if !(h > 0) || h > 1000 || math.Abs(float64(h*ticsPerMS)-tics) > 1e-6 || tics < 1 {
		return Clock{}, fmt.Errorf("resolution is %g ms, must be a whole number of microseconds in (0, 1000] ms", h)
	}
	return Clock{h, int64(tics)}, nil
}

// MS returns steps in ms, without the rounding errors of a multiple of H.
func (c Clock) MS(steps int64) float64 { return float64(steps*c.TicsPerStep) / ticsPerMS }

// MS is Clock.MS for a resolution that may not be valid.
func MS(steps int64, resolution float64) float64 {
	clock, err := New(resolution)
	if err != nil {
		return float64(steps) * resolution
	}
	return clock.MS(steps)
}

func tics(ms float64) int64 { return int64(math.Round(ms * ticsPerMS)) }

// RoundSteps returns ms in steps, rounded half up.
func (c Clock) RoundSteps(ms float64) int64 {
	return (2*tics(ms) + c.TicsPerStep) / (2 * c.TicsPerStep)
}

// CeilSteps returns ms >= 0 in steps, rounded up.
func (c Clock) CeilSteps(ms float64) int64 {
	return (tics(ms) + c.TicsPerStep - 1) / c.TicsPerStep
}

// Interval is GridSteps for a time between events, which is at least one step.
func (c Clock) Interval(name string, ms float64) (int64, error) {
	steps, err := c.GridSteps(name, ms)
	if err == nil && steps < 1 {
		return 0, fmt.Errorf("%s is %g ms, must be at least the resolution (%g ms)", name, ms, c.H)
	}
	return steps, err
}

// GridSteps returns ms in steps; ms must lie on the grid within half a
// microsecond.
func (c Clock) GridSteps(name string, ms float64) (int64, error) {
	if math.IsNaN(ms) || math.Abs(ms) > c.MS(MaxSteps) {
		return 0, fmt.Errorf("%s is %g ms, must be within %g ms", name, ms, c.MS(MaxSteps))
	}
	t := tics(ms)
	if t%c.TicsPerStep != 0 || math.Abs(float64(ms*ticsPerMS)-float64(t)) > 0.5 {
		return 0, fmt.Errorf("%s is %g ms, must be a multiple of the resolution (%g ms)", name, ms, c.H)
	}
	return t / c.TicsPerStep, nil
}
