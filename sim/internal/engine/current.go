package engine

import (
	"cmp"
	"math"
	"slices"

	"cortigo/sim/device"
	"cortigo/sim/internal/clock"
)

// currentDrive turns the currents into the V they add in a step, at the steps
// at which something changes.
type currentDrive struct {
	perPA   []float64 // mV a step for 1 pA; one, or one for each element
	ie      []float64 // pA; the same
	inputs  []currentInput
	noise   []*noiseInput
	sum     []float64 // what inputs add up to, pA: of all, or of each
	changes []int64   // steps at which that changes; ascending once sorted
	sorted  bool
	next    int   // the first change to come
	noiseAt int64 // the first change of noise to come
}

// A currentInput is a piecewise constant current into elements from..to-1 of a
// block: value[i] applies in the steps (from[i], to[i]].
type currentInput struct {
	from, to int
	pieces   []currentPiece // in order, not overlapping
	delay    []int64        // one, or one for each element
	weight   []float64      // the same

	// What at said last holds in (since, until].
	since, until int64
	held         float64
}

type currentPiece struct {
	begin, end int64 // drives in (begin, end] before the delay
	value      float64
}

const never = clock.Never

// currentPieces returns the pieces of a current device.
func currentPieces(d device.Device, clock clock.Clock) ([]currentPiece, error) {
	first, end, err := currentWindow(d, clock)
	if err != nil {
		return nil, err
	}
	switch d := d.(type) {
	case device.DC:
		return []currentPiece{{first, end, d.Amplitude}}, nil
	case device.StepCurrent:
		times, err := clock.ChangeSteps("amplitude_times", d.Times, d.AllowOffgridTimes)
		if err != nil {
			return nil, err
		}
		var pieces []currentPiece
		for i, t := range times {
			stop := int64(never)
			if i+1 < len(times) {
				stop = times[i+1]
			}
			p := currentPiece{max(t, first), min(stop, end), d.Values[i]}
			if p.begin < p.end {
				pieces = append(pieces, p)
			}
		}
		return pieces, nil
	}
	return nil, nil
}

// currentWindow returns the steps (first, end] in which a current device drives
// V, before the delay. The generator's first step is lost at the very begin of a
// simulation, as in NEST.
func currentWindow(d device.Device, clock clock.Clock) (first, end int64, err error) {
	first, end, _, err = activeSteps(d, clock)
	return max(first, 1), end, err
}

// activeSteps returns the steps between which a device is active: (begin, end].
func activeSteps(d device.Device, clock clock.Clock) (begin, end, origin int64, err error) {
	var a device.Active
	switch d := d.(type) {
	case device.DC:
		a = d.Active
	case device.StepCurrent:
		a = d.Active
	case device.Noise:
		a = d.Active
	case device.Poisson:
		a = d.Active
	case device.InhomogeneousPoisson:
		a = d.Active
	case device.SpikeGenerator:
		a = d.Active
	}
	return a.Steps(clock)
}

func (c *currentDrive) add(in currentInput) {
	c.inputs = append(c.inputs, in)
	seen := map[int64]bool{}
	for _, d := range in.delay {
		if seen[d] {
			continue
		}
		seen[d] = true
		for _, p := range in.pieces {
			c.changes = append(c.changes, p.begin+d+1, min(p.end+d+1, never))
		}
	}
	c.sorted = false
}

// seek makes drive valid for the step after step, and the following ones until
// the next change.
func (b *block) seek(step int64) {
	c := &b.current
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
	if changed || step >= c.noiseAt {
		b.setDrive(step, changed)
	}
}

// setDrive makes drive valid for step and notes when it changes next; changed
// says whether the currents without noise may have.
func (b *block) setDrive(step int64, changed bool) {
	c := &b.current
	if changed {
		for c.next < len(c.changes) && c.changes[c.next] <= step {
			c.next++
		}
		c.addUp(step, b.n)
	}
	n := max(len(c.sum), len(c.perPA), len(c.ie))
	if len(c.noise) > 0 {
		n = b.n
	}
	if len(b.drive) != n {
		b.drive = make([]float64, n)
	}
	for k := range b.drive {
		b.drive[k] = element(c.sum, k)
	}
	c.noiseAt = never
	for _, in := range c.noise {
		c.noiseAt = min(c.noiseAt, in.add(b.drive, step))
	}
	for k := range b.drive {
		b.drive[k] = element(c.perPA, k) * (element(c.ie, k) + b.drive[k])
	}
}

// addUp sets sum to what the currents without noise give in step.
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
				c.sum[k] += float64(element(in.weight, k-in.from) * x)
			}
			continue
		}
		for k := in.from; k < in.to; k++ {
			c.sum[k] += float64(element(in.weight, k-in.from) * in.at(step-in.delay[k-in.from]))
		}
	}
}

// element returns x[k], or the one value that stands for all.
func element[T any](x []T, k int) T {
	if len(x) == 1 {
		return x[0]
	}
	return x[k]
}

// at returns the current in a step before the delay.
func (in *currentInput) at(step int64) float64 {
	if step > in.since && step <= in.until {
		return in.held
	}
	i, _ := slices.BinarySearchFunc(in.pieces, step, func(p currentPiece, step int64) int { return cmp.Compare(p.end, step) })
	in.since, in.until, in.held = math.MinInt64, never, 0
	if i > 0 {
		in.since = in.pieces[i-1].end
	}
	if i < len(in.pieces) {
		if p := in.pieces[i]; step > p.begin {
			in.since, in.until, in.held = p.begin, p.end, p.value
		} else {
			in.until = p.begin
		}
	}
	return in.held
}
