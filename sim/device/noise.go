package device

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Noise is NEST's noise_generator: a piecewise constant current whose amplitude
// is drawn anew every Dt, for each target on its own,
//
//	I(t) = Mean + N_j sqrt(Std^2 + StdMod^2 sin(2 pi Frequency t_j + Phase)),   t_j < t <= t_j + Dt,
//	t_j  = t_0 + j Dt,
//
// with independent standard normal N_j. As for DC, a connection of weight w and
// delay d drives the potential by w*I in (Start+d, Stop+d], and a generator that
// is on from the very begin loses its first step: t_0 is Start, or one step
// where Start is before that. All targets change at the same times, apart from
// their delays. The time in the sine counts from the beginning of the simulation;
// NEST's own counts from the beginning of the generator's activity in a Simulate
// call, so that its phase depends on how a run is divided where Start > 0.
//
// In a leaky neuron the potential fluctuates, at the ends of the intervals, with
//
//	SD(V) = Std tau_m/C_m sqrt((1-x)/(1+x)),   x = exp(-Dt/tau_m)
//
// (both from NEST 3.10's documentation of noise_generator).
type Noise struct {
	Mean      float64 `json:"mean"`                // mean of the current, pA
	Std       float64 `json:"std"`                 // standard deviation of the current, pA, >= 0
	Dt        float64 `json:"dt,omitempty"`        // time between changes, ms, a multiple of the resolution; 0: 10 steps, which is NEST's default
	StdMod    float64 `json:"std_mod,omitempty"`   // modulation of the standard deviation, pA, in [0, std]
	Frequency float64 `json:"frequency,omitempty"` // frequency of the modulation, Hz
	Phase     float64 `json:"phase,omitempty"`     // phase of the modulation, degrees
	Active
}

// ModelName returns "noise_generator".
func (Noise) ModelName() string { return "noise_generator" }

// Validate reports values that are not finite, negative standard deviations, a
// modulation above the standard deviation, and times that make no sense.
func (d Noise) Validate() error {
	name := d.ModelName()
	var errs []error
	for _, v := range []struct {
		name string
		x    float64
	}{{"mean", d.Mean}, {"std", d.Std}, {"dt", d.Dt}, {"std_mod", d.StdMod}, {"frequency", d.Frequency}, {"phase", d.Phase}} {
		errs = append(errs, finite(name, v.name, v.x))
	}
	if d.Std < 0 {
		errs = append(errs, fmt.Errorf("%s: std is %g pA, must be >= 0", name, d.Std))
	}
	if d.StdMod < 0 || d.StdMod > d.Std {
		errs = append(errs, fmt.Errorf("%s: std_mod is %g pA, must be in [0, std (%g)]", name, d.StdMod, d.Std))
	}
	if d.Dt < 0 {
		errs = append(errs, fmt.Errorf("%s: dt is %g ms, must be > 0", name, d.Dt))
	}
	return errors.Join(append(errs, d.validate(name))...)
}

// MarshalJSON writes the parameters by NEST's names.
func (d Noise) MarshalJSON() ([]byte, error) {
	type plain Noise
	d.Active = d.writable()
	return json.Marshal(plain(d))
}
