// Package nb is what the cells of a notebook need in addition to the packages
// that do the work: show something inline, draw progress, stop when asked to,
// find the project. Cells import it as
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
// What is shown and what is printed, to stdout or stderr, keep their order.
// (After gonbui.Sync this also holds for what a cell shows with gonbui itself.)
//
// Everything works outside a notebook, too: a line on stderr then says what
// would be shown. The package links neither Arrow nor gonum.
package nb
