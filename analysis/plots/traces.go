package plots

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"slices"

	"cortigo/sim/spikes"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// MaxTraces is the largest number of traces of one plot.
const MaxTraces = 1000

// A Trace is a quantity of a neuron over time, as a multimeter samples it.
type Trace struct {
	Label    string
	TimesMS  []float64 // ms, ascending
	Values   []float64 // one for each time; NaN leaves a gap
	SpikesMS []float64 // optional: when the neuron spiked, ms, ascending
}

// String returns the label and how much there is to draw.
func (t Trace) String() string {
	return fmt.Sprintf("%s: %d values, %d spikes", t.Label, len(t.Values), len(t.SpikesMS))
}

// GoString is String.
func (t Trace) GoString() string { return t.String() }

// A Sampler has the samples that a multimeter took of neurons, as sim.Samples
// does: their times (ms, ascending) and values.
type Sampler interface {
	Of(neuron int32, quantity string) (timesMS, values []float64, err error)
}

// TracesOf returns what a multimeter read of a quantity of some neurons, given
// by their ids, as traces labelled "neuron 1" and so on. spikes, which may be
// nil, is what a spike recorder holds; the spikes of these neurons go to their
// traces. It is an error if a neuron or the quantity was not recorded.
//
//	samples, err := meter.Samples()
//	...
//	traces, err := plots.TracesOf(samples, "V_m", nil, neurons.IDs()...)
func TracesOf(samples Sampler, quantity string, spikes *spikes.Data, ids ...int32) ([]Trace, error) {
	trains := make(map[int32][]float64, len(ids))
	if spikes != nil {
		for _, id := range ids {
			trains[id] = []float64{} // none yet, which is not the same as not recorded
		}
		for i, id := range spikes.Neuron {
			if train, ok := trains[id]; ok {
				trains[id] = append(train, spikes.TimeMS(i))
			}
		}
	}
	traces := make([]Trace, len(ids))
	for i, id := range ids {
		times, values, err := samples.Of(id, quantity)
		if err != nil {
			return nil, fmt.Errorf("plots: %w", err)
		}
		traces[i] = Trace{Label: fmt.Sprintf("neuron %d", id), TimesMS: times, Values: values, SpikesMS: trains[id]}
	}
	return traces, nil
}

// Traces plots traces as lines over time in ms. Spikes are drawn as strokes on
// the threshold: the potential of an integrate-and-fire neuron is reset in the
// step in which it crosses the threshold, so that its samples show no spike. It
// implements plot.Plotter and plot.DataRanger.
//
// Up to MaxLabelled traces have a style each; more are all drawn alike, thin and
// grey. Of many samples in one column of pixels only the first, lowest, highest
// and last are drawn, which gives the same picture (Jugel et al. 2014, M4,
// Proc. VLDB Endow. 7:797).
type Traces struct {
	Theme     Theme
	Traces    []Trace
	Quantity  string  // name and unit of the values
	Threshold float64 // NaN: none

	strokes   bool    // spikes are drawn on the threshold
	low, high float64 // of all values and the threshold
}

// NewTraces returns a plotter of traces. Options: WithTheme, WithQuantity,
// WithThreshold, WithSpikesBelow (no strokes then). It is an error if there are
// no or more than MaxTraces traces, if columns differ in length, times are not
// finite or not ascending, or a value is infinite. Traces without samples leave
// the picture empty.
func NewTraces(traces []Trace, opts ...Option) (*Traces, error) {
	c, err := configure("a plot of traces", 2.6, opts, traceOptions)
	if err != nil {
		return nil, err
	}
	return newTraces(traces, c)
}

func newTraces(traces []Trace, c *config) (*Traces, error) {
	if len(traces) == 0 {
		return nil, errors.New("plots: no traces to draw")
	}
	if len(traces) > MaxTraces {
		return nil, fmt.Errorf("plots: %d traces, at most %d are allowed", len(traces), MaxTraces)
	}
	t := &Traces{Theme: c.theme, Traces: traces, Quantity: c.quantity, Threshold: c.threshold, strokes: !c.spikesBelow}
	t.low, t.high = math.Inf(1), math.Inf(-1)
	for i := range traces {
		if err := traces[i].check(); err != nil {
			return nil, fmt.Errorf("plots: trace %d (%q): %w", i+1, traces[i].Label, err)
		}
		for _, v := range traces[i].Values {
			if !math.IsNaN(v) {
				t.low, t.high = min(t.low, v), max(t.high, v)
			}
		}
	}
	if !math.IsNaN(t.Threshold) {
		t.low, t.high = min(t.low, t.Threshold), max(t.high, t.Threshold)
	}
	if t.low > t.high {
		t.low, t.high = 0, 1
	}
	return t, nil
}

// check reports what makes the trace impossible to draw.
func (t *Trace) check() error {
	if len(t.TimesMS) != len(t.Values) {
		return fmt.Errorf("%d times and %d values, must be as many", len(t.TimesMS), len(t.Values))
	}
	for _, v := range t.Values {
		// Differences of values must be finite too.
		if math.Abs(v) > 1e300 {
			return fmt.Errorf("a value is %g, must be finite and below 1e300", v)
		}
	}
	if err := ascending("time", t.TimesMS); err != nil {
		return err
	}
	return ascending("spike time", t.SpikesMS)
}

// ascending reports times that are not finite or before the previous one.
func ascending(what string, times []float64) error {
	for i, ms := range times {
		if !(math.Abs(ms) <= 1e300) {
			return fmt.Errorf("%s %d is %g ms, must be finite and below 1e300", what, i+1, ms)
		}
		if i > 0 && ms < times[i-1] {
			return fmt.Errorf("%s %d is %g ms, must not be before the one before (%g)", what, i+1, ms, times[i-1])
		}
	}
	return nil
}

// strokeShare is the height of a spike's stroke relative to the range of values.
const strokeShare = 0.2

// base returns where strokes start: at the threshold, else at the highest value.
func (t *Traces) base() float64 {
	if math.IsNaN(t.Threshold) {
		return t.high
	}
	return t.Threshold
}

func (t *Traces) hasStrokes() bool {
	return t.strokes && slices.ContainsFunc(t.Traces, func(tr Trace) bool { return len(tr.SpikesMS) > 0 })
}

// String returns the picture in words.
func (t *Traces) String() string { return t.alt() }

// DataRange returns the range of times in ms, from 0 if they begin just after
// it, and the range of values, threshold and strokes with a little room.
func (t *Traces) DataRange() (xmin, xmax, ymin, ymax float64) {
	xmin, xmax = math.Inf(1), math.Inf(-1)
	for _, tr := range t.Traces {
		for _, times := range [][]float64{tr.TimesMS, tr.SpikesMS} {
			if n := len(times); n > 0 {
				xmin, xmax = min(xmin, times[0]), max(xmax, times[n-1])
			}
		}
	}
	switch {
	case xmin > xmax:
		xmin, xmax = 0, 1
	case xmin > 0 && xmin <= 0.02*xmax: // the first sample is one interval after 0
		xmin = 0
	}
	if xmin == xmax {
		xmin, xmax = xmin-0.5, xmax+0.5
	}
	ymin, ymax = t.low, t.high
	span := ymax - ymin
	if span <= 1e-9*max(math.Abs(ymin), math.Abs(ymax)) { // constant, but for rounding
		return xmin, xmax, ymin - 0.5, ymax + 0.5
	}
	ymin -= 0.05 * span
	if t.hasStrokes() {
		ymax = max(ymax, t.base()+strokeShare*span)
	}
	return xmin, xmax, ymin, ymax + 0.05*span
}

// dashes make lines distinguishable in themes with few colours.
var dashes = [MaxLabelled / 2][]vg.Length{nil, {5, 2}, {1.2, 1.6}, {6, 1.6, 1.2, 1.6}, {11, 3}}

// Style returns the line style of trace i, for a legend of one's own.
func (t *Traces) Style(i int) draw.LineStyle {
	if len(t.Traces) > MaxLabelled {
		return draw.LineStyle{Color: blendOn(t.Theme.Total, 0.7), Width: 0.5}
	}
	s := draw.LineStyle{Color: t.Theme.line(i), Width: 1}
	if t.Theme.Dashed {
		s.Dashes = dashes[i/2%len(dashes)]
	}
	return s
}

// ThresholdStyle returns the line style of the threshold.
func (t *Traces) ThresholdStyle() draw.LineStyle {
	return draw.LineStyle{Color: t.Theme.Total, Width: 0.7, Dashes: []vg.Length{3, 2}}
}

// maxVectorPoints is the largest number of points of lines in an SVG, about 16
// bytes each; more become a picture inside it.
const maxVectorPoints = 40_000

// Plot draws the threshold, the lines, and strokes for spikes.
func (t *Traces) Plot(c draw.Canvas, p *plot.Plot) {
	if dpi, ok := c.Canvas.(interface{ DPI() float64 }); ok {
		t.plot(c, p, dpi.DPI())
		return
	}
	const dpi = 2 * screenDPI
	points := 0
	x, y := p.Transforms(&c)
	for i := range t.Traces {
		for _, line := range t.lines(i, p, x, y, dpi) {
			points += len(line)
		}
		points += 2 * len(t.Traces[i].SpikesMS)
	}
	if points <= maxVectorPoints {
		t.plot(c, p, dpi)
		return
	}
	transparent := color.RGBA{}
	size := c.Size()
	img := vgimg.NewWith(vgimg.UseWH(size.X, size.Y), vgimg.UseDPI(dpi), vgimg.UseBackgroundColor(transparent))
	t.plot(draw.New(img), p, dpi)
	c.DrawImage(c.Rectangle, img.Image())
}

func (t *Traces) plot(c draw.Canvas, p *plot.Plot, dpi float64) {
	x, y := p.Transforms(&c)
	if !math.IsNaN(t.Threshold) && t.Threshold >= p.Y.Min && t.Threshold <= p.Y.Max {
		c.StrokeLine2(t.ThresholdStyle(), c.Min.X, y(t.Threshold), c.Max.X, y(t.Threshold))
	}
	for i := range t.Traces {
		sty := t.Style(i)
		for _, line := range c.ClipLinesXY(t.lines(i, p, x, y, dpi)...) {
			c.StrokeLines(sty, pieces(line)...)
		}
		if !t.strokes {
			continue
		}
		sty.Dashes = nil
		foot, head := y(t.base()), y(t.base()+strokeShare*(t.high-t.low))
		for _, at := range distinct(t.Traces[i].SpikesMS, p, x) {
			c.StrokeLines(sty, c.ClipLinesXY([]vg.Point{{X: at, Y: foot}, {X: at, Y: head}})...)
		}
	}
}

// lines returns trace i as lines, in points of the canvas, broken at gaps, with
// up to four points per column of pixels.
func (t *Traces) lines(i int, p *plot.Plot, x, y func(float64) vg.Length, dpi float64) [][]vg.Point {
	tr := &t.Traces[i]
	// One sample beyond the range on each side, so that lines reach its edges.
	from, _ := slices.BinarySearch(tr.TimesMS, p.X.Min)
	to, _ := slices.BinarySearch(tr.TimesMS, math.Nextafter(p.X.Max, math.Inf(1)))
	from, to = max(from-1, 0), min(to+1, len(tr.TimesMS))
	times, values := tr.TimesMS[from:to], tr.Values[from:to]
	column := func(k int) int { return int(math.Floor(float64(x(times[k])/vg.Inch) * dpi)) }
	var out [][]vg.Point
	var line []vg.Point
	for _, k := range decimate(values, column) {
		if k >= 0 {
			line = append(line, vg.Point{X: x(times[k]), Y: y(values[k])})
			continue
		}
		out, line = appendLine(out, line), nil
	}
	return appendLine(out, line)
}
