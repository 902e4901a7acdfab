package arrowio

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"cortigo/sim/spikes"
)

// A populationIndex finds the population of a neuron.
type populationIndex struct {
	byFirst []int   // positions in pops of those with neurons, by first id
	firsts  []int64 // their first ids
	pops    []spikes.Population
}

// maxNeurons bounds what is read of a run: analyses have an array of them all. A
// network of so many takes more than 10 GB.
const maxNeurons = 100_000_000

// newPopulationIndex checks that the populations have names and ids of their
// own. Populations without neurons are allowed.
func newPopulationIndex(pops []spikes.Population) (*populationIndex, error) {
	if len(pops) == 0 {
		return nil, errors.New("the run has no populations")
	}
	x := &populationIndex{pops: slices.Clone(pops)}
	seen := map[string]bool{}
	all := 0
	for i, p := range pops {
		switch {
		case p.Name == "":
			return nil, fmt.Errorf("population %d has no name", i)
		case seen[p.Name]:
			return nil, fmt.Errorf("population %q is there twice", short(p.Name))
		case p.N < 0 || p.First < 0 || int64(p.First)+int64(p.N)-1 > math.MaxInt32:
			return nil, fmt.Errorf("population %q: %d neurons from id %d on do not fit ids 0 to %d", short(p.Name), p.N, p.First, math.MaxInt32)
		}
		if all += p.N; all > maxNeurons {
			return nil, fmt.Errorf("population %q: %d neurons are more than the %d that a run can have in all", short(p.Name), p.N, maxNeurons)
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
			return nil, fmt.Errorf("populations %q and %q share the id %d", short(p.Name), short(q.Name), q.First)
		}
	}
	for _, i := range x.byFirst {
		x.firsts = append(x.firsts, int64(pops[i].First))
	}
	return x, nil
}

// assign sets dst[i] to the position of the population of neuron[i]. It is
// made for neurons in ascending order, step by step.
func (x *populationIndex) assign(dst []int32, neuron []int32) error {
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
				return fmt.Errorf("neuron %d belongs to none of the populations %s", id, describe(x.pops))
			}
			at = int32(x.byFirst[k])
			first, end = x.firsts[k], x.firsts[k]+int64(x.pops[at].N)
		}
		dst[i] = at
	}
	return nil
}

// pick returns the populations with these names, in the order of pops.
func pick(pops []spikes.Population, populationNames []string) ([]spikes.Population, error) {
	for _, name := range populationNames {
		if !slices.ContainsFunc(pops, func(p spikes.Population) bool { return p.Name == name }) {
			return nil, fmt.Errorf("no population %q, there is %s", short(name), describe(pops))
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

// describe lists populations and their ids, for an error.
func describe(pops []spikes.Population) string {
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
		fmt.Fprintf(&b, "%s (%d-%d)", short(p.Name), p.First, int64(p.First)+int64(p.N)-1)
	}
	return b.String()
}
