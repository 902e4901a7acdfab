package engine

import (
	"cortigo/sim/internal/inbox"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/network"
)

// Unwired returns the state with the spikes under way turned into what they add
// to their targets, so that it holds whatever becomes of the synapses.
func (e *Engine) Unwired() *network.State {
	s := e.State()
	s.Recent, s.Sent = nil, nil
	for _, sh := range e.shards {
		s.Arrivals = sh.arrivals(e, s.Arrivals)
	}
	network.SortArrivals(s.Arrivals)
	return s
}

// arrivals appends what the spikes under way will add up to in each neuron and
// step, the positive and the negative part apart: it delivers them into sums of
// its own.
func (sh *shard) arrivals(e *Engine, dst []network.Arrival) []network.Arrival {
	to := sh.apart()
	kinds := make([]kind, len(sh.kinds))
	for i, k := range sh.kinds {
		kinds[i] = k.ahead(e.step, e.recent.list[e.recent.head:], to)
	}
	for step := e.step + 1; step <= e.step+e.bounds.MaxDelay; step++ {
		due := false
		for _, k := range kinds {
			due = k.deliver(step, to) || due
		}
		inRing := to.ring != nil && step-e.step < kernel.RingSteps
		if !due && !inRing {
			continue
		}
		for _, b := range sh.blocks {
			for i := range b.n * b.grid.TierCount() {
				at, k, tier := b.base+i, i%b.n, i/b.n
				up, all := int64(to.positive[at]), int64(to.sum[0][at])+int64(to.sum[1][at])
				if b.grid.Wide {
					up, all = to.positiveW[at], to.sumWide[0][at]+to.sumWide[1][at]
				}
				if inRing {
					r := int(step%kernel.RingSteps)*kernel.RingSlots + at
					up, all = up+int64(to.ringPositive[r]), all+int64(to.ring[r])
				}
				g := uint32(int(e.layout.first[b.population]) + b.index(k))
				for _, x := range [2]int64{up, all - up} {
					if x != 0 {
						dst = append(dst, network.Arrival{Neuron: g, Step: step, Value: float64(b.grid.TierQuantum(tier) * float64(x))})
					}
				}
			}
		}
		if due {
			to.clear(e.layout.slots[sh.index])
		}
	}
	return dst
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
		p := e.layout.population(int(a.Neuron))
		i := int(a.Neuron) - e.layout.first[p]
		for _, sh := range e.shards {
			b := sh.blocks[p]
			if b.n == 0 || i < b.in.First || (i-b.in.First)%b.in.Stride != 0 {
				continue
			}
			if b.arrivals == nil {
				b.arrivals = &arrivalInput{}
				b.in.Open()
				b.counter = nil
			}
			b.arrivals.at = append(b.arrivals.at, network.Arrival{Neuron: uint32((i - b.in.First) / b.in.Stride), Step: a.Step, Value: a.Value})
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
					list = append(list, network.Arrival{Neuron: uint32(e.layout.first[b.population] + b.index(int(a.Neuron))), Step: a.Step, Value: a.Value})
				}
			}
		}
	}
	network.SortArrivals(list)
	return list
}
