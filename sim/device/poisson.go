package device

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Poisson sends every target a Poisson train of its own, NEST's
// poisson_generator: in each active step one Poisson number of mean rate*h,
// several spikes of a step arriving as a multiplicity.
type Poisson struct {
	Rate float64 `json:"rate"` // mean rate of each target's train, spikes/s, >= 0
	Active
}

// ModelName returns "poisson_generator".
func (Poisson) ModelName() string { return "poisson_generator" }

// Validate reports a rate that is negative or not finite, and times that make
// no sense.
func (d Poisson) Validate() error {
	err := finite(d.ModelName(), "rate", d.Rate)
	if d.Rate < 0 {
		err = fmt.Errorf("%s: rate is %g spikes/s, must be >= 0", d.ModelName(), d.Rate)
	}
	return errors.Join(err, d.validate(d.ModelName()))
}

// MarshalJSON writes the parameters by NEST's names.
func (d Poisson) MarshalJSON() ([]byte, error) {
	type plain Poisson
	d.Active = d.writable()
	return json.Marshal(plain(d))
}
