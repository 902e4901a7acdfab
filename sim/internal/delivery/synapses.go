package delivery

import (
	"cortigo/sim/internal/exchange"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/network"
)

// Synapses are those onto the neurons of one shard, and what they add up there.
type Synapses struct {
	Index  int      // of the shard
	places []*Place // of its neurons, by population
	Static *Static
	kinds  []kind // static, and those of projections with state
	Sums

	Step int64 // the step at hand
}

// NewSynapses returns the synapses onto shard index, none as yet.
func NewSynapses(index int) Synapses {
	s := Synapses{Index: index, Static: &Static{}, Sums: newSums()}
	s.kinds = []kind{s.Static}
	return s
}

// Add makes room for the sums of the neurons of the next population.
func (sh *Synapses) Add(b *Place) {
	if b.Ring && sh.Ring == nil {
		sh.Ring = new(kernel.Ring)
	}
	if b.Grid.Wide {
		sh.widen()
	}
	sh.places = append(sh.places, b)
}

// Deliver adds up what arrives in a step, which follows the one delivered last.
func (sh *Synapses) Deliver(step int64) *StepError {
	sh.Step = step
	for _, k := range sh.kinds {
		k.deliver(step, &sh.Sums)
	}
	return sh.failed
}

// Receive tells all kinds of the spikes of an interval that began after step
// begin and has been simulated.
func (sh *Synapses) Receive(spikes []exchange.Spike, begin int64) {
	for _, k := range sh.kinds {
		k.receive(spikes, begin, sh.Step, &sh.Sums)
	}
}

// Resume takes up spikes of which some may be under way at step, from nothing.
func (sh *Synapses) Resume(recent []network.StampedSpike, step int64) {
	for _, x := range recent {
		for _, k := range sh.kinds {
			k.resume(exchange.Spike{Neuron: x.Neuron, Multiplicity: x.Multiplicity}, x.Step, step, &sh.Sums)
		}
	}
}

// Forget drops all that is under way, at step.
func (sh *Synapses) Forget(step int64) {
	sh.Step = step
	for _, k := range sh.kinds {
		k.forget()
	}
	sh.clearRings()
	sh.failed = nil
}

// Count returns how many synapses there are.
func (sh *Synapses) Count() int64 {
	n := int64(0)
	for _, k := range sh.kinds {
		n += k.count()
	}
	return n
}

// Degrees adds how many synapses here each neuron has as a source.
func (sh *Synapses) Degrees(of []uint32) {
	for _, k := range sh.kinds {
		k.degrees(of)
	}
}

// UnderWay appends what the spikes under way at step now will add up to in each neuron and
// step, the positive and the negative part apart: it delivers them into sums of
// its own.
func (sh *Synapses) UnderWay(now int64, recent []network.StampedSpike, maxDelay int64, dst []network.Arrival) []network.Arrival {
	to := sh.apart()
	slots := 0
	for _, b := range sh.places {
		slots = max(slots, b.Base+b.N*b.Grid.TierCount())
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
		inRing := to.Ring != nil && step-now < kernel.RingSteps
		if !due && !inRing {
			continue
		}
		for _, b := range sh.places {
			for i := range b.N * b.Grid.TierCount() {
				at, k, tier := b.Base+i, i%b.N, i/b.N
				up, all := int64(to.positive[at]), int64(to.sum[0][at])+int64(to.sum[1][at])
				if b.Grid.Wide {
					up, all = to.PositiveW[at], to.SumWide[0][at]+to.SumWide[1][at]
				}
				if inRing {
					r := int(step%kernel.RingSteps)*kernel.RingSlots + at
					up, all = up+int64(to.ringPositive[r]), all+int64(to.Ring[r])
				}
				g := uint32(b.Number + b.Index(k))
				for _, x := range [2]int64{up, all - up} {
					if x != 0 {
						dst = append(dst, network.Arrival{Neuron: g, Step: step, Value: float64(b.Grid.TierQuantum(tier) * float64(x))})
					}
				}
			}
		}
		if due {
			to.Clear(slots)
		}
	}
	return dst
}
