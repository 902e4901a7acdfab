package analysis

import (
	"fmt"
	"math"
)

// A Spread describes one number, such as a mean rate, measured in several runs
// with different seeds: it says what to expect of another run.
type Spread struct {
	N        int     // runs
	Mean, SD float64 // SD with ddof 1: of the seeds there are, not of these alone
	Min, Max float64
}

// SpreadOf returns the spread of x, one value per run. It is an error if there
// are fewer than 2 or a value is not finite.
func SpreadOf(x []float64) (Spread, error) {
	if len(x) < 2 {
		return Spread{}, fmt.Errorf("analysis: spread of %d runs, must be at least 2", len(x))
	}
	s := Spread{N: len(x), Min: math.Inf(1), Max: math.Inf(-1)}
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return Spread{}, fmt.Errorf("analysis: spread of runs: run %d has %g, must be finite", i+1, v)
		}
		s.Min, s.Max = min(s.Min, v), max(s.Max, v)
	}
	var sd float64
	s.Mean, sd = MeanSD(x)
	n := float64(s.N)
	s.SD = sd * math.Sqrt(n/(n-1))
	return s, nil
}

// T returns how far x, of one more run, lies from the mean, in units of what is
// expected of a run of the same kind:
//
//	t = (x - Mean) / (SD * sqrt(1 + 1/N))
//
// If the values are normally distributed, it has Student's t distribution with
// N-1 degrees of freedom. 0/0 is 0: all runs and x are equal.
func (s Spread) T(x float64) float64 {
	if x == s.Mean {
		return 0
	}
	return (x - s.Mean) / (s.SD * math.Sqrt(1+1/float64(s.N)))
}

// P returns the probability that one more run of the same kind lies at least as
// far from the mean as x: small if x is of something else. Among k comparisons
// of the same thing the smallest P is about 1/k.
func (s Spread) P(x float64) float64 {
	return studentTails(math.Abs(s.T(x)), s.N-1)
}

// studentTails returns the probability that abs(T) >= t of Student's
// distribution with n degrees of freedom, by the finite sums of Abramowitz &
// Stegun (1964), 26.7.3 and 26.7.4. NaN if t is.
func studentTails(t float64, n int) float64 {
	theta := math.Atan(t / math.Sqrt(float64(n)))
	sin, cos := math.Sincos(theta)
	if n%2 == 0 {
		term, sum := 1.0, 1.0
		for k := 2; k < n; k += 2 {
			term *= cos * cos * float64(k-1) / float64(k)
			sum += term
		}
		return max(0, 1-sin*sum) // max keeps a NaN
	}
	sum := 0.0
	term := cos
	for k := 1; k < n; k += 2 {
		if k > 1 {
			term *= cos * cos * float64(k-1) / float64(k)
		}
		sum += term
	}
	return max(0, 1-2/math.Pi*(theta+sin*sum))
}
