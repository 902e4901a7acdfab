package device

import (
	"fmt"

	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/param"
)

// A Device is a generator that drives neurons: a struct of its parameters. In
// addition to these methods it has those of an Emitter, a CurrentSource or an
// OwnCurrentSource, which say what it sends. Register makes a type known. Methods
// may be called by several goroutines at a time, and must change nothing.
type Device interface {
	// ModelName returns NEST's name of the device, or one of its own.
	ModelName() string
	// Validate reports values that make no sense.
	Validate() error
	// Fit reports times that do not fit a resolution, and values that are too
	// large for connections whose weights are up to weight in magnitude.
	Fit(c Clock, weight float64) error
}

// Active says when a device is active: a spike stamped S passes if and only if
// Origin+Start < S <= Origin+Stop. A Stop of 0 means forever, as does +Inf,
// NEST's default.
type Active struct {
	Start  float64 `json:"start,omitempty" unit:"ms" allowed:"finite" help:"begin of activity"`
	Stop   float64 `json:"stop,omitempty" unit:"ms" allowed:"finite; not before start" zero:"+Inf" help:"end of activity"`
	Origin float64 `json:"origin,omitempty" unit:"ms" allowed:"finite" help:"added to Start and Stop, and to a spike generator's times"`
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
	// A stop after the last possible step, such as NEST's default, means forever.
	if a.Stop != 0 && a.Stop <= float64(clock.MaxSteps)*c.H {
		if end, err = c.GridSteps("stop", a.Stop); err != nil {
			return
		}
		end += origin
	}
	return
}

// CheckTimes reports a Stop before Start, for a device's Validate.
func (a Active) CheckTimes(device string) error {
	if a.Stop != 0 && a.Stop < a.Start {
		return fmt.Errorf("%s: stop %g ms is before start %g ms", device, a.Stop, a.Start)
	}
	return nil
}

// CheckTable reports every parameter of a generator or recorder that the tag
// `allowed` of its field does not allow, with its value and what is allowed; of
// a list the first. Validate calls it before it looks at rules between
// parameters. See package neuron's documentation for the tags.
func CheckTable(m interface{ ModelName() string }) error { return param.Check(m, true) }

// Defaults returns the parameters of generator or recorder T that the tags
// `default` of its fields give, 0 where there is none.
func Defaults[T interface{ ModelName() string }]() T { return param.Defaults[T]() }
