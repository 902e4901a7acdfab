package plots

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"cortigo/analysis"
	"cortigo/sim/spikes"

	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// figuresOf returns all figures of d, with the options that each takes.
func figuresOf(d *spikes.Data, opts ...Option) map[string]func() (*Figure, error) {
	return map[string]func() (*Figure, error){
		"sample":  func() (*Figure, error) { return RasterFigure(d, append(opts, WithMode(Sample))...) },
		"density": func() (*Figure, error) { return RasterFigure(d, append(opts, WithMode(Density))...) },
		"equalised": func() (*Figure, error) {
			return RasterFigure(d, append(opts, WithMode(Density), WithScale(Equalised))...)
		},
		"rate":      func() (*Figure, error) { return RateFigure(d, opts...) },
		"histogram": func() (*Figure, error) { return RasterHistogramFigure(d, opts...) },
		"grid": func() (*Figure, error) {
			return RasterGridFigure([]RasterPanel{{"one", d}, {"<two>", d}, {"", d}}, opts...)
		},
		"activity": func() (*Figure, error) { return ActivityFigure(d, opts...) },
		"boxes": func() (*Figure, error) {
			rates, err := RatesOf(d)
			if err != nil {
				return nil, err
			}
			return BoxPlotFigure(rates, &Reference{"same", rates}, opts...)
		},
	}
}

var fontSize = regexp.MustCompile(`font-size:([0-9.]+)px`)

func checkRendered(t *testing.T, name string, f *Figure) {
	t.Helper()
	p, err := f.PNG()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	cfg, err := png.DecodeConfig(bytes.NewReader(p))
	if w, h := f.Size(); err != nil || cfg.Width != 2*w || cfg.Height != 2*h {
		t.Errorf("%s: PNG of %d x %d, want twice %d x %d (%v)", name, cfg.Width, cfg.Height, w, h, err)
	}
	s, err := f.SVG()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if len(p) > MaxBytes || len(s) > MaxBytes {
		t.Errorf("%s: PNG of %d, SVG of %d bytes", name, len(p), len(s))
	}
	dec := xml.NewDecoder(bytes.NewReader(s))
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%s: SVG is not well-formed: %v", name, err)
		}
	}
	if !strings.Contains(string(s), "<title>") || f.Alt == "" || strings.Contains(f.Alt, "NaN") {
		t.Errorf("%s: no alternative text, %q", name, f.Alt)
	}
	for _, bad := range []string{"NaN", "Inf", "image/jpg"} {
		// Base64 can hold any letters.
		if clean := regexp.MustCompile(`base64,[^"]*`).ReplaceAllString(string(s), ""); strings.Contains(clean, bad) {
			t.Errorf("%s: SVG contains %s", name, bad)
		}
	}
	sizes := fontSize.FindAllStringSubmatch(string(s), -1)
	if len(sizes) == 0 || strings.Count(string(s), "textLength") != len(sizes) {
		t.Errorf("%s: %d texts, %d with a length", name, len(sizes), strings.Count(string(s), "textLength"))
	}
	for _, m := range sizes {
		if v, _ := strconv.ParseFloat(m[1], 64); v < 8 {
			t.Errorf("%s: text of %s pt, want at least 8", name, m[1])
		}
	}
}

// What is odd but valid gives a picture.
func TestOddData(t *testing.T) {
	pops := func(names ...string) (ps []spikes.Population) {
		for i, n := range names {
			ps = append(ps, spikes.Population{Name: n, First: int32(10*i + 1), N: 10})
		}
		return ps
	}
	many := make([]string, 60)
	for i := range many {
		many[i] = "population " + strconv.Itoa(i)
	}
	base := spikes.Data{Resolution: 0.1, End: 1000}
	cases := map[string]func(d *spikes.Data){
		"no spikes":      func(d *spikes.Data) { d.Populations = pops("L4E", "L4I") },
		"one neuron":     func(d *spikes.Data) { d.Populations = []spikes.Population{{Name: "x", First: 1, N: 1}} },
		"one step":       func(d *spikes.Data) { d.Populations = pops("E"); d.End = 1; d.Step = []int64{1}; d.Neuron = []int32{3} },
		"foreign ids":    func(d *spikes.Data) { d.Populations = pops("E"); d.Step = []int64{5}; d.Neuron = []int32{-7} },
		"outside window": func(d *spikes.Data) { d.Populations = pops("E"); d.Step = []int64{-5, 2000}; d.Neuron = []int32{1, 1} },
		"empty name":     func(d *spikes.Data) { d.Populations = pops("", "E", "I", "é<&\"") },
		"many":           func(d *spikes.Data) { d.Populations = pops(many...) },
		"late window":    func(d *spikes.Data) { d.Populations = pops("E"); d.Begin, d.End = 1<<60, 1<<60+10000 },
		"odd resolution": func(d *spikes.Data) { d.Populations = pops("E"); d.Resolution = 1.0 / 3 },
		"inhibitory first": func(d *spikes.Data) {
			d.Populations = pops("L4I", "L4E")
			d.Step, d.Neuron = []int64{1, 1000}, []int32{1, 20}
		},
	}
	for name, change := range cases {
		d := base
		change(&d)
		figures := figuresOf(&d, WithMark(20, 30, "pulse"), WithMark(-9, 1e300, ""))
		figures["boxes"] = figuresOf(&d)["boxes"] // which have no marks
		for kind, figure := range figures {
			f, err := figure()
			if err != nil {
				t.Errorf("%s, %s: %v", name, kind, err)
				continue
			}
			checkRendered(t, name+", "+kind, f)
		}
	}
}

func TestInvalid(t *testing.T) {
	good := func() *spikes.Data {
		return &spikes.Data{Resolution: 0.1, End: 1000, Populations: []spikes.Population{{Name: "E", First: 1, N: 5}}}
	}
	for says, d := range map[string]*spikes.Data{
		"nil":            nil,
		"no populations": {Resolution: 0.1, End: 10},
		"is empty":       func() *spikes.Data { d := good(); d.End = 0; return d }(),
		"0 neurons":      func() *spikes.Data { d := good(); d.Populations[0].N = 0; return d }(),
		"resolution":     func() *spikes.Data { d := good(); d.Resolution = math.NaN(); return d }(),
		"columns":        func() *spikes.Data { d := good(); d.Step = []int64{1}; return d }(),
	} {
		for kind, figure := range figuresOf(d) {
			if _, err := figure(); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: error %v, want one that says %q", kind, err, says)
			}
		}
	}
	for says, o := range map[string]Option{
		"is nil":           nil,
		"size 1 x 3":       WithSize(1, 3),
		"size NaN":         WithSize(math.NaN(), 3),
		"size 21 x 3":      WithSize(21, 3),
		"size 3 x 1.9":     WithSize(3, 1.9),
		"size 3 x 20.1":    WithSize(3, 20.1),
		"bin of NaN":       WithBin(math.NaN()),
		"bin of +Inf":      WithBin(math.Inf(1)),
		"mark from NaN":    WithMark(math.NaN(), 2, ""),
		"mark from 0 to +": WithMark(0, math.Inf(1), ""),
		"mode 7":           WithMode(7),
		"sample of 0":      WithNeurons(0),
		"scale 5":          WithScale(5),
		"bin of -1":        WithBin(-1),
		"must not be befo": WithMark(2, 1, ""),
	} {
		for kind, figure := range figuresOf(good(), o) {
			if _, err := figure(); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: error %v, want one that says %q", kind, err, says)
			}
		}
	}
	if _, err := RateFigure(good(), WithBin(0.15)); err == nil || !strings.Contains(err.Error(), "multiple") {
		t.Errorf("bin of 1.5 steps: %v", err)
	}
	long := good()
	long.End = 1 << 40
	if _, err := RateFigure(long, WithBin(0.1)); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("too many bins: %v", err)
	}
	if _, err := BoxPlotFigure(nil, nil); err == nil {
		t.Error("a box plot of nothing")
	}
	if _, err := BoxPlotFigure([]Sampled{{Name: "a", Values: []float64{math.Inf(1)}}}, nil); err == nil {
		t.Error("a box plot of infinity")
	}
	if _, err := BoxPlotFigure([]Sampled{{Name: "a", Values: []float64{1}}}, &Reference{"r", []Sampled{{Name: "b", Values: []float64{1}}}}); err == nil {
		t.Error("a reference without the population")
	}
	if _, err := (&Figure{}).PNG(); err == nil {
		t.Error("an empty figure was drawn")
	}
	if _, err := (*Figure)(nil).SVG(); err == nil {
		t.Error("no figure was drawn")
	}
	broken := &Figure{width: 100, height: 100, draw: func(draw.Canvas) { panic("as a library would") }}
	if _, err := broken.PNG(); err == nil || !strings.Contains(err.Error(), "as a library would") {
		t.Errorf("a panic while drawing: %v", err)
	}
	if _, err := ThemeByName("neon"); err == nil || !strings.Contains(err.Error(), "default and paper") {
		t.Errorf("unknown theme: %v", err)
	}
}

// The densest picture there is: noise in every pixel.
func TestSizeLimit(t *testing.T) {
	d := poisson(1, 3000, 0)
	for kind, figure := range figuresOf(d) {
		f, err := figure()
		if err != nil {
			t.Fatal(err)
		}
		checkRendered(t, kind, f)
	}
}

func TestThemes(t *testing.T) {
	for name, hex := range map[string][2]uint32{"default": {0x004488, 0xBB5566}, "paper": {0x000000, 0x8A8A8A}} {
		th, err := ThemeByName(name)
		if err != nil || th.Excitatory != rgb(hex[0]) || th.Inhibitory != rgb(hex[1]) {
			t.Errorf("%s: %+v, %v", name, th, err)
		}
	}
}

// Raster and histogram must share x to a fraction of a pixel.
func TestSharedX(t *testing.T) {
	c := must(configure("a figure", 5, nil))
	d := poisson(0.05, 500, 0)
	r, h := must(newRaster(d, c)), must(newRateHistogram(d, c))
	dc := inset(draw.New(vgimg.New(c.width, c.height)))
	a := arrange(dc, []panel{r.panel(dc, c.theme, 3, false), h.panel(c.theme, 1)}, 7, 0, 0)
	top, bottom := a[0].plot.DataCanvas(a[0].canvas), a[1].plot.DataCanvas(a[1].canvas)
	if math.Abs(float64(top.Min.X-bottom.Min.X)) > 0.01 || math.Abs(float64(top.Max.X-bottom.Max.X)) > 0.01 {
		t.Errorf("x from %v to %v above, %v to %v below", top.Min.X, top.Max.X, bottom.Min.X, bottom.Max.X)
	}
	if top.Min.Y < bottom.Max.Y {
		t.Error("the panels overlap")
	}
}

func TestNotes(t *testing.T) {
	d := poisson(0.05, 500, 0)
	d.End = 4999
	f := must(RateFigure(d, WithBin(1)))
	if len(f.Notes) != 1 || !strings.Contains(f.Notes[0], "the last 0.9 ms") {
		t.Errorf("notes %q, want one of the last 0.9 ms", f.Notes)
	}
	d.End = 5000
	if f := must(RateFigure(d, WithBin(1))); len(f.Notes) != 0 {
		t.Errorf("notes %q without a part-bin", f.Notes)
	}
}

func TestRatesReference(t *testing.T) {
	run := &analysis.Statistics{EndMS: 2000, Populations: []analysis.PopulationStatistics{{Name: "A", N: 2, SpikeCounts: []int{4, 0}}}}
	r := RatesReference("x", []*analysis.Statistics{run, run})
	if v := r.Samples[0].Values; len(v) != 4 || v[0] != 2 || v[1] != 0 {
		t.Errorf("rates %v, want 2 0 2 0", v)
	}
}
