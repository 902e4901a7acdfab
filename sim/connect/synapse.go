package connect

import "fmt"

// A Synapse is a connection without plasticity, NEST's static_synapse, or of the
// synapse model that Model names. Its weight (pA; mV for iaf_psc_delta) and its
// delay (ms) are each a number of any type, for all connections; a slice of
// numbers, one for each, in the order of Values; or a Distribution to draw from.
// What is left out has the model's default; for static_synapse weight 1 and delay
// 1 ms, as in NEST.
type Synapse struct {
	Model  string `json:"model" nest:"synapse_model" default:"static_synapse" help:"name of a model that has the defaults of what is nil below" allowed:"static_synapse or one of CopyModel; none: static_synapse"`
	Weight any    `json:"weight" unit:"pA or mV" default:"1" help:"what a spike adds to its target" allowed:"finite; nil: 1"`
	Delay  any    `json:"delay" unit:"ms" default:"1" help:"time from the spike to its arrival" allowed:"> 0; rounded to steps of which it must be at least one, nil: 1"`
}

// ModelName returns "static_synapse", whose parameters these are.
func (Synapse) ModelName() string { return "static_synapse" }

// Validate reports a weight or delay that is not a number, a slice of numbers or a
// distribution, or whose parameters make no sense.
func (s Synapse) Validate(_, _ int) error {
	weight, delay, err := s.Distributions()
	if err != nil {
		return err
	}
	for _, d := range []struct {
		what string
		of   Distribution
	}{{"weight", weight}, {"delay", delay}} {
		if d.of == nil {
			continue
		}
		if err := d.of.Validate(); err != nil {
			return fmt.Errorf("%s: %w", d.what, err)
		}
	}
	return nil
}

// Distributions returns what weights and delays are drawn from; nil for one that is
// left to the model. It is an error if one is not a number, a slice of numbers or a
// distribution.
func (s Synapse) Distributions() (weight, delay Distribution, err error) {
	if s.Weight != nil {
		if weight, err = AsDistribution(s.Weight); err != nil {
			return nil, nil, fmt.Errorf("weight: %w", err)
		}
	}
	if s.Delay != nil {
		if delay, err = AsDistribution(s.Delay); err != nil {
			return nil, nil, fmt.Errorf("delay: %w", err)
		}
	}
	return weight, delay, nil
}
