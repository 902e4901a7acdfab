package progress

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
)

// Line returns a display for a terminal: a line that is redrawn.
func Line(w io.Writer) Show {
	return func(s State, last bool) {
		fmt.Fprintf(w, "\r\x1b[K%s", s)
		if last {
			fmt.Fprintln(w)
		}
	}
}

// Log returns a display for files: a line for every tenth of the work (only for
// the last, if several are passed at once), and one at the end.
func Log(w io.Writer) Show {
	tenths := 0
	return func(s State, last bool) {
		if n := int(math.Floor(10*s.Share + 1e-9)); last || n > tenths && n < 10 {
			tenths = n
			fmt.Fprintln(w, s)
		}
	}
}

// JSON returns a display for programs: an Event as a line of JSON, at most one
// for every hundredth of the work, and one at the end.
func JSON(w io.Writer) Show {
	hundredths := -1
	return func(s State, last bool) {
		n := int(math.Floor(100*s.Share + 1e-9))
		if !last && n <= hundredths {
			return
		}
		hundredths = n
		b, err := json.Marshal(s.Event())
		if err != nil {
			return // not a number: there is nothing to say
		}
		_, _ = w.Write(append(b, '\n'))
	}
}
