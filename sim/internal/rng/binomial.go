package rng

import (
	"math"

	"cortigo/sim/fmath"
)

// Binomial draws the number of successes in n trials of probability p.
//
// Small means use inversion; others transformed rejection with squeeze,
// algorithm BTRS of Hörmann (1993), "The generation of binomial random
// variates".
func Binomial(s *Stream, n int64, p float64) int64 {
	switch {
	case n <= 0 || p <= 0:
		return 0
	case p >= 1:
		return n
	case p > 0.5:
		return n - Binomial(s, n, 1-p)
	case float64(n)*p < 10:
		return binomialInversion(s, n, p)
	}
	return binomialBTRS(s, float64(n), p)
}

// binomialInversion adds up the probabilities from 0 on until they exceed a
// uniform number.
func binomialInversion(s *Stream, n int64, p float64) int64 {
	odds := p / (1 - p)
	f0 := fmath.Exp(float64(n) * fmath.Log1p(-p))
	for {
		u, f := s.Float64(), f0
		// A mean below 10 reaches 200 with a probability below 1e-180.
		for k := int64(0); k <= n && k < 200; k++ {
			if u < f {
				return k
			}
			u -= f
			f = float64(f*odds) * (float64(n-k) / float64(k+1))
		}
	}
}

func binomialBTRS(s *Stream, n, p float64) int64 {
	q := 1 - p
	sd := math.Sqrt(float64(float64(n*p) * q))
	b := 1.15 + float64(2.53*sd)
	a := -0.0873 + float64(0.0248*b) + float64(0.01*p)
	c := float64(n*p) + 0.5
	vr := 0.92 - 4.2/b
	for {
		v := s.Float64()
		u := s.Float64() - 0.5
		us := 0.5 - math.Abs(u)
		k := math.Floor(float64((2*a/us+b)*u) + c)
		if k < 0 || k > n {
			continue
		}
		if us >= 0.07 && v <= vr {
			return int64(k)
		}
		alpha := float64((2.83 + 5.1/b) * sd)
		m := math.Floor(float64((n + 1) * p))
		lhs := fmath.Log(v * (alpha / (a/float64(us*us) + b)))
		rhs := float64((m+0.5)*fmath.Log((m+1)/(float64(p/q)*(n-m+1)))) +
			float64((n+1)*fmath.Log((n-m+1)/(n-k+1))) +
			float64((k+0.5)*fmath.Log(float64(float64(p/q)*(n-k+1))/(k+1))) +
			stirlingTail(m) + stirlingTail(n-m) - stirlingTail(k) - stirlingTail(n-k)
		if lhs <= rhs {
			return int64(k)
		}
	}
}

// stirlingTail is log(k!) minus Stirling's approximation of it,
// log(sqrt(2 pi)) + (k+1/2)log(k+1) - (k+1).
func stirlingTail(k float64) float64 {
	if k <= 9 {
		return stirlingTable[int(k)]
	}
	r := 1 / (k + 1)
	z := float64(r * r)
	return float64((1.0/12 - float64((1.0/360-z/1260)*z)) * r)
}

var stirlingTable = func() (t [10]float64) {
	const halfLog2Pi = 0.9189385332046728
	logFactorial := 0.0
	for k := range t {
		x := float64(k)
		if k > 0 {
			logFactorial += fmath.Log(x)
		}
		t[k] = logFactorial - (halfLog2Pi + float64((x+0.5)*fmath.Log(x+1)) - (x + 1))
	}
	return t
}()

// AskEvery is the number of cells after which long draws ask whether to go on.
const AskEvery = 4096

// Multinomial divides n among the len(dst) equally likely cells, by conditional
// binomials in the order of the cells. goOn, if not nil, is called now and
// then; if it returns false, the rest of dst is left as it is.
func Multinomial(s *Stream, n int64, dst []uint32, goOn func() bool) {
	for i := range dst {
		if i%AskEvery == 0 && goOn != nil && !goOn() {
			return
		}
		k := Binomial(s, n, 1/float64(len(dst)-i))
		dst[i] = uint32(k)
		n -= k
	}
}

// WeightedMultinomial divides n among cells that are as likely as their size, by
// conditional binomials in their order. If n is above 0, one size must be. goOn is
// as for Multinomial.
func WeightedMultinomial(s *Stream, n int64, size []uint32, dst []uint32, goOn func() bool) {
	rest := int64(0)
	for _, m := range size {
		rest += int64(m)
	}
	for i, m := range size {
		if i%AskEvery == 0 && goOn != nil && !goOn() {
			return
		}
		k := int64(0)
		if m > 0 {
			k = Binomial(s, n, float64(m)/float64(rest))
		}
		dst[i] = uint32(k)
		n -= k
		rest -= int64(m)
	}
}
