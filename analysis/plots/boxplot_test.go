package plots

import (
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"cortigo/sim/spikes"

	"gonum.org/v1/plot/vg"
)

var white = color.RGBA{R: 255, G: 255, B: 255, A: 255}

// sixValues has, by hand: Q1 2.25, median 3.5, Q3 4.75 (NumPy 2: percentile),
// mean 35/6, whiskers at 1 and 5 (within 1.5 * 2.5 of the box) and the outlier
// 20.
var sixValues = []float64{4, 1, 20, 3, math.NaN(), 2, 5}

// A box stands from quartile to quartile in the row of its sample, the first on
// top; its whiskers, median, mean and outliers lie at their values.
func TestBoxPlaces(t *testing.T) {
	th := Default()
	for _, c := range []struct {
		name         string
		open         bool
		offset, size float64
		fill         color.RGBA
	}{
		{"filled", false, 0, 0.56, blendOn(th.Inhibitory, 0.35)},
		{"open, below the middle", true, -0.2, 0.26, white},
	} {
		b := must(NewBoxPlot([]Sampled{{Name: "none"}, {Name: "x", Values: sixValues, Kind: spikes.Inhibitory}}))
		b.Open, b.Offset, b.Height = c.open, c.offset, c.size
		if x0, x1, y0, y1 := b.DataRange(); x0 != 1 || x1 != 20 || y0 != -0.5 || y1 != 1.5 {
			t.Errorf("%s: range %g to %g, %g to %g, want 1 to 20, -0.5 to 1.5", c.name, x0, x1, y0, y1)
		}
		inks := plotted(t, b, 190, 80)
		low, high := c.offset-c.size/2, c.offset+c.size/2
		if got := of(inks, "area", c.fill); len(got) != 1 || !got[0].box(2.25, 4.75, low, high) {
			t.Errorf("%s: areas %v, want one box from 2.25 to 4.75, %g to %g", c.name, got, low, high)
		}
		lines := of(inks, "line", th.Inhibitory)
		cap0, cap1 := c.offset-c.size/4, c.offset+c.size/4
		for _, want := range [][4]float64{
			{1, 2.25, c.offset, c.offset}, {4.75, 5, c.offset, c.offset}, // whiskers
			{1, 1, cap0, cap1}, {5, 5, cap0, cap1}, // their caps
			{2.25, 4.75, low, high}, // the outline
		} {
			if !slices.ContainsFunc(lines, func(k ink) bool { return k.box(want[0], want[1], want[2], want[3]) }) {
				t.Errorf("%s: no line %v among %v", c.name, want, lines)
			}
		}
		marks := of(inks, "line", th.Text)
		if len(marks) != 2 || !marks[0].box(3.5, 3.5, low, high) || marks[0].dashed || !marks[1].box(35.0/6, 35.0/6, low, high) || !marks[1].dashed {
			t.Errorf("%s: median and mean %+v, want a solid line at 3.5 and a dashed one at 5.83", c.name, marks)
		}
		if rings := of(inks, "ring", th.Inhibitory); len(rings) != 1 || !rings[0].box(20, 20, c.offset, c.offset) {
			t.Errorf("%s: outliers %v, want one at 20", c.name, rings)
		}
		if len(lines)+len(marks)+2 != len(inks) {
			t.Errorf("%s: %d inks, more than one box: %+v", c.name, len(inks), inks)
		}
	}
}

// Where the mean lies on the median it stands out above and below.
func TestMeanOnMedian(t *testing.T) {
	b := must(NewBoxPlot([]Sampled{{Name: "x", Values: []float64{1, 2, 3}}}))
	marks := of(plotted(t, b, 100, 100), "line", Default().Text) // 1 pt is 0.01 of the row
	if len(marks) != 2 || !marks[0].box(2, 2, -0.28, 0.28) || !marks[1].box(2, 2, -0.304, 0.304) {
		t.Errorf("%+v, want a mean that is 2.4 pt longer on both sides", marks)
	}
}

// Outliers on the same spot are one ring, those apart are all there.
func TestOutliersThinned(t *testing.T) {
	values := slices.Repeat([]float64{0, 1, 2, 3}, 1000) // box 0.75 to 2.25, outliers beyond 4.5
	for i := range 100 {
		values = append(values, 50+float64(i)/1e6) // 0.00005 pt apart
	}
	values = append(values, 60, 70, 100)
	rings := of(plotted(t, must(NewBoxPlot([]Sampled{{Name: "x", Values: values}})), 100, 100), "ring", Default().Other)
	var at []float64
	for _, r := range rings {
		at = append(at, math.Round(r.at[0][0]))
	}
	if !slices.Equal(at, []float64{50, 60, 70, 100}) {
		t.Errorf("rings at %v, want 50 60 70 100", at)
	}
}

func TestBoxRange(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name       string
		samples    [][]float64
		xmin, xmax float64
	}{
		{"no values", [][]float64{nil, {nan}}, 0, 1},
		{"one value", [][]float64{{7}}, 7, 7},
		{"several", [][]float64{{1, 2}, nil, {-3, 5}}, -3, 5},
		{"outliers on both sides", [][]float64{{-100, 1, 2, 3, 4, 5, 300}}, -100, 300},
	} {
		var samples []Sampled
		for _, v := range c.samples {
			samples = append(samples, Sampled{Name: "x", Values: v})
		}
		if x0, x1, y0, y1 := must(NewBoxPlot(samples)).DataRange(); x0 != c.xmin || x1 != c.xmax || y0 != -0.5 || y1 != float64(len(samples))-0.5 {
			t.Errorf("%s: %g to %g, %g to %g, want %g to %g", c.name, x0, x1, y0, y1, c.xmin, c.xmax)
		}
	}
}

// Colours are of the kind, which the data or the name tells; labels are the
// data's.
func TestBoxKinds(t *testing.T) {
	th := luminance()
	samples := []Sampled{
		{Name: "x", Kind: spikes.Excitatory}, {Name: "inh"}, {Name: "E", Kind: spikes.Other}, {Name: "E", Label: "pyramidal"}, {Name: "y", Kind: "modulatory"},
	}
	want := []color.RGBA{th.Excitatory, th.Inhibitory, th.Other, th.Excitatory, th.Other}
	for i := range samples {
		samples[i].Values = sixValues
	}
	b := must(NewBoxPlot(samples, WithTheme(th)))
	if strings.Join(b.Labels, " ") != "x inh E pyramidal y" || strings.Join(b.Names, " ") != "x inh E E y" {
		t.Errorf("labels %q of %q", b.Labels, b.Names)
	}
	areas := slices.DeleteFunc(plotted(t, b, 100, 100), func(k ink) bool { return k.what != "area" })
	for i, c := range want {
		if y := float64(4 - i); len(areas) != 5 || areas[i].color != blendOn(c, 0.35) || !areas[i].box(2.25, 4.75, y-0.28, y+0.28) {
			t.Errorf("box %d: %+v, want %v in row %g", i, areas[i], c, y)
		}
	}
}

// Rates of a window have what the data say of their populations; silent neurons
// are in, populations that were not recorded are out.
func TestRatesOf(t *testing.T) {
	d := kinds()
	d.Populations[1].Label, d.Populations[2].NotRecorded = "Q", true
	got := must(RatesOf(d))
	want := []Sampled{ // one spike in 100 ms
		{Name: "p", Values: []float64{10, 10}, Kind: spikes.Excitatory},
		{Name: "q", Values: []float64{10, 10}, Kind: spikes.Inhibitory, Label: "Q"},
		{Name: "in", Values: []float64{10, 10}, Kind: spikes.Other}, // input
	}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i, w := range want {
		if g := got[i]; g.Name != w.Name || g.Label != w.Label || g.Kind != w.Kind || !slices.Equal(g.Values, w.Values) {
			t.Errorf("%q %q %q %v, want %q %q %q %v", g.Name, g.Label, g.Kind, g.Values, w.Name, w.Label, w.Kind, w.Values)
		}
	}
	if half := must(RatesOf(d.Window(0, 15))); !slices.Equal(half[0].Values, []float64{1000.0 / 15, 0}) {
		t.Errorf("rates in (0, 15] ms %v, want one spike and a silent neuron", half[0].Values)
	}
}

// The reference's boxes are matched by name, lie below ours and are open; the
// axis begins at 0 and a population without a reference has its own box alone.
func TestBoxFigure(t *testing.T) {
	own := []Sampled{{Name: "exc", Label: "E", Values: sixValues}, {Name: "inh", Label: "I", Values: []float64{8, 9, 10}}}
	ref := &Reference{"NEST", []Sampled{{Name: "other", Values: []float64{99}}, {Name: "inh", Values: []float64{11, 12, 13}}}}
	f := must(BoxPlotFigure(own, ref, WithLabel("ours"), WithTitle("Rates")))
	inks := figureInks(t, f)
	got := texts(inks)
	for _, want := range []string{"Rates", "ours", "NEST", "median", "mean", "E", "I", "firing rate (spikes/s)", "population", "0", "20"} {
		if !slices.Contains(got, want) {
			t.Errorf("texts %q lack %q", got, want)
		}
	}
	if slices.Contains(got, "other") || slices.Contains(got, "100") {
		t.Errorf("texts %q: what is only in the reference is drawn", got)
	}
	th := Default()
	ours, theirs := of(inks, "area", blendOn(th.Inhibitory, 0.35)), of(inks, "area", white)
	// White are the ground, the key and the box.
	box := theirs[len(theirs)-1]
	_, x1, y0, _ := ours[0].bounds()
	bx0, _, _, by1 := box.bounds()
	if len(ours) != 1 || bx0 < x1 || by1 > y0 {
		t.Errorf("ours %v, the reference %v, want it to the right and below", ours, box)
	}
	for _, want := range []string{"ours, median (quartiles): E 3.5 (2.25 to 4.75), I 9 (8.5 to 9.5).", "NEST, median (quartiles): E no values, I 12 (11.5 to 12.5)."} {
		if !strings.Contains(f.Alt, want) {
			t.Errorf("%q lacks %q", f.Alt, want)
		}
	}
	// The axis begins at 0 spikes/s, also where nobody is near it, and all are silent.
	for _, values := range [][]float64{{8, 9, 10}, {0, 0, 0}} {
		p := boxesPlot(th, []*BoxPlot{must(NewBoxPlot([]Sampled{{Name: "x", Values: values}}))})
		if p.X.Min != 0 || !(p.X.Max > values[2]) {
			t.Errorf("values %v: axis from %g to %g", values, p.X.Min, p.X.Max)
		}
	}
	// More populations make a higher figure, within bounds.
	var last vg.Length
	for _, n := range []int{1, 8, 40, 200} {
		f := must(BoxPlotFigure(slices.Repeat(own[:1], n), nil))
		if f.height < last || f.height > 20*vg.Inch || n == 40 && f.height == last {
			t.Errorf("%d populations: %g pt high after %g", n, f.height, last)
		}
		last = f.height
	}
}
