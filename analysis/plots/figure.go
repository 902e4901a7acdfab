package plots

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"math"
	"regexp"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// MaxBytes is the largest picture that PNG and SVG return, so that a notebook
// stays small.
const MaxBytes = 2_000_000

// screenDPI is the resolution of a page's pixels; PNG pictures have twice as
// many, so that they are sharp on dense displays and in print.
const screenDPI = 96

// A Figure is a finished picture that can be rendered.
type Figure struct {
	Alt           string   // the picture in words, for those who do not see it
	Notes         []string // what a reader of the numbers must know, such as dropped part-bins
	width, height vg.Length
	draw          func(draw.Canvas)
}

// Size returns the width and height at which the figure is to be shown, in
// pixels of a page (96 per inch). A PNG has twice as many each way.
func (f *Figure) Size() (width, height int) {
	return pixels(f.width), pixels(f.height)
}

// String returns the picture in words, Alt.
func (f *Figure) String() string { return f.Alt }

// Text returns the picture in words, Alt, and the Notes.
func (f *Figure) Text() (alt string, notes []string) { return f.Alt, f.Notes }

func pixels(l vg.Length) int { return int(math.Round(float64(l/vg.Inch) * screenDPI)) }

// Draw draws the figure onto c.
func (f *Figure) Draw(c draw.Canvas) { f.draw(c) }

// PNG returns the figure as a PNG picture with twice the pixels of Size.
// A picture of more than MaxBytes is an error.
func (f *Figure) PNG() ([]byte, error) {
	return f.render("PNG", func(w *bytes.Buffer) error {
		c := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(f.width, f.height), vgimg.UseDPI(2*screenDPI))}
		f.draw(draw.New(c))
		_, err := c.WriteTo(w)
		return err
	})
}

// SVG returns the figure as an SVG picture with its Alt text as title; its text
// stays text. A picture of more than MaxBytes is an error.
func (f *Figure) SVG() ([]byte, error) {
	return f.render("SVG", func(w *bytes.Buffer) error {
		c := vgsvg.New(f.width, f.height)
		f.draw(draw.New(c))
		var b bytes.Buffer
		if _, err := c.WriteTo(&b); err != nil {
			return err
		}
		w.Write(portable(b.Bytes(), f.Alt))
		return nil
	})
}

// render calls f and makes sure that what goes wrong in a drawing library, which
// panics, reaches the caller as an error.
func (f *Figure) render(format string, draw func(*bytes.Buffer) error) (out []byte, err error) {
	if f == nil || f.draw == nil {
		return nil, errors.New("plots: an empty Figure; figures come from this package's functions")
	}
	defer func() {
		if r := recover(); r != nil {
			out, err = nil, fmt.Errorf("plots: drawing a %s: %v", format, r)
		}
	}()
	var b bytes.Buffer
	if err := draw(&b); err != nil {
		return nil, fmt.Errorf("plots: writing a %s: %w", format, err)
	}
	if b.Len() > MaxBytes {
		return nil, fmt.Errorf("plots: the %s has %d bytes, at most %d are allowed; make the figure smaller or show fewer neurons", format, b.Len(), MaxBytes)
	}
	return b.Bytes(), nil
}

var svgText = regexp.MustCompile(`(?s)<text ([^>]*font-size:([0-9.]+)px[^>]*)>([^<]*)</text>`)

// portable makes an SVG of vgsvg look the same elsewhere and gives it a title
// for those who do not see it.
//
// Fonts are not embedded (0.5 MB): text names fonts of the same widths as
// Liberation Sans, and its length, so that others fit too.
func portable(svg []byte, title string) []byte {
	svg = svgText.ReplaceAllFunc(svg, func(m []byte) []byte {
		part := svgText.FindSubmatch(m)
		size, err := strconv.ParseFloat(string(part[2]), 64)
		if err != nil {
			return m
		}
		w := textStyle(vg.Length(size), nil).Width(html.UnescapeString(string(part[3])))
		return fmt.Appendf(nil, `<text textLength="%.2f" lengthAdjust="spacingAndGlyphs" %s>%s</text>`, w.Points(), part[1], part[3])
	})
	svg = bytes.ReplaceAll(svg, []byte("font-family:Liberation Sans;"), []byte("font-family:'Liberation Sans',Arial,Helvetica,sans-serif;"))
	// vgsvg encodes PNG but calls it JPEG.
	svg = bytes.ReplaceAll(svg, []byte("data:image/jpg;base64,"), []byte("data:image/png;base64,"))
	link := []byte(`xmlns:xlink="http://www.w3.org/1999/xlink">`)
	named := fmt.Appendf(bytes.TrimSuffix(bytes.Clone(link), []byte(">")), " role=\"img\">\n<title>%s</title>", html.EscapeString(title))
	return bytes.Replace(svg, link, named, 1)
}
