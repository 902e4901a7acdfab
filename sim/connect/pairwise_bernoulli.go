package connect

import (
	"fmt"

	"cortigo/sim/internal/rng"
)

// PairwiseBernoulli connects each source to each target with probability P
// (pairwise_bernoulli), never twice.
type PairwiseBernoulli struct {
	P float64 `json:"p"` // probability, in [0, 1]
	Forbid
}

func init() { rules.builtIn(plain[Rule, PairwiseBernoulli]("pairwise_bernoulli")) }

// Validate reports a P that is no probability.
func (r PairwiseBernoulli) Validate(_, _ int) error {
	if !(r.P >= 0 && r.P <= 1) {
		return fmt.Errorf("connect: PairwiseBernoulli: P is %g, must be in [0, 1]", r.P)
	}
	return nil
}

// Size returns P for each pair.
func (r PairwiseBernoulli) Size(pre, post int) Size {
	return Size{Synapses: r.P * float64(pre) * float64(post), Largest: 2 * float64(pre), Bytes: 4 * float64(post), Values: -1}
}

// Wire draws how many of the pairs of each target are connected.
func (r PairwiseBernoulli) Wire(p *Plan) error {
	p.Forbid, p.Choose = r.Forbid, ChooseDistinct
	p.Degrees = make([]uint32, p.Targets())
	for t := range p.Degrees {
		if !p.GoOn(t) {
			return nil
		}
		s := p.host.TargetStream(rng.SynapseCounts, t)
		p.Degrees[t] = uint32(rng.Binomial(&s, int64(p.Allowed(t)), r.P))
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

func init() {
	rules.builtIn(plain[Rule, SymmetricPairwiseBernoulli]("symmetric_pairwise_bernoulli"))
}

// Validate reports a P outside [0, 1).
func (r SymmetricPairwiseBernoulli) Validate(_, _ int) error {
	if !(r.P >= 0 && r.P < 1) {
		return fmt.Errorf("connect: SymmetricPairwiseBernoulli: P is %g, must be in [0, 1)", r.P)
	}
	return nil
}

// Reverse is true.
func (SymmetricPairwiseBernoulli) Reverse() bool { return true }

// Size returns P for each pair, in both directions.
func (r SymmetricPairwiseBernoulli) Size(pre, post int) Size {
	n, all := 2*r.P*float64(pre)*float64(post), float64(pre)+float64(post)
	return Size{Synapses: n, Largest: 2 * all, Bytes: float64(12*all) + float64(4*n), Values: -1}
}

// Wire draws the sources of each target, and connects them both ways.
func (r SymmetricPairwiseBernoulli) Wire(p *Plan) error {
	p.Forbid.Autapses = true
	var subset rng.Subset
	var from []uint32
	return p.Collect(func(add func(source, target int)) {
		for t := range p.Targets() {
			if !p.GoOn(t * 1024) { // a target may take a million draws
				return
			}
			self, n := p.SourceOf(t), p.Allowed(t)
			s := p.host.TargetStream(rng.SynapseCounts, t)
			k := int(rng.Binomial(&s, int64(n), r.P))
			if cap(from) < k {
				from = make([]uint32, p.Sources())
			}
			s = p.host.TargetStream(rng.Subsets, t)
			subset.Draw(&s, uint32(n), from[:k])
			for _, i := range from[:k] {
				source := int(i)
				if self >= 0 && source >= self {
					source++
				}
				add(source, t)
				add(p.Sources()+t, p.Targets()+source)
			}
		}
	})
}
