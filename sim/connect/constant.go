package connect

import (
	"fmt"
	"math"
	"slices"
)

// Constant is the same value every time.
type Constant float64

func init() { distributions.builtIn(plain[Distribution, Constant]("constant")) }

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

// Sample returns the value and draws nothing.
func (c Constant) Sample(*Stream) (float64, error) { return float64(c), nil }

// Typical returns the value.
func (c Constant) Typical() float64 { return float64(c) }

func (c Constant) only() (float64, bool) { return float64(c), true }

func (c Constant) affine(times, plus float64) (Distribution, bool) {
	return Constant(float64(times*float64(c)) + plus), true
}

func (c Constant) over(x float64) Distribution { return c / Constant(x) }

// Values are one value for each connection, like arrays in NEST's synapse
// specification: for OneToOne in the order of the pairs; for AllToAll one for each
// target and source, [target][source] row by row (also where autapses are left
// out); for FixedInDegree and FixedOutDegree one for each of the N synapses of
// every target, or source, row by row; for FixedTotalNumber and List as many as
// there are synapses. Rules that make a random number of connections take none.
type Values []float64

func init() {
	f := plain[Distribution, Values]("values")
	f.copy = func(d Distribution) (Distribution, error) { return slices.Clone(d.(Values)), nil }
	distributions.builtIn(f)
}

// Validate reports values that are not finite.
func (v Values) Validate() error {
	for i, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return finite("Values", fmt.Sprintf("value %d", i), x)
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

// Sample fails: only the rule knows which connection each value is for.
func (v Values) Sample(*Stream) (float64, error) {
	return 0, fmt.Errorf("connect: Values are listed, one for each connection, and not drawn")
}
