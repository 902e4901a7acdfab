package neuron

import (
	"fmt"
	"math"

	"cortigo/sim/fmath"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/param"
)

// What the integrate-and-fire models with current input have in common.

func twoCurrents(Model) []Port {
	return []Port{{"excitatory current", "pA"}, {"inhibitory current", "pA"}}
}

var (
	vm     = Recordable{"V_m", "mV", "membrane potential"}
	iSynEx = Recordable{"I_syn_ex", "pA", "excitatory synaptic current"}
	iSynIn = Recordable{"I_syn_in", "pA", "inhibitory synaptic current"}
)

// membrane is the parameters that all of them have.
type membrane struct{ el, vth, vreset, vm, cm, tauM, tRef, ie float64 }

// refractorySteps converts t_ref, which rounds up.
func refractorySteps(tRef float64, clock Clock) (uint16, error) {
	limit := clock.MS(math.MaxUint16)
	if tRef > limit {
		return 0, fmt.Errorf("t_ref is %g ms, must be at most %g ms at a resolution of %g ms", tRef, limit, clock.H)
	}
	return uint16(clock.CeilSteps(tRef)), nil
}

// MaxMagnitude bounds weights, currents and potentials: beyond it, the sum of a
// few of them would overflow a float64.
const MaxMagnitude = 1e40

// maxDecay is the largest h/tau_syn: exp(-700) is near the smallest float64,
// and beyond it NEST's propagator is that of another time constant.
const maxDecay = 700

// check reports parameters with which a step cannot be computed: a refractory
// period that cannot be counted, potentials and currents that are too large, and
// what is too far apart. synaptic are the synaptic time constants by name.
func (m membrane) check(clock Clock, p propagators, synaptic ...namedTau) error {
	if _, err := refractorySteps(m.tRef, clock); err != nil {
		return err
	}
	for _, x := range []struct {
		name  string
		value float64
	}{{"E_L", m.el}, {"V_reset", m.vreset}, {"V_m", m.vm}, {"I_e", m.ie}} {
		if math.Abs(x.value) > MaxMagnitude {
			return fmt.Errorf("%s reaches %g in size, must be at most %g", x.name, math.Abs(x.value), MaxMagnitude)
		}
	}
	h := clock.H
	for _, s := range synaptic {
		if s.tau < h/maxDecay {
			return fmt.Errorf("%s is %g ms, must be at least %.3g ms at a resolution of %g ms: of a current that decays faster no step shows anything", s.name, s.tau, h/maxDecay, h)
		}
	}
	for _, x := range []float64{p.p33, p.p11Ex, p.p11In, p.p31Ex, p.p31In, p.p32Ex, p.p32In, ConstantCurrentPropagator(h, m.tauM, m.cm) * m.ie} {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("the parameters are too far apart for a step of %g ms, with C_m of %g pF and tau_m of %g ms", h, m.cm, m.tauM)
		}
	}
	return nil
}

type namedTau struct {
	name string
	tau  float64
}

// Propagators depend on these alone, and many neurons may share them. Synaptic
// time constants are 0 where there are none.
type propagatorKey struct {
	tauM, cm, tauSynEx, tauSynIn float64
	alpha                        bool
}

// propagators are those of all these models.
type propagators struct {
	p33, p11Ex, p11In, p31Ex, p31In, p32Ex, p32In float64
}

func (k propagatorKey) over(h float64) propagators {
	p := propagators{p33: MembranePropagator(h, k.tauM)}
	if k.tauSynEx != 0 {
		p.p11Ex, p.p11In = fmath.Exp(-h/k.tauSynEx), fmath.Exp(-h/k.tauSynIn)
		p.p32Ex = ExpCurrentPropagator(h, k.tauM, k.tauSynEx, k.cm)
		p.p32In = ExpCurrentPropagator(h, k.tauM, k.tauSynIn, k.cm)
	}
	if k.alpha {
		p.p31Ex = AlphaCurrentPropagator(h, k.tauM, k.tauSynEx, k.cm)
		p.p31In = AlphaCurrentPropagator(h, k.tauM, k.tauSynIn, k.cm)
	}
	return p
}

// knownPropagators computes the propagators of equal neurons only once.
type knownPropagators map[propagatorKey]propagators

func (known knownPropagators) over(h float64, k propagatorKey) propagators {
	p, ok := known[k]
	if !ok {
		p = k.over(h)
		known[k] = p
	}
	return p
}

// body is what groups of these models share: membrane potentials relative to
// E_L, who is refractory, and the drive of constant currents.
type body struct {
	v     []float64
	el    []float64 // E_L of all or of each
	perPA []float64 // mV a step for 1 pA; the same
	ie    []float64 // pA; the same
	drive []float64 // V that currents add in a step; the same

	refractory *kernel.Refractory
	period     []uint16 // steps, of all or of each
	left       []uint16 // steps, when the state is read or restored

	in          [2]kernel.Input // of the ports
	takesCounts bool
}

func newBody(c *Config) (body, error) {
	p, n := c.Parameters, c.Parameters.Len()
	b := body{v: make([]float64, n), el: p.Values("E_L"), ie: p.Values("I_e"), refractory: kernel.NewRefractory(n), left: make([]uint16, n)}
	for _, tRef := range p.Values("t_ref") {
		steps, err := refractorySteps(tRef, c.Clock)
		if err != nil {
			return b, err
		}
		b.period = append(b.period, steps)
	}
	b.perPA = make([]float64, 1)
	tauM, cm := p.Values("tau_m"), p.Values("C_m")
	if len(tauM) > 1 || len(cm) > 1 {
		b.perPA = make([]float64, n)
	}
	for k := range b.perPA {
		b.perPA[k] = ConstantCurrentPropagator(c.Clock.H, param.Element(tauM, k), param.Element(cm, k))
	}
	b.SetCurrent([]float64{0})
	return b, nil
}

// begin has those go on who were refractory until now, and returns what arrives
// at the ports.
func (b *body) begin(in *Input) (first, second *kernel.Input) {
	b.refractory.Advance()
	for i := range in.Ports {
		a := &in.Ports[i]
		b.in[i] = kernel.Input{Sum: a.Sums, Quantum: a.Quantum, Ext: a.Numbers}
		if in.Counts != nil {
			b.in[i].Ext = nil
		}
	}
	b.in[0].Counts, b.in[0].Weight = in.Counts, in.Weight
	return &b.in[0], &b.in[1]
}

// spiked makes neurons refractory.
func (b *body) spiked(out *Spikes, neurons []uint16) {
	b.refractory.Begin(neurons[len(out.Neuron):], b.period)
	out.Neuron = neurons
}

// SetCurrent implements CurrentTaker.
func (b *body) SetCurrent(pA []float64) {
	n := max(len(pA), len(b.perPA), len(b.ie))
	if len(b.drive) != n {
		b.drive = make([]float64, n)
	}
	for k := range b.drive {
		b.drive[k] = param.Element(b.perPA, k) * (param.Element(b.ie, k) + param.Element(pA, k))
	}
}

// TakesCounts implements CountTaker.
func (b *body) TakesCounts() bool { return b.takesCounts }

func (b *body) potential() Column { return Column{Name: "V_m", Values: b.v, Rest: b.el} }

func (b *body) refractorySteps() Column { return Column{Name: "refractory steps", Counts: b.left} }

// Prepare implements Preparer.
func (b *body) Prepare() { b.refractory.Save(b.left) }

// Restored implements Restorer.
func (b *body) Restored() error {
	b.refractory.Restore(b.left)
	return nil
}
