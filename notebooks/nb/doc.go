// Package nb is what cells of a notebook use beside the packages that do the
// work: show something inline, draw progress, stop when asked to, find the
// project. Cells import it as
//
//	import "cortigo/notebooks/nb"
//
// Its files:
//
//   - show.go      pictures, figures, Markdown, tables
//   - progress.go  a progress bar, with the real-time factor and the time left
//   - stop.go      the stop button, Simulate, and errors that end a cell (Check, Must)
//   - place.go     the project's folder, the short form of a notebook
//
// What cannot be shown ends the cell with an error, as Check does.
//
// What is shown and what is printed, to stdout or stderr, keep their order. (What
// a cell shows with gonbui itself does so once gonbui.Sync was called.)
//
// Everything works outside of a notebook too: what cannot be shown is said in
// a line on stderr. The package does not link Arrow, nor gonum.
package nb
