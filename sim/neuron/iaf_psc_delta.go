package neuron

import "math"

// IafPscDelta is a leaky integrate-and-fire neuron whose potential jumps by the
// weight (mV) of an arriving spike, NEST's iaf_psc_delta:
//
//	dV/dt = -(V - E_L)/tau_m + I_e/C_m, and an arriving weight w adds w to V
//
// V does not fall below V_min. When V reaches V_th the neuron spikes and V stays
// at V_reset for t_ref; what arrives then is lost, or kept with
// RefractoryInput: it is added when the period ends, discounted by
// exp(-remaining/tau_m).
type IafPscDelta struct {
	EL              float64 `json:"E_L"`              // resting potential, mV
	Vth             float64 `json:"V_th"`             // threshold, mV
	Vreset          float64 `json:"V_reset"`          // potential after a spike, mV, below V_th
	Vmin            float64 `json:"-" nest:"V_min"`   // lower bound of the potential, mV, -Inf for none
	Vm              float64 `json:"V_m"`              // initial membrane potential, mV
	Cm              float64 `json:"C_m"`              // capacitance, pF, > 0
	TauM            float64 `json:"tau_m"`            // membrane time constant, ms, > 0
	TRef            float64 `json:"t_ref"`            // refractory period, ms, >= 0, rounded up to steps
	Ie              float64 `json:"I_e"`              // constant input current, pA
	RefractoryInput bool    `json:"refractory_input"` // keep what arrives during t_ref; true or false
}

// DefaultIafPscDelta returns NEST's defaults.
func DefaultIafPscDelta() IafPscDelta {
	return IafPscDelta{EL: -70, Vth: -55, Vreset: -70, Vmin: math.Inf(-1), Vm: -70, Cm: 250, TauM: 10, TRef: 2}
}

// ModelName returns "iaf_psc_delta".
func (IafPscDelta) ModelName() string { return "iaf_psc_delta" }

// Recordables returns V_m.
func (IafPscDelta) Recordables() []Recordable { return []Recordable{vm} }

// Validate reports a time constant or capacitance that is not positive, a reset
// that is not below the threshold and values that are not finite.
func (p IafPscDelta) Validate() error {
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
	c.tRef(p.TRef)
	return c.err()
}
