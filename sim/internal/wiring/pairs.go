package wiring

import (
	"cortigo/sim/internal/network"
	"cortigo/sim/neuron"
)

// pairsOrdinal is where the projections begin that stand for no populations.
const pairsOrdinal = 1 << 22

// Pairs are two pools of nodes, whatever they are, between which a rule is to
// draw connections.
type Pairs struct {
	Pre, Post int // number of nodes
	// Shared says which node of Post is which of Pre, by their places; -1 where
	// it is none; nil: the pools have no node in common.
	Shared []int
}

// DrawPairs draws the connections of a projection between two pools and visits
// them in order of target, with weight and delay in ms. The nodes are named by
// their places, those of reverse connections after the others: see
// Projection.Sources. ordinal tells the draws of one network apart.
func DrawPairs(seed uint64, resolution float64, ordinal uint32, of Pairs, pr network.Projection, visit func(source, target int, weight, delay float64)) error {
	desc := &network.Description{Seed: seed, Resolution: resolution, FirstIndex: pairsOrdinal | ordinal}
	desc.Populations = []network.Population{{Name: "sources", N: of.Pre, Model: neuron.DefaultIafPscDelta()}, {Name: "targets", N: of.Post, Model: neuron.DefaultIafPscDelta()}}
	pr.Pre, pr.Post = []network.Range{{Population: 0, N: of.Pre}}, of.targets()
	pr.Ordinal = pairsOrdinal | ordinal
	desc.Projections = []network.Projection{pr}
	if err := network.CheckProjection(&desc.Projections[0], resolution); err != nil {
		return err
	}
	q, err := NewQuery(desc, nil)
	if err != nil {
		return err
	}
	listed, _ := desc.Projections[0].WeightValues()
	return q.Connections(Selection{}, func(c Connection) bool {
		weight := c.Weight
		if c.row >= 0 {
			weight = listed[c.row] // as it is, not on a grid
		}
		visit(int(c.Source), int(c.Target), weight, float64(c.Delay)*resolution)
		return true
	})
}

// targets returns the pool of targets: those that are sources too are of the
// sources' population 0, the others of population 1.
func (of *Pairs) targets() []network.Range {
	if of.Shared == nil {
		return []network.Range{{Population: 1, N: of.Post}}
	}
	var parts []network.Range
	for i, s := range of.Shared {
		r := network.Range{Population: 0, From: s, N: 1}
		if s < 0 {
			r = network.Range{Population: 1, From: i, N: 1}
		}
		if k := len(parts) - 1; k >= 0 && parts[k].Population == r.Population && parts[k].From+parts[k].N == r.From {
			parts[k].N++
			continue
		}
		parts = append(parts, r)
	}
	return parts
}
