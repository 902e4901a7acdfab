package engine

import (
	"context"
	"fmt"
	"slices"

	"cortigo/sim/device"
	"cortigo/sim/internal/brief"
)

// Rebuild builds an engine of a description that has grown out of old's, or
// changed from it, and has it go on from old's state: spikes under way arrive as
// they would have, whatever became of their synapses.
func Rebuild(ctx context.Context, desc *Description, opts Options, old *Engine) (*Engine, error) {
	var state *State
	if err := Guard(func() error { state = old.Unwired(); return nil }); err != nil {
		return nil, err
	}
	e, err := Build(ctx, desc, opts)
	if err != nil {
		return nil, err
	}
	for p := range state.Populations {
		state.Populations[p].changeChannels(e, p)
		state.Populations[p].keepInput(e, p)
	}
	copy(e.born, old.born)
	for p := len(state.Populations); p < len(desc.Populations); p++ {
		e.born[p] = state.Step
	}
	e.takeWeights(state)
	if err := e.SetState(state); err != nil {
		return nil, err
	}
	e.keepPotentials(old)
	e.events = old.events
	return e, nil
}

// Reload returns an engine with e's synapses and state for a description that
// differs from e's in the parameters of neurons or in devices alone, and has the
// same channels and grids of weights.
func (e *Engine) Reload(desc *Description) (*Engine, error) {
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
	for p := range state.Populations {
		state.Populations[p].keepInput(r, p)
	}
	if err := r.SetState(state); err != nil {
		return nil, err
	}
	r.keepPotentials(e)
	return r, nil
}

// Fits reports whether an engine of desc would keep weights as e does, so that
// Reload and Restart can make it.
func (e *Engine) Fits(desc *Description) bool {
	grids, err := populationGrids(desc, e.clock)
	return err == nil && slices.Equal(grids, e.grids)
}

// Restart is Reload with the initial state.
func (e *Engine) Restart(desc *Description) (*Engine, error) {
	r, err := load(desc, Options{Threads: e.threads, Shards: e.layout.shards, Share: e.share}, e.Bounds(),
		func(s int) (Rows, error) { return e.Rows(s), nil }, func(*shard, *Engine) error { return nil })
	if err != nil {
		return nil, err
	}
	r.degree, r.buildTimes = e.degree, e.buildTimes
	return r, nil
}

// keepPotentials has neurons whose E_L is not what it was in old keep the
// potential that they had there: a state has potentials relative to E_L.
func (e *Engine) keepPotentials(old *Engine) {
	if e.share.Of > 0 {
		return // which has not all of them
	}
	for p := range old.desc.Populations {
		for i := range old.desc.Populations[p].N {
			was, j := old.locate(p, i)
			if was.v == nil {
				break // parrots
			}
			if b, k := e.locate(p, i); b.rest(k) != was.rest(j) {
				b.v[k] = was.potential(j) - b.rest(k)
			}
		}
	}
}

// SameChannels reports whether two populations of a model keep the signs of
// their input apart alike.
func SameChannels(a, b *Population) bool { return mergedChannels(a) == mergedChannels(b) }

// CanChangeChannels reports why a population cannot change from one channel for
// both signs to two, or back, as its synaptic time constants would have it.
func (e *Engine) CanChangeChannels(population int) error {
	for _, sh := range e.shards {
		b := sh.blocks[population]
		if !b.merged || b.split != nil {
			continue
		}
		for _, x := range b.iEx {
			if x != 0 {
				return fmt.Errorf("tau_syn_ex and tau_syn_in, which were equal, cannot become different while synaptic currents flow, unless a multimeter records I_syn_ex from the first step on")
			}
		}
	}
	return nil
}

// changeChannels makes the currents of a population those of e's channels.
func (s *PopulationState) changeChannels(e *Engine, population int) {
	b := e.shards[0].blocks[population]
	merged := b.merged && b.iEx != nil
	switch {
	case merged && s.IIn != nil: // two have become one
		s.SplitEx, s.SplitIn = slices.Clone(s.IEx), s.IIn // for those who record them
		for i, x := range s.IIn {
			s.IEx[i] += x
		}
		s.IIn = nil
	case !b.merged && s.IIn == nil && s.IEx != nil && s.DEx == nil: // one has become two
		if s.SplitEx != nil {
			s.IEx, s.IIn = s.SplitEx, s.SplitIn
			s.SplitEx, s.SplitIn = nil, nil
			return
		}
		s.IIn = make([]float64, len(s.IEx))
	}
}

// keepInput makes room for refractory input where it is kept from now on.
func (s *PopulationState) keepInput(e *Engine, population int) {
	for _, sh := range e.shards {
		if b := sh.blocks[population]; b.kept != nil && s.Kept == nil {
			s.Kept = make([]float64, e.desc.Populations[population].N)
		}
	}
}

// CanRecord reports why a quantity of a population's neurons cannot be recorded
// from now on.
func (e *Engine) CanRecord(population int, quantity string) error {
	for _, sh := range e.shards {
		if b := sh.blocks[population]; quantity != device.Vm && b.merged && b.split == nil && b.n > 0 && e.step != e.born[population] {
			return fmt.Errorf("population %s: with equal synaptic time constants in a network of more than %d neurons, recording of %s must begin before the first step",
				brief.Quote(e.desc.Populations[population].Name), splitAlways, quantity)
		}
	}
	return nil
}
