// Package brief shortens what users gave to what a message can hold.
package brief

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// most is how many characters of a string are shown.
const most = 60

// String returns s, shortened: "begin..." with as many characters of it as a
// message can hold.
func String(s string) string {
	if len(s) <= most {
		return s
	}
	n := 0
	for i := range s {
		if n == most {
			return s[:i] + "..."
		}
		n++
	}
	return s
}

// Quote returns s in quotes, shortened: "begin"... with its length.
func Quote(s string) string {
	short := String(s)
	if short == s {
		return strconv.Quote(s)
	}
	return fmt.Sprintf("%s... (%d characters)", strconv.Quote(strings.TrimSuffix(short, "...")), utf8.RuneCountInString(s))
}

// maxNames is how many names of a list are shown.
const maxNames = 20

// Names returns names in quotes, as a list; "none" if there are none.
func Names(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	var b strings.Builder
	for i, s := range names {
		if i > 0 {
			b.WriteString(", ")
		}
		if i == maxNames {
			fmt.Fprintf(&b, "... (%d in all)", len(names))
			break
		}
		b.WriteString(Quote(s))
	}
	return b.String()
}
