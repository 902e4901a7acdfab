package plots

import (
	"errors"
	"fmt"
	"strings"

	"cortigo/sim/spikes"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// MaxPanels is the largest number of panels of a RasterGridFigure.
const MaxPanels = 12

// A RasterPanel is one state of a network, such as "g = 5, η = 2".
type RasterPanel struct {
	Title string
	Data  *spikes.Data // in the window that is to be seen
}

// RasterGridFigure returns a figure of several states of a network side by side,
// as Fig. 8 of Brunel (2000, J. Comput. Neurosci. 8:183): each with a title, a
// raster of some neurons (50 unless WithNeurons says otherwise) and below it the
// rate of all neurons, which has a scale of its own; two panels in a row,
// lettered from A, 6.5 inches wide and 2.5 high a row.
//
// The bin of the rates is a round number that makes 100 to 250 bins, or WithBin.
// Further options and errors are those of NewRaster and NewRateHistogram; also
// WithTitle and WithSize. It is an error if there are no or more than MaxPanels
// panels.
func RasterGridFigure(panels []RasterPanel, opts ...Option) (*Figure, error) {
	if len(panels) == 0 {
		return nil, errors.New("plots: no panels to draw")
	}
	if len(panels) > MaxPanels {
		return nil, fmt.Errorf("plots: %d panels, at most %d are allowed", len(panels), MaxPanels)
	}
	rows := (len(panels) + 1) / 2
	c, err := configure("a raster grid figure", min(2.5*float64(rows)+0.2, 20),
		append([]Option{WithNeurons(50), WithMode(Sample)}, opts...), rasterOptions, rateOptions, figureOptions)
	if err != nil {
		return nil, err
	}
	f := newFigure(c)
	cells := make([]gridCell, len(panels))
	for i, p := range panels {
		letter := string(rune('A' + i))
		wrap := func(err error) error { return fmt.Errorf("plots: panel %s (%q): %w", letter, p.Title, err) }
		if cells[i].raster, err = newRaster(p.Data, c); err != nil {
			return nil, wrap(err)
		}
		own := *c
		if own.binMS == 0 {
			own.binMS = panelBin(p.Data)
		}
		if cells[i].rate, err = newRateHistogram(p.Data, &own); err != nil {
			return nil, wrap(err)
		}
		cells[i].letter, cells[i].title = letter, p.Title
		f.Alt += fmt.Sprintf("%s, %s: %s. Below, %s ", letter, p.Title, cells[i].raster.alt(), lowerFirst(cells[i].rate.alt()))
		for _, n := range cells[i].rate.notes() {
			f.Notes = append(f.Notes, letter+": "+n)
		}
	}
	f.Alt = strings.TrimSpace(f.Alt)
	f.draw = func(dc draw.Canvas) { drawGrid(inset(dc), c, cells) }
	return f, nil
}

// panelBin returns the default bin in ms, 0 where it is no multiple of the
// resolution.
func panelBin(d *spikes.Data) float64 {
	if ms := roundUp(d.DurationMS() / 250); onGrid(d, ms) {
		return ms
	}
	return 0
}

type gridCell struct {
	letter, title string
	raster        *Raster
	rate          *RateHistogram
}

// gridCaption says how many neurons are shown, if it is the same everywhere.
func gridCaption(cells []gridCell) string {
	first := cells[0].raster
	for _, g := range cells {
		if g.raster.Shown != first.Shown || g.raster.Neurons != first.Neurons {
			return ""
		}
	}
	if first.Shown == first.Neurons {
		return first.amount()
	}
	return first.amount() + ", below it the rate of all"
}

// panels returns the cell's raster and rate.
func (g *gridCell) panels(dc draw.Canvas, t Theme) []panel {
	upper, lower := g.raster.panel(dc, t, 1.7, false), g.rate.panel(t, 1)
	upper.yLabel = "neurons"
	upper.plot.Y.Tick.Marker = plot.ConstantTicks(nil)
	lower.plot.X.Tick.Marker = ticks(5)
	lower.plot.Y.Tick.Marker = ticks(3)
	return []panel{upper, lower}
}

// drawGrid draws the cells two in a row; axes of the cells of a column are
// aligned.
func drawGrid(dc draw.Canvas, c *config, cells []gridCell) {
	dc = header(dc, c.theme, c.title, gridCaption(cells), cells[0].raster.keys())
	dc.Max.Y -= 6
	columns := min(2, len(cells))
	rows := (len(cells) + 1) / 2
	const between vg.Length = 12
	w := (dc.Max.X - dc.Min.X - between*vg.Length(columns-1)) / vg.Length(columns)
	h := (dc.Max.Y - dc.Min.Y - between*vg.Length(rows-1)) / vg.Length(rows)
	for col := range columns {
		var left, right vg.Length
		for _, draw := range []bool{false, true} { // margins first
			for i := col; i < len(cells); i += columns {
				sub := dc
				sub.Min.X = dc.Min.X + vg.Length(col)*(w+between)
				sub.Max.X = sub.Min.X + w
				sub.Max.Y = dc.Max.Y - vg.Length(i/columns)*(h+between)
				sub.Min.Y = sub.Max.Y - h
				ps := cells[i].panels(sub, c.theme)
				if !draw {
					l, r := axesMargins(sub, ps)
					left, right = max(left, l), max(right, r)
					continue
				}
				sub = header(sub, c.theme, cells[i].letter+"   "+cells[i].title, "", nil)
				sub.Max.Y -= 2
				stackWithin(sub, c.theme, ps, 5, left, right)
			}
		}
	}
}
