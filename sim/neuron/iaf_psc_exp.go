package neuron

import "errors"

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
	EL       float64 `json:"E_L" unit:"mV" default:"-70" allowed:"finite" help:"resting potential"`
	Vth      float64 `json:"V_th" unit:"mV" default:"-55" allowed:"finite" help:"threshold"`
	Vreset   float64 `json:"V_reset" unit:"mV" default:"-70" allowed:"finite; below V_th" help:"potential after a spike"`
	Vm       float64 `json:"V_m" unit:"mV" default:"-70" allowed:"finite" help:"initial membrane potential"`
	Cm       float64 `json:"C_m" unit:"pF" default:"250" allowed:"> 0" help:"capacitance"`
	TauM     float64 `json:"tau_m" unit:"ms" default:"10" allowed:"> 0" help:"membrane time constant"`
	TauSynEx float64 `json:"tau_syn_ex" unit:"ms" default:"2" allowed:"> 0" help:"decay of excitatory currents"`
	TauSynIn float64 `json:"tau_syn_in" unit:"ms" default:"2" allowed:"> 0" help:"decay of inhibitory currents"`
	TRef     float64 `json:"t_ref" unit:"ms" default:"2" allowed:">= 0; rounded up to steps" help:"refractory period"`
	Ie       float64 `json:"I_e" unit:"pA" allowed:"finite" help:"constant input current"`
}

// DefaultIafPscExp returns NEST's defaults.
func DefaultIafPscExp() IafPscExp { return Defaults[IafPscExp]() }

// ModelName returns "iaf_psc_exp".
func (IafPscExp) ModelName() string { return "iaf_psc_exp" }

// Recordables returns V_m, I_syn_ex and I_syn_in.
func (IafPscExp) Recordables() []Recordable { return []Recordable{vm, iSynEx, iSynIn} }

// Validate reports time constants and a capacitance that are not positive, a
// reset that is not below the threshold and values that are not finite.
func (p IafPscExp) Validate() error {
	return errors.Join(CheckTable(p), below(p.ModelName(), "V_reset", p.Vreset, "V_th", p.Vth))
}
