package plots

import (
	"fmt"
	"math"

	"cortigo/analysis"
	"cortigo/sim/spikes"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// MaxBins is the largest number of bins of a RateHistogram; more could not be
// seen and make an SVG large.
const MaxBins = 20_000

// A RateHistogram plots a population rate in spikes/s against time in ms, as
// filled bins. It implements plot.Plotter and plot.DataRanger.
type RateHistogram struct {
	Histogram *analysis.Histogram
	Theme     Theme

	rates []float64
	marks []Mark
	end   float64 // ms, end of the window
	of    string  // whose rate it is; "": of all neurons
	lacks string  // what was not recorded
}

// NewRateHistogram returns a plotter of the rate of all of d's neurons (its
// Circuit: what was recorded and is not input) in bins from the beginning of d's
// window. Options: WithTheme, WithBin, WithMark. The last
// part-bin is dropped; Histogram.DroppedMS says how long it is.
//
// It is an error if d has no populations or an empty window, if the bin is no
// multiple of the resolution, or for more than MaxBins bins.
func NewRateHistogram(d *spikes.Data, opts ...Option) (*RateHistogram, error) {
	c, err := configure("a rate histogram", 2, opts, rateOptions)
	if err != nil {
		return nil, err
	}
	return newRateHistogram(d, c)
}

func newRateHistogram(d *spikes.Data, c *config) (*RateHistogram, error) {
	if err := checkData(d); err != nil {
		return nil, err
	}
	bin := c.binMS
	if bin == 0 {
		bin = defaultBin(d)
	}
	if n := math.Floor(d.DurationMS() / bin); n > MaxBins {
		return nil, fmt.Errorf("plots: bins of %g ms make %.0f bins, at most %d are allowed", bin, n, MaxBins)
	}
	h, err := analysis.PopulationRate(d, bin)
	if err != nil {
		return nil, err
	}
	return &RateHistogram{Histogram: h, Theme: c.theme, rates: h.Rates(), marks: c.marks, end: d.EndMS(), lacks: notRecorded(d)}, nil
}

// defaultBin returns a round number of ms that makes 200 to 500 bins; where that
// is no multiple of the resolution, or less, a multiple that makes about as many.
func defaultBin(d *spikes.Data) float64 {
	if ms := roundUp(d.DurationMS() / 500); onGrid(d, ms) {
		return ms
	}
	return float64(max(1, (d.End-d.Begin)/500)) * d.Resolution
}

// onGrid reports whether ms is a positive multiple of d's resolution.
func onGrid(d *spikes.Data, ms float64) bool {
	x := ms / d.Resolution
	return x > 0.5 && math.Abs(x-math.Round(x)) <= 1e-6
}

// String returns the picture in words.
func (h *RateHistogram) String() string { return h.alt() }

// Max returns the highest rate of a bin in spikes/s, 0 without spikes.
func (h *RateHistogram) Max() float64 {
	top := 0.0
	for _, r := range h.rates {
		top = max(top, r)
	}
	return top
}

// DataRange returns the window in ms, part-bin included, and 0 to a little above
// the highest rate; 0 to 1 without spikes.
func (h *RateHistogram) DataRange() (xmin, xmax, ymin, ymax float64) {
	top := h.Max() * 1.05
	if top == 0 {
		top = 1
	}
	return h.Histogram.EdgeMS(0), h.end, 0, top
}

// Plot draws marks and the filled bins.
func (h *RateHistogram) Plot(c draw.Canvas, p *plot.Plot) {
	plotMarks(c, p, h.Theme, h.marks, false)
	if h.of != "" {
		sty := textStyle(noteSize, h.Theme.Text)
		sty.XAlign, sty.YAlign = draw.XRight, draw.YTop
		c.FillText(sty, vg.Point{X: c.Max.X, Y: c.Max.Y}, h.of+" (input)")
	}
	if len(h.rates) == 0 {
		return
	}
	x, y := p.Transforms(&c)
	pts := make([]vg.Point, 0, 2*len(h.rates)+2)
	pts = append(pts, vg.Point{X: x(h.Histogram.EdgeMS(0)), Y: y(0)})
	for i, r := range h.rates {
		pts = append(pts,
			vg.Point{X: x(h.Histogram.EdgeMS(i)), Y: y(r)},
			vg.Point{X: x(h.Histogram.EdgeMS(i + 1)), Y: y(r)})
	}
	pts = append(pts, vg.Point{X: x(h.Histogram.EdgeMS(len(h.rates))), Y: y(0)})
	c.FillPolygon(h.Theme.Total, c.ClipPolygonXY(pts))
}

// plotMarks draws bands over the height of the canvas, at least a hair wide.
func plotMarks(c draw.Canvas, p *plot.Plot, t Theme, marks []Mark, labels bool) {
	x, _ := p.Transforms(&c)
	for _, m := range marks {
		if m.EndMS < p.X.Min || m.BeginMS > p.X.Max {
			continue
		}
		x0, x1 := max(x(m.BeginMS), c.Min.X), min(x(m.EndMS), c.Max.X)
		fillRect(&c, t.Mark, x0, c.Min.Y, max(x1, x0+0.75), c.Max.Y)
		if !labels || m.Label == "" {
			continue
		}
		sty := textStyle(noteSize, t.Text)
		at := x0
		if w := sty.Width(m.Label); at+w > c.Max.X {
			at = c.Max.X - w
		}
		c.FillText(sty, vg.Point{X: at, Y: c.Max.Y + 2.5}, m.Label)
	}
}
