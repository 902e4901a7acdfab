package runs

import (
	"strings"

	"cortigo/analysis/plots"
	"cortigo/notebooks/nb"
)

// Show shows a figure below the cell, and what a reader of its numbers must
// know. It takes the two results of a function that draws:
//
//	runs.Show(plots.RasterFigure(data))
func Show(f *plots.Figure, err error) error {
	if err != nil {
		return err
	}
	png, err := f.PNG()
	if err != nil {
		return err
	}
	width, _ := f.Size()
	if err := nb.PNG(png, f.Alt, width); err != nil || len(f.Notes) == 0 {
		return err
	}
	return nb.Markdown(strings.Join(f.Notes, "\n"))
}
