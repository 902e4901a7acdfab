package connect

import (
	"fmt"
	"math"
	"reflect"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/rng"
)

// A Stream gives random numbers, the same for the same seed on any number of threads:
// Uint32, Float64 (uniform in (0, 1)), Below (an integer below another) and Normal
// (of mean 0 and SD 1).
type Stream = rng.Stream

// A Distribution is what a weight (pA, or mV for iaf_psc_delta), a delay (ms), an
// initial value or another parameter is drawn from. The package doc says how to
// write one. It may have more methods:
//
//   - CDF, which makes it a Cumulative: weights and delays are then drawn from a table
//     of the numbers that they are rounded to, with their exact probabilities. Without
//     it, Sample draws them.
//   - Table() Cumulative gives another distribution to make that table from, in place of
//     its own CDF; nil for none: with long tails, a table would make all weights coarse.
//   - Spread() float64 is the standard deviation; a step between drawn weights is at
//     most a 64th of it. Without it, a 12th of the distance between its Bounds counts.
//   - Typical() float64 is a typical value, such as the median, for which the weights
//     that Sample draws are to be exact. Without it, the Bound that is larger in
//     magnitude counts.
type Distribution interface {
	// Validate reports parameters that make no sense.
	Validate() error
	// Bounds returns an interval; the probability of a value beyond it must be
	// below 2^-33 on either side, less than one random word resolves. Weights
	// and delays that fall outside are drawn again.
	Bounds() (lo, hi float64)
	// Sample draws a number, from nothing but the stream and the parameters. It
	// fails if it finds none, as a Redraw may.
	Sample(s *Stream) (float64, error)
}

// A Cumulative is a Distribution that knows its distribution function.
type Cumulative interface {
	Distribution
	// CDF returns the probability of a value of at most x.
	CDF(x float64) float64
}

// Table returns the distribution whose CDF gives the probabilities of rounded draws
// from d; false if d is drawn by Sample.
func Table(d Distribution) (Cumulative, bool) {
	if t, ok := d.(interface{ Table() Cumulative }); ok {
		c := t.Table()
		return c, c != nil
	}
	c, ok := d.(Cumulative)
	return c, ok
}

// Spread returns the standard deviation of a distribution, before redrawing; if
// that is not known, a 12th of the distance between its Bounds.
func Spread(d Distribution) float64 {
	if s, ok := d.(interface{ Spread() float64 }); ok {
		return s.Spread()
	}
	lo, hi := d.Bounds()
	return (hi - lo) / 12
}

// Typical returns a typical value of a distribution: the median, if it is known,
// else the Bound that is larger in magnitude.
func Typical(d Distribution) float64 {
	if t, ok := d.(interface{ Typical() float64 }); ok {
		return t.Typical()
	}
	lo, hi := d.Bounds()
	return math.Max(math.Abs(lo), math.Abs(hi))
}

// IsConstant returns the value of a distribution that has only one.
func IsConstant(d Distribution) (value float64, ok bool) {
	if c, is := d.(interface{ only() (float64, bool) }); is {
		return c.only()
	}
	return 0, false
}

// CheckDistribution reports parameters that make no sense, a pointer in place of a
// value, a type that is not registered or that its form on disk does not give back
// unchanged, and distributions whose Bounds are not finite.
func CheckDistribution(d Distribution) error {
	if err := checkNested(d); err != nil {
		return err
	}
	if lo, hi := d.Bounds(); math.IsInf(lo, 0) || math.IsInf(hi, 0) || math.IsInf(hi-lo, 0) || !(lo <= hi) {
		return fmt.Errorf("distribution reaches from %g to %g, must be finite", lo, hi)
	}
	return nil
}

// CheckDrawn is CheckDistribution for what is drawn one by one: it reports Values.
func CheckDrawn(d Distribution) error {
	if _, ok := d.(Values); ok {
		return fmt.Errorf("connect: Values are one for each connection, there are none here: must be another distribution")
	}
	return CheckDistribution(d)
}

// checkNested is CheckDistribution for one within another, which may bound it.
func checkNested(d Distribution) error {
	if d == nil {
		return fmt.Errorf("no distribution")
	}
	f, err := distributions.of(d)
	if err != nil {
		return err
	}
	if err := d.Validate(); err != nil {
		return err
	}
	return f.checkForm(d)
}

// drawn reports a distribution within another that is not valid, or from which
// no numbers can be drawn.
func drawn(what string, d Distribution) error {
	switch d.(type) {
	case nil:
		return fmt.Errorf("connect: %s: a distribution is missing", what)
	case Values:
		return fmt.Errorf("connect: %s: of connect.Values, must be a distribution that is drawn", what)
	}
	return checkNested(d)
}

// describe names a distribution in a message.
func describe(d Distribution) string {
	if s, ok := d.(fmt.Stringer); ok {
		return brief.String(s.String())
	}
	return brief.String(fmt.Sprintf("%s%+v", reflect.TypeOf(d), d))
}

func finite(what, name string, x float64) error {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return fmt.Errorf("connect: %s: %s is %g, must be finite", what, name, x)
	}
	return nil
}
