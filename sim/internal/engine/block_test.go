package engine

import (
	"strings"
	"testing"

	"cortigo/sim/internal/clock"
)

func clockOf(t testing.TB, h float64) clock.Clock {
	t.Helper()
	c, err := clock.New(h)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// t_ref of 0.25 ms is 3 steps of 0.1 ms in NEST 3.10.
func TestRefractorySteps(t *testing.T) {
	for _, c := range []struct {
		h, ms float64
		want  uint16
	}{{0.1, 0.25, 3}, {0.1, 2, 20}, {0.1, 0, 0}, {0.1, 0.01, 1}, {0.25, 2, 8}, {0.1, 6553.5, 65535}} {
		if got, err := refractorySteps(c.ms, clockOf(t, c.h)); err != nil || got != c.want {
			t.Errorf("h = %g: %g ms is %d steps, %v, want %d", c.h, c.ms, got, err, c.want)
		}
	}
	if _, err := refractorySteps(6553.6, clockOf(t, 0.1)); err == nil || !strings.Contains(err.Error(), "t_ref is 6553.6 ms, must be at most 6553.5") {
		t.Errorf("t_ref of 65536 steps: %v", err)
	}
}

func contains(err error, text string) bool { return strings.Contains(err.Error(), text) }
