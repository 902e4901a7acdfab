package connect

import (
	"encoding/json"
	"fmt"
	"math"

	"cortigo/sim/fmath"
)

// Normal is a normal distribution, NEST's nest.random.normal, without bounds: Within,
// Above and Below bound it.
type Normal struct {
	Mean float64 `json:"mean"`
	SD   float64 `json:"sd"` // standard deviation, >= 0
}

func init() {
	f := plain[Distribution, Normal]("normal")
	f.decode = decodeNormal
	distributions.builtIn(f)
}

// sdRange is how many SD from the mean one random word reaches: the tail beyond
// holds 2^-33 of the probability.
const sdRange = 6.34

// Validate reports parameters that are not finite and a negative SD.
func (d Normal) Validate() error { return validateNormal("Normal", d.Mean, d.SD) }

func validateNormal(name string, mean, sd float64) error {
	if err := finite(name, "mean", mean); err != nil {
		return err
	}
	if err := finite(name, "SD", sd); err != nil {
		return err
	}
	if sd < 0 {
		return fmt.Errorf("connect: %s: SD is %g, must be >= 0", name, sd)
	}
	return nil
}

// CDF is Phi((x - Mean)/SD).
func (d Normal) CDF(x float64) float64 {
	if d.SD == 0 {
		return Constant(d.Mean).CDF(x)
	}
	return fmath.NormalCDF((x - d.Mean) / d.SD)
}

// Bounds returns the mean -+ 6.34 SD.
func (d Normal) Bounds() (lo, hi float64) {
	return d.Mean - float64(sdRange*d.SD), d.Mean + float64(sdRange*d.SD)
}

// Sample draws by Marsaglia's polar method.
func (d Normal) Sample(s *Stream) (float64, error) { return d.Mean + float64(d.SD*s.Normal()), nil }

// Spread returns SD.
func (d Normal) Spread() float64 { return d.SD }

// Typical returns the mean.
func (d Normal) Typical() float64 { return d.Mean }

func (d Normal) only() (float64, bool) { return d.Mean, d.SD == 0 }

func (d Normal) affine(times, plus float64) (Distribution, bool) {
	if times == 0 {
		return nil, false
	}
	return Normal{Mean: float64(times*d.Mean) + plus, SD: float64(math.Abs(times) * d.SD)}, true
}

func (d Normal) over(x float64) Distribution { return Normal{d.Mean / x, d.SD / math.Abs(x)} }

// normalJSON has the bounds of a Redraw of it, too.
type normalJSON struct {
	Normal
	bounds
}

func decodeNormal(_ string, params json.RawMessage, _ int) (Distribution, error) {
	var j normalJSON
	if err := strictly(params, &j); err != nil {
		return nil, err
	}
	if j.Min == nil && j.Max == nil {
		return j.Normal, nil
	}
	return j.redraw(j.Normal), nil
}
