package device

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"cortigo/sim/internal/rng"
)

// noiseOnto is a noise generator's connections to n neurons.
func noiseOnto(t *testing.T, d Noise, n, generator int, ordinal uint32) *noiseCurrent {
	t.Helper()
	c := onto(t, n)
	c.Generator, c.Ordinal = generator, ordinal
	in, err := d.Current(c)
	if err != nil {
		t.Fatal(err)
	}
	return in.(*noiseCurrent)
}

// drives returns what a noise generator drives its targets with in the steps up
// to n, asked only where it says that it changes, and checks that a run which
// begins anywhere finds the same.
func drives(t *testing.T, d Noise, c *Connections, n int) [][]float64 {
	t.Helper()
	in, err := d.Current(c)
	if err != nil {
		t.Fatal(err)
	}
	run := func(begin, end int) (all [][]float64) {
		var sum []float64
		next := int64(begin)
		for s := int64(begin); s <= int64(end); s++ {
			if s >= next {
				sum = make([]float64, c.N)
				next = in.Add(sum, s)
			}
			all = append(all, sum)
		}
		return all
	}
	all := run(1, n)
	for begin := 1; begin <= n; begin++ {
		end := min(n, begin+7)
		for i, sum := range run(begin, end) {
			if !slices.Equal(sum, all[begin+i-1]) {
				t.Fatalf("begun at step %d, step %d is driven otherwise", begin, begin+i)
			}
		}
	}
	return all
}

// Amplitudes change every dt from the onset on: as for a dc_generator, through
// delay d in (start + d, stop + d], with the first step lost at start = 0 (NEST
// 3.10's noise_generator: I(t) is constant in t_0 + j dt < t <= t_0 + (j+1) dt).
func TestNoiseWindows(t *testing.T) {
	active := func(start, stop, origin float64) Active {
		return Active{Start: start, Stop: stop, Origin: origin}
	}
	for _, c := range []struct {
		name  string
		d     Noise
		delay float64
		want  []int // steps in which the current is another than in the step before
	}{
		{"default dt", Noise{}, 1, []int{12, 22, 32, 42, 52}}, // start 0: first effect at d + 2h
		{"dt", Noise{Dt: 0.5, Active: active(0, 2.5, 0)}, 1, []int{12, 17, 22, 27, 32, 36}},
		{"window", Noise{Dt: 0.4, Active: active(1, 2.1, 0)}, 0.5, []int{16, 20, 24, 27}}, // (1.5, 2.6] ms
		{"origin", Noise{Dt: 0.4, Active: active(1, 2.1, 0.7)}, 0.5, []int{23, 27, 31, 34}},
		{"before the beginning", Noise{Dt: 2, Active: active(-3, 4, 0)}, 0.1, []int{3, 23, 42}},
		{"every step", Noise{Dt: 0.1, Active: active(1, 1.3, 0)}, 1, []int{21, 22, 23, 24}},
		{"empty", Noise{Active: active(1, 1, 0)}, 1, nil},
		{"infinite stop", Noise{Dt: 3, Active: active(1, math.Inf(1), 0)}, 1, []int{21, 51}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.d.Mean, c.d.Std = 10, 3
			c3 := onto(t, 3)
			c3.Delay = []int64{int64(math.Round(10 * c.delay))}
			all := drives(t, c.d, c3, 60)
			for k := range 3 {
				var got []int
				before := 0.0
				for s, x := range all {
					if x[k] != before {
						got = append(got, s+1)
					}
					before = x[k]
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("element %d changes in %v, want %v", k, got, c.want)
				}
			}
			for s, x := range all {
				if x[0] != 0 && (x[0] == x[1] || x[1] == x[2] || x[0] == x[2]) {
					t.Errorf("step %d: targets have the same current", s+1)
				}
			}
		})
	}
}

// Delays of their own shift the currents of targets and change nothing else, nor
// does the number of shards.
func TestNoiseDelays(t *testing.T) {
	const n = 40
	d := Noise{Mean: 1, Std: 1, Dt: 0.7, StdMod: 0.5, Frequency: 100}
	c := onto(t, n)
	c.Delay = []int64{1}
	same := drives(t, d, c, 120)
	own := onto(t, n)
	own.Delay = nil
	for k := range n {
		own.Delay = append(own.Delay, int64(1+17*k%30))
	}
	all := drives(t, d, own, 120)
	for k := range n {
		for s := int(own.Delay[k]); s < 120; s++ {
			if x, want := all[s][k], same[s-int(own.Delay[k])+1][k]; x != want {
				t.Fatalf("step %d, element %d, delay %d: %g, want %g", s+1, k, own.Delay[k], x, want)
			}
		}
	}
	for shard := range 3 {
		c := onto(t, (n-shard+2)/3)
		c.Delay, c.First, c.Stride = []int64{1}, shard, 3
		for s, sum := range drives(t, d, c, 120) {
			for k, x := range sum {
				if want := same[s][c.Neuron(k)]; x != want {
					t.Fatalf("shard %d, step %d, neuron %d: %g, want %g", shard, s+1, c.Neuron(k), x, want)
				}
			}
		}
	}
}

// The spread follows the sine where the amplitude is drawn, t_0 + j dt: with
// 250 Hz, onset 2 ms and dt 1 ms the sine is 0, -1, 0, 1 (by hand).
func TestNoiseModulation(t *testing.T) {
	d := Noise{Std: 5, StdMod: 4, Frequency: 250, Dt: 1, Active: Active{Start: 2}}
	for phase, want := range map[float64][]float64{
		0:   {5, 3, 5, math.Sqrt(41)},
		90:  {3, 5, math.Sqrt(41), 5},
		-90: {math.Sqrt(41), 5, 3, 5},
		30:  {math.Sqrt(25 - 8), math.Sqrt(25 - 16*math.Sqrt(3)/2), math.Sqrt(25 + 8), math.Sqrt(25 + 16*math.Sqrt(3)/2)},
	} {
		d.Phase = phase
		in := noiseOnto(t, d, 1, 0, 0)
		for j := range int64(12) {
			if got := in.sd(j); math.Abs(got-want[j%4]) > 1e-12 {
				t.Errorf("phase %g, amplitude %d: SD %g, want %g", phase, j, got, want[j%4])
			}
		}
	}
	// StdMod = Std: where the sine is -1 nothing is left, not NaN.
	d.StdMod, d.Phase = 5, 0
	if sd := noiseOnto(t, d, 1, 0, 0).sd(1); !(sd >= 0 && sd < 1e-6) {
		t.Errorf("SD %g, want 0", sd)
	}
}

// Amplitudes are normal, independent of their neighbours in time and space, of
// those of another generator, and of another connection of the same. Limits are
// those of 4 standard errors, a chance of 6e-5 each.
func TestNoiseStatistics(t *testing.T) {
	const n, draws = 300, 400
	d := Noise{Mean: 50, Std: 20, Dt: 0.1}
	z := func(in *noiseCurrent) [][]float64 {
		var all [][]float64
		for j := range int64(draws) {
			in.draw(&in.group[0], j)
			var row []float64
			for _, x := range in.group[0].amp {
				row = append(row, (x-50)/20)
			}
			all = append(all, row)
		}
		return all
	}
	a, b, c := z(noiseOnto(t, d, n, 0, 0)), z(noiseOnto(t, d, n, 1, 0)), z(noiseOnto(t, d, n, 0, 1))
	var sum, square, fourth, even, odd, space, other, connection float64
	count, want := make([]float64, 16), make([]float64, 16)
	for j := range a {
		for k, x := range a[j] {
			sum, square, fourth = sum+x, square+x*x, fourth+x*x*x*x
			count[max(0, min(15, int(math.Floor(2*x))+8))]++
			if j > 0 && j&1 == 0 {
				even += x * a[j-1][k]
			} else if j > 0 {
				odd += x * a[j-1][k]
			}
			if k > 0 {
				space += x * a[j][k-1]
			}
			other += x * b[j][k]
			connection += x * c[j][k]
		}
	}
	const N = n * draws
	for what, got := range map[string]float64{
		"mean": sum / math.Sqrt(N), "variance": (square - N) / math.Sqrt(2*N), "fourth moment": (fourth - 3*N) / math.Sqrt(96*N),
		"correlation of the numbers of two blocks": even / math.Sqrt(N/2), "correlation within a block": odd / math.Sqrt(N/2),
		"correlation of neighbours": space / math.Sqrt(N), "correlation of generators": other / math.Sqrt(N), "correlation of connections": connection / math.Sqrt(N),
	} {
		if math.Abs(got) > 4 {
			t.Errorf("%s: off by %.1f standard errors", what, got)
		}
	}
	cdf := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	for i := range want {
		lo, hi := cdf(float64(i-8)/2), cdf(float64(i-7)/2)
		if i == 0 {
			lo = 0
		}
		if i == 15 {
			hi = 1
		}
		want[i] = N * (hi - lo)
	}
	chi2 := 0.0
	for i, n := range want {
		chi2 += (count[i] - n) * (count[i] - n) / n
	}
	if chi2 > 44.3 { // of 15 degrees of freedom, a chance of 1e-4
		t.Errorf("chi-squared of the amplitudes is %.1f", chi2)
	}
}

// The two numbers of a block are those of the method of Box and Muller: for
// words that stand for 1/2 and 1/4, sqrt(2 ln 2) times (cos, sin) of a quarter
// turn.
func TestBoxMuller(t *testing.T) {
	x, y := boxMuller([4]uint32{1 << 31, 0, 1 << 30, 0})
	if want := math.Sqrt(2 * math.Ln2); math.Abs(x) > 1e-14 || math.Abs(y-want) > 1e-14 {
		t.Errorf("%g and %g, want 0 and %g", x, y, want)
	}
	x, y = boxMuller([4]uint32{})
	if r := math.Hypot(x, y); math.Abs(r-math.Sqrt(2*53*math.Ln2)) > 1e-12 { // the least uniform number is 2^-53
		t.Errorf("radius %g", r)
	}
	if x, y = boxMuller([4]uint32{1<<32 - 1, 1<<32 - 1, 0, 0}); math.IsNaN(x) || math.IsNaN(y) {
		t.Errorf("%g, %g", x, y)
	}
}

// What a seed draws must not change: every result depends on it.
func TestNoiseGolden(t *testing.T) {
	in := &noiseCurrent{d: Noise{Std: 1}, key: rng.NewKey(7), id: rng.ID{Purpose: rng.NoiseInput, Pre: 3, Post: 2}}
	g := noiseGroup{neuron: []uint32{5}, amp: []float64{0}, spare: []float64{0}, drawn: -1}
	var got []string
	for _, j := range []int64{0, 1, 7, 6, 1<<33 - 1} {
		in.draw(&g, j)
		got = append(got, fmt.Sprintf("%x", g.amp[0]))
	}
	if want := "[0x1.a2bb3010aaee9p+00 0x1.3eab17126f894p+00 0x1.70b22074ea53dp-02 -0x1.bb755f0364879p-02 0x1.d8ad24b7e6743p-02]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %v", got, want)
	}
}
