package wiring

import (
	"fmt"
	"math"
	"slices"

	"cortigo/sim/device"
	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/network"
)

// MaxMultiplicity is how many spikes a neuron may emit in one step.
const MaxMultiplicity = 1 << 20

// MostSpikes returns how often a neuron of each population may spike in one
// step: once, but parrots as often as what they repeat can come, which is known
// from rates, multiplicities and numbers of synapses.
func MostSpikes(desc *network.Description, clock clock.Clock) []float64 {
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
			x = math.Min(x, MaxMultiplicity)
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

// SumLimits establishes that no sum of input overflows: it bounds what a neuron
// can get in one step if all its sources spike at once, and returns how often
// each population's neurons may spike in one step (parrots repeat
// multiplicities).
func SumLimits(j *Job, desc *network.Description, bundles []*Bundle, grids []Grid) ([]int32, error) {
	onto := make([][]*Bundle, len(desc.Populations))
	for _, w := range bundles {
		onto[w.Post.Population] = append(onto[w.Post.Population], w)
	}
	load := make([]float64, len(desc.Populations)) // largest possible input, in quanta
	for p, ws := range onto {
		if len(ws) == 0 {
			continue
		}
		byTarget := make([]float64, desc.Populations[p].N)
		for _, w := range ws {
			if err := j.Err(); err != nil {
				return nil, err
			}
			for t := range w.Post.N {
				byTarget[w.Post.From+t] += float64(float64(w.Degree(t)) * float64(max(w.weight.Max, 1)))
			}
		}
		load[p] = slices.Max(byTarget)
	}
	capacity := func(p int) float64 {
		if grids[p].Wide {
			return network.MaxSum
		}
		return math.MaxInt32
	}
	multiple := make([]int32, len(desc.Populations))
	for p := range multiple {
		multiple[p] = MaxMultiplicity
	}
	for p := range desc.Populations {
		if load[p] > capacity(p) {
			return nil, fmt.Errorf("population %s: the synapses onto one neuron may add up to %g quanta of weight in a step, more than the %g that its sum holds",
				brief.Quote(desc.Populations[p].Name), load[p], capacity(p))
		}
		for _, w := range onto[p] {
			if pre := w.Pre.Population; load[p] > 0 {
				multiple[pre] = int32(min(float64(multiple[pre]), math.Floor(capacity(p)/load[p])))
			}
		}
	}
	return multiple, nil
}
