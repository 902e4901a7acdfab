package models

import (
	"regexp"
	"slices"
	"strings"
)

// units are those that a number may have.
var units = []string{"mV", "ms", "pA", "pF", "nS", "spikes/s", "Hz", "deg", "pA or mV", "dimensionless"}

// fieldComment takes the comment of a field apart, which has the form "meaning,
// unit, what is allowed" for numbers, else "meaning; what is allowed". What is
// allowed may be missing, and follow a semicolon for numbers too.
func fieldComment(text string) (help, unit, allowed string) {
	rest := text
	for at := 0; ; {
		end := strings.IndexAny(rest, ",;")
		part := rest
		if end >= 0 {
			part = rest[:end]
		}
		if part = strings.TrimSpace(part); slices.Contains(units, part) {
			help = strings.TrimRight(text[:at], ",; ")
			if end >= 0 {
				allowed = strings.TrimSpace(rest[end+1:])
			}
			return help, part, allowed
		}
		if end < 0 {
			break
		}
		at += end + 1
		rest = text[at:]
	}
	help, allowed, _ = strings.Cut(text, ";")
	return strings.TrimSpace(help), "", strings.TrimSpace(allowed)
}

var opening = regexp.MustCompile(`^(?:An? )?\w+ (?:is |returns )?(?:an? )?`)

// summary returns what the first sentence of a comment says before it names
// NEST's model: "leaky integrate-and-fire neuron with exponentially decaying
// synaptic currents" of "IafPscExp is a ..., NEST's iaf_psc_exp".
func summary(doc, model string) string {
	doc = strings.Join(strings.Fields(doc), " ")
	before, _, found := strings.Cut(doc, "NEST's "+model)
	if !found {
		before, _, _ = strings.Cut(doc, ". ")
	}
	return strings.TrimRight(before[len(opening.FindString(before)):], ",:;. ")
}
