package delivery

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
	receive(spikes []exchange.Spike, begin, now int64, to *Sums)

	// deliver adds what is due at step, which follows the one delivered last, to
	// the sums. It reports whether there was anything.
	deliver(step int64, to *Sums) bool

	// resume takes up a spike stamped stamp, of which what was due until step has
	// arrived. Kinds that keep what is under way in a state have nothing to do.
	resume(s exchange.Spike, stamp, step int64, to *Sums)

	// ahead returns a kind with the same under way at step, to deliver it to other
	// sums while this one stays as it is; recent are the spikes of which some may be.
	ahead(step int64, recent []network.StampedSpike, to *Sums) kind

	// forget drops what is under way.
	forget()

	// count returns how many synapses there are, and degrees adds how many each
	// neuron has as a source.
	count() int64
	degrees(of []uint32)
}

// Sums are what kinds deliver to: for every slot of a shard the input that
// arrives in the step at hand, in quanta of its population's grid. Sums of
// integers do not depend on who adds first.
type Sums struct {
	sum       [2]*[MaxShard]int32 // by channel
	SumWide   [2]*[MaxShard]int64 // nil where no population is wide
	positive  *[MaxShard]int32    // positive part of sum[0], where a recorder asks
	PositiveW *[MaxShard]int64

	Ring         *kernel.Ring // of the steps to come; nil where the shard has none
	ringPositive *kernel.Ring

	failed *StepError // the first of what a kind could not add
}

func newSums() Sums {
	return Sums{sum: [2]*[MaxShard]int32{new([MaxShard]int32), new([MaxShard]int32)}}
}

// widen makes room for exact weights.
func (s *Sums) widen() {
	if s.SumWide[0] == nil {
		s.SumWide = [2]*[MaxShard]int64{new([MaxShard]int64), new([MaxShard]int64)}
	}
}

// ObservePositive makes delivery keep the positive part of sums.
func (s *Sums) ObservePositive(wide, ring bool) {
	if ring && s.ringPositive == nil {
		s.ringPositive = new(kernel.Ring)
	}
	if wide && s.PositiveW == nil {
		s.PositiveW = new([MaxShard]int64)
	}
	if !wide && s.positive == nil {
		s.positive = new([MaxShard]int32)
	}
}

// apart returns empty sums of the same slots that keep the positive parts.
func (s *Sums) apart() *Sums {
	a := newSums()
	a.ObservePositive(false, s.Ring != nil)
	if s.SumWide[0] != nil {
		a.widen()
		a.ObservePositive(true, false)
	}
	if s.Ring != nil {
		a.Ring = new(kernel.Ring)
	}
	return &a
}

// Clear empties the sums of the first n slots at the step at hand; the rings stay.
func (s *Sums) Clear(n int) {
	for ch := range s.sum {
		clear(s.sum[ch][:n])
		if s.SumWide[ch] != nil {
			clear(s.SumWide[ch][:n])
		}
	}
	if s.positive != nil {
		clear(s.positive[:n])
	}
	if s.PositiveW != nil {
		clear(s.PositiveW[:n])
	}
}

// clearRings empties the steps to come.
func (s *Sums) clearRings() {
	for _, ring := range []*kernel.Ring{s.Ring, s.ringPositive} {
		if ring != nil {
			clear(ring[:])
		}
	}
}

// A StepError is an error of a neuron, counted from 0 over the network, within a
// step.
type StepError struct {
	Err    error
	Step   int64
	Neuron int
}

func (e *StepError) Error() string { return e.Err.Error() }

func (e *StepError) Unwrap() error { return e.Err }

// Before orders errors, so that whatever the threads the same one is told.
func (e *StepError) Before(f *StepError) bool {
	return f == nil || e.Step < f.Step || e.Step == f.Step && e.Neuron < f.Neuron
}
