package delivery

import (
	"fmt"
	"math"
	"slices"

	"cortigo/sim/internal/network"
)

// each visits what the shards have of a projection with state.
func (ch *StatefulProjection) each(onto []*Synapses, visit func(k *stateful)) {
	for _, sh := range onto {
		for _, k := range sh.kinds {
			if k, ok := k.(*stateful); ok && k.of == ch {
				visit(k)
			}
		}
	}
}

// Count returns how many of its synapses the shards have.
func (ch *StatefulProjection) Count(onto []*Synapses) int64 {
	n := int64(0)
	ch.each(onto, func(k *stateful) { n += k.count() })
	return n
}

// State returns a copy of the state of a projection's synapses.
func (ch *StatefulProjection) State(l *Layout, onto []*Synapses) network.SynapseState {
	n := ch.First[len(ch.First)-1]
	s := network.SynapseState{Projection: ch.Projection, Weight: make([]float64, n), Columns: map[string][]float64{}}
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
func (ch *StatefulProjection) rowsOf(l *Layout) []int {
	var rows []int
	for _, r := range ch.sources {
		for i := range r.N {
			rows = append(rows, l.First[r.Population]+r.From+i-ch.base)
		}
	}
	return rows
}

// SetState restores the state of a projection's synapses.
func (ch *StatefulProjection) SetState(l *Layout, onto []*Synapses, s *network.SynapseState) error {
	if err := s.Check(ch.spec, ch.First[len(ch.First)-1], network.NewPool(ch.sources).N); err != nil {
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

// Sent returns what is under way from synapses with state: in order, positive and
// negative apart.
func Sent(onto []*Synapses, step int64) []network.Sending {
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
func (sh *Synapses) neuron(slot int) (neuron uint32, tier uint8) {
	for _, b := range sh.places {
		if i := slot - b.Base; i >= 0 && i < b.N*b.Grid.TierCount() {
			return uint32(b.Number + b.Index(i%b.N)), uint8(i / b.N)
		}
	}
	panic("a slot of no neuron")
}

// SetSent puts what was under way at step back on its way.
func SetSent(l *Layout, onto []*Synapses, list []network.Sending, step int64) error {
	for _, x := range list {
		p := l.Population(int(x.Neuron))
		i := int(x.Neuron) - l.First[p]
		for _, sh := range onto {
			b := sh.places[p]
			element, ok := b.Element(i)
			if !ok {
				continue
			}
			at := slices.IndexFunc(sh.kinds, func(k kind) bool { _, ok := k.(*stateful); return ok })
			if at < 0 || int(x.Tier) >= b.Grid.TierCount() {
				return fmt.Errorf("state has %d quanta under way to neuron %d, where nothing can come from", x.Quanta, x.Neuron+1)
			}
			k := sh.kinds[at].(*stateful)
			slot := b.Base + int(x.Tier)*b.N + element
			k.wheel.put(sending{x.Quanta, uint16(slot), uint16(x.Step), b.form(x.Quanta)}, uint16(x.Step), uint16(step))
		}
	}
	return nil
}

// TakeWeights puts the weights that the synapses of a projection were given at a step
// into the state that they had then.
func (ch *StatefulProjection) TakeWeights(s *network.SynapseState, changed []network.SynapseChange, step int64) {
	for _, c := range changed {
		if c.Since == step && !math.IsNaN(c.Weight) {
			s.Weight[ch.First[c.Target]+int64(c.Index)] = c.Weight
		}
	}
}
