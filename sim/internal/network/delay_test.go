package network

import (
	"math"
	"strings"
	"testing"

	"cortigo/sim/internal/clock"
)

func TestDelaySteps(t *testing.T) {
	at, err := clock.New(0.1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		ms   float64
		want int64
		err  string
	}{
		{0.15, 2, ""}, {0.05, 1, ""}, {0.1, 1, ""}, {3276.7, MaxDelay, ""},
		{0.04, 0, "0.04 ms, which rounds to 0 steps; must be at least half the resolution (0.05 ms)"},
		{0, 0, "rounds to 0 steps"}, {-0.1, 0, "must be within"}, {math.NaN(), 0, "NaN"}, {3276.75, 0, "3276.75"}, {math.Inf(1), 0, "Inf"},
	} {
		got, err := DelaySteps(c.ms, at)
		if c.err == "" && (err != nil || got != c.want) || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%g ms is %d steps, %v, want %d, %q", c.ms, got, err, c.want, c.err)
		}
	}
}
