package engine

import (
	"math"
	"slices"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/network"
	"cortigo/sim/neuron"
)

// drives returns what drives the elements of shard 0's first block in the steps
// up to n, and checks that a run which begins anywhere finds the same.
func drives(t *testing.T, e *Engine, n int) [][]float64 {
	t.Helper()
	b := e.shards[0].blocks[0]
	get := func() []float64 {
		var x []float64
		for k := range b.N {
			x = append(x, currentNow(b, k))
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
				t.Fatalf("begun after step %d, step %d is driven otherwise", begin, s)
			}
		}
	}
	return all
}

// Without a spread it is a DC, to the bit, beside other currents too.
func TestNoiseWithoutSpread(t *testing.T) {
	window := device.Active{Start: 0.5, Stop: 3}
	for _, delay := range []connect.Distribution{connect.Constant(1), connect.Uniform{Min: 0.3, Max: 2}} {
		build := func(d device.Device) *Engine {
			return driven(t, 20, neuron.DefaultIafPscAlpha(), 1, network.Attachment{Device: device.DC{Amplitude: 0.3, Active: device.Active{Start: 2}}},
				network.Attachment{Device: d, Weight: connect.Uniform{Min: 1, Max: 2}, Delay: delay, Post: network.Range{Population: 0, From: 3, N: 11}})
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

// NEST's documentation of noise_generator: at the ends of the intervals V has a
// standard deviation of std tau_m/C_m sqrt((1-x)/(1+x)), x = exp(-dt/tau_m),
// and the mean of a constant current of as much.
func TestNoiseMembraneSD(t *testing.T) {
	const n = 3000
	m := neuron.DefaultIafPscExp()
	m.Vth = 1e6
	for _, dt := range []float64{0.1, 1, 5} {
		e := driven(t, n, m, 1, network.Attachment{Device: device.Noise{Mean: 100, Std: 300, Dt: dt, Active: device.Active{Start: 1}}, Weight: connect.Constant(0.5)})
		b := e.shards[0].blocks[0]
		every := int64(math.Round(dt * 10))
		advance(t, e, 10+10+every*int64(math.Ceil(1500/float64(every)))) // 15 tau_m, to the end of an interval
		x := math.Exp(-dt / m.TauM)
		mean, sd := 50*m.TauM/m.Cm, 150*m.TauM/m.Cm*math.Sqrt((1-x)/(1+x))
		var sum, square float64
		for _, v := range b.values("V_m") {
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
		at := network.Attachment{Device: c.d, Post: network.Range{Population: 0, From: 0, N: 1}, Weight: connect.Constant(1), Delay: connect.Constant(1)}
		if err := network.CheckDevice(&at, c.model, 0.1); err == nil || !contains(err, c.want) {
			t.Errorf("%+v: %v, want %q", c.d, err, c.want)
		}
		_, err := Build(t.Context(), &network.Description{Resolution: 0.1, Populations: []network.Population{{Name: "a", N: 1, Model: c.model}}, Attachments: []network.Attachment{at}}, Options{Threads: 1})
		if err == nil || !contains(err, c.want) {
			t.Errorf("Build: %+v: %v, want %q", c.d, err, c.want)
		}
	}
	if err := network.CheckDevice(&network.Attachment{Device: device.Noise{Dt: 0.3}, Delay: connect.Constant(1)}, neuron.DefaultIafPscExp(), 0.1); err != nil {
		t.Error(err)
	}
}
