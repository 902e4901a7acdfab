package engine

import "cortigo/sim/neuron"

// pairsOrdinal is where the projections begin that stand for no populations.
const pairsOrdinal = 1 << 22

// DrawPairs draws the connections of a projection from a pool of pre nodes to
// one of post nodes, whatever they are, and visits them in order of target, with
// weight and delay in ms. same says that the two pools are one; ordinal tells
// the draws of one network apart.
func DrawPairs(seed uint64, resolution float64, ordinal uint32, pre, post int, same bool, pr Projection, visit func(source, target int, weight, delay float64)) error {
	desc := &Description{Seed: seed, Resolution: resolution, Populations: []Population{
		{Name: "sources", N: pre, Model: neuron.DefaultIafPscDelta()}, {Name: "targets", N: post, Model: neuron.DefaultIafPscDelta()}}}
	to := 1
	if same {
		to = 0
	}
	pr.Pre, pr.Post = []Range{{Population: 0, N: pre}}, []Range{{Population: to, N: post}}
	pr.Ordinal = pairsOrdinal | ordinal
	desc.Projections = []Projection{pr}
	if err := CheckProjection(&desc.Projections[0], resolution); err != nil {
		return err
	}
	e, err := Describe(desc)
	if err != nil {
		return err
	}
	listed, _ := desc.Projections[0].weightValues()
	return e.Connections(Selection{}, func(c Connection) bool {
		weight := c.Weight
		if c.row >= 0 {
			weight = listed[c.row] // as it is, not on a grid
		}
		visit(int(c.Source), int(c.Target), weight, float64(c.Delay)*resolution)
		return true
	})
}

// CountSynapses returns how many connections projection i of a description
// makes.
func CountSynapses(desc *Description, i int) int64 {
	p := newPlan(desc, i)
	n := int64(0)
	for t := range p.post.n {
		n += int64(p.degree(t))
	}
	return n
}

// Describe returns an engine without shards, which can only be asked for its
// Connections.
func Describe(desc *Description) (*Engine, error) { return newEngine(desc, Options{Threads: 1}) }
