package runs

import (
	"cortigo/analysis/plots"
	"cortigo/notebooks/nb"
)

// Show shows a figure below the cell, and what a reader of its numbers must
// know. It takes the two results of a function that draws:
//
//	runs.Show(plots.RasterFigure(data))
//
// It is nb.Figure, which cells that have no other use for this package link
// faster.
func Show(f *plots.Figure, err error) error {
	return nb.Figure(f, err)
}
