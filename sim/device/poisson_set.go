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
	member []setMember                  // in the order in which they add
	drawn  int64                        // the block of steps in counts; -1: none
	counts [][kernel.PoissonSteps]uint8 // of each member
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
		p.counts = append(p.counts, [kernel.PoissonSteps]uint8{})
	}
}

func (p *poissonSet) Add(to *Inbox, step int64) {
	s := step - p.delay
	if s <= p.begin || s > p.end {
		return
	}
	if b := s / kernel.PoissonSteps; b != p.drawn {
		p.draw(b)
	}
	one := to.OnePort && to.Signs[0] == nil
	for i := range p.member {
		m := &p.member[i]
		x := float64(m.weight * float64(p.counts[i][s%kernel.PoissonSteps]))
		if one {
			to.Ports[0][m.element] += x
		} else {
			to.Add(m.element, x)
		}
	}
}

// draw draws the numbers of a block of steps.
func (p *poissonSet) draw(block int64) {
	first := block * kernel.PoissonSteps
	for i := range p.member {
		m, c := &p.member[i], &p.counts[i]
		if m.table != nil && m.table.Max() == 0 {
			continue // a rate of 0
		}
		var words [4]uint32
		drawn := false
		for s := range c {
			t, step := m.table, first+int64(s)
			if m.rates != nil {
				t = m.rates.at(step)
			}
			if t == nil {
				c[s] = 0
				continue
			}
			if !drawn {
				words, drawn = kernel.PoissonBlock(p.key, m.id, step), true
			}
			c[s] = uint8(t.DrawStep(&words, p.key, m.id, step))
		}
	}
	p.drawn = block
}
