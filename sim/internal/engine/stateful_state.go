package engine

import (
	"fmt"
	"math"
	"slices"

	"cortigo/sim/internal/network"
	"cortigo/sim/internal/wiring"
)

// makeStateful draws the synapses of all projections with state. The drawers of
// bundles onto the parts of a projection's targets are taken from bundles, where
// there are any.
func (e *Engine) makeStateful(j *wiring.Job, bundles []*wiring.Bundle) error {
	for i := range e.desc.Projections {
		pr := &e.desc.Projections[i]
		if !e.desc.Stateful(pr) {
			continue
		}
		of := bundles
		if of == nil {
			var err error
			if of, err = wiring.NewBundles(j, e.desc, i, e.clock, e.grids); err != nil {
				return fmt.Errorf("%s -> %s: %w", e.desc.Names(pr.Pre), e.desc.Names(pr.Post), err)
			}
		}
		var drawers []*wiring.Drawer
		for _, w := range of {
			if w.Projection == pr && !slices.Contains(drawers, w.Drawer) {
				drawers = append(drawers, w.Drawer)
			}
		}
		if len(drawers) == 0 {
			continue
		}
		ch, err := newStatefulProjection(e.desc, e.layout, e.clock, i, drawers)
		if err == nil {
			err = parallel(e.threads, len(e.shards), func(_, s int) error {
				k, err := newStateful(e, e.shards[s], ch, j)
				if err == nil {
					e.shards[s].kinds = append(e.shards[s].kinds, k)
				}
				return err
			})
		}
		if err != nil {
			return fmt.Errorf("%s -> %s: %w", e.desc.Names(pr.Pre), e.desc.Names(pr.Post), err)
		}
		ch.drawers = nil // plans may be large
		e.stateful = append(e.stateful, ch)
	}
	return nil
}

// eachStateful visits what the shards have of a projection with state.
func (e *Engine) eachStateful(ch *statefulProjection, visit func(sh *shard, k *stateful)) {
	for _, sh := range e.shards {
		for _, k := range sh.kinds {
			if k, ok := k.(*stateful); ok && k.of == ch {
				visit(sh, k)
			}
		}
	}
}

// synapseStates returns copies of the state of all synapses that have any.
func (e *Engine) synapseStates() []network.SynapseState {
	var all []network.SynapseState
	for _, ch := range e.stateful {
		all = append(all, e.synapseState(ch))
	}
	return all
}

func (e *Engine) synapseState(ch *statefulProjection) network.SynapseState {
	n := ch.first[len(ch.first)-1]
	s := network.SynapseState{Projection: ch.projection, Weight: make([]float64, n), Columns: map[string][]float64{}}
	for _, c := range ch.spec.Columns {
		s.Columns[c.Name] = make([]float64, n)
	}
	e.eachStateful(ch, func(_ *shard, k *stateful) {
		for i, at := range k.place {
			s.Weight[at] = k.weight[i]
		}
		for c := range k.column {
			column := s.Columns[ch.spec.Columns[c].Name]
			for i, at := range k.place {
				column[at] = k.column[c][i]
			}
		}
		if s.Last == nil { // every shard is told of all spikes
			s.Last = make([]int64, network.NewPool(ch.sources).N)
			for i, row := range ch.rowsOf(e.layout) {
				s.Last[i] = k.last[row]
			}
		}
	})
	return s
}

// rowsOf returns the row of each of a projection's sources.
func (ch *statefulProjection) rowsOf(l *layout) []int {
	var rows []int
	for _, r := range ch.sources {
		for i := range r.N {
			rows = append(rows, l.first[r.Population]+r.From+i-ch.base)
		}
	}
	return rows
}

// setSynapseState restores the state of a projection's synapses.
func (e *Engine) setSynapseState(s *network.SynapseState) error {
	i := slices.IndexFunc(e.stateful, func(ch *statefulProjection) bool { return ch.projection == s.Projection })
	if i < 0 {
		return fmt.Errorf("state has synapses of projection %d, which have none", s.Projection)
	}
	ch := e.stateful[i]
	if err := s.Check(ch.spec, ch.first[len(ch.first)-1], network.NewPool(ch.sources).N); err != nil {
		return fmt.Errorf("state of the synapses of projection %d: %w", s.Projection, err)
	}
	rows := ch.rowsOf(e.layout)
	e.eachStateful(ch, func(_ *shard, k *stateful) {
		for i, at := range k.place {
			k.weight[i] = s.Weight[at]
		}
		for c := range k.column {
			column := s.Columns[ch.spec.Columns[c].Name]
			for i, at := range k.place {
				k.column[c][i] = column[at]
			}
		}
		clear(k.last)
		for i, row := range rows {
			k.last[row] = s.Last[i]
		}
	})
	return nil
}

// sent returns what is under way from synapses with state: in order, positive and
// negative apart.
func (e *Engine) sent() []network.Sending {
	var list []network.Sending
	for _, ch := range e.stateful {
		e.eachStateful(ch, func(sh *shard, k *stateful) {
			k.wheel.each(func(s sending) {
				neuron, tier := sh.neuron(int(s.at))
				list = append(list, network.Sending{Neuron: neuron, Step: e.step + int64(s.due-uint16(e.step)), Tier: tier, Quanta: s.quanta})
			})
		})
	}
	slices.SortFunc(list, network.CompareSendings)
	merged := list[:0]
	for _, s := range list {
		if k := len(merged) - 1; k >= 0 && merged[k].Step == s.Step && merged[k].Neuron == s.Neuron && merged[k].Tier == s.Tier && (merged[k].Quanta > 0) == (s.Quanta > 0) {
			merged[k].Quanta += s.Quanta
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

// neuron returns which neuron, counted over the network, and which of its sums a
// slot is.
func (sh *shard) neuron(slot int) (neuron uint32, tier uint8) {
	for _, b := range sh.blocks {
		if i := slot - b.base; i >= 0 && i < b.n*b.grid.TierCount() {
			return uint32(b.number + b.index(i%b.n)), uint8(i / b.n)
		}
	}
	panic("a slot of no neuron")
}

// setSent puts what was under way back on its way.
func (e *Engine) setSent(list []network.Sending) error {
	for _, x := range list {
		p := e.layout.population(int(x.Neuron))
		i := int(x.Neuron) - e.layout.first[p]
		for _, sh := range e.shards {
			b := sh.blocks[p]
			if b.n == 0 || i < b.in.First || (i-b.in.First)%b.in.Stride != 0 {
				continue
			}
			at := slices.IndexFunc(sh.kinds, func(k kind) bool { _, ok := k.(*stateful); return ok })
			if at < 0 || int(x.Tier) >= b.grid.TierCount() {
				return fmt.Errorf("state has %d quanta under way to neuron %d, where nothing can come from", x.Quanta, x.Neuron+1)
			}
			k := sh.kinds[at].(*stateful)
			slot := b.base + int(x.Tier)*b.n + (i-b.in.First)/b.in.Stride
			k.wheel.put(sending{x.Quanta, uint16(slot), uint16(x.Step), b.form(x.Quanta)}, uint16(x.Step), uint16(e.step))
		}
	}
	return nil
}

// takeWeights puts the weights that synapses with state were given at the step
// that was reached into the state, which e takes over.
func (e *Engine) takeWeights(state *network.State) {
	for i := range state.Synapses {
		s := &state.Synapses[i]
		at := slices.IndexFunc(e.stateful, func(ch *statefulProjection) bool { return ch.projection == s.Projection })
		for _, c := range e.desc.Projections[s.Projection].Changed {
			if at >= 0 && c.Since == state.Step && !math.IsNaN(c.Weight) {
				s.Weight[e.stateful[at].first[c.Target]+int64(c.Index)] = c.Weight
			}
		}
	}
}
