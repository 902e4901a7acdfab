package neuron

import (
	"errors"

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

// Recordables returns V_m, I_syn_ex and I_syn_in.
func (IafPscAlpha) Recordables() []Recordable { return []Recordable{vm, iSynEx, iSynIn} }

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
