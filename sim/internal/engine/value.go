package engine

import (
	"fmt"
	"math"

	"cortigo/sim/connect"
	"cortigo/sim/internal/fmath"
	"cortigo/sim/internal/rng"
)

// tabled returns a distribution that is drawn from a table of the integers that
// its values are rounded to; ok is false for those that are drawn as numbers.
func tabled(d connect.Distribution) (c connect.Cumulative, ok bool) {
	switch d.(type) {
	case connect.LogNormal, connect.Exponential: // whose tails would make the grid too coarse
		return nil, false
	}
	c, ok = d.(connect.Cumulative)
	return c, ok
}

// maxTries is after how many draws that are out of bounds redrawing gives up, as
// NEST does.
const maxTries = 1000

// drawValue draws a number from a distribution.
func drawValue(s *rng.Stream, d connect.Distribution) (float64, error) {
	switch d := d.(type) {
	case connect.Constant:
		return float64(d), nil
	case connect.Normal:
		lo, hi := d.Min, d.Max
		if lo == 0 && hi == 0 {
			lo, hi = math.Inf(-1), math.Inf(1)
		}
		for range maxTries {
			if x := d.Mean + float64(d.SD*normal(s)); x >= lo && x <= hi {
				return x, nil
			}
		}
		return 0, fmt.Errorf("%d draws in a row from a normal distribution (mean %g, SD %g) fell outside [%g, %g]", maxTries, d.Mean, d.SD, lo, hi)
	case connect.Uniform:
		return d.Min + float64((d.Max-d.Min)*s.Float64()), nil
	case connect.LogNormal:
		return fmath.Exp(d.Mean + float64(d.SD*normal(s))), nil
	case connect.Exponential:
		return -float64(d.Beta * fmath.Log(s.Float64())), nil
	case connect.Redraw:
		return drawWithin(s, d.Of, d.Min, d.Max)
	case connect.Expression:
		var x [2]float64
		for i, a := range d.Args {
			var err error
			if x[i], err = drawValue(s, a); err != nil {
				return 0, err
			}
		}
		return d.Op.Apply(x[0], x[1]), nil
	}
	return 0, fmt.Errorf("cannot draw from %T", d)
}

// drawWithin draws a number until it lies in [lo, hi].
func drawWithin(s *rng.Stream, d connect.Distribution, lo, hi float64) (float64, error) {
	for range maxTries {
		x, err := drawValue(s, d)
		if err != nil || x >= lo && x <= hi {
			return x, err
		}
	}
	return 0, fmt.Errorf("%d draws in a row from %v fell outside [%g, %g]", maxTries, d, lo, hi)
}

// normal draws a standard normal variate by Marsaglia's polar method.
func normal(s *rng.Stream) float64 {
	for {
		x, y := 2*s.Float64()-1, 2*s.Float64()-1
		r := float64(x*x) + float64(y*y)
		if r > 0 && r < 1 {
			return x * math.Sqrt(-2*fmath.Log(r)/r)
		}
	}
}

// DrawParameter draws a parameter of some neurons of a population, or of
// generators; ordinal tells draws of one network apart.
func DrawParameter(seed uint64, ordinal uint32, d connect.Distribution, n int) ([]float64, error) {
	if err := CheckDrawn(d); err != nil {
		return nil, err
	}
	x := make([]float64, n)
	for i := range x {
		s := rng.NewStream(rng.NewKey(seed), rng.ID{Purpose: rng.NodeParameter, Ordinal: ordinal, Element: uint32(i)})
		var err error
		if x[i], err = drawValue(&s, d); err != nil {
			return nil, err
		}
	}
	return x, nil
}
