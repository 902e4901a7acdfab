package device

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"cortigo/sim/internal/clock"
)

// The examples of NEST 3.10's documentation of spike_generator, at a resolution
// of 0.1 ms, and what follows from its rules.
func TestSpikeGeneratorGrid(t *testing.T) {
	clock, err := clock.New(0.1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		d    SpikeGenerator
		want []int64
		err  string
	}{
		{SpikeGenerator{Times: []float64{1, 1.9999, 3.0001}}, []int64{10, 20, 30}, ""},
		{SpikeGenerator{Times: []float64{1, 2}, Weights: []float64{}, Multiplicities: []int{}}, []int64{10, 20}, ""},
		{SpikeGenerator{Times: []float64{1, 1.05, 3.0001}}, nil, "spike_times[1] is 1.05 ms, must be a multiple of the resolution (0.1 ms)"},
		{SpikeGenerator{Times: []float64{1, 1.05, 3.0001}, AllowOffgridTimes: true}, []int64{10, 11, 30}, ""},
		{SpikeGenerator{Times: []float64{1, 1.05, 3.0001}, PreciseTimes: true}, []int64{10, 11, 31}, ""},
		{SpikeGenerator{Times: []float64{0.1, 0.3, 0.7, 1.1, 4.35, 8.2}, PreciseTimes: true}, []int64{1, 3, 7, 11, 44, 82}, ""},
		{SpikeGenerator{Times: []float64{1.001, 1.099}, AllowOffgridTimes: true}, []int64{11, 11}, ""},
		{SpikeGenerator{Times: []float64{0.04}, AllowOffgridTimes: true}, []int64{1}, ""},
		{SpikeGenerator{Times: []float64{0.0001}, AllowOffgridTimes: true}, nil, "spike_times[0] is 0.0001 ms"}, // rounds to now
		{SpikeGenerator{Times: []float64{0.0001}}, nil, "spike_times[0] is 0.0001 ms"},
		{SpikeGenerator{Times: []float64{0.0001}, PreciseTimes: true}, []int64{1}, ""}, // NEST: step 101 for 10.0001 at 10 ms
		{SpikeGenerator{Times: []float64{0, 0.0001, 0.1, 1.0001}, ShiftNowSpikes: true}, []int64{1, 1, 1, 10}, ""},
		{SpikeGenerator{Times: []float64{0.5, 1, 2}, ShiftNowSpikes: true, Active: Active{Origin: -1, Stop: 5}}, []int64{1, 10}, ""}, // now is at 1
		{SpikeGenerator{Times: []float64{1, 2}, Active: Active{Origin: -1, Stop: 5}}, []int64{10}, ""},
		{SpikeGenerator{Times: []float64{1, 2, 3}, Active: Active{Start: 1, Stop: math.Inf(1)}}, []int64{20, 30}, ""},
		{SpikeGenerator{Times: []float64{1e12}, AllowOffgridTimes: true}, nil, "spike_times[0] is 1e+12 ms, must be within"},
		{SpikeGenerator{Times: []float64{1e12}, PreciseTimes: true}, nil, "spike_times[0] is 1e+12 ms"},
	} {
		if err := c.d.Validate(); err != nil {
			t.Errorf("%+v: %v", c.d, err)
		}
		got, _, err := c.d.spikes(clock)
		if c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) || c.err == "" && (err != nil || !slices.Equal(got, c.want)) {
			t.Errorf("%+v: %v, %v, want %v, %s", c.d, got, err, c.want, c.err)
		}
	}
}

// A spike stamped S passes a window iff start < S <= stop, and arrives at S + d
// (NEST's cases generator_windows, spike_generator_weights and
// spike_generator_multiplicities).
func TestSpikeGeneratorArrivals(t *testing.T) {
	times := []float64{0.1, 1, 1, 1.5, 2, 2.0003, 5}
	for _, c := range []struct {
		name     string
		d        SpikeGenerator
		repeated bool
		w        float64
		want     string
	}{
		{"all", SpikeGenerator{Times: times}, false, 2, "6:2 15:4 20:2 25:4 55:2"},
		{"window", SpikeGenerator{Times: times, Active: Active{Start: 1, Stop: 2}}, false, 2, "20:2 25:4"},
		{"origin", SpikeGenerator{Times: times, Active: Active{Start: 1, Stop: 2, Origin: 3}}, false, 2, "50:2 55:4"},
		{"weights", SpikeGenerator{Times: times, Weights: []float64{1, 2, 3, 4, 5, 6, 7}}, false, 0.5, "6:0.5 15:2.5 20:2 25:5.5 55:3.5"},
		{"multiplicities", SpikeGenerator{Times: times, Multiplicities: []int{1, 0, 3, 1, 1, 1, 1}}, false, 1, "6:1 15:3 20:1 25:2 55:1"},
		{"parrots ignore weights", SpikeGenerator{Times: []float64{1, 2}, Weights: []float64{-5, 0}, Multiplicities: []int{4, 2}}, true, 1, "15:4 25:2"},
		{"none", SpikeGenerator{}, false, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := func(got map[[2]int64]float64) string {
				s := ""
				for step := range int64(100) {
					if x := got[[2]int64{step, 0}]; x != 0 {
						s += fmt.Sprintf(" %d:%g", step, x)
					}
					if got[[2]int64{step, 0}] != got[[2]int64{step, 1}] {
						t.Errorf("step %d: targets differ", step)
					}
				}
				return s[min(1, len(s)):]
			}
			on := onto(t, 2)
			on.Delay, on.Weight, on.Repeated = []int64{5}, []float64{c.w}, c.repeated
			in := inputOf(t, c.d, on)
			if got := text(arrivals(in, 2, 1, 99)); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			for cut := range int64(60) {
				got := arrivals(in, 2, cut+1, 99)
				for key, x := range got {
					if key[0] <= cut || x == 0 {
						t.Errorf("begun after step %d: %g at step %d", cut, x, key[0])
					}
				}
				if s := text(got); len(s) > len(c.want) || c.want[len(c.want)-len(s):] != s {
					t.Errorf("begun after step %d: %q, want the end of %q", cut, s, c.want)
				}
			}
		})
	}
}

// Several spikes of a step are as many for a recorder and a bound on spikes,
// whatever their weights.
func TestSpikeGeneratorTrain(t *testing.T) {
	d := SpikeGenerator{Times: []float64{0.1, 1, 1, 2}, Weights: []float64{0, -1, 3, 0.5}, Multiplicities: []int{1, 2, 3, 0}}
	c := onto(t, 1)
	train, err := d.Train(c)
	if err != nil {
		t.Fatal(err)
	}
	got := map[int64]int{}
	train.Spikes(0, 9, func(step int64, n int) { got[step] += n })
	train.Spikes(9, 30, func(step int64, n int) { got[step] += n })
	if got[1] != 1 || got[10] != 5 || got[20] != 0 || d.MostSpikes(c.Clock) != 5 {
		t.Errorf("%v, at most %g, want 1 at step 1 and 5 at step 10", got, d.MostSpikes(c.Clock))
	}
}
