package plots

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"cortigo/analysis/reference"
	"cortigo/sim/spikes"
)

var regen = flag.Bool("regen", false, "write the golden pictures anew; look at each of them")

func TestGolden(t *testing.T) {
	d := nestData(t)
	pulse := WithMark(700, 710, "thalamic pulse")
	size, layers := WithSize(5, 3.6), WithGroupName("layer")
	figures := map[string]func() (*Figure, error){
		"activity_sample": func() (*Figure, error) { return ActivityFigure(d, pulse, size, layers) },
		"activity_density": func() (*Figure, error) {
			return ActivityFigure(d, pulse, size, layers, WithMode(Density), WithTitle("NEST, scale 0.2"))
		},
		"raster_pd14_equalised": func() (*Figure, error) {
			return RasterFigure(d.Window(600, 900), size, layers, WithMode(Density), WithScale(Equalised), WithTheme(luminance()))
		},
		"raster_paper": func() (*Figure, error) {
			return RasterFigure(d.Window(650, 850), size, layers, pulse, WithTheme(Paper()), WithNeurons(400))
		},
		"raster_generic": func() (*Figure, error) { return RasterFigure(generic(), size) },
		"rate":           func() (*Figure, error) { return RateFigure(d, pulse, WithBin(3)) },
		"boxes":          func() (*Figure, error) { return BoxPlotFigure(must(RatesOf(d)), nil) },
		"activity_input": func() (*Figure, error) {
			return ActivityFigure(withInput(d, false), pulse, size, layers, WithNeurons(2000))
		},
		"activity_not_recorded": func() (*Figure, error) {
			return ActivityFigure(withInput(d, true), pulse, size, layers, WithNeurons(2000))
		},
		"rate_input":  func() (*Figure, error) { return RateFigure(withInput(d, false), pulse, WithSize(6.5, 2.6)) },
		"boxes_input": func() (*Figure, error) { return BoxPlotFigure(must(RatesOf(withInput(d, false))), nil) },
		"boxes_reference": func() (*Figure, error) {
			own, ref := referenceRates(t)
			return BoxPlotFigure(own, ref, WithLabel("seed 123450"), WithTitle("Firing rates"))
		},
		"raster_histogram": func() (*Figure, error) { return RasterHistogramFigure(recorded(50, 0, 1)) },
		"raster_histogram_two": func() (*Figure, error) {
			return RasterHistogramFigure(recorded(200, 50, 1), WithTheme(luminance()), WithTitle("Excitatory and inhibitory neurons"))
		},
		"raster_grid": func() (*Figure, error) { return RasterGridFigure(states()) },
		"raster_grid_paper": func() (*Figure, error) {
			return RasterGridFigure(states()[:3], WithTheme(Paper()), WithTitle("Three states"), WithBin(5))
		},
		"traces": func() (*Figure, error) {
			return TracesFigure([]Trace{lif("I_e = 376 pA", 376, 0, 1000, 1, 1)}, WithThreshold(-55))
		},
		"traces_below": func() (*Figure, error) {
			return TracesFigure([]Trace{lif("neuron 1", 350, 0.7, 1000, 0.1, 1), lif("neuron 2", 320, 0.7, 1000, 0.1, 2)},
				WithSpikesBelow(), WithThreshold(-55), WithTheme(luminance()), WithTitle("Noisy input"))
		},
		"traces_ten":   func() (*Figure, error) { return TracesFigure(tenTraces(10), WithThreshold(-55), WithSize(6.5, 3.4)) },
		"traces_paper": func() (*Figure, error) { return TracesFigure(tenTraces(4), WithTheme(Paper()), WithSpikesBelow()) },
		"curves":       func() (*Figure, error) { return CurvesFigure(2, curvePanels(), WithTitle("Cost of networks")) },
		"curves_paper": func() (*Figure, error) { return CurvesFigure(1, curvePanels()[:1], WithTheme(Paper())) },
		"budget":       func() (*Figure, error) { return BudgetFigure(budgets(), WithTitle("A synaptic event")) },
		"budget_paper": func() (*Figure, error) { return BudgetFigure(budgets()[:1], WithTheme(Paper())) },
		"traces_many":  func() (*Figure, error) { return TracesFigure(tenTraces(30), WithQuantity("V_m (mV)")) },
	}
	for name, figure := range figures {
		t.Run(name, func(t *testing.T) {
			f, err := figure()
			if err != nil {
				t.Fatal(err)
			}
			got, err := f.PNG()
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name+"_golden.png")
			if *regen {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := same(got, want); err != nil {
				t.Error(err)
			}
		})
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// luminance returns a theme of one's own: two colours of equal luminance.
func luminance() Theme {
	t := Default()
	t.Excitatory, t.Inhibitory, t.Mark = rgb(0x595289), rgb(0xAF143C), rgb(0xE6E6E6)
	t.Lines[0], t.Lines[1] = t.Excitatory, t.Inhibitory
	return t
}

// generic returns spikes of populations without layers.
func generic() *spikes.Data {
	d := poisson(0.05, 500, 0.8)
	for i, name := range []string{"excitatory", "inhibitory", "Purkinje", "granule cells", "exc2", "inh2", "relay", "X"} {
		d.Populations[i] = spikes.Population{Name: name, First: d.Populations[i].First, N: d.Populations[i].N}
	}
	return d
}

// referenceRates returns NEST's rates with Poisson background as if they were
// ours, and with DC background as a reference.
func referenceRates(t testing.TB) ([]Sampled, *Reference) {
	t.Helper()
	dir := os.DirFS("../../testdata/nest/pd14")
	ours, err := reference.ReadAll(dir, "pd14_scale0.2_poisson_seed123450*")
	if err != nil {
		t.Fatal(err)
	}
	refs, err := reference.ReadAll(dir, "pd14_scale0.2_dc_*")
	if err != nil {
		t.Fatal(err)
	}
	own := RatesReference("", reference.Statistics(ours)).Samples
	for i := range own {
		own[i].Label = pd14(i, 0, 0).Label
	}
	ref := RatesReference("NEST, 3 seeds", reference.Statistics(refs))
	return own, &ref
}

// same reports how two PNG pictures differ. 1 pixel in 1000 may differ by more
// than 1/8 of a channel's range: rounding of positions on other processors moves
// single edge pixels, and nothing else.
func same(got, want []byte) error {
	a, err := png.Decode(bytes.NewReader(got))
	if err != nil {
		return err
	}
	b, err := png.Decode(bytes.NewReader(want))
	if err != nil {
		return err
	}
	if a.Bounds() != b.Bounds() {
		return fmt.Errorf("the picture is %v, want %v", a.Bounds(), b.Bounds())
	}
	differ, total := 0, a.Bounds().Dx()*a.Bounds().Dy()
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if !close8(a, b, x, y) {
				differ++
			}
		}
	}
	if differ*1000 > total {
		return fmt.Errorf("%d of %d pixels differ; if the change is meant, run with -regen and look at the pictures", differ, total)
	}
	return nil
}

func close8(a, b image.Image, x, y int) bool {
	r1, g1, b1, _ := a.At(x, y).RGBA()
	r2, g2, b2, _ := b.At(x, y).RGBA()
	near := func(u, v uint32) bool { return max(u, v)-min(u, v) <= 0x2000 }
	return near(r1, r2) && near(g1, g2) && near(b1, b2)
}

// The comparison must see what matters: another theme, a shifted window, a mark.
func TestSameSeesChanges(t *testing.T) {
	d := nestData(t)
	render := func(d *spikes.Data, opts ...Option) []byte {
		f, err := RasterFigure(d, append(opts, WithSize(5, 3.6))...)
		if err != nil {
			t.Fatal(err)
		}
		return must(f.PNG())
	}
	base := render(d)
	if err := same(base, base); err != nil {
		t.Error(err)
	}
	for name, other := range map[string][]byte{
		"theme":  render(d, WithTheme(luminance())),
		"window": render(d.Window(500, 1490)),
		"mark":   render(d, WithMark(700, 710, "")),
		"seed":   render(d, WithSeed(2)),
	} {
		if same(base, other) == nil {
			t.Errorf("another %s was not noticed", name)
		}
	}
}
