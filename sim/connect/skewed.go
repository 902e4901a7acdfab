package connect

import (
	"fmt"
	"math"

	"cortigo/sim/internal/fmath"
)

// LogNormal is the distribution of e to the power of a normal variate, NEST's
// nest.random.lognormal. Its mean is exp(Mean + SD^2/2).
type LogNormal struct {
	Mean float64 `json:"mean"` // of the logarithm
	SD   float64 `json:"sd"`   // standard deviation of the logarithm, >= 0
}

// Validate reports parameters that are not finite, a negative SD, and values
// that leave the range of float64.
func (d LogNormal) Validate() error {
	if err := finite("LogNormal", "mean", d.Mean); err != nil {
		return err
	}
	if err := finite("LogNormal", "SD", d.SD); err != nil {
		return err
	}
	if d.SD < 0 {
		return fmt.Errorf("connect: LogNormal: SD is %g, must be >= 0", d.SD)
	}
	if _, hi := d.Bounds(); math.IsInf(hi, 1) {
		return fmt.Errorf("connect: LogNormal: mean %g and SD %g of the logarithm reach beyond what a float64 holds", d.Mean, d.SD)
	}
	return nil
}

// CDF is Phi((log x - Mean)/SD).
func (d LogNormal) CDF(x float64) float64 {
	switch {
	case d.SD == 0:
		return Constant(fmath.Exp(d.Mean)).CDF(x)
	case x <= 0:
		return 0
	}
	return fmath.NormalCDF((fmath.Log(x) - d.Mean) / d.SD)
}

// Bounds returns exp(Mean -+ 6.34 SD).
func (d LogNormal) Bounds() (lo, hi float64) {
	return fmath.Exp(d.Mean - float64(sdRange*d.SD)), fmath.Exp(d.Mean + float64(sdRange*d.SD))
}

// Exponential is the density exp(-x/Beta)/Beta for x >= 0, NEST's
// nest.random.exponential. Its mean and standard deviation are Beta.
type Exponential struct {
	Beta float64 `json:"beta"` // > 0
}

// Validate reports a Beta that is not positive and finite.
func (d Exponential) Validate() error {
	if !(d.Beta > 0) || math.IsInf(33*d.Beta, 1) {
		return fmt.Errorf("connect: Exponential: beta is %g, must be > 0 and finite", d.Beta)
	}
	return nil
}

// CDF is 1 - exp(-x/Beta).
func (d Exponential) CDF(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return -fmath.Expm1(-x / d.Beta)
}

// Bounds returns 0 and 33 log(2) Beta.
func (d Exponential) Bounds() (lo, hi float64) { return 0, 33 * math.Ln2 * d.Beta }

// Redraw draws from another distribution until Min <= value <= Max, NEST's
// nest.math.redraw. It gives up with an error after 1000 tries.
type Redraw struct {
	Of  Distribution
	Min float64 // may be -Inf
	Max float64 // may be +Inf
}

// Validate reports bounds that are not in order, bounds that no value reaches or
// that leave less than one draw in 1000 where that is known, and Values, which
// are not drawn.
func (d Redraw) Validate() error {
	if d.Of == nil {
		return fmt.Errorf("connect: Redraw: no distribution")
	}
	if err := drawn("Redraw", d.Of); err != nil {
		return err
	}
	if !(d.Min <= d.Max) {
		return fmt.Errorf("connect: Redraw: bounds are [%g, %g], must be in order", d.Min, d.Max)
	}
	if lo, hi := d.Of.Bounds(); !(math.Max(lo, d.Min) <= math.Min(hi, d.Max)) {
		return fmt.Errorf("connect: Redraw: values reach from %g to %g, never within the bounds [%g, %g]", lo, hi, d.Min, d.Max)
	}
	if c, ok := d.Of.(Cumulative); ok {
		if _, constant := IsConstant(c); constant {
			return nil
		}
		if p := c.CDF(d.Max) - c.CDF(d.Min); p < minAcceptance {
			return fmt.Errorf("connect: Redraw: %.2g of the draws are within the bounds [%g, %g], at least %g is needed", p, d.Min, d.Max, minAcceptance)
		}
	}
	return nil
}

// Bounds returns those of the other distribution, within Min and Max.
func (d Redraw) Bounds() (lo, hi float64) {
	lo, hi = d.Of.Bounds()
	return math.Max(lo, d.Min), math.Min(hi, d.Max)
}

// Simplify returns the distribution that d is where there is a shorter way to
// draw it: a Redraw of a Normal or Uniform is one with other bounds.
func Simplify(d Distribution) Distribution {
	r, ok := d.(Redraw)
	if !ok {
		return d
	}
	switch of := Simplify(r.Of).(type) {
	case Constant:
		return of
	case Normal:
		lo, hi := of.limits()
		if lo, hi = math.Max(lo, r.Min), math.Min(hi, r.Max); lo != 0 || hi != 0 {
			return Normal{Mean: of.Mean, SD: of.SD, Min: lo, Max: hi}
		}
	case Uniform:
		if lo, hi := math.Max(of.Min, r.Min), math.Min(of.Max, r.Max); lo < hi {
			return Uniform{Min: lo, Max: hi}
		}
	}
	return d
}

// drawn reports a distribution within another that is not valid or is none to
// draw numbers from.
func drawn(what string, d Distribution) error {
	switch d.(type) {
	case nil:
		return fmt.Errorf("connect: %s: a distribution is missing", what)
	case Constant, Normal, Uniform, LogNormal, Exponential, Redraw, Expression:
		return d.Validate()
	}
	return fmt.Errorf("connect: %s: of %T, must be another distribution of package connect that is drawn", what, d)
}
