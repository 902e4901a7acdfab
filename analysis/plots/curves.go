package plots

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Curve is one quantity measured at some values of another, such as the cost of
// networks of several sizes.
type Curve struct {
	Name string // in the legend; curves of one name have one colour in all panels
	X, Y []float64
}

// A CurvePanel is one small plot of a CurvesFigure.
type CurvePanel struct {
	X, Y       string // labels of the axes, with units
	LogX, LogY bool   // logarithmic axes; others begin at 0
	Curves     []Curve
}

// curvesPlotter plots the points of a panel, joined by lines, as plot.Plotter and
// plot.DataRanger.
type curvesPlotter struct {
	CurvePanel
	theme Theme
	names []string // of all panels, for the colours
}

// CurvesFigure returns a figure of measured points in small panels, columns of
// them in a row, 6.5 inches wide and 1.9 high a row. Points of a curve are joined
// in the order of X.
//
// Options: WithTheme, WithTitle, WithSize. It is an error if there are no panels,
// more than MaxPanels or columns, more than MaxLabelled names, a curve without
// points, or with a number that is not finite, below 0, or 0 on a logarithmic axis.
func CurvesFigure(columns int, panels []CurvePanel, opts ...Option) (*Figure, error) {
	if len(panels) == 0 {
		return nil, errors.New("plots: no panels to draw")
	}
	if len(panels) > MaxPanels || columns < 1 || columns > MaxPanels {
		return nil, fmt.Errorf("plots: %d panels in %d columns, 1 to %d of both are allowed", len(panels), columns, MaxPanels)
	}
	rows := (len(panels) + columns - 1) / columns
	c, err := configure("a figure of curves", min(1.9*float64(rows)+0.4, 20), opts, []string{"WithTheme"}, figureOptions)
	if err != nil {
		return nil, err
	}
	f := newFigure(c)
	var names []string
	for i, p := range panels {
		for _, k := range p.Curves {
			if err := k.check(p.LogX, p.LogY); err != nil {
				return nil, fmt.Errorf("plots: panel %d, %q over %q: curve %q: %w", i+1, p.Y, p.X, k.Name, err)
			}
			if !slices.Contains(names, k.Name) {
				names = append(names, k.Name)
			}
			f.Alt += fmt.Sprintf("%s over %s, %s: %s. ", p.Y, p.X, k.Name, k.words())
		}
	}
	if len(names) > MaxLabelled {
		return nil, fmt.Errorf("plots: %d names of curves, at most %d can be told apart", len(names), MaxLabelled)
	}
	f.Alt = "Measured points. " + strings.TrimSpace(f.Alt)
	f.draw = func(dc draw.Canvas) { drawCurves(inset(dc), c, columns, panels, names) }
	return f, nil
}

func (k Curve) check(logX, logY bool) error {
	if len(k.X) == 0 || len(k.X) != len(k.Y) {
		return fmt.Errorf("%d values of x and %d of y, must be as many and at least one", len(k.X), len(k.Y))
	}
	for i := range k.X {
		for _, v := range []struct {
			x   float64
			log bool
		}{{k.X[i], logX}, {k.Y[i], logY}} {
			if !(v.x >= 0) || math.IsInf(v.x, 0) || v.log && v.x == 0 {
				return fmt.Errorf("point %d is (%g, %g), must be finite, and above 0 on a logarithmic axis, else at least 0", i+1, k.X[i], k.Y[i])
			}
		}
	}
	return nil
}

// words returns the points in words.
func (k Curve) words() string {
	parts := make([]string, len(k.X))
	for i := range k.X {
		parts[i] = fmt.Sprintf("%.3g at %.3g", k.Y[i], k.X[i])
	}
	return strings.Join(parts, ", ")
}

// DataRange returns the range of the axes: a little more than the points, from 0
// where an axis is not logarithmic.
func (p *curvesPlotter) DataRange() (xmin, xmax, ymin, ymax float64) {
	var x, y []float64
	for _, k := range p.Curves {
		x, y = append(x, k.X...), append(y, k.Y...)
	}
	xmin, xmax = axisRange(x, p.LogX)
	ymin, ymax = axisRange(y, p.LogY)
	return xmin, xmax, ymin, ymax
}

func axisRange(v []float64, log bool) (lo, hi float64) {
	if len(v) == 0 {
		return 0.1, 1
	}
	lo, hi = slices.Min(v), slices.Max(v)
	if log {
		room := math.Pow(max(hi/lo, 2), 0.06)
		return lo / room, hi * room
	}
	if hi == 0 {
		hi = 1
	}
	return 0, 1.06 * hi
}

// Plot draws the curves.
func (p *curvesPlotter) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	for _, k := range p.Curves {
		col := p.theme.line(slices.Index(p.names, k.Name))
		order := make([]int, len(k.X))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int {
			switch {
			case k.X[a] < k.X[b]:
				return -1
			case k.X[a] > k.X[b]:
				return 1
			}
			return 0
		})
		points := make([]vg.Point, len(order))
		for i, at := range order {
			points[i] = vg.Point{X: x(k.X[at]), Y: y(k.Y[at])}
		}
		c.StrokeLines(draw.LineStyle{Color: col, Width: 0.8, Dashes: p.dashes(k.Name)}, points)
		for _, at := range points {
			c.DrawGlyph(draw.GlyphStyle{Color: col, Radius: 1.9, Shape: draw.CircleGlyph{}}, at)
		}
	}
}

// dashes tells curves apart where their colours do not.
func (p *curvesPlotter) dashes(name string) []vg.Length {
	if i := slices.Index(p.names, name); p.theme.Dashed && i > 1 {
		return []vg.Length{vg.Length(1 + i/2), 1.5}
	}
	return nil
}

func (p *curvesPlotter) plot() *plot.Plot {
	plt := newPlot(p.theme)
	plt.Add(p)
	plt.X.Label.Text = p.X
	plt.X.Tick.Marker, plt.Y.Tick.Marker = ticks(4), ticks(4)
	if p.LogX {
		plt.X.Scale, plt.X.Tick.Marker = plot.LogScale{}, logTicks()
	}
	if p.LogY {
		plt.Y.Scale, plt.Y.Tick.Marker = plot.LogScale{}, logTicks()
	}
	return plt
}

// logTicks returns a tick marker with labels at 1, 2 and 5 times powers of ten, or
// where these are many, at powers of ten.
func logTicks() plot.Ticker {
	return plot.TickerFunc(func(lo, hi float64) []plot.Tick {
		if !(lo > 0 && hi > lo) || math.IsInf(hi, 0) {
			return nil
		}
		labelled := []float64{1, 2, 5}
		switch decades := math.Log10(hi / lo); {
		case decades > 2:
			labelled = labelled[:1]
		case decades > 1.1:
			labelled = []float64{1, 3}
		}
		var out []plot.Tick
		for e := int(math.Floor(math.Log10(lo))); e <= int(math.Ceil(math.Log10(hi))); e++ {
			for m := 1.0; m < 10; m++ {
				v := m * math.Pow(10, float64(e))
				if v < lo*(1-1e-9) || v > hi*(1+1e-9) {
					continue
				}
				t := plot.Tick{Value: v}
				if slices.Contains(labelled, m) {
					t.Label = compact(v)
				}
				out = append(out, t)
			}
		}
		return out
	})
}

// compact prints x with thousands as k and millions as M.
func compact(x float64) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1e6, "M"}, {1e3, "k"}} {
		if x >= u.size*(1-1e-9) {
			return strconv.FormatFloat(x/u.size, 'g', 3, 64) + u.name
		}
	}
	return strconv.FormatFloat(x, 'g', 3, 64)
}

// drawCurves draws the panels row by row; axes of a column are aligned.
func drawCurves(dc draw.Canvas, c *config, columns int, panels []CurvePanel, names []string) {
	var keys []key
	for i, name := range names {
		keys = append(keys, key{name, swatch(c.theme.line(i))})
	}
	dc = header(dc, c.theme, c.title, "", keys)
	dc.Max.Y -= 4
	columns = min(columns, len(panels))
	rows := (len(panels) + columns - 1) / columns
	const between vg.Length = 8
	w := (dc.Max.X - dc.Min.X - between*vg.Length(columns-1)) / vg.Length(columns)
	h := (dc.Max.Y - dc.Min.Y - between*vg.Length(rows-1)) / vg.Length(rows)
	for col := range columns {
		var left, right vg.Length
		for _, draw := range []bool{false, true} { // margins first
			for i := col; i < len(panels); i += columns {
				sub := dc
				sub.Min.X = dc.Min.X + vg.Length(col)*(w+between)
				sub.Max.X = sub.Min.X + w
				sub.Max.Y = dc.Max.Y - vg.Length(i/columns)*(h+between)
				sub.Min.Y = sub.Max.Y - h
				p := &curvesPlotter{panels[i], c.theme, names}
				all := []panel{{p.plot(), p.Y, 1}}
				if draw {
					stackWithin(sub, c.theme, all, 0, left, right)
					continue
				}
				l, r := axesMargins(sub, all)
				left, right = max(left, l), max(right, r)
			}
		}
	}
}
