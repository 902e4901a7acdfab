package plots

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// An SVG keeps its text as text, with the width that it was set in, and names
// other fonts of that width; what it shows is its title.
func TestPortable(t *testing.T) {
	const text = `rates < 5 & "more"`
	f := &Figure{Alt: `a "figure" of <spikes> & rates`, width: 200, height: 100, draw: func(c draw.Canvas) {
		c.FillText(textStyle(12, Default().Text), vg.Point{X: 10, Y: 10}, text)
	}}
	svg := string(must(f.SVG()))
	for _, want := range []string{
		`role="img">` + "\n<title>a &#34;figure&#34; of &lt;spikes&gt; &amp; rates</title>",
		fmt.Sprintf(`textLength="%.2f" lengthAdjust="spacingAndGlyphs"`, textStyle(12, nil).Width(text).Points()),
		"font-family:'Liberation Sans',Arial,Helvetica,sans-serif;",
		">rates &lt; 5 &amp; &#34;more&#34;</text>",
	} {
		if strings.Count(svg, want) != 1 {
			t.Errorf("%d times %s in\n%s", strings.Count(svg, want), want, svg)
		}
	}
	// Pictures within it are PNG, and called so.
	d := must(RasterFigure(kinds(), WithMode(Density)))
	if svg := must(d.SVG()); !bytes.Contains(svg, []byte("data:image/png;base64,iVBOR")) || bytes.Contains(svg, []byte("image/jpg")) {
		t.Error("no PNG in the SVG of a density")
	}
}

// The same figure is the same file, so that a notebook that runs again does not
// change.
func TestSameFile(t *testing.T) {
	for name, make := range figuresOf(kinds()) {
		a, b := must(make()), must(make())
		if !bytes.Equal(must(a.PNG()), must(b.PNG())) || !bytes.Equal(must(a.SVG()), must(b.SVG())) {
			t.Errorf("%s: drawn twice, the files differ", name)
		}
		if !bytes.Equal(must(a.PNG()), must(a.PNG())) {
			t.Errorf("%s: one figure drawn twice differs", name)
		}
	}
}

// Sizes are in inches; pictures have whole pixels of a page.
func TestSizes(t *testing.T) {
	d := kinds()
	for _, c := range []struct {
		f    *Figure
		w, h int // 96 pixels an inch
	}{
		{must(RasterFigure(d)), 624, 384}, // 6.5 x 4 inches
		{must(RateFigure(d)), 624, 192},
		{must(ActivityFigure(d)), 624, 480},
		{must(RasterHistogramFigure(d)), 624, 384},
		{must(RasterGridFigure([]RasterPanel{{"a", d}})), 624, 259},                     // 2.7
		{must(RasterGridFigure([]RasterPanel{{"a", d}, {"b", d}, {"c", d}})), 624, 499}, // 5.2
		{must(RasterFigure(d, WithSize(2, 20))), 192, 1920},
		{must(RasterFigure(d, WithSize(3.003, 4))), 288, 384},
	} {
		if w, h := c.f.Size(); w != c.w || h != c.h {
			t.Errorf("%d x %d pixels, want %d x %d: %v", w, h, c.w, c.h, c.f)
		}
		if w, h := float64(c.f.width)/72*96, float64(c.f.height)/72*96; !closeTo(w, float64(c.w)) || !closeTo(h, float64(c.h)) {
			t.Errorf("drawn at %g x %g pixels, want %d x %d", w, h, c.w, c.h)
		}
	}
}

// However what a figure is made of is printed, it is a line.
func TestStrings(t *testing.T) {
	d := kinds()
	tr := ramp("neuron 1")
	boxes := must(RatesOf(d))
	activity := must(ActivityFigure(d, WithBin(10)))
	if alt, notes := activity.Text(); alt != activity.Alt || len(notes) != 0 {
		t.Errorf("text %q, %q", alt, notes)
	}
	for want, all := range map[string][]any{
		"neuron 1: 3 values, 2 spikes": {tr, &tr},
		"p: 2 values":                  {boxes[0], &boxes[0]},
		"NEST: 4 samples":              {Reference{"NEST", boxes}, &Reference{"NEST", boxes}},
		"Raster plot from 0 to 100 ms, from the top p, q, E, in: all 5 neurons":  {must(NewRaster(d)), activity, must(RasterFigure(d))},
		"Population rate of 5 neurons from 0 to 100 ms in bins of 10 ms":         {must(NewRateHistogram(d, WithBin(10)))},
		"V_m (mV) against time from 0 to 100 ms: neuron 1 -70 to -60, spikes: 2": {must(NewTraces([]Trace{tr}))},
		"Box plot of firing rates, median (quartiles): p 10 (10 to 10), q ":      {must(NewBoxPlot(boxes))},
	} {
		for _, x := range all {
			for _, format := range []string{"%v", "%+v"} {
				if got := fmt.Sprintf(format, x); !strings.HasPrefix(got, want) || len(got) > 400 {
					t.Errorf("%s of %T: %.200q, want %q", format, x, got, want)
				}
			}
		}
	}
	for m, want := range map[Mode]string{Auto: "auto", Sample: "sample", Density: "density", -3: "auto", 9: "density"} {
		if m.String() != want {
			t.Errorf("%d is called %s, want %s", int(m), m, want)
		}
	}
}
