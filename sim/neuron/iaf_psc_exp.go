package neuron

// IafPscExp is a leaky integrate-and-fire neuron with exponentially decaying
// synaptic currents, NEST's iaf_psc_exp (Tsodyks, Uziel & Markram 2000, without
// short-term plasticity):
//
//	dV/dt = -(V - E_L)/tau_m + (I_ex + I_in + I_e)/C_m
//	dI_ex/dt = -I_ex/tau_syn_ex, and an arriving weight w > 0 adds w to I_ex
//	dI_in/dt = -I_in/tau_syn_in, and a weight w <= 0 adds to I_in
//
// When V reaches V_th the neuron spikes and V stays at V_reset for t_ref.
type IafPscExp struct {
	EL       float64 `json:"E_L"`        // resting potential, mV
	Vth      float64 `json:"V_th"`       // threshold, mV
	Vreset   float64 `json:"V_reset"`    // potential after a spike, mV, below V_th
	Vm       float64 `json:"V_m"`        // initial membrane potential, mV
	Cm       float64 `json:"C_m"`        // capacitance, pF, > 0
	TauM     float64 `json:"tau_m"`      // membrane time constant, ms, > 0
	TauSynEx float64 `json:"tau_syn_ex"` // decay of excitatory currents, ms, > 0
	TauSynIn float64 `json:"tau_syn_in"` // decay of inhibitory currents, ms, > 0
	TRef     float64 `json:"t_ref"`      // refractory period, ms, >= 0, rounded up to steps
	Ie       float64 `json:"I_e"`        // constant input current, pA
}

// DefaultIafPscExp returns NEST's defaults.
func DefaultIafPscExp() IafPscExp {
	return IafPscExp{EL: -70, Vth: -55, Vreset: -70, Vm: -70, Cm: 250, TauM: 10, TauSynEx: 2, TauSynIn: 2, TRef: 2}
}

// ModelName returns "iaf_psc_exp".
func (IafPscExp) ModelName() string { return "iaf_psc_exp" }

// Recordables returns V_m, I_syn_ex and I_syn_in.
func (IafPscExp) Recordables() []Recordable { return []Recordable{vm, iSynEx, iSynIn} }

// Validate reports time constants and a capacitance that are not positive, a
// reset that is not below the threshold and values that are not finite.
func (p IafPscExp) Validate() error {
	c := check{model: p.ModelName()}
	c.finite("E_L", p.EL)
	c.finite("V_th", p.Vth)
	c.finite("V_m", p.Vm)
	c.finite("I_e", p.Ie)
	c.below("V_reset", p.Vreset, "V_th", p.Vth)
	c.finite("V_reset", p.Vreset)
	c.positive("C_m", p.Cm)
	c.positive("tau_m", p.TauM)
	c.positive("tau_syn_ex", p.TauSynEx)
	c.positive("tau_syn_in", p.TauSynIn)
	c.tRef(p.TRef)
	return c.err()
}
