package engine

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/delivery"
	"cortigo/sim/internal/network"
	"cortigo/sim/neuron"
)

// state copies the columns of a population.
func (e *Engine) state(p int) network.PopulationState {
	s, n := network.PopulationState{}, e.desc.Populations[p].N
	for _, sh := range e.shards {
		b := sh.blocks[p]
		if b.N == 0 {
			continue
		}
		if g, ok := b.group.(neuron.Preparer); ok {
			g.Prepare()
		}
		for i := range b.columns {
			c := &b.columns[i]
			if s[c.Name] == nil {
				s[c.Name] = make([]float64, n)
			}
			to := s[c.Name]
			for k, x := range c.Values {
				to[b.Index(k)] = x
			}
			for k, x := range c.Counts {
				to[b.Index(k)] = float64(x)
			}
		}
	}
	return s
}

// restore makes s the state of a population's neurons in a shard.
func (sh *shard) restore(b *block, s network.PopulationState) error {
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if b.column(name) == nil {
			sh.follow(b, name)
		}
		c := b.column(name)
		if c == nil {
			return fmt.Errorf("the state has a column %s, which a %s of these parameters does not have", brief.Quote(name), b.spec.Defaults.ModelName())
		}
		from := s[name]
		for k := range c.Values {
			c.Values[k] = from[b.Index(k)]
		}
		for k := range c.Counts {
			x := from[b.Index(k)]
			if !(x >= 0 && x <= math.MaxUint16) || x != math.Floor(x) {
				return fmt.Errorf("neuron %d has %g %s, must be an integer in [0, %d]", int(b.ID)+b.Index(k), x, name, math.MaxUint16)
			}
			c.Counts[k] = uint16(x)
		}
	}
	for i := range b.columns {
		if s[b.columns[i].Name] == nil {
			return fmt.Errorf("the state lacks %s, which its model has", b.columns[i].Name)
		}
	}
	if r, ok := b.group.(neuron.Restorer); ok {
		return r.Restored()
	}
	return nil
}

// State returns a copy of the network's state.
func (e *Engine) State() *network.State {
	s := &network.State{Step: e.step, Spikes: e.spikeCount, Populations: make([]network.PopulationState, len(e.desc.Populations))}
	for p := range s.Populations {
		s.Populations[p] = e.state(p)
	}
	if !e.part.Whole() {
		s.Part = e.part
	}
	s.Recent = append(s.Recent, e.recent.list[e.recent.head:]...)
	s.Arrivals = e.arrivalsToCome()
	s.Synapses, s.Sent = e.synapseStates(), delivery.Sent(e.onto(), e.step)
	return s
}

// SetState makes the network go on from s. Populations that the state does not
// have, after those it has, are left as they are. A part of a network takes what
// is its own of the state of the whole, or that of the same part.
func (e *Engine) SetState(s *network.State) error {
	if s.Part != nil && !s.Part.Same(e.part) {
		return fmt.Errorf("state is of a part of the network, %v, here are %v", s.Part, e.part)
	}
	if len(s.Populations) > len(e.desc.Populations) {
		return fmt.Errorf("state has %d populations, the network %d", len(s.Populations), len(e.desc.Populations))
	}
	for p := range s.Populations {
		ps, n := s.Populations[p], e.desc.Populations[p].N
		name := brief.Quote(e.desc.Populations[p].Name)
		for _, x := range ps {
			if len(x) != n {
				return fmt.Errorf("state of population %s has %d neurons, the network %d", name, len(x), n)
			}
		}
		for _, sh := range e.shards {
			if b := sh.blocks[p]; b.N > 0 {
				if err := sh.restore(b, ps); err != nil {
					return fmt.Errorf("population %s: %w", name, err)
				}
			}
		}
	}
	if err := e.checkRecent(s); err != nil {
		return err
	}
	e.step, e.spikeCount, e.broken = s.Step, s.Spikes, nil
	if s.Part == nil && e.part.At[0] < 0 {
		e.spikeCount = 0 // those until then count once among all programs, with the first shard
	}
	e.recent = recentSpikes{list: append([]network.StampedSpike(nil), s.Recent...)}
	e.setArrivals(s.Arrivals)
	for _, sh := range e.shards {
		sh.Forget(s.Step)
	}
	for i := range s.Synapses {
		if err := e.setSynapseState(&s.Synapses[i]); err != nil {
			return err
		}
	}
	if err := delivery.SetSent(e.layout, e.onto(), s.Sent, e.step); err != nil {
		return err
	}
	return Guard(func() error {
		for _, sh := range e.shards {
			sh.Resume(s.Recent, s.Step)
		}
		return nil
	})
}

// checkRecent reports spikes that cannot be under way.
func (e *Engine) checkRecent(s *network.State) error {
	if s.Step < 0 || s.Step > clock.MaxSteps {
		return fmt.Errorf("state is of step %d, must be in [0, %d]", s.Step, clock.MaxSteps)
	}
	together := 0 // many spikes at once come in several entries
	for i, x := range s.Recent {
		if int64(x.Neuron) >= int64(e.neurons) || x.Step > s.Step || x.Step < 1 || s.Step-x.Step > e.bounds.MaxDelay {
			return fmt.Errorf("state has a spike of neuron %d at step %d, which cannot be at step %d", x.Neuron+1, x.Step, s.Step)
		}
		p := e.layout.Population(int(x.Neuron))
		limit := e.bounds.Multiplicity[p]
		if i == 0 || s.Recent[i-1].Neuron != x.Neuron || s.Recent[i-1].Step != x.Step {
			together = 0
		}
		if together += int(x.Multiplicity); x.Multiplicity < 1 || together > int(limit) {
			return fmt.Errorf("state has %d spikes at once of neuron %d, must be in [1, %d]", together, x.Neuron+1, limit)
		}
	}
	for i, a := range s.Arrivals {
		if int64(a.Neuron) >= int64(e.neurons) || a.Step <= s.Step || a.Step > s.Step+network.MaxDelay || math.IsNaN(a.Value) || math.IsInf(a.Value, 0) {
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
			b.seek(e.step)
			b.open(sh)
			if b.arrivals != nil {
				b.arrivals.next = 0
			}
		}
	}
}

// synapseStates returns copies of the state of all synapses that have any.
func (e *Engine) synapseStates() []network.SynapseState {
	var all []network.SynapseState
	for _, ch := range e.stateful {
		all = append(all, ch.State(e.layout, e.onto()))
	}
	return all
}

// setSynapseState restores the state of a projection's synapses.
func (e *Engine) setSynapseState(s *network.SynapseState) error {
	i := slices.IndexFunc(e.stateful, func(ch *delivery.StatefulProjection) bool { return ch.Projection == s.Projection })
	if i < 0 {
		return fmt.Errorf("state has synapses of projection %d, which have none", s.Projection)
	}
	return e.stateful[i].SetState(e.layout, e.onto(), s)
}
