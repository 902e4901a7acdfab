package plots

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"cortigo/analysis"
	"cortigo/sim/spikes"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Raster plots spikes: time in ms on x, one row per neuron on y, populations
// from the top in the order of the data. It implements plot.Plotter and
// plot.DataRanger.
//
// It shows either a stratified sample of neurons with all their spikes, or all
// neurons as density per pixel; never every k-th spike, which would destroy
// single trains.
type Raster struct {
	Mode    Mode // Sample or Density
	Theme   Theme
	Scale   Scale // of Density
	Shown   int   // neurons shown
	Neurons int   // neurons of all populations that were recorded
	Spikes  int   // spikes shown

	d      *spikes.Data
	bands  []band
	groups []group
	rows   string // what the axis calls them
	marks  []Mark
}

// A band holds the rows of a population.
type band struct {
	pop  spikes.Population
	kind spikes.Kind
	top  int     // row of its first neuron, counted from the top of the raster
	ids  []int32 // neurons shown, ascending; nil: all
	rows int
	up   bool // ids ascend upwards instead of downwards
}

// row returns the raster's row of neuron id, or -1.
func (b *band) row(id int32) int {
	if !b.pop.Contains(id) {
		return -1
	}
	k, found := int(id-b.pop.First), true
	if b.ids != nil {
		k, found = slices.BinarySearch(b.ids, id)
	}
	switch {
	case !found:
		return -1
	case b.up:
		return b.top + b.rows - 1 - k
	}
	return b.top + k
}

// id returns the neuron of the k-th row of the band in order of ids.
func (b *band) id(k int) int32 {
	if b.ids == nil {
		return b.pop.First + int32(k)
	}
	return b.ids[k]
}

// NewRaster returns a plotter of d's spikes in d's window; take d.Window for a
// part of it. Options: WithTheme, WithMode, WithNeurons, WithSeed, WithScale,
// WithGroupName, WithMark. A population that was not recorded has no rows; the caption
// says so. It is an error if d has no populations, if none was recorded, or if
// the window is empty.
func NewRaster(d *spikes.Data, opts ...Option) (*Raster, error) {
	c, err := configure("a raster", 4, opts, rasterOptions)
	if err != nil {
		return nil, err
	}
	return newRaster(d, c)
}

func newRaster(d *spikes.Data, c *config) (*Raster, error) {
	if err := checkData(d); err != nil {
		return nil, err
	}
	recorded := d.Recorded()
	r := &Raster{Mode: c.mode, Theme: c.theme, Scale: c.scale, d: d, groups: groups(recorded), rows: c.groupName, marks: c.marks}
	for _, p := range recorded {
		r.Neurons += p.N
	}
	if c.upwards {
		slices.Reverse(r.groups)
		for _, l := range r.groups {
			slices.Reverse(l.pops)
		}
	}
	if r.Mode == Auto {
		r.Mode = Sample
		if r.choose(c); r.Spikes > AutoSpikes {
			r.Mode = Density
		}
	}
	r.choose(c)
	return r, nil
}

// choose decides which neurons have a row, and counts their spikes.
func (r *Raster) choose(c *config) {
	r.bands, r.Shown, r.Spikes = nil, 0, 0
	fraction := min(1, float64(c.neurons)/float64(r.Neurons))
	for _, l := range r.groups {
		for _, p := range l.pops {
			b := band{pop: p, kind: kindIn(r.d, p), top: r.Shown, rows: p.N, up: c.upwards}
			if r.Mode == Sample && fraction < 1 {
				b.ids = analysis.Subsample(p, max(1, int(math.Round(fraction*float64(p.N)))), c.seed)
				b.rows = len(b.ids)
			}
			r.Shown += b.rows
			r.bands = append(r.bands, b)
		}
	}
	r.each(func(*band, int, float64) { r.Spikes++ })
}

// checkData reports what makes d impossible to draw.
func checkData(d *spikes.Data) error {
	switch {
	case d == nil:
		return errors.New("plots: no data (nil)")
	case len(d.Step) != len(d.Neuron):
		return fmt.Errorf("plots: columns of different length: %d steps, %d neurons", len(d.Step), len(d.Neuron))
	case !(d.Resolution > 0) || math.IsInf(d.Resolution, 1):
		return fmt.Errorf("plots: resolution is %g ms, must be finite and > 0", d.Resolution)
	case d.End <= d.Begin:
		return fmt.Errorf("plots: window (%g, %g] ms is empty, its end must be after its start", d.BeginMS(), d.EndMS())
	}
	if recorded := d.Recorded(); len(recorded) > 0 || len(d.Populations) == 0 {
		return checkPopulations(recorded)
	}
	return errors.New("plots: none of the populations was recorded: there is nothing to draw")
}

// each calls f for every spike shown with its band, row from the top and time.
func (r *Raster) each(f func(b *band, row int, ms float64)) {
	k := 0 // band of the last spike: the next one is often of the same
	for i, id := range r.d.Neuron {
		if s := r.d.Step[i]; s <= r.d.Begin || s > r.d.End {
			continue
		}
		if !r.bands[k].pop.Contains(id) {
			k = slices.IndexFunc(r.bands, func(b band) bool { return b.pop.Contains(id) })
			if k < 0 {
				k = 0
				continue
			}
		}
		if row := r.bands[k].row(id); row >= 0 {
			f(&r.bands[k], row, r.d.TimeMS(i))
		}
	}
}

// String returns the picture in words.
func (r *Raster) String() string { return r.alt() }

// DataRange returns the window in ms and the rows, counted from the bottom.
func (r *Raster) DataRange() (xmin, xmax, ymin, ymax float64) {
	return r.d.BeginMS(), r.d.EndMS(), 0, float64(r.Shown)
}

// Plot draws marks, spikes, and rules between groups.
func (r *Raster) Plot(c draw.Canvas, p *plot.Plot) {
	plotMarks(c, p, r.Theme, r.marks, true)
	x, y := p.Transforms(&c)
	if dpi, ok := c.Canvas.(interface{ DPI() float64 }); ok || r.Mode == Density || r.Spikes > maxVectorSpikes {
		res := 2.0 * screenDPI
		if ok {
			res = dpi.DPI()
		}
		r.plotPixels(c, res, x, y)
	} else {
		r.plotLines(c, x, y)
	}
	r.letters(c, y)
	rule := draw.LineStyle{Color: r.Theme.Rule, Width: 0.5}
	for _, row := range r.boundaries() {
		at := y(float64(r.Shown - row))
		c.StrokeLine2(rule, c.Min.X, at, c.Max.X, at)
	}
}

// letters writes E or I next to the bands that are high enough: colour is not
// the only sign. GlyphBoxes reserves their place.
func (r *Raster) letters(c draw.Canvas, y func(float64) vg.Length) {
	for _, b := range r.bands {
		top, bottom := y(float64(r.Shown-b.top)), y(float64(r.Shown-b.top-b.rows))
		if b.kind == spikes.Other || top-bottom < noteSize {
			continue
		}
		sty := textStyle(noteSize, r.Theme.color(b.kind))
		sty.YAlign = draw.YCenter
		c.FillText(sty, vg.Point{X: c.Max.X + 3, Y: (top+bottom)/2 + 1}, letter(b.kind))
	}
}

func letter(k spikes.Kind) string {
	return map[spikes.Kind]string{spikes.Excitatory: "E", spikes.Inhibitory: "I"}[k]
}

// GlyphBoxes reserves room on the right for the letters E and I.
func (r *Raster) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	for _, b := range r.bands {
		if b.kind != spikes.Other {
			return []plot.GlyphBox{{X: 1, Y: 0.5, Rectangle: vg.Rectangle{Max: vg.Point{X: 10, Y: 0}}}}
		}
	}
	return nil
}

// boundaries returns the first row of every group but the first.
func (r *Raster) boundaries() []int {
	var rows []int
	k := 0
	for _, l := range r.groups {
		if k > 0 {
			rows = append(rows, r.bands[k].top)
		}
		k += len(l.pops)
	}
	return rows
}

// maxVectorSpikes is the largest number of spikes that an SVG draws as lines,
// about 20 bytes each; more become a picture inside it.
const maxVectorSpikes = 30_000

// plotLines draws every spike as a short line, for canvases without pixels.
func (r *Raster) plotLines(c draw.Canvas, x, y func(float64) vg.Length) {
	half := max(0.45, (y(1)-y(0))*0.4)
	paths := map[spikes.Kind]*vg.Path{}
	r.each(func(b *band, row int, ms float64) {
		p := paths[b.kind]
		if p == nil {
			p = new(vg.Path)
			paths[b.kind] = p
		}
		at := y(float64(r.Shown-row) - 0.5)
		p.Move(vg.Point{X: x(ms), Y: at - half})
		p.Line(vg.Point{X: x(ms), Y: at + half})
	})
	for _, k := range []spikes.Kind{spikes.Other, spikes.Inhibitory, spikes.Excitatory} {
		if p := paths[k]; p != nil {
			c.SetLineStyle(draw.LineStyle{Color: r.Theme.color(k), Width: 0.9})
			c.Stroke(*p)
		}
	}
}

// Ticks returns a tick at the centre of every group, labelled with its name.
// Labels that would come closer than gap rows to the one above are left out.
func (r *Raster) Ticks(gap float64) plot.ConstantTicks {
	var out plot.ConstantTicks
	k, last := 0, math.Inf(1)
	for _, l := range r.groups {
		rows := 0
		for _, b := range r.bands[k : k+len(l.pops)] {
			rows += b.rows
		}
		at := float64(r.Shown-r.bands[k].top) - float64(rows)/2
		if last-at >= gap {
			out = append(out, plot.Tick{Value: at, Label: l.label})
			last = at
		}
		k += len(l.pops)
	}
	return out
}

// Caption says in words what the raster shows.
func (r *Raster) Caption() string {
	spikes := "spikes"
	if r.Spikes == 1 {
		spikes = "spike"
	}
	missing := notRecorded(r.d)
	if r.Shown == r.Neurons {
		return fmt.Sprintf("%s, %s %s%s", r.amount(), grouped(r.Spikes), spikes, missing)
	}
	percent := 100 * float64(r.Shown) / float64(r.Neurons)
	return fmt.Sprintf("%s (%.2g %%), all their %s %s%s", r.amount(), percent, grouped(r.Spikes), spikes, missing)
}

// amount says how many neurons have a row: of the network, and of input.
func (r *Raster) amount() string {
	of := func(shown, all int) string {
		if shown == all {
			return "all " + grouped(all)
		}
		return grouped(shown) + " of " + grouped(all)
	}
	count := func(pops []spikes.Population) (shown, all int) {
		for _, b := range r.bands {
			if slices.Contains(pops, b.pop) {
				shown, all = shown+b.rows, all+b.pop.N
			}
		}
		return shown, all
	}
	text := of(count(r.d.Circuit())) + " neurons"
	for _, in := range inputs(r.d) {
		text += " and " + of(count(in.pops)) + " of " + in.name
	}
	return text
}
