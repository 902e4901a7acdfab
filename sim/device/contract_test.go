package device

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/rng"
)

// What does not fit a resolution of 0.1 ms, or is too much with a weight, says
// which parameter it is.
func TestFit(t *testing.T) {
	off := Active{Start: 0.05}
	for _, c := range []struct {
		d      Device
		weight float64
		want   string // of the error; "": there is none
	}{
		{DC{Amplitude: 1, Active: Active{Start: 0.1, Stop: inf}}, 1e3, ""},
		{DC{Active: off}, 1, "start is 0.05 ms, must be a multiple of the resolution (0.1 ms)"},
		{DC{Active: Active{Stop: 0.05}}, 1, "stop is 0.05 ms"},
		{DC{Active: Active{Origin: 0.05}}, 1, "origin is 0.05 ms"},
		{DC{Amplitude: 1e30}, 1e11, "amplitude times weight reaches 1e+41 in size, must be at most 1e+40"},
		{StepCurrent{Times: []float64{1}, Values: []float64{-3}}, 1, ""},
		{StepCurrent{Times: []float64{1, 2.05}, Values: []float64{1, 2}}, 1, "amplitude_times[1] is 2.05 ms"},
		{StepCurrent{Times: []float64{2.01, 2.05}, Values: []float64{1, 2}, AllowOffgridTimes: true}, 1, "amplitude_times[1] is 2.05 ms, must be in a later step"},
		{StepCurrent{Times: []float64{1, 2}, Values: []float64{1, -1e30}}, 1e11, "amplitude_values[1] times weight reaches 1e+41"},
		{StepCurrent{Active: off}, 1, "start is 0.05 ms"},
		{Noise{Mean: 1, Std: 1, Dt: 0.3}, 1, ""},
		{Noise{Dt: 0.25}, 1, "dt is 0.25 ms, must be a multiple"},
		{Noise{Dt: 1e-5}, 1, "dt is 1e-05 ms, must be at least the resolution (0.1 ms)"},
		{Noise{Mean: 1e30}, 1e11, "mean times weight reaches 1e+41"},
		{Noise{Std: 1e30}, 1e11, "std times weight reaches 1e+41"},
		{Noise{Active: off}, 1, "start is 0.05 ms"},
		{Poisson{Rate: 1e10}, 1, ""}, // a mean of 1e6 a step
		{Poisson{Rate: 1.1e10}, 1, "rate is 1.1e+10 spikes/s, must be at most 1e+10"},
		{Poisson{Active: off}, 1, "start is 0.05 ms"},
		{InhomogeneousPoisson{RateTimes: []float64{1, 2}, RateValues: []float64{1, 1e10}}, 1, ""},
		{InhomogeneousPoisson{RateTimes: []float64{1, 2}, RateValues: []float64{1, 1e11}}, 1, "rate_values[1] is 1e+11 spikes/s, must be at most 1e+10"},
		{InhomogeneousPoisson{RateTimes: []float64{0.05}, RateValues: []float64{1}}, 1, "rate_times[0] is 0.05 ms"},
		{InhomogeneousPoisson{Active: off}, 1, "start is 0.05 ms"},
		{SpikeGenerator{Times: []float64{1, 2}, Weights: []float64{1, 2}, Multiplicities: []int{3, 1 << 15}}, 1, ""},
		{SpikeGenerator{Times: []float64{1, 2.05}}, 1, "spike_times[1] is 2.05 ms, must be a multiple"},
		{SpikeGenerator{Times: []float64{1}, Multiplicities: []int{1<<15 + 1}}, 1, "spike_multiplicities[0] is 32769, must be at most 32768"},
		{SpikeGenerator{Times: []float64{1}, Weights: []float64{1e30}}, 1e11, "spike_weights[0] times weight reaches 1e+41"},
		{SpikeGenerator{Active: off}, 1, "start is 0.05 ms"},
	} {
		err := c.d.Fit(onto(t, 1).Clock, c.weight)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v, weight %g: %v, want %q", c.d, c.weight, err, c.want)
		}
	}
}

// No number that is drawn is above what a device says is the most.
func TestMostSpikes(t *testing.T) {
	clock := onto(t, 1).Clock
	times, values := []float64{1, 2, 3}, []float64{100, 70e3, 0}
	for _, c := range []struct {
		d    Emitter
		mean float64 // of the step with most
	}{{Poisson{Rate: 70e3}, 7}, {Poisson{Rate: 100}, 0.01}, {Poisson{}, 0}, {InhomogeneousPoisson{RateTimes: times, RateValues: values}, 7}, {InhomogeneousPoisson{}, 0}, {Poisson{Rate: 70e3}, 7}} {
		want := 0.0
		table := kernel.NewPoissonTable(c.mean)
		for u := range uint32(1 << 16) { // and the first or the last of 16 further bits
			want = math.Max(want, float64(max(table.Draw(u<<16), table.Draw(u<<16|0xffff))))
		}
		if got := c.d.MostSpikes(clock); got != want {
			t.Errorf("%+v: %g, want %g", c.d, got, want)
		}
	}
	if got := (Poisson{Rate: 1e12}).MostSpikes(clock); got != 0 {
		t.Errorf("%g of a rate that is too high, want 0", got)
	}
}

// A recorder gets the numbers of its own words, those of a rate that changes
// where they are in force, in the window, however it asks.
func TestPoissonTrain(t *testing.T) {
	c := onto(t, 1)
	c.Generator, c.Ordinal = 3, 9
	active := Active{Start: 0.3, Stop: 20}
	low, high := kernel.NewPoissonTable(2), kernel.NewPoissonTable(5)
	for _, one := range []struct {
		d  Emitter
		of func(step int64) *kernel.PoissonTable
	}{
		{Poisson{Rate: 20e3, Active: active}, func(int64) *kernel.PoissonTable { return low }},
		{InhomogeneousPoisson{RateTimes: []float64{1, 5, 15}, RateValues: []float64{50e3, 20e3, 0}, Active: active}, func(s int64) *kernel.PoissonTable {
			switch {
			case s < 10 || s >= 150:
				return nil
			case s < 50:
				return high
			}
			return low
		}},
	} {
		want := map[int64]int{}
		for s := int64(4); s <= 200; s++ {
			id, key := rng.ID{Purpose: rng.GeneratorTrain, Pre: 3, Ordinal: 9}, rng.NewKey(c.Seed)
			block := kernel.PoissonBlock(key, id, s)
			if table := one.of(s); table != nil && table.DrawStep(&block, key, id, s) > 0 {
				want[s] = int(table.DrawStep(&block, key, id, s))
			}
		}
		train, err := one.d.Train(c)
		if err != nil {
			t.Fatal(err)
		}
		for _, cuts := range [][]int64{{0, 300}, {0, 1, 2, 3, 5, 6, 100, 101, 160, 161, 162, 300}} {
			got := map[int64]int{}
			for i := range len(cuts) - 1 {
				train.Spikes(cuts[i], cuts[i+1], func(step int64, n int) { got[step] += n })
			}
			if fmt.Sprint(got) != fmt.Sprint(want) || len(want) < 100 {
				t.Errorf("%+v in %v: %v, want %v", one.d, cuts, got, want)
			}
		}
	}
}

// Inputs of a class that are joined add what they add one after the other, to the
// bit: weights are so different that another order would show.
func TestJoin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, kind := range []string{"spike_generator", "poisson_generator"} {
		const n = 6
		var joined Joiner
		var apart []Input
		for i := range 40 {
			c := onto(t, 1+r.IntN(2))
			c.From = r.IntN(n - c.N + 1)
			c.First, c.Generator = c.From, i
			c.Weight = []float64{[]float64{1, 1e16, -1e16, 1. / 3}[r.IntN(4)]}
			var d Emitter
			switch {
			case kind == "spike_generator":
				g := SpikeGenerator{}
				for s := 1; s < 90; s += 1 + r.IntN(5) {
					g.Times = append(g.Times, float64(s)/10)
				}
				d = g
				c.Delay = []int64{int64(1 + r.IntN(3))}
			case i%2 == 0:
				d = Poisson{Rate: float64(9000 * (i % 3))}
			default:
				d = InhomogeneousPoisson{RateTimes: []float64{0.3, 2.2, 5}, RateValues: []float64{9000, 0, float64(5000 * (1 + i%2))}}
			}
			apart = append(apart, inputOf(t, d, c))
			one := inputOf(t, d, c).(Joiner)
			switch {
			case joined == nil:
				joined = one
			case joined.Class() == nil || joined.Class() != one.Class():
				t.Fatalf("%s: classes %v and %v", kind, joined.Class(), one.Class())
			default:
				joined = joined.Join(one).(Joiner)
			}
		}
		a, b := Inbox{Stride: 1, N: n}, Inbox{Stride: 1, N: n}
		a.Open()
		b.Open()
		for _, from := range []int64{1, 40, 17} { // a run may begin anywhere
			for step := from; step < from+60; step++ {
				joined.Add(&a, step)
				for _, in := range apart {
					in.Add(&b, step)
				}
				if x, y := fmt.Sprintf("%x", a.Ports), fmt.Sprintf("%x", b.Ports); x != y {
					t.Fatalf("%s, step %d: %s, want %s", kind, step, x, y)
				}
				a.Clear()
				b.Clear()
			}
		}
	}
	for name, in := range map[string]Input{"many": inputOf(t, Poisson{Rate: 1}, onto(t, maxInSet+1)), "large": inputOf(t, Poisson{Rate: 5e6}, onto(t, 1)),
		"many of changing rate": inputOf(t, InhomogeneousPoisson{}, onto(t, maxInSet+1))} {
		if c := in.(Joiner).Class(); c != nil {
			t.Errorf("%s: class %v, want none", name, c)
		}
	}
}

// One weight and few spikes a step can go to neurons as they are.
func TestOneWeight(t *testing.T) {
	c := onto(t, 3)
	c.Weight = []float64{7}
	in := inputOf(t, Poisson{Rate: 12e3}, c).(Counter)
	if w, ok := in.OneWeight(); !ok || w != 7 {
		t.Errorf("weight %g, %v, want 7", w, ok)
	}
	want := arrivals(in, 3, 1, 30)
	for step := int64(1); step <= 30; step++ {
		counts := in.Counts(step)
		if (counts == nil) != (step <= 4) {
			t.Errorf("step %d: counts %v", step, counts)
		}
		for k, n := range counts {
			if x := want[[2]int64{step, int64(k)}]; x != 7*float64(n) {
				t.Errorf("step %d: %d spikes, %g added", step, n, x)
			}
		}
	}
	c.Weight = []float64{7, 7, 7}
	if _, ok := in.OneWeight(); ok {
		t.Error("three weights are one")
	}
	if _, ok := inputOf(t, Poisson{Rate: 5e6}, onto(t, 3)).(Counter).OneWeight(); ok {
		t.Error("more than a byte counts can be asked for")
	}
}
