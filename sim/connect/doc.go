// Package connect says how collections of neurons are connected: which neurons (a Rule)
// and with which parameters (a Synapse: weights and delays).
//
//	rule.go          what a rule is
//	plan.go          what a rule fills in
//	fixed_total_number.go, fixed_indegree.go, fixed_outdegree.go, pairwise_bernoulli.go,
//	all_to_all.go, one_to_one.go, list.go: the rules
//	synapse.go       a synapse: weights and delays
//	distribution.go  what a distribution is; streams of random numbers
//	constant.go, normal.go, uniform.go, skewed.go: the distributions
//	redraw.go        bounds for all of them
//	expression.go    arithmetic with them
//	from.go          numbers where a distribution is meant
//	registry.go      names and forms on disk
//
// # A distribution of one's own
//
// It is a type with exported fields, which are its parameters and its form on disk (as
// JSON), and three methods:
//
//	// Gamma is the sum of Shape exponential numbers.
//	type Gamma struct {
//		Shape int
//		Scale float64
//	}
//
//	func (d Gamma) Validate() error { ... }          // parameters that make no sense
//	func (d Gamma) Bounds() (lo, hi float64) { ... } // between them are all but 2^-33 of the draws, on either side
//	func (d Gamma) Sample(s *connect.Stream) (float64, error) {
//		x := 0.0
//		for range d.Shape {
//			y, _ := connect.Exponential{Beta: d.Scale}.Sample(s)
//			x += y
//		}
//		return x, nil
//	}
//
// A program registers it, under its name in files, before it connects or opens a
// network:
//
//	err := connect.RegisterDistribution[Gamma]("gamma")
//
// It can then be used wherever the others can: weights, delays and parameters, Within
// and Add, files. All its random numbers must come from the stream. If it has a CDF,
// weights and delays are drawn from a table, which is faster and, for weights, exact on
// a grid of at least 64 points to its Spread; see Distribution for what else it may
// have.
//
// # A rule of one's own
//
// A rule is a type of the same form. Size tells in advance how many connections there
// will be, and Wire fills in a Plan: for each target how many synapses it has, and how
// their sources are chosen.
//
//	// Near connects each target to the N sources that begin at its own position.
//	type Near struct{ N int }
//
//	func (r Near) Validate(pre, post int) error { ... } // such as N above pre
//	func (r Near) Size(pre, post int) connect.Size {
//		return connect.Size{Synapses: float64(r.N * post), Largest: float64(r.N), Values: -1}
//	}
//	func (r Near) Wire(p *connect.Plan) error {
//		p.Degree = r.N
//		p.Draw = func(target int, s *connect.Stream, sources []uint32) {
//			for k := range sources {
//				sources[k] = uint32((target + k) % p.Sources())
//			}
//		}
//		return nil
//	}
//
//	err := connect.RegisterRule[Near]("near")
//
// Where that is not enough, Plan.Collect takes connections one by one, in any order. The
// plan's streams depend on the seed, the projection and the neuron: their numbers are
// the same for any number of threads and shards, and no other rule, weight or delay uses
// them.
package connect
