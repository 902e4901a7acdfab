package plots

import (
	"slices"
	"strings"
	"testing"

	"cortigo/sim/spikes"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

func TestInvalidGrid(t *testing.T) {
	d := recorded(5, 0, 1)
	for says, panels := range map[string][]RasterPanel{
		"no panels":                     make([]RasterPanel, 0),
		"13 panels, at most 12":         make([]RasterPanel, 13),
		`panel B ("x"): plots: no data`: {{"", d}, {"x", nil}},
	} {
		if _, err := RasterGridFigure(panels); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v, want one that says %q", err, says)
		}
	}
}

// Ids ascend upwards: of two populations the later one, and of its neurons the
// last, is at the top; ticks name the rows' neurons.
func TestUpwards(t *testing.T) {
	d := &spikes.Data{
		Resolution: 1, End: 10,
		Populations: []spikes.Population{{Name: "exc", First: 1, N: 20}, {Name: "inh", First: 101, N: 10}},
	}
	c := must(configure("a figure", 4, nil))
	c.upwards = true
	r := must(newRaster(d, c))
	for id, row := range map[int32]int{110: 0, 101: 9, 20: 10, 1: 29} {
		for i := range r.bands {
			if b := &r.bands[i]; b.pop.Contains(id) && b.row(id) != row {
				t.Errorf("neuron %d is in row %d, want %d", id, b.row(id), row)
			}
		}
	}
	at := map[string]float64{}
	for _, tick := range r.idTicks(270) { // 9 points a row: labels every 2.5 rows, thus at multiples of 5
		at[tick.Label] = tick.Value
	}
	// Rows from the bottom, at half of their height: 1 is at 0.5, 20 at 19.5.
	// 20 itself has no label, which would touch that of 101 above it.
	if _, ok := at["20"]; ok {
		t.Errorf("ticks touch: %v", at)
	}
	for label, want := range map[string]float64{"1": 0.5, "5": 4.5, "15": 14.5, "101": 20.5, "105": 24.5, "110": 29.5} {
		if at[label] != want {
			t.Errorf("tick %s at %g, want %g (%v)", label, at[label], want, at)
		}
	}
}

// The axes of panels in a column of a grid begin at the same x, also where the
// labels of rates differ in width.
func TestGridAligned(t *testing.T) {
	c := must(configure("a figure", 5, nil))
	dc := draw.New(vgimg.New(c.width, c.height))
	var left []float64
	var cells []gridCell
	for _, rate := range []float64{5, 900} {
		d := volleys(80, 20, 200, rate, 20, 0, 1)
		cells = append(cells, gridCell{raster: must(newRaster(d, c)), rate: must(newRateHistogram(d, c))})
	}
	var l, r float64
	for i := range cells {
		a, b := axesMargins(dc, cells[i].panels(dc, c.theme))
		l, r = max(l, float64(a)), max(r, float64(b))
	}
	for i := range cells {
		for _, a := range arrange(dc, cells[i].panels(dc, c.theme), 5, vg.Length(l), vg.Length(r)) {
			left = append(left, float64(a.plot.DataCanvas(a.canvas).Min.X))
		}
	}
	for _, x := range left {
		if d := x - left[0]; d > 0.01 || d < -0.01 {
			t.Errorf("axes begin at %v", left)
		}
	}
}

// The caption tells how many neurons are shown where it is the same everywhere;
// panels are lettered, bins are their own.
func TestGridWords(t *testing.T) {
	small, large := recorded(40, 10, 1), recorded(400, 100, 2)
	for _, c := range []struct {
		name    string
		data    []*spikes.Data
		caption string
	}{
		{"all", []*spikes.Data{small, small}, "all 50 neurons"},
		{"samples", []*spikes.Data{large, large, large}, "50 of 500 neurons, below it the rate of all"},
		{"of other sizes", []*spikes.Data{small, large}, ""},
		{"of other sizes, the larger first", []*spikes.Data{large, small}, ""},
	} {
		var panels []RasterPanel
		for _, d := range c.data {
			panels = append(panels, RasterPanel{"state", d})
		}
		inks := figureInks(t, must(RasterGridFigure(panels)))
		got := texts(inks)
		if slices.Contains(got, c.caption) != (c.caption != "") || strings.Contains(got[0], "neurons") != (c.caption != "") {
			t.Errorf("%s: %q, want %q", c.name, got[:3], c.caption)
		}
		for i := range 4 {
			letter := string(rune('A'+i)) + "   state"
			if slices.Contains(got, letter) != (i < len(panels)) {
				t.Errorf("%s: panel %q among %q", c.name, letter, got)
			}
		}
	}
	// 100 to 250 bins of a round number; 0 leaves it to the histogram.
	for _, c := range []struct {
		h    float64
		ms   int64
		want float64
	}{{0.1, 200, 1}, {0.1, 250, 1}, {0.1, 251, 2}, {0.1, 10, 0}, {1, 1000, 5}, {1, 100, 0}} {
		d := &spikes.Data{Resolution: c.h, End: int64(float64(c.ms)/c.h + 0.5)}
		if got := panelBin(d); got != c.want {
			t.Errorf("%d ms in steps of %g: bins of %g ms, want %g", c.ms, c.h, got, c.want)
		}
	}
	f := must(RasterGridFigure([]RasterPanel{{"x", small.Window(0, 99.95)}}, WithBin(2)))
	if len(f.Notes) != 1 || !strings.HasPrefix(f.Notes[0], "A: population rate: the last 1.9 ms") {
		t.Errorf("notes %q", f.Notes)
	}
}
