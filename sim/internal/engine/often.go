package engine

import (
	"math"

	"cortigo/sim/device"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/network"
)

// maxMultiplicity is how many spikes a neuron may emit in one step.
const maxMultiplicity = 1 << 20

// mostSpikes returns how often a neuron of each population may spike in one
// step: once, but parrots as often as what they repeat can come, which is known
// from rates, multiplicities and numbers of synapses.
func mostSpikes(desc *network.Description, clock clock.Clock) []float64 {
	most := make([]float64, len(desc.Populations))
	var parrots []int
	for p := range most {
		most[p] = desc.Populations[p].MostSpikes(clock)
		if desc.Populations[p].Counts() {
			parrots = append(parrots, p)
		}
	}
	if len(parrots) == 0 {
		return most
	}
	given := make([][]float64, len(most)) // by devices, to each neuron
	for _, p := range parrots {
		given[p] = make([]float64, desc.Populations[p].N)
	}
	for i := range desc.Attachments {
		at := &desc.Attachments[i]
		if to := given[at.Post.Population]; to != nil {
			d, ok := at.Device.(device.Emitter)
			if !ok {
				continue
			}
			x := d.MostSpikes(clock)
			if !(x >= 0) {
				x = math.Inf(1)
			}
			for k := range at.Post.N {
				to[at.Post.From+k] += x
			}
		}
	}
	// Parrots that drive parrots, as far as chains of them go; what goes round in
	// a circle has no bound.
	for round := range 2*len(parrots) + 2 {
		grew := false
		for _, p := range parrots {
			byTarget := append([]float64(nil), given[p]...)
			for i := range desc.Projections {
				pr := &desc.Projections[i]
				x := -1.0
				for _, r := range pr.Targets() {
					if r.Population != p {
						continue
					}
					if x < 0 {
						x = pr.Size().Largest * mostOfSources(pr, most)
					}
					for k := range r.N {
						byTarget[r.From+k] += x
					}
				}
			}
			x := 1.0
			for _, y := range byTarget {
				x = math.Max(x, y)
			}
			if round > len(parrots) && x > most[p] {
				x = math.Inf(1)
			}
			x = math.Min(x, maxMultiplicity)
			grew = grew || x > most[p]
			most[p] = x
		}
		if !grew {
			break
		}
	}
	return most
}

// mostOfSources returns the most of a projection's sources.
func mostOfSources(pr *network.Projection, most []float64) float64 {
	x := 0.0
	for _, r := range pr.Sources() {
		x = math.Max(x, most[r.Population])
	}
	return x
}
