package engine

import (
	"math"
	"slices"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/device"
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
