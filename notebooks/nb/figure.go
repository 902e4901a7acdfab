package nb

import "strings"

// A Drawing is a finished figure, such as those of cortigo/analysis/plots.
type Drawing interface {
	PNG() ([]byte, error)
	Size() (width, height int) // in pixels of the page
	Text() (alt string, notes []string)
}

// Figure shows a figure below the cell, and what a reader of its numbers must
// know. It takes the two results of a function that draws:
//
//	nb.Check(nb.Figure(plots.RasterFigure(data)))
func Figure[D Drawing](f D, err error) error {
	if err != nil {
		return err
	}
	png, err := f.PNG()
	if err != nil {
		return err
	}
	width, _ := f.Size()
	alt, notes := f.Text()
	if err := PNG(png, alt, width); err != nil || len(notes) == 0 {
		return err
	}
	return Markdown(strings.Join(notes, "\n"))
}
