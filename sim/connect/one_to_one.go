package connect

import "fmt"

// OneToOne connects the neurons of two collections of the same size pairwise
// (one_to_one).
type OneToOne struct {
	Forbid // there are no multapses anyway

	// Symmetric makes the reverse connections too, NEST's make_symmetric, with
	// the same weights and delays.
	Symmetric bool `json:"make_symmetric,omitempty"`
}

func init() { rules.builtIn(plain[Rule, OneToOne]("one_to_one")) }

// Validate reports collections of different size.
func (OneToOne) Validate(pre, post int) error {
	if pre != post {
		return fmt.Errorf("connect: OneToOne: %d sources and %d targets, must be as many", pre, post)
	}
	return nil
}

// Reverse returns Symmetric.
func (r OneToOne) Reverse() bool { return r.Symmetric }

// Size returns the number of pairs.
func (r OneToOne) Size(_, post int) Size {
	s := Size{Synapses: float64(post), Largest: 2, Values: int64(post), ValuesAre: "one for each pair"}
	if r.Symmetric {
		s.Synapses *= 2
	}
	return s
}

// Wire takes the source at each target's position.
func (r OneToOne) Wire(p *Plan) error {
	p.Forbid, p.Choose, p.Degree = r.Forbid, ChooseSame, 1
	if !r.Autapses {
		return nil
	}
	p.Degrees = make([]uint32, p.Targets())
	for t := range p.Degrees {
		if p.SourceOf(t) != t {
			p.Degrees[t] = 1
		}
	}
	if r.Symmetric {
		p.Degrees = append(p.Degrees, p.Degrees...)
	}
	return nil
}
