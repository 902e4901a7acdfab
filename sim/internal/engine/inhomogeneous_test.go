package engine

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// With one rate from the first step on it is a Poisson generator, to the bit:
// for one delay and many, in several shards, with means beyond a byte, onto
// neurons with one channel and two.
func TestInhomogeneousWithOneRate(t *testing.T) {
	for _, rate := range []float64{0, 900, 12000, 5e6} {
		for _, delay := range []connect.Distribution{connect.Constant(1.5), connect.Uniform{Min: 0.1, Max: 3}} {
			for _, model := range []neuron.Model{neuron.DefaultIafPscExp(), neuron.DefaultIafPscAlpha(), neuron.Parrot{}} {
				window := device.Active{Start: 2, Stop: 20, Origin: 0.3}
				at := Attachment{Post: Range{0, 4, 60}, Weight: connect.Normal{Mean: 1, SD: 2}, Delay: delay}
				at.Device = device.Poisson{Rate: rate, Active: window}
				p := driven(t, 70, model, 3, at)
				at.Device = device.InhomogeneousPoisson{RateTimes: []float64{0.1}, RateValues: []float64{rate}, Active: window}
				q := driven(t, 70, model, 3, at)
				for s := range 3 {
					want := arrivals(p, s, 1, 250)
					if got := arrivals(q, s, 1, 250); fmt.Sprint(got) != fmt.Sprint(want) || len(want) == 0 && rate > 1000 {
						t.Fatalf("rate %g, %s: %d arrivals in shard %d, or others, want %d", rate, model.ModelName(), len(got), s, len(want))
					}
				}
			}
		}
	}
}

// NEST 3.10's inhomogeneous_poisson_generator: rate_values[i] holds for the
// stamps S with rate_times[i] <= S < rate_times[i+1], and nothing comes before
// the first; start < S <= stop on top of that. At 100 spikes a step on average,
// a step without any has a chance of 4e-44.
func TestInhomogeneousWindows(t *testing.T) {
	const much = 1e6
	for _, c := range []struct {
		name string
		d    device.InhomogeneousPoisson
		want []int // stamps
	}{
		{"steps", device.InhomogeneousPoisson{RateTimes: []float64{0.5, 0.9, 1.2}, RateValues: []float64{much, 0, much}}, append(upTo(5, 8), upTo(12, 40)...)},
		{"from the first step", device.InhomogeneousPoisson{RateTimes: []float64{0.1, 0.4}, RateValues: []float64{much, 0}}, upTo(1, 3)},
		{"window", device.InhomogeneousPoisson{RateTimes: []float64{0.5, 0.9, 1.2}, RateValues: []float64{much, 0, much}, Active: device.Active{Start: 0.6, Stop: 1.4}}, append(upTo(7, 8), upTo(12, 14)...)},
		{"origin", device.InhomogeneousPoisson{RateTimes: []float64{0.5}, RateValues: []float64{much}, Active: device.Active{Start: 0.1, Stop: 1, Origin: 1}}, upTo(12, 20)},
		{"off the grid", device.InhomogeneousPoisson{RateTimes: []float64{0.52, 0.9001}, RateValues: []float64{much, 0}, AllowOffgridTimes: true}, upTo(6, 8)},
		{"no rates", device.InhomogeneousPoisson{}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, delay := range []connect.Distribution{connect.Constant(0.7), connect.Uniform{Min: 0.7, Max: 0.7001}} { // both ways to draw
				e := driven(t, 3, neuron.DefaultIafPscExp(), 1, Attachment{Device: c.d, Delay: delay})
				for cut := range int64(20) {
					e.step = cut
					e.seek()
					var got []int
					for s, x := 1, arrivals(e, 0, cut+1, 47); s <= 40; s++ {
						if n := x[[2]int64{int64(s + 7), 1}]; n > 0 {
							got = append(got, s)
						}
					}
					want := slices.DeleteFunc(slices.Clone(c.want), func(s int) bool { return int64(s+7) <= cut })
					if !slices.Equal(got, want) {
						t.Errorf("begun behind step %d: stamps %v, want %v", cut, got, want)
					}
				}
			}
		})
	}
}

// Where rates change within a group of four steps, each step has the numbers
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
	at := Attachment{Delay: connect.Constant(0.1), Device: device.InhomogeneousPoisson{RateTimes: times, RateValues: values}}
	got := arrivals(driven(t, 20, neuron.DefaultIafPscExp(), 1, at), 0, 1, 1300)
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
			at.Device = device.Poisson{Rate: rate}
			poisson[rate] = arrivals(driven(t, 20, neuron.DefaultIafPscExp(), 1, at), 0, 1, 1300)
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
	d := device.InhomogeneousPoisson{RateTimes: []float64{10, 110, 210}, RateValues: []float64{400, 1000, 200}}
	e := driven(t, n, neuron.DefaultIafPscExp(), 1, Attachment{Device: d})
	sum, square := make([]float64, 4), make([]float64, 4)
	perTarget := map[[2]int64]float64{}
	for key, x := range arrivals(e, 0, 1, 3110) {
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

func TestInhomogeneousErrors(t *testing.T) {
	for _, c := range []struct {
		d    device.InhomogeneousPoisson
		want string
	}{
		{device.InhomogeneousPoisson{RateTimes: []float64{1, 2.05}, RateValues: []float64{1, 1}}, "rate_times[1] is 2.05 ms, must be a multiple of the resolution (0.1 ms)"},
		{device.InhomogeneousPoisson{RateTimes: []float64{2.01, 2.05}, RateValues: []float64{1, 1}, AllowOffgridTimes: true}, "rate_times[1] is 2.05 ms, must be in a later step"},
		{device.InhomogeneousPoisson{RateTimes: []float64{1, 2}, RateValues: []float64{1, 1e11}}, "rate_values[1] is 1e+11 spikes/s, must be at most 1e+10"},
		{device.InhomogeneousPoisson{Active: device.Active{Stop: 0.05}}, "stop is 0.05 ms"},
	} {
		at := Attachment{Device: c.d, Post: Range{0, 0, 1}, Weight: connect.Constant(1), Delay: connect.Constant(1)}
		if err := CheckDevice(&at, neuron.Parrot{}, 0.1); err == nil || !contains(err, c.want) {
			t.Errorf("%+v: %v, want %q", c.d, err, c.want)
		}
		_, err := Build(t.Context(), &Description{Resolution: 0.1, Populations: []Population{{Name: "a", N: 1, Model: neuron.Parrot{}}}, Attachments: []Attachment{at}}, Options{Threads: 1})
		if err == nil || !contains(err, "inhomogeneous_poisson_generator: "+c.want) {
			t.Errorf("Build: %+v: %v, want %q", c.d, err, c.want)
		}
	}
}
