package connect

import (
	"fmt"
	"math"
)

// Uniform is the same density from Min to Max, NEST's nest.random.uniform.
type Uniform struct {
	Min float64 `json:"min"`
	Max float64 `json:"max"` // > Min
}

func init() { distributions.builtIn(plain[Distribution, Uniform]("uniform")) }

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

// Sample draws from 52 random bits.
func (d Uniform) Sample(s *Stream) (float64, error) {
	return d.Min + float64((d.Max-d.Min)*s.Float64()), nil
}

// Spread returns (Max - Min)/sqrt(12).
func (d Uniform) Spread() float64 { return (d.Max - d.Min) / math.Sqrt(12) }

// Typical returns the middle.
func (d Uniform) Typical() float64 { return d.Min + float64((d.Max-d.Min)/2) }

// within is what redrawing leaves: another uniform distribution.
func (d Uniform) within(lo, hi float64) (Distribution, bool) {
	lo, hi = math.Max(d.Min, lo), math.Min(d.Max, hi)
	return Uniform{lo, hi}, lo < hi
}

func (d Uniform) affine(times, plus float64) (Distribution, bool) {
	a, b := float64(times*d.Min)+plus, float64(times*d.Max)+plus
	return Uniform{math.Min(a, b), math.Max(a, b)}, times != 0
}

func (d Uniform) over(x float64) Distribution {
	a, b := d.Min/x, d.Max/x
	return Uniform{math.Min(a, b), math.Max(a, b)}
}
