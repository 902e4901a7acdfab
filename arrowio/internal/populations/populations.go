// Package populations finds the population of a neuron, and describes populations
// in messages.
package populations

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"cortigo/sim/spikes"
)

// An Index finds the population of a neuron.
type Index struct {
	byFirst []int   // positions in pops of those with neurons, by first id
	firsts  []int64 // their first ids
	pops    []spikes.Population
}

// maxNeurons bounds what is read of a run: analyses have an array of them all. A
// network of so many takes more than 10 GB.
const maxNeurons = 100_000_000

// New checks that the populations have names and ids of their
// own. Populations without neurons are allowed.
func New(pops []spikes.Population) (*Index, error) {
	if len(pops) == 0 {
		return nil, errors.New("the run has no populations")
	}
	x := &Index{pops: slices.Clone(pops)}
	seen := map[string]bool{}
	all := 0
	for i, p := range pops {
		switch {
		case p.Name == "":
			return nil, fmt.Errorf("population %d has no name", i)
		case seen[p.Name]:
			return nil, fmt.Errorf("population %q is there twice", Short(p.Name))
		case p.N < 0 || p.First < 0 || int64(p.First)+int64(p.N)-1 > math.MaxInt32:
			return nil, fmt.Errorf("population %q: %d neurons from id %d on do not fit ids 0 to %d", Short(p.Name), p.N, p.First, math.MaxInt32)
		}
		if all += p.N; all > maxNeurons {
			return nil, fmt.Errorf("population %q: %d neurons are more than the %d that a run can have in all", Short(p.Name), p.N, maxNeurons)
		}
		seen[p.Name] = true
		if p.N > 0 {
			x.byFirst = append(x.byFirst, i)
		}
	}
	slices.SortFunc(x.byFirst, func(a, b int) int { return int(pops[a].First) - int(pops[b].First) })
	for k := 1; k < len(x.byFirst); k++ {
		p, q := pops[x.byFirst[k-1]], pops[x.byFirst[k]]
		if p.Contains(q.First) {
			return nil, fmt.Errorf("populations %q and %q share the id %d", Short(p.Name), Short(q.Name), q.First)
		}
	}
	for _, i := range x.byFirst {
		x.firsts = append(x.firsts, int64(pops[i].First))
	}
	return x, nil
}

// Assign sets dst[i] to the position of the population of neuron[i]. It is
// made for neurons in ascending order, step by step.
func (x *Index) Assign(dst []int32, neuron []int32) error {
	var first, end int64 // ids of the population at hand: [first, end)
	var at int32
	k := -1 // its place in byFirst
	for i, id := range neuron {
		if n := int64(id); n < first || n >= end {
			if n < first {
				k = -1
			}
			// The next one most of the time, and there are few.
			for k+1 < len(x.byFirst) && x.firsts[k+1] <= n {
				k++
			}
			if k < 0 || !x.pops[x.byFirst[k]].Contains(id) {
				return fmt.Errorf("neuron %d belongs to none of the populations %s", id, Describe(x.pops))
			}
			at = int32(x.byFirst[k])
			first, end = x.firsts[k], x.firsts[k]+int64(x.pops[at].N)
		}
		dst[i] = at
	}
	return nil
}

// Pick returns the populations with these names, in the order of pops.
func Pick(pops []spikes.Population, populationNames []string) ([]spikes.Population, error) {
	for _, name := range populationNames {
		if !slices.ContainsFunc(pops, func(p spikes.Population) bool { return p.Name == name }) {
			return nil, fmt.Errorf("no population %q, there is %s", Short(name), Describe(pops))
		}
	}
	var out []spikes.Population
	for _, p := range pops {
		if slices.Contains(populationNames, p.Name) {
			out = append(out, p)
		}
	}
	return out, nil
}

// Describe lists populations and their ids, for an error.
func Describe(pops []spikes.Population) string {
	const most = 20
	var b strings.Builder
	for i, p := range pops {
		if i > 0 {
			b.WriteString(", ")
		}
		if i == most {
			fmt.Fprintf(&b, "... (%d in all)", len(pops))
			break
		}
		fmt.Fprintf(&b, "%s (%d-%d)", Short(p.Name), p.First, int64(p.First)+int64(p.N)-1)
	}
	return b.String()
}

// IDs returns the lowest and the highest id of the populations; lo > hi if they
// have no neurons.
func (x *Index) IDs() (lo, hi int32) {
	n := len(x.byFirst)
	if n == 0 {
		return 1, 0
	}
	last := x.pops[x.byFirst[n-1]]
	return int32(x.firsts[0]), int32(int64(last.First) + int64(last.N) - 1)
}

// All returns the populations in their order.
func (x *Index) All() []spikes.Population { return x.pops }

// SameNeurons reports whether populations are the same but for how they are
// labelled and what was recorded of them.
func SameNeurons(p, q spikes.Population) bool {
	return p.Name == q.Name && p.First == q.First && p.N == q.N
}

// Short returns what is long as a message can hold it.
func Short(x any) string {
	const most = 100
	s := strings.ToValidUTF8(fmt.Sprint(x), "?")
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..." // the end may be within a character
}
