package parquet

import (
	"fmt"
	"math"
)

// A TimeScale converts steps to ms. Where h is a whole number of microseconds,
// as resolutions are, the result is the number that the decimal stands for:
// step 3 at 0.1 ms is 0.3, where 3 * 0.1 is 0.30000000000000004. So
// time_ms <= 0.3, asked in SQL, means what it says.
type TimeScale struct {
	h  float64 // ms per step
	us float64 // microseconds per step, 0 if h is no whole number of them
}

// NewTimeScale returns the scale of steps of h ms.
func NewTimeScale(h float64) TimeScale {
	us := math.Round(h * 1000)
	if us < 1 || us > 1<<20 || us/1000 != h {
		us = 0
	}
	return TimeScale{h, us}
}

// MS returns the time of the end of a step.
func (s TimeScale) MS(step int64) float64 {
	if s.us > 0 {
		return float64(step) * s.us / 1000 // the product is exact below 2^53
	}
	return float64(step) * s.h
}

// Whole returns ms, a multiple of the resolution but for what sums lose, as
// the number of that multiple.
func (s TimeScale) Whole(ms float64) float64 { return s.MS(int64(math.Round(ms / s.h))) }

// ToSteps converts times to steps of the resolution, of which they must be
// multiples to within a millionth of a step and rounding.
func ToSteps(dst []int64, ms []float64, resolution float64) error {
	const maxStep = 1 << 52 // steps that a float64 tells apart
	for i, t := range ms {
		s := math.Round(t / resolution)
		if !(math.Abs(s) < maxStep) || math.Abs(s*resolution-t) > 1e-6*resolution+1e-15*math.Abs(t) {
			return fmt.Errorf("column %q: %v ms is no multiple of the resolution, %v ms", TimeColumn, t, resolution)
		}
		dst[i] = int64(s)
	}
	return nil
}

// FloorStep returns the last step that ends at or before t ms; a t that is a
// step up to rounding is that step.
func FloorStep(t, resolution float64) int64 {
	s := math.Floor(t/resolution + 1e-6)
	return int64(max(-1<<62, min(s, 1<<62)))
}
