package fmath

import "math"

// Log returns the natural logarithm of x; NaN for x < 0 and -Inf for 0.
func Log(x float64) float64 {
	switch {
	case math.IsNaN(x) || math.IsInf(x, 1):
		return x
	case x < 0:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	}
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m *= 2
		e--
	}
	k := float64(e)
	return float64(k*ln2Hi) + (log1pSmall(m-1) + float64(k*ln2Lo))
}

// Log1p returns log(1+x), accurate for small x; NaN for x < -1.
func Log1p(x float64) float64 {
	if x > -0.25 && x < 0.4 {
		return log1pSmall(x)
	}
	return Log(1 + x)
}

// log1pSmall returns log(1+x) for 1+x in [sqrt(1/2), sqrt(2)], as
// 2*atanh(x/(2+x)) by its series.
func log1pSmall(x float64) float64 {
	s := x / (2 + x)
	z := float64(s * s)
	p := 0.0
	for n := 25; n >= 3; n -= 2 {
		p = float64(p*z) + 1/float64(n)
	}
	return 2 * (s + float64(float64(s*z)*p))
}

// Pow returns x**y for x > 0, to a few units in the last place times
// |y*log(x)|.
func Pow(x, y float64) float64 { return Exp(float64(y * Log(x))) }

// PowInt returns x**n for any x by repeated squaring, exact where the powers on
// the way are.
func PowInt(x float64, n int) float64 {
	if n < 0 {
		return 1 / PowInt(x, -n)
	}
	p := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			p *= x
		}
		x *= x
	}
	return p
}
