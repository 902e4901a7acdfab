package plots

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ramp is a trace from -70 to -60 mV in 100 ms, with spikes at 40 and 60.
func ramp(label string) Trace {
	return Trace{Label: label, TimesMS: []float64{0, 50, 100}, Values: []float64{-70, -65, -60}, SpikesMS: []float64{40, 60}}
}

// Lines go through the samples, spikes are strokes on the threshold, 20 % of the
// values' range high.
func TestTracesPlaces(t *testing.T) {
	th := Default()
	for _, c := range []struct {
		name       string
		opts       []Option
		base, head float64 // of the strokes; equal: none
		threshold  bool
	}{
		{"threshold", []Option{WithThreshold(-55)}, -55, -52, true}, // the range is 15 mV
		{"none", nil, -60, -58, false},                              // on the highest value, the range is 10 mV
		{"below", []Option{WithSpikesBelow(), WithThreshold(-55)}, 0, 0, true},
	} {
		tr := must(NewTraces([]Trace{ramp("a"), {Label: "b", TimesMS: []float64{0, 100}, Values: []float64{-61, -62}}}, c.opts...))
		inks := plotted(t, tr, 100, 100)
		a, b := of(inks, "line", th.Lines[0]), of(inks, "line", th.Lines[1])
		line := [][2]float64{{0, -70}, {50, -65}, {100, -60}}
		if len(a) < 1 || !slices.EqualFunc(a[0].at, line, func(p, q [2]float64) bool { return closeTo(p[0], q[0]) && closeTo(p[1], q[1]) }) {
			t.Errorf("%s: line %v, want %v", c.name, a, line)
		}
		if len(b) != 1 || !b[0].box(0, 100, -62, -61) {
			t.Errorf("%s: second line %v", c.name, b)
		}
		var strokes []ink
		if c.base != c.head {
			strokes = a[1:]
			for i, ms := range []float64{40, 60} {
				if len(strokes) != 2 || !strokes[i].box(ms, ms, c.base, c.head) {
					t.Errorf("%s: strokes %v, want at 40 and 60 ms from %g to %g mV", c.name, strokes, c.base, c.head)
				}
			}
		}
		if len(a) != 1+len(strokes) {
			t.Errorf("%s: %d lines", c.name, len(a))
		}
		got := of(inks, "line", th.Total)
		if len(got) != map[bool]int{true: 1}[c.threshold] || c.threshold && (!got[0].dashed || !got[0].box(0, 100, -55, -55)) {
			t.Errorf("%s: threshold %v", c.name, got)
		}
	}
}

// A NaN parts a line; a sample alone is a dash of 1 pt.
func TestTraceGaps(t *testing.T) {
	nan := math.NaN()
	tr := must(NewTraces([]Trace{{TimesMS: []float64{0, 10, 20, 30, 40, 50}, Values: []float64{1, 2, nan, 3, nan, nan}}, {TimesMS: []float64{0, 100}, Values: []float64{0, 0}}}))
	got := of(plotted(t, tr, 100, 100), "line", Default().Lines[0]) // 1 pt is 1 ms
	if len(got) != 2 || !got[0].box(0, 10, 1, 2) || !got[1].box(29.5, 30.5, 3, 3) {
		t.Errorf("%v, want a line to 10 ms and a dash at 30", got)
	}
}

// Lines and strokes end at the axes, wherever the samples are.
func TestTracesClipped(t *testing.T) {
	tr := must(NewTraces([]Trace{ramp("a")}, WithThreshold(-55)))
	p := plot.New()
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 25, 50, -75, -50
	for _, k := range inked(t, 100, 100, func(c draw.Canvas) { tr.Plot(c, p) }) {
		if x0, x1, y0, y1 := k.bounds(); x0 < -1e-9 || x1 > 100+1e-9 || y0 < -1e-9 || y1 > 100+1e-9 {
			t.Errorf("%+v is outside of the axes", k)
		}
	}
	inks := of(inked(t, 100, 100, func(c draw.Canvas) { tr.Plot(c, p) }), "line", Default().Lines[0])
	if len(inks) != 2 || !inks[0].box(0, 100, 30, 40) || !inks[1].box(60, 60, 80, 92) { // -67.5 to -65 mV at 4 pt each; 40 ms
		t.Errorf("%v, want the line from edge to edge and the spike at 40 ms", inks)
	}
	// A threshold beyond the axis is not drawn.
	p.Y.Max = -56
	if got := of(inked(t, 100, 100, func(c draw.Canvas) { tr.Plot(c, p) }), "line", Default().Total); len(got) != 0 {
		t.Errorf("threshold %v", got)
	}
}

// Spikes closer than a quarter of a point are one stroke.
func TestSpikesThinned(t *testing.T) {
	tr := Trace{Label: "a", TimesMS: []float64{0, 1000}, Values: []float64{0, 1}}
	for i := range 1000 {
		tr.SpikesMS = append(tr.SpikesMS, 100+float64(i)/1000) // within 1 ms: 0.1 pt
	}
	tr.SpikesMS = append(tr.SpikesMS, 500, 502, 503, 900)
	var at []float64
	for _, k := range of(plotted(t, must(NewTraces([]Trace{tr})), 100, 100), "line", Default().Lines[0])[1:] {
		at = append(at, math.Round(k.at[0][0]))
	}
	if !slices.Equal(at, []float64{100, 500, 503, 900}) { // 502 is 0.2 pt from 500, 503 is 0.3
		t.Errorf("strokes at %v ms, want 100 500 503 900", at)
	}
}

// What a line through all samples shows is drawn with four points a pixel; it
// reaches the same lowest and highest values in each.
func TestTracesOfManySamples(t *testing.T) {
	tr := Trace{Label: "a"}
	for i := range 100_000 {
		tr.TimesMS, tr.Values = append(tr.TimesMS, float64(i)), append(tr.Values, math.Sin(float64(i)/7000)+float64(i%3))
	}
	lines := of(plotted(t, must(NewTraces([]Trace{tr})), 96, 100), "line", Default().Lines[0])
	points, lowest, highest := 0, math.Inf(1), math.Inf(-1)
	for _, k := range lines {
		points += len(k.at)
		_, _, y0, y1 := k.bounds()
		lowest, highest = min(lowest, y0), max(highest, y1)
		if len(k.at) > piece {
			t.Errorf("a piece of %d points", len(k.at))
		}
	}
	// 96 pt are 256 columns of 1/192 inch; pieces repeat two points in 22.
	if points > 4*257*piece/(piece-2)+piece || points < 3*256 {
		t.Errorf("%d points, want up to four for each of 256 columns", points)
	}
	if low, high := slices.Min(tr.Values), slices.Max(tr.Values); !closeTo(lowest, low) || !closeTo(highest, high) {
		t.Errorf("from %g to %g, want %g to %g", lowest, highest, low, high)
	}
}

// Up to ten traces differ in colour, or, where a theme has few, also in dashes;
// more are alike.
func TestTraceStyles(t *testing.T) {
	for _, th := range []Theme{Default(), Paper(), luminance(), {Name: "without lines"}} {
		for _, n := range []int{1, 2, MaxLabelled, MaxLabelled + 1} {
			tr := must(NewTraces(make([]Trace, n), WithTheme(th)))
			different := map[string]bool{}
			for i := range n {
				s := tr.Style(i)
				different[fmt.Sprint(s.Color, s.Dashes)] = true
			}
			if want := n % (MaxLabelled + 1); len(different) != max(want, 1) {
				t.Errorf("%s: %d styles of %d traces", th.Name, len(different), n)
			}
		}
	}
}

// Spikes below stand in a row of each trace, the first on top, under the same
// time axis.
func TestSpikeRows(t *testing.T) {
	traces := []Trace{ramp("first"), {Label: "second", TimesMS: []float64{0, 100}, Values: []float64{-61, -62}, SpikesMS: []float64{20}}}
	tr := must(NewTraces(traces, WithSpikesBelow()))
	p := plot.New()
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 100, 0, 2
	inks := inked(t, 100, 100, func(c draw.Canvas) { (&spikeRows{tr}).Plot(c, p) })
	want := []struct {
		c             color.RGBA
		ms, low, high float64
	}{{Default().Lines[0], 40, 56, 94}, {Default().Lines[0], 60, 56, 94}, {Default().Lines[1], 20, 6, 44}} // 0.38 of 50 pt around 75 and 25
	for i, w := range want {
		if len(inks) != 3 || inks[i].color != w.c || !inks[i].box(w.ms, w.ms, w.low, w.high) {
			t.Errorf("%+v, want %+v", inks, w)
			break
		}
	}
	f := must(TracesFigure(traces, WithSpikesBelow(), WithQuantity("U (mV)")))
	got := texts(figureInks(t, f))
	for _, want := range []string{"U (mV)", "spikes", "time (ms)", "first", "second", "100"} {
		if !slices.Contains(got, want) {
			t.Errorf("texts %q lack %q", got, want)
		}
	}
	if plain := must(TracesFigure(traces)); plain.height >= f.height {
		t.Errorf("%g pt high with rows, %g without", f.height, plain.height)
	}
	if many := must(TracesFigure(tenTraces(300), WithSpikesBelow())); many.height > 8*vg.Inch+1 {
		t.Errorf("%g pt high with 300 rows, want at most 8 inches", many.height)
	}
}

// Legends name what is drawn: each trace, or how many; threshold and spikes if
// there are any.
func TestTraceLegend(t *testing.T) {
	silent := Trace{Label: "silent", TimesMS: []float64{0, 1}, Values: []float64{0, 1}}
	for _, c := range []struct {
		name    string
		traces  []Trace
		opts    []Option
		caption string
		keys    string
	}{
		{"one", []Trace{ramp("a")}, nil, "a", "spike"},
		{"one with threshold", []Trace{ramp("a")}, []Option{WithThreshold(-50)}, "a", "threshold, spike"},
		{"silent", []Trace{silent}, nil, "silent", ""},
		{"two", []Trace{ramp("a"), silent}, nil, "", "a, silent, spike"},
		{"below", []Trace{ramp("a"), silent}, []Option{WithSpikesBelow()}, "", "a, silent"},
		{"many", slices.Repeat([]Trace{silent}, 11), nil, "11 traces", ""},
	} {
		caption, keys := must(NewTraces(c.traces, c.opts...)).legend()
		var names []string
		for _, k := range keys {
			names = append(names, k.text)
		}
		if got := strings.Join(names, ", "); caption != c.caption || got != c.keys {
			t.Errorf("%s: %q and %q, want %q and %q", c.name, caption, got, c.caption, c.keys)
		}
	}
}

// Times and values choose the axes; one moment or one value has room around it.
func TestTracesAxes(t *testing.T) {
	for _, c := range []struct {
		name           string
		times, values  []float64
		x0, x1, y0, y1 float64
	}{
		{"no samples", nil, nil, 0, 1, -0.05, 1.05},
		{"one", []float64{5}, []float64{3}, 4.5, 5.5, 2.5, 3.5},
		{"constant", []float64{10, 20}, []float64{-70, -70}, 10, 20, -70.5, -69.5},
		{"almost constant", []float64{10, 20}, []float64{-70, -70 + 1e-9}, 10, 20, -70.5, -69.5},
		{"zero", []float64{10, 20}, []float64{0, 0}, 10, 20, -0.5, 0.5},
		{"values", []float64{10, 20}, []float64{-1, 1}, 10, 20, -1.1, 1.1},
		{"from 0", []float64{0.1, 1000}, []float64{-1, 1}, 0, 1000, -1.1, 1.1},
		{"before 0", []float64{-5, 1000}, []float64{-1, 1}, -5, 1000, -1.1, 1.1},
		{"all at one time", []float64{5, 5}, []float64{-1, 1}, 4.5, 5.5, -1.1, 1.1},
	} {
		x0, x1, y0, y1 := must(NewTraces([]Trace{{TimesMS: c.times, Values: c.values}})).DataRange()
		if x0 != c.x0 || x1 != c.x1 || math.Abs(y0-c.y0) > 1e-8 || math.Abs(y1-c.y1) > 1e-8 {
			t.Errorf("%s: %g to %g ms, %g to %g, want %g to %g, %g to %g", c.name, x0, x1, y0, y1, c.x0, c.x1, c.y0, c.y1)
		}
	}
}
