// Package fmath has the elementary functions that propagators and random draws
// use. The standard library has different code for each processor and may fuse
// multiplications with additions, so that the last bit of a result depends on
// the machine; these functions use only rounded float64 operations in a fixed
// order and give the same bits everywhere, within 2 ulp of the true value.
//
//	exp.go     Exp, Expm1
//	log.go     Log, Log1p, powers
//	normal.go  the normal distribution
//	sin.go     sine and cosine of multiples of pi
package fmath

import "math"

// ln2 in two parts: the first has few enough bits that k*ln2Hi is exact for the
// exponents of a float64.
const (
	ln2Hi = 0x1.62e42feep-1
	ln2Lo = 0x1.a39ef35793c76p-33
)

// Exp returns e**x.
func Exp(x float64) float64 {
	switch {
	case math.IsNaN(x):
		return x
	case x > 709.782712893384:
		return math.Inf(1)
	case x < -745.1332191019412:
		return 0
	}
	k := math.Floor(float64(x/math.Ln2) + 0.5)
	r := (x - float64(k*ln2Hi)) - float64(k*ln2Lo)
	return math.Ldexp(1+expm1Small(r), int(k))
}

// Expm1 returns e**x - 1, accurate for small x.
func Expm1(x float64) float64 {
	if math.Abs(x) < 0.5 {
		return expm1Small(x)
	}
	return Exp(x) - 1
}

// expm1Small sums the Taylor series of e**x - 1 for |x| <= 0.5, where the
// first term left out is below 1e-18 of the sum.
func expm1Small(x float64) float64 {
	s := 0.0
	for n := 17; n >= 2; n-- {
		s = float64((1+s)*x) / float64(n)
	}
	return x + float64(s*x)
}
