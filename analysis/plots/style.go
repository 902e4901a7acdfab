package plots

import (
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Sizes of text at print size. None is below 8 pt.
const (
	titleSize = 10
	labelSize = 9.5
	tickSize  = 9
	noteSize  = 8.5
)

func textStyle(size vg.Length, c color.Color) text.Style {
	return text.Style{
		Color:   c,
		Font:    font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, size),
		Handler: plot.DefaultTextHandler,
	}
}

// newPlot returns an empty plot in the theme's style.
func newPlot(t Theme) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Label.TextStyle.Font = textStyle(labelSize, t.Text).Font
		a.Label.TextStyle.Color = t.Text
		a.Label.Padding = 3
		a.Tick.Label.Font = textStyle(tickSize, t.Text).Font
		a.Tick.Label.Color = t.Text
		a.Tick.LineStyle.Color = t.Text
		a.Tick.LineStyle.Width = 0.6
		a.Tick.Length = 4
		a.LineStyle.Color = t.Text
		a.LineStyle.Width = 0.6
		a.Padding = 0
	}
	return p
}

// roundSteps are the round numbers that ticks and bins are chosen from.
var roundSteps = [...]float64{1, 2, 5, 10}

// roundUp returns the smallest 1, 2 or 5 times a power of ten that is >= x > 0.
func roundUp(x float64) float64 {
	mag := math.Pow(10, math.Floor(math.Log10(x)))
	for _, s := range roundSteps {
		if s*mag >= x*(1-1e-9) {
			return s * mag
		}
	}
	return 10 * mag
}

// ticks returns a tick marker with up to about n labels at round numbers and a
// minor tick between.
func ticks(n int) plot.Ticker {
	return plot.TickerFunc(func(lo, hi float64) []plot.Tick {
		if !(hi > lo) || math.IsInf(hi-lo, 0) {
			return nil
		}
		step := roundUp((hi - lo) / float64(n))
		var out []plot.Tick
		decimals := max(0, int(-math.Floor(math.Log10(step)+1e-9)))
		first := math.Ceil(lo/step*2 - 1e-9)
		for k := range 2*n + 2 { // bounded also where i+1 == i
			i := first + float64(k)
			if i*step/2 > hi+1e-9*step {
				break
			}
			t := plot.Tick{Value: i * step / 2}
			if math.Mod(i, 2) == 0 {
				t.Label = strconv.FormatFloat(t.Value+0, 'f', decimals, 64)
			}
			out = append(out, t)
		}
		return out
	})
}

// grouped prints n with commas between thousands.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// short prints x without needless digits.
func short(x float64) string {
	s := strconv.FormatFloat(x, 'f', 4, 64)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// fillRect fills the rectangle with corners (x0, y0) and (x1, y1).
func fillRect(c *draw.Canvas, col color.Color, x0, y0, x1, y1 vg.Length) {
	c.FillPolygon(col, []vg.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}})
}
