package clock

import (
	"fmt"
	"strings"
	"testing"
)

// Times of step functions are positive and increasing also once they are on the
// grid (NEST 3.10: step_current_generator, inhomogeneous_poisson_generator).
func TestChangeSteps(t *testing.T) {
	clock, err := New(0.1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		ms      []float64
		offgrid bool
		want    string
	}{
		{[]float64{0.1, 1, 2.0002}, false, "[1 10 20]"},
		{[]float64{1.05}, false, "x[0] is 1.05 ms, must be a multiple of the resolution (0.1 ms)"},
		{[]float64{1.05, 1.1001, 1.101}, true, "x[1] is 1.1001 ms, must be in a later step than the one before (1.05 ms, at a resolution of 0.1 ms)"},
		{[]float64{1.05, 1.101, 1.2004}, true, "x[2] is 1.2004 ms"},
		{[]float64{0.01, 1.05, 1.101}, true, "[1 11 12]"},
		{[]float64{0.0001}, true, "x[0] is 0.0001 ms, must be at least the resolution (0.1 ms)"},
		{[]float64{0.0001}, false, "x[0] is 0.0001 ms, must be at least the resolution (0.1 ms)"},
		{[]float64{1e12}, true, "x[0] is 1e+12 ms, must be within"},
		{nil, false, "[]"},
	} {
		got, err := clock.ChangeSteps("x", c.ms, c.offgrid)
		text := fmt.Sprint(got)
		if err != nil {
			text = err.Error()
		}
		if !strings.HasPrefix(text, c.want) {
			t.Errorf("%v, %v: %s, want %s", c.ms, c.offgrid, text, c.want)
		}
	}
}
