package notebook

import (
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cortigo/tools/cortigo/internal/notebook/ipynb"
)

// progress says what a cell is doing:
//
//	[3/12] net, err := sim.New()
//	       what the cell prints
//	       (image/png, 34 kB)
//	[3/12] 1.2 s
//
// On a terminal a line that the cell redraws is redrawn. Elsewhere (in a file,
// a CI log) it is written once, when it is complete.
type progress struct {
	w        io.Writer
	terminal bool
	label    string
	start    time.Time

	screen ipynb.Screen
	shown  int    // bytes of the screen's whole lines that were written
	lines  int    // lines of text that were written
	drawn  string // the incomplete line that stands on the terminal
	status string // the last text of a display that is being updated
}

// mostLines is how many lines of a cell's text are written: the notebook has
// all of it.
const mostLines = 50

// lineWidth is how much of a cell's first line is shown.
const lineWidth = 68

func newProgress(w io.Writer, terminal bool, number, cells int, source string) *progress {
	p := &progress{w: w, terminal: terminal, label: fmt.Sprintf("[%d/%d]", number, cells), start: time.Now()}
	fmt.Fprintf(w, "%s %s\n", p.label, shorten(firstLine(source), lineWidth))
	return p
}

// text shows text that the cell wrote.
func (p *progress) text(text string) {
	p.screen.WriteString(text)
	p.wholeLines()
	if p.terminal && p.lines < mostLines {
		p.draw(p.screen.Line())
	}
}

// wholeLines writes the lines that have been completed.
func (p *progress) wholeLines() {
	fresh := p.screen.Lines()[p.shown:]
	if fresh == "" {
		return
	}
	p.shown += len(fresh)
	p.draw("")
	for line := range strings.Lines(fresh) {
		p.line(strings.TrimRight(line, "\n"))
	}
}

// line writes one line of a cell's output.
func (p *progress) line(text string) {
	if p.lines < mostLines {
		fmt.Fprintf(p.w, "%s%s\n", p.indent(), text)
	} else if p.lines == mostLines {
		fmt.Fprintf(p.w, "%s... (the rest is in the notebook)\n", p.indent())
	}
	p.lines++
}

// display shows that the cell displayed something: its plain text if it has
// one, else what kind of thing it is. A display that is updated is a status
// line: redrawn on a terminal, else written once, at the end.
func (p *progress) display(d ipynb.Display, update bool) {
	text, _ := d.Data["text/plain"].(string)
	text = strings.TrimRight(text, "\n")
	switch {
	case d.ID != "":
		p.status = lastLine(text)
		if p.terminal {
			p.draw(p.status)
		}
		return
	case update:
		return
	}
	p.draw("")
	if text != "" {
		for line := range strings.SplitSeq(text, "\n") {
			p.line(line)
		}
	}
	for _, mime := range slices.Sorted(maps.Keys(d.Data)) {
		if size := dataSize(mime, d.Data[mime]); mime != "text/plain" && (text == "" || strings.HasPrefix(mime, "image/")) {
			p.line(fmt.Sprintf("(%s, %s)", mime, size))
		}
	}
}

// end says that the cell has ended.
func (p *progress) end(err error) {
	p.draw("")
	if line := p.screen.Line(); strings.TrimSpace(line) != "" {
		p.line(line)
	}
	if p.status != "" {
		p.line(p.status)
	}
	how := ""
	if err != nil {
		how = ", failed"
	}
	fmt.Fprintf(p.w, "%s %s%s\n", p.label, seconds(time.Since(p.start)), how)
}

// draw replaces the incomplete line on the terminal.
func (p *progress) draw(line string) {
	if !p.terminal || line == p.drawn {
		return
	}
	if p.drawn != "" {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	if line != "" {
		fmt.Fprintf(p.w, "%s%s", p.indent(), shorten(line, lineWidth))
	}
	p.drawn = line
}

func (p *progress) indent() string { return strings.Repeat(" ", len(p.label)+1) }

func lastLine(text string) string { return text[strings.LastIndexByte(text, '\n')+1:] }

func seconds(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%.2f s", d.Seconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// dataSize returns how large the data of a MIME type are.
func dataSize(mime string, data any) string {
	text, ok := data.(string)
	if !ok {
		return "data"
	}
	n := len(text)
	if strings.HasPrefix(mime, "image/") && mime != "image/svg+xml" {
		n = base64.StdEncoding.DecodedLen(n)
	}
	if n < 1000 {
		return fmt.Sprintf("%d bytes", n)
	}
	return fmt.Sprintf("%d kB", (n+500)/1000)
}

func shorten(s string, width int) string {
	if utf8.RuneCountInString(s) <= width {
		return s
	}
	return string([]rune(s)[:width-1]) + "…"
}
