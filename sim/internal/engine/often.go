package engine

import (
	"context"
	"fmt"
	"math"

	"cortigo/sim/device"
	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/clock"
)

// maxMultiplicity is how many spikes a neuron may emit in one step.
const maxMultiplicity = 1 << 20

// mostSpikes returns how often a neuron of each population may spike in one
// step: once, but parrots as often as what they repeat can come, which is known
// from rates, multiplicities and numbers of synapses.
func mostSpikes(desc *Description, clock clock.Clock) []float64 {
	most := make([]float64, len(desc.Populations))
	var parrots []int
	for p := range most {
		most[p] = desc.Populations[p].most(clock)
		if desc.Populations[p].counts() {
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
						x = pr.size().Largest * pr.mostSpikes(most)
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

// mostSpikes returns the most of the projection's sources.
func (pr *Projection) mostSpikes(most []float64) float64 {
	x := 0.0
	for _, r := range pr.Sources() {
		x = math.Max(x, most[r.Population])
	}
	return x
}

// assessRisk settles whether parrots may emit more at once than sums hold.
func (e *Engine) assessRisk() {
	most := mostSpikes(e.desc, e.clock)
	for p, x := range most {
		if x >= maxMultiplicity || x > float64(e.bounds.Multiplicity[p]) {
			e.risky = true
		}
	}
}

// A stepError is an error of a neuron, counted from 0 over the network, within a
// step.
type stepError struct {
	error
	step   int64
	neuron int
}

func (e *stepError) Unwrap() error { return e.error }

// before orders errors, so that whatever the threads the same one is told.
func (e *stepError) before(f *stepError) bool {
	return f == nil || e.step < f.step || e.step == f.step && e.neuron < f.neuron
}

// tooMany says that element k of a block emits more spikes than sums hold.
func (e *Engine) tooMany(b *block, k int, m int32, step int64) *stepError {
	limit, why := e.bounds.Multiplicity[b.population], "that its targets can add up, of the weights that they have"
	if limit >= maxMultiplicity {
		why = "that there may be"
	}
	err := fmt.Errorf("population %s: neuron %d emits %d spikes at once in the step that ends at %g ms, more than the %d %s",
		brief.Quote(e.desc.Populations[b.population].Name), int(b.id)+b.index(k), m, e.clock.MS(step), limit, why)
	return &stepError{err, step, b.number + b.index(k)}
}

// returnTo takes the network from a state that it was in to a later step, as it
// went before, with nothing recorded.
func (e *Engine) returnTo(start *State, events, step int64) error {
	broken := e.broken
	for _, sh := range e.shards {
		sh.clearInput()
	}
	if err := e.SetState(start); err != nil {
		e.broken = broken
		return err
	}
	e.events = events
	for _, m := range e.samplers {
		m.steps = [2][]int64{}
	}
	recorders, samplers := e.spikeRecorders, e.samplers
	e.spikeRecorders, e.samplers, e.risky = nil, nil, false
	err := e.Run(context.Background(), step-start.Step, nil)
	e.spikeRecorders, e.samplers, e.risky = recorders, samplers, true
	return err
}

// clearInput forgets what was added up in a step that failed.
func (sh *shard) clearInput() {
	sh.synapticSums.clear(maxShard)
	for _, b := range sh.blocks {
		b.in.Clear()
	}
}
