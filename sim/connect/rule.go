package connect

import "fmt"

// A Rule says which neurons of two populations are connected. Connections of a
// neuron to itself and several between the same two are allowed, as in NEST by
// default, and kept one by one.
type Rule interface {
	// Validate reports a rule that does not fit pre and post neurons.
	Validate(pre, post int) error
}

// FixedTotalNumber makes N synapses; the source and the target of each are
// drawn uniformly.
type FixedTotalNumber struct {
	N int64 `json:"n"` // number of synapses, >= 0
}

// Validate reports a negative number.
func (r FixedTotalNumber) Validate(_, _ int) error {
	if r.N < 0 {
		return fmt.Errorf("connect: FixedTotalNumber: N is %d, must be >= 0", r.N)
	}
	return nil
}

// FixedInDegree gives every target N synapses, whose sources are drawn
// uniformly.
type FixedInDegree struct {
	N int `json:"n"` // synapses per target, >= 0
}

// Validate reports a negative number.
func (r FixedInDegree) Validate(_, _ int) error {
	if r.N < 0 {
		return fmt.Errorf("connect: FixedInDegree: N is %d, must be >= 0", r.N)
	}
	return nil
}

// AllToAll connects every neuron of pre to every neuron of post.
type AllToAll struct{}

// Validate accepts any populations.
func (AllToAll) Validate(_, _ int) error { return nil }

// OneToOne connects the neurons of two populations of the same size pairwise.
type OneToOne struct{}

// Validate reports populations of different size.
func (OneToOne) Validate(pre, post int) error {
	if pre != post {
		return fmt.Errorf("connect: OneToOne: %d sources and %d targets, must be as many", pre, post)
	}
	return nil
}

// List makes the connections named one by one: from neuron Pre[i] to Post[i],
// counted from 0 within the populations. Weight and Delay (ms) override the
// Synapse's for each connection; nil leaves it to the Synapse.
type List struct {
	Pre    []int32   `json:"pre"`
	Post   []int32   `json:"post"`
	Weight []float64 `json:"weight,omitempty"`
	Delay  []float64 `json:"delay,omitempty"`
}

// Validate reports columns of different length and neurons outside the
// populations.
func (r List) Validate(pre, post int) error {
	n := len(r.Pre)
	if len(r.Post) != n || (r.Weight != nil && len(r.Weight) != n) || (r.Delay != nil && len(r.Delay) != n) {
		return fmt.Errorf("connect: List: columns have %d, %d, %d and %d rows, must be as many (Weight and Delay may be nil)",
			n, len(r.Post), len(r.Weight), len(r.Delay))
	}
	for i := range r.Pre {
		if r.Pre[i] < 0 || int(r.Pre[i]) >= pre {
			return fmt.Errorf("connect: List: row %d: source %d, must be in [0, %d)", i, r.Pre[i], pre)
		}
		if r.Post[i] < 0 || int(r.Post[i]) >= post {
			return fmt.Errorf("connect: List: row %d: target %d, must be in [0, %d)", i, r.Post[i], post)
		}
		if r.Weight != nil {
			if err := finite("List", fmt.Sprintf("weight of row %d", i), r.Weight[i]); err != nil {
				return err
			}
		}
		if r.Delay != nil {
			if err := finite("List", fmt.Sprintf("delay of row %d", i), r.Delay[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// A Synapse is a connection without plasticity, NEST's static_synapse: the
// distributions that the weight (pA; mV for iaf_psc_delta) and the delay (ms) of
// each connection are drawn from. Nil is NEST's default, weight 1 and delay 1 ms.
type Synapse struct {
	Weight Distribution // what a spike adds to its target, pA or mV, finite; nil: 1
	Delay  Distribution // time from the spike to its arrival, ms, rounded to steps of which it must be at least one; nil: 1
}
