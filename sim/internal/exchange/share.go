package exchange

import (
	"slices"

	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/rng"
)

// A Share is the Exchange of a part of a network that runs as if the rest were
// elsewhere: of the shards some are here, and the spikes of all other neurons are
// drawn at given rates. It measures what a thread of a larger machine pays; its
// activity is not the network's.
type Share struct {
	here  []int
	of    int
	rest  Rest
	drawn [][]Spike // by step modulo drawnSteps, without lag

	list  []Spike // of the last meeting
	lists [][]Spike
}

// A Rest is what is known of the neurons of a network of which a share runs.
type Rest struct {
	Sizes []int     // of the populations; neuron g of all lives in shard g mod the number of shards
	Rates []float64 // of the neurons of each population, spikes/s
	Seed  uint64
	Step  float64 // ms
}

// drawnSteps is after how many steps the drawn spikes repeat.
const drawnSteps = 4096

// NewShare returns the exchange of the first n of so many shards.
func NewShare(n, of int, rest Rest) *Share {
	return &Share{here: NewLocal(n).shards, of: of, rest: rest}
}

// Shards returns those that run.
func (s *Share) Shards() (here []int, of int) { return s.here, s.of }

// draw draws the spikes of the neurons that live in no shard that is here.
func (s *Share) draw() {
	s.drawn = make([][]Spike, drawnSteps)
	first := 0
	for p, n := range s.rest.Sizes {
		var neurons []uint32
		for g := first; g < first+n; g++ {
			if g%s.of >= len(s.here) {
				neurons = append(neurons, uint32(g))
			}
		}
		first += n
		if len(neurons) == 0 {
			continue
		}
		table := kernel.NewPoissonTable(s.rest.Rates[p] * float64(len(neurons)) * s.rest.Step / 1000)
		r := rng.NewStream(rng.NewKey(s.rest.Seed), rng.ID{Purpose: rng.ForeignSpikes, Pre: uint16(p)})
		for t := range s.drawn {
			from := len(s.drawn[t])
			for range table.Draw(r.Uint32()) {
				s.drawn[t] = append(s.drawn[t], Spike{Neuron: neurons[r.Below(uint32(len(neurons)))], Multiplicity: 1})
			}
			slices.SortFunc(s.drawn[t][from:], func(a, b Spike) int { return int(a.Neuron) - int(b.Neuron) })
		}
	}
}

// Meet returns the lists of the interval, and after them that of the drawn spikes.
func (s *Share) Meet(in Interval, vote *Vote) (spikes [][]Spike, against *Vote, err error) {
	if s.drawn == nil {
		s.draw()
	}
	s.list = s.list[:0]
	for lag := int64(1); lag <= in.Steps; lag++ {
		for _, x := range s.drawn[(in.Begin+lag)%drawnSteps] {
			s.list = append(s.list, Spike{x.Neuron, uint16(lag), x.Multiplicity})
		}
	}
	s.lists = append(append(s.lists[:0], in.Spikes...), s.list)
	return s.lists, vote, nil
}

// Abandon does nothing: nobody waits.
func (s *Share) Abandon() {}
