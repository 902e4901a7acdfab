package engine

import (
	"slices"

	"cortigo/sim/device"
)

// combineInputs puts inputs together that would each cost a call in every step,
// as when every neuron has a generator of its own. What is added to an element
// stays in the order in which devices were attached, and so every sum the same to
// the bit: an input joins an earlier one only if none in between adds to its
// elements.
func (b *block) combineInputs() {
	if len(b.inputs) < 2 {
		return
	}
	var out []blockInput
	last := make([]int, b.N) // by element, the last of out that adds to it
	open := map[any][]int{}  // by class, those of out that others may join
	for _, in := range b.inputs {
		after := slices.Max(last[in.from:in.to])
		at := len(out)
		if class := classOf(in); class != nil {
			of := open[class]
			if i, _ := slices.BinarySearch(of, after); i < len(of) {
				at = of[i]
				to := &out[at]
				to.Input = to.Input.(device.Joiner).Join(in.Input)
				to.from, to.to = min(to.from, in.from), max(to.to, in.to)
			} else {
				open[class] = append(of, at)
			}
		}
		if at == len(out) {
			out = append(out, in)
		}
		for k := in.from; k < in.to; k++ {
			last[k] = at
		}
	}
	b.inputs = out
}

// classOf returns the class of an input that may be joined with others; nil of
// one that may not.
func classOf(in blockInput) any {
	if j, ok := in.Input.(device.Joiner); ok {
		return j.Class()
	}
	return nil
}

// onlyCounter returns the input that is all there is of a block's float input, of
// whole numbers of spikes of one weight, so that these can go to the neurons
// without a way through the inbox; nil if there is none such.
func (b *block) onlyCounter() (device.Counter, float64) {
	if len(b.inputs) != 1 || b.Grid.Wide || !b.takesCounts() {
		return nil, 0
	}
	in := b.inputs[0]
	c, ok := in.Input.(device.Counter)
	if !ok || in.from != 0 || in.to != b.N {
		return nil, 0
	}
	w, ok := c.OneWeight()
	if !ok || !b.Merged && !(w > 0) { // they go to the first port
		return nil, 0
	}
	return c, w
}
