package plots

import (
	"fmt"
	"image/color"
	"strings"

	"cortigo/analysis"
	"cortigo/sim/spikes"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// RatesOf returns the firing rates of those of d's populations that were
// recorded, in spikes/s, silent neurons included, for BoxPlotFigure. It is an
// error if there are none, or if the window is empty.
func RatesOf(d *spikes.Data) ([]Sampled, error) {
	if err := checkData(d); err != nil {
		return nil, err
	}
	var out []Sampled
	for _, p := range d.Recorded() {
		rates, err := analysis.Rates(d, p)
		if err != nil {
			return nil, err
		}
		out = append(out, Sampled{Name: p.Name, Values: rates, Label: p.Label, Kind: kindIn(d, p)})
	}
	return out, nil
}

// A Reference is what box plots are compared with.
type Reference struct {
	Label   string    // for the legend, such as "NEST"
	Samples []Sampled // matched by name; others are ignored
}

// String returns the label and how many samples there are.
func (r Reference) String() string { return fmt.Sprintf("%s: %d samples", r.Label, len(r.Samples)) }

// GoString is String.
func (r Reference) GoString() string { return r.String() }

// RatesReference returns the rates of reference runs in spikes/s, the neurons of
// all runs pooled by population.
func RatesReference(label string, runs []*analysis.Statistics) Reference {
	r := Reference{Label: label}
	index := map[string]int{}
	for _, run := range runs {
		for i := range run.Populations {
			p := &run.Populations[i]
			k, ok := index[p.Name]
			if !ok {
				k = len(r.Samples)
				index[p.Name] = k
				r.Samples = append(r.Samples, Sampled{Name: p.Name})
			}
			r.Samples[k].Values = append(r.Samples[k].Values, p.Rates(run.DurationMS())...)
		}
	}
	return r
}

// BoxPlotFigure returns a figure of the firing rates of populations, in
// spikes/s, the first population on top; with ref, the reference's boxes lie
// below them, open instead of filled. 6.5 inches wide, higher with more
// populations. Options: WithTheme, WithTitle, WithSize, WithLabel. It
// is an error if there are no samples, or if ref has none of them.
func BoxPlotFigure(rates []Sampled, ref *Reference, opts ...Option) (*Figure, error) {
	height := 0.9 + 0.27*float64(len(rates))
	if ref != nil {
		height = 1 + 0.36*float64(len(rates))
	}
	c, err := configure("a box plot figure", min(max(height, 1.8), 20), opts, boxOptions, figureOptions, []string{"WithLabel"})
	if err != nil {
		return nil, err
	}
	own, err := newBoxPlot(rates, c)
	if err != nil {
		return nil, err
	}
	boxes := []*BoxPlot{own}
	f := newFigure(c)
	f.Alt = own.alt(c.own)
	if ref != nil {
		other, err := newBoxPlot(ref.matching(rates), c)
		if err != nil {
			return nil, err
		}
		if empty(other) {
			return nil, fmt.Errorf("plots: reference %q has no values for any of %s", ref.Label, strings.Join(own.Names, ", "))
		}
		own.Offset, own.Height = 0.2, 0.36
		other.Offset, other.Height, other.Open = -0.21, 0.26, true
		boxes = append(boxes, other)
		f.Alt += " " + other.alt(ref.Label)
	}
	f.draw = func(dc draw.Canvas) {
		dc = header(inset(dc), c.theme, c.title, "", boxKeys(c, ref))
		dc.Max.Y -= 2
		stack(dc, c.theme, []panel{{boxesPlot(c.theme, boxes), "population", 1}}, 0)
	}
	return f, nil
}

// matching returns r's samples in the order of rates, empty where r has none.
func (r *Reference) matching(rates []Sampled) []Sampled {
	out := make([]Sampled, len(rates))
	for i, s := range rates {
		out[i].Name, out[i].Label, out[i].Kind = s.Name, s.Label, s.Kind
		for _, t := range r.Samples {
			if t.Name == s.Name {
				out[i].Values = t.Values
			}
		}
	}
	return out
}

func empty(b *BoxPlot) bool {
	for _, s := range b.Stats {
		if s.N > 0 {
			return false
		}
	}
	return true
}

func boxesPlot(t Theme, boxes []*BoxPlot) *plot.Plot {
	p := newPlot(t)
	n := len(boxes[0].Names)
	var names plot.ConstantTicks
	for i, label := range boxes[0].Labels {
		names = append(names, plot.Tick{Value: float64(n - 1 - i), Label: label})
	}
	for _, b := range boxes {
		p.Add(b)
	}
	p.X.Min = min(p.X.Min, 0)
	p.X.Max += 0.02 * (p.X.Max - p.X.Min)
	if p.X.Max == p.X.Min { // all silent
		p.X.Max++
	}
	p.X.Label.Text = "firing rate (spikes/s)"
	p.X.Tick.Marker = ticks(7)
	p.Y.Tick.Marker = names
	p.Y.Tick.Length = 0
	p.Y.LineStyle.Width = 0
	return p
}

// boxKeys explains the signs; grey, because they hold for every colour.
func boxKeys(c *config, ref *Reference) []key {
	grey, white := blendOn(c.theme.Total, 0.35), color.RGBA{R: 255, G: 255, B: 255, A: 255}
	box := func(fill color.RGBA) func(*draw.Canvas, vg.Length, vg.Length, vg.Length, vg.Length) {
		return func(d *draw.Canvas, x, y, w, h vg.Length) {
			fillRect(d, fill, x, y, x+w, y+h)
			d.StrokeLines(draw.LineStyle{Color: c.theme.Total, Width: 0.8}, []vg.Point{{X: x, Y: y}, {X: x + w, Y: y}, {X: x + w, Y: y + h}, {X: x, Y: y + h}, {X: x, Y: y}})
		}
	}
	upright := func(sty draw.LineStyle) func(*draw.Canvas, vg.Length, vg.Length, vg.Length, vg.Length) {
		return func(d *draw.Canvas, x, y, w, h vg.Length) {
			d.StrokeLine2(sty, x+w-3, y-1.5, x+w-3, y+h+1.5)
		}
	}
	var keys []key
	if ref != nil {
		keys = append(keys, key{c.own, box(grey)}, key{ref.Label, box(white)})
	}
	return append(keys,
		key{"median", upright(draw.LineStyle{Color: c.theme.Text, Width: 1.6})},
		key{"mean", upright(draw.LineStyle{Color: c.theme.Text, Width: 1, Dashes: []vg.Length{2, 1.4}})})
}

func (b *BoxPlot) alt(label string) string {
	parts := make([]string, len(b.Stats))
	for i, s := range b.Stats {
		parts[i] = fmt.Sprintf("%s %.3g (%.3g to %.3g)", b.Labels[i], s.Median, s.Q1, s.Q3)
		if s.N == 0 {
			parts[i] = b.Labels[i] + " no values"
		}
	}
	if label != "" {
		label = " in spikes/s, " + label
	}
	return fmt.Sprintf("Box plot of firing rates%s, median (quartiles): %s.", label, strings.Join(parts, ", "))
}
