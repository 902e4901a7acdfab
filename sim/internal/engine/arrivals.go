package engine

import (
	"cortigo/sim/internal/inbox"
	"cortigo/sim/internal/network"
)

// Unwired returns the state with the spikes under way turned into what they add
// to their targets, so that it holds whatever becomes of the synapses.
func (e *Engine) Unwired() *network.State {
	s := e.State()
	s.Recent, s.Sent = nil, nil
	for _, sh := range e.shards {
		s.Arrivals = sh.UnderWay(e.step, e.recent.list[e.recent.head:], e.bounds.MaxDelay, s.Arrivals)
	}
	network.SortArrivals(s.Arrivals)
	return s
}

// arrivalInput brings arrivals to the elements of a block.
type arrivalInput struct {
	at   []network.Arrival // Neuron is the element
	next int
}

func (in *arrivalInput) add(to *inbox.Inbox, step int64) {
	for in.next < len(in.at) && in.at[in.next].Step <= step {
		if x := in.at[in.next]; x.Step == step {
			to.Add(int(x.Neuron), x.Value)
		}
		in.next++
	}
}

// setArrivals deals arrivals, in order, out to the blocks that they concern.
func (e *Engine) setArrivals(list []network.Arrival) {
	for _, sh := range e.shards {
		for _, b := range sh.blocks {
			b.arrivals = nil
		}
	}
	for _, a := range list {
		p := e.layout.Population(int(a.Neuron))
		i := int(a.Neuron) - e.layout.First[p]
		for _, sh := range e.shards {
			b := sh.blocks[p]
			k, ok := b.Element(i)
			if !ok {
				continue
			}
			if b.arrivals == nil {
				b.arrivals = &arrivalInput{}
				b.in.Open()
				b.counter = nil
			}
			b.arrivals.at = append(b.arrivals.at, network.Arrival{Neuron: uint32(k), Step: a.Step, Value: a.Value})
		}
	}
}

// arrivalsToCome returns the arrivals after the step that was reached.
func (e *Engine) arrivalsToCome() []network.Arrival {
	var list []network.Arrival
	for _, sh := range e.shards {
		for _, b := range sh.blocks {
			if b.arrivals == nil {
				continue
			}
			for _, a := range b.arrivals.at {
				if a.Step > e.step {
					list = append(list, network.Arrival{Neuron: uint32(e.layout.First[b.Population] + b.Index(int(a.Neuron))), Step: a.Step, Value: a.Value})
				}
			}
		}
	}
	network.SortArrivals(list)
	return list
}
