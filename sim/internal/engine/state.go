package engine

import (
	"fmt"
	"math"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/clock"
)

// A State is what a network needs to go on, by neuron and independent of
// shards.
type State struct {
	Step        int64             `json:"step"`
	Spikes      int64             `json:"spikes"` // emitted so far
	Populations []PopulationState `json:"-"`
	Recent      []StampedSpike    `json:"-"` // whose synapses may still deliver
	Arrivals    []Arrival         `json:"-"` // what synapses that are no more still deliver, by step, then neuron
	Synapses    []SynapseState    `json:"-"` // of projections whose synapses have state
	Sent        []Sending         `json:"-"` // through them, and under way
}

// A PopulationState is the state of a population's neurons, a value each in
// every column that the model has; the others are nil. Potentials are relative
// to E_L.
type PopulationState struct {
	V, IEx, IIn, DEx, DIn, Kept []float64
	SplitEx, SplitIn            []float64 // currents of a merged channel, where they are recorded
	Refractory                  []float64
}

// columns returns the state's columns beside the block's.
func (s *PopulationState) columns(b *block) (state []*[]float64, own [][]float64) {
	state = []*[]float64{&s.V, &s.IEx, &s.IIn, &s.DEx, &s.DIn, &s.Kept}
	own = [][]float64{b.v, b.iEx, b.iIn, b.dEx, b.dIn, b.kept}
	if b.split != nil {
		state = append(state, &s.SplitEx, &s.SplitIn)
		own = append(own, b.split.ex, b.split.in)
	}
	return state, own
}

// Columns returns every column, for those who write or read them all.
func (s *PopulationState) Columns() []*[]float64 {
	return []*[]float64{&s.V, &s.IEx, &s.IIn, &s.DEx, &s.DIn, &s.Kept, &s.SplitEx, &s.SplitIn, &s.Refractory}
}

// State returns a copy of the network's state.
func (e *Engine) State() *State {
	s := &State{Step: e.step, Spikes: e.spikeCount, Populations: make([]PopulationState, len(e.desc.Populations))}
	for p := range s.Populations {
		ps := &s.Populations[p]
		ps.Refractory = make([]float64, e.desc.Populations[p].N)
		for _, sh := range e.shards {
			b := sh.blocks[p]
			state, own := ps.columns(b)
			for c := range own {
				if own[c] == nil {
					continue
				}
				if *state[c] == nil {
					*state[c] = make([]float64, e.desc.Populations[p].N)
				}
				for k, x := range own[c] {
					(*state[c])[b.index(k)] = x
				}
			}
			for k, x := range b.ref {
				ps.Refractory[b.index(k)] = float64(x)
			}
		}
	}
	s.Recent = append(s.Recent, e.recent.list[e.recent.head:]...)
	s.Arrivals = e.arrivalsToCome()
	s.Synapses, s.Sent = e.synapseStates(), e.sent()
	return s
}

// SetState makes the network go on from s. Populations that the state does not
// have, behind those it has, are left as they are.
func (e *Engine) SetState(s *State) error {
	if len(s.Populations) > len(e.desc.Populations) {
		return fmt.Errorf("state has %d populations, the network %d", len(s.Populations), len(e.desc.Populations))
	}
	for p := range s.Populations {
		ps, n := &s.Populations[p], e.desc.Populations[p].N
		name := e.desc.Populations[p].Name
		for _, c := range ps.Columns() {
			if *c != nil && len(*c) != n {
				return fmt.Errorf("state of population %s has %d neurons, the network %d", brief.Quote(name), len(*c), n)
			}
		}
		for _, sh := range e.shards {
			b := sh.blocks[p]
			if b.n == 0 {
				continue
			}
			if ps.SplitEx != nil && b.merged && b.split == nil && b.iEx != nil {
				b.startSplit()
				sh.observePositive(b.grid.wide, b.ring)
			}
			state, own := ps.columns(b)
			for c := range own {
				if own[c] == nil {
					continue
				}
				if *state[c] == nil {
					return fmt.Errorf("state of population %s lacks a column that its model has", brief.Quote(name))
				}
				for k := range own[c] {
					own[c][k] = (*state[c])[b.index(k)]
				}
			}
			if ps.Refractory == nil {
				return fmt.Errorf("state of population %s lacks the refractory counts", brief.Quote(name))
			}
			limit := math.MaxUint16 // t_ref may have been longer before
			if b.v == nil {
				limit = 0
			}
			for k := range b.ref {
				x := ps.Refractory[b.index(k)]
				if !(x >= 0 && x <= float64(limit)) || x != math.Floor(x) {
					return fmt.Errorf("state of population %s: neuron %d has %g refractory steps left, must be an integer in [0, %d]",
						brief.Quote(name), int(b.id)+b.index(k), x, limit)
				}
				b.ref[k] = uint16(x)
				b.discountFrom(int(x))
			}
		}
	}
	if err := e.checkRecent(s); err != nil {
		return err
	}
	e.step, e.spikeCount, e.broken = s.Step, s.Spikes, nil
	e.recent = recentSpikes{list: append([]StampedSpike(nil), s.Recent...)}
	e.setArrivals(s.Arrivals)
	for _, sh := range e.shards {
		sh.step = s.Step
		for _, k := range sh.kinds {
			k.forget()
		}
		sh.clearRings()
		sh.failed = nil
	}
	for i := range s.Synapses {
		if err := e.setSynapseState(&s.Synapses[i]); err != nil {
			return err
		}
	}
	if err := e.setSent(s.Sent); err != nil {
		return err
	}
	return Guard(func() error {
		for _, sh := range e.shards {
			for _, x := range s.Recent {
				for _, k := range sh.kinds {
					k.resume(Spike{Neuron: x.Neuron, Multiplicity: x.Multiplicity}, x.Step, s.Step, &sh.synapticSums)
				}
			}
		}
		return nil
	})
}

// checkRecent reports spikes that cannot be under way.
func (e *Engine) checkRecent(s *State) error {
	if s.Step < 0 || s.Step > clock.MaxSteps {
		return fmt.Errorf("state is of step %d, must be in [0, %d]", s.Step, clock.MaxSteps)
	}
	together := 0 // many spikes at once come in several entries
	for i, x := range s.Recent {
		if int64(x.Neuron) >= int64(e.neurons) || x.Step > s.Step || x.Step < 1 || s.Step-x.Step > e.bounds.MaxDelay {
			return fmt.Errorf("state has a spike of neuron %d at step %d, which cannot be at step %d", x.Neuron+1, x.Step, s.Step)
		}
		p := e.layout.population(int(x.Neuron))
		limit := e.bounds.Multiplicity[p]
		if i == 0 || s.Recent[i-1].Neuron != x.Neuron || s.Recent[i-1].Step != x.Step {
			together = 0
		}
		if together += int(x.Multiplicity); x.Multiplicity < 1 || together > int(limit) {
			return fmt.Errorf("state has %d spikes at once of neuron %d, must be in [1, %d]", together, x.Neuron+1, limit)
		}
	}
	for i, a := range s.Arrivals {
		if int64(a.Neuron) >= int64(e.neurons) || a.Step <= s.Step || a.Step > s.Step+maxDelay || math.IsNaN(a.Value) || math.IsInf(a.Value, 0) {
			return fmt.Errorf("state has %g arriving at neuron %d at step %d, which cannot be at step %d", a.Value, a.Neuron+1, a.Step, s.Step)
		}
		if i > 0 && a.Step < s.Arrivals[i-1].Step {
			return fmt.Errorf("state has arrivals out of order")
		}
	}
	return nil
}

// seek brings currents and arrivals to the step that was reached.
func (e *Engine) seek() {
	for _, sh := range e.shards {
		for _, b := range sh.blocks {
			if b.v != nil {
				b.seek(e.step)
			}
			if b.arrivals != nil {
				b.arrivals.next = 0
			}
		}
	}
}
