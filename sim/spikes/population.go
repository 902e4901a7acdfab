package spikes

import "strings"

// A Population is a named, contiguous range of neuron ids. Ids count from 1
// over the populations of a network in the order of their creation.
//
// Label, Kind and Group are what figures and tables show of it; they may all be
// absent. In a network they are set by SetLabel, SetKind and SetGroup of its
// nodes, and they are kept in saved networks and in run.json.
type Population struct {
	Name  string `json:"name"`
	First int32  `json:"first_id"` // id of the first neuron
	N     int    `json:"n"`        // number of neurons
	// NotRecorded says that its spikes were not recorded, so that it is unknown
	// whether its neurons were silent.
	NotRecorded bool `json:"not_recorded,omitempty"`
	// Input says that its spikes come into the network from outside: those of
	// parrots and generators. They do not count as "all neurons", see
	// Data.Circuit.
	Input bool `json:"input,omitempty"`
	// Label is a short text for axes, legends and tables, such as "L2/3E".
	// Default: the name.
	Label string `json:"label,omitempty"`
	// Kind is what its neurons do to others. Default: told from the name, see
	// KindOf.
	Kind Kind `json:"kind,omitempty"`
	// Group is the label of what the population is part of, such as the layer
	// "L2/3" or an area. Neighbours with the same group stand together in
	// figures. Default: a group of its own.
	Group string `json:"group,omitempty"`
}

// Contains reports whether id is one of the population's neurons.
func (p Population) Contains(id int32) bool {
	return id >= p.First && int64(id) < int64(p.First)+int64(p.N)
}

// DisplayName returns the label; the name where there is none.
func (p Population) DisplayName() string {
	if p.Label != "" {
		return p.Label
	}
	return p.Name
}

// Effect returns the kind; where there is none, the one that the name tells.
func (p Population) Effect() Kind {
	if p.Kind != "" {
		return p.Kind
	}
	return KindOf(p.Name)
}

// A Kind says what the neurons of a population do to others. The zero value says
// nothing. Any text that is none of the constants, from a later version, counts
// as Other.
type Kind string

// The kinds of populations.
const (
	Excitatory Kind = "excitatory"
	Inhibitory Kind = "inhibitory"
	Other      Kind = "other" // neither, or both
)

// Kinds returns the kinds that there are.
func Kinds() []Kind { return []Kind{Excitatory, Inhibitory, Other} }

// KindOf tells a kind from the name of a population: it ends with a capital E or
// I ("E", "V1_E"), or begins with exc or inh in any case. Anything else is
// Other.
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

// names returns the names of populations.
func names(ps []Population) []string {
	s := make([]string, len(ps))
	for i, p := range ps {
		s[i] = p.Name
	}
	return s
}
