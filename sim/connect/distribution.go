package connect

import (
	"fmt"
	"math"

	"cortigo/sim/internal/fmath"
)

// A Distribution is what a weight (pA, or mV for iaf_psc_delta), a delay (ms)
// or an initial value is drawn from.
type Distribution interface {
	// Validate reports parameters that make no sense.
	Validate() error
	// Bounds returns an interval outside which a value has a probability below
	// 2^-33 on either side: less than one random word resolves. Weights and
	// delays that fall outside are drawn again.
	Bounds() (lo, hi float64)
}

// A Cumulative is a Distribution that knows its distribution function. Weights
// and delays of any type that does can be drawn: from the exact probabilities of
// the numbers that they are rounded to.
type Cumulative interface {
	Distribution
	// CDF returns the probability of a value of at most x.
	CDF(x float64) float64
}

// Constant is the same value every time.
type Constant float64

// Validate reports NaN and infinity.
func (c Constant) Validate() error { return finite("Constant", "value", float64(c)) }

// CDF is a step at the value.
func (c Constant) CDF(x float64) float64 {
	if x < float64(c) {
		return 0
	}
	return 1
}

// Bounds returns the value twice.
func (c Constant) Bounds() (lo, hi float64) { return float64(c), float64(c) }

// Normal is a normal distribution, redrawn until Min <= value <= Max as NEST's
// nest.math.redraw does. Both bounds zero means no bounds; use infinities for a
// bound on one side.
type Normal struct {
	Mean float64 `json:"mean"` // before redrawing
	SD   float64 `json:"sd"`   // standard deviation before redrawing, >= 0
	Min  float64 `json:"min"`  // smallest value that is kept
	Max  float64 `json:"max"`  // largest
}

// minAcceptance is the smallest share of draws inside the bounds: below it,
// redrawing would fail after NEST's limit of 1000 tries more often than not.
const minAcceptance = 1e-3

// sdRange is how many SD from the mean one random word reaches: the tail beyond
// holds 2^-33 of the probability.
const sdRange = 6.34

// Validate reports parameters that are not finite, a negative SD, and bounds
// that leave less than one draw in 1000.
func (d Normal) Validate() error {
	if err := finite("Normal", "mean", d.Mean); err != nil {
		return err
	}
	if err := finite("Normal", "SD", d.SD); err != nil {
		return err
	}
	if d.SD < 0 {
		return fmt.Errorf("connect: Normal: SD is %g, must be >= 0", d.SD)
	}
	lo, hi := d.limits()
	if math.IsNaN(lo) || math.IsNaN(hi) || lo > hi {
		return fmt.Errorf("connect: Normal: bounds are [%g, %g], must be in order", lo, hi)
	}
	if d.SD == 0 {
		if d.Mean < lo || d.Mean > hi {
			return fmt.Errorf("connect: Normal: mean %g with SD 0 lies outside its bounds [%g, %g]", d.Mean, lo, hi)
		}
		return nil
	}
	if p := d.cdf(hi) - d.cdf(lo); p < minAcceptance {
		return fmt.Errorf("connect: Normal: mean %g, SD %g leaves %.2g of the draws within its bounds [%g, %g], at least %g is needed",
			d.Mean, d.SD, p, lo, hi, minAcceptance)
	}
	return nil
}

func (d Normal) limits() (lo, hi float64) {
	if d.Min == 0 && d.Max == 0 {
		return math.Inf(-1), math.Inf(1)
	}
	return d.Min, d.Max
}

// cdf is the distribution before redrawing.
func (d Normal) cdf(x float64) float64 { return fmath.NormalCDF((x - d.Mean) / d.SD) }

// CDF is (Phi(x) - Phi(Min)) / (Phi(Max) - Phi(Min)).
func (d Normal) CDF(x float64) float64 {
	lo, hi := d.limits()
	switch {
	case d.SD == 0:
		return Constant(d.Mean).CDF(x)
	case x < lo:
		return 0
	case x >= hi:
		return 1
	}
	a, b := d.cdf(lo), d.cdf(hi)
	return (d.cdf(x) - a) / (b - a)
}

// Bounds returns the mean -+ 6.34 SD, within Min and Max.
func (d Normal) Bounds() (lo, hi float64) {
	lo, hi = d.limits()
	return math.Max(lo, d.Mean-float64(sdRange*d.SD)), math.Min(hi, d.Mean+float64(sdRange*d.SD))
}

// Uniform is the same density from Min to Max.
type Uniform struct {
	Min float64 `json:"min"`
	Max float64 `json:"max"` // > Min
}

// Validate reports bounds that are not finite or not in order.
func (d Uniform) Validate() error {
	if err := finite("Uniform", "Min", d.Min); err != nil {
		return err
	}
	if err := finite("Uniform", "Max", d.Max); err != nil {
		return err
	}
	if d.Min >= d.Max {
		return fmt.Errorf("connect: Uniform: Min %g must be below Max %g", d.Min, d.Max)
	}
	return nil
}

// CDF rises linearly from Min to Max.
func (d Uniform) CDF(x float64) float64 {
	return math.Min(1, math.Max(0, (x-d.Min)/(d.Max-d.Min)))
}

// Bounds returns Min and Max.
func (d Uniform) Bounds() (lo, hi float64) { return d.Min, d.Max }

func finite(what, name string, x float64) error {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return fmt.Errorf("connect: %s: %s is %g, must be finite", what, name, x)
	}
	return nil
}

// IsConstant returns the value of a distribution that has only one.
func IsConstant(d Distribution) (value float64, ok bool) {
	switch d := d.(type) {
	case Constant:
		return float64(d), true
	case Normal:
		return d.Mean, d.SD == 0
	}
	return 0, false
}

// Values are one value for each connection, as arrays in NEST's synapse
// specification: for OneToOne in the order of the pairs; for AllToAll one for
// each target and source, [target][source] row by row (also where autapses are
// left out); for FixedInDegree and FixedOutDegree one for each of the N synapses
// of every target, or source, row by row; for FixedTotalNumber and List as many
// as there are synapses. Other rules take none.
type Values []float64

// Validate reports values that are not finite.
func (v Values) Validate() error {
	for i, x := range v {
		if err := finite("Values", fmt.Sprintf("value %d", i), x); err != nil {
			return err
		}
	}
	return nil
}

// Bounds returns the smallest and the largest value; zeros for no values.
func (v Values) Bounds() (lo, hi float64) {
	for i, x := range v {
		if i == 0 {
			lo, hi = x, x
		}
		lo, hi = math.Min(lo, x), math.Max(hi, x)
	}
	return lo, hi
}
