package kernel

import "slices"

// Refractory knows which neurons of a group are refractory, and until when. Loops
// that count steps for each neuron would read and write 2 bytes of each; these
// look at one bit.
type Refractory struct {
	// Ready has bit k%8 of byte k/8 set where neuron k is not refractory in the step
	// at hand.
	Ready []uint8

	// Neurons wait in lists by the step in which they go on, modulo how many lists
	// there are, a power of 2.
	now  uint32
	end  []uint32 // the step in which neuron k goes on; valid where it is refractory
	next []int32  // the neuron after neuron k in its list; -1: none
	due  []int32  // the first of each list; -1: none
}

// NewRefractory returns what to know of n neurons, none of which is refractory.
func NewRefractory(n int) *Refractory {
	return &Refractory{Ready: slices.Repeat([]uint8{0xff}, (n+7)/8), end: make([]uint32, n), next: make([]int32, n), due: []int32{-1}}
}

// Advance goes on to the next step, in which those go on whose time is over.
func (r *Refractory) Advance() {
	r.now++
	list := &r.due[r.now%uint32(len(r.due))]
	for k := *list; k >= 0; k = r.next[k] {
		r.Ready[k/8] |= 1 << (k % 8)
	}
	*list = -1
}

// Left returns for how many steps neuron k is refractory, that at hand included.
func (r *Refractory) Left(k int) int {
	if moves(r.Ready, k) {
		return 0
	}
	return int(r.end[k] - r.now)
}

// Begin makes neurons that spiked in the step at hand refractory for as many
// steps as come then: one number for all neurons or one for each. Those that were
// refractory begin anew.
func (r *Refractory) Begin(spiked []uint16, steps []uint16) {
	for _, k := range spiked {
		n := steps[0]
		if len(steps) > 1 {
			n = steps[k]
		}
		r.set(int(k), uint32(n)+1)
	}
}

// set has neuron k go on after some steps from the one at hand.
func (r *Refractory) set(k int, after uint32) {
	bits := &r.Ready[k/8]
	if !moves(r.Ready, k) {
		r.unlink(int32(k))
		*bits |= 1 << (k % 8)
	}
	if after <= 1 {
		return
	}
	if after >= uint32(len(r.due)) {
		r.grow(after)
	}
	*bits &^= 1 << (k % 8)
	r.end[k] = r.now + after
	r.link(int32(k))
}

func (r *Refractory) link(k int32) {
	list := &r.due[r.end[k]%uint32(len(r.due))]
	r.next[k], *list = *list, k
}

func (r *Refractory) unlink(k int32) {
	at := &r.due[r.end[k]%uint32(len(r.due))]
	for *at != k {
		at = &r.next[*at]
	}
	*at = r.next[k]
}

// grow makes more lists than a number of steps.
func (r *Refractory) grow(steps uint32) {
	n := len(r.due)
	for uint32(n) <= steps {
		n *= 2
	}
	r.due = slices.Repeat([]int32{-1}, n)
	for k := range r.end {
		if !moves(r.Ready, k) {
			r.link(int32(k))
		}
	}
}

// Save writes how many steps each neuron will be refractory after the one at
// hand.
func (r *Refractory) Save(left []uint16) {
	for k := range left {
		left[k] = uint16(max(0, r.Left(k)-1))
	}
}

// Restore makes neurons refractory for as many steps after the one at hand.
func (r *Refractory) Restore(left []uint16) {
	for k, n := range left {
		r.set(k, uint32(n)+1)
	}
}

// moves reports whether neuron k is not refractory, see Refractory.Ready.
func moves(ready []uint8, k int) bool { return ready[uint(k)/8]>>(uint(k)%8)&1 != 0 }
