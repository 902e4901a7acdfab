package plots

import (
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"cortigo/analysis"
	"cortigo/sim/spikes"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// kinds has 2 excitatory neurons, 2 inhibitory ones, one that is neither and 2
// of an excitatory population that is input, each with one spike at 10 times its
// id, in ms; (0, 100] ms in steps of 1.
func kinds() *spikes.Data {
	return &spikes.Data{
		Resolution: 1, End: 100,
		Populations: []spikes.Population{
			{Name: "p", First: 1, N: 2, Kind: spikes.Excitatory}, {Name: "q", First: 3, N: 2, Kind: spikes.Inhibitory},
			{Name: "E", First: 5, N: 1, Kind: spikes.Other}, {Name: "in", First: 6, N: 2, Kind: spikes.Excitatory, Input: true},
		},
		Step: []int64{10, 20, 30, 40, 50, 60, 70}, Neuron: []int32{1, 2, 3, 4, 5, 6, 7},
	}
}

// Each spike is a stroke of 0.8 rows at its time, in the row of its neuron and
// the colour of its kind; rules part the groups, letters name the kinds.
func TestRasterPlaces(t *testing.T) {
	th := Default()
	r := must(NewRaster(kinds()))
	inks := plotted(t, r, 200, 140) // 20 pt a row
	places := map[color.RGBA][][2]float64{
		// time, and middle of the row counted from the bottom: 7 rows, id 1 on top
		th.Excitatory: {{10, 6.5}, {20, 5.5}},
		th.Inhibitory: {{30, 4.5}, {40, 3.5}},
		th.Other:      {{50, 2.5}, {60, 1.5}, {70, 0.5}}, // input has no colour of the network's own
	}
	total := 0
	for c, want := range places {
		got := of(inks, "line", c)
		for i, w := range want {
			if len(got) != len(want) || !got[i].box(w[0], w[0], w[1]-0.4, w[1]+0.4) {
				t.Errorf("strokes of colour %v at %v, want %v", c, got, want)
				break
			}
		}
		total += len(got)
	}
	rules := of(inks, "line", th.Rule)
	for i, y := range []float64{5, 3, 2} {
		if len(rules) != 3 || !rules[i].box(0, 100, y, y) {
			t.Errorf("rules at %v, want at 5, 3 and 2 rows from the bottom", rules)
			break
		}
	}
	var letters []ink
	for _, k := range inks {
		if k.what == "text" {
			letters = append(letters, k)
		}
	}
	if len(letters) != 2 || letters[0].text != "E" || letters[0].color != th.Excitatory || letters[1].text != "I" || letters[1].color != th.Inhibitory {
		t.Fatalf("letters %+v, want an E and an I in their colours", letters)
	}
	for i, y := range []float64{6, 4} { // the middle of two rows; text is placed by its baseline
		if k := letters[i]; k.at[0][0] < 101 || math.Abs(k.at[0][1]-y) > 0.5 {
			t.Errorf("%s stands at %v, want beside row %g", k.text, k.at, y)
		}
	}
	if total+3+2 != len(inks) {
		t.Errorf("%d inks, want %d strokes, 3 rules and 2 letters: %+v", len(inks), total, inks)
	}
}

// A group is one block without rules within, excitatory above inhibitory also
// where they were created the other way round; its tick stands in the middle.
func TestRasterGroups(t *testing.T) {
	d := kinds()
	d.Populations = []spikes.Population{
		{Name: "q", First: 1, N: 2, Kind: spikes.Inhibitory, Group: "V1"}, {Name: "p", First: 3, N: 4, Kind: spikes.Excitatory, Group: "V1", Label: "P"},
		{Name: "r", First: 7, N: 2, Kind: spikes.Excitatory, Label: "relay"},
	}
	r := must(NewRaster(d))
	inks := plotted(t, r, 200, 80)
	// Rows from the bottom: r (7, 8) below, q (1, 2) in the middle, p (3-6) on top.
	for id, y := range map[int32]float64{3: 7.5, 4: 6.5, 5: 5.5, 6: 4.5, 1: 3.5, 2: 2.5, 7: 1.5} {
		c := Default().Excitatory
		if id < 3 {
			c = Default().Inhibitory
		}
		if !slices.ContainsFunc(of(inks, "line", c), func(k ink) bool { return k.box(10*float64(id), 10*float64(id), y-0.4, y+0.4) }) {
			t.Errorf("no stroke of neuron %d in row %g", id, y)
		}
	}
	if rules := of(inks, "line", Default().Rule); len(rules) != 1 || !rules[0].box(0, 100, 2, 2) {
		t.Errorf("rules %v, want one above r", rules)
	}
	ticks := r.Ticks(0)
	if len(ticks) != 2 || ticks[0].Label != "V1" || ticks[0].Value != 5 || ticks[1].Label != "relay" || ticks[1].Value != 1 {
		t.Errorf("ticks %+v, want V1 at 5 and relay at 1", ticks)
	}
	if ticks := r.Ticks(4); len(ticks) != 2 {
		t.Errorf("ticks %+v, want both", ticks)
	}
	if ticks := r.Ticks(4.1); len(ticks) != 1 || ticks[0].Label != "V1" { // 4 rows lie between them
		t.Errorf("ticks %+v, want the upper one alone", ticks)
	}
	if got := must(RasterFigure(d, WithGroupName("area"))); !slices.Contains(texts(figureInks(t, got)), "area") {
		t.Errorf("texts %q, want that rows are areas", texts(figureInks(t, got)))
	}
	if got := texts(figureInks(t, must(RasterFigure(d)))); !slices.Contains(got, "population") || !slices.Contains(got, "V1") || !slices.Contains(got, "relay") {
		t.Errorf("texts %q, want population, V1 and relay", got)
	}
}

// A sample has all spikes of its neurons and no others, in rows in order of ids.
func TestRasterSampleRows(t *testing.T) {
	d := &spikes.Data{Resolution: 1, End: 100, Populations: []spikes.Population{{Name: "p", First: 11, N: 60}}}
	for id := range int32(60) {
		d.Step, d.Neuron = append(d.Step, int64(id+1)), append(d.Neuron, 11+id)
	}
	for _, seed := range []uint64{1, 2} {
		r := must(NewRaster(d, WithNeurons(6), WithSeed(seed)))
		ids := analysis.Subsample(d.Populations[0], 6, seed)
		got := of(plotted(t, r, 100, 120), "line", Default().Other)
		if r.Shown != 6 || r.Spikes != 6 || len(got) != 6 {
			t.Fatalf("%d rows, %d spikes, %d strokes, want 6", r.Shown, r.Spikes, len(got))
		}
		for i, id := range ids { // neuron id spikes at id-10 ms
			if ms, y := float64(id-10), 5.5-float64(i); !got[i].box(ms, ms, y-0.4, y+0.4) {
				t.Errorf("seed %d: stroke %v, want neuron %d at %g ms in row %g", seed, got[i].at, id, ms, y)
			}
		}
	}
}

// Axes are the window and the rows, whatever is in them; what is outside of the
// window is not drawn.
func TestRasterRange(t *testing.T) {
	one := []spikes.Population{{Name: "a", First: 1, N: 3}}
	for _, c := range []struct {
		name         string
		d            *spikes.Data
		x0, x1, rows float64
		strokes      []float64 // times of what is drawn
	}{
		{"no spikes", &spikes.Data{Resolution: 0.1, Begin: 10, End: 20, Populations: one}, 1, 2, 3, nil},
		{"one spike", &spikes.Data{Resolution: 0.1, End: 20, Populations: one, Step: []int64{5}, Neuron: []int32{2}}, 0, 2, 3, []float64{0.5}},
		{"at the edges", &spikes.Data{Resolution: 1, Begin: 10, End: 20, Populations: one, Step: []int64{10, 11, 20, 21}, Neuron: []int32{1, 1, 1, 1}}, 10, 20, 3, []float64{11, 20}},
		{"of nobody", &spikes.Data{Resolution: 1, End: 20, Populations: one, Step: []int64{1, 2, 3}, Neuron: []int32{0, 4, 3}}, 0, 20, 3, []float64{3}},
		{"huge", &spikes.Data{Resolution: 0.1, End: 1 << 40, Populations: one, Step: []int64{1, 1 << 39}, Neuron: []int32{1, 3}}, 0, 0.1 * (1 << 40), 3, []float64{0.1, 0.1 * (1 << 39)}},
		{"one step", &spikes.Data{Resolution: 0.1, Begin: 4, End: 5, Populations: one, Step: []int64{5}, Neuron: []int32{2}}, 0.4, 0.5, 3, []float64{0.5}},
	} {
		r := must(NewRaster(c.d))
		x0, x1, y0, y1 := r.DataRange()
		if !closeTo(x0, c.x0) || !closeTo(x1, c.x1) || y0 != 0 || y1 != c.rows {
			t.Errorf("%s: %g to %g ms, %g to %g rows, want %g to %g, 0 to %g", c.name, x0, x1, y0, y1, c.x0, c.x1, c.rows)
		}
		var at []float64
		for _, k := range of(plotted(t, r, 100, 100), "line", Default().Other) {
			at = append(at, k.at[0][0])
		}
		if !slices.EqualFunc(at, c.strokes, func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*(x1-x0) }) {
			t.Errorf("%s: strokes at %v ms, want %v", c.name, at, c.strokes)
		}
	}
}

// Many spikes are a picture within an SVG, which fills the canvas to a pixel;
// few are strokes; density is always a picture.
func TestRasterOfMany(t *testing.T) {
	few := kinds()
	many := kinds()
	for range 5000 {
		many.Step, many.Neuron = append(many.Step, few.Step...), append(many.Neuron, few.Neuron...)
	}
	many.Sort()
	for _, c := range []struct {
		name    string
		d       *spikes.Data
		mode    Mode
		picture bool
	}{{"few", few, Sample, false}, {"many", many, Sample, true}, {"density", few, Density, true}} {
		r := must(NewRaster(c.d, WithMode(c.mode)))
		var pictures []ink
		for _, k := range inked(t, 150, 75, figureOf(r)) {
			if k.what == "picture" {
				pictures = append(pictures, k)
			}
		}
		if len(pictures) != map[bool]int{true: 1}[c.picture] {
			t.Errorf("%s: %d pictures", c.name, len(pictures))
			continue
		}
		if c.picture && !pictures[0].box(0, 150, 0, 75) { // 400 x 200 pixels of 1/192 inch
			t.Errorf("%s: the picture fills %v, want 150 x 75 pt", c.name, pictures[0].at)
		}
		if got := len(of(inked(t, 150, 75, figureOf(r)), "line", Default().Excitatory)); (got > 0) == c.picture {
			t.Errorf("%s: %d strokes", c.name, got)
		}
	}
}

// figureOf draws a plotter over a whole canvas.
func figureOf(r rangePlotter) func(draw.Canvas) {
	return func(c draw.Canvas) {
		p := plot.New()
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = r.DataRange()
		r.Plot(c, p)
	}
}

// Marks are bands over the whole height, within the window and at least a hair
// wide; their labels stand above, within the picture.
func TestMarks(t *testing.T) {
	d := &spikes.Data{Resolution: 1, Begin: 100, End: 200, Populations: []spikes.Population{{Name: "a", First: 1, N: 4}}}
	for _, c := range []struct {
		name       string
		begin, end float64
		x0, x1     float64 // of the band, ms; equal: none
		labelled   bool
	}{
		{"within", 120, 150, 120, 150, true},
		{"all", 100, 200, 100, 200, true},
		{"begins before", 50, 130, 100, 130, true},
		{"ends after", 190, 1e300, 190, 200, true},
		{"before", 10, 99, 0, 0, false},
		{"after", 201, 300, 0, 0, false},
		{"a moment", 150, 150, 150, 150.75, true}, // 0.75 pt of 100
	} {
		inks := plotted(t, must(NewRaster(d, WithMark(c.begin, c.end, "pulse"))), 100, 40)
		bands := of(inks, "area", Default().Mark)
		if c.x0 == c.x1 {
			if len(bands) != 0 || len(texts(inks)) != 0 {
				t.Errorf("%s: %v is drawn", c.name, inks)
			}
			continue
		}
		if len(bands) != 1 || !bands[0].box(c.x0, c.x1, 0, 4) {
			t.Errorf("%s: bands %v, want from %g to %g ms over 4 rows", c.name, bands, c.x0, c.x1)
		}
		label := of(inks, "text", Default().Text)
		if len(label) != 1 || label[0].text != "pulse" {
			t.Errorf("%s: labels %v", c.name, label)
			continue
		}
		width := float64(textStyle(noteSize, nil).Width("pulse"))
		if x, y := label[0].at[0][0], label[0].at[0][1]; !closeTo(x, min(c.x0, 200-width)) || y < 4 {
			t.Errorf("%s: the label is at %g ms, %g rows, want %g, above", c.name, x, y, min(c.x0, 200-width))
		}
	}
	// Marks are beneath the spikes.
	inks := plotted(t, must(NewRaster(kinds(), WithMark(0, 100, ""))), 100, 100)
	if inks[0].color != Default().Mark {
		t.Errorf("the first ink is %+v, want the mark", inks[0])
	}
}

// Legends name kinds that are shown, and input.
func TestRasterKeys(t *testing.T) {
	d := kinds()
	for _, c := range []struct {
		name string
		pops []spikes.Population
		opts []Option
		want string
	}{
		{"all", d.Populations, nil, "excitatory, inhibitory, in (input)"},
		{"excitatory", d.Populations[:1], nil, "excitatory"},
		{"by name", []spikes.Population{{Name: "inh", First: 1, N: 1}}, nil, "inhibitory"},
		{"neither", d.Populations[2:3], nil, ""},
		{"density", d.Populations[:1], []Option{WithMode(Density)}, "excitatory, darker: more spikes per pixel"},
		{"labelled", []spikes.Population{d.Populations[0], {Name: "x", Label: "drive", First: 6, N: 2, Input: true}}, nil, "excitatory, drive (input)"},
	} {
		e := *d
		e.Populations = c.pops
		var names []string
		for _, k := range must(NewRaster(&e, c.opts...)).keys() {
			names = append(names, k.text)
		}
		if got := strings.Join(names, ", "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// A theme's own colours are what is drawn.
func TestRasterThemes(t *testing.T) {
	for _, th := range []Theme{Default(), Paper(), luminance()} {
		inks := plotted(t, must(NewRaster(kinds(), WithTheme(th))), 200, 140)
		for c, n := range map[color.RGBA]int{th.Excitatory: 2, th.Inhibitory: 2, th.Rule: 3} {
			if got := of(inks, "line", c); len(got) != n {
				t.Errorf("%s: %d lines of %v, want %d", th.Name, len(got), c, n)
			}
		}
	}
}
