package plots

import (
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"cortigo/sim/spikes"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// Neighbours of one group share its label, excitatory ones first; kinds that are
// absent are told from the name.
func TestGroups(t *testing.T) {
	const e, i, none = spikes.Excitatory, spikes.Inhibitory, spikes.Kind("")
	for _, c := range []struct {
		name string
		pops []spikes.Population
		want []string
	}{
		{"no groups", []spikes.Population{{Name: "L4E"}, {Name: "L4I"}, {Name: "x", Label: "X"}}, []string{"L4E: L4E", "L4I: L4I", "X: x"}},
		{"groups", []spikes.Population{{Name: "a", Kind: e, Group: "V1"}, {Name: "b", Kind: i, Group: "V1"}, {Name: "c", Kind: e, Group: "V2"}, {Name: "d", Kind: i, Group: "V2"}},
			[]string{"V1: a b", "V2: c d"}},
		{"order", []spikes.Population{{Name: "x", Kind: "modulatory", Group: "V1"}, {Name: "b", Kind: i, Group: "V1"}, {Name: "b2", Kind: i, Group: "V1"}, {Name: "a", Kind: e, Group: "V1"}},
			[]string{"V1: a b b2 x"}},
		{"order by name", []spikes.Population{{Name: "inh", Kind: none, Group: "V1"}, {Name: "exc", Kind: none, Group: "V1"}}, []string{"V1: exc inh"}},
		{"alone in its group", []spikes.Population{{Name: "a", Label: "A", Group: "V1"}}, []string{"A: a"}},
		{"not neighbours", []spikes.Population{{Name: "a", Group: "V1"}, {Name: "b"}, {Name: "c", Group: "V1"}}, []string{"a: a", "b: b", "c: c"}},
	} {
		before := slices.Clone(c.pops)
		var got []string
		for _, g := range groups(c.pops) {
			s := g.label + ":"
			for _, p := range g.pops {
				s += " " + p.Name
			}
			got = append(got, s)
		}
		if !slices.Equal(got, c.want) || !slices.Equal(c.pops, before) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestModes(t *testing.T) {
	d := poisson(0.1, 500, 0)
	r := must(NewRaster(d))
	if r.Mode != Sample || r.Shown < 990 || r.Shown > 1010 || r.Neurons != 7718 {
		t.Errorf("%v with %d of %d neurons, want a sample of about 1000", r.Mode, r.Shown, r.Neurons)
	}
	// Stratified: the same fraction of each population, and all their spikes.
	fraction := 1000.0 / 7718
	spikesShown := 0
	for _, b := range r.bands {
		if want := fraction * float64(b.pop.N); math.Abs(float64(b.rows)-want) > 0.51 {
			t.Errorf("%d of %d neurons of %s, want %.1f", b.rows, b.pop.N, b.pop.Name, want)
		}
		for _, id := range d.Neuron {
			if slices.Contains(b.ids, id) {
				spikesShown++
			}
		}
	}
	if r.Spikes != spikesShown {
		t.Errorf("%d spikes shown, the sampled neurons have %d", r.Spikes, spikesShown)
	}
	if r := must(NewRaster(d, WithNeurons(1))); r.Shown != 8 {
		t.Errorf("%d neurons, want one of each of 8 populations", r.Shown)
	}
	if r := must(NewRaster(d, WithNeurons(1e6))); r.Shown != 7718 || r.Spikes != d.Len() {
		t.Errorf("%d neurons, %d spikes, want all", r.Shown, r.Spikes)
	}
	big := *d
	for len(big.Step) <= AutoSpikes {
		big.Step, big.Neuron = append(big.Step, d.Step...), append(big.Neuron, d.Neuron...)
	}
	some := big // the spikes of all, but only few neurons are asked for
	some.Populations = []spikes.Population{{Name: "few", First: 1, N: 5}}
	if r := must(NewRaster(&some)); r.Mode != Sample || r.Shown != 5 {
		t.Errorf("%v of %d neurons, want a sample: all 5", r.Mode, r.Shown)
	}
	// What is drawn follows from the spikes of the sample, not from those of all.
	if r := must(NewRaster(&big, WithNeurons(2000))); r.Mode != Sample || r.Shown < 1990 || r.Shown > 2010 || r.Spikes > AutoSpikes {
		t.Errorf("%v of %d neurons and %d spikes, want a sample of about 2000", r.Mode, r.Shown, r.Spikes)
	}
	if r := must(NewRaster(&big, WithNeurons(1e6))); r.Mode != Density || r.Shown != 7718 || r.Spikes != len(big.Step) {
		t.Errorf("%v of %d neurons and %d spikes, want the density of all", r.Mode, r.Shown, r.Spikes)
	}
}

// drawn draws a raster that fills a canvas of w by h pixels.
func drawn(t *testing.T, d *spikes.Data, w, h int, opts ...Option) image.Image {
	t.Helper()
	r := must(NewRaster(d, opts...))
	length := func(px int) vg.Length { return vg.Length(px) / (2 * screenDPI) * vg.Inch }
	c := vgimg.NewWith(vgimg.UseWH(length(w), length(h)), vgimg.UseDPI(2*screenDPI))
	p := plot.New()
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = r.DataRange()
	r.Plot(draw.New(c), p)
	return c.Image()
}

// One neuron per 4 pixels, one step per pixel: every spike is where it belongs
// and has its colour, unblurred.
func TestPixelsAreWhole(t *testing.T) {
	d := &spikes.Data{
		Resolution: 1, End: 100,
		Populations: []spikes.Population{{Name: "p", First: 1, N: 20, Kind: spikes.Excitatory, Group: "g"}, {Name: "q", First: 21, N: 5, Kind: spikes.Inhibitory, Group: "g"}},
		Step:        []int64{10, 50, 90}, Neuron: []int32{1, 20, 25},
	}
	for _, mode := range []Mode{Sample, Density} {
		img := drawn(t, d, 100, 100, WithMode(mode))
		for i, s := range d.Step {
			want := Default().Excitatory
			if d.Neuron[i] > 20 {
				want = Default().Inhibitory
			}
			if mode == Density {
				want = blendOn(want, faintest) // one spike in a pixel
			}
			x, y := int(s), int(d.Neuron[i]-1)*4+2
			got := color.RGBAModel.Convert(img.At(min(x, 99), y)).(color.RGBA)
			if diff(got, want) > 2 {
				t.Errorf("%v: pixel of neuron %d at step %d is %v, want %v", mode, d.Neuron[i], s, got, want)
			}
		}
		// Nothing else: blurring would show as other colours.
		coloured := 0
		for y := range 100 {
			for x := range 100 {
				if c := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA); c != (color.RGBA{255, 255, 255, 255}) {
					coloured++
				}
			}
		}
		if coloured > 3*16 || coloured < 3 {
			t.Errorf("%v: %d pixels are not white, want those of 3 spikes", mode, coloured)
		}
	}
}

func diff(a, b color.RGBA) int {
	f := func(x, y uint8) int { return max(int(x)-int(y), int(y)-int(x)) }
	return max(f(a.R, b.R), f(a.G, b.G), f(a.B, b.B))
}

// Few spikes in a large picture are larger dots, so that single ones are seen;
// where there are many, a dot is a pixel of a page.
func TestDensityCells(t *testing.T) {
	d := &spikes.Data{Resolution: 1, End: 100, Populations: []spikes.Population{{Name: "x", First: 1, N: 100}}}
	coloured := func(d *spikes.Data) (n int) {
		img := drawn(t, d, 200, 200, WithMode(Density))
		for y := range 200 {
			for x := range 200 {
				if c := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA); c != (color.RGBA{255, 255, 255, 255}) {
					n++
				}
			}
		}
		return n
	}
	d.Step, d.Neuron = []int64{50}, []int32{50}
	if n := coloured(d); n != 4 { // 192 dpi: cells of 2 x 2 pixels
		t.Errorf("one spike colours %d pixels, want 4", n)
	}
	if n := coloured(&spikes.Data{Resolution: 1, End: 100, Populations: d.Populations}); n != 0 {
		t.Errorf("no spike colours %d pixels", n)
	}
	// A spike of every neuron in every step: half of the picture's 200 x 200
	// pixels hold one, cells of one pixel.
	for s := range int64(100) {
		for id := range int32(100) {
			d.Step, d.Neuron = append(d.Step, s+1), append(d.Neuron, id+1)
		}
	}
	if n := coloured(d); n < 10_000 || n > 10_500 {
		t.Errorf("10000 spikes colour %d pixels, want one each", n)
	}
}

func TestShades(t *testing.T) {
	counts := make([]uint32, 0, 2000)
	for i := range 2000 {
		counts = append(counts, uint32(i%20))
	}
	for _, s := range []Scale{Log, Equalised} {
		f := shades(counts, s)
		last := 0.0
		for n := uint32(1); n < 20; n++ {
			if v := f(n); v <= last || v < faintest || v > 1 {
				t.Errorf("scale %d: opacity of %d spikes is %v after %v", s, n, v, last)
			} else {
				last = v
			}
		}
		if f(1) != faintest || f(19) != 1 || f(1000) != 1 {
			t.Errorf("scale %d: %v to %v, want %v to 1", s, f(1), f(19), faintest)
		}
		if v := shades([]uint32{0, 1, 1}, s)(1); v != faintest {
			t.Errorf("scale %d: single spikes only: %v", s, v)
		}
	}
}

func TestTicks(t *testing.T) {
	labels := func(lo, hi float64, n int) (out []string) {
		for _, k := range ticks(n).Ticks(lo, hi) {
			if k.Label != "" {
				out = append(out, k.Label)
			}
		}
		return out
	}
	for _, c := range []struct {
		lo, hi float64
		n      int
		want   []string
	}{
		{500, 1500, 8, []string{"600", "800", "1000", "1200", "1400"}},
		{0, 1, 5, []string{"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"}},
		{-1, 1, 4, []string{"-1.0", "-0.5", "0.0", "0.5", "1.0"}},
		{0, 4.2, 4, []string{"0", "2", "4"}},
		{1, 1, 4, nil},
		{0, math.Inf(1), 4, nil},
	} {
		if got := labels(c.lo, c.hi, c.n); !slices.Equal(got, c.want) {
			t.Errorf("ticks from %v to %v: %q, want %q", c.lo, c.hi, got, c.want)
		}
	}
}

func TestGroupedAndShort(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 77169: "77,169", 298880968: "298,880,968", -1234: "-1,234", -123: "-123"} {
		if got := grouped(n); got != want {
			t.Errorf("grouped(%d) = %q, want %q", n, got, want)
		}
	}
	for x, want := range map[float64]string{0: "0", 0.1: "0.1", 100: "100", 2.50: "2.5", 0.30000000000000004: "0.3"} {
		if got := short(x); got != want {
			t.Errorf("short(%v) = %q, want %q", x, got, want)
		}
	}
}
