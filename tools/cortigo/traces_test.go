package main

import (
	"math"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"cortigo/analysis/plots"
	"cortigo/arrowio"
	"cortigo/arrowio/nest"
	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// What a multimeter recorded to Parquet or to NEST's files is drawn from there
// with the times at which it was sampled.
func TestTracesOfFiles(t *testing.T) {
	t.Parallel()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, kind := range []string{"parquet", "nest"} {
		net := sim.New(sim.Resolution(0.5))
		cells := net.Create("cells", 2, neuron.DefaultIafPscExp(), sim.Params{"I_e": 200.0})
		meter := net.Create("meter", 1, device.Multimeter{Interval: 1, Quantities: []string{device.Vm}})
		recorder := net.Create("recorder", 1, device.SpikeRecorder{})
		syn := connect.Synapse{Weight: connect.Constant(1), Delay: connect.Constant(1)}
		net.Connect(meter, cells, syn)
		net.Connect(cells, recorder, syn)
		dir := filepath.Join(t.TempDir(), kind)
		var samples *sim.Samples
		switch kind {
		case "parquet":
			c, err := arrowio.RecordParquet(dir, false, meter, recorder)
			must(err)
			must(net.Simulate(t.Context(), 100))
			must(c.Close())
			samples, err = arrowio.ReadSamples(dir)
			must(err)
			d, err := arrowio.ReadSpikes(dir)
			must(err)
			if d.Resolution != 0.5 {
				t.Errorf("the spikes' resolution is %g", d.Resolution)
			}
		case "nest":
			dir = filepath.Dir(dir)
			c, err := nest.Record(dir, "run", false, sim.Join(meter, recorder))
			must(err)
			must(net.Simulate(t.Context(), 100))
			must(c.Close())
			files, err := nest.Files(dir, "run")
			must(err)
			samples, err = nest.ReadSamples(0.5, files[0])
			must(err)
			d, err := nest.ReadSpikes(0.5, nil, files[1])
			must(err)
			if d.Resolution != 0.5 {
				t.Errorf("the spikes' resolution is %g", d.Resolution)
			}
		}
		traces, err := plots.TracesOf(samples, device.Vm, nil, cells.IDs()...)
		must(err)
		// Every ms, that at the end included.
		for i, ms := range traces[0].TimesMS {
			if ms != float64(i+1) {
				t.Fatalf("%s: sample %d is at %g ms", kind, i, ms)
			}
		}
		f, err := plots.TracesFigure(traces)
		must(err)
		svg, err := f.SVG()
		must(err)
		if lo, hi := longLines(t, string(svg)); !(hi-lo > 200) {
			t.Errorf("%s: the lines go from x = %g to %g points", kind, lo, hi)
		}
	}
}

// longLines returns the range of x of the paths with ten points and more, which
// are those of the traces: long ones are drawn in pieces.
func longLines(t *testing.T, svg string) (lo, hi float64) {
	t.Helper()
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, m := range regexp.MustCompile(`<path d="M([^"Z]*)"`).FindAllStringSubmatch(svg, -1) {
		points := strings.Split(m[1], "L")
		if len(points) < 10 {
			continue
		}
		for _, p := range points {
			x, err := strconv.ParseFloat(strings.Split(p, ",")[0], 64)
			if err != nil {
				t.Fatal(err)
			}
			lo, hi = min(lo, x), max(hi, x)
		}
	}
	return lo, hi
}
