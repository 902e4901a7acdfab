package connect

import "fmt"

// A Rule says which neurons of two collections are connected, as the rules of
// NEST's connection specification of the same names do. Connections of a neuron
// to itself (autapses) and several between the same two (multapses) are allowed
// unless a rule's Forbid says otherwise, as in NEST by default, and kept one by
// one.
type Rule interface {
	// Validate reports a rule that does not fit pre and post neurons.
	Validate(pre, post int) error
}

// Forbid is what NEST's allow_autapses and allow_multapses turn off. It holds
// for the connections of one Connect.
type Forbid struct {
	Autapses  bool `json:"forbid_autapses,omitempty"`  // connections of a neuron to itself
	Multapses bool `json:"forbid_multapses,omitempty"` // several connections from one neuron to another
}

// FixedTotalNumber makes N synapses (fixed_total_number); the source and the
// target of each are drawn uniformly from all pairs that are allowed, without
// replacement where multapses are forbidden.
type FixedTotalNumber struct {
	N int64 `json:"n"` // number of synapses, >= 0
	Forbid
}

// Validate reports a negative number, and more synapses than pairs where
// multapses are forbidden.
func (r FixedTotalNumber) Validate(pre, post int) error {
	if r.N < 0 {
		return fmt.Errorf("connect: FixedTotalNumber: N is %d, must be >= 0", r.N)
	}
	if pairs := int64(pre) * int64(post); r.Multapses && r.N > pairs {
		return fmt.Errorf("connect: FixedTotalNumber: N is %d without multapses, must be at most %d, the pairs of %d sources and %d targets", r.N, pairs, pre, post)
	}
	return nil
}

// FixedInDegree gives every target N synapses (fixed_indegree), whose sources
// are drawn uniformly, without replacement where multapses are forbidden.
type FixedInDegree struct {
	N int `json:"n"` // synapses per target, >= 0
	Forbid
}

// Validate reports a negative number, and more synapses than sources where
// multapses are forbidden.
func (r FixedInDegree) Validate(pre, _ int) error {
	return validateDegree("FixedInDegree", "sources", r.N, pre, r.Forbid)
}

// FixedOutDegree gives every source N synapses (fixed_outdegree), whose targets
// are drawn uniformly, without replacement where multapses are forbidden.
type FixedOutDegree struct {
	N int `json:"n"` // synapses per source, >= 0
	Forbid
}

// Validate reports a negative number, and more synapses than targets where
// multapses are forbidden.
func (r FixedOutDegree) Validate(_, post int) error {
	return validateDegree("FixedOutDegree", "targets", r.N, post, r.Forbid)
}

func validateDegree(rule, of string, n, pool int, forbid Forbid) error {
	if n < 0 {
		return fmt.Errorf("connect: %s: N is %d, must be >= 0", rule, n)
	}
	if forbid.Multapses && n > pool {
		return fmt.Errorf("connect: %s: N is %d without multapses, must be at most %d, the %s", rule, n, pool, of)
	}
	return nil
}

// PairwiseBernoulli connects each source to each target with probability P
// (pairwise_bernoulli), never twice.
type PairwiseBernoulli struct {
	P float64 `json:"p"` // probability, in [0, 1]
	Forbid
}

// Validate reports a P that is no probability.
func (r PairwiseBernoulli) Validate(_, _ int) error {
	if !(r.P >= 0 && r.P <= 1) {
		return fmt.Errorf("connect: PairwiseBernoulli: P is %g, must be in [0, 1]", r.P)
	}
	return nil
}

// SymmetricPairwiseBernoulli considers each source and each target once and, if
// they are two neurons, connects them with probability P in both directions
// (symmetric_pairwise_bernoulli, whose switches have only one setting:
// make_symmetric, multapses allowed, no autapses). Weights and delays of the two
// directions are drawn one by one. Within one collection every two neurons are
// considered twice, once with either as the source, so that there may be two
// connections in each direction, 2*P on the average.
type SymmetricPairwiseBernoulli struct {
	P float64 `json:"p"` // probability, in [0, 1)
}

// Validate reports a P outside [0, 1).
func (r SymmetricPairwiseBernoulli) Validate(_, _ int) error {
	if !(r.P >= 0 && r.P < 1) {
		return fmt.Errorf("connect: SymmetricPairwiseBernoulli: P is %g, must be in [0, 1)", r.P)
	}
	return nil
}

// AllToAll connects every neuron of pre to every neuron of post (all_to_all).
type AllToAll struct {
	Forbid // there are no multapses anyway

	// Symmetric asks for connections that are the same in both directions,
	// NEST's make_symmetric. As there, both collections must be the same, weight
	// and delay Constant; the connections are then symmetric as they are.
	Symmetric bool `json:"make_symmetric,omitempty"`
}

// Validate reports populations of different size that are to be connected
// symmetrically.
func (r AllToAll) Validate(pre, post int) error {
	if r.Symmetric && pre != post {
		return fmt.Errorf("connect: AllToAll: %d sources and %d targets, must be the same neurons to be connected symmetrically", pre, post)
	}
	return nil
}

// OneToOne connects the neurons of two collections of the same size pairwise
// (one_to_one).
type OneToOne struct {
	Forbid // there are no multapses anyway

	// Symmetric makes the reverse connections too, NEST's make_symmetric, with
	// the same weights and delays.
	Symmetric bool `json:"make_symmetric,omitempty"`
}

// Validate reports collections of different size.
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
	Model  string       `json:"model" nest:"synapse_model" default:"static_synapse" help:"name of a model that has the defaults of what is nil below" allowed:"static_synapse or one of CopyModel; none: static_synapse"`
	Weight Distribution `json:"weight" unit:"pA or mV" default:"1" help:"what a spike adds to its target" allowed:"finite; nil: 1"`
	Delay  Distribution `json:"delay" unit:"ms" default:"1" help:"time from the spike to its arrival" allowed:"> 0; rounded to steps of which it must be at least one, nil: 1"`
}

// ModelName returns "static_synapse", whose parameters these are.
func (Synapse) ModelName() string { return "static_synapse" }

// Static returns a Synapse with one weight (pA; mV for iaf_psc_delta) and one
// delay (ms) for all connections.
func Static(weight, delay float64) Synapse {
	return Synapse{Weight: Constant(weight), Delay: Constant(delay)}
}
