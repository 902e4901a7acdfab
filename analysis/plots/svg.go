package plots

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"strconv"

	"gonum.org/v1/plot/vg"
)

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
