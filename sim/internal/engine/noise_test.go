package engine

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/rng"
	"cortigo/sim/neuron"
)

// drives returns what drives the elements of shard 0's first block in the steps
// up to n, and checks that a run which begins anywhere finds the same.
func drives(t *testing.T, e *Engine, n int) [][]float64 {
	t.Helper()
	b := e.shards[0].blocks[0]
	get := func() []float64 {
		var x []float64
		for k := range b.n {
			x = append(x, element(b.drive, k))
		}
		return x
	}
	var all [][]float64
	b.seek(0)
	for s := 1; s <= n; s++ {
		b.updateDrive(int64(s))
		all = append(all, get())
	}
	for begin := range n {
		b.seek(int64(begin))
		for s := begin + 1; s <= min(n, begin+7); s++ {
			b.updateDrive(int64(s))
			if !slices.Equal(get(), all[s-1]) {
				t.Fatalf("begun behind step %d, step %d is driven otherwise", begin, s)
			}
		}
	}
	return all
}

// Amplitudes change every dt from the onset on: as for a dc_generator, through
// delay d in (start + d, stop + d], with the first step lost at start = 0 (NEST
// 3.10's noise_generator: I(t) is constant in t_0 + j dt < t <= t_0 + (j+1) dt).
func TestNoiseWindows(t *testing.T) {
	active := func(start, stop, origin float64) device.Active {
		return device.Active{Start: start, Stop: stop, Origin: origin}
	}
	for _, c := range []struct {
		name  string
		d     device.Noise
		delay float64
		want  []int // steps in which the current is another than in the step before
	}{
		{"default dt", device.Noise{}, 1, []int{12, 22, 32, 42, 52}}, // start 0: first effect at d + 2h
		{"dt", device.Noise{Dt: 0.5, Active: active(0, 2.5, 0)}, 1, []int{12, 17, 22, 27, 32, 36}},
		{"window", device.Noise{Dt: 0.4, Active: active(1, 2.1, 0)}, 0.5, []int{16, 20, 24, 27}}, // (1.5, 2.6] ms
		{"origin", device.Noise{Dt: 0.4, Active: active(1, 2.1, 0.7)}, 0.5, []int{23, 27, 31, 34}},
		{"before the beginning", device.Noise{Dt: 2, Active: active(-3, 4, 0)}, 0.1, []int{3, 23, 42}},
		{"every step", device.Noise{Dt: 0.1, Active: active(1, 1.3, 0)}, 1, []int{21, 22, 23, 24}},
		{"empty", device.Noise{Active: active(1, 1, 0)}, 1, nil},
		{"infinite stop", device.Noise{Dt: 3, Active: active(1, math.Inf(1), 0)}, 1, []int{21, 51}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.d.Mean, c.d.Std = 10, 3
			e := driven(t, 3, neuron.DefaultIafPscExp(), 1, Attachment{Device: c.d, Delay: connect.Constant(c.delay)})
			all := drives(t, e, 60)
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

// Without a spread it is a DC, to the bit, beside other currents too.
func TestNoiseWithoutSpread(t *testing.T) {
	window := device.Active{Start: 0.5, Stop: 3}
	for _, delay := range []connect.Distribution{connect.Constant(1), connect.Uniform{Min: 0.3, Max: 2}} {
		build := func(d device.Device) *Engine {
			return driven(t, 20, neuron.DefaultIafPscAlpha(), 1, Attachment{Device: device.DC{Amplitude: 0.3, Active: device.Active{Start: 2}}},
				Attachment{Device: d, Weight: connect.Uniform{Min: 1, Max: 2}, Delay: delay, Post: Range{0, 3, 11}})
		}
		noise := drives(t, build(device.Noise{Mean: 7.7, Dt: 0.3, Active: window}), 60)
		dc := drives(t, build(device.DC{Amplitude: 7.7, Active: window}), 60)
		for s := range dc {
			if !slices.Equal(noise[s], dc[s]) {
				t.Fatalf("step %d: %v, want %v", s+1, noise[s], dc[s])
			}
		}
	}
}

// Delays of their own shift the currents of targets and change nothing else, nor
// does the number of shards.
func TestNoiseDelays(t *testing.T) {
	const n = 40
	d := device.Noise{Mean: 1, Std: 1, Dt: 0.7, StdMod: 0.5, Frequency: 100}
	same := drives(t, driven(t, n, neuron.DefaultIafPscExp(), 1, Attachment{Device: d, Delay: connect.Constant(0.1)}), 120)
	e := driven(t, n, neuron.DefaultIafPscExp(), 1, Attachment{Device: d, Delay: connect.Uniform{Min: 0.1, Max: 3}})
	delay, _, err := connections(e, &e.desc.Attachments[0], e.shards[0].blocks[0], 0, n)
	if err != nil {
		t.Fatal(err)
	}
	all := drives(t, e, 120)
	three := driven(t, n, neuron.DefaultIafPscExp(), 3, Attachment{Device: d, Delay: connect.Constant(0.1)})
	for k := range n {
		for s := int(delay[k]); s < 120; s++ {
			if x, want := all[s][k], same[s-int(delay[k])+1][k]; x != want {
				t.Fatalf("step %d, element %d, delay %d: %g, want %g", s+1, k, delay[k], x, want)
			}
		}
	}
	for _, sh := range three.shards {
		b := sh.blocks[0]
		b.seek(0)
		for s := 1; s <= 120; s++ {
			b.updateDrive(int64(s))
			for k, x := range b.drive {
				if want := same[s-1][b.index(k)]; x != want {
					t.Fatalf("shard %d, step %d, neuron %d: %g, want %g", sh.index, s, b.index(k), x, want)
				}
			}
		}
	}
}

// The spread follows the sine where the amplitude is drawn, t_0 + j dt: with
// 250 Hz, onset 2 ms and dt 1 ms the sine is 0, -1, 0, 1 (by hand).
func TestNoiseModulation(t *testing.T) {
	d := device.Noise{Std: 5, StdMod: 4, Frequency: 250, Dt: 1, Active: device.Active{Start: 2}}
	for phase, want := range map[float64][]float64{
		0:   {5, 3, 5, math.Sqrt(41)},
		90:  {3, 5, math.Sqrt(41), 5},
		-90: {math.Sqrt(41), 5, 3, 5},
		30:  {math.Sqrt(25 - 8), math.Sqrt(25 - 16*math.Sqrt(3)/2), math.Sqrt(25 + 8), math.Sqrt(25 + 16*math.Sqrt(3)/2)},
	} {
		d.Phase = phase
		e := driven(t, 1, neuron.DefaultIafPscExp(), 1, Attachment{Device: d})
		in := e.shards[0].blocks[0].current.noise[0]
		for j := range int64(12) {
			if got := in.sd(j); math.Abs(got-want[j%4]) > 1e-12 {
				t.Errorf("phase %g, amplitude %d: SD %g, want %g", phase, j, got, want[j%4])
			}
		}
	}
	// StdMod = Std: where the sine is -1 nothing is left, not NaN.
	d.StdMod, d.Phase = 5, 0
	e := driven(t, 1, neuron.DefaultIafPscExp(), 1, Attachment{Device: d})
	if sd := e.shards[0].blocks[0].current.noise[0].sd(1); !(sd >= 0 && sd < 1e-6) {
		t.Errorf("SD %g, want 0", sd)
	}
}

// Amplitudes are normal, independent of their neighbours in time and space, of
// those of another generator, and of another connection of the same. Limits are
// those of 4 standard errors, a chance of 6e-5 each.
func TestNoiseStatistics(t *testing.T) {
	const n, draws = 300, 400
	d := device.Noise{Mean: 50, Std: 20, Dt: 0.1}
	e := driven(t, n, neuron.DefaultIafPscExp(), 1, Attachment{Device: d}, Attachment{Device: d}, Attachment{Device: d, Ordinal: 1})
	ins := e.shards[0].blocks[0].current.noise
	again := *ins[0] // the generator of the first through another connection
	again.id.Ordinal, again.group = 1, []noiseGroup{ins[0].group[0]}
	again.group[0].amp, again.group[0].spare, again.group[0].drawn = make([]float64, n), make([]float64, n), -1
	z := func(in *noiseInput) [][]float64 {
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
	a, b, c := z(ins[0]), z(ins[1]), z(&again)
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
	checkChiSquared(t, "amplitudes", count, want)
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

// NEST's documentation of noise_generator: at the ends of the intervals V has a
// standard deviation of std tau_m/C_m sqrt((1-x)/(1+x)), x = exp(-dt/tau_m),
// and the mean of a constant current of as much.
func TestNoiseMembraneSD(t *testing.T) {
	const n = 3000
	m := neuron.DefaultIafPscExp()
	m.Vth = 1e6
	for _, dt := range []float64{0.1, 1, 5} {
		e := driven(t, n, m, 1, Attachment{Device: device.Noise{Mean: 100, Std: 300, Dt: dt, Active: device.Active{Start: 1}}, Weight: connect.Constant(0.5)})
		b := e.shards[0].blocks[0]
		every := int64(math.Round(dt * 10))
		advance(t, e, 10+10+every*int64(math.Ceil(1500/float64(every)))) // 15 tau_m, to the end of an interval
		x := math.Exp(-dt / m.TauM)
		mean, sd := 50*m.TauM/m.Cm, 150*m.TauM/m.Cm*math.Sqrt((1-x)/(1+x))
		var sum, square float64
		for _, v := range b.v {
			sum, square = sum+v-mean, square+(v-mean)*(v-mean)
		}
		if z := sum / sd / math.Sqrt(n); math.Abs(z) > 4 {
			t.Errorf("dt %g: mean %g mV, want %g", dt, mean+sum/n, mean)
		}
		if z := (square/sd/sd - n) / math.Sqrt(2*n); math.Abs(z) > 4 {
			t.Errorf("dt %g: SD %g mV, want %g", dt, math.Sqrt(square/n), sd)
		}
	}
}

func TestNoiseErrors(t *testing.T) {
	for _, c := range []struct {
		d     device.Noise
		model neuron.Model
		want  string
	}{
		{device.Noise{Dt: 0.25}, neuron.DefaultIafPscExp(), "dt is 0.25 ms, must be a multiple of the resolution (0.1 ms)"},
		{device.Noise{Dt: 1e-5}, neuron.DefaultIafPscExp(), "dt is 1e-05 ms, must be at least the resolution (0.1 ms)"},
		{device.Noise{Active: device.Active{Start: 0.05}}, neuron.DefaultIafPscExp(), "start is 0.05 ms"},
		{device.Noise{}, neuron.Parrot{}, "noise_generator cannot drive parrot_neuron"},
	} {
		at := Attachment{Device: c.d, Post: Range{0, 0, 1}, Weight: connect.Constant(1), Delay: connect.Constant(1)}
		if err := CheckDevice(&at, c.model, 0.1); err == nil || !contains(err, c.want) {
			t.Errorf("%+v: %v, want %q", c.d, err, c.want)
		}
		_, err := Build(t.Context(), &Description{Resolution: 0.1, Populations: []Population{{Name: "a", N: 1, Model: c.model}}, Attachments: []Attachment{at}}, Options{Threads: 1})
		if err == nil || !contains(err, c.want) {
			t.Errorf("Build: %+v: %v, want %q", c.d, err, c.want)
		}
	}
	if err := CheckDevice(&Attachment{Device: device.Noise{Dt: 0.3}, Delay: connect.Constant(1)}, neuron.DefaultIafPscExp(), 0.1); err != nil {
		t.Error(err)
	}
}

// What a seed draws must not change: every result depends on it.
func TestNoiseGolden(t *testing.T) {
	in := &noiseInput{d: device.Noise{Std: 1}, key: rng.NewKey(7), id: rng.ID{Purpose: rng.NoiseInput, Pre: 3, Post: 2}}
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
