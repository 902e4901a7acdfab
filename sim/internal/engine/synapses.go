package engine

import (
	"cortigo/sim/internal/exchange"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/network"
)

// synapses are those onto the neurons of one shard, and what they add up there.
type synapses struct {
	index  int      // of the shard
	places []*place // of its neurons, by population
	static *static
	kinds  []kind // static, and those of projections with state
	synapticSums

	step int64 // the step at hand
}

// newSynapses returns the synapses onto shard index, none as yet.
func newSynapses(index int) synapses {
	s := synapses{index: index, static: &static{}, synapticSums: newSums()}
	s.kinds = []kind{s.static}
	return s
}

// add makes room for the sums of the neurons of the next population.
func (sh *synapses) add(b *place) {
	if b.ring && sh.ring == nil {
		sh.ring = new(kernel.Ring)
	}
	if b.grid.Wide {
		sh.widen()
	}
	sh.places = append(sh.places, b)
}

// deliver adds up what arrives in a step, which follows the one delivered last.
func (sh *synapses) deliver(step int64) *stepError {
	sh.step = step
	for _, k := range sh.kinds {
		k.deliver(step, &sh.synapticSums)
	}
	return sh.failed
}

// receive tells all kinds of the spikes of an interval that began after step
// begin and has been simulated.
func (sh *synapses) receive(spikes []exchange.Spike, begin int64) {
	for _, k := range sh.kinds {
		k.receive(spikes, begin, sh.step, &sh.synapticSums)
	}
}

// resume takes up spikes of which some may be under way at step, from nothing.
func (sh *synapses) resume(recent []network.StampedSpike, step int64) {
	for _, x := range recent {
		for _, k := range sh.kinds {
			k.resume(exchange.Spike{Neuron: x.Neuron, Multiplicity: x.Multiplicity}, x.Step, step, &sh.synapticSums)
		}
	}
}

// forget drops all that is under way, at step.
func (sh *synapses) forget(step int64) {
	sh.step = step
	for _, k := range sh.kinds {
		k.forget()
	}
	sh.clearRings()
	sh.failed = nil
}

// count returns how many synapses there are.
func (sh *synapses) count() int64 {
	n := int64(0)
	for _, k := range sh.kinds {
		n += k.count()
	}
	return n
}

// degrees adds how many synapses here each neuron has as a source.
func (sh *synapses) degrees(of []uint32) {
	for _, k := range sh.kinds {
		k.degrees(of)
	}
}

// underWay appends what the spikes under way at step now will add up to in each neuron and
// step, the positive and the negative part apart: it delivers them into sums of
// its own.
func (sh *synapses) underWay(now int64, recent []network.StampedSpike, maxDelay int64, dst []network.Arrival) []network.Arrival {
	to := sh.apart()
	slots := 0
	for _, b := range sh.places {
		slots = max(slots, b.base+b.n*b.grid.TierCount())
	}
	kinds := make([]kind, len(sh.kinds))
	for i, k := range sh.kinds {
		kinds[i] = k.ahead(now, recent, to)
	}
	for step := now + 1; step <= now+maxDelay; step++ {
		due := false
		for _, k := range kinds {
			due = k.deliver(step, to) || due
		}
		inRing := to.ring != nil && step-now < kernel.RingSteps
		if !due && !inRing {
			continue
		}
		for _, b := range sh.places {
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
				g := uint32(b.number + b.index(k))
				for _, x := range [2]int64{up, all - up} {
					if x != 0 {
						dst = append(dst, network.Arrival{Neuron: g, Step: step, Value: float64(b.grid.TierQuantum(tier) * float64(x))})
					}
				}
			}
		}
		if due {
			to.clear(slots)
		}
	}
	return dst
}
