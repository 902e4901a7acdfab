package device

import (
	"errors"
	"fmt"

	"cortigo/sim/internal/param"
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
	Mean      float64 `json:"mean" unit:"pA" allowed:"finite" help:"mean of the current"`
	Std       float64 `json:"std" unit:"pA" allowed:">= 0" help:"standard deviation of the current"`
	Dt        float64 `json:"dt,omitempty" unit:"ms" allowed:"> 0; a multiple of the resolution" zero:"10 steps, which is NEST's default" help:"time between changes"`
	StdMod    float64 `json:"std_mod,omitempty" unit:"pA" allowed:">= 0; at most std" help:"modulation of the standard deviation"`
	Frequency float64 `json:"frequency,omitempty" unit:"Hz" allowed:"finite" help:"frequency of the modulation"`
	Phase     float64 `json:"phase,omitempty" unit:"degrees" allowed:"finite" help:"phase of the modulation"`
	Active
}

// ModelName returns "noise_generator".
func (Noise) ModelName() string { return "noise_generator" }

// Validate reports values that are not finite, negative standard deviations, a
// modulation above the standard deviation, and times that make no sense.
func (d Noise) Validate() error {
	var tooMuch error
	if d.StdMod > d.Std {
		tooMuch = fmt.Errorf("%s: std_mod is %g pA, must be in [0, std (%g)]", d.ModelName(), d.StdMod, d.Std)
	}
	return errors.Join(CheckTable(d), tooMuch, d.validate(d.ModelName()))
}

// MarshalJSON writes the parameters by NEST's names.
func (d Noise) MarshalJSON() ([]byte, error) { return param.Marshal(d) }
