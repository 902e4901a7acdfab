package device

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// NEST 3.10's inhomogeneous_poisson_generator: rate_values[i] holds for the
// stamps S with rate_times[i] <= S < rate_times[i+1], and nothing comes before
// the first; start < S <= stop on top of that. At 100 spikes a step on average,
// a step without any has a chance of 4e-44.
func TestInhomogeneousWindows(t *testing.T) {
	const much = 1e6
	for _, c := range []struct {
		name string
		d    InhomogeneousPoisson
		want []int // stamps
	}{
		{"steps", InhomogeneousPoisson{RateTimes: []float64{0.5, 0.9, 1.2}, RateValues: []float64{much, 0, much}}, append(upTo(5, 8), upTo(12, 40)...)},
		{"from the first step", InhomogeneousPoisson{RateTimes: []float64{0.1, 0.4}, RateValues: []float64{much, 0}}, upTo(1, 3)},
		{"window", InhomogeneousPoisson{RateTimes: []float64{0.5, 0.9, 1.2}, RateValues: []float64{much, 0, much}, Active: Active{Start: 0.6, Stop: 1.4}}, append(upTo(7, 8), upTo(12, 14)...)},
		{"origin", InhomogeneousPoisson{RateTimes: []float64{0.5}, RateValues: []float64{much}, Active: Active{Start: 0.1, Stop: 1, Origin: 1}}, upTo(12, 20)},
		{"off the grid", InhomogeneousPoisson{RateTimes: []float64{0.52, 0.9001}, RateValues: []float64{much, 0}, AllowOffgridTimes: true}, upTo(6, 8)},
		{"no rates", InhomogeneousPoisson{}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, delay := range [][]int64{{7}, {7, 7, 7}} { // both ways to draw
				c3 := onto(t, 3)
				c3.Delay = delay
				in := inputOf(t, c.d, c3)
				for cut := range int64(20) {
					var got []int
					for s, x := 1, arrivals(in, 3, cut+1, 47); s <= 40; s++ {
						if n := x[[2]int64{int64(s + 7), 1}]; n > 0 {
							got = append(got, s)
						}
					}
					want := slices.DeleteFunc(slices.Clone(c.want), func(s int) bool { return int64(s+7) <= cut })
					if !slices.Equal(got, want) {
						t.Errorf("begun after step %d: stamps %v, want %v", cut, got, want)
					}
				}
			}
		})
	}
}

// Where rates change within a block of steps, each step has the numbers
// that a Poisson generator of its rate has.
func TestInhomogeneousPieces(t *testing.T) {
	var times, values []float64
	of := []float64{3000, 20000, 0, 9000, 9000, 41000, 3000}
	for i := range 300 { // pieces of 1 to 5 steps
		times, values = append(times, float64(5+i*3+i%3)/10), append(values, of[i%7])
	}
	for i := range 80 { // more rates than tables are kept
		times, values = append(times, float64(1000+2*i)/10), append(values, float64(1000+i))
	}
	c := onto(t, 20)
	c.Delay = []int64{1}
	got := arrivals(inputOf(t, InhomogeneousPoisson{RateTimes: times, RateValues: values}, c), 20, 1, 1300)
	want := map[[2]int64]float64{}
	poisson := map[float64]map[[2]int64]float64{}
	for s := int64(1); s < 1300; s++ {
		rate := 0.0
		for i, t := range times {
			if int64(math.Round(t*10)) <= s {
				rate = values[i]
			}
		}
		if poisson[rate] == nil {
			poisson[rate] = arrivals(inputOf(t, Poisson{Rate: rate}, c), 20, 1, 1300)
		}
		for k := range int64(20) {
			if x := poisson[rate][[2]int64{s + 1, k}]; x != 0 {
				want[[2]int64{s + 1, k}] = x
			}
		}
	}
	if len(want) < 5000 || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%d steps with spikes, or others, want %d", len(got), len(want))
	}
}

// Counts in the windows of several rates against what they should be; limits are
// those of 4 standard errors, a chance of 6e-5 each.
func TestInhomogeneousCounts(t *testing.T) {
	const n = 400
	// The rates of NEST's own test of the model.
	d := InhomogeneousPoisson{RateTimes: []float64{10, 110, 210}, RateValues: []float64{400, 1000, 200}}
	c := onto(t, n)
	c.Delay = []int64{10}
	sum, square := make([]float64, 4), make([]float64, 4)
	perTarget := map[[2]int64]float64{}
	for key, x := range arrivals(inputOf(t, d, c), n, 1, 3110) {
		w := 0
		for _, at := range []int64{100, 1100, 2100} {
			if key[0]-10 >= at {
				w++
			}
		}
		sum[w] += x
		perTarget[[2]int64{int64(w), key[1]}] += x
	}
	want := []float64{0, 40, 100, 20.02} // by target; the last window has 1001 steps
	for key, x := range perTarget {
		square[key[0]] += (x - want[key[0]]) * (x - want[key[0]])
	}
	if sum[0] != 0 {
		t.Errorf("%g spikes before the first rate", sum[0])
	}
	for w := 1; w < 4; w++ {
		if z := (sum[w] - n*want[w]) / math.Sqrt(n*want[w]); math.Abs(z) > 4 {
			t.Errorf("window %d: %g spikes, want %g", w, sum[w], n*want[w])
		}
		// The variance over the mean of counts is 1, with a standard error of sqrt(2/n).
		if z := (square[w]/want[w]/n - 1) / math.Sqrt(2/float64(n)); math.Abs(z) > 4 {
			t.Errorf("window %d: variance %g, want %g", w, square[w]/n, want[w])
		}
	}
}

func upTo(from, to int) (s []int) {
	for i := from; i <= to; i++ {
		s = append(s, i)
	}
	return s
}
