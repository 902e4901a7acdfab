package device

import (
	"errors"

	"cortigo/sim/internal/param"
)

// Quantities of the built-in neuron models that a Multimeter can read.
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
// voltmeter. It is otherwise like any multimeter.
func DefaultVoltmeter() Multimeter { return Multimeter{Interval: 1, Quantities: []string{Vm}} }

// ModelName returns "multimeter".
func (Multimeter) ModelName() string { return "multimeter" }

// Validate reports a negative interval or offset. Which quantities can be read
// depends on the neurons.
func (m Multimeter) Validate() error {
	return errors.Join(CheckTable(m), m.CheckTimes(m.ModelName()))
}

// MarshalJSON writes the parameters by NEST's names.
func (m Multimeter) MarshalJSON() ([]byte, error) { return param.Marshal(m) }
