package engine

import (
	"context"
	"fmt"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/delivery"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/wiring"
)

// assessRisk settles whether parrots may emit more at once than sums hold.
func (e *Engine) assessRisk() {
	most := wiring.MostSpikes(e.desc, e.clock)
	for p, x := range most {
		if x >= wiring.MaxMultiplicity || x > float64(e.bounds.Multiplicity[p]) {
			e.risky = true
		}
	}
}

// tooMany says that element k of a block emits more spikes than sums hold.
func (e *Engine) tooMany(b *block, k int, m int32, step int64) *delivery.StepError {
	limit, why := e.bounds.Multiplicity[b.Population], "that its targets can add up, of the weights that they have"
	if limit >= wiring.MaxMultiplicity {
		why = "that there may be"
	}
	err := fmt.Errorf("population %s: neuron %d emits %d spikes at once in the step that ends at %g ms, more than the %d %s",
		brief.Quote(e.desc.Populations[b.Population].Name), int(b.ID)+b.Index(k), m, e.clock.MS(step), limit, why)
	return &delivery.StepError{Err: err, Step: step, Neuron: b.Number + b.Index(k)}
}

// returnTo takes the network from a state that it was in to a later step, as it
// went before, with nothing recorded.
func (e *Engine) returnTo(start *network.State, events, step int64) error {
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
	sh.Sums.Clear(delivery.MaxShard)
	for _, b := range sh.blocks {
		b.in.Clear()
	}
}
