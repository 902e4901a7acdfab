package plots

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// empty is a panel without data from 0 to 1, whose labels of y are these.
func emptyPanel(share float64, labels ...string) panel {
	p := newPlot(Default())
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
	bareX(p)
	var ticks plot.ConstantTicks
	for i, l := range labels {
		ticks = append(ticks, plot.Tick{Value: float64(i+1) / float64(len(labels)+1), Label: l})
	}
	p.Y.Tick.Marker = ticks
	return panel{p, "y", share}
}

// Data areas share x, whatever the labels beside them; their heights are in
// proportion to the shares, with the gap between.
func TestArrange(t *testing.T) {
	dc := draw.New(vgCanvas(300, 200))
	for _, shares := range [][]float64{{1}, {1, 1}, {4, 1}, {3, 0.45, 1}} {
		var panels []panel
		for i, s := range shares {
			panels = append(panels, emptyPanel(s, strings.Repeat("1", 1+5*i)))
		}
		const gap = 7
		var areas []vg.Rectangle
		var canvases []vg.Rectangle
		for _, a := range arrange(dc, panels, gap, 0, 0) {
			areas = append(areas, a.plot.DataCanvas(a.canvas).Rectangle)
			canvases = append(canvases, a.canvas.Rectangle)
		}
		for i, r := range areas {
			if d := math.Abs(float64(r.Min.X-areas[0].Min.X)) + math.Abs(float64(r.Max.X-areas[0].Max.X)); d > 0.01 {
				t.Errorf("shares %v: panel %d from x %g to %g, the first %g to %g", shares, i, r.Min.X, r.Max.X, areas[0].Min.X, areas[0].Max.X)
			}
			height := float64(r.Max.Y - r.Min.Y)
			if want := float64(areas[0].Max.Y-areas[0].Min.Y) * shares[i] / shares[0]; math.Abs(height-want) > 0.01 {
				t.Errorf("shares %v: panel %d is %g pt high, want %g", shares, i, height, want)
			}
			if i > 0 && math.Abs(float64(canvases[i-1].Min.Y-canvases[i].Max.Y)-gap) > 0.01 {
				t.Errorf("shares %v: %g pt between panels, want %d", shares, canvases[i-1].Min.Y-canvases[i].Max.Y, gap)
			}
		}
		if canvases[0].Max.Y != dc.Max.Y || math.Abs(float64(canvases[len(canvases)-1].Min.Y-dc.Min.Y)) > 0.01 {
			t.Errorf("shares %v: from %g to %g, want the whole height", shares, canvases[len(canvases)-1].Min.Y, canvases[0].Max.Y)
		}
	}
	// Wider margins than the axes need are kept.
	a := arrange(dc, []panel{emptyPanel(1, "1")}, 0, 60, 20)
	if r := a[0].plot.DataCanvas(a[0].canvas).Rectangle; math.Abs(float64(r.Min.X-labelRoom)-60) > 0.01 || math.Abs(300-float64(r.Max.X)-20) > 0.01 {
		t.Errorf("x from %g to %g, want margins of 60 and 20", r.Min.X, r.Max.X)
	}
}

// Title, caption and legend stand below one another; the legend shares the
// caption's line where both fit, and breaks into lines where it does not fit
// itself. What is left begins below them.
func TestHeader(t *testing.T) {
	keys := func(names ...string) (keys []key) {
		for _, n := range names {
			keys = append(keys, key{n, swatch(Default().Excitatory)})
		}
		return keys
	}
	long := strings.Repeat("a caption ", 7)
	for _, c := range []struct {
		name           string
		title, caption string
		keys           []key
		lines          [][]string // of text, from the top
	}{
		{"nothing", "", "", nil, nil},
		{"title", "T", "", nil, [][]string{{"T"}}},
		{"caption", "", "C", nil, [][]string{{"C"}}},
		{"title and caption", "T", "C", nil, [][]string{{"T"}, {"C"}}},
		{"all", "T", "C", keys("a", "b"), [][]string{{"T"}, {"C", "a", "b"}}},
		{"title and keys", "T", "", keys("a"), [][]string{{"T", "a"}}},
		{"long caption", "", long, keys("a", "b"), [][]string{{long}, {"a", "b"}}},
		{"keys alone", "", "", keys("a", "b"), [][]string{{"a", "b"}}},
		{"long legend", "", "C", keys(strings.Repeat("x", 40), strings.Repeat("y", 40), "z"),
			[][]string{{"C"}, {strings.Repeat("x", 40)}, {strings.Repeat("y", 40), "z"}}},
	} {
		var left draw.Canvas
		inks := inked(t, 300, 100, func(dc draw.Canvas) { left = header(dc, Default(), c.title, c.caption, c.keys) })
		var lines [][]string
		at, lowest := math.Inf(1), 100.0
		for _, text := range texts(inks) {
			k := inks[slices.IndexFunc(inks, func(k ink) bool { return k.text == text })]
			if y := k.at[0][1]; at-y > 3 { // titles are a little larger than keys
				lines, at = append(lines, nil), y
			}
			lines[len(lines)-1] = append(lines[len(lines)-1], text)
			if x1 := k.at[0][0] + float64(textStyle(noteSize, nil).Width(text)); text != long && x1 > 300.5 {
				t.Errorf("%s: %q ends at %g pt of 300", c.name, text, x1)
			}
			lowest = min(lowest, k.at[0][1])
		}
		if !slices.EqualFunc(lines, c.lines, func(a, b []string) bool { slices.Sort(a); slices.Sort(b); return slices.Equal(a, b) }) {
			t.Errorf("%s: lines %q, want %q", c.name, lines, c.lines)
		}
		if float64(left.Max.Y) > lowest || len(c.lines) == 0 && left.Max.Y != 100 {
			t.Errorf("%s: what is left begins at %g, the text ends at %g", c.name, left.Max.Y, lowest)
		}
		for _, k := range inks {
			if k.what == "area" {
				if x0, x1, y0, y1 := k.bounds(); !closeTo(x1-x0, 12) || !closeTo(y1-y0, 7) {
					t.Errorf("%s: a swatch of %g x %g pt", c.name, x1-x0, y1-y0)
				}
			}
		}
	}
}

func vgCanvas(w, h vg.Length) *sizedCanvas { return &sizedCanvas{w: w, h: h} }

// A sizedCanvas has a size and draws nothing.
type sizedCanvas struct {
	vg.Canvas
	w, h vg.Length
}

func (c *sizedCanvas) Size() (w, h vg.Length) { return c.w, c.h }

func TestRoundUp(t *testing.T) {
	for x, want := range map[float64]float64{
		1: 1, 1.0000001: 2, 2: 2, 2.1: 5, 5: 5, 5.1: 10, 9.99: 10, 10: 10, 11: 20, 0.02: 0.02, 0.021: 0.05, 1e-9: 1e-9, 3e12: 5e12, 0.99999999999: 1,
	} {
		if got := roundUp(x); math.Abs(got-want) > 1e-9*want {
			t.Errorf("roundUp(%g) = %g, want %g", x, got, want)
		}
	}
}

// Ticks are few, within the axis and in order, for any axis; labels tell
// neighbours apart.
func TestTicksOfAnyAxis(t *testing.T) {
	for _, r := range [][2]float64{{0, 1}, {-70, -55}, {0, 1e-6}, {-1e9, 1e9}, {1e6, 1e6 + 1}, {0.3, 0.7}, {-1e300, 1e300}, {1e15, 1e15 + 2}, {5, 5 + 1e-12}} {
		for _, n := range []int{2, 3, 5, 8} {
			got := ticks(n).Ticks(r[0], r[1])
			labels := map[string]bool{}
			for i, k := range got {
				if slack := 1e-6 * (r[1] - r[0]); k.Value < r[0]-slack || k.Value > r[1]+slack {
					t.Errorf("axis %v: tick at %g", r, k.Value)
				}
				if i > 0 && k.Value < got[i-1].Value {
					t.Errorf("axis %v: %g after %g", r, k.Value, got[i-1].Value)
				}
				if k.Label != "" && labels[k.Label] && r[1]-r[0] > 1e-9 {
					t.Errorf("axis %v: two ticks %s", r, k.Label)
				}
				labels[k.Label] = true
			}
			if len(got) > 2*n+2 || len(labels)-1 > n+1 {
				t.Errorf("axis %v: %d ticks, %d labels, want about %d", r, len(got), len(labels)-1, n)
			}
		}
	}
}
