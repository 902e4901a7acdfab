package ipynb

import "strings"

// Screen is text that is written as to a terminal: a carriage return goes back
// to the start of the line, a backspace one place back, and what follows
// overwrites what was there; the sequence ESC [ K erases to the end of the
// line, ESC [ 2 K all of it. Other control sequences are kept as text.
//
// Progress bars redraw their line many times: of those only the last state is
// kept, however it was cut into writes.
type Screen struct {
	done strings.Builder // whole lines
	line []rune          // the line that is being written
	col  int             // where in it the next character goes
	esc  []rune          // a control sequence that is not complete yet
}

// WriteString writes text.
func (s *Screen) WriteString(text string) {
	for _, r := range text {
		s.put(r)
	}
}

func (s *Screen) put(r rune) {
	if len(s.esc) > 0 {
		s.escape(r)
		return
	}
	switch r {
	case '\n':
		s.done.WriteString(string(s.line))
		s.done.WriteByte('\n')
		s.line, s.col = s.line[:0], 0
	case '\r':
		s.col = 0
	case '\b':
		s.col = max(0, s.col-1)
	case '\x1b':
		s.esc = append(s.esc, r)
	default:
		s.char(r)
	}
}

// char writes one character at the column.
func (s *Screen) char(r rune) {
	if s.col < len(s.line) {
		s.line[s.col] = r
	} else {
		s.line = append(s.line, r)
	}
	s.col++
}

// maxEscape is the longest control sequence that is looked at.
const maxEscape = 32

// escape takes the next character of a control sequence.
func (s *Screen) escape(r rune) {
	s.esc = append(s.esc, r)
	switch {
	case len(s.esc) == 2 && r == '[':
		return
	case len(s.esc) > 2 && len(s.esc) < maxEscape && (r < '@' || r > '~') && r >= ' ':
		return
	}
	sequence := s.esc
	s.esc = nil
	switch string(sequence) {
	case "\x1b[K", "\x1b[0K":
		s.line = s.line[:min(s.col, len(s.line))]
	case "\x1b[2K":
		s.line, s.col = s.line[:0], 0
	default:
		last := len(sequence) - 1
		for _, c := range sequence[:last] {
			s.char(c)
		}
		if r < ' ' {
			s.put(r) // not part of a sequence: the line ends within one
		} else {
			s.char(r)
		}
	}
}

// Line returns the line that is being written.
func (s *Screen) Line() string { return string(s.line) + string(s.esc) }

// Lines returns the whole lines so far, without the one that is being written.
func (s *Screen) Lines() string { return s.done.String() }

// String returns the text as it stands.
func (s *Screen) String() string { return s.done.String() + s.Line() }
