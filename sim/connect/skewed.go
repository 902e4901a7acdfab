package connect

import (
	"fmt"
	"math"

	"cortigo/sim/fmath"
)

// LogNormal is the distribution of e to the power of a normal variate, NEST's
// nest.random.lognormal. Its mean is exp(Mean + SD^2/2).
type LogNormal struct {
	Mean float64 `json:"mean"` // of the logarithm
	SD   float64 `json:"sd"`   // standard deviation of the logarithm, >= 0
}

func init() { distributions.builtIn(plain[Distribution, LogNormal]("lognormal")) }

// Validate reports parameters that are not finite, a negative SD, and values
// that leave the range of float64.
func (d LogNormal) Validate() error {
	if err := validateNormal("LogNormal", d.Mean, d.SD); err != nil {
		return err
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

// Sample draws the logarithm as Normal does.
func (d LogNormal) Sample(s *Stream) (float64, error) {
	return fmath.Exp(d.Mean + float64(d.SD*s.Normal())), nil
}

// Table returns nil: the tail would make the grid of weights too coarse.
func (d LogNormal) Table() Cumulative { return nil }

// Typical returns the median, exp(Mean).
func (d LogNormal) Typical() float64 { return fmath.Exp(d.Mean) }

// Exponential is the density exp(-x/Beta)/Beta for x >= 0, NEST's
// nest.random.exponential. Its mean and standard deviation are Beta.
type Exponential struct {
	Beta float64 `json:"beta"` // > 0
}

func init() { distributions.builtIn(plain[Distribution, Exponential]("exponential")) }

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

// Sample draws -Beta log(u).
func (d Exponential) Sample(s *Stream) (float64, error) {
	return -float64(d.Beta * fmath.Log(s.Float64())), nil
}

// Table returns nil: the tail would make the grid of weights too coarse.
func (d Exponential) Table() Cumulative { return nil }

// Typical returns the median, log(2) Beta.
func (d Exponential) Typical() float64 { return d.Beta * math.Ln2 }
