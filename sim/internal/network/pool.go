package network

import (
	"cmp"
	"fmt"
	"slices"
	"sort"

	"cortigo/sim/connect"
)

// A Pool is the neurons that a rule chooses from: the parts of a joined
// collection, one after another.
type Pool struct {
	Parts []Range
	First []int // position of each part's first neuron
	N     int
}

// NewPool returns the pool of the parts of a collection.
func NewPool(parts []Range) Pool {
	p := Pool{Parts: parts, First: make([]int, len(parts))}
	for i, r := range parts {
		p.First[i] = p.N
		p.N += r.N
	}
	return p
}

// At returns the neuron at position i of the pool, counted within its
// population.
func (p *Pool) At(i int) (population, index int) {
	k := sort.SearchInts(p.First, i+1) - 1
	return p.Parts[k].Population, p.Parts[k].From + i - p.First[k]
}

// Position returns where a neuron stands in the pool, -1 if it does not.
func (p *Pool) Position(population, index int) int {
	for k, r := range p.Parts {
		if r.Population == population && index >= r.From && index < r.From+r.N {
			return p.First[k] + index - r.From
		}
	}
	return -1
}

// shared returns how many neurons two pools have in common.
func (p *Pool) shared(q *Pool) int {
	n := 0
	for _, a := range p.Parts {
		for _, b := range q.Parts {
			n += Overlap(a, b)
		}
	}
	return n
}

// Overlap returns how many neurons two ranges have in common.
func Overlap(a, b Range) int {
	if a.Population != b.Population {
		return 0
	}
	return max(0, min(a.From+a.N, b.From+b.N)-max(a.From, b.From))
}

// CheckPool reports parts that have neurons in common, which a collection
// cannot hold twice, and more neurons than can be counted.
func CheckPool(parts []Range) error {
	if len(parts) == 0 {
		return fmt.Errorf("a collection without parts")
	}
	n := 0
	ordered := slices.DeleteFunc(slices.Clone(parts), func(r Range) bool { return r.N == 0 })
	slices.SortFunc(ordered, func(a, b Range) int {
		return cmp.Or(cmp.Compare(a.Population, b.Population), cmp.Compare(a.From, b.From))
	})
	for i, b := range ordered {
		if i > 0 && Overlap(ordered[i-1], b) > 0 {
			a := ordered[i-1]
			return fmt.Errorf("a collection has neurons %d..%d and %d..%d of population %d, must have each once",
				a.From, a.From+a.N-1, b.From, b.From+b.N-1, b.Population)
		}
		if n += b.N; n > connect.MaxDegree {
			return fmt.Errorf("a collection of more than %d neurons", connect.MaxDegree)
		}
	}
	return nil
}

// Pools are what a rule sees: Pre and Post alone.
type Pools struct{ from, onto Pool }

// NewPools returns the pools of a projection without reverse connections.
func NewPools(pre, post []Range) Pools { return Pools{NewPool(pre), NewPool(post)} }

// Sources returns the number of sources.
func (p *Pools) Sources() int { return p.from.N }

// Targets returns the number of targets.
func (p *Pools) Targets() int { return p.onto.N }

// SourceOf returns which source the target at a position is, -1 if it is none.
func (p *Pools) SourceOf(target int) int { return p.from.Position(p.onto.At(target)) }

// TargetOf returns which target the source at a position is, -1 if it is none.
func (p *Pools) TargetOf(source int) int { return p.onto.Position(p.from.At(source)) }

// Shared returns how many neurons are both sources and targets.
func (p *Pools) Shared() int { return p.from.shared(&p.onto) }

// Same reports whether sources and targets are the same neurons in the same order.
func (p *Pools) Same() bool { return slices.Equal(p.from.Parts, p.onto.Parts) }
