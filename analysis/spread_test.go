package analysis

import (
	"math"
	"strings"
	"testing"
)

func TestSpread(t *testing.T) {
	// By hand: mean 5, squares of deviations 9+1+1+9 = 20, SD sqrt(20/3).
	s, err := SpreadOf([]float64{2, 4, 6, 8})
	if err != nil || s.N != 4 || s.Min != 2 || s.Max != 8 || !near(s.Mean, 5) || !near(s.SD, math.Sqrt(20.0/3)) {
		t.Errorf("%+v, %v", s, err)
	}
	// (9-5) / (sqrt(20/3) * sqrt(5/4)) = 4/sqrt(25/3)
	if got := s.T(9); !near(got, 4/math.Sqrt(25.0/3)) {
		t.Errorf("T %v", got)
	}
	if s.T(1) != -s.T(9) || s.P(1) != s.P(9) || s.T(5) != 0 || s.P(5) != 1 {
		t.Error("not symmetric around the mean")
	}
	equal, err := SpreadOf([]float64{3, 3})
	if err != nil || equal.P(3) != 1 || equal.P(4) != 0 || equal.T(2) != math.Inf(-1) {
		t.Errorf("equal runs: %+v, %v, P(3) %v, P(4) %v", equal, err, equal.P(3), equal.P(4))
	}
	if !math.IsNaN(s.P(math.NaN())) {
		t.Error("P of NaN")
	}
	for says, x := range map[string][]float64{
		"0 runs, must be at least 2": nil,
		"1 runs, must be at least 2": {1},
		"run 2 has NaN":              {1, math.NaN()},
		"run 1 has +Inf":             {math.Inf(1), 1},
	} {
		if _, err := SpreadOf(x); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v: %v, want %q", x, err, says)
		}
	}
}

// Tables of Student's t: the t that two-sided tails of the given probability
// begin at (Abramowitz & Stegun 1964, table 26.10), to the digits printed there.
func TestStudentTails(t *testing.T) {
	for _, c := range []struct {
		n    int
		t, p float64
	}{
		{1, 1, 0.5}, {1, 12.706, 0.05}, {2, 4.303, 0.05}, {2, 9.925, 0.01}, {3, 3.182, 0.05}, {3, 5.841, 0.01},
		{4, 2.776, 0.05}, {4, 4.604, 0.01}, {5, 2.571, 0.05}, {9, 2.262, 0.05}, {10, 3.169, 0.01}, {30, 2.042, 0.05}, {29, 2.756, 0.01},
	} {
		if got := studentTails(c.t, c.n); math.Abs(got-c.p) > 0.001*c.p {
			t.Errorf("n %d, t %g: %v, want %g", c.n, c.t, got, c.p)
		}
	}
}
