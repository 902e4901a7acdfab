package engine

import (
	"cortigo/sim/internal/exchange"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/network"
)

// A kind is the synapses of one kind onto one shard: compact ones, which never
// change, or those of a projection with state of their own. Nobody else knows how
// it keeps them. A shard calls it once a step, or an interval, not for each
// synapse.
type kind interface {
	// receive tells of spikes of the interval that began after step begin, those
	// of one neuron in order of time; now is the step that was delivered last.
	receive(spikes []exchange.Spike, begin, now int64, to *synapticSums)

	// deliver adds what is due at step, which follows the one delivered last, to
	// the sums. It reports whether there was anything.
	deliver(step int64, to *synapticSums) bool

	// resume takes up a spike stamped stamp, of which what was due until step has
	// arrived. Kinds that keep what is under way in a state have nothing to do.
	resume(s exchange.Spike, stamp, step int64, to *synapticSums)

	// ahead returns a kind with the same under way at step, to deliver it to other
	// sums while this one stays as it is; recent are the spikes of which some may be.
	ahead(step int64, recent []network.StampedSpike, to *synapticSums) kind

	// forget drops what is under way.
	forget()

	// count returns how many synapses there are, and degrees adds how many each
	// neuron has as a source.
	count() int64
	degrees(of []uint32)
}

// synapticSums are what kinds deliver to: for every slot of a shard the input that
// arrives in the step at hand, in quanta of its population's grid. Sums of
// integers do not depend on who adds first.
type synapticSums struct {
	sum       [2]*[maxShard]int32 // by channel
	sumWide   [2]*[maxShard]int64 // nil where no population is wide
	positive  *[maxShard]int32    // positive part of sum[0], where a recorder asks
	positiveW *[maxShard]int64

	ring         *kernel.Ring // of the steps to come; nil where the shard has none
	ringPositive *kernel.Ring

	failed *stepError // the first of what a kind could not add
}

func newSums() synapticSums {
	return synapticSums{sum: [2]*[maxShard]int32{new([maxShard]int32), new([maxShard]int32)}}
}

// widen makes room for exact weights.
func (s *synapticSums) widen() {
	if s.sumWide[0] == nil {
		s.sumWide = [2]*[maxShard]int64{new([maxShard]int64), new([maxShard]int64)}
	}
}

// observePositive makes delivery keep the positive part of sums.
func (s *synapticSums) observePositive(wide, ring bool) {
	if ring && s.ringPositive == nil {
		s.ringPositive = new(kernel.Ring)
	}
	if wide && s.positiveW == nil {
		s.positiveW = new([maxShard]int64)
	}
	if !wide && s.positive == nil {
		s.positive = new([maxShard]int32)
	}
}

// apart returns empty sums of the same slots that keep the positive parts.
func (s *synapticSums) apart() *synapticSums {
	a := newSums()
	a.observePositive(false, s.ring != nil)
	if s.sumWide[0] != nil {
		a.widen()
		a.observePositive(true, false)
	}
	if s.ring != nil {
		a.ring = new(kernel.Ring)
	}
	return &a
}

// clear empties the sums of the first n slots at the step at hand; the rings stay.
func (s *synapticSums) clear(n int) {
	for ch := range s.sum {
		clear(s.sum[ch][:n])
		if s.sumWide[ch] != nil {
			clear(s.sumWide[ch][:n])
		}
	}
	if s.positive != nil {
		clear(s.positive[:n])
	}
	if s.positiveW != nil {
		clear(s.positiveW[:n])
	}
}

// clearRings empties the steps to come.
func (s *synapticSums) clearRings() {
	for _, ring := range []*kernel.Ring{s.ring, s.ringPositive} {
		if ring != nil {
			clear(ring[:])
		}
	}
}

// A stepError is an error of a neuron, counted from 0 over the network, within a
// step.
type stepError struct {
	err    error
	step   int64
	neuron int
}

func (e *stepError) Error() string { return e.err.Error() }

func (e *stepError) Unwrap() error { return e.err }

// before orders errors, so that whatever the threads the same one is told.
func (e *stepError) before(f *stepError) bool {
	return f == nil || e.step < f.step || e.step == f.step && e.neuron < f.neuron
}
