package device

import (
	"slices"

	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/rng"
)

// poissonSet is the connections of many Poisson generators, of either kind, to a
// few neurons each. It draws the same numbers as poissonInput and
// inhomogeneousInput would for each of them.
type poissonSet struct {
	poissonClass
	key    rng.Key
	member []setMember // in the order in which they add
	drawn  int64       // the group of four steps in counts; -1: none
	counts [][4]uint8  // of each member, by step of the group
	tables map[float64]*kernel.PoissonTable
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

// maxInSet is how many neurons a Poisson input may have to be put into a set:
// with more, it is faster to draw its own numbers as vectors.
const maxInSet = 16

// Class returns the class of inputs that make a set.
func (p *poissonInput) Class() any {
	if p.counts[0] == nil || p.N > maxInSet {
		return nil
	}
	return poissonClass{p.begin, p.end, p.Delay[0]}
}

// Class returns the class of inputs that make a set.
func (p *inhomogeneousInput) Class() any {
	if p.counts[0] == nil || p.N > maxInSet {
		return nil
	}
	return poissonClass{p.begin, p.end, p.Delay[0]}
}

// Class returns the class of the inputs that are in the set.
func (p *poissonSet) Class() any { return p.poissonClass }

func (p *poissonInput) Join(other Input) Input {
	return newPoissonSet(p.Class()).Join(p).(Joiner).Join(other)
}

func (p *inhomogeneousInput) Join(other Input) Input {
	return newPoissonSet(p.Class()).Join(p).(Joiner).Join(other)
}

func newPoissonSet(class any) *poissonSet {
	return &poissonSet{poissonClass: class.(poissonClass), drawn: -1, tables: map[float64]*kernel.PoissonTable{}}
}

// Join takes an input of the set's class into it.
func (p *poissonSet) Join(in Input) Input {
	switch x := in.(type) {
	case *poissonInput:
		if p.tables[x.mean] == nil {
			p.tables[x.mean] = x.table
		}
		p.key = x.key
		p.take(x.Connections, setMember{id: x.id, table: p.tables[x.mean]})
	case *inhomogeneousInput:
		m := setMember{id: x.id, rates: x.rates}
		// Generators of the same rates share their tables.
		if n := len(p.member); n > 0 {
			if r := p.member[n-1].rates; r != nil && slices.Equal(r.begin, x.rates.begin) && slices.Equal(r.mean, x.rates.mean) {
				m.rates = r
			}
		}
		p.key = x.key
		p.take(x.Connections, m)
	}
	return p
}

// take appends connections that are like m except for neuron and weight.
func (p *poissonSet) take(c *Connections, m setMember) {
	for k := range c.N {
		m.element, m.weight = c.From+k, c.WeightOf(k)
		m.id.Element = uint32(c.Neuron(k))
		p.member = append(p.member, m)
		p.counts = append(p.counts, [4]uint8{})
	}
}

func (p *poissonSet) Add(to *Inbox, step int64) {
	s := step - p.delay
	if s <= p.begin || s > p.end {
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
