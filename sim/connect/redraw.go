package connect

import (
	"encoding/json"
	"fmt"
	"math"
)

// Redraw draws from another distribution until Min <= value <= Max, NEST's
// nest.math.redraw. Both bounds always hold: a Min or Max of 0 is a bound, too.
// Within, Above and Below are short forms. It gives up with an error after 1000
// tries.
type Redraw struct {
	Of  Distribution
	Min float64 // may be -Inf
	Max float64 // may be +Inf
}

// Within redraws from d until lo <= value <= hi.
func Within(d Distribution, lo, hi float64) Redraw { return Redraw{Of: d, Min: lo, Max: hi} }

// Above redraws from d until value >= lo.
func Above(d Distribution, lo float64) Redraw { return Within(d, lo, math.Inf(1)) }

// Below redraws from d until value <= hi.
func Below(d Distribution, hi float64) Redraw { return Within(d, math.Inf(-1), hi) }

// maxTries is the number of draws out of bounds after which redrawing gives up,
// as in NEST.
const maxTries = 1000

// minAcceptance is the smallest share of draws inside the bounds: below it,
// redrawing would fail after maxTries more often than not.
const minAcceptance = 1e-3

// Validate reports bounds that are not in order, bounds that no value reaches or
// (if that is known) fewer than one draw in 1000, and Values, which are not
// drawn.
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
	if _, ok := IsConstant(d.Of); ok {
		return nil
	}
	of, lo, hi := d.flat()
	if c, ok := of.(Cumulative); ok {
		if p := c.CDF(hi) - c.CDF(lo); !(p >= minAcceptance) {
			return fmt.Errorf("connect: Redraw: %.2g of the draws from %s are within the bounds [%g, %g], at least %g is needed", p, describe(of), lo, hi, minAcceptance)
		}
	}
	return nil
}

// flat returns what is redrawn, which is no Redraw itself, and the bounds of all.
func (d Redraw) flat() (of Distribution, lo, hi float64) {
	of, lo, hi = d.Of, d.Min, d.Max
	for {
		r, ok := of.(Redraw)
		if !ok {
			return of, lo, hi
		}
		of, lo, hi = r.Of, math.Max(lo, r.Min), math.Min(hi, r.Max)
	}
}

// Bounds returns the bounds of the other distribution, limited to Min and Max.
func (d Redraw) Bounds() (lo, hi float64) {
	lo, hi = d.Of.Bounds()
	return math.Max(lo, d.Min), math.Min(hi, d.Max)
}

// Sample draws until the value is within the bounds.
func (d Redraw) Sample(s *Stream) (float64, error) { return SampleWithin(s, d.Of, d.Min, d.Max) }

// SampleWithin draws a number from d until it lies in [lo, hi], at most 1000 times.
func SampleWithin(s *Stream, d Distribution, lo, hi float64) (float64, error) {
	for range maxTries {
		x, err := d.Sample(s)
		if err != nil || x >= lo && x <= hi {
			return x, err
		}
	}
	return 0, fmt.Errorf("%d draws in a row from %s fell outside [%g, %g]", maxTries, describe(d), lo, hi)
}

// Table returns the conditional distribution, P(value <= x) within the bounds; nil
// if the other distribution has no table.
func (d Redraw) Table() Cumulative {
	of, lo, hi := d.flat()
	if w, ok := of.(interface {
		within(lo, hi float64) (Distribution, bool)
	}); ok {
		rest, ok := w.within(lo, hi)
		if !ok {
			return nil
		}
		c, _ := Table(rest)
		return c
	}
	c, ok := Table(of)
	if !ok {
		return nil
	}
	if _, ok := IsConstant(of); ok {
		return c
	}
	return cut{Redraw{of, lo, hi}, c, c.CDF(lo), c.CDF(hi)}
}

// A cut is a Redraw of what is drawn from a table.
type cut struct {
	Redraw
	of   Cumulative
	a, b float64 // probabilities up to the bounds
}

// CDF is (F(x) - F(Min))/(F(Max) - F(Min)).
func (d cut) CDF(x float64) float64 {
	switch {
	case x < d.Min:
		return 0
	case x >= d.Max:
		return 1
	}
	return (d.of.CDF(x) - d.a) / (d.b - d.a)
}

// Spread returns the Spread of the other distribution.
func (d Redraw) Spread() float64 {
	if t := d.Table(); t != nil {
		if _, ok := t.(cut); !ok {
			return Spread(t)
		}
	}
	return Spread(d.Of)
}

// Typical returns the Typical value of the other distribution, limited to the bounds.
func (d Redraw) Typical() float64 { return min(max(Typical(d.Of), d.Min), d.Max) }

func (d Redraw) only() (float64, bool) { return IsConstant(d.Of) }

func (d Redraw) affine(times, plus float64) (Distribution, bool) {
	of, ok := affine(d.Of, times, plus)
	if !ok || times == 0 {
		return nil, false
	}
	lo, hi := float64(times*d.Min)+plus, float64(times*d.Max)+plus
	return Redraw{of, math.Min(lo, hi), math.Max(lo, hi)}, true
}

// over returns nil where the other distribution cannot be divided.
func (d Redraw) over(x float64) Distribution {
	q := over(d.Of, x)
	if q == nil {
		return nil
	}
	lo, hi := d.Min/x, d.Max/x
	return Redraw{q, math.Min(lo, hi), math.Max(lo, hi)}
}

// redrawJSON leaves out a bound that is infinite, which JSON cannot write.
type redrawJSON struct {
	Of *tagged `json:"of"`
	bounds
}

type bounds struct {
	Min *float64 `json:"min,omitempty"`
	Max *float64 `json:"max,omitempty"`
}

func init() {
	distributions.builtIn(&form[Distribution]{typ: typeOf[Redraw](), names: []string{"redraw"}, encode: encodeRedraw, decode: decodeRedraw, copy: copyRedraw})
}

// encodeRedraw writes bounds. Those of a normal distribution are written as fields
// of Normal, as in earlier versions, because the fingerprints of saved networks
// depend on it.
func encodeRedraw(d Distribution) (string, any, error) {
	r := d.(Redraw)
	var j redrawJSON
	if !math.IsInf(r.Min, -1) {
		j.Min = &r.Min
	}
	if !math.IsInf(r.Max, 1) {
		j.Max = &r.Max
	}
	if n, ok := r.Of.(Normal); ok {
		return "normal", normalJSON{n, j.bounds}, nil
	}
	var err error
	j.Of, err = encodeNested(r.Of)
	return "redraw", j, err
}

func decodeRedraw(_ string, params json.RawMessage, depth int) (Distribution, error) {
	var j redrawJSON
	if err := strictly(params, &j); err != nil {
		return nil, err
	}
	of, err := decodeNested(j.Of, depth+1)
	if n, ok := of.(Normal); ok {
		of = bounds{}.redraw(n) // to be written again as it was
	}
	return j.redraw(of), err
}

func copyRedraw(d Distribution) (Distribution, error) {
	r := d.(Redraw)
	r.Of = CopyDistribution(r.Of)
	return r, nil
}

// redraw returns a Redraw whose bounds may be missing.
func (b bounds) redraw(of Distribution) Redraw {
	d := Redraw{Of: of, Min: math.Inf(-1), Max: math.Inf(1)}
	if b.Min != nil {
		d.Min = *b.Min
	}
	if b.Max != nil {
		d.Max = *b.Max
	}
	return d
}
