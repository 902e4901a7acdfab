package engine

import (
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/rng"
)

// A Share is a part of a network that runs as if the rest were elsewhere: as
// many shards of Of as there are threads, while the spikes of all other neurons
// are drawn at given rates. It measures what a thread of a larger machine pays;
// its activity is not the network's.
type Share struct {
	Of    int       // shards of the whole network; 0: no share
	Rates []float64 // of the neurons of each population, spikes/s
}

// foreignSteps is after how many steps the drawn spikes repeat.
const foreignSteps = 4096

// drawForeign draws the spikes of the neurons that live in no shard at hand.
func (e *Engine) drawForeign(s Share) {
	e.foreign = make([][]Spike, foreignSteps)
	for p := range e.desc.Populations {
		var neurons []uint32
		for i := range e.layout.n[p] {
			if g := e.layout.first[p] + i; g%e.layout.shards >= len(e.shards) {
				neurons = append(neurons, uint32(g))
			}
		}
		if len(neurons) == 0 {
			continue
		}
		table := kernel.NewPoissonTable(s.Rates[p] * float64(len(neurons)) * e.clock.H / 1000)
		r := rng.NewStream(rng.NewKey(e.desc.Seed), rng.ID{Purpose: rng.ForeignSpikes, Pre: uint16(p)})
		for t := range e.foreign {
			for range table.Draw(r.Uint32()) {
				e.foreign[t] = append(e.foreign[t], Spike{Neuron: neurons[r.Below(uint32(len(neurons)))], Multiplicity: 1})
			}
		}
	}
}

// foreignAt returns the spikes drawn for a step.
func (e *Engine) foreignAt(step int64) []Spike { return e.foreign[step%foreignSteps] }
