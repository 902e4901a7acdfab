package device

import (
	"encoding/json"
	"fmt"
)

// InhomogeneousPoisson is a Poisson generator of piecewise constant rate, NEST's
// inhomogeneous_poisson_generator: a spike stamped S is drawn at the rate
// RateValues[i] of the last RateTimes[i] <= S, and there is none before the
// first, so that the rate holds in [RateTimes[i], RateTimes[i+1]). Every target
// gets a train of its own, and with one rate it is the very train of a Poisson
// generator in the same place. As in NEST, Origin shifts Start and Stop but not
// the times of the rates.
type InhomogeneousPoisson struct {
	RateTimes  []float64 `json:"rate_times"`  // begin of each rate, ms, > 0, increasing
	RateValues []float64 `json:"rate_values"` // rate from each time on, spikes/s, >= 0, as many as times
	// AllowOffgridTimes rounds times that are not on the grid up to the end of
	// their step; without it they are an error.
	AllowOffgridTimes bool `json:"allow_offgrid_times,omitempty"`
	Active
}

// ModelName returns "inhomogeneous_poisson_generator".
func (InhomogeneousPoisson) ModelName() string { return "inhomogeneous_poisson_generator" }

// Validate reports columns of different length, times out of order or not
// after 0, and rates that are negative or not finite.
func (d InhomogeneousPoisson) Validate() error {
	name := d.ModelName()
	if err := checkSteps(name, "rate_times", "rate_values", d.RateTimes, d.RateValues); err != nil {
		return err
	}
	for i, r := range d.RateValues {
		if r < 0 {
			return fmt.Errorf("%s: rate_values[%d] is %g spikes/s, must be >= 0", name, i, r)
		}
	}
	return d.validate(name)
}

// MarshalJSON writes the parameters by NEST's names.
func (d InhomogeneousPoisson) MarshalJSON() ([]byte, error) {
	type plain InhomogeneousPoisson
	d.Active = d.writable()
	return json.Marshal(plain(d))
}
