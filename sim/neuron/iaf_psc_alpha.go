package neuron

import "math"

// IafPscAlpha is a leaky integrate-and-fire neuron with alpha-function synaptic
// currents, NEST's iaf_psc_alpha (Rotter & Diesmann 1999; Diesmann et al. 2001):
//
//	dV/dt = -(V - E_L)/tau_m + (I_ex + I_in + I_e)/C_m
//	I(t) after a weight w at 0: w * e/tau_syn * t * exp(-t/tau_syn), with its peak w at tau_syn
//
// V does not fall below V_min. When V reaches V_th the neuron spikes and V stays
// at V_reset for t_ref.
type IafPscAlpha struct {
	EL       float64 `json:"E_L"`            // resting potential, mV
	Vth      float64 `json:"V_th"`           // threshold, mV
	Vreset   float64 `json:"V_reset"`        // potential after a spike, mV, below V_th
	Vmin     float64 `json:"-" nest:"V_min"` // lower bound of the potential, mV, -Inf for none
	Vm       float64 `json:"V_m"`            // initial membrane potential, mV
	Cm       float64 `json:"C_m"`            // capacitance, pF, > 0
	TauM     float64 `json:"tau_m"`          // membrane time constant, ms, > 0
	TauSynEx float64 `json:"tau_syn_ex"`     // rise of excitatory currents, ms, > 0
	TauSynIn float64 `json:"tau_syn_in"`     // rise of inhibitory currents, ms, > 0
	TRef     float64 `json:"t_ref"`          // refractory period, ms, >= 0, rounded up to steps
	Ie       float64 `json:"I_e"`            // constant input current, pA
}

// DefaultIafPscAlpha returns NEST's defaults.
func DefaultIafPscAlpha() IafPscAlpha {
	return IafPscAlpha{EL: -70, Vth: -55, Vreset: -70, Vmin: math.Inf(-1), Vm: -70, Cm: 250, TauM: 10,
		TauSynEx: 2, TauSynIn: 2, TRef: 2}
}

// ModelName returns "iaf_psc_alpha".
func (IafPscAlpha) ModelName() string { return "iaf_psc_alpha" }

// Recordables returns V_m, I_syn_ex and I_syn_in.
func (IafPscAlpha) Recordables() []Recordable { return []Recordable{vm, iSynEx, iSynIn} }

// Validate reports time constants and a capacitance that are not positive, a
// reset that is not below the threshold and values that are not finite.
func (p IafPscAlpha) Validate() error {
	c := check{model: p.ModelName()}
	c.finite("E_L", p.EL)
	c.finite("V_th", p.Vth)
	c.finite("V_m", p.Vm)
	c.finite("I_e", p.Ie)
	c.below("V_reset", p.Vreset, "V_th", p.Vth)
	c.finite("V_reset", p.Vreset)
	c.vMin(p.Vmin)
	c.positive("C_m", p.Cm)
	c.positive("tau_m", p.TauM)
	c.positive("tau_syn_ex", p.TauSynEx)
	c.positive("tau_syn_in", p.TauSynIn)
	c.tRef(p.TRef)
	return c.err()
}
