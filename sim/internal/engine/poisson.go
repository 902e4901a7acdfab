package engine

import (
	"math"

	"cortigo/sim/device"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/inbox"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/rng"
)

// poissonInput is a Poisson generator's connections to elements from..to-1 of a
// block. Four successive steps of a neuron share a block of random words, so
// their numbers are drawn together and kept.
type poissonInput struct {
	from, to   int
	begin, end int64 // spikes stamped (begin, end] pass
	delay      []int64
	weight     []float64
	mean       float64 // spikes a step
	table      *kernel.PoissonTable
	key        rng.Key
	id         rng.ID
	drawn      int64 // the group of four steps in counts; -1: none
	counts     [4][]uint8
	words      wordsKept // instead, where a number is drawn at a time
}

func newPoissonInput(desc *Description, at *Attachment, clock clock.Clock, from, to int, delay []int64, weight []float64) (*poissonInput, error) {
	d := at.Device.(device.Poisson)
	mean := d.Rate * clock.H / 1000
	if err := checkRate("rate", d.Rate, clock); err != nil {
		return nil, err
	}
	p := &poissonInput{from: from, to: to, delay: delay, weight: weight, mean: mean, table: kernel.NewPoissonTable(mean), drawn: -1,
		key: rng.NewKey(desc.Seed),
		id:  rng.ID{Purpose: rng.PoissonInput, Pre: uint16(at.Generator), Post: uint16(at.Post.Population), Ordinal: at.Ordinal}}
	var err error
	if p.begin, p.end, _, err = activeSteps(d, clock); err != nil {
		return nil, err
	}
	p.begin, p.end = at.spikes(p.begin, p.end)
	if len(delay) == 1 && p.table.Max() <= math.MaxUint8 {
		for s := range p.counts {
			p.counts[s] = make([]uint8, to-from)
		}
	}
	return p, nil
}

func (p *poissonInput) span() (from, to int) { return p.from, p.to }

func (p *poissonInput) add(to *inbox.Inbox, step int64) {
	if p.counts[0] == nil {
		p.addEach(to, step)
		return
	}
	counts := p.due(to, step)
	if counts == nil {
		return
	}
	if len(p.weight) == 1 {
		w := p.weight[0]
		if port := to.Direct(w); port != nil {
			port = port[p.from:p.to]
			for k, c := range counts {
				port[k] += float64(w * float64(c))
			}
			return
		}
	}
	for k, c := range counts {
		to.Add(p.from+k, float64(element(p.weight, k)*float64(c)))
	}
}

// due returns the numbers of spikes that arrive at step, drawn together with
// their neighbours; nil while the generator is not active, or if its rate is 0.
func (p *poissonInput) due(to *inbox.Inbox, step int64) []uint8 {
	s := step - p.delay[0]
	if s <= p.begin || s > p.end || s < 1 || p.table.Max() == 0 {
		return nil
	}
	if g := s >> 2; g != p.drawn {
		kernel.PoissonFour(p.table, p.key, p.id, uint32(g), uint32(to.Index(p.from)), uint32(to.Stride), &p.counts)
		p.drawn = g
	}
	return p.counts[s&3]
}

// direct returns the Poisson generator that is all there is of a block's float
// input, with one weight, so that its numbers can go to the neurons without a
// way through the inbox; nil if there is none such.
func (b *block) direct() *poissonInput {
	if len(b.inputs) != 1 || b.grid.wide || !b.merged || b.v == nil || b.kept != nil || b.each {
		return nil
	}
	p, ok := b.inputs[0].(*poissonInput)
	if !ok || p.counts[0] == nil || len(p.weight) != 1 || p.from != 0 || p.to != b.n {
		return nil
	}
	return p
}

// addEach draws one number at a time, for delays that differ and for means that
// are very large.
func (p *poissonInput) addEach(to *inbox.Inbox, step int64) {
	if p.table.Max() == 0 {
		return
	}
	for k := range p.to - p.from {
		s := step - element(p.delay, k)
		if s <= p.begin || s > p.end || s < 1 {
			continue
		}
		u := p.words.at(to, p.from, p.to, k, s, p.id, p.key)
		to.Add(p.from+k, float64(element(p.weight, k)*float64(p.table.Draw(u))))
	}
}

// wordsKept are the random words of four successive steps for each of some
// elements, which are drawn together.
type wordsKept struct {
	group []int64 // of four steps whose words are there, plus 1
	word  [][4]uint32
}

// at returns the word of element from+k of a block for step s >= 0.
func (w *wordsKept) at(in *inbox.Inbox, from, to, k int, s int64, id rng.ID, key rng.Key) uint32 {
	if w.group == nil {
		w.group, w.word = make([]int64, to-from), make([][4]uint32, to-from)
	}
	if g := s >> 2; w.group[k] != g+1 {
		id.Element = uint32(in.Index(from + k))
		w.group[k], w.word[k] = g+1, rng.Philox(id.Counter(uint32(g)), key)
	}
	return w.word[k][s&3]
}
