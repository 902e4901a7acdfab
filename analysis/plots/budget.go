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

// A Budget is a sum and what it consists of, such as the nanoseconds that a
// synaptic event costs.
type Budget struct {
	Label string // what it is, with its unit: "ns per synaptic event"
	Parts []BudgetPart
}

// A BudgetPart is a part of a Budget.
type BudgetPart struct {
	Label string // parts of one label have one colour in all bars
	Value float64
}

// Total returns the sum of the parts.
func (b Budget) Total() float64 {
	sum := 0.0
	for _, p := range b.Parts {
		sum += p.Value
	}
	return sum
}

// String returns the parts in words.
func (b Budget) String() string {
	parts := make([]string, len(b.Parts))
	for i, p := range b.Parts {
		parts[i] = fmt.Sprintf("%s %.3g", p.Label, p.Value)
	}
	return fmt.Sprintf("%s, %.3g in all: %s.", b.Label, b.Total(), strings.Join(parts, ", "))
}

// budgetBar plots a Budget as one horizontal bar, its parts beside one another
// from the left, as plot.Plotter and plot.DataRanger.
type budgetBar struct {
	Budget
	theme  Theme
	labels []string // of all bars, for the colours
}

// DataRange returns 0 to the total, and -0.5 to 0.5.
func (b *budgetBar) DataRange() (xmin, xmax, ymin, ymax float64) { return 0, b.Total(), -0.5, 0.5 }

// Plot draws the bar.
func (b *budgetBar) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	at := 0.0
	for _, part := range b.Parts {
		if part.Value == 0 {
			continue
		}
		x0, x1 := x(at), x(at+part.Value)
		fillRect(&c, b.color(part.Label), x0, y(-0.5), x1, y(0.5))
		at += part.Value
		if at < b.Total() {
			c.StrokeLine2(draw.LineStyle{Color: rgb(0xFFFFFF), Width: 0.8}, x1, y(-0.5), x1, y(0.5))
		}
	}
}

// color is that of the theme's lines, or where these are told apart by dashes, a
// grey between black and white.
func (b *budgetBar) color(label string) color.RGBA {
	i := slices.Index(b.labels, label)
	if !b.theme.Dashed {
		return b.theme.line(i)
	}
	grey := uint8(0xD8 * i / max(len(b.labels)-1, 1))
	return color.RGBA{grey, grey, grey, 0xFF}
}

// BudgetFigure returns a figure of sums and their parts: for each a horizontal bar
// with a scale of its own, above it the total, and every part with its value.
// 6.5 inches wide and 1.3 high a bar.
//
// Options: WithTheme, WithTitle, WithSize. It is an error if there are no bars or
// more than MaxPanels, more than MaxLabelled labels of parts, a part that is not
// finite or below 0, or a sum of 0.
func BudgetFigure(bars []Budget, opts ...Option) (*Figure, error) {
	if len(bars) == 0 || len(bars) > MaxPanels {
		return nil, fmt.Errorf("plots: %d budgets, 1 to %d can be drawn", len(bars), MaxPanels)
	}
	height := 1.3*float64(len(bars)) + 0.3
	c, err := configure("a budget figure", max(height, 2), opts, []string{"WithTheme"}, figureOptions)
	if err != nil {
		return nil, err
	}
	f := newFigure(c)
	var labels, alt []string
	for _, b := range bars {
		for _, p := range b.Parts {
			if !(p.Value >= 0) || math.IsInf(p.Value, 0) {
				return nil, fmt.Errorf("plots: %s: %s is %g, must be finite and at least 0", b.Label, p.Label, p.Value)
			}
			if !slices.Contains(labels, p.Label) {
				labels = append(labels, p.Label)
			}
		}
		if !(b.Total() > 0) || math.IsInf(b.Total(), 0) {
			return nil, fmt.Errorf("plots: %s: the parts sum to %g, must be above 0 and finite", b.Label, b.Total())
		}
		alt = append(alt, b.String())
	}
	if len(labels) > MaxLabelled {
		return nil, fmt.Errorf("plots: %d labels of parts, at most %d can be told apart", len(labels), MaxLabelled)
	}
	f.Alt = strings.Join(alt, " ")
	f.draw = func(dc draw.Canvas) {
		dc = inset(dc)
		if c.title != "" {
			dc = header(dc, c.theme, c.title, "", nil)
		}
		const between vg.Length = 10
		h := (dc.Max.Y - dc.Min.Y - between*vg.Length(len(bars)-1)) / vg.Length(len(bars))
		for i, b := range bars {
			sub := dc
			sub.Max.Y = dc.Max.Y - vg.Length(i)*(h+between)
			sub.Min.Y = sub.Max.Y - h
			drawBudget(sub, c.theme, &budgetBar{b, c.theme, labels})
		}
	}
	return f, nil
}

func drawBudget(dc draw.Canvas, t Theme, b *budgetBar) {
	var keys []key
	for _, p := range b.Parts {
		keys = append(keys, key{fmt.Sprintf("%s %.2g", p.Label, p.Value), swatch(b.color(p.Label))})
	}
	dc = header(dc, t, "", fmt.Sprintf("%.3g %s", b.Total(), b.Label), keys)
	dc.Max.Y -= 4
	p := newPlot(t)
	p.Add(b)
	p.X.Tick.Marker = ticks(8)
	p.X.Label.Text = b.Label
	p.Y.Tick.Marker = plot.ConstantTicks(nil)
	p.Y.LineStyle.Width = 0
	const label vg.Length = 8 // half of one at the end of the axis
	p.Draw(draw.Crop(dc, label, -label, 0, 0))
}
