package device

import (
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
