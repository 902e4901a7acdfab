package nb

import (
	"fmt"
	"html"
	"io"
	"os"
	"sync"
	"time"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// progressPause is the time between two redrawings.
const progressPause = 100 * time.Millisecond

// Progress shows how far a simulation is: in a notebook as a bar, on a
// terminal as a line that is redrawn, elsewhere as one line at the end. Its
// methods may be called from several goroutines.
type Progress struct {
	label string
	show  func(p *Progress, last bool)
	now   func() time.Time

	mu          sync.Mutex
	created     time.Time
	first       time.Time // of the first Update
	firstDone   float64
	drawn       time.Time
	done, total float64
	last        time.Time // of the last Update
	updated     bool
	closed      bool
	id          string
}

// NewProgress returns a progress display with a label such as "simulating".
// Nothing is shown before the first Update.
func NewProgress(label string) *Progress {
	p := &Progress{label: label, now: time.Now}
	switch info, err := os.Stderr.Stat(); {
	case InNotebook():
		p.id = "progress_" + gonbui.UniqueId()
		p.show = (*Progress).showBar
	case err == nil && info.Mode()&os.ModeCharDevice != 0:
		p.show = func(p *Progress, last bool) { p.redrawLine(os.Stderr, last) }
	default:
		p.show = func(p *Progress, last bool) { p.closingLine(os.Stderr, last) }
	}
	p.created = p.now()
	return p
}

// Update says that done of total are done, both in ms of model time. It may be
// called as often as one likes: the display changes at most ten times a
// second. It has the form that a simulation calls for its progress.
func (p *Progress) Update(done, total float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	now := p.now()
	if !p.updated {
		p.first, p.firstDone, p.updated = now, done, true
	}
	p.done, p.total, p.last = done, total, now
	if now.Sub(p.drawn) >= progressPause {
		p.drawn = now
		p.show(p, false)
	}
}

// Close shows the last state. Call it when the work is done or has failed.
func (p *Progress) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || !p.updated {
		return
	}
	p.closed = true
	p.show(p, true)
}

// text returns the state in words: how far, and the real-time factor, which is
// wall-clock time per model time since the first Update (below 1 is faster
// than real time).
func (p *Progress) text() string {
	s := fmt.Sprintf("%s%.0f / %.0f ms", labelled(p.label), p.done, p.total)
	since, from := p.first, p.firstDone
	if p.done <= from { // a single Update: all that is known is when it began
		since, from = p.created, 0
	}
	if model := p.done - from; model > 0 {
		s += fmt.Sprintf(", real-time factor %.2f", p.last.Sub(since).Seconds()*1000/model)
	}
	return s
}

func labelled(label string) string {
	if label == "" {
		return ""
	}
	return label + ": "
}

// showBar shows the state in a notebook. The plain text beside the bar is for
// readers without HTML.
func (p *Progress) showBar(last bool) {
	gonbui.SendData(&protocol.DisplayData{
		Data: map[protocol.MIMEType]any{
			protocol.MIMETextHTML: fmt.Sprintf(`<progress value="%.0f" max="%.0f" style="width:20em;vertical-align:middle"></progress> %s`,
				p.done, p.total, html.EscapeString(p.text())),
			protocol.MIMETextPlain: p.text(),
		},
		DisplayID: p.id,
	})
	if last {
		// A kernel that is gone takes no progress; the work is not at fault.
		_ = flush(syncTimeout)
	}
}

// redrawLine shows the state on a terminal.
func (p *Progress) redrawLine(w io.Writer, last bool) {
	fmt.Fprintf(w, "\r\x1b[K%s", p.text())
	if last {
		fmt.Fprintln(w)
	}
}

// closingLine writes the last state only.
func (p *Progress) closingLine(w io.Writer, last bool) {
	if last {
		fmt.Fprintln(w, p.text())
	}
}
