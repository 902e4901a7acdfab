package plots

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// TracesFigure returns a figure of traces over time, such as membrane
// potentials, 6.5 x 2.6 inches. Spikes are drawn as strokes on the threshold,
// or as ticks in a row per neuron below (WithSpikesBelow; the figure is then
// higher). See NewTraces for options and errors; also WithTitle and WithSize.
func TracesFigure(traces []Trace, opts ...Option) (*Figure, error) {
	c, err := configure("a figure of traces", 2.6, opts, traceOptions, figureOptions)
	if err != nil {
		return nil, err
	}
	rows := len(traces)
	if c.spikesBelow && rows <= MaxTraces {
		// Options are applied to the height with the rows.
		if c, err = configure("a figure of traces", min(2.6+0.5+0.14*float64(rows), 8), opts, traceOptions, figureOptions); err != nil {
			return nil, err
		}
	}
	t, err := newTraces(traces, c)
	if err != nil {
		return nil, err
	}
	f := newFigure(c)
	f.Alt = t.alt()
	f.draw = func(dc draw.Canvas) {
		caption, keys := t.legend()
		title := c.title
		if title == "" {
			title, caption = caption, ""
		}
		dc = header(inset(dc), t.Theme, title, caption, keys)
		dc.Max.Y -= 3
		upper := t.panel(1, !c.spikesBelow)
		if !c.spikesBelow {
			stack(dc, t.Theme, []panel{upper}, 0)
			return
		}
		// Of what is left for data, a row takes 10 points, all rows at most half.
		height := float64(dc.Max.Y-dc.Min.Y) - 40
		upper.share = max(height-10*float64(rows)-6, height/2)
		lower := (&spikeRows{t}).panel(height - upper.share)
		stack(dc, t.Theme, []panel{upper, lower}, 8)
	}
	return f, nil
}

// legend returns a single trace's label, or how many there are, and the keys.
func (t *Traces) legend() (caption string, keys []key) {
	line := func(sty draw.LineStyle) func(*draw.Canvas, vg.Length, vg.Length, vg.Length, vg.Length) {
		return func(c *draw.Canvas, x, y, w, h vg.Length) { c.StrokeLine2(sty, x, y+h/2, x+w, y+h/2) }
	}
	switch n := len(t.Traces); {
	case n == 1:
		caption = t.Traces[0].Label
	case n > MaxLabelled:
		caption = fmt.Sprintf("%d traces", n)
	default:
		for i, tr := range t.Traces {
			sty := t.Style(i)
			sty.Width = 1.5
			keys = append(keys, key{tr.Label, line(sty)})
		}
	}
	if !math.IsNaN(t.Threshold) {
		keys = append(keys, key{"threshold", line(t.ThresholdStyle())})
	}
	if t.hasStrokes() {
		col := color.Color(t.Theme.Text)
		if len(t.Traces) == 1 {
			col = t.Style(0).Color
		}
		keys = append(keys, key{"spike", func(c *draw.Canvas, x, y, w, h vg.Length) {
			c.StrokeLine2(draw.LineStyle{Color: col, Width: 1}, x+w-3, y-0.5, x+w-3, y+h+0.5)
		}})
	}
	return caption, keys
}

func (t *Traces) panel(share float64, xAxis bool) panel {
	p := newPlot(t.Theme)
	p.Add(t)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = t.DataRange()
	p.Y.Tick.Marker = ticks(5)
	bareX(p)
	if xAxis {
		timeAxis(p)
	}
	return panel{p, t.Quantity, share}
}

// spikeRows plots the spikes of traces as ticks, the first trace's on top.
type spikeRows struct{ t *Traces }

// Plot draws the ticks.
func (s *spikeRows) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for i, tr := range s.t.Traces {
		mid := float64(len(s.t.Traces)-1-i) + 0.5
		sty := draw.LineStyle{Color: s.t.Style(i).Color, Width: 1}
		for _, at := range distinct(tr.SpikesMS, p, x) {
			c.StrokeLine2(sty, at, y(mid-0.38), at, y(mid+0.38))
		}
	}
}

func (s *spikeRows) panel(share float64) panel {
	p := newPlot(s.t.Theme)
	n := len(s.t.Traces)
	p.Add(s)
	p.X.Min, p.X.Max, _, _ = s.t.DataRange()
	p.Y.Min, p.Y.Max = 0, float64(n)
	var names plot.ConstantTicks
	if n > 1 && share/float64(n) >= tickSize*0.95 && n <= MaxLabelled {
		for i, tr := range s.t.Traces {
			names = append(names, plot.Tick{Value: float64(n-1-i) + 0.5, Label: tr.Label})
		}
	}
	p.Y.Tick.Marker = names
	p.Y.Tick.Length = 0
	p.Y.LineStyle.Width = 0
	timeAxis(p)
	return panel{p, "spikes", share}
}

func (t *Traces) alt() string {
	x0, x1, _, _ := t.DataRange()
	var parts []string
	for _, tr := range t.Traces {
		low, high := math.Inf(1), math.Inf(-1)
		for _, v := range tr.Values {
			if !math.IsNaN(v) {
				low, high = min(low, v), max(high, v)
			}
		}
		s := fmt.Sprintf("%s %.5g to %.5g", tr.Label, low, high)
		if low > high {
			s = tr.Label + " no samples"
		}
		if tr.SpikesMS != nil {
			s += fmt.Sprintf(", spikes: %d", len(tr.SpikesMS))
		}
		if parts = append(parts, s); len(parts) > MaxLabelled {
			parts = slices.Delete(parts, MaxLabelled, len(parts))
			parts = append(parts, fmt.Sprintf("and %d more", len(t.Traces)-MaxLabelled))
			break
		}
	}
	return fmt.Sprintf("%s against time from %s to %s ms: %s.", t.Quantity, short(x0), short(x1), strings.Join(parts, "; "))
}
