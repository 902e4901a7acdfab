package models

import (
	"regexp"
	"slices"
	"strings"
)

// units are those that a number may have.
var units = []string{"mV", "ms", "pA", "pF", "nS", "spikes/s", "Hz", "degrees", "pA or mV", "dimensionless"}

// parts takes the comment of a field apart. Behind the field it has the form
// "meaning, unit, what is allowed" for numbers, else "meaning; what is allowed";
// what is allowed may be missing, and follow a semicolon for numbers too.
// Sentences above the field are its meaning as they are, as those of switches,
// unless they have a unit between commas.
func (d fieldDoc) parts() (help, unit, allowed string) {
	for at := 0; at <= len(d.text); {
		part, after := d.text[at:], ""
		if end := strings.IndexAny(part, ",;"); end >= 0 {
			part, after = part[:end], part[end+1:]
		}
		if u := strings.TrimSpace(part); slices.Contains(units, u) {
			return strings.TrimRight(d.text[:at], ",; "), u, strings.TrimSpace(after)
		}
		at += len(part) + 1
	}
	if d.above {
		return d.text, "", ""
	}
	help, allowed, _ = strings.Cut(d.text, ";")
	return strings.TrimSpace(help), "", strings.TrimSpace(allowed)
}

var opening = regexp.MustCompile(`^(?:An? )?\w+ (?:is |returns )?`)

// summary returns what the first sentence of a comment says before it names
// NEST's model, or after it: "leaky integrate-and-fire neuron with exponentially
// decaying synaptic currents" of "IafPscExp is a ..., NEST's iaf_psc_exp", "current"
// of "Noise is NEST's noise_generator: a current".
func summary(doc, model string) string {
	doc = strings.Join(strings.Fields(doc), " ")
	before, after, found := strings.Cut(doc, "NEST's "+model)
	if !found {
		before, _, _ = strings.Cut(doc, ". ")
	}
	s := before[len(opening.FindString(before)):]
	if s == "" {
		s = strings.TrimLeft(after, ",:; ")
		if end := strings.IndexAny(s, ",:;."); end >= 0 {
			s = s[:end]
		}
	}
	for _, article := range []string{"a ", "an "} {
		s = strings.TrimPrefix(s, article)
	}
	return strings.TrimRight(s, ",:;. ")
}
