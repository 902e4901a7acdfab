package connect

import "fmt"

// FixedInDegree gives every target N synapses (fixed_indegree), whose sources
// are drawn uniformly, without replacement where multapses are forbidden.
type FixedInDegree struct {
	N int `json:"n"` // synapses per target, >= 0
	Forbid
}

func init() { rules.builtIn(plain[Rule, FixedInDegree]("fixed_indegree")) }

// Validate reports a negative number, and more synapses than sources where
// multapses are forbidden.
func (r FixedInDegree) Validate(pre, _ int) error {
	return validateDegree("FixedInDegree", "sources", r.N, pre, r.Forbid)
}

// Fit reports more synapses than a target can have.
func (r FixedInDegree) Fit(p Pools) error {
	return fitDegree("FixedInDegree", "sources", r.N, p.Sources(), p.Targets(), p.Shared(), r.Forbid)
}

// Size returns N for each target.
func (r FixedInDegree) Size(_, post int) Size {
	return Size{Synapses: float64(r.N) * float64(post), Largest: float64(r.N),
		Values: int64(post) * int64(r.N), ValuesAre: fmt.Sprintf("%d targets times an in-degree of %d", post, r.N)}
}

// Wire leaves all to be drawn with the synapses of each target.
func (r FixedInDegree) Wire(p *Plan) error {
	p.Forbid, p.Degree = r.Forbid, r.N
	if r.Multapses {
		p.Choose = ChooseDistinct
	}
	return nil
}
