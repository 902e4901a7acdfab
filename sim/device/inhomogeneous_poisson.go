package device

import (
	"errors"

	"cortigo/sim/internal/param"
)

// InhomogeneousPoisson is a Poisson generator of piecewise constant rate, NEST's
// inhomogeneous_poisson_generator: a spike stamped S is drawn at the rate
// RateValues[i] of the last RateTimes[i] <= S, and there is none before the
// first, so that the rate holds in [RateTimes[i], RateTimes[i+1]). Every target
// gets a train of its own, and with one rate it is the very train of a Poisson
// generator in the same place. As in NEST, Origin shifts Start and Stop but not
// the times of the rates.
type InhomogeneousPoisson struct {
	RateTimes         []float64 `json:"rate_times" unit:"ms" allowed:"> 0; increasing" help:"begin of each rate"`
	RateValues        []float64 `json:"rate_values" unit:"spikes/s" allowed:">= 0; as many as times" help:"rate from each time on"`
	AllowOffgridTimes bool      `json:"allow_offgrid_times,omitempty" allowed:"true or false" help:"whether times off the grid are rounded up to the end of their step; else they are an error"`
	Active
}

// ModelName returns "inhomogeneous_poisson_generator".
func (InhomogeneousPoisson) ModelName() string { return "inhomogeneous_poisson_generator" }

// Validate reports columns of different length, times out of order or not
// after 0, and rates that are negative or not finite.
func (d InhomogeneousPoisson) Validate() error {
	return errors.Join(CheckTable(d), checkSteps(d.ModelName(), "rate_times", "rate_values", d.RateTimes, d.RateValues), d.validate(d.ModelName()))
}

// MarshalJSON writes the parameters by NEST's names.
func (d InhomogeneousPoisson) MarshalJSON() ([]byte, error) { return param.Marshal(d) }
