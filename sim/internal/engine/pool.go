package engine

import (
	"cmp"
	"fmt"
	"slices"
	"sort"

	"cortigo/sim/connect"
)

// A pool is the neurons that a rule chooses from: the parts of a joined
// collection, one after another.
type pool struct {
	part  []Range
	first []int // position of each part's first neuron
	n     int
}

func newPool(parts []Range) pool {
	p := pool{part: parts, first: make([]int, len(parts))}
	for i, r := range parts {
		p.first[i] = p.n
		p.n += r.N
	}
	return p
}

// at returns the neuron at position i of the pool, counted within its
// population.
func (p *pool) at(i int) (population, index int) {
	k := sort.SearchInts(p.first, i+1) - 1
	return p.part[k].Population, p.part[k].From + i - p.first[k]
}

// position returns where a neuron stands in the pool, -1 if it does not.
func (p *pool) position(population, index int) int {
	for k, r := range p.part {
		if r.Population == population && index >= r.From && index < r.From+r.N {
			return p.first[k] + index - r.From
		}
	}
	return -1
}

// shared returns how many neurons two pools have in common.
func (p *pool) shared(q *pool) int {
	n := 0
	for _, a := range p.part {
		for _, b := range q.part {
			n += overlap(a, b)
		}
	}
	return n
}

func overlap(a, b Range) int {
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
		if i > 0 && overlap(ordered[i-1], b) > 0 {
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

// pools are what a rule sees: Pre and Post alone.
type pools struct{ from, onto pool }

func newPools(pre, post []Range) pools { return pools{newPool(pre), newPool(post)} }

func (p *pools) Sources() int { return p.from.n }

func (p *pools) Targets() int { return p.onto.n }

func (p *pools) SourceOf(target int) int { return p.from.position(p.onto.at(target)) }

func (p *pools) TargetOf(source int) int { return p.onto.position(p.from.at(source)) }

func (p *pools) Shared() int { return p.from.shared(&p.onto) }

func (p *pools) Same() bool { return slices.Equal(p.from.part, p.onto.part) }
