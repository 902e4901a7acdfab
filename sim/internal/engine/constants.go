package engine

import (
	"fmt"
	"math"

	"cortigo/sim/fmath"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/neuron"
)

// A maker turns a cell's parameters into the constants of the kernels.
type maker struct {
	*cell
	clock   clock.Clock
	quantum float64
	known   map[propagatorKey]propagators
}

// Propagators depend on these alone, and many neurons may share them.
type propagatorKey struct{ tauM, cm, tauSynEx, tauSynIn float64 }

// propagators are what the three models have between them.
type propagators struct {
	p33, p11Ex, p11In, p31Ex, p31In, p32Ex, p32In float64
}

// propagators returns those of the cell as it is.
func (m *maker) propagators() propagators {
	h := m.clock.H
	var k propagatorKey
	switch {
	case m.cell.exp != nil:
		k = propagatorKey{m.cell.exp.TauM, m.cell.exp.Cm, m.cell.exp.TauSynEx, m.cell.exp.TauSynIn}
	case m.cell.alpha != nil:
		k = propagatorKey{m.cell.alpha.TauM, m.cell.alpha.Cm, m.cell.alpha.TauSynEx, m.cell.alpha.TauSynIn}
	case m.cell.delta != nil:
		k = propagatorKey{tauM: m.cell.delta.TauM, cm: m.cell.delta.Cm}
	}
	if p, ok := m.known[k]; ok {
		return p
	}
	p := propagators{p33: neuron.MembranePropagator(h, k.tauM)}
	if m.cell.delta == nil {
		p.p11Ex, p.p11In = fmath.Exp(-h/k.tauSynEx), fmath.Exp(-h/k.tauSynIn)
		p.p32Ex = neuron.ExpCurrentPropagator(h, k.tauM, k.tauSynEx, k.cm)
		p.p32In = neuron.ExpCurrentPropagator(h, k.tauM, k.tauSynIn, k.cm)
	}
	if m.cell.alpha != nil {
		p.p31Ex = neuron.AlphaCurrentPropagator(h, k.tauM, k.tauSynEx, k.cm)
		p.p31In = neuron.AlphaCurrentPropagator(h, k.tauM, k.tauSynIn, k.cm)
	}
	m.known[k] = p
	return p
}

// eachOf calls f for every element of a block, with the cell's parameters those
// of the element.
func (m *maker) eachOf(b *block, differ []column, f func(k int) error) error {
	for k := range b.n {
		set(differ, k)
		if err := f(k); err != nil {
			return fmt.Errorf("neuron %d, counted from 0: %w", b.index(k), err)
		}
	}
	return nil
}

// exp gives a block of iaf_psc_exp its constants and its step.
func (m *maker) exp(b *block, differ []column) error {
	one := func() (c kernel.Exp, err error) {
		p, x := m.propagators(), m.cell.exp
		c = kernel.Exp{P33: p.p33, P11Ex: p.p11Ex, P11In: p.p11In, P32Ex: p.p32Ex, P32In: p.p32In,
			Quantum: m.quantum, Theta: x.Vth - x.EL, Reset: x.Vreset - x.EL}
		c.Refractory, err = refractorySteps(x.TRef, m.clock)
		return c, err
	}
	if b.each {
		all := kernel.NewExpEach(b.n, m.quantum)
		b.constant, b.step = all, stepExpSplitEach
		if b.merged {
			b.step = stepExpMergedEach
		}
		return m.eachOf(b, differ, func(k int) error {
			c, err := one()
			all.Set(k, &c)
			return err
		})
	}
	c, err := one()
	b.constant, b.step = &c, stepExpSplit
	if b.merged {
		b.step = stepExpMerged
	}
	return err
}

// alpha gives a block of iaf_psc_alpha its constants and its step.
func (m *maker) alpha(b *block, differ []column) error {
	one := func() (c kernel.Alpha, err error) {
		p, x := m.propagators(), m.cell.alpha
		c = kernel.Alpha{P33: p.p33, P11Ex: p.p11Ex, P11In: p.p11In, P32Ex: p.p32Ex, P32In: p.p32In, P31Ex: p.p31Ex, P31In: p.p31In,
			P21Ex: m.clock.H * p.p11Ex, P21In: m.clock.H * p.p11In, RiseEx: math.E / x.TauSynEx, RiseIn: math.E / x.TauSynIn,
			Quantum: m.quantum, Theta: x.Vth - x.EL, Reset: x.Vreset - x.EL, Min: x.Vmin - x.EL}
		c.Refractory, err = refractorySteps(x.TRef, m.clock)
		return c, err
	}
	if b.each {
		all := make([]kernel.Alpha, b.n)
		b.constant, b.step = all, stepAlphaEach
		return m.eachOf(b, differ, func(k int) (err error) {
			all[k], err = one()
			return err
		})
	}
	c, err := one()
	b.constant, b.step = &c, stepAlpha
	return err
}

// delta gives a block of iaf_psc_delta its constants and its step.
func (m *maker) delta(b *block, differ []column) error {
	one := func() (c kernel.Delta, err error) {
		x := m.cell.delta
		c = kernel.Delta{P33: m.propagators().p33, Quantum: m.quantum, Theta: x.Vth - x.EL, Reset: x.Vreset - x.EL, Min: x.Vmin - x.EL}
		c.Refractory, err = refractorySteps(x.TRef, m.clock)
		return c, err
	}
	keep := m.keep != 0
	if b.each {
		keep = keep || hasAny(differ, "refractory_input")
		all := kernel.NewDeltaEach(b.n, m.clock.H, m.quantum)
		b.constant, b.step = all, stepDeltaEach
		if keep {
			b.kept, all.TauM = make([]float64, b.n), make([]float64, b.n)
		}
		return m.eachOf(b, differ, func(k int) error {
			c, err := one()
			all.Set(k, &c)
			if m.keep != 0 {
				all.TauM[k] = m.cell.delta.TauM
			}
			return err
		})
	}
	c, err := one()
	if keep && err == nil {
		tauM := m.cell.delta.TauM
		b.discount = func(steps int) float64 { return kernel.Discount(steps, m.clock.H, tauM) }
		c.Discount = []float64{b.discount(0)}
		b.kept = make([]float64, b.n)
	}
	b.constant, b.step = &c, stepDelta
	b.discountFrom(int(c.Refractory))
	return err
}

// relative returns what potentials are relative to and what turns currents into
// drive, of all elements or of each.
func (m *maker) relative(b *block, differ []column) (el []float64, d currentDrive) {
	room := func(names ...string) []float64 {
		if hasAny(differ, names...) {
			return make([]float64, b.n)
		}
		return make([]float64, 1)
	}
	el, d.perPA, d.ie = room("E_L"), room("tau_m", "C_m"), room("I_e")
	elAt, ieAt, tauM, cm := m.field["E_L"], m.field["I_e"], m.field["tau_m"], m.field["C_m"]
	for k := range max(len(el), len(d.perPA), len(d.ie)) {
		if len(differ) > 0 {
			set(differ, k)
		}
		if k < len(el) {
			el[k] = *elAt
		}
		if k < len(d.perPA) {
			d.perPA[k] = neuron.ConstantCurrentPropagator(m.clock.H, *tauM, *cm)
		}
		if k < len(d.ie) {
			d.ie[k] = *ieAt
		}
	}
	return el, d
}
