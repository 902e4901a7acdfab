package neuron

import (
	"errors"

	"cortigo/sim/internal/param"
)

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
	EL              float64 `json:"E_L" unit:"mV" default:"-70" allowed:"finite" help:"resting potential"`
	Vth             float64 `json:"V_th" unit:"mV" default:"-55" allowed:"finite" help:"threshold"`
	Vreset          float64 `json:"V_reset" unit:"mV" default:"-70" allowed:"finite; below V_th" help:"potential after a spike"`
	Vmin            float64 `json:"V_min" unit:"mV" default:"-inf" allowed:"a number or -Inf" help:"lower bound of the potential"`
	Vm              float64 `json:"V_m" unit:"mV" default:"-70" allowed:"finite" help:"initial membrane potential"`
	Cm              float64 `json:"C_m" unit:"pF" default:"250" allowed:"> 0" help:"capacitance"`
	TauM            float64 `json:"tau_m" unit:"ms" default:"10" allowed:"> 0" help:"membrane time constant"`
	TRef            float64 `json:"t_ref" unit:"ms" default:"2" allowed:">= 0; rounded up to steps" help:"refractory period"`
	Ie              float64 `json:"I_e" unit:"pA" allowed:"finite" help:"constant input current"`
	RefractoryInput bool    `json:"refractory_input" default:"false" allowed:"true or false" help:"keep what arrives during t_ref"`
}

// DefaultIafPscDelta returns NEST's defaults.
func DefaultIafPscDelta() IafPscDelta { return Defaults[IafPscDelta]() }

// ModelName returns "iaf_psc_delta".
func (IafPscDelta) ModelName() string { return "iaf_psc_delta" }

// Recordables returns V_m.
func (IafPscDelta) Recordables() []Recordable { return []Recordable{vm} }

// Validate reports a time constant or capacitance that is not positive, a reset
// that is not below the threshold and values that are not finite.
func (p IafPscDelta) Validate() error {
	return errors.Join(CheckTable(p), below(p.ModelName(), "V_reset", p.Vreset, "V_th", p.Vth))
}

// MarshalJSON writes the parameters by NEST's names; a V_min of -Inf is left out.
func (p IafPscDelta) MarshalJSON() ([]byte, error) { return param.Marshal(p) }

// UnmarshalJSON reads parameters by NEST's names. Those left out stay as they
// are; unknown ones are an error.
func (p *IafPscDelta) UnmarshalJSON(b []byte) error { return param.Unmarshal(b, p) }
