package fmath

import "math"

// SinPi returns sin(pi*x), exactly 0 at whole numbers; NaN for infinities.
func SinPi(x float64) float64 { return sinQuarter(x, 0) }

// CosPi returns cos(pi*x), exactly 0 halfway between whole numbers; NaN for
// infinities.
func CosPi(x float64) float64 { return sinQuarter(x, 1) }

// What divides a term of the series of sine and of cosine from the one before:
// 1/(k(k-1)).
var (
	sinSteps = [...]float64{1. / 342, 1. / 272, 1. / 210, 1. / 156, 1. / 110, 1. / 72, 1. / 42, 1. / 20, 1. / 6}
	cosSteps = [...]float64{1. / 380, 1. / 306, 1. / 240, 1. / 182, 1. / 132, 1. / 90, 1. / 56, 1. / 30, 1. / 12, 1. / 2}
)

// sinQuarter returns sin(pi*(x + ahead/2)), from the series around the nearest
// multiple of pi/2. Taking that away from x is exact.
func sinQuarter(x float64, ahead int) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return math.NaN()
	}
	r := x - float64(2*math.Floor(float64(0.5*x)+0.5)) // in [-1, 1]
	q := math.Floor(float64(2*r) + 0.5)
	y := float64(math.Pi * (r - float64(0.5*q)))
	z := float64(y * y)
	n := (int(q) + ahead) & 3
	s := 0.0
	if n&1 == 0 {
		for _, c := range sinSteps {
			s = -float64(float64((1+s)*z) * c)
		}
		s = y + float64(s*y)
	} else {
		for _, c := range cosSteps {
			s = -float64(float64((1+s)*z) * c)
		}
		s++
	}
	if n >= 2 {
		return -s
	}
	return s
}
