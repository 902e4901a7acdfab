package connect

import (
	"fmt"
	"math"
)

// A Specification is what sim.Network.Connect takes in addition to the two
// collections: a Rule, NEST's conn_spec, or a Synapse, its syn_spec.
type Specification interface {
	// Validate reports what makes no sense, or does not fit so many sources and
	// targets.
	Validate(sources, targets int) error
}

// A Rule says which neurons of two collections are connected, as the rules of
// NEST's connection specification of the same names do. Connections of a neuron
// to itself (autapses) and several between the same two (multapses) are allowed
// unless a rule's Forbid says otherwise, as in NEST by default, and each is
// kept. The package doc says how to write a rule. It may have more methods:
//
//   - interface{ Fit(p Pools) error } reports what the rule cannot do with the
//     neurons that it is to connect.
//   - interface{ FitSynapse(weight, delay Distribution) error } reports weights and
//     delays that the rule cannot use.
//   - interface{ Reverse() bool } says whether the rule also makes connections from
//     targets to sources: see Plan.
//   - interface{ SynapseValues() (weights, delays []float64) } gives the weights (pA or
//     mV) and delays (ms) of the connections, in the order of Values; nil leaves them
//     to the Synapse.
type Rule interface {
	// Validate reports a rule that makes no sense or does not fit so many sources
	// and targets.
	Validate(pre, post int) error
	// Size tells how many connections the rule, which is valid, will make.
	Size(pre, post int) Size
	// Wire determines the connections with the plan's random streams. It must give
	// the same ones whenever it is called.
	Wire(p *Plan) error
}

// A Size is what is known of the connections of a rule before they are drawn. It
// serves to estimate memory and to make sums of weights wide enough: it is an error
// if a target gets more than Largest, or all more than 2*Synapses + 1000.
type Size struct {
	Synapses float64 // how many there will be on average, reverse ones included
	Largest  float64 // the most that a target can have, see Likely
	Bytes    float64 // that Wire keeps: 4 per target for Degrees; another 8 per target and 4 per connection for Collect

	Values    int64  // how long a list of values for them must be; -1: there can be none, since their number is random
	ValuesAre string // what it is the number of, such as "one for each pair"
}

// Likely returns a bound on binomial or Poisson numbers with this mean. The
// probability of a larger one is so small that no seed will ever draw it.
func Likely(mean float64) float64 { return mean + float64(10*math.Sqrt(mean)) + 50 }

// MaxDegree is the largest number of connections that a neuron may have from one
// Connect: they are counted in 32 bits, and drawn numbers vary around their mean.
const MaxDegree = math.MaxInt32

// Forbid is what NEST's allow_autapses and allow_multapses turn off. It holds
// for the connections of one Connect.
type Forbid struct {
	Autapses  bool `json:"forbid_autapses,omitempty"`  // connections of a neuron to itself
	Multapses bool `json:"forbid_multapses,omitempty"` // several connections from one neuron to another
}

// without says what a rule leaves out.
func (f Forbid) without() string {
	switch {
	case f.Autapses && f.Multapses:
		return " without autapses and multapses"
	case f.Autapses:
		return " without autapses"
	case f.Multapses:
		return " without multapses"
	}
	return ""
}

// Pools are the neurons that a rule connects. Sources and targets are named by
// their position in the two collections, counted from 0.
type Pools interface {
	Sources() int            // how many there are
	Targets() int            //
	SourceOf(target int) int // at which position a target is also a source; -1: it is none
	TargetOf(source int) int // at which position a source is also a target; -1: it is none
	Shared() int             // how many neurons are both
	Same() bool              // both collections are the same neurons in the same order
}

// CheckRule reports a rule that is nil, is not registered, is not given back
// unchanged by its form on disk, or does not fit the neurons.
func CheckRule(r Rule, p Pools) error {
	if r == nil {
		return fmt.Errorf("no connection rule")
	}
	f, err := rules.of(r)
	if err != nil {
		return err
	}
	if err := r.Validate(p.Sources(), p.Targets()); err != nil {
		return err
	}
	if fit, ok := r.(interface{ Fit(p Pools) error }); ok {
		if err := fit.Fit(p); err != nil {
			return err
		}
	}
	if !f.own {
		return nil
	}
	if s := r.Size(p.Sources(), p.Targets()); !(s.Synapses >= 0 && s.Largest >= 0 && s.Bytes >= 0) || math.IsInf(s.Synapses+s.Largest+s.Bytes, 1) {
		return fmt.Errorf("%v: its Size is %+v, must be numbers >= 0", f.typ, s)
	}
	weights, delays := SynapseValues(r)
	for _, x := range [][]float64{weights, delays} {
		if err := Values(x).Validate(); err != nil {
			return err
		}
	}
	return f.checkForm(r)
}

// CheckRuleSynapse reports weights and delays that a rule cannot use, and lists of
// values that are not as long as the rule says.
func CheckRuleSynapse(r Rule, pre, post int, weight, delay Distribution) error {
	weights, delays := SynapseValues(r)
	for _, x := range []struct {
		name   string
		listed []float64
		d      Distribution
	}{{"weight", weights, weight}, {"delay", delays, delay}} {
		v, ok := x.d.(Values)
		if x.listed != nil {
			v, ok = x.listed, true
		}
		if ok {
			if err := checkValues(r, pre, post, len(v)); err != nil {
				return fmt.Errorf("%s: %w", x.name, err)
			}
		}
	}
	if fit, ok := r.(interface {
		FitSynapse(weight, delay Distribution) error
	}); ok {
		return fit.FitSynapse(weight, delay)
	}
	return nil
}

func checkValues(r Rule, pre, post, n int) error {
	s := r.Size(pre, post)
	if s.Values < 0 {
		return fmt.Errorf("connect: Values: %T makes a random number of connections, for which there is no list of values", r)
	}
	if int64(n) != s.Values {
		return fmt.Errorf("connect: Values: %d values, must be %d (%s)", n, s.Values, s.ValuesAre)
	}
	if n > math.MaxInt32 {
		return fmt.Errorf("connect: Values: %d values, must be at most %d", n, math.MaxInt32)
	}
	return nil
}

// SynapseValues returns the weights and delays that a rule gives; nil where it leaves
// them to the Synapse.
func SynapseValues(r Rule) (weights, delays []float64) {
	if v, ok := r.(interface {
		SynapseValues() (weights, delays []float64)
	}); ok {
		return v.SynapseValues()
	}
	return nil, nil
}

// MakesReverse reports whether a rule makes connections from targets to sources, too.
func MakesReverse(r Rule) bool {
	v, ok := r.(interface{ Reverse() bool })
	return ok && v.Reverse()
}

// validateDegree reports a number n of synapses of each neuron that makes no sense
// with a pool of others.
func validateDegree(rule, of string, n, pool int, forbid Forbid) error {
	if n < 0 {
		return fmt.Errorf("connect: %s: N is %d, must be >= 0", rule, n)
	}
	if forbid.Multapses && n > pool {
		return fmt.Errorf("connect: %s: N is %d without multapses, must be at most %d, the %s", rule, n, pool, of)
	}
	return nil
}

// fitDegree reports a number n of synapses of each of some neurons that a pool cannot
// serve, of which shared are among those neurons.
func fitDegree(rule, of string, n, pool, neurons, shared int, forbid Forbid) error {
	if n > MaxDegree {
		return fmt.Errorf("connect: %s: N is %d, must be at most %d", rule, n, MaxDegree)
	}
	if n == 0 || neurons == 0 {
		return nil
	}
	least := pool
	if forbid.Autapses && shared > 0 {
		least--
	}
	if least == 0 {
		return fmt.Errorf("connect: %s: N is %d with no %s%s, must be 0", rule, n, of, forbid.without())
	}
	if forbid.Multapses && n > least {
		return fmt.Errorf("connect: %s: N is %d with %d %s%s, must be at most %d", rule, n, pool, of, forbid.without(), least)
	}
	return nil
}
