package engine

import (
	"fmt"
	"math"

	"cortigo/sim/connect"
	"cortigo/sim/internal/rng"
)

// drawValue draws a number from a distribution.
func drawValue(s *rng.Stream, d connect.Distribution) (float64, error) {
	x, err := d.Sample(s)
	if err == nil && (math.IsNaN(x) || math.IsInf(x, 0)) {
		err = fmt.Errorf("a draw from %T is %g, must be finite", d, x)
	}
	return x, err
}

// DrawParameter draws a parameter of some neurons of a population, or of
// generators; ordinal tells draws of one network apart.
func DrawParameter(seed uint64, ordinal uint32, d connect.Distribution, n int) ([]float64, error) {
	if err := connect.CheckDrawn(d); err != nil {
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
