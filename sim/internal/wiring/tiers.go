package wiring

import (
	"fmt"
	"math"

	"cortigo/sim/internal/network"
)

// One sum exact to 2^-40 of the largest weight is all that most populations
// need. Where one synapse of 1e14 pA stands beside others of 5, or where weights
// are drawn from a lognormal distribution of large sigma, the small ones would be
// lost on it, so a neuron has several sums, each on a grid 2^-tierBits as coarse
// as the one before: a weight goes to the finest that holds it in 41 bits, and so
// is met to 2^-30 of itself.
const tierBits = 12

// TierQuantum returns the quantum of a tier, 0 the coarsest.
func (g Grid) TierQuantum(tier int) float64 {
	if tier <= 0 {
		return g.Quantum
	}
	return math.Ldexp(g.Quantum, -tierBits*tier)
}

// TierCount returns how many sums a neuron has.
func (g Grid) TierCount() int { return max(1, g.Tiers) }

// Place returns a weight in quanta of the tier that it goes to.
func (g Grid) Place(x float64) (quanta int64, tier uint8) {
	t := 0
	for t < g.Tiers-1 && math.Abs(x) <= math.Ldexp(g.TierQuantum(t+1), 41) {
		t++
	}
	return int64(math.Round(x / g.TierQuantum(t))), uint8(t)
}

// Several sums are needed where the grid of one is coarser than coarse of some
// weights and than coarsePotential of what a neuron's potential shows; the finest
// of them is as fine as fine of these weights, or finePotential of that.
const (
	coarse          = 0x1p-21
	coarsePotential = 0x1p-36
	fine            = 0x1p-30
	finePotential   = 0x1p-50
)

// tiers returns how many sums the neurons of a wide grid need, 0 for one; unit is
// what Noticeable says of them.
func tiers(w weightsOf, g Grid, unit float64) (int, error) {
	if math.IsInf(w.least, 1) || g.Quantum <= coarse*w.least || g.Quantum <= coarsePotential*unit {
		return 0, nil
	}
	need := math.Max(fine*w.least, finePotential*unit)
	n := 1
	for q := g.Quantum; q > need && n <= network.MaxTiers; n++ {
		q = math.Ldexp(q, -tierBits)
	}
	if n > network.MaxTiers {
		return 0, fmt.Errorf("weights onto it reach from %g to %g, too far apart to be exact beside one another: their ratio must be at most %.0e, or they must go onto populations of their own",
			w.least, w.largest(), math.Ldexp(1, 40-30+tierBits*(network.MaxTiers-1)))
	}
	if n == 1 {
		return 0, nil
	}
	return n, nil
}

// matters notes a scale on which weights must be met.
func (w *weightsOf) matters(x float64) {
	if x > negligible {
		w.least = math.Min(w.least, x)
	}
}
