package plots

import (
	"image/color"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/recorder"
)

// An ink is one line, area, picture or text on a canvas.
type ink struct {
	what   string // "line", "area", "ring", "text", "picture"
	color  color.RGBA
	width  float64 // of a line, pt
	dashed bool
	at     [][2]float64 // points, centre of a ring, corners of a picture
	text   string
}

// bounds returns the lowest and highest x and y.
func (k ink) bounds() (x0, x1, y0, y1 float64) {
	x0, y0, x1, y1 = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range k.at {
		x0, x1, y0, y1 = min(x0, p[0]), max(x1, p[0]), min(y0, p[1]), max(y1, p[1])
	}
	return x0, x1, y0, y1
}

// box reports whether the bounds are these, to 1e-6.
func (k ink) box(x0, x1, y0, y1 float64) bool {
	a0, a1, b0, b1 := k.bounds()
	return closeTo(a0, x0) && closeTo(a1, x1) && closeTo(b0, y0) && closeTo(b1, y1)
}

func closeTo(a, b float64) bool { return math.Abs(a-b) <= 1e-6 }

// inked returns what draws on a canvas of w by h pt, in pt from its lower left
// corner.
func inked(t *testing.T, w, h vg.Length, drawing func(draw.Canvas)) []ink {
	t.Helper()
	rec := new(recorder.Canvas)
	drawing(draw.NewCanvas(rec, w, h))
	type state struct {
		color  color.RGBA
		width  float64
		dashed bool
		shift  vg.Point
		turned bool
	}
	now, stack := state{}, []state{}
	var out []ink
	add := func(what string, points ...vg.Point) {
		k := ink{what: what, color: now.color, width: now.width, dashed: now.dashed}
		for _, p := range points {
			if p = p.Add(now.shift); now.turned { // turned left: x is the height
				p = vg.Point{X: now.shift.X - (p.Y - now.shift.Y), Y: now.shift.Y + p.X - now.shift.X}
			}
			k.at = append(k.at, [2]float64{float64(p.X), float64(p.Y)})
		}
		out = append(out, k)
	}
	path := func(what string, path vg.Path) {
		var points []vg.Point
		flush := func() {
			if len(points) > 0 {
				add(what, points...)
			}
			points = nil
		}
		for _, c := range path {
			switch c.Type {
			case vg.MoveComp:
				flush()
				points = append(points, c.Pos)
			case vg.LineComp:
				points = append(points, c.Pos)
			case vg.ArcComp:
				points = nil
				add("ring", c.Pos)
			}
		}
		flush()
	}
	for _, a := range rec.Actions {
		switch a := a.(type) {
		case *recorder.SetColor:
			now.color = color.RGBAModel.Convert(a.Color).(color.RGBA)
		case *recorder.SetLineWidth:
			now.width = float64(a.Width)
		case *recorder.SetLineDash:
			now.dashed = len(a.Dashes) > 0
		case *recorder.Push:
			stack = append(stack, now)
		case *recorder.Pop:
			now, stack = stack[len(stack)-1], stack[:len(stack)-1]
		case *recorder.Translate:
			now.shift = now.shift.Add(a.Point)
		case *recorder.Rotate:
			now.turned = true
		case *recorder.Stroke:
			path("line", a.Path)
		case *recorder.Fill:
			path("area", a.Path)
		case *recorder.FillString:
			add("text", a.Point)
			out[len(out)-1].text = a.String
		case *recorder.DrawImage:
			add("picture", a.Rectangle.Min, a.Rectangle.Max)
		default:
			t.Fatalf("%s: not expected of a figure", a.Call())
		}
	}
	return out
}

type rangePlotter interface {
	plot.Plotter
	plot.DataRanger
}

// plotted returns what a plotter draws over a canvas of w by h pt that is its
// data range, in units of the data.
func plotted(t *testing.T, r rangePlotter, w, h vg.Length) []ink {
	t.Helper()
	p := plot.New()
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = r.DataRange()
	inks := inked(t, w, h, func(c draw.Canvas) { r.Plot(c, p) })
	for _, k := range inks {
		for i := range k.at {
			k.at[i][0] = p.X.Min + k.at[i][0]/float64(w)*(p.X.Max-p.X.Min)
			k.at[i][1] = p.Y.Min + k.at[i][1]/float64(h)*(p.Y.Max-p.Y.Min)
		}
	}
	return inks
}

// figureInks returns what a figure draws, in pt from the lower left corner.
func figureInks(t *testing.T, f *Figure) []ink {
	t.Helper()
	return inked(t, f.width, f.height, f.Draw)
}

// of returns the inks of a sort and colour.
func of(inks []ink, what string, c color.RGBA) []ink {
	return slices.DeleteFunc(slices.Clone(inks), func(k ink) bool { return k.what != what || k.color != c })
}

// texts returns all texts of inks, from the top to the bottom.
func texts(inks []ink) []string {
	all := slices.DeleteFunc(slices.Clone(inks), func(k ink) bool { return k.what != "text" })
	slices.SortStableFunc(all, func(a, b ink) int {
		switch {
		case a.at[0][1] > b.at[0][1]:
			return -1
		case a.at[0][1] < b.at[0][1]:
			return 1
		}
		return 0
	})
	var out []string
	for _, k := range all {
		out = append(out, k.text)
	}
	return out
}

// The canvas that the other tests read off has what is drawn where it is drawn.
func TestInked(t *testing.T) {
	red, blue := rgb(0xFF0000), rgb(0x0000FF)
	inks := inked(t, 100, 50, func(c draw.Canvas) {
		fillRect(&c, red, 1, 2, 3, 4)
		c.StrokeLine2(draw.LineStyle{Color: blue, Width: 2, Dashes: []vg.Length{1}}, 10, 20, 30, 40)
		sty := textStyle(10, red)
		c.FillText(sty, vg.Point{X: 5, Y: 6}, "level")
		sty.Rotation = math.Pi / 2
		c.FillText(sty, vg.Point{X: 7, Y: 8}, "turned")
	})
	if len(inks) != 4 || inks[0].what != "area" || !inks[0].box(1, 3, 2, 4) || inks[0].color != red {
		t.Fatalf("%+v", inks)
	}
	if k := inks[1]; k.what != "line" || !k.box(10, 30, 20, 40) || k.color != blue || k.width != 2 || !k.dashed {
		t.Errorf("%+v", k)
	}
	for i, want := range []string{"level", "turned"} {
		k := inks[2+i]
		if k.what != "text" || k.text != want || math.Hypot(k.at[0][0]-5-2*float64(i), k.at[0][1]-6-2*float64(i)) > 3 {
			t.Errorf("%+v, want %s", k, want)
		}
	}
}
