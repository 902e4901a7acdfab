package engine

import (
	"fmt"
	"math"
	"slices"

	"cortigo/sim/internal/network"
)

// each visits what the shards have of a projection with state.
func (ch *statefulProjection) each(onto []*synapses, visit func(k *stateful)) {
	for _, sh := range onto {
		for _, k := range sh.kinds {
			if k, ok := k.(*stateful); ok && k.of == ch {
				visit(k)
			}
		}
	}
}

// count returns how many of its synapses the shards have.
func (ch *statefulProjection) count(onto []*synapses) int64 {
	n := int64(0)
	ch.each(onto, func(k *stateful) { n += k.count() })
	return n
}

// state returns a copy of the state of a projection's synapses.
func (ch *statefulProjection) state(l *layout, onto []*synapses) network.SynapseState {
	n := ch.first[len(ch.first)-1]
	s := network.SynapseState{Projection: ch.projection, Weight: make([]float64, n), Columns: map[string][]float64{}}
	for _, c := range ch.spec.Columns {
		s.Columns[c.Name] = make([]float64, n)
	}
	ch.each(onto, func(k *stateful) {
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
			for i, row := range ch.rowsOf(l) {
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

// setState restores the state of a projection's synapses.
func (ch *statefulProjection) setState(l *layout, onto []*synapses, s *network.SynapseState) error {
	if err := s.Check(ch.spec, ch.first[len(ch.first)-1], network.NewPool(ch.sources).N); err != nil {
		return fmt.Errorf("state of the synapses of projection %d: %w", s.Projection, err)
	}
	rows := ch.rowsOf(l)
	ch.each(onto, func(k *stateful) {
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
func sent(onto []*synapses, step int64) []network.Sending {
	var list []network.Sending
	for _, sh := range onto {
		for _, k := range sh.kinds {
			if k, ok := k.(*stateful); ok {
				k.wheel.each(func(s sending) {
					neuron, tier := sh.neuron(int(s.at))
					list = append(list, network.Sending{Neuron: neuron, Step: step + int64(s.due-uint16(step)), Tier: tier, Quanta: s.quanta})
				})
			}
		}
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
func (sh *synapses) neuron(slot int) (neuron uint32, tier uint8) {
	for _, b := range sh.places {
		if i := slot - b.base; i >= 0 && i < b.n*b.grid.TierCount() {
			return uint32(b.number + b.index(i%b.n)), uint8(i / b.n)
		}
	}
	panic("a slot of no neuron")
}

// setSent puts what was under way at step back on its way.
func setSent(l *layout, onto []*synapses, list []network.Sending, step int64) error {
	for _, x := range list {
		p := l.population(int(x.Neuron))
		i := int(x.Neuron) - l.first[p]
		for _, sh := range onto {
			b := sh.places[p]
			element, ok := b.element(i)
			if !ok {
				continue
			}
			at := slices.IndexFunc(sh.kinds, func(k kind) bool { _, ok := k.(*stateful); return ok })
			if at < 0 || int(x.Tier) >= b.grid.TierCount() {
				return fmt.Errorf("state has %d quanta under way to neuron %d, where nothing can come from", x.Quanta, x.Neuron+1)
			}
			k := sh.kinds[at].(*stateful)
			slot := b.base + int(x.Tier)*b.n + element
			k.wheel.put(sending{x.Quanta, uint16(slot), uint16(x.Step), b.form(x.Quanta)}, uint16(x.Step), uint16(step))
		}
	}
	return nil
}

// takeWeights puts the weights that the synapses of a projection were given at a step
// into the state that they had then.
func (ch *statefulProjection) takeWeights(s *network.SynapseState, changed []network.SynapseChange, step int64) {
	for _, c := range changed {
		if c.Since == step && !math.IsNaN(c.Weight) {
			s.Weight[ch.first[c.Target]+int64(c.Index)] = c.Weight
		}
	}
}
