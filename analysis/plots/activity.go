package plots

import (
	"fmt"
	"slices"
	"strings"

	"cortigo/analysis"
	"cortigo/sim/spikes"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// RasterFigure returns a figure of d's spikes in d's window, 6.5 x 4 inches. See
// NewRaster for options and errors; also WithTitle and WithSize.
func RasterFigure(d *spikes.Data, opts ...Option) (*Figure, error) {
	c, err := configure("a raster figure", 4, opts, rasterOptions, figureOptions)
	if err != nil {
		return nil, err
	}
	r, err := newRaster(d, c)
	if err != nil {
		return nil, err
	}
	f := newFigure(c)
	f.Alt = r.alt() + "."
	f.draw = func(dc draw.Canvas) {
		dc = r.header(inset(dc), c.title)
		stack(dc, c.theme, []panel{r.panel(dc, c.theme, 1, true)}, 0)
	}
	return f, nil
}

// RateFigure returns a figure of the rate of all of d's neurons, 6.5 x 2 inches;
// populations that are input have a panel of their own.
// See NewRateHistogram for options and errors; also WithTitle and WithSize.
func RateFigure(d *spikes.Data, opts ...Option) (*Figure, error) {
	c, err := configure("a rate figure", 2, opts, rateOptions, figureOptions)
	if err != nil {
		return nil, err
	}
	h, err := newRateHistogram(d, c)
	if err != nil {
		return nil, err
	}
	rates, err := inputRates(d, h)
	if err != nil {
		return nil, err
	}
	f := newFigure(c)
	_, more := inputPanels(rates, c.theme)
	f.Alt = h.alt() + more
	f.Notes = h.notes()
	f.draw = func(dc draw.Canvas) {
		dc = header(inset(dc), c.theme, c.title, h.caption(), nil)
		dc.Max.Y -= 3
		above, _ := inputPanels(rates, c.theme)
		stack(dc, c.theme, append(above, h.panel(c.theme, 1)), 7)
	}
	return f, nil
}

// ActivityFigure returns a raster with the population rate histogram below it,
// sharing x, 6.5 x 5 inches; the rates of populations that are input have panels
// of their own in between. Options and errors are those of NewRaster and
// NewRateHistogram; also WithTitle and WithSize.
func ActivityFigure(d *spikes.Data, opts ...Option) (*Figure, error) {
	c, err := configure("an activity figure", 5, opts, rasterOptions, rateOptions, figureOptions)
	if err != nil {
		return nil, err
	}
	r, err := newRaster(d, c)
	if err != nil {
		return nil, err
	}
	h, err := newRateHistogram(d, c)
	if err != nil {
		return nil, err
	}
	rates, err := inputRates(d, h)
	if err != nil {
		return nil, err
	}
	f := newFigure(c)
	_, more := inputPanels(rates, c.theme)
	f.Alt = r.alt() + ". Below, " + lowerFirst(h.alt()) + more
	f.Notes = h.notes()
	f.draw = func(dc draw.Canvas) {
		dc = r.header(inset(dc), c.title)
		between, _ := inputPanels(rates, c.theme)
		stack(dc, c.theme, slices.Concat([]panel{r.panel(dc, c.theme, 4, false)}, between, []panel{h.panel(c.theme, 1)}), 7)
	}
	return f, nil
}

func newFigure(c *config) *Figure { return &Figure{width: c.width, height: c.height} }

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// header draws the raster's title, caption and legend.
func (r *Raster) header(dc draw.Canvas, title string) draw.Canvas {
	dc = header(dc, r.Theme, title, r.Caption(), r.keys())
	for _, m := range r.marks {
		if m.Label != "" {
			dc.Max.Y -= lineSkip - 3
			break
		}
	}
	dc.Max.Y -= 2
	return dc
}

// keys returns the raster's legend.
func (r *Raster) keys() []key {
	var keys []key
	fromOutside := r.d.Inputs()
	for _, k := range []spikes.Kind{spikes.Excitatory, spikes.Inhibitory} {
		for _, b := range r.bands {
			if b.kind == k && !slices.Contains(fromOutside, b.pop) {
				keys = append(keys, key{string(k), swatch(r.Theme.color(k))})
				break
			}
		}
	}
	for _, in := range inputs(r.d) {
		k := slices.IndexFunc(r.bands, func(b band) bool { return b.pop == in.pops[0] })
		keys = append(keys, key{in.name + " (input)", swatch(r.Theme.color(r.bands[k].kind))})
	}
	if r.Mode == Density {
		keys = append(keys, key{"darker: more spikes per pixel", func(c *draw.Canvas, x, y, w, h vg.Length) {
			const steps = 4
			for i := range steps {
				o := faintest + (1-faintest)*float64(i)/(steps-1)
				x0 := x + w*vg.Length(i)/steps
				fillRect(c, blendOn(r.Theme.Total, o), x0, y, x0+w/steps, y+h)
			}
		}})
	}
	return keys
}

// panel returns the raster as a panel of a figure on dc.
func (r *Raster) panel(dc draw.Canvas, t Theme, share float64, xAxis bool) panel {
	p := newPlot(t)
	p.Add(r)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = r.DataRange()
	// A label needs its height; the raster has about 0.65 of the figure.
	rowHeight := float64(dc.Max.Y-dc.Min.Y) * 0.65 / float64(r.Shown)
	p.Y.Tick.Marker = r.Ticks(tickSize * 1.05 / rowHeight)
	p.Y.Tick.Length = 0
	p.Y.LineStyle.Width = 0
	bareX(p)
	if xAxis {
		timeAxis(p)
	}
	return panel{p, r.rows, share}
}

func timeAxis(p *plot.Plot) {
	p.X.Label.Text = "time (ms)"
	p.X.Tick.Marker = ticks(8)
	p.X.Tick.Length, p.X.LineStyle.Width = 4, 0.6
}

// bareX takes the x axis away from a plot that stands on another.
func bareX(p *plot.Plot) {
	p.X.Tick.Marker = plot.ConstantTicks(nil)
	p.X.Tick.Length = 0
	p.X.LineStyle.Width = 0
}

func (h *RateHistogram) panel(t Theme, share float64) panel {
	p := newPlot(t)
	p.Add(h)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = h.DataRange()
	p.Y.Tick.Marker = ticks(4)
	timeAxis(p)
	return panel{p, "rate (spikes/s)", share}
}

func (h *RateHistogram) caption() string {
	return fmt.Sprintf("rate of all %s neurons, bins of %s ms%s", grouped(h.Histogram.Neurons), short(h.Histogram.BinMS()), h.lacks)
}

func (h *RateHistogram) notes() []string {
	if h.Histogram.DroppedMS == 0 {
		return nil
	}
	return []string{fmt.Sprintf("population rate: the last %s ms, with %d spikes, fill no whole bin of %s ms and are left out", short(h.Histogram.DroppedMS), h.Histogram.DroppedSpikes, short(h.Histogram.BinMS()))}
}

func (h *RateHistogram) alt() string {
	mean, _ := analysis.MeanSD(h.rates)
	if len(h.rates) == 0 {
		return "Population rate: no whole bin."
	}
	of := "Population rate of"
	if h.of != "" {
		of = fmt.Sprintf("Rate of the input %s,", h.of)
	}
	return fmt.Sprintf("%s %s neurons from %s to %s ms in bins of %s ms: mean %.3g, highest %.3g spikes/s%s.",
		of, grouped(h.Histogram.Neurons), short(h.Histogram.EdgeMS(0)), short(h.end), short(h.Histogram.BinMS()), mean, h.Max(), h.lacks)
}

func (r *Raster) alt() string {
	names := make([]string, len(r.groups))
	for i, l := range r.groups {
		names[i] = l.label
	}
	x0, x1, _, _ := r.DataRange()
	return fmt.Sprintf("Raster plot from %s to %s ms, from the top %s: %s", short(x0), short(x1), strings.Join(names, ", "), r.Caption())
}
