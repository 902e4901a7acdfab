package plots

import (
	"math"
	"slices"
	"strings"
	"testing"

	"cortigo/sim/spikes"
)

// trainOf returns spikes at some steps of 1 ms of the first of two neurons, in
// (0, end].
func trainOf(end int64, steps ...int64) *spikes.Data {
	d := &spikes.Data{Resolution: 1, End: end, Populations: []spikes.Population{{Name: "a", First: 1, N: 2}}, Step: steps}
	d.Neuron = slices.Repeat([]int32{1}, len(steps))
	return d
}

// A bin is a bar from its start to its end, as high as its rate; the axis is
// the window and 5 % more than the highest rate.
func TestRatePlaces(t *testing.T) {
	for _, c := range []struct {
		name  string
		d     *spikes.Data
		bin   float64
		rates []float64 // spikes/s: a spike of 2 neurons in 2 ms is 250
		end   float64   // of the axis
		top   float64
	}{
		{"bins", trainOf(10, 1, 2, 3, 9), 2, []float64{500, 250, 0, 0, 250}, 10, 525},
		{"part-bin", trainOf(11, 2, 11), 2, []float64{250, 0, 0, 0, 0}, 11, 262.5}, // the last ms is left out
		{"no spikes", trainOf(4), 2, []float64{0, 0}, 4, 1},
		{"one spike in one bin", trainOf(2, 2), 2, []float64{250}, 2, 262.5},
	} {
		h := must(NewRateHistogram(c.d, WithBin(c.bin)))
		x0, x1, y0, y1 := h.DataRange()
		if x0 != 0 || x1 != c.end || y0 != 0 || !closeTo(y1, c.top) {
			t.Errorf("%s: axes %g to %g ms, %g to %g spikes/s, want 0 to %g, 0 to %g", c.name, x0, x1, y0, y1, c.end, c.top)
		}
		want := [][2]float64{{0, 0}}
		for i, r := range c.rates {
			want = append(want, [2]float64{float64(i) * c.bin, r}, [2]float64{float64(i+1) * c.bin, r})
		}
		want = append(want, [2]float64{float64(len(c.rates)) * c.bin, 0})
		areas := of(plotted(t, h, 110, 50), "area", Default().Total)
		if len(areas) != 1 || len(areas[0].at) < len(want) {
			t.Errorf("%s: %d areas %v, want one of %v", c.name, len(areas), areas, want)
			continue
		}
		for i, w := range want {
			if got := areas[0].at[i]; !closeTo(got[0], w[0]) || math.Abs(got[1]-w[1]) > 1e-6*c.top {
				t.Errorf("%s: corner %d at %v, want %v", c.name, i, got, w)
			}
		}
		if h.Max() != slices.Max(c.rates) {
			t.Errorf("%s: highest %g", c.name, h.Max())
		}
	}
	// A bin longer than the window: nothing is drawn, and the words say so.
	h := must(NewRateHistogram(trainOf(10, 3), WithBin(20)))
	if inks := plotted(t, h, 100, 50); len(inks) != 0 || !strings.Contains(h.String(), "no whole bin") {
		t.Errorf("%v, %q", inks, h)
	}
}

// Without a choice there are 200 to 500 bins of a round number of ms; fewer
// where the window has no more steps.
func TestDefaultBin(t *testing.T) {
	for _, c := range []struct {
		resolution float64
		steps      int64
		ms         float64
		bins       int
	}{
		{0.1, 10_000, 2, 500},
		{0.1, 4_000, 1, 400},
		{0.1, 10_010, 5, 200},
		{0.1, 100, 0.1, 100}, // a bin is no shorter than a step
		{0.1, 1, 0.1, 1},
		{1, 700, 2, 350},
		{1, 1_000_000, 2000, 500},
		{0.3, 5_000, 3, 500},      // 3 ms, for 5 ms is no multiple
		{1.0 / 3, 3_000, 2, 500},  // 2 ms are 6 steps
		{0.7, 10_000, 14, 500},    // 20 ms are no multiple: 20 steps
		{0.1, 1 << 40, 5e8, 219},  // 35 years
		{0.001, 1000, 0.002, 500}, // 1 ms
	} {
		d := &spikes.Data{Resolution: c.resolution, End: c.steps, Populations: []spikes.Population{{Name: "a", First: 1, N: 1}}}
		h := must(NewRateHistogram(d)).Histogram
		if math.Abs(h.BinMS()-c.ms) > 1e-9*c.ms || len(h.Counts) != c.bins {
			t.Errorf("%d steps of %g ms: %d bins of %g ms, want %d of %g", c.steps, c.resolution, len(h.Counts), h.BinMS(), c.bins, c.ms)
		}
	}
}

// Rates are of the network's own neurons; inputs have panels of their own with
// the same bins, which share its marks.
func TestRatesOfInput(t *testing.T) {
	d := kinds()
	h := must(NewRateHistogram(d, WithBin(10), WithMark(20, 30, "m")))
	if h.Histogram.Neurons != 5 || h.Max() != 20 { // 1 spike of 5 neurons in 10 ms
		t.Errorf("%v, highest %g, want 5 neurons and 20 spikes/s", h.Histogram, h.Max())
	}
	in := must(inputRates(d, h))
	if len(in) != 1 || in[0].Histogram.Neurons != 2 || in[0].Max() != 50 || in[0].Histogram.BinMS() != 10 || in[0].of != "in" {
		t.Fatalf("%+v", in)
	}
	inks := plotted(t, in[0], 100, 50)
	if got := texts(inks); len(got) != 1 || got[0] != "in (input)" {
		t.Errorf("texts %q, want the name", got)
	}
	if bands := of(inks, "area", Default().Mark); len(bands) != 1 || !bands[0].box(20, 30, 0, 52.5) {
		t.Errorf("marks %v", bands)
	}
	bars := of(inks, "area", Default().Total)
	if _, x1, _, y1 := bars[0].bounds(); len(bars) != 1 || x1 != 100 || !closeTo(y1, 50) {
		t.Errorf("bars up to %g ms and %g spikes/s", x1, y1)
	}
}

// A panel's axes are those of its plotter, with the time below the lowest one
// alone.
func TestActivityAxes(t *testing.T) {
	d := kinds()
	count := func(all []string, text string) (n int) {
		for _, s := range all {
			if s == text {
				n++
			}
		}
		return n
	}
	for name, c := range map[string]struct {
		f      *Figure
		inputs int // times that the input is named: in the legend, in its panel
		rate   string
	}{
		"activity":  {must(ActivityFigure(d, WithBin(10), WithTitle("A title"))), 2, "rate (spikes/s)"},
		"histogram": {must(RasterHistogramFigure(d, WithBin(10), WithTitle("A title"))), 2, "rate (Hz)"},
		"rate":      {must(RateFigure(d, WithBin(10), WithTitle("A title"))), 1, "rate (spikes/s)"},
	} {
		f := c.f
		inks := figureInks(t, f)
		got := texts(inks)
		if got[0] != "A title" {
			t.Errorf("%s: at the top %q", name, got[0])
		}
		if count(got, "in (input)") != c.inputs || count(got, "time (ms)") != 1 || count(got, c.rate) != 1 || count(got, "100") < 1 {
			t.Errorf("%s: %q, want the input %d times, the time once, %s once", name, got, c.inputs, c.rate)
		}
		if got[len(got)-1] != "time (ms)" {
			t.Errorf("%s: at the bottom %q, want the time", name, got[len(got)-1])
		}
		for _, k := range inks {
			w, h := f.Size()
			x0, x1, y0, y1 := k.bounds()
			if x0 < 0 || y0 < -1e-9 || x1 > float64(w)*72/96+1e-9 || y1 > float64(h)*72/96+1e-9 {
				t.Errorf("%s: %+v is outside of the picture", name, k)
			}
		}
	}
}
