package plots

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// curvePanels are two panels with three names, one of them in both.
func curvePanels() []CurvePanel {
	return []CurvePanel{
		{X: "neurons", Y: "cost (s)", LogX: true, LogY: true, Curves: []Curve{
			{"all", []float64{1000, 10_000, 100_000}, []float64{0.02, 0.2, 3}},
			{"update", []float64{1000, 10_000, 100_000}, []float64{0.01, 0.1, 1}},
			{"delivery", []float64{100_000, 1000}, []float64{2, 0.01}},
		}},
		{X: "rate (spikes/s)", Y: "ns per event", Curves: []Curve{{"delivery", []float64{0, 5, 20}, []float64{0, 1, 0.9}}}},
	}
}

// Points lie where the axes say, in the order of x, and a name has one colour.
func TestCurvesDrawn(t *testing.T) {
	c := &curvesPlotter{CurvePanel{Curves: []Curve{{"a", []float64{4, 1}, []float64{3, 2}}, {"b", []float64{2}, []float64{0}}}}, Default(), []string{"b", "a"}}
	inks := plotted(t, c, 100, 100)
	line := of(inks, "line", Default().line(1))
	if len(line) != 1 || !line[0].box(1, 4, 2, 3) || !closeTo(line[0].at[0][0], 1) {
		t.Errorf("%+v", line)
	}
	dots := of(inks, "ring", Default().line(1))
	if len(dots) != 2 || !closeTo(dots[0].at[0][0], 1) || !closeTo(dots[1].at[0][1], 3) {
		t.Errorf("%+v", dots)
	}
	if dots := of(inks, "ring", Default().line(0)); len(dots) != 1 || !dots[0].box(2, 2, 0, 0) {
		t.Errorf("%+v", dots)
	}
	f, err := CurvesFigure(2, curvePanels())
	if err != nil {
		t.Fatal(err)
	}
	checkRendered(t, "curves", f)
	all := texts(figureInks(t, f))
	for _, want := range []string{"all", "update", "delivery", "neurons", "cost (s)", "rate (spikes/s)", "ns per event", "10k", "100k", "0.01"} {
		if n := len(slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s != want })); n == 0 {
			t.Errorf("%q is not among %q", want, all)
		}
	}
	if !strings.Contains(f.Alt, "cost (s) over neurons, delivery: 2 at 1e+05, 0.01 at 1e+03.") {
		t.Error(f.Alt)
	}
}

func TestCurvesInvalid(t *testing.T) {
	panel := func(x, y []float64, log bool) []CurvePanel {
		return []CurvePanel{{X: "x", Y: "y", LogX: log, Curves: []Curve{{"c", x, y}}}}
	}
	one := []float64{1}
	many := CurvePanel{}
	for _, name := range strings.Split("a b c d e f g h i j k", " ") {
		many.Curves = append(many.Curves, Curve{name, one, one})
	}
	for says, c := range map[string]struct {
		columns int
		panels  []CurvePanel
	}{
		"no panels":             {1, nil},
		"13 panels in 1":        {1, make([]CurvePanel, 13)},
		"1 panels in 0 columns": {0, panel(one, one, false)},
		"0 values of x and 0":   {1, panel(nil, nil, false)},
		"1 values of x and 2":   {1, panel(one, []float64{1, 2}, false)},
		"(NaN, 1)":              {1, panel([]float64{math.NaN()}, one, false)},
		"(1, +Inf)":             {1, panel(one, []float64{math.Inf(1)}, false)},
		"(-1, 1)":               {1, panel([]float64{-1}, one, false)},
		"(0, 1)":                {1, panel([]float64{0}, one, true)},
		"11 names":              {1, []CurvePanel{many}},
	} {
		if _, err := CurvesFigure(c.columns, c.panels); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v, want one that says %q", err, says)
		}
	}
}

func TestLogTicks(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		want   string
	}{
		{0.9, 2.1, "1 2"},
		{0.5, 5, "0.5 1 2 5"},
		{0.04, 4, "0.1 0.3 1 3"},
		{90, 110_000, "100 1k 10k 100k"},
		{1e6, 3e6, "1M 2M"},
	} {
		var labels []string
		for _, tick := range logTicks().Ticks(c.lo, c.hi) {
			if tick.Label != "" {
				labels = append(labels, tick.Label)
			}
			if tick.Value < c.lo*(1-1e-6) || tick.Value > c.hi*(1+1e-6) {
				t.Errorf("%g to %g: a tick at %g", c.lo, c.hi, tick.Value)
			}
		}
		if got := strings.Join(labels, " "); got != c.want {
			t.Errorf("%g to %g: %q, want %q", c.lo, c.hi, got, c.want)
		}
	}
}
