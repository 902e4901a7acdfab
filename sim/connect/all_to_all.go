package connect

import "fmt"

// AllToAll connects every neuron of pre to every neuron of post (all_to_all).
type AllToAll struct {
	Forbid // there are no multapses anyway

	// Symmetric asks for connections that are the same in both directions,
	// NEST's make_symmetric. As in NEST, both collections must be the same, and
	// weight and delay Constant; the connections are then symmetric anyway.
	Symmetric bool `json:"make_symmetric,omitempty"`
}

func init() { rules.builtIn(plain[Rule, AllToAll]("all_to_all")) }

// Validate reports populations of different size that are to be connected
// symmetrically.
func (r AllToAll) Validate(pre, post int) error {
	if r.Symmetric && pre != post {
		return fmt.Errorf("connect: AllToAll: %d sources and %d targets, must be the same neurons to be connected symmetrically", pre, post)
	}
	return nil
}

// Fit reports different neurons that are to be connected symmetrically.
func (r AllToAll) Fit(p Pools) error {
	if r.Symmetric && !p.Same() {
		return fmt.Errorf("connect: AllToAll: make_symmetric needs the same neurons as sources and targets")
	}
	return nil
}

// FitSynapse reports weights or delays that would not be the same in both directions.
func (r AllToAll) FitSynapse(weight, delay Distribution) error {
	_, w := IsConstant(weight)
	if _, d := IsConstant(delay); r.Symmetric && (!w || !d) {
		return fmt.Errorf("connect: AllToAll: make_symmetric needs a Constant as weight and delay")
	}
	return nil
}

// Size returns the number of pairs.
func (r AllToAll) Size(pre, post int) Size {
	return Size{Synapses: float64(pre) * float64(post), Largest: 2 * float64(pre),
		Values: int64(pre) * int64(post), ValuesAre: fmt.Sprintf("%d targets times %d sources", post, pre)}
}

// Wire takes all sources that each target may have.
func (r AllToAll) Wire(p *Plan) error {
	p.Forbid, p.Choose, p.Degree = r.Forbid, ChooseAll, p.Sources()
	if r.Autapses {
		p.Degrees = p.allowed()
	}
	return nil
}
