package device

import (
	"encoding/json"
	"errors"
	"fmt"

	"cortigo/sim/internal/brief"
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
	Interval   float64  `json:"interval"`                                // time between samples, ms, > 0; 0 is NEST's default, 1
	Offset     float64  `json:"offset,omitempty"`                        // time of sample 0, ms, >= 0
	Quantities []string `json:"quantities,omitempty" nest:"record_from"` // what is read; recordables of the neurons, none: V_m
	Active
}

// DefaultMultimeter returns NEST's defaults, an interval of 1 ms.
func DefaultMultimeter() Multimeter { return Multimeter{Interval: 1} }

// DefaultVoltmeter returns a multimeter that reads V_m every ms, NEST's
// voltmeter. Its recordings and the parameters are a multimeter's.
func DefaultVoltmeter() Multimeter { return Multimeter{Interval: 1, Quantities: []string{Vm}} }

// ModelName returns "multimeter".
func (Multimeter) ModelName() string { return "multimeter" }

// Validate reports a negative interval or offset and unknown quantities.
func (m Multimeter) Validate() error {
	name := m.ModelName()
	var errs []error
	if err := finite(name, "interval", m.Interval); err != nil || m.Interval < 0 {
		errs = append(errs, fmt.Errorf("%s: interval is %g ms, must be > 0", name, m.Interval))
	}
	if err := finite(name, "offset", m.Offset); err != nil || m.Offset < 0 {
		errs = append(errs, fmt.Errorf("%s: offset is %g ms, must be >= 0", name, m.Offset))
	}
	for _, q := range m.Quantities {
		if q != Vm && q != ISynEx && q != ISynIn {
			errs = append(errs, fmt.Errorf("%s: unknown quantity %s, must be one of %q, %q, %q", name, brief.Quote(q), Vm, ISynEx, ISynIn))
		}
	}
	return errors.Join(append(errs, m.validate(name))...)
}

// MarshalJSON writes the parameters by NEST's names.
func (m Multimeter) MarshalJSON() ([]byte, error) {
	type plain Multimeter
	m.Active = m.writable()
	return json.Marshal(plain(m))
}
