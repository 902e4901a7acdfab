package engine

import "slices"

// combineInputs puts inputs together that would each cost a call in every step,
// as when every neuron has a generator of its own: the spike generators of the
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
	var events []int         // those of out that take spike generators
	sets := map[poissonClass][]int{}
	for _, in := range b.inputs {
		from, to := in.span()
		behind := slices.Max(last[from:to])
		// open returns which of out takes the input; the next that will be there
		// if none does.
		open := func(of []int) int {
			if i, _ := slices.BinarySearch(of, behind); i < len(of) {
				return of[i]
			}
			return len(out)
		}
		at := len(out)
		if e, ok := in.(*eventInput); ok {
			if at = open(events); at < len(out) {
				out[at].(*eventInput).join(e)
			} else {
				events = append(events, at)
			}
		} else if class, ok := classOf(in); ok {
			if at = open(sets[class]); at < len(out) {
				set, ok := out[at].(*poissonSet)
				if !ok {
					set = newPoissonSet(class)
					set.join(&b.in, out[at])
					out[at] = set
				}
				set.join(&b.in, in)
			} else {
				sets[class] = append(sets[class], at)
			}
		}
		if at == len(out) {
			out = append(out, in)
		}
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
