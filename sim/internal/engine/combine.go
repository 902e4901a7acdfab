package engine

import "slices"

// combineInputs puts inputs together that would each cost a call in every step,
// as when every neuron has a generator of its own: all spike generators of the
// block, and the small ones of its Poisson generators that are active at the same
// time over the same delay. What is added to an element stays in the order in
// which devices were attached, and so every sum the same to the bit: an input
// joins an earlier one only if none in between adds to its elements.
func (b *block) combineInputs() {
	if len(b.inputs) < 2 {
		return
	}
	var out []input
	last := make([]int, b.n) // by element, the last of out that adds to it
	joins := func(in input, i int) bool {
		from, to := in.span()
		return slices.Max(last[from:to]) <= i
	}
	events := -1
	sets := map[poissonClass]int{}
	for _, in := range b.inputs {
		at := len(out)
		if e, ok := in.(*eventInput); ok {
			if events >= 0 && joins(in, events) {
				at = events
				out[at].(*eventInput).join(e)
			} else {
				events = at
			}
		} else if class, ok := classOf(in); ok {
			if i, found := sets[class]; found && joins(in, i) {
				at = i
				set, ok := out[at].(*poissonSet)
				if !ok {
					set = newPoissonSet(class)
					set.join(b, out[at])
					out[at] = set
				}
				set.join(b, in)
			} else {
				sets[class] = at
			}
		}
		if at == len(out) {
			out = append(out, in)
		}
		from, to := in.span()
		for k := from; k < to; k++ {
			last[k] = at
		}
	}
	for _, in := range out {
		if e, ok := in.(*eventInput); ok {
			e.seek(0)
		}
	}
	b.inputs = out
}
