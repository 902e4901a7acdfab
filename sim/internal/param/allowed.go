package param

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A rule says what a number or a string may be: the part of the tag
// `allowed:"..."` before the first semicolon.
type rule struct {
	text     string // as messages have it
	low      float64
	high     float64
	openLow  bool     // low itself is not allowed
	openHigh bool     // nor is high
	negative bool     // -Inf is allowed
	positive bool     // +Inf is allowed
	one      []string // the strings that are allowed; nil: any
}

var (
	interval   = regexp.MustCompile(`^in ([[(])\s*(\S+)\s*,\s*(\S+?)\s*([])])$`)
	comparison = regexp.MustCompile(`^(>=|<=|>|<)\s*(\S+)$`)
)

// parseRule reads what is allowed of a parameter of a kind:
//
//	finite, a number         any number (of []float64: each of them)
//	> 0, >= 0, < 1, <= 1     a comparison, or several: "> 0 and <= 5"
//	in [0, 1], in (0, 1]     an interval
//	... or -Inf, ... or +Inf and an infinity besides; all others are finite
//	one of a, b, c           of strings
//
// An empty text allows any number. For truth values and distributions, and for
// strings without "one of", the text is for people only.
func parseRule(text string, k Kind) (rule, error) {
	r := rule{low: math.Inf(-1), high: math.Inf(1), text: text}
	base := k
	if k.element() != 0 {
		base = k.element()
	}
	switch base {
	case Float, Int:
	case String:
		if names, ok := strings.CutPrefix(text, "one of "); ok {
			r.one = strings.Split(names, ", ")
		}
		return r, nil
	default:
		return r, nil
	}
	fail := func(part string) (rule, error) {
		return r, fmt.Errorf("%q is not understood: must be like \"finite\", \"> 0\", \">= 0 and <= 5\", \"in [0, 1]\", \"a number or -Inf\"", part)
	}
	for again := true; again; {
		again = false
		for suffix, to := range map[string]*bool{" or -Inf": &r.negative, " or +Inf": &r.positive} {
			if before, ok := strings.CutSuffix(text, suffix); ok {
				text, *to, again = before, true, true
			}
		}
	}
	bounded, finite := false, base == Int
	for _, part := range strings.Split(text, " and ") {
		if m := interval.FindStringSubmatch(part); m != nil {
			low, err := strconv.ParseFloat(m[2], 64)
			high, err2 := strconv.ParseFloat(m[3], 64)
			if err != nil || err2 != nil || !(low <= high) {
				return fail(part)
			}
			r.low, r.openLow, r.high, r.openHigh, bounded, finite = low, m[1] == "(", high, m[4] == ")", true, true
		} else if m := comparison.FindStringSubmatch(part); m != nil {
			x, err := strconv.ParseFloat(m[2], 64)
			if err != nil || math.IsNaN(x) {
				return fail(part)
			}
			bounded = true
			if m[1][0] == '>' {
				r.low, r.openLow = x, m[1] == ">"
			} else {
				r.high, r.openHigh = x, m[1] == "<"
			}
		} else if part == "finite" || part == "a number" || part == "a whole number" || part == "" {
			finite = true
		} else {
			return fail(part)
		}
	}
	if r.text == "" {
		r.text = map[Kind]string{Float: "finite", Int: "a whole number"}[base]
	}
	if bounded && !finite && !r.negative && !r.positive {
		r.text += " and finite"
	}
	return r, nil
}

// number reports whether x is allowed.
func (r *rule) number(x float64) bool {
	switch {
	case x > r.low && x < r.high: // nearly always
		return true
	case x != x:
		return false
	case math.IsInf(x, -1):
		return r.negative
	case math.IsInf(x, 1):
		return r.positive
	}
	return x == r.low && !r.openLow || x == r.high && !r.openHigh
}

// word reports whether s is allowed.
func (r *rule) word(s string) bool { return r.one == nil || slices.Contains(r.one, s) }

// Check reports each parameter of a model that its tag `allowed` does not allow,
// with its value and what is allowed, and with the unit after the value if units
// is set; of a list, the first one. It is what a model's Validate calls before it
// looks at rules between parameters. A model that is no struct, or whose tags make
// no sense, is an error, too.
func Check(model any, units bool) error {
	s := Of(model)
	if s.err != nil {
		return s.err
	}
	return s.check(model, units)
}
