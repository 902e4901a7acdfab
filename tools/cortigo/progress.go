package main

import (
	"io"
	"os"

	"cortigo/progress"
)

// A display says how far the work is: on a terminal as a line that is redrawn,
// elsewhere as a line for every tenth, for programs as lines of JSON. Its methods
// may be called from several goroutines.
type display struct {
	meter *progress.Meter
	clean func() // takes the line away, of events the last one tells
}

// newProgress returns a progress display on w; events: as JSON.
func newProgress(w io.Writer, label string, events bool) *display {
	p := &display{clean: func() {}}
	f, ok := w.(*os.File)
	switch {
	case events:
		p.meter = progress.New(label, progress.JSON(w))
		p.clean = p.meter.Close
	case ok && isTerminal(f):
		p.meter = progress.New(label, progress.Line(w))
		p.clean = func() { _, _ = io.WriteString(w, "\r\x1b[K") }
	default:
		p.meter = progress.New(label, progress.Log(w))
	}
	return p
}

// share says that a part of the work, from 0 to 1, is done.
func (p *display) share(done float64) { p.meter.Share(done) }

// modelTime says how many ms of model time are done, of how many in all.
func (p *display) modelTime(done, total float64) { p.meter.Update(done, total) }

// close shows where the work ended.
func (p *display) close() { p.meter.Close() }

// clear ends it without a line: another one says how the work ended.
func (p *display) clear() { p.clean() }
