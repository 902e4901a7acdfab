package engine

import (
	"fmt"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/network"
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
				at := network.Attachment{Post: network.Range{Population: 0, From: 4, N: 60}, Weight: connect.Normal{Mean: 1, SD: 2}, Delay: delay}
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
		at := network.Attachment{Device: c.d, Post: network.Range{Population: 0, From: 0, N: 1}, Weight: connect.Constant(1), Delay: connect.Constant(1)}
		if err := network.CheckDevice(&at, neuron.Parrot{}, 0.1); err == nil || !contains(err, c.want) {
			t.Errorf("%+v: %v, want %q", c.d, err, c.want)
		}
		_, err := Build(t.Context(), &network.Description{Resolution: 0.1, Populations: []network.Population{{Name: "a", N: 1, Model: neuron.Parrot{}}}, Attachments: []network.Attachment{at}}, Options{Threads: 1})
		if err == nil || !contains(err, "inhomogeneous_poisson_generator: "+c.want) {
			t.Errorf("Build: %+v: %v, want %q", c.d, err, c.want)
		}
	}
}
