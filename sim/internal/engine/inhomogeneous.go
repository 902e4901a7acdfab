package engine

import (
	"fmt"
	"math"
	"slices"

	"cortigo/sim/device"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/inbox"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/rng"
)

// rates are a Poisson generator's over time, with tables to draw from.
type rates struct {
	begin []int64   // spikes stamped begin[i]..begin[i+1]-1 come at mean[i]
	mean  []float64 // spikes a step
	piece int       // the one last asked for; -1: what is before the first
	table *kernel.PoissonTable
	made  map[float64]*kernel.PoissonTable
}

// maxTables bounds how many tables of a generator whose rate changes all the
// time are kept.
const maxTables = 64

// newRates returns the rates of a Poisson generator of either kind.
func newRates(d device.Device, clock clock.Clock) (*rates, error) {
	r := &rates{piece: -1, made: map[float64]*kernel.PoissonTable{}}
	switch d := d.(type) {
	case device.Poisson:
		if err := checkRate("rate", d.Rate, clock); err != nil {
			return nil, err
		}
		r.begin, r.mean = []int64{math.MinInt64}, []float64{d.Rate * clock.H / 1000}
	case device.InhomogeneousPoisson:
		var err error
		if r.begin, err = clock.ChangeSteps("rate_times", d.RateTimes, d.AllowOffgridTimes); err != nil {
			return nil, err
		}
		for i, x := range d.RateValues {
			if x*clock.H/1000 > kernel.MaxPoissonMean {
				return nil, checkRate(fmt.Sprintf("rate_values[%d]", i), x, clock)
			}
			r.mean = append(r.mean, x*clock.H/1000)
		}
	}
	return r, nil
}

// at returns the table for spikes stamped s; nil where the rate is 0.
func (r *rates) at(s int64) *kernel.PoissonTable {
	if p := r.piece; (p < 0 || r.begin[p] <= s) && (p+1 >= len(r.begin) || s < r.begin[p+1]) {
		return r.table
	}
	i, found := slices.BinarySearch(r.begin, s)
	if !found {
		i--
	}
	r.piece, r.table = i, nil
	if i >= 0 && r.mean[i] > 0 {
		r.table = r.made[r.mean[i]]
		if r.table == nil {
			if len(r.made) >= maxTables {
				clear(r.made)
			}
			r.table = kernel.NewPoissonTable(r.mean[i])
			r.made[r.mean[i]] = r.table
		}
	}
	return r.table
}

// fitsByte reports whether no number that is drawn exceeds a byte.
func (r *rates) fitsByte() bool {
	return len(r.mean) == 0 || kernel.NewPoissonTable(slices.Max(r.mean)).Max() <= math.MaxUint8
}

// inhomogeneousInput is poissonInput for a rate that changes. The random words
// are those of a Poisson generator, so that one rate gives the same numbers.
type inhomogeneousInput struct {
	from, to   int
	begin, end int64 // spikes stamped (begin, end] pass
	delay      []int64
	weight     []float64
	rates      *rates
	key        rng.Key
	id         rng.ID
	drawn      int64 // the group of four steps in counts; -1: none
	counts     [4][]uint8
	other      [4][]uint8 // for groups in which the rate changes
	words      wordsKept  // instead, where a number is drawn at a time
}

func newInhomogeneousInput(desc *Description, at *Attachment, clock clock.Clock, from, to int, delay []int64, weight []float64) (*inhomogeneousInput, error) {
	r, err := newRates(at.Device, clock)
	if err != nil {
		return nil, err
	}
	p := &inhomogeneousInput{from: from, to: to, delay: delay, weight: weight, rates: r, drawn: -1, key: rng.NewKey(desc.Seed),
		id: rng.ID{Purpose: rng.PoissonInput, Pre: uint16(at.Generator), Post: uint16(at.Post.Population), Ordinal: at.Ordinal}}
	if p.begin, p.end, _, err = activeSteps(at.Device, clock); err != nil {
		return nil, err
	}
	p.begin, p.end = at.spikes(p.begin, p.end)
	if len(delay) == 1 && r.fitsByte() {
		for s := range p.counts {
			p.counts[s], p.other[s] = make([]uint8, to-from), make([]uint8, to-from)
		}
	}
	return p, nil
}

func (p *inhomogeneousInput) span() (from, to int) { return p.from, p.to }

func (p *inhomogeneousInput) add(to *inbox.Inbox, step int64) {
	if p.counts[0] == nil {
		p.addEach(to, step)
		return
	}
	s := step - p.delay[0]
	if s <= p.begin || s > p.end || s < 1 || p.rates.at(s) == nil {
		return
	}
	if g := s >> 2; g != p.drawn {
		p.draw(to, g)
	}
	for k, c := range p.counts[s&3] {
		to.Add(p.from+k, float64(element(p.weight, k)*float64(c)))
	}
}

// draw draws the numbers of steps 4g to 4g+3, each from the table of its rate.
func (p *inhomogeneousInput) draw(to *inbox.Inbox, g int64) {
	var last *kernel.PoissonTable
	filled := false // counts has the numbers of last; else other has
	for r := range p.counts {
		t := p.rates.at(g<<2 + int64(r))
		if t == nil {
			continue // nothing is read from there
		}
		switch {
		case last == nil:
			kernel.PoissonFour(t, p.key, p.id, uint32(g), uint32(to.Index(p.from)), uint32(to.Stride), &p.counts)
			filled = true
		case t != last:
			kernel.PoissonFour(t, p.key, p.id, uint32(g), uint32(to.Index(p.from)), uint32(to.Stride), &p.other)
			filled = false
		}
		if !filled {
			copy(p.counts[r], p.other[r])
		}
		last = t
	}
	p.drawn = g
}

// addEach draws one number at a time, for delays that differ and for means that
// are very large.
func (p *inhomogeneousInput) addEach(to *inbox.Inbox, step int64) {
	for k := range p.to - p.from {
		s := step - element(p.delay, k)
		if s <= p.begin || s > p.end || s < 1 {
			continue
		}
		t := p.rates.at(s)
		if t == nil {
			continue
		}
		u := p.words.at(to, p.from, p.to, k, s, p.id, p.key)
		to.Add(p.from+k, float64(element(p.weight, k)*float64(t.Draw(u))))
	}
}
