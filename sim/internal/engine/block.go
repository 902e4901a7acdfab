package engine

import (
	"fmt"
	"math"

	"cortigo/sim/internal/fmath"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/rng"
	"cortigo/sim/neuron"
)

// A block is the neurons of one population that live in one shard: element k is
// neuron first+k*stride of the population.
type block struct {
	population    int
	base, n       int // slots base..base+n-1 of the shard
	first, stride int
	id            int32 // id of the population's neuron 0

	v, iEx, iIn, dEx, dIn, kept []float64
	ref                         []uint16
	el                          float64
	merged                      bool
	ring                        bool // input comes through the shard's ring
	grid                        grid

	ext   [2][]float64 // float input by channel, nil where nothing gives any
	split *splitCurrents

	drive   []float64 // V that constant currents add in a step: of all, or of each
	current currentDrive
	inputs  []input
	poisson *poissonInput // the only one of inputs, if the kernel can take it as it is

	step     func(b *block, sh *shard) // advances v, ... and appends to sh.fired
	constant any                       // the kernel's constants, for tests and kernels
}

// An input adds what a device sends into ext.
type input interface {
	add(b *block, step int64)
}

// splitCurrents follow what a merged channel adds up, for recorders.
type splitCurrents struct {
	ex, in       []float64 // pA
	extEx, extIn []float64
	decayEx      float64
	decayIn      float64
}

// refractorySteps converts t_ref, which rounds up.
func refractorySteps(tRef float64, clock Clock) (uint16, error) {
	limit := float64(math.MaxUint16) * clock.H
	if tRef > limit {
		return 0, fmt.Errorf("t_ref is %g ms, must be at most %g ms at a resolution of %g ms", tRef, limit, clock.H)
	}
	return uint16(clock.CeilSteps(tRef)), nil
}

func newBlock(desc *Description, l *layout, clock Clock, g grid, s, p int) (*block, error) {
	b := &block{population: p, base: l.base[s][p], n: l.blockLen(s, p), first: l.firstIndex(s, p), stride: l.shards,
		id: int32(l.first[p] + 1), grid: g, merged: mergedChannels(desc.Populations[p].Model)}
	h := clock.H
	b.ref = make([]uint16, b.n)
	b.drive = make([]float64, 1)
	var err error
	quantum := g.quantum
	if g.wide {
		quantum = 0 // its sums arrive through ext
	}
	switch m := desc.Populations[p].Model.(type) {
	case neuron.IafPscExp:
		c := &kernel.Exp{
			P33: neuron.MembranePropagator(h, m.TauM), P11Ex: fmath.Exp(-h / m.TauSynEx), P11In: fmath.Exp(-h / m.TauSynIn),
			P32Ex:   neuron.ExpCurrentPropagator(h, m.TauM, m.TauSynEx, m.Cm),
			P32In:   neuron.ExpCurrentPropagator(h, m.TauM, m.TauSynIn, m.Cm),
			Quantum: quantum, Theta: m.Vth - m.EL, Reset: m.Vreset - m.EL,
		}
		if c.Refractory, err = refractorySteps(m.TRef, clock); err != nil {
			return nil, err
		}
		b.constant, b.el = c, m.EL
		b.iEx = make([]float64, b.n)
		b.current = currentDrive{perPA: neuron.ConstantCurrentPropagator(h, m.TauM, m.Cm), ie: m.Ie}
		b.step = stepExpMerged
		if !b.merged {
			b.iIn = make([]float64, b.n)
			b.step = stepExpSplit
		}
	case neuron.IafPscAlpha:
		c := &kernel.Alpha{
			P33: neuron.MembranePropagator(h, m.TauM), P11Ex: fmath.Exp(-h / m.TauSynEx), P11In: fmath.Exp(-h / m.TauSynIn),
			P32Ex:  neuron.ExpCurrentPropagator(h, m.TauM, m.TauSynEx, m.Cm),
			P32In:  neuron.ExpCurrentPropagator(h, m.TauM, m.TauSynIn, m.Cm),
			P31Ex:  neuron.AlphaCurrentPropagator(h, m.TauM, m.TauSynEx, m.Cm),
			P31In:  neuron.AlphaCurrentPropagator(h, m.TauM, m.TauSynIn, m.Cm),
			RiseEx: math.E / m.TauSynEx, RiseIn: math.E / m.TauSynIn,
			Quantum: quantum, Theta: m.Vth - m.EL, Reset: m.Vreset - m.EL, Min: m.Vmin - m.EL,
		}
		c.P21Ex, c.P21In = h*c.P11Ex, h*c.P11In
		if c.Refractory, err = refractorySteps(m.TRef, clock); err != nil {
			return nil, err
		}
		b.constant, b.el = c, m.EL
		b.iEx, b.iIn, b.dEx, b.dIn = make([]float64, b.n), make([]float64, b.n), make([]float64, b.n), make([]float64, b.n)
		b.current = currentDrive{perPA: neuron.ConstantCurrentPropagator(h, m.TauM, m.Cm), ie: m.Ie}
		b.step = stepAlpha
	case neuron.IafPscDelta:
		c := &kernel.Delta{P33: neuron.MembranePropagator(h, m.TauM), Quantum: quantum,
			Theta: m.Vth - m.EL, Reset: m.Vreset - m.EL, Min: m.Vmin - m.EL}
		if c.Refractory, err = refractorySteps(m.TRef, clock); err != nil {
			return nil, err
		}
		if m.RefractoryInput {
			c.Discount = make([]float64, int(c.Refractory)+1)
			for r := range c.Discount {
				c.Discount[r] = fmath.Exp(-float64(float64(r)*h) / m.TauM)
			}
			b.kept = make([]float64, b.n)
		}
		b.constant, b.el = c, m.EL
		b.current = currentDrive{perPA: neuron.ConstantCurrentPropagator(h, m.TauM, m.Cm), ie: m.Ie}
		b.step = stepDelta
	case neuron.Parrot:
		b.step = stepParrot
		return b, nil
	default:
		return nil, fmt.Errorf("unknown model %T", m)
	}
	b.v = make([]float64, b.n)
	return b, nil
}

// initialise sets the membrane potentials, each from its own stream.
func (b *block) initialise(desc *Description) error {
	if b.v == nil {
		return nil
	}
	pop := &desc.Populations[b.population]
	start := 0.0
	switch m := pop.Model.(type) {
	case neuron.IafPscExp:
		start = m.Vm
	case neuron.IafPscAlpha:
		start = m.Vm
	case neuron.IafPscDelta:
		start = m.Vm
	}
	key := rng.NewKey(desc.Seed)
	for k := range b.v {
		x := start
		if pop.Vm != nil {
			s := rng.NewStream(key, rng.ID{Purpose: rng.InitialVm, Post: uint16(b.population), Element: uint32(b.index(k))})
			var err error
			if x, err = drawValue(&s, pop.Vm); err != nil {
				return fmt.Errorf("initial V_m: %w", err)
			}
		}
		b.v[k] = x - b.el
	}
	return nil
}

// refractory returns how many steps a spike's refractory period has.
func (b *block) refractory() uint16 {
	switch c := b.constant.(type) {
	case *kernel.Exp:
		return c.Refractory
	case *kernel.Alpha:
		return c.Refractory
	case *kernel.Delta:
		return c.Refractory
	}
	return 0
}

// index returns which neuron of the population element k is.
func (b *block) index(k int) int { return b.first + k*b.stride }

// addExt adds input to element k, as the channel of its sign.
func (b *block) addExt(k int, x float64) {
	if b.merged || x > 0 {
		b.ext[0][k] += x
	} else {
		b.ext[1][k] += x
	}
	if b.split != nil {
		if x > 0 {
			b.split.extEx[k] += x
		} else {
			b.split.extIn[k] += x
		}
	}
}

// needExt makes room for input that does not come through compact sums.
func (b *block) needExt() {
	if b.ext[0] == nil {
		b.ext[0] = make([]float64, b.n)
		if !b.merged {
			b.ext[1] = make([]float64, b.n)
		}
	}
}

func stepExpMerged(b *block, sh *shard) {
	if b.poisson != nil && b.split == nil {
		if counts := b.poisson.due(b, sh.step); counts != nil {
			sh.fired = kernel.ExpMergedCounts(b.constant.(*kernel.Exp), b.v, b.iEx, b.ref, sh.sums(b, 0), counts, b.poisson.weight[0], b.drive, sh.fired[:0])
			return
		}
	}
	sh.fired = kernel.ExpMerged(b.constant.(*kernel.Exp), b.v, b.iEx, b.ref, sh.sums(b, 0), b.ext[0], b.drive, sh.fired[:0])
}

func stepExpSplit(b *block, sh *shard) {
	sh.fired = kernel.ExpSplit(b.constant.(*kernel.Exp), b.v, b.iEx, b.iIn, b.ref,
		sh.sums(b, 0), sh.sums(b, 1), b.ext[0], b.ext[1], b.drive, sh.fired[:0])
}

func stepAlpha(b *block, sh *shard) {
	sh.fired = kernel.AlphaSplit(b.constant.(*kernel.Alpha), b.v, b.dEx, b.iEx, b.dIn, b.iIn, b.ref,
		sh.sums(b, 0), sh.sums(b, 1), b.ext[0], b.ext[1], b.drive, sh.fired[:0])
}

func stepDelta(b *block, sh *shard) {
	if b.poisson != nil {
		if counts := b.poisson.due(b, sh.step); counts != nil {
			sh.fired = kernel.DeltaStepCounts(b.constant.(*kernel.Delta), b.v, b.ref, sh.sums(b, 0), counts, b.poisson.weight[0], b.drive, sh.fired[:0])
			return
		}
	}
	sh.fired = kernel.DeltaStep(b.constant.(*kernel.Delta), b.v, b.kept, b.ref, sh.sums(b, 0), b.ext[0], b.drive, sh.fired[:0])
}

// stepParrot repeats what arrives; weights onto parrots are 1.
func stepParrot(b *block, sh *shard) {
	sh.fired = sh.fired[:0]
	sum := sh.sums(b, 0)
	for k, n := range sum {
		if b.ext[0] != nil {
			// Beyond what an int32 holds is more than any limit on multiplicity.
			n = int32(min(float64(n)+b.ext[0][k], math.MaxInt32))
			b.ext[0][k] = 0
		}
		if n > 0 {
			sh.fired = append(sh.fired, uint16(k))
			sh.multiplicity = append(sh.multiplicity, n)
		}
		sum[k] = 0
	}
}
