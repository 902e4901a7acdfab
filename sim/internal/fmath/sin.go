package fmath

import "math"

// SinPi returns sin(pi*x), exactly 0 at whole numbers; NaN for infinities.
func SinPi(x float64) float64 { return sinQuarter(x, 0) }

// CosPi returns cos(pi*x), exactly 0 halfway between whole numbers; NaN for
// infinities.
func CosPi(x float64) float64 { return sinQuarter(x, 1) }

// sinQuarter returns sin(pi*(x + ahead/2)), from the series around the nearest
// multiple of pi/2. Taking that away from x is exact.
func sinQuarter(x float64, ahead int) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return math.NaN()
	}
	r := x - float64(2*math.Floor(float64(0.5*x)+0.5)) // in [-1, 1]
	q := math.Floor(float64(2*r) + 0.5)
	y := float64(math.Pi * (r - q/2))
	z := float64(y * y)
	n := (int(q) + ahead) & 3
	s := 0.0
	if n&1 == 0 {
		for k := 19.0; k >= 3; k -= 2 {
			s = float64(-(1 + s) * z / float64(k*(k-1)))
		}
		s = y + float64(s*y)
	} else {
		for k := 20.0; k >= 2; k -= 2 {
			s = float64(-(1 + s) * z / float64(k*(k-1)))
		}
		s++
	}
	if n >= 2 {
		return -s
	}
	return s
}
