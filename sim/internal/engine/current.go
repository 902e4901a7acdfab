package engine

import (
	"cmp"
	"math"
	"slices"

	"cortigo/sim/device"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/param"
	"cortigo/sim/neuron"
)

// currentDrive adds up the currents that generators give, and tells the group at
// the steps at which something changes.
type currentDrive struct {
	inputs  []currentInput
	own     []device.Current // of each element its own
	sum     []float64        // what inputs add up to, pA: of all, or of each
	all     []float64        // the same with own
	changes []int64          // steps at which that changes; ascending once sorted
	sorted  bool
	next    int   // the first change to come
	ownAt   int64 // the first change of own to come
}

// A currentInput is a piecewise constant current into elements from..to-1 of a
// block.
type currentInput struct {
	from, to int
	pieces   []device.Piece // in order, not overlapping
	delay    []int64        // one, or one for each element
	weight   []float64      // the same

	// What at said last holds in (since, until].
	since, until int64
	held         float64
}

const never = clock.Never

func (c *currentDrive) add(in currentInput) {
	c.inputs = append(c.inputs, in)
	seen := map[int64]bool{}
	for _, d := range in.delay {
		if seen[d] {
			continue
		}
		seen[d] = true
		for _, p := range in.pieces {
			c.changes = append(c.changes, p.Begin+d+1, min(p.End+d+1, never))
		}
	}
	c.sorted = false
}

// seek makes drive valid for the step after step, and the following ones until
// the next change.
func (b *block) seek(step int64) {
	c := &b.current
	if _, ok := b.group.(neuron.CurrentTaker); !ok {
		c.ownAt = never
		return
	}
	if !c.sorted {
		slices.Sort(c.changes)
		c.changes = slices.Compact(c.changes)
		c.sorted = true
	}
	c.next = 0
	b.setDrive(step+1, true)
}

// updateDrive brings drive up to date for step.
func (b *block) updateDrive(step int64) {
	c := &b.current
	changed := c.next < len(c.changes) && c.changes[c.next] <= step
	if changed || step >= c.ownAt {
		b.setDrive(step, changed)
	}
}

// setDrive makes drive valid for step and notes when it changes next; changed
// says whether the common currents may have.
func (b *block) setDrive(step int64, changed bool) {
	c := &b.current
	if changed {
		for c.next < len(c.changes) && c.changes[c.next] <= step {
			c.next++
		}
		c.addUp(step, b.N)
	}
	c.ownAt = never
	if len(c.own) == 0 {
		b.group.(neuron.CurrentTaker).SetCurrent(c.sum)
		return
	}
	if len(c.all) != b.N {
		c.all = make([]float64, b.N)
	}
	for k := range c.all {
		c.all[k] = param.Element(c.sum, k)
	}
	for _, in := range c.own {
		c.ownAt = min(c.ownAt, in.Add(c.all, step))
	}
	b.group.(neuron.CurrentTaker).SetCurrent(c.all)
}

// addUp sets sum to what the common currents give in step.
func (c *currentDrive) addUp(step int64, elements int) {
	uniform := true
	for i := range c.inputs {
		in := &c.inputs[i]
		uniform = uniform && in.from == 0 && in.to == elements && len(in.delay) == 1 && len(in.weight) == 1
	}
	n := 1
	if !uniform {
		n = elements
	}
	if len(c.sum) != n {
		c.sum = make([]float64, n)
	}
	clear(c.sum)
	for i := range c.inputs {
		in := &c.inputs[i]
		if uniform {
			c.sum[0] += float64(in.weight[0] * in.at(step-in.delay[0]))
			continue
		}
		if len(in.delay) == 1 {
			x := in.at(step - in.delay[0])
			for k := in.from; k < in.to; k++ {
				c.sum[k] += float64(param.Element(in.weight, k-in.from) * x)
			}
			continue
		}
		for k := in.from; k < in.to; k++ {
			c.sum[k] += float64(param.Element(in.weight, k-in.from) * in.at(step-in.delay[k-in.from]))
		}
	}
}

// at returns the current in a step before the delay.
func (in *currentInput) at(step int64) float64 {
	if step > in.since && step <= in.until {
		return in.held
	}
	i, _ := slices.BinarySearchFunc(in.pieces, step, func(p device.Piece, step int64) int { return cmp.Compare(p.End, step) })
	in.since, in.until, in.held = math.MinInt64, never, 0
	if i > 0 {
		in.since = in.pieces[i-1].End
	}
	if i < len(in.pieces) {
		if p := in.pieces[i]; step > p.Begin {
			in.since, in.until, in.held = p.Begin, p.End, p.Value
		} else {
			in.until = p.Begin
		}
	}
	return in.held
}
