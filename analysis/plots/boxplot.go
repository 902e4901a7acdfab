package plots

import (
	"errors"
	"fmt"
	"image/color"
	"math"

	"cortigo/analysis"
	"cortigo/sim/spikes"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Sampled is a sample, such as the firing rates of a population.
type Sampled struct {
	Name   string      // by which a Reference finds its own
	Values []float64   // NaN values are dropped
	Label  string      // on the axis; default: the name
	Kind   spikes.Kind // for the colour; default: told from the name, see spikes.KindOf
}

// String returns the name and how many values there are.
func (s Sampled) String() string { return fmt.Sprintf("%s: %d values", s.Name, len(s.Values)) }

// GoString is String.
func (s Sampled) GoString() string { return s.String() }

// A BoxPlot plots the distribution of samples as horizontal boxes, the first on
// top: quartiles (type 7), whiskers to the most extreme values within 1.5
// interquartile ranges, median as a solid line, mean as a dashed one, outliers
// as rings. It implements plot.Plotter and plot.DataRanger. Sample i of n lies
// at y = n-1-i.
type BoxPlot struct {
	Theme  Theme
	Stats  []analysis.BoxStats
	Names  []string
	Labels []string // on the axis
	Open   bool     // boxes are white with a coloured outline, as a reference's
	Offset float64  // of the boxes' centres in y, -0.5 to 0.5
	Height float64  // of the boxes in y, 0 to 1

	kinds []spikes.Kind
}

// NewBoxPlot returns a plotter of samples. Option: WithTheme. It is an error if
// there are none. A sample without values leaves its row empty.
func NewBoxPlot(samples []Sampled, opts ...Option) (*BoxPlot, error) {
	c, err := configure("a box plot", 3, opts, boxOptions)
	if err != nil {
		return nil, err
	}
	return newBoxPlot(samples, c)
}

func newBoxPlot(samples []Sampled, c *config) (*BoxPlot, error) {
	if len(samples) == 0 {
		return nil, errors.New("plots: no samples for a box plot")
	}
	b := &BoxPlot{Theme: c.theme, Height: 0.56}
	for _, s := range samples {
		for _, v := range s.Values {
			if math.IsInf(v, 0) {
				return nil, fmt.Errorf("plots: sample %q has the value %g, must be finite", s.Name, v)
			}
		}
		b.Stats = append(b.Stats, analysis.Box(s.Values))
		as := spikes.Population{Name: s.Name, Label: s.Label, Kind: s.Kind}
		b.Names, b.Labels, b.kinds = append(b.Names, s.Name), append(b.Labels, as.DisplayName()), append(b.kinds, as.Effect())
	}
	return b, nil
}

// String returns the boxes in words.
func (b *BoxPlot) String() string { return b.alt("") }

// DataRange returns the range of all values, and -0.5 to n-0.5.
func (b *BoxPlot) DataRange() (xmin, xmax, ymin, ymax float64) {
	xmin, xmax = math.Inf(1), math.Inf(-1)
	for _, s := range b.Stats {
		if s.N == 0 {
			continue
		}
		lo, hi := s.WhiskerLow, s.WhiskerHigh
		if k := len(s.Outliers); k > 0 {
			lo, hi = min(lo, s.Outliers[0]), max(hi, s.Outliers[k-1])
		}
		xmin, xmax = min(xmin, lo), max(xmax, hi)
	}
	if xmin > xmax {
		xmin, xmax = 0, 1
	}
	return xmin, xmax, -0.5, float64(len(b.Stats)) - 0.5
}

// Plot draws the boxes.
func (b *BoxPlot) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for i, s := range b.Stats {
		if s.N == 0 {
			continue
		}
		at := float64(len(b.Stats)-1-i) + b.Offset
		b.box(&c, s, b.Theme.color(b.kinds[i]), x, y(at), y(at+b.Height/2)-y(at))
	}
}

// box draws one box around the height mid, half up and half down.
func (b *BoxPlot) box(c *draw.Canvas, s analysis.BoxStats, col color.RGBA, x func(float64) vg.Length, mid, half vg.Length) {
	line := draw.LineStyle{Color: col, Width: 0.8}
	for _, w := range [][2]float64{{s.WhiskerLow, s.Q1}, {s.Q3, s.WhiskerHigh}} {
		c.StrokeLine2(line, x(w[0]), mid, x(w[1]), mid)
	}
	for _, w := range []float64{s.WhiskerLow, s.WhiskerHigh} {
		c.StrokeLine2(line, x(w), mid-half*0.5, x(w), mid+half*0.5)
	}
	x0, x1 := x(s.Q1), x(s.Q3)
	fill := blendOn(col, 0.35)
	if b.Open {
		fill = color.RGBA{R: 255, G: 255, B: 255, A: 255}
	}
	fillRect(c, fill, x0, mid-half, x1, mid+half)
	c.StrokeLines(line, []vg.Point{{X: x0, Y: mid - half}, {X: x1, Y: mid - half}, {X: x1, Y: mid + half}, {X: x0, Y: mid + half}, {X: x0, Y: mid - half}})
	median, mean := line, line
	median.Width, median.Color = 1.6, b.Theme.Text
	mean.Width, mean.Color, mean.Dashes = 1, b.Theme.Text, []vg.Length{2, 1.4}
	c.StrokeLine2(median, x(s.Median), mid-half, x(s.Median), mid+half)
	over := vg.Length(0)
	if math.Abs(float64(x(s.Mean)-x(s.Median))) < 1.5 {
		over = 2.4 // or the median would hide it
	}
	c.StrokeLine2(mean, x(s.Mean), mid-half-over, x(s.Mean), mid+half+over)
	ring := draw.GlyphStyle{Color: col, Radius: 1.1, Shape: draw.RingGlyph{}}
	c.SetLineStyle(draw.LineStyle{Color: col, Width: 0.4})
	last := vg.Length(math.Inf(-1))
	for _, v := range s.Outliers {
		// Rings on the same spot look like one; drawing one keeps files small.
		if at := x(v); at-last >= 0.25 {
			c.DrawGlyph(ring, vg.Point{X: at, Y: mid})
			last = at
		}
	}
}
