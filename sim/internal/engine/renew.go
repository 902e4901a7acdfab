package engine

import (
	"context"
	"fmt"
	"slices"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/delivery"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/param"
	"cortigo/sim/internal/wiring"
)

// Rebuild builds an engine of a description that has grown out of old's, or
// changed from it, and has it go on from old's state: spikes under way arrive as
// they would have, whatever became of their synapses.
func Rebuild(ctx context.Context, desc *network.Description, opts Options, old *Engine) (*Engine, error) {
	var state *network.State
	if err := Guard(func() error { state = old.Unwired(); return nil }); err != nil {
		return nil, err
	}
	e, err := Build(ctx, desc, opts)
	if err != nil {
		return nil, err
	}
	if err := e.adopt(state); err != nil {
		return nil, err
	}
	copy(e.born, old.born)
	for p := len(state.Populations); p < len(desc.Populations); p++ {
		e.born[p] = state.Step
	}
	for i := range state.Synapses {
		s := &state.Synapses[i]
		for _, ch := range e.stateful {
			if ch.Projection == s.Projection {
				ch.TakeWeights(s, e.desc.Projections[s.Projection].Changed, state.Step)
			}
		}
	}
	if err := e.SetState(state); err != nil {
		return nil, err
	}
	e.keepQuantities(old)
	e.events = old.events
	return e, nil
}

// Reload returns an engine with e's synapses and state for a description that
// differs from e's in the parameters of neurons or in devices alone, and has the
// same channels and grids of weights.
func (e *Engine) Reload(desc *network.Description) (*Engine, error) {
	r, err := e.Restart(desc)
	if err != nil {
		return nil, err
	}
	r.events = e.events
	for s, sh := range r.shards {
		from := e.shards[s]
		sh.deliverTime, sh.updateTime, sh.exchangeTime = from.deliverTime, from.updateTime, from.exchangeTime
	}
	copy(r.born, e.born)
	state := e.State()
	if err := r.adopt(state); err != nil {
		return nil, err
	}
	if err := r.SetState(state); err != nil {
		return nil, err
	}
	r.keepQuantities(e)
	return r, nil
}

// Fits reports whether an engine of desc would keep weights as e does, so that
// Reload and Restart can make it.
func (e *Engine) Fits(desc *network.Description) bool {
	grids, err := wiring.PopulationGrids(desc, e.clock)
	return err == nil && slices.Equal(grids, e.grids)
}

// Restart is Reload with the initial state.
func (e *Engine) Restart(desc *network.Description) (*Engine, error) {
	r, err := load(desc, Options{Threads: e.threads, Shards: e.layout.Shards, Exchange: e.exchange}, e.Bounds(),
		func(s int) (delivery.Rows, error) { return e.Rows(s), nil }, func(*delivery.Static) error { return nil })
	if err != nil {
		return nil, err
	}
	r.degree, r.buildTimes = e.degree, e.buildTimes
	return r, nil
}

// keepQuantities has neurons whose rest values are not what they were in old,
// as E_L, keep the quantities that they had there: a state has them relative to
// the rest.
func (e *Engine) keepQuantities(old *Engine) {
	for p := range old.desc.Populations {
		for i := range old.desc.Populations[p].N {
			was, j := old.locate(p, i)
			b, k := e.locate(p, i)
			if was == nil || b == nil {
				continue // another program's
			}
			relative := false
			for c := range was.columns {
				from := &was.columns[c]
				if from.Rest == nil {
					continue
				}
				relative = true
				if to := b.column(from.Name); to != nil && to.Rest != nil && param.Element(to.Rest, k) != param.Element(from.Rest, j) {
					to.Set(k, from.Value(j))
				}
			}
			if !relative {
				break // nor are the others' of this model
			}
		}
	}
}

// adopt makes the state of neurons that had other parameters one of e's.
func (e *Engine) adopt(s *network.State) error {
	for p := range s.Populations {
		if err := e.desc.Populations[p].Adopt(s.Populations[p]); err != nil {
			return fmt.Errorf("population %s: %w", brief.Quote(e.desc.Populations[p].Name), err)
		}
	}
	return nil
}

// CanAdopt reports why neurons of a population cannot go on with other
// parameters.
func (e *Engine) CanAdopt(population int, changed *network.Population) error {
	return changed.Adopt(e.state(population))
}

// CanRecord reports why a quantity of a population's neurons cannot be recorded
// from now on.
func (e *Engine) CanRecord(population int, quantity string) error {
	for _, sh := range e.shards {
		if b := sh.blocks[population]; b.N > 0 && !b.follows(quantity) && e.step != e.born[population] {
			return notFollowed(&e.desc.Populations[population], quantity)
		}
	}
	return nil
}
