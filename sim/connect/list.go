package connect

import (
	"fmt"
	"math"
	"slices"
)

// List makes connections that are listed one by one: from neuron Pre[i] to Post[i],
// counted from 0 within the populations. Weight and Delay (ms) override the
// Synapse's for each connection; nil leaves it to the Synapse.
type List struct {
	Pre    []int32   `json:"pre"`
	Post   []int32   `json:"post"`
	Weight []float64 `json:"weight,omitempty"`
	Delay  []float64 `json:"delay,omitempty"`
}

func init() {
	f := plain[Rule, List]("list")
	f.copy = func(r Rule) (Rule, error) {
		l := r.(List)
		return List{slices.Clone(l.Pre), slices.Clone(l.Post), slices.Clone(l.Weight), slices.Clone(l.Delay)}, nil
	}
	rules.builtIn(f)
}

// Validate reports columns of different length and neurons outside the
// populations.
func (r List) Validate(pre, post int) error {
	n := len(r.Pre)
	if len(r.Post) != n || (r.Weight != nil && len(r.Weight) != n) || (r.Delay != nil && len(r.Delay) != n) {
		return fmt.Errorf("connect: List: columns have %d, %d, %d and %d rows, must be as many (Weight and Delay may be nil)",
			n, len(r.Post), len(r.Weight), len(r.Delay))
	}
	wrong := func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) }
	for i := range r.Pre {
		switch {
		case r.Pre[i] < 0 || int(r.Pre[i]) >= pre:
			return fmt.Errorf("connect: List: row %d: source %d, must be in [0, %d)", i, r.Pre[i], pre)
		case r.Post[i] < 0 || int(r.Post[i]) >= post:
			return fmt.Errorf("connect: List: row %d: target %d, must be in [0, %d)", i, r.Post[i], post)
		case r.Weight != nil && wrong(r.Weight[i]):
			return finite("List", fmt.Sprintf("weight of row %d", i), r.Weight[i])
		case r.Delay != nil && wrong(r.Delay[i]):
			return finite("List", fmt.Sprintf("delay of row %d", i), r.Delay[i])
		}
	}
	return nil
}

// SynapseValues returns Weight and Delay.
func (r List) SynapseValues() (weights, delays []float64) { return r.Weight, r.Delay }

// Size counts the rows.
func (r List) Size(_, post int) Size {
	most, count := 0, make([]int, post)
	for _, t := range r.Post {
		count[t]++
		most = max(most, count[t])
	}
	n := float64(len(r.Pre))
	return Size{Synapses: n, Largest: float64(most), Bytes: float64(12*float64(post)) + float64(8*n), Values: int64(len(r.Pre)), ValuesAre: "the rows of the list"}
}

// Wire takes over the rows.
func (r List) Wire(p *Plan) error {
	return p.Collect(func(add func(source, target int)) {
		for i, t := range r.Post {
			add(int(r.Pre[i]), int(t))
		}
	})
}
