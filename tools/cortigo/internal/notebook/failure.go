package notebook

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"cortigo/tools/cortigo/internal/notebook/ipynb"
)

// Failure is the error of a cell.
type Failure struct {
	Cell   int    `json:"cell"`             // the cell's number, as in its prompt [n]
	Reason string `json:"reason"`           // what went wrong
	AtCell int    `json:"at_cell"`          // where it went wrong: a function may be from an earlier cell
	AtLine int    `json:"at_line"`          // line in that cell, from 1; 0 if it cannot be told
	Source string `json:"source,omitempty"` // the text of that line, or the cell's first if it cannot be told

	raised    bool        // by the cell's own code, as opposed to the time limit or an interrupt
	source    *ipynb.Cell // the cell that failed
	traceback []string
}

func (f *Failure) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "cell %d failed", f.Cell)
	switch {
	case f.AtLine > 0 && f.AtCell != f.Cell:
		fmt.Fprintf(&b, " in cell %d, line %d: %s", f.AtCell, f.AtLine, f.Source)
	case f.AtLine > 0:
		fmt.Fprintf(&b, " in line %d: %s", f.AtLine, f.Source)
	case f.Source != "":
		fmt.Fprintf(&b, " (%s)", f.Source)
	}
	fmt.Fprintf(&b, "\n%s", f.Reason)
	return b.String()
}

// GoNB says where an error is in one of these ways: in the traceback of an
// error that the compiler found, and in the stack trace of a program.
var place = regexp.MustCompile(`(?:Cell ?\[(\d+)\]:?|\[\[ Cell) Line (\d+)`)

var (
	colour = regexp.MustCompile("\x1b\\[[0-9;]*m")
	// exitLine is the kernel's word for a program that failed.
	exitLine = regexp.MustCompile(`^(exit status \d+|signal: .*)$`)
)

// anyPlace is a place as GoNB puts it into what a program writes to stderr, and
// onlyPlace a line that says no more than that, as in a stack trace.
var (
	anyPlace  = regexp.MustCompile(`\[\[ Cell (?:\[(\d+)\] )?Line (\d+) \]\]`)
	onlyPlace = regexp.MustCompile(`^(at )?(cell \d+, )?line \d+( \+0x[0-9a-f]+)?$`)
)

// inWords returns a place as Failure.Error names it.
func inWords(where string) string {
	m := anyPlace.FindStringSubmatch(where)
	if m[1] == "" {
		return "line " + m[2]
	}
	return "cell " + m[1] + ", line " + m[2]
}

// locate finds the line that failed, and the program's own words for why.
func (f *Failure) locate(cells []*ipynb.Cell) {
	f.AtCell = f.Cell
	if f.source == nil {
		return
	}
	f.Source = firstLine(f.source.Source)
	stderr := colour.ReplaceAllString(f.source.Outputs.Text("stderr"), "")
	for _, text := range append(f.traceback, stderr) {
		m := place.FindStringSubmatch(colour.ReplaceAllString(text, ""))
		if m == nil {
			continue
		}
		cell, line := f.Cell, 0
		if m[1] != "" {
			cell, _ = strconv.Atoi(m[1])
		}
		line, _ = strconv.Atoi(m[2])
		if cell < 1 || cell > len(cells) {
			continue
		}
		lines := strings.Split(cells[cell-1].Source, "\n")
		if line < 1 || line > len(lines) {
			continue
		}
		f.AtCell, f.AtLine, f.Source = cell, line, strings.TrimSpace(lines[line-1])
		break
	}
	if f.raised {
		f.Reason = reason(f.Reason, stderr)
	}
}

// reason returns why a cell failed: the compiler's words, or the end of what
// the program wrote to stderr if all that is known is how it ended.
func reason(value, stderr string) string {
	value = strings.TrimSpace(colour.ReplaceAllString(value, ""))
	if !exitLine.MatchString(value) {
		return limitLines(value)
	}
	stderr = anyPlace.ReplaceAllStringFunc(stderr, inWords)
	if i := strings.Index("\n"+stderr, "\npanic: "); i >= 0 {
		message, _, _ := strings.Cut(stderr[i:], "\n")
		return message
	}
	var lines []string
	for line := range strings.Lines(stderr) {
		line = strings.TrimSpace(line)
		if line != "" && !exitLine.MatchString(line) && !onlyPlace.MatchString(line) {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return value
	}
	return strings.Join(lines[max(0, len(lines)-3):], "\n") + " (" + value + ")"
}

// limitLines shortens a long message.
func limitLines(text string) string {
	const most = 10
	lines := strings.Split(text, "\n")
	if len(lines) <= most {
		return text
	}
	return strings.Join(lines[:most], "\n") + fmt.Sprintf("\n... %d more lines are in the notebook", len(lines)-most)
}

// firstLine returns the first line of a cell that has something on it.
func firstLine(source string) string {
	for line := range strings.Lines(source) {
		if line = strings.TrimSpace(line); line != "" && line != "%%" {
			return line
		}
	}
	return strings.TrimSpace(source)
}
