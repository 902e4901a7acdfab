package connect

import (
	"fmt"

	"cortigo/sim/internal/rng"
)

// FixedTotalNumber makes N synapses (fixed_total_number); the source and the
// target of each are drawn uniformly from all pairs that are allowed, without
// replacement where multapses are forbidden.
type FixedTotalNumber struct {
	N int64 `json:"n"` // number of synapses, >= 0
	Forbid
}

func init() { rules.builtIn(plain[Rule, FixedTotalNumber]("fixed_total_number")) }

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

// Fit reports synapses where no pair is allowed, or fewer pairs than synapses, and
// too many for one target.
func (r FixedTotalNumber) Fit(p Pools) error {
	pairs := int64(p.Sources()) * int64(p.Targets())
	if r.Autapses {
		pairs -= int64(p.Shared())
	}
	switch {
	case r.N == 0:
	case pairs == 0:
		return fmt.Errorf("connect: FixedTotalNumber: %d synapses between %d sources and %d targets%s, must be 0", r.N, p.Sources(), p.Targets(), r.without())
	case r.Multapses && r.N > pairs:
		return fmt.Errorf("connect: FixedTotalNumber: N is %d between %d sources and %d targets%s, must be at most %d", r.N, p.Sources(), p.Targets(), r.without(), pairs)
	case r.N/int64(p.Targets()) >= MaxDegree:
		return fmt.Errorf("connect: FixedTotalNumber: N is %d for %d targets, must be below %d for each", r.N, p.Targets(), MaxDegree)
	}
	return nil
}

// Size returns N.
func (r FixedTotalNumber) Size(_, post int) Size {
	return Size{Synapses: float64(r.N), Largest: Likely(float64(r.N) / max(float64(post), 1)), Bytes: 4 * float64(post),
		Values: r.N, ValuesAre: "the number of connections"}
}

// Wire divides the synapses among the targets: multinomially, or, without multapses,
// hypergeometrically.
func (r FixedTotalNumber) Wire(p *Plan) error {
	p.Forbid = r.Forbid
	p.Degrees = make([]uint32, p.Targets())
	if r.N == 0 {
		return nil
	}
	s := p.host.Stream(rng.SynapseCounts)
	goOn := func() bool { return p.host.Drawn(rng.AskEvery) }
	switch {
	case r.Multapses:
		p.Choose = ChooseDistinct
		rng.MultivariateHypergeometric(&s, r.N, p.allowed(), p.Degrees, goOn)
	case r.Autapses:
		rng.WeightedMultinomial(&s, r.N, p.allowed(), p.Degrees, goOn)
	default:
		rng.Multinomial(&s, r.N, p.Degrees, goOn)
	}
	return nil
}
