package plots

import (
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
