package plots

import (
	"fmt"
	"regexp"
	"strings"

	"cortigo/sim/spikes"
)

// Kind tells excitatory from inhibitory populations.
type Kind int

// The kinds of populations.
const (
	Other Kind = iota
	Excitatory
	Inhibitory
)

// String returns "excitatory", "inhibitory" or "other".
func (k Kind) String() string {
	switch k {
	case Excitatory:
		return "excitatory"
	case Inhibitory:
		return "inhibitory"
	}
	return "other"
}

// KindOf tells a population's kind from its name: it ends with a capital E or I
// (L4E, "E"), or begins with exc or inh in any case. Anything else is Other.
func KindOf(name string) Kind {
	lower := strings.ToLower(name)
	switch {
	case strings.HasSuffix(name, "E"), strings.HasPrefix(lower, "exc"):
		return Excitatory
	case strings.HasSuffix(name, "I"), strings.HasPrefix(lower, "inh"):
		return Inhibitory
	}
	return Other
}

var twoLayers = regexp.MustCompile(`^L(\d)(\d)`)

// Label returns a population's name as it is printed: L23E becomes L2/3E, other
// names stay.
func Label(name string) string { return twoLayers.ReplaceAllString(name, "L$1/$2") }

// stem returns the name of the layer that a population of kind k belongs to, ""
// if the name has none.
func stem(name string, k Kind) string {
	if k == Other || !strings.HasSuffix(name, "E") && !strings.HasSuffix(name, "I") {
		return ""
	}
	return strings.TrimRight(name[:len(name)-1], " _-")
}

// A layer is a run of populations that share a tick label.
type layer struct {
	label string
	pops  []spikes.Population // excitatory first
}

// layers groups neighbours with the same stem and puts excitatory ones first.
func layers(pops []spikes.Population, kind func(string) Kind) []layer {
	var out []layer
	last := ""
	for _, p := range pops {
		s := stem(p.Name, kind(p.Name))
		if s == "" || s != last {
			out = append(out, layer{label: Label(p.Name), pops: []spikes.Population{p}})
			last = s
			continue
		}
		l := &out[len(out)-1]
		l.label = Label(s)
		if kind(p.Name) == Excitatory && kind(l.pops[0].Name) == Inhibitory {
			l.pops = append([]spikes.Population{p}, l.pops...)
		} else {
			l.pops = append(l.pops, p)
		}
	}
	return out
}

// checkPopulations reports what makes pops impossible to draw.
func checkPopulations(pops []spikes.Population) error {
	if len(pops) == 0 {
		return fmt.Errorf("plots: no populations to draw")
	}
	for _, p := range pops {
		if p.N <= 0 {
			return fmt.Errorf("plots: population %q has %d neurons, must be at least 1", p.Name, p.N)
		}
	}
	return nil
}
