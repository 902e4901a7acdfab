package plots_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"cortigo/analysis/plots"
	"cortigo/sim/spikes"
)

// twoPopulations returns Poisson trains of 80 excitatory neurons at 5 spikes/s
// and 20 inhibitory ones at 15, over 1 s.
func twoPopulations() *spikes.Data {
	d := &spikes.Data{
		Resolution:  0.1,
		Populations: []spikes.Population{{Name: "E", First: 1, N: 80}, {Name: "I", First: 81, N: 20}},
		End:         10000,
	}
	r := rand.New(rand.NewPCG(1, 1))
	for step := int64(1); step <= d.End; step++ {
		for id := int32(1); id <= 100; id++ {
			p := 5e-4
			if id > 80 {
				p = 15e-4
			}
			if r.Float64() < p {
				d.Step, d.Neuron = append(d.Step, step), append(d.Neuron, id)
			}
		}
	}
	return d
}

// write renders a figure into a file in the directory for temporary files.
func write(name string, f *plots.Figure, err error) {
	if err != nil {
		fmt.Println(err)
		return
	}
	png, err := f.PNG()
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := os.WriteFile(filepath.Join(os.TempDir(), name), png, 0o644); err != nil {
		fmt.Println(err)
	}
	fmt.Println(f.Alt)
}

func ExampleRasterFigure() {
	f, err := plots.RasterFigure(twoPopulations())
	write("cortigo-raster.png", f, err)
	// Output: Raster plot from 0 to 1000 ms, from the top E, I: all 100 neurons, 705 spikes.
}

func ExampleRateFigure() {
	f, err := plots.RateFigure(twoPopulations(), plots.WithBin(5))
	write("cortigo-rate.png", f, err)
	// Output: Population rate of 100 neurons from 0 to 1000 ms in bins of 5 ms: mean 7.05, highest 24 spikes/s.
}

func ExampleActivityFigure() {
	f, err := plots.ActivityFigure(twoPopulations(),
		plots.WithTheme(plots.Paper()), plots.WithTitle("Two populations"), plots.WithBin(10))
	write("cortigo-activity.png", f, err)
	// Output: Raster plot from 0 to 1000 ms, from the top E, I: all 100 neurons, 705 spikes. Below, population rate of 100 neurons from 0 to 1000 ms in bins of 10 ms: mean 7.05, highest 16 spikes/s.
}

func ExampleBoxPlotFigure() {
	rates, err := plots.RatesOf(twoPopulations())
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := plots.BoxPlotFigure(rates, nil)
	write("cortigo-boxes.png", f, err)
	// Output: Box plot of firing rates in spikes/s, simulation, median (quartiles): E 5 (3 to 6), I 16 (13.8 to 17).
}

func ExampleRasterHistogramFigure() {
	f, err := plots.RasterHistogramFigure(twoPopulations())
	write("cortigo-raster-histogram.png", f, err)
	// Output: Raster plot from 0 to 1000 ms, from the top I, E: all 100 neurons, 705 spikes. Below, population rate of 100 neurons from 0 to 1000 ms in bins of 5 ms: mean 7.05, highest 24 spikes/s.
}

func ExampleRasterGridFigure() {
	d := twoPopulations()
	f, err := plots.RasterGridFigure([]plots.RasterPanel{
		{Title: "first half", Data: d.Window(0, 500)},
		{Title: "second half", Data: d.Window(500, 1000)},
	}, plots.WithNeurons(20), plots.WithBin(10))
	write("cortigo-raster-grid.png", f, err)
	// Output: A, first half: Raster plot from 0 to 500 ms, from the top E, I: 20 of 100 neurons (20 %), all their 78 spikes. Below, population rate of 100 neurons from 0 to 500 ms in bins of 10 ms: mean 6.82, highest 14 spikes/s. B, second half: Raster plot from 500 to 1000 ms, from the top E, I: 20 of 100 neurons (20 %), all their 87 spikes. Below, population rate of 100 neurons from 500 to 1000 ms in bins of 10 ms: mean 7.28, highest 16 spikes/s.
}

// A neuron that is driven beyond its threshold fires every 10 ms; a membrane
// potential recorded every ms does not show the spikes themselves.
func ExampleTracesFigure() {
	v := plots.Trace{Label: "neuron 1"}
	for ms := 1; ms <= 50; ms++ {
		v.TimesMS = append(v.TimesMS, float64(ms))
		v.Values = append(v.Values, -70+1.5*float64(ms%10))
		if ms%10 == 0 {
			v.SpikesMS = append(v.SpikesMS, float64(ms))
		}
	}
	f, err := plots.TracesFigure([]plots.Trace{v}, plots.WithThreshold(-55))
	write("cortigo-traces.png", f, err)
	// Output: V_m (mV) against time from 0 to 50 ms: neuron 1 -70 to -56.5, spikes: 5.
}

// What a synaptic event is spent on, in nanoseconds.
func ExampleBudgetFigure() {
	f, err := plots.BudgetFigure([]plots.Budget{{Label: "ns per synaptic event", Parts: []plots.BudgetPart{
		{Label: "adding", Value: 0.5}, {Label: "rows from memory", Value: 0.25}, {Label: "neurons", Value: 0.5}}}})
	fmt.Println(f, err)
	// Output: ns per synaptic event, 1.25 in all: adding 0.5, rows from memory 0.25, neurons 0.5. <nil>
}

// A cost over the size of a network.
func ExampleCurvesFigure() {
	f, err := plots.CurvesFigure(1, []plots.CurvePanel{{X: "neurons", Y: "s per s of model time", LogX: true,
		Curves: []plots.Curve{{Name: "all", X: []float64{1000, 10_000}, Y: []float64{0.02, 0.2}}}}})
	fmt.Println(f, err)
	// Output: Measured points. s per s of model time over neurons, all: 0.02 at 1e+03, 0.2 at 1e+04. <nil>
}
