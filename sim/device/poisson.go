package device

import (
	"errors"

	"cortigo/sim/internal/param"
)

// Poisson sends every target a Poisson train of its own, NEST's
// poisson_generator: in each active step one Poisson number of mean rate*h,
// several spikes of a step arriving as a multiplicity.
type Poisson struct {
	Rate float64 `json:"rate" unit:"spikes/s" allowed:">= 0" help:"mean rate of each target's train"`
	Active
}

// ModelName returns "poisson_generator".
func (Poisson) ModelName() string { return "poisson_generator" }

// Validate reports a rate that is negative or not finite, and times that make
// no sense.
func (d Poisson) Validate() error {
	return errors.Join(CheckTable(d), d.validate(d.ModelName()))
}

// MarshalJSON writes the parameters by NEST's names.
func (d Poisson) MarshalJSON() ([]byte, error) { return param.Marshal(d) }
