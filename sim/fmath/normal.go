package fmath

import "math"

// NormalCDF returns the probability that a standard normal variate is at most
// x, to about 1e-15 absolutely.
func NormalCDF(x float64) float64 {
	if math.IsNaN(x) {
		return x
	}
	a := math.Abs(x)
	if a > 38 {
		if x > 0 {
			return 1
		}
		return 0
	}
	density := Exp(-0.5*float64(a*a)) / 2.5066282746310002 // sqrt(2*pi)
	if a < 4 {
		// Phi(x) = 1/2 + phi(x) * (x + x^3/3 + x^5/(3*5) + ...), all terms positive.
		term, sum := a, a
		for n := 3.0; term > 1e-18*sum; n += 2 {
			term = float64(term*float64(a*a)) / n
			sum += term
		}
		if h := float64(density * sum); x < 0 {
			return 0.5 - h
		} else {
			return 0.5 + h
		}
	}
	// Upper tail by Laplace's continued fraction phi(x)/(x + 1/(x + 2/(x + ...))).
	f := a
	for n := 60.0; n >= 1; n-- {
		f = a + n/f
	}
	if x < 0 {
		return density / f
	}
	return 1 - density/f
}
