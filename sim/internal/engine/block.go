package engine

import (
	"fmt"
	"math"

	"cortigo/sim/device"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/inbox"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/neuron"
)

// A block is the neurons of one population that live in one shard: element k is
// neuron first+k*stride of the population.
type block struct {
	population int
	base, n    int // slots base..base+n-1 of the shard
	in         inbox.Inbox
	id         int32 // id of the population's neuron 0
	number     int   // the same neuron counted from 0 over the network

	v, iEx, iIn, dEx, dIn, kept []float64
	ref                         []uint16
	el                          []float64 // E_L, of all or of each
	merged                      bool
	each                        bool // constants differ between elements
	ring                        bool // input comes through the shard's ring
	grid                        grid

	split *splitCurrents

	drive    []float64 // V that constant currents add in a step: of all, or of each
	current  currentDrive
	inputs   []blockInput
	arrivals *arrivalInput           // from synapses that are no more; nil: none
	counter  device.Counter          // the only one of inputs, if the kernel can take its numbers as they are
	weight   float64                 // of these
	discount func(steps int) float64 // of input that is kept, where all discount alike

	step     func(b *block, sh *shard) // advances v, ... and appends to sh.fired
	constant any                       // the kernel's constants, for tests and kernels
}

// splitCurrents follow what a merged channel adds up, for recorders.
type splitCurrents struct {
	ex, in  []float64 // pA
	decayEx []float64 // in a step, of all or of each
	decayIn []float64
}

// refractorySteps converts t_ref, which rounds up.
func refractorySteps(tRef float64, clock clock.Clock) (uint16, error) {
	limit := clock.MS(math.MaxUint16)
	if tRef > limit {
		return 0, fmt.Errorf("t_ref is %g ms, must be at most %g ms at a resolution of %g ms", tRef, limit, clock.H)
	}
	return uint16(clock.CeilSteps(tRef)), nil
}

func newBlock(desc *Description, l *layout, clock clock.Clock, g grid, s, p int) (*block, error) {
	pop := &desc.Populations[p]
	b := &block{population: p, base: l.base[s][p], n: l.blockLen(s, p),
		id: l.ids[p], number: l.first[p], grid: g, merged: mergedChannels(pop)}
	b.in = inbox.Inbox{First: l.firstIndex(s, p), Stride: l.shards, N: b.n, OnePort: b.merged}
	b.ref = make([]uint16, b.n)
	b.drive = make([]float64, 1)
	c := newCell(pop.Model)
	differ, err := c.varying(pop, b.n, b.index)
	if err != nil {
		return nil, err
	}
	m := &maker{cell: c, clock: clock, quantum: g.quantum, known: map[propagatorKey]propagators{}}
	if g.wide {
		m.quantum = 0 // its sums arrive through the inbox
	}
	// V_m is where a neuron begins; currents are in the drive, and so is C_m
	// where weights are potentials.
	b.each = hasAny(differ, "E_L", "V_th", "V_reset", "V_min", "tau_m", "tau_syn_ex", "tau_syn_in", "t_ref", "refractory_input") ||
		hasAny(differ, "C_m") && c.delta == nil
	switch {
	case c.exp != nil:
		b.iEx = make([]float64, b.n)
		if !b.merged {
			b.iIn = make([]float64, b.n)
		}
		err = m.exp(b, differ)
	case c.alpha != nil:
		b.iEx, b.iIn, b.dEx, b.dIn = make([]float64, b.n), make([]float64, b.n), make([]float64, b.n), make([]float64, b.n)
		err = m.alpha(b, differ)
	case c.delta != nil:
		err = m.delta(b, differ)
	default:
		if _, ok := pop.Model.(neuron.Parrot); !ok {
			return nil, fmt.Errorf("unknown model %T", pop.Model)
		}
		b.step = stepParrot
		return b, nil
	}
	if err != nil {
		return nil, err
	}
	b.el, b.current = m.relative(b, differ)
	b.v = make([]float64, b.n)
	return b, nil
}

// initialise sets the membrane potentials.
func (b *block) initialise(desc *Description) error {
	if b.v == nil {
		return nil
	}
	pop := &desc.Populations[b.population]
	start, each := newCell(pop.Model).parameter("V_m"), pop.Columns["V_m"]
	for k := range b.v {
		x := start
		if each != nil {
			x = each[b.index(k)]
		} else if pop.Vm != nil {
			var err error
			if x, err = InitialPotential(desc, b.population, b.index(k)); err != nil {
				return fmt.Errorf("initial V_m: %w", err)
			}
		}
		b.v[k] = x - element(b.el, k)
	}
	return nil
}

// discountFrom makes sure that there is a factor for kept input that arrives
// with so many refractory steps left.
func (b *block) discountFrom(steps int) {
	if c, ok := b.constant.(*kernel.Delta); ok && c.Discount != nil {
		for r := len(c.Discount); r <= steps; r++ {
			c.Discount = append(c.Discount, b.discount(r))
		}
	}
}

// index returns which neuron of the population element k is.
func (b *block) index(k int) int { return b.in.Index(k) }

func stepExpMerged(b *block, sh *shard) {
	if b.counter != nil && b.split == nil {
		if counts := b.counter.Counts(sh.step); counts != nil {
			sh.fired = kernel.ExpMergedCounts(b.constant.(*kernel.Exp), b.v, b.iEx, b.ref, sh.sums(b, 0), counts, b.weight, b.drive, sh.fired[:0])
			return
		}
	}
	sh.fired = kernel.ExpMerged(b.constant.(*kernel.Exp), b.v, b.iEx, b.ref, sh.sums(b, 0), b.in.Ports[0], b.drive, sh.fired[:0])
}

func stepExpSplit(b *block, sh *shard) {
	sh.fired = kernel.ExpSplit(b.constant.(*kernel.Exp), b.v, b.iEx, b.iIn, b.ref,
		sh.sums(b, 0), sh.sums(b, 1), b.in.Ports[0], b.in.Ports[1], b.drive, sh.fired[:0])
}

func stepAlpha(b *block, sh *shard) {
	sh.fired = kernel.AlphaSplit(b.constant.(*kernel.Alpha), b.v, b.dEx, b.iEx, b.dIn, b.iIn, b.ref,
		sh.sums(b, 0), sh.sums(b, 1), b.in.Ports[0], b.in.Ports[1], b.drive, sh.fired[:0])
}

func stepDelta(b *block, sh *shard) {
	if b.counter != nil {
		if counts := b.counter.Counts(sh.step); counts != nil {
			sh.fired = kernel.DeltaStepCounts(b.constant.(*kernel.Delta), b.v, b.ref, sh.sums(b, 0), counts, b.weight, b.drive, sh.fired[:0])
			return
		}
	}
	sh.fired = kernel.DeltaStep(b.constant.(*kernel.Delta), b.v, b.kept, b.ref, sh.sums(b, 0), b.in.Ports[0], b.drive, sh.fired[:0])
}

func stepExpMergedEach(b *block, sh *shard) {
	sh.fired = kernel.ExpMergedEach(b.constant.(*kernel.ExpEach), b.v, b.iEx, b.ref, sh.sums(b, 0), b.in.Ports[0], b.drive, sh.fired[:0])
}

func stepExpSplitEach(b *block, sh *shard) {
	sh.fired = kernel.ExpSplitEach(b.constant.(*kernel.ExpEach), b.v, b.iEx, b.iIn, b.ref,
		sh.sums(b, 0), sh.sums(b, 1), b.in.Ports[0], b.in.Ports[1], b.drive, sh.fired[:0])
}

func stepAlphaEach(b *block, sh *shard) {
	sh.fired = kernel.AlphaSplitEach(b.constant.([]kernel.Alpha), b.v, b.dEx, b.iEx, b.dIn, b.iIn, b.ref,
		sh.sums(b, 0), sh.sums(b, 1), b.in.Ports[0], b.in.Ports[1], b.drive, sh.fired[:0])
}

func stepDeltaEach(b *block, sh *shard) {
	sh.fired = kernel.DeltaStepEach(b.constant.(*kernel.DeltaEach), b.v, b.kept, b.ref, sh.sums(b, 0), b.in.Ports[0], b.drive, sh.fired[:0])
}

// stepParrot repeats what arrives; weights onto parrots are 1.
func stepParrot(b *block, sh *shard) {
	sh.fired = sh.fired[:0]
	sum := sh.sums(b, 0)
	for k, n := range sum {
		if b.in.Ports[0] != nil {
			// Beyond what an int32 holds is more than any limit on multiplicity.
			n = int32(min(float64(n)+b.in.Ports[0][k], math.MaxInt32))
			b.in.Ports[0][k] = 0
		}
		if n > 0 {
			sh.fired = append(sh.fired, uint16(k))
			sh.multiplicity = append(sh.multiplicity, n)
		}
		sum[k] = 0
	}
}
