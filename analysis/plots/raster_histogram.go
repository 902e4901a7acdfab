package plots

import (
	"math"
	"slices"
	"strconv"

	"cortigo/sim/spikes"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"
)

// RasterHistogramFigure returns a figure of what a spike recorder holds, as
// PyNEST's raster_plot.from_device(recorder, hist=True) draws it: time against
// neuron id, ids ascending upwards, and below it the rate in Hz in bins of 5 ms,
// sharing x; 6.5 x 4 inches. If ids are missing between populations, these are
// drawn next to each other with a line between.
//
// The rate is divided by the number of all neurons of d's populations except input; PyNEST
// divides by those that spiked, so that its rates are higher if neurons are silent.
//
// Options and errors are those of NewRaster (up to WithNeurons neurons with all
// their spikes, of more a sample) and NewRateHistogram; also WithTitle and
// WithSize.
func RasterHistogramFigure(d *spikes.Data, opts ...Option) (*Figure, error) {
	c, err := configure("a raster histogram figure", 4, opts, rasterOptions, rateOptions, figureOptions)
	if err != nil {
		return nil, err
	}
	c.upwards = true
	if c.binMS == 0 {
		c.binMS = 5
	}
	r, err := newRaster(d, c)
	if err != nil {
		return nil, err
	}
	h, err := newRateHistogram(d, c)
	if err != nil {
		return nil, err
	}
	rates, err := inputRates(d, h)
	if err != nil {
		return nil, err
	}
	f := newFigure(c)
	_, more := inputPanels(rates, c.theme)
	f.Alt = r.alt() + ". Below, " + lowerFirst(h.alt()) + more
	f.Notes = h.notes()
	f.draw = func(dc draw.Canvas) {
		dc = r.header(inset(dc), c.title)
		upper, lower := r.panel(dc, c.theme, 3, false), h.panel(c.theme, 1)
		upper.yLabel, lower.yLabel = "neuron id", "rate (Hz)"
		upper.plot.Y.Tick.Marker = r.idTicks(float64(dc.Max.Y-dc.Min.Y) * 0.6)
		upper.plot.Y.Tick.Length, upper.plot.Y.LineStyle.Width = 4, 0.6
		between, _ := inputPanels(rates, c.theme)
		stack(dc, c.theme, slices.Concat([]panel{upper}, between, []panel{lower}), 7)
	}
	return f, nil
}

// idTicks returns ticks at round neuron ids, of samples at ids evenly apart, for
// a raster of the given height in points.
func (r *Raster) idTicks(height float64) plot.ConstantTicks {
	gap := max(2.5*tickSize*float64(r.Shown)/height, 1) // rows
	step := int(max(roundUp(gap), 1))
	var out plot.ConstantTicks
	last := math.Inf(1)
	for i := range r.bands { // from the top
		b := &r.bands[i]
		for j := range b.rows {
			k := j
			if b.up {
				k = b.rows - 1 - j
			}
			id := b.id(k)
			at := float64(r.Shown-b.top-j) - 0.5
			if b.ids == nil && int(id)%step != 0 && k != 0 || b.ids != nil && k%step != 0 || last-at < gap*0.6 {
				continue
			}
			out = append(out, plot.Tick{Value: at, Label: strconv.Itoa(int(id))})
			last = at
		}
	}
	return out
}
