package device

import (
	"errors"
	"fmt"
	"math"

	"cortigo/sim/internal/clock"
)

// A Device drives neurons: one of this package's generators.
type Device interface {
	// ModelName returns NEST's name of the device.
	ModelName() string
	// Validate reports values that make no sense.
	Validate() error
}

// Active is when a device is active: a spike stamped S passes iff
// Origin+Start < S <= Origin+Stop. A zero Stop means forever, as does +Inf, which
// is NEST's default.
type Active struct {
	Start  float64 `json:"start,omitempty"`  // begin of activity, ms
	Stop   float64 `json:"stop,omitempty"`   // end of activity, ms, not before start; 0 and +Inf are forever
	Origin float64 `json:"origin,omitempty"` // added to Start and Stop, and to a spike generator's times, ms
}

// Clock turns times in ms into steps of a resolution, by NEST's rules.
type Clock = clock.Clock

// Steps returns the steps (begin, end] in which a device is active, and Origin in
// steps. It is an error if a time does not lie on the grid.
func (a Active) Steps(c Clock) (begin, end, origin int64, err error) {
	if origin, err = c.GridSteps("origin", a.Origin); err != nil {
		return
	}
	if begin, err = c.GridSteps("start", a.Start); err != nil {
		return
	}
	begin += origin
	end = clock.Never
	// A stop after the last step there can be, as NEST's default, is none.
	if a.Stop != 0 && a.Stop <= float64(clock.MaxSteps)*c.H {
		if end, err = c.GridSteps("stop", a.Stop); err != nil {
			return
		}
		end += origin
	}
	return
}

func (a Active) validate(device string) error {
	var errs []error
	for _, v := range []struct {
		name string
		x    float64
	}{{"start", a.Start}, {"stop", a.Stop}, {"origin", a.Origin}} {
		if v.name == "stop" && math.IsInf(v.x, 1) {
			continue
		}
		if math.IsNaN(v.x) || math.IsInf(v.x, 0) {
			errs = append(errs, fmt.Errorf("%s: %s is %g ms, must be finite", device, v.name, v.x))
		}
	}
	if a.Stop != 0 && a.Stop < a.Start {
		errs = append(errs, fmt.Errorf("%s: stop %g ms is before start %g ms", device, a.Stop, a.Start))
	}
	return errors.Join(errs...)
}

func finite(device, name string, x float64) error {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return fmt.Errorf("%s: %s is %g, must be finite", device, name, x)
	}
	return nil
}

// finiteAt is finite for element i of a column.
func finiteAt(device, column string, i int, x float64) error {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return finite(device, fmt.Sprintf("%s[%d]", column, i), x)
	}
	return nil
}

// writable returns a with a Stop that JSON has a number for.
func (a Active) writable() Active {
	if math.IsInf(a.Stop, 1) {
		a.Stop = 0
	}
	return a
}
