package connect

import (
	"fmt"

	"cortigo/sim/internal/rng"
)

// FixedOutDegree gives every source N synapses (fixed_outdegree), whose targets
// are drawn uniformly, without replacement where multapses are forbidden.
type FixedOutDegree struct {
	N int `json:"n"` // synapses per source, >= 0
	Forbid
}

func init() { rules.builtIn(plain[Rule, FixedOutDegree]("fixed_outdegree")) }

// Validate reports a negative number, and more synapses than targets where
// multapses are forbidden.
func (r FixedOutDegree) Validate(_, post int) error {
	return validateDegree("FixedOutDegree", "targets", r.N, post, r.Forbid)
}

// Fit reports more synapses than a source, or a target, can have.
func (r FixedOutDegree) Fit(p Pools) error {
	if int64(r.N) > MaxDegree*int64(p.Targets())/int64(max(1, p.Sources())) {
		return fmt.Errorf("connect: FixedOutDegree: N is %d from %d sources onto %d targets, must be below %d for each target", r.N, p.Sources(), p.Targets(), MaxDegree)
	}
	return fitDegree("FixedOutDegree", "targets", r.N, p.Targets(), p.Sources(), p.Shared(), r.Forbid)
}

// Size returns N for each source.
func (r FixedOutDegree) Size(pre, post int) Size {
	n := float64(r.N) * float64(pre)
	return Size{Synapses: n, Largest: Likely(n / max(float64(post), 1)), Bytes: float64(12*float64(post)) + float64(4*n),
		Values: int64(pre) * int64(r.N), ValuesAre: fmt.Sprintf("%d sources times an out-degree of %d", pre, r.N)}
}

// Wire draws the targets of each source.
func (r FixedOutDegree) Wire(p *Plan) error {
	p.Forbid = r.Forbid
	var subset rng.Subset
	target := make([]uint32, r.N)
	return p.Collect(func(add func(source, target int)) {
		for source := range p.Sources() {
			if !p.GoOn(source * 1024) {
				return
			}
			self, post := -1, p.Targets()
			if r.Autapses {
				if self = p.TargetOf(source); self >= 0 {
					post--
				}
			}
			if r.Multapses {
				s := p.host.SourceStream(rng.Subsets, source)
				subset.Draw(&s, uint32(post), target)
			} else {
				s := p.host.SourceStream(rng.OutSynapses, source)
				for k := range target {
					target[k] = s.Below(uint32(post))
				}
			}
			for _, t := range target {
				if self >= 0 && int(t) >= self {
					t++
				}
				add(source, int(t))
			}
		}
	})
}
