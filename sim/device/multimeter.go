package device

import (
	"errors"
	"fmt"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/param"
)

// The quantities a Multimeter can read.
const (
	Vm     = "V_m"      // membrane potential, mV
	ISynEx = "I_syn_ex" // excitatory synaptic current, pA
	ISynIn = "I_syn_in" // inhibitory synaptic current, pA
)

// Multimeter samples quantities of neurons at Offset + k*Interval while it is
// active, NEST's multimeter; with the default quantity it is the voltmeter.
type Multimeter struct {
	Interval   float64  `json:"interval" unit:"ms" default:"1" allowed:"> 0" zero:"1, NEST's default" help:"time between samples"`
	Offset     float64  `json:"offset,omitempty" unit:"ms" allowed:">= 0" help:"time of sample 0"`
	Quantities []string `json:"quantities,omitempty" nest:"record_from" allowed:"recordables of the neurons; none: V_m" help:"what is read"`
	Active
}

// DefaultMultimeter returns NEST's defaults, an interval of 1 ms.
func DefaultMultimeter() Multimeter { return Defaults[Multimeter]() }

// DefaultVoltmeter returns a multimeter that reads V_m every ms, NEST's
// voltmeter. Its recordings and the parameters are a multimeter's.
func DefaultVoltmeter() Multimeter { return Multimeter{Interval: 1, Quantities: []string{Vm}} }

// ModelName returns "multimeter".
func (Multimeter) ModelName() string { return "multimeter" }

// Validate reports a negative interval or offset and unknown quantities.
func (m Multimeter) Validate() error {
	name := m.ModelName()
	errs := []error{CheckTable(m)}
	for _, q := range m.Quantities {
		if q != Vm && q != ISynEx && q != ISynIn {
			errs = append(errs, fmt.Errorf("%s: unknown quantity %s, must be one of %q, %q, %q", name, brief.Quote(q), Vm, ISynEx, ISynIn))
		}
	}
	return errors.Join(append(errs, m.CheckTimes(name))...)
}

// MarshalJSON writes the parameters by NEST's names.
func (m Multimeter) MarshalJSON() ([]byte, error) { return param.Marshal(m) }
