package plots

import (
	"slices"
	"strings"
	"testing"
)

// allOptions has every option with a value that is right.
var allOptions = map[string]Option{
	"WithTheme": WithTheme(Paper()), "WithTitle": WithTitle("x"), "WithSize": WithSize(5, 5), "WithMode": WithMode(Sample),
	"WithNeurons": WithNeurons(5), "WithSeed": WithSeed(2), "WithScale": WithScale(Equalised), "WithGroupName": WithGroupName("area"),
	"WithBin": WithBin(5), "WithMark": WithMark(1, 2, ""), "WithLabel": WithLabel("x"), "WithQuantity": WithQuantity("x"),
	"WithThreshold": WithThreshold(1), "WithSpikesBelow": WithSpikesBelow(),
}

// Every figure and plotter takes the options that it knows and refuses all
// others: one that is dropped would be missed by nobody.
func TestOptionsOfFigures(t *testing.T) {
	d := poisson(0.01, 200, 0)
	boxes := must(RatesOf(d))
	traces := []Trace{{Label: "one", TimesMS: []float64{1, 2}, Values: []float64{1, 2}}}
	const (
		raster = "WithTheme WithMode WithNeurons WithSeed WithScale WithGroupName WithMark "
		rate   = "WithTheme WithBin WithMark "
		figure = "WithTitle WithSize "
		trace  = "WithTheme WithQuantity WithThreshold WithSpikesBelow "
	)
	for name, c := range map[string]struct {
		make  func(o ...Option) error
		knows string
	}{
		"NewRaster":             {func(o ...Option) error { _, err := NewRaster(d, o...); return err }, raster},
		"NewRateHistogram":      {func(o ...Option) error { _, err := NewRateHistogram(d, o...); return err }, rate},
		"NewBoxPlot":            {func(o ...Option) error { _, err := NewBoxPlot(boxes, o...); return err }, "WithTheme"},
		"NewTraces":             {func(o ...Option) error { _, err := NewTraces(traces, o...); return err }, trace},
		"RasterFigure":          {func(o ...Option) error { _, err := RasterFigure(d, o...); return err }, raster + figure},
		"RateFigure":            {func(o ...Option) error { _, err := RateFigure(d, o...); return err }, rate + figure},
		"ActivityFigure":        {func(o ...Option) error { _, err := ActivityFigure(d, o...); return err }, raster + rate + figure},
		"RasterHistogramFigure": {func(o ...Option) error { _, err := RasterHistogramFigure(d, o...); return err }, raster + rate + figure},
		"RasterGridFigure": {func(o ...Option) error { _, err := RasterGridFigure([]RasterPanel{{"a", d}}, o...); return err },
			raster + rate + figure},
		"BoxPlotFigure": {func(o ...Option) error { _, err := BoxPlotFigure(boxes, nil, o...); return err }, "WithTheme WithLabel " + figure},
		"CurvesFigure":  {func(o ...Option) error { _, err := CurvesFigure(2, curvePanels(), o...); return err }, "WithTheme " + figure},
		"BudgetFigure":  {func(o ...Option) error { _, err := BudgetFigure(budgets(), o...); return err }, "WithTheme " + figure},
		"TracesFigure":  {func(o ...Option) error { _, err := TracesFigure(traces, o...); return err }, trace + figure},
	} {
		known := strings.Fields(c.knows)
		for option, o := range allOptions {
			err := c.make(o)
			if slices.Contains(known, option) {
				if err != nil {
					t.Errorf("%s with %s: %v", name, option, err)
				}
				continue
			}
			if err == nil || !strings.Contains(err.Error(), "has no use for the option "+option+"; allowed: ") {
				t.Errorf("%s with %s: error %v, want that it has no use for it", name, option, err)
			}
		}
	}
}
