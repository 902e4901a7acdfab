package parquet

import (
	"math"
	"slices"
	"testing"
)

// Times that are k*h in floating point come back as k, at any resolution that
// is used and up to hours of model time.
func TestTimesAreExact(t *testing.T) {
	for _, h := range []float64{0.1, 0.05, 0.2, 0.01, 1.0 / 3, 0.125, 1} {
		step := []int64{1, 2, 3, 7, 29, 10000, 123457, 36_000_000, 1 << 40}
		scale := NewTimeScale(h)
		ours, product := make([]float64, len(step)), make([]float64, len(step))
		for i, s := range step {
			ours[i], product[i] = scale.MS(s), float64(s)*h
		}
		for _, ms := range [][]float64{ours, product} {
			got := make([]int64, len(step))
			if err := ToSteps(got, ms, h); err != nil || !slices.Equal(got, step) {
				t.Errorf("resolution %v: %v, %v", h, got, err)
			}
		}
	}
	for _, bad := range []float64{0.15, -1e300, 0.10001} {
		if err := ToSteps(make([]int64, 1), []float64{bad}, 0.1); err == nil {
			t.Errorf("%v ms passed as a multiple of 0.1 ms", bad)
		}
	}
}

// A time in a file is the number that its decimal stands for.
func TestTimesAreDecimal(t *testing.T) {
	for _, tt := range []struct {
		h    float64
		step int64
		want float64
	}{{0.1, 3, 0.3}, {0.1, 5058, 505.8}, {0.1, 123457, 12345.7}, {0.05, 7, 0.35}, {0.2, 3, 0.6}, {0.125, 3, 0.375}, {1, 7, 7}, {0.01, 35, 0.35}} {
		if got := NewTimeScale(tt.h).MS(tt.step); got != tt.want {
			t.Errorf("step %d of %v ms is %v ms, want %v", tt.step, tt.h, got, tt.want)
		}
	}
}

func TestNotANumberTimes(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 1e300} {
		if err := ToSteps(make([]int64, 1), []float64{bad}, 0.1); err == nil {
			t.Errorf("%v passed", bad)
		}
	}
}
