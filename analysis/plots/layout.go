package plots

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	margin    vg.Length = 7  // around a figure
	lineSkip  vg.Length = 13 // from one line of the header to the next
	labelRoom vg.Length = 16 // left of the axes, for the labels of y
)

// A panel is one plot of a column of plots that share x.
type panel struct {
	plot   *plot.Plot
	yLabel string
	share  float64 // of the height that is left to data
}

// A key is an entry of a figure's legend.
type key struct {
	text string
	draw func(c *draw.Canvas, x, y, w, h vg.Length) // a swatch of w by h
}

func swatch(col color.Color) func(*draw.Canvas, vg.Length, vg.Length, vg.Length, vg.Length) {
	return func(c *draw.Canvas, x, y, w, h vg.Length) { fillRect(c, col, x, y, x+w, y+h) }
}

// header draws title, caption and legend at the top of c and returns what is
// left. The legend is on the caption's line if both fit, else below it, in as
// many lines as it needs.
func header(c draw.Canvas, t Theme, title, caption string, keys []key) draw.Canvas {
	write := func(sty draw.TextStyle, s string) {
		sty.YAlign = draw.YTop
		c.FillText(sty, vg.Point{X: c.Min.X, Y: c.Max.Y}, s)
	}
	note := textStyle(noteSize, t.Text)
	line := note // style of the line that the legend may share
	switch {
	case caption == "":
		line, caption = textStyle(titleSize, t.Text), title
	case title != "":
		write(textStyle(titleSize, t.Text), title)
		c.Max.Y -= lineSkip + 1
	}
	write(line, caption)
	rows := keyRows(keys, note, c.Max.X-c.Min.X)
	if len(keys) > 0 && caption != "" && (len(rows) > 1 || line.Width(caption)+keysWidth(keys, note)+8 > c.Max.X-c.Min.X) {
		c.Max.Y -= lineSkip
	}
	// Rows begin below one another, the longest at the right.
	longest := vg.Length(0)
	for _, row := range rows {
		longest = max(longest, keysWidth(row, note))
	}
	for i, row := range rows {
		if i > 0 {
			c.Max.Y -= lineSkip
		}
		x := c.Max.X - longest
		for _, k := range row {
			k.draw(&c, x, c.Max.Y-8.5, 12, 7)
			note.YAlign = draw.YTop
			c.FillText(note, vg.Point{X: x + 15, Y: c.Max.Y}, k.text)
			x += keyWidth(k, note)
		}
	}
	if caption != "" || len(keys) > 0 {
		c.Max.Y -= lineSkip
	}
	return c
}

// keyRows breaks a legend into lines no wider than width, if the keys are not.
func keyRows(keys []key, sty draw.TextStyle, width vg.Length) [][]key {
	var rows [][]key
	for from, to := 0, 1; to <= len(keys); to++ {
		if to == len(keys) || keysWidth(keys[from:to+1], sty) > width {
			rows = append(rows, keys[from:to])
			from = to
		}
	}
	return rows
}

const keyGap vg.Length = 10

func keyWidth(k key, sty draw.TextStyle) vg.Length { return 15 + sty.Width(k.text) + keyGap }

// keysWidth returns the width of keys in one line.
func keysWidth(keys []key, sty draw.TextStyle) vg.Length {
	w := -keyGap // none after the last
	for _, k := range keys {
		w += keyWidth(k, sty)
	}
	return w
}

// stack draws panels below one another, their data areas aligned in x.
func stack(c draw.Canvas, t Theme, panels []panel, gap vg.Length) {
	stackWithin(c, t, panels, gap, 0, 0)
}

// stackWithin is stack with margins of the axes at least as wide as left and
// right, so that stacks below one another are aligned too.
func stackWithin(c draw.Canvas, t Theme, panels []panel, gap, left, right vg.Length) {
	for _, a := range arrange(c, panels, gap, left, right) {
		sty := textStyle(labelSize, t.Text)
		sty.Rotation = math.Pi / 2
		sty.XAlign, sty.YAlign = draw.XCenter, draw.YTop
		data := a.plot.DataCanvas(a.canvas)
		c.FillText(sty, vg.Point{X: c.Min.X, Y: data.Center().Y}, a.yLabel)
		a.plot.Draw(a.canvas)
	}
}

type arranged struct {
	panel
	canvas draw.Canvas
}

// arrange cuts c into the panels' canvases: their data areas are aligned in x
// and have heights in proportion to the panels' shares. The margins of the axes
// are at least left and right.
func arrange(c draw.Canvas, panels []panel, gap, left, right vg.Length) []arranged {
	c.Min.X += labelRoom
	height := c.Max.Y - c.Min.Y - gap*vg.Length(len(panels)-1) // for data
	axes := make([]vg.Length, len(panels))                     // heights of the axes
	total := 0.0
	l, r := axesMargins(c, panels)
	left, right = max(left, l), max(right, r)
	for i, p := range panels {
		data := p.plot.DataCanvas(c)
		axes[i] = (c.Max.Y - c.Min.Y) - (data.Max.Y - data.Min.Y)
		height -= axes[i]
		total += p.share
	}
	out := make([]arranged, len(panels))
	top := c.Max.Y
	for i, p := range panels {
		sub := c
		sub.Max.Y = top
		sub.Min.Y = top - axes[i] - height*vg.Length(p.share/total)
		top = sub.Min.Y - gap
		data := p.plot.DataCanvas(sub)
		sub.Min.X += left - (data.Min.X - sub.Min.X)
		sub.Max.X -= right - (sub.Max.X - data.Max.X)
		out[i] = arranged{p, sub}
	}
	return out
}

// axesMargins returns the widest margins that the panels' axes need in c.
func axesMargins(c draw.Canvas, panels []panel) (left, right vg.Length) {
	for _, p := range panels {
		data := p.plot.DataCanvas(c)
		left, right = max(left, data.Min.X-c.Min.X), max(right, c.Max.X-data.Max.X)
	}
	return left, right
}

// inset returns c without the figure's margin, on a white ground.
func inset(c draw.Canvas) draw.Canvas {
	c.SetColor(color.White)
	c.Fill(c.Rectangle.Path())
	return draw.Crop(c, margin, -margin, margin, -margin)
}
