package neuron

import (
	"errors"
	"math"

	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/param"
)

// IafPscAlpha is a leaky integrate-and-fire neuron with alpha-function synaptic
// currents, NEST's iaf_psc_alpha (Rotter & Diesmann 1999; Diesmann et al. 2001):
//
//	dV/dt = -(V - E_L)/tau_m + (I_ex + I_in + I_e)/C_m
//	I(t) after a weight w at 0: w * e/tau_syn * t * exp(-t/tau_syn), with its peak w at tau_syn
//
// V does not fall below V_min. When V reaches V_th the neuron spikes and V stays
// at V_reset for t_ref.
type IafPscAlpha struct {
	EL       float64 `json:"E_L" unit:"mV" default:"-70" allowed:"finite" help:"resting potential"`
	Vth      float64 `json:"V_th" unit:"mV" default:"-55" allowed:"finite" help:"threshold"`
	Vreset   float64 `json:"V_reset" unit:"mV" default:"-70" allowed:"finite; below V_th" help:"potential after a spike"`
	Vmin     float64 `json:"V_min" unit:"mV" default:"-inf" allowed:"a number or -Inf" help:"lower bound of the potential"`
	Vm       float64 `json:"V_m" unit:"mV" default:"-70" allowed:"finite" help:"initial membrane potential"`
	Cm       float64 `json:"C_m" unit:"pF" default:"250" allowed:"> 0" help:"capacitance"`
	TauM     float64 `json:"tau_m" unit:"ms" default:"10" allowed:"> 0" help:"membrane time constant"`
	TauSynEx float64 `json:"tau_syn_ex" unit:"ms" default:"2" allowed:"> 0" help:"rise of excitatory currents"`
	TauSynIn float64 `json:"tau_syn_in" unit:"ms" default:"2" allowed:"> 0" help:"rise of inhibitory currents"`
	TRef     float64 `json:"t_ref" unit:"ms" default:"2" allowed:">= 0; rounded up to steps" help:"refractory period"`
	Ie       float64 `json:"I_e" unit:"pA" allowed:"finite" help:"constant input current"`
}

// DefaultIafPscAlpha returns NEST's defaults.
func DefaultIafPscAlpha() IafPscAlpha { return Defaults[IafPscAlpha]() }

// ModelName returns "iaf_psc_alpha".
func (IafPscAlpha) ModelName() string { return "iaf_psc_alpha" }

// Validate reports time constants and a capacitance that are not positive, a
// reset that is not below the threshold and values that are not finite.
func (p IafPscAlpha) Validate() error {
	return errors.Join(CheckTable(p), below(p.ModelName(), "V_reset", p.Vreset, "V_th", p.Vth))
}

// MarshalJSON writes the parameters by NEST's names; a V_min of -Inf is left out.
func (p IafPscAlpha) MarshalJSON() ([]byte, error) { return param.Marshal(p) }

// UnmarshalJSON reads parameters by NEST's names. Those left out stay as they
// are; unknown ones are an error.
func (p *IafPscAlpha) UnmarshalJSON(b []byte) error { return param.Unmarshal(b, p) }

func init() {
	register(Spec{
		Defaults:    DefaultIafPscAlpha(),
		Aliases:     []string{"iaf_neuron"},
		Ports:       twoCurrents,
		Recordables: func(Model) []Recordable { return []Recordable{vm, iSynEx, iSynIn} },
		Noticeable: func(m Model) float64 {
			p := m.(IafPscAlpha)
			// All the charge of a spike, as if none leaked.
			return math.Min(1, p.Vth-p.Vreset) * (p.Cm / (math.Max(p.TauSynEx, p.TauSynIn) * math.E))
		},
		Check: func(m Model, c Clock) error {
			p := m.(IafPscAlpha)
			return membrane{p.EL, p.Vth, p.Vreset, p.Vm, p.Cm, p.TauM, p.TRef, p.Ie}.check(c, p.propagatorKey().over(c.H),
				namedTau{"tau_syn_ex", p.TauSynEx}, namedTau{"tau_syn_in", p.TauSynIn})
		},
		New: newIafPscAlphaGroup,
	})
}

func (p IafPscAlpha) propagatorKey() propagatorKey {
	return propagatorKey{tauM: p.TauM, cm: p.Cm, tauSynEx: p.TauSynEx, tauSynIn: p.TauSynIn, alpha: true}
}

type iafPscAlphaGroup struct {
	body
	iEx, iIn, dEx, dIn []float64        // currents, pA, and their auxiliaries, pA/ms
	same               *kernel.Alpha    // constants of all, or
	each               kernel.AlphaEach // of each
}

func newIafPscAlphaGroup(c *Config) (Group, error) {
	p, n := c.Parameters, c.Parameters.Len()
	b, err := newBody(c)
	if err != nil {
		return nil, err
	}
	g := &iafPscAlphaGroup{body: b, iEx: make([]float64, n), iIn: make([]float64, n), dEx: make([]float64, n), dIn: make([]float64, n)}
	g.takesCounts = true
	known := knownPropagators{}
	one := func(m IafPscAlpha) *kernel.Alpha {
		x := known.over(c.Clock.H, m.propagatorKey())
		return &kernel.Alpha{P33: x.p33, P11Ex: x.p11Ex, P11In: x.p11In, P32Ex: x.p32Ex, P32In: x.p32In, P31Ex: x.p31Ex, P31In: x.p31In,
			P21Ex: c.Clock.H * x.p11Ex, P21In: c.Clock.H * x.p11In, RiseEx: math.E / m.TauSynEx, RiseIn: math.E / m.TauSynIn,
			Theta: m.Vth - m.EL, Reset: m.Vreset - m.EL, Min: m.Vmin - m.EL}
	}
	if p.Differ("E_L", "V_th", "V_reset", "V_min", "tau_m", "tau_syn_ex", "tau_syn_in", "C_m") {
		g.each = kernel.NewAlphaEach(n)
		return g, p.Each(func(k int, m Model) error {
			g.each.Set(k, one(m.(IafPscAlpha)))
			return nil
		})
	}
	g.same = one(p.Shared().(IafPscAlpha))
	return g, nil
}

// Columns implements Group.
func (g *iafPscAlphaGroup) Columns() []Column {
	return []Column{g.potential(), {Name: "I_syn_ex", Values: g.iEx}, {Name: "I_syn_in", Values: g.iIn},
		{Name: "dI_syn_ex", Values: g.dEx}, {Name: "dI_syn_in", Values: g.dIn}, g.refractorySteps()}
}

// Step implements Group.
func (g *iafPscAlphaGroup) Step(in *Input, out *Spikes) {
	a, b := g.begin(in)
	spikes := out.Neuron
	if ready := g.refractory.Ready; g.each == nil {
		spikes = kernel.AlphaSplit(g.same, g.v, g.dEx, g.iEx, g.dIn, g.iIn, ready, a, b, g.drive, spikes)
	} else {
		spikes = kernel.AlphaSplitEach(g.each, g.v, g.dEx, g.iEx, g.dIn, g.iIn, ready, a, b, g.drive, spikes)
	}
	g.spiked(out, spikes)
}
