package engine

import (
	"slices"

	"cortigo/sim/internal/inbox"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/rng"
)

// poissonSet is the connections of many Poisson generators, of either kind, to a
// few elements each. It draws the numbers that poissonInput and
// inhomogeneousInput draw for each of them.
type poissonSet struct {
	poissonClass
	from, to int
	key      rng.Key
	member   []setMember // in the order in which they add
	drawn    int64       // the group of four steps in counts; -1: none
	counts   [][4]uint8  // of each member, by step of the group
	tables   map[float64]*kernel.PoissonTable
}

// A poissonClass is what the inputs of a set have in common: the spikes stamped
// (begin, end] that pass, and the delay.
type poissonClass struct{ begin, end, delay int64 }

type setMember struct {
	element int
	weight  float64
	id      rng.ID
	table   *kernel.PoissonTable // nil where the rate changes
	rates   *rates
}

// maxInSet is how many elements a Poisson input may have to be put into a set:
// beyond, the vectors of its own draws are faster.
const maxInSet = 16

// classOf returns the class of an input that a set can take; false for others.
func classOf(in input) (poissonClass, bool) {
	switch p := in.(type) {
	case *poissonInput:
		if p.counts[0] != nil && p.to-p.from <= maxInSet {
			return poissonClass{p.begin, p.end, p.delay[0]}, true
		}
	case *inhomogeneousInput:
		if p.counts[0] != nil && p.to-p.from <= maxInSet {
			return poissonClass{p.begin, p.end, p.delay[0]}, true
		}
	}
	return poissonClass{}, false
}

func newPoissonSet(class poissonClass) *poissonSet {
	return &poissonSet{poissonClass: class, drawn: -1, tables: map[float64]*kernel.PoissonTable{}}
}

// join takes an input of the set's class into it.
func (p *poissonSet) join(box *inbox.Inbox, in input) {
	from, to := in.span()
	if len(p.member) == 0 {
		p.from, p.to = from, to
	}
	p.from, p.to = min(p.from, from), max(p.to, to)
	for k := from; k < to; k++ {
		m := setMember{element: k}
		switch x := in.(type) {
		case *poissonInput:
			if p.tables[x.mean] == nil {
				p.tables[x.mean] = x.table
			}
			m.weight, m.id, m.table, p.key = element(x.weight, k-from), x.id, p.tables[x.mean], x.key
		case *inhomogeneousInput:
			m.weight, m.id, m.rates, p.key = element(x.weight, k-from), x.id, x.rates, x.key
			// Generators of the same rates share their tables.
			if n := len(p.member); n > 0 {
				if r := p.member[n-1].rates; r != nil && slices.Equal(r.begin, x.rates.begin) && slices.Equal(r.mean, x.rates.mean) {
					m.rates = r
				}
			}
		}
		m.id.Element = uint32(box.Index(k))
		p.member = append(p.member, m)
		p.counts = append(p.counts, [4]uint8{})
	}
}

func (p *poissonSet) span() (from, to int) { return p.from, p.to }

func (p *poissonSet) add(to *inbox.Inbox, step int64) {
	s := step - p.delay
	if s <= p.begin || s > p.end || s < 1 {
		return
	}
	if g := s >> 2; g != p.drawn {
		p.draw(g)
	}
	one := to.OnePort && to.Signs[0] == nil
	for i := range p.member {
		m := &p.member[i]
		x := float64(m.weight * float64(p.counts[i][s&3]))
		if one {
			to.Ports[0][m.element] += x
		} else {
			to.Add(m.element, x)
		}
	}
}

// draw draws the numbers of steps 4g to 4g+3.
func (p *poissonSet) draw(g int64) {
	for i := range p.member {
		m, c := &p.member[i], &p.counts[i]
		if t := m.table; t != nil {
			if t.Max() == 0 {
				continue // a rate of 0
			}
			w := rng.Philox(m.id.Counter(uint32(g)), p.key)
			c[0], c[1], c[2], c[3] = uint8(t.Draw(w[0])), uint8(t.Draw(w[1])), uint8(t.Draw(w[2])), uint8(t.Draw(w[3]))
			continue
		}
		*c = [4]uint8{}
		var w [4]uint32
		drawn := false
		for r := range c {
			t := m.rates.at(g<<2 + int64(r))
			if t == nil {
				continue
			}
			if !drawn {
				w, drawn = rng.Philox(m.id.Counter(uint32(g)), p.key), true
			}
			c[r] = uint8(t.Draw(w[r]))
		}
	}
	p.drawn = g
}
