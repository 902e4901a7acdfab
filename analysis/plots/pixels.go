package plots

import (
	"image"
	"image/color"
	"math"
	"slices"

	"cortigo/sim/spikes"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// plotPixels draws the spikes into an image of dpi that lies on whole pixels of
// the canvas, or scaling would blur it.
func (r *Raster) plotPixels(c draw.Canvas, dpi float64, x, y func(float64) vg.Length) {
	px := func(l vg.Length) float64 { return float64(l/vg.Inch) * dpi }
	left, bottom := math.Ceil(px(c.Min.X)-1e-6), math.Ceil(px(c.Min.Y)-1e-6)
	w, h := int(math.Floor(px(c.Max.X)+1e-6)-left), int(math.Floor(px(c.Max.Y)+1e-6)-bottom)
	if w < 1 || h < 1 {
		return
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	column := func(ms float64) int { return min(max(int(px(x(ms))-left), 0), w-1) }
	// Rows are counted from the top, in the image too.
	line := func(row float64) float64 { return bottom + float64(h) - px(y(float64(r.Shown)-row)) }
	if r.Mode == Density {
		r.density(img, dpi, column, line)
	} else {
		r.dots(img, dpi, column, line)
	}
	length := func(p float64) vg.Length { return vg.Length(p/dpi) * vg.Inch }
	c.DrawImage(vg.Rectangle{
		Min: vg.Point{X: length(left), Y: length(bottom)},
		Max: vg.Point{X: length(left + float64(w)), Y: length(bottom + float64(h))},
	}, img)
}

// dots draws every spike as a rectangle, at least as high as wide: 1.2 pt wide
// if there are few, 0.8 pt if there are many.
func (r *Raster) dots(img *image.RGBA, dpi float64, column func(float64) int, line func(float64) float64) {
	size := 1.2
	if r.Spikes > 5000 {
		size = 0.8
	}
	width := max(1, int(dpi/72*size))
	height := max(width, int((line(1)-line(0))*0.8))
	bounds := img.Bounds()
	r.each(func(b *band, row int, ms float64) {
		col := r.Theme.color(b.kind)
		x0 := column(ms) - width/2
		y0 := int(math.Round(line(float64(row)+0.5) - float64(height)/2))
		for y := max(y0, 0); y < min(y0+height, bounds.Dy()); y++ {
			for x := max(x0, 0); x < min(x0+width, bounds.Dx()); x++ {
				img.SetRGBA(x, y, col)
			}
		}
	})
}

// density draws the number of spikes per pixel.
func (r *Raster) density(img *image.RGBA, dpi float64, column func(float64) int, line func(float64) float64) {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	cell := max(1, int(math.Round(dpi/(2*screenDPI))))
	if float64(r.Spikes) < 0.25*float64(w*h)/float64(cell*cell) {
		cell *= 2 // sparse: larger pixels, or single spikes are hard to see
	}
	cols, rows := (w+cell-1)/cell, (h+cell-1)/cell
	counts := make([]uint32, cols*rows)
	kinds := make([]spikes.Kind, rows)
	seen := make([]bool, rows)
	lines := make([]int, r.Shown) // of each row; computed once, spikes are many
	for _, b := range r.bands {
		for k := range b.rows {
			at := min(max(int(line(float64(b.top+k)+0.5)), 0), h-1) / cell
			lines[b.top+k] = at
			if !seen[at] { // a pixel between two populations belongs to the upper
				kinds[at], seen[at] = b.kind, true
			}
		}
	}
	r.each(func(_ *band, row int, ms float64) {
		counts[lines[row]*cols+column(ms)/cell]++
	})
	shade := shades(counts, r.Scale)
	for y := range h {
		base := r.Theme.color(kinds[y/cell])
		for x := range w {
			if n := counts[y/cell*cols+x/cell]; n > 0 {
				img.SetRGBA(x, y, blend(base, shade(n)))
			}
		}
	}
}

// faintest is the opacity of a single spike, so that it stays visible.
const faintest = 0.5

// shades returns the opacity of a pixel with n > 0 spikes, faintest to 1.
func shades(counts []uint32, s Scale) func(n uint32) float64 {
	positive := make([]uint32, 0, len(counts))
	for _, n := range counts {
		if n > 0 {
			positive = append(positive, n)
		}
	}
	if len(positive) == 0 {
		return func(uint32) float64 { return 1 }
	}
	slices.Sort(positive)
	if s == Equalised {
		return func(n uint32) float64 {
			// Ranks between the single spikes and the fullest pixel.
			ones, _ := slices.BinarySearch(positive, 2)
			below, _ := slices.BinarySearch(positive, n+1)
			if n == 1 || ones == len(positive) {
				return faintest
			}
			return faintest + (1-faintest)*float64(below-ones)/float64(len(positive)-ones)
		}
	}
	// The fullest few pixels would take the range from the others.
	full := max(2, positive[(len(positive)-1)*999/1000])
	return func(n uint32) float64 {
		return min(1, faintest+(1-faintest)*math.Log(float64(n))/math.Log(float64(full)))
	}
}

// blend returns c with the given opacity, premultiplied as image.RGBA wants it.
func blend(c color.RGBA, opacity float64) color.RGBA {
	f := func(v uint8) uint8 { return uint8(math.Round(float64(v) * opacity)) }
	return color.RGBA{R: f(c.R), G: f(c.G), B: f(c.B), A: f(255)}
}

// blendOn returns c with the given opacity on white.
func blendOn(c color.RGBA, opacity float64) color.RGBA {
	f := func(v uint8) uint8 { return uint8(math.Round(255 - (255-float64(v))*opacity)) }
	return color.RGBA{R: f(c.R), G: f(c.G), B: f(c.B), A: 255}
}
