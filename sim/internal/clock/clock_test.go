package clock

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

func clockOf(t testing.TB, h float64) Clock {
	t.Helper()
	c, err := New(h)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Rounding is NEST 3.10's: ms become tics of 1 microsecond, rounded, then steps,
// delays half up and refractory periods up.
func TestRoundSteps(t *testing.T) {
	for _, c := range []struct {
		h, ms       float64
		round, ceil int64
	}{
		{0.1, 0.15, 2, 2}, // floor(0.15/0.1 + 0.5) is 1 in floating point, NEST has 2
		{0.1, 0.05, 1, 1},
		{0.1, 0.04, 0, 1},
		{0.1, 0.0495, 1, 1}, // 49.5 tics round to 50
		{0.1, 0.0494, 0, 1},
		{0.1, 0.25, 3, 3},
		{0.1, 0.249, 2, 3},
		{0.1, 1.5, 15, 15},
		{0.1, 2, 20, 20},
		{0.1, 2.0004, 20, 20}, // within half a tic
		{0.1, 2.0006, 20, 21}, // one tic more
		{0.1, 0, 0, 0},
		{0.25, 0.3, 1, 2},
		{0.25, 0.375, 2, 2},
		{0.05, 0.075, 2, 2},
		{0.001, 0.0015, 2, 2},
		{1, 0.5, 1, 1},
		{1, 1.4999, 2, 2}, // 1499.9 tics round to 1500
		{0.1, 3276.7, 32767, 32767},
	} {
		k := clockOf(t, c.h)
		if got := k.RoundSteps(c.ms); got != c.round {
			t.Errorf("h = %g: RoundSteps(%g) = %d, want %d", c.h, c.ms, got, c.round)
		}
		if got := k.CeilSteps(c.ms); got != c.ceil {
			t.Errorf("h = %g: CeilSteps(%g) = %d, want %d", c.h, c.ms, got, c.ceil)
		}
	}
}

// Times on the grid stay there also where they are so late that 1000 tics to the ms
// is a product which rounding changes by 5e-6: it must be rounded before it is compared.
func TestPreciseSteps(t *testing.T) {
	k := clockOf(t, 0.1)
	for _, c := range []struct {
		ms   float64
		want int64
	}{{0.3, 3}, {0.30001, 4}, {0.2999, 3}, {1e8 + 0.1, 1_000_000_001}, {1e8 + 0.3, 1_000_000_003}, {1e8 + 0.7, 1_000_000_007}} {
		if got, err := k.PreciseSteps(c.ms); err != nil || got != c.want {
			t.Errorf("PreciseSteps(%g) = %d, %v, want %d", c.ms, got, err, c.want)
		}
	}
}

// In steps of 0.1 ms, rounding is floor(10*ms + 1/2) for every multiple of 0.01.
func TestRoundStepsHundredths(t *testing.T) {
	k := clockOf(t, 0.1)
	for i := range int64(5000) {
		if got, want := k.RoundSteps(float64(i)/100), (i+5)/10; got != want {
			t.Fatalf("RoundSteps(%g) = %d, want %d", float64(i)/100, got, want)
		}
	}
}

func TestNew(t *testing.T) {
	for _, h := range []float64{0.1, 0.05, 0.025, 0.001, 1, 1000, 0.2, 0.007} {
		c := clockOf(t, h)
		if c.TicsPerStep != int64(math.Round(h*1000)) || c.H != h {
			t.Errorf("New(%g) = %+v", h, c)
		}
	}
	for _, h := range []float64{0, -0.1, 0.0001, 0.0005, 0.1005, 1000.001, math.NaN(), math.Inf(1)} {
		if _, err := New(h); err == nil || !strings.Contains(err.Error(), "whole number of microseconds") {
			t.Errorf("New(%g): %v", h, err)
		}
	}
}

// Times of devices lie on the grid within half a microsecond, as NEST requires
// of spike times.
func TestGridSteps(t *testing.T) {
	for _, c := range []struct {
		h, ms float64
		want  int64 // -1: an error
	}{
		{0.1, 0.3, 3}, {0.1, 0.1 + 0.2, 3}, {0.1, 1.0004, 10}, {0.1, 1.0006, -1}, {0.1, 0.25, -1}, {0.1, 0, 0},
		{0.1, math.NaN(), -1}, {0.1, math.Inf(1), -1}, {0.1, math.Inf(-1), -1}, {0.1, 1e300, -1},
		{0.1, 0.1 * float64(MaxSteps), MaxSteps}, {0.1, 0.1 * (float64(MaxSteps) + 1), -1},
		{1000, 1000 * float64(MaxSteps), MaxSteps}, {0.25, 0.75, 3}, {0.25, 0.8, -1},
	} {
		got, err := clockOf(t, c.h).GridSteps("start", c.ms)
		if c.want < 0 {
			if err == nil || !strings.Contains(err.Error(), "start is ") {
				t.Errorf("h = %g: GridSteps(%g) = %d, %v, want an error", c.h, c.ms, got, err)
			}
			continue
		}
		if err != nil || got != c.want {
			t.Errorf("h = %g: GridSteps(%g) = %d, %v, want %d", c.h, c.ms, got, err, c.want)
		}
	}
	if got, err := clockOf(t, 0.1).GridSteps("start", -0.3); got != -3 || err != nil {
		t.Errorf("GridSteps(-0.3) = %d, %v", got, err)
	}
}

func TestInterval(t *testing.T) {
	for _, c := range []struct {
		ms   float64
		want string
	}{{0.1, "1 <nil>"}, {2, "20 <nil>"}, {0, "0 dt is 0 ms, must be at least the resolution (0.1 ms)"}, {1e-5, "0 dt is 1e-05 ms, must be at least the resolution (0.1 ms)"},
		{-0.1, "0 dt is -0.1 ms, must be at least"}, {0.25, "0 dt is 0.25 ms, must be a multiple of the resolution (0.1 ms)"}} {
		steps, err := clockOf(t, 0.1).Interval("dt", c.ms)
		if got := fmt.Sprintf("%d %v", steps, err); !strings.HasPrefix(got, c.want) {
			t.Errorf("%g ms: %s, want %s", c.ms, got, c.want)
		}
	}
}
