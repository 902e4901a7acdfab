package device

import (
	"maps"
	"math"
	"testing"

	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/rng"
)

// onto is the connections of generator 0 to all n neurons of a population, of
// weight 1 and a delay of 0.4 ms at a resolution of 0.1 ms.
func onto(t testing.TB, n int) *Connections {
	t.Helper()
	c, err := clock.New(0.1)
	if err != nil {
		t.Fatal(err)
	}
	return &Connections{Clock: c, N: n, Stride: 1, Delay: []int64{4}, Weight: []float64{1}, Seed: 6}
}

func inputOf(t *testing.T, d Emitter, c *Connections) Input {
	t.Helper()
	in, err := d.Input(c)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// arrivals returns what an input adds to n elements, by step and element.
func arrivals(in Input, n int, from, to int64) map[[2]int64]float64 {
	got := map[[2]int64]float64{}
	box := Inbox{Stride: 1, N: n, OnePort: true}
	box.Open()
	for step := from; step <= to; step++ {
		in.Add(&box, step)
		for k, x := range box.Ports[0] {
			if x != 0 {
				got[[2]int64{step, int64(k)}] = x
			}
		}
		box.Clear()
	}
	return got
}

// Whatever the rate, from none to more than a byte counts, and whichever way
// numbers are drawn, they are those that the words of (generator, connection,
// neuron, step) select.
func TestPoissonRates(t *testing.T) {
	poissonRates(t, 1, 203)
	poissonRates(t, clock.MaxSteps-100, clock.MaxSteps) // and as late as can be
}

func poissonRates(t *testing.T, from, to int64) {
	for _, rate := range []float64{0, 1e-6, 100, 12e3, 70e3, 80e3, 160e3, 1e6, 1.6e6, 1.8e6, 5e6} { // spikes/s
		d := Poisson{Rate: rate}
		table := kernel.NewPoissonTable(rate * 0.1 / 1000)
		for _, c := range []struct {
			name   string
			n      int
			delays bool
		}{{"together", 50, false}, {"a few", maxInSet, false}, {"one at a time", 50, true}} {
			want, key := map[[2]int64]float64{}, rng.NewKey(6)
			var in Input
			for g := range 2 {
				to2 := onto(t, c.n)
				to2.Generator, to2.Weight = g, []float64{math.Pow(2, float64(20*g))}
				if c.delays {
					to2.Delay = nil
					for k := range c.n {
						to2.Delay = append(to2.Delay, int64(1+7*k%20))
					}
				}
				one, err := d.Input(to2)
				if err != nil {
					t.Fatal(err)
				}
				for k := range c.n {
					for step := from; step <= to; step++ {
						if s := step - to2.DelayOf(k); s >= 1 {
							id := rng.ID{Purpose: rng.PoissonInput, Pre: uint16(g), Element: uint32(k)}
							block := kernel.PoissonBlock(key, id, s)
							if x := table.DrawStep(&block, key, id, s); x > 0 {
								want[[2]int64{step, int64(k)}] += float64(x) * to2.Weight[0]
							}
						}
					}
				}
				switch join, _ := in.(Joiner); {
				case g == 0:
					in = one
				case join.Class() != nil:
					in = join.Join(one)
				default:
					in = both{in, one}
				}
			}
			if _, set := in.(*poissonSet); set != (c.name == "a few" && table.Max() < 256) {
				t.Errorf("%g spikes/s, %s: in a set: %v", rate, c.name, set)
			}
			if got := arrivals(in, c.n, from, to); !maps.Equal(got, want) {
				t.Errorf("%g spikes/s, %s: %d numbers differ from those of the words, or some of %d", rate, c.name, len(got), len(want))
			}
		}
	}
}

type both [2]Input

func (b both) Add(to *Inbox, step int64) {
	b[0].Add(to, step)
	b[1].Add(to, step)
}

// Generators of one rate share a table in a set.
func TestSetSharesTables(t *testing.T) {
	var in Joiner
	for i := range 9 {
		c := onto(t, 1)
		c.Generator, c.From, c.First = i, i, i
		one, err := Poisson{Rate: float64(1000 + 500*(i%3))}.Input(c)
		if err != nil {
			t.Fatal(err)
		}
		if in == nil {
			in = one.(Joiner)
			continue
		}
		if in.Class() != one.(Joiner).Class() {
			t.Fatalf("class %v, want %v", one.(Joiner).Class(), in.Class())
		}
		in = in.Join(one).(Joiner)
	}
	set := in.(*poissonSet)
	for i, m := range set.member {
		if m.element != i || m.table != set.member[i%3].table || i > 0 && i < 3 && m.table == set.member[0].table {
			t.Errorf("member %d, of element %d, does not have the table of its rate", i, m.element)
		}
	}
}

// Means beyond what a byte counts are drawn too.
func TestPoissonLargeMean(t *testing.T) {
	sum, sq, n := 0.0, 0.0, 0.0
	for _, x := range arrivals(inputOf(t, Poisson{Rate: 5e6}, onto(t, 50)), 50, 50, 250) { // 500 a step
		sum, sq, n = sum+x-500, sq+(x-500)*(x-500), n+1
	}
	if n != 50*201 || math.Abs(sum/math.Sqrt(500*n)) > 4 || math.Abs(sq/n/500-1) > 4*math.Sqrt(2/n) {
		t.Errorf("%g numbers, mean off by %g, variance %g", n, sum/n, sq/n)
	}
}

// Trains, of a target and of a recorder, have the mean of their rate, and counts
// in windows of 25 steps a variance of the same.
func TestPoissonTrainMoments(t *testing.T) {
	const steps, window = 100_000, 25
	for _, rate := range []float64{100, 3e3, 16e3, 23e3, 200e3, 5e6} { // spikes/s
		c := onto(t, 1)
		c.Delay = []int64{1}
		trains := map[string][]float64{"target": make([]float64, steps/window), "recorder": make([]float64, steps/window)}
		for key, x := range arrivals(inputOf(t, Poisson{Rate: rate}, c), 1, 2, steps+1) {
			trains["target"][(key[0]-2)/window] += x
		}
		train, err := Poisson{Rate: rate}.Train(c)
		if err != nil {
			t.Fatal(err)
		}
		train.Spikes(0, steps, func(step int64, n int) { trains["recorder"][(step-1)/window] += float64(n) })
		mean := rate * 0.1 / 1000 * window
		between := 0.0
		for i, x := range trains["target"] {
			between += (x - mean) * (trains["recorder"][i] - mean)
		}
		const n = float64(steps / window)
		for name, counts := range trains {
			sum, square := 0.0, 0.0
			for _, x := range counts {
				sum += x - mean
				square += (x - mean) * (x - mean)
			}
			// The variance of a squared deviation is 2 mean^2 + mean.
			if z := sum / math.Sqrt(n*mean); math.Abs(z) > 4 {
				t.Errorf("%g spikes/s, %s: mean off by %.1f standard errors", rate, name, z)
			}
			if z := (square - n*mean) / math.Sqrt(n*(2*mean*mean+mean)); math.Abs(z) > 4 {
				t.Errorf("%g spikes/s, %s: variance off by %.1f standard errors", rate, name, z)
			}
		}
		if z := between / mean / math.Sqrt(n); math.Abs(z) > 4 {
			t.Errorf("%g spikes/s: target and recorder are correlated, by %.1f standard errors", rate, z)
		}
	}
}
