package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// progressPause is the time between two redrawings on a terminal.
const progressPause = 100 * time.Millisecond

// A progress says how far the work is: on a terminal as a line that is redrawn,
// elsewhere as one line at the end. Its methods may be called from several
// goroutines.
type progress struct {
	w        io.Writer
	label    string
	terminal bool

	before, total float64 // model time in ms: done when Simulate was called, and asked for in all

	mu    sync.Mutex
	start time.Time
	drawn time.Time
	text  string
}

func newProgress(w io.Writer, label string) *progress {
	f, ok := w.(*os.File)
	return &progress{w: w, label: label, terminal: ok && isTerminal(f), start: time.Now()}
}

// share says that a part of the work, from 0 to 1, is done.
func (p *progress) share(done float64) {
	p.show(fmt.Sprintf("%s: %3.0f %%", p.label, 100*done))
}

// modelTime says that another ms of model time are done.
func (p *progress) modelTime(ms float64) {
	done := p.before + ms
	text := fmt.Sprintf("%s: %.0f / %.0f ms", p.label, done, p.total)
	if done > 0 {
		text += fmt.Sprintf(", real-time factor %.2f", time.Since(p.start).Seconds()*1000/done)
	}
	p.show(text)
}

func (p *progress) show(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.text = text
	if now := time.Now(); p.terminal && now.Sub(p.drawn) >= progressPause {
		p.drawn = now
		fmt.Fprintf(p.w, "\r\x1b[K%s", text)
	}
}

// close shows where the work ended.
func (p *progress) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.text == "" {
		return
	}
	if p.terminal {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	fmt.Fprintln(p.w, p.text)
}

// clear takes the line away: another one says it.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.terminal && p.text != "" {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
