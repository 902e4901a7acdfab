package nb

import (
	"fmt"
	"html"
	"os"
	"slices"
	"sync"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"

	"cortigo/progress"
)

// Progress shows how far a simulation, or the building of a network, is: model
// time, wall-clock time, the real-time factor, the time left and, if they are
// counted, the spikes so far. In a notebook that is a bar, on a terminal a line
// that is redrawn, elsewhere a line for every tenth. Its methods may be called
// from several goroutines, and the display changes at most ten times a second.
type Progress struct{ meter *progress.Meter }

// NewProgress returns a progress display with a label such as "simulating".
// Nothing is shown before the first Update or Share. The pace is counted from
// there on.
func NewProgress(label string) *Progress {
	p := &Progress{progress.New(label, display())}
	open.Lock()
	defer open.Unlock()
	open.displays = append(open.displays, p)
	return p
}

// open has the displays that are not closed yet: a cell that ends with an error
// does not close them.
var open struct {
	sync.Mutex
	displays []*Progress
}

// closeAll closes the open displays and returns their number.
func closeAll() int {
	open.Lock()
	displays := open.displays
	open.displays = nil
	open.Unlock()
	for _, p := range displays {
		p.meter.Close()
	}
	return len(displays)
}

// display returns the display that suits the place where the program runs.
func display() progress.Show {
	switch info, err := os.Stderr.Stat(); {
	case InNotebook():
		return bar("progress_" + gonbui.UniqueId())
	case err == nil && info.Mode()&os.ModeCharDevice != 0:
		return progress.Line(os.Stderr)
	}
	return progress.Log(os.Stderr)
}

// Update says that done of total are done, both in ms of model time. It has the
// form that sim.Progress calls.
func (p *Progress) Update(done, total float64) { p.meter.Update(done, total) }

// Share says that a part of the work, from 0 to 1, is done. It has the form that
// sim.BuildProgress calls.
func (p *Progress) Share(share float64) { p.meter.Share(share) }

// CountSpikes makes the display show the number of spikes so far. count, such
// as an arrowio.Session's SpikeCount, is called by the caller of Update.
func (p *Progress) CountSpikes(count func() int64) { p.meter.CountSpikes(count) }

// Close shows the last state, as stopped if not all was done. Call it when the
// work is done or has failed; Check, Must and Exit do it for those that are open.
func (p *Progress) Close() {
	p.meter.Close()
	open.Lock()
	defer open.Unlock()
	open.displays = slices.DeleteFunc(open.displays, func(o *Progress) bool { return o == p })
}

// bar returns a display in a notebook. It also has plain text, for readers
// without HTML.
func bar(id string) progress.Show {
	first := true
	return func(s progress.State, last bool) {
		gonbui.SendData(&protocol.DisplayData{
			Data: map[protocol.MIMEType]any{
				protocol.MIMETextHTML:  barHTML(s),
				protocol.MIMETextPlain: s.String(),
			},
			DisplayID: id,
		})
		if first || last { // where the bar stands, and what it says in the end
			// If the kernel is gone, nothing can be shown, but the work goes on.
			_ = flush(syncTimeout)
		}
		first = false
	}
}

func barHTML(s progress.State) string {
	value, most := s.DoneMS, s.TotalMS
	if most <= 0 {
		value, most = 100*s.Share, 100
	}
	return fmt.Sprintf(`<progress value="%.0f" max="%.0f" style="width:20em;vertical-align:middle"></progress> %s`,
		value, most, html.EscapeString(s.String()))
}
