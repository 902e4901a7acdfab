package engine

import (
	"math"
	"slices"

	"cortigo/sim/device"
)

// currentDrive turns the currents into the V they add in a step, at the steps
// at which something changes.
type currentDrive struct {
	perPA   []float64 // mV a step for 1 pA; one, or one for each element
	ie      []float64 // pA; the same
	inputs  []currentInput
	changes []int64 // steps, ascending
	next    int
}

// A currentInput is a piecewise constant current into elements from..to-1 of a
// block: value[i] applies in the steps (from[i], to[i]].
type currentInput struct {
	from, to int
	pieces   []currentPiece
	delay    []int64   // one, or one for each element
	weight   []float64 // the same
}

type currentPiece struct {
	begin, end int64 // drives in (begin, end] before the delay
	value      float64
}

const never = math.MaxInt64 / 4

// currentPieces returns the pieces of a current device. The generator's first
// step is lost at the very begin of a simulation, as in NEST.
func currentPieces(d device.Device, clock Clock) ([]currentPiece, error) {
	begin, end, _, err := activeSteps(d, clock)
	if err != nil {
		return nil, err
	}
	first := begin
	if first <= 0 {
		first = 1
	}
	switch d := d.(type) {
	case device.DC:
		return []currentPiece{{first, end, d.Amplitude}}, nil
	case device.StepCurrent:
		var pieces []currentPiece
		for i, ms := range d.Times {
			t, err := clock.GridSteps("amplitude_times", ms)
			if err != nil {
				return nil, err
			}
			stop := int64(never)
			if i+1 < len(d.Times) {
				if stop, err = clock.GridSteps("amplitude_times", d.Times[i+1]); err != nil {
					return nil, err
				}
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

// activeSteps returns the steps between which a device is active: (begin, end].
func activeSteps(d device.Device, clock Clock) (begin, end, origin int64, err error) {
	var a device.Active
	switch d := d.(type) {
	case device.DC:
		a = d.Active
	case device.StepCurrent:
		a = d.Active
	case device.Poisson:
		a = d.Active
	case device.SpikeGenerator:
		a = d.Active
	}
	return windowSteps(a, clock)
}

func windowSteps(a device.Active, clock Clock) (begin, end, origin int64, err error) {
	if origin, err = clock.GridSteps("origin", a.Origin); err != nil {
		return
	}
	if begin, err = clock.GridSteps("start", a.Start); err != nil {
		return
	}
	begin += origin
	end = never
	if a.Stop != 0 {
		if end, err = clock.GridSteps("stop", a.Stop); err != nil {
			return
		}
		end += origin
	}
	return
}

func (c *currentDrive) add(in currentInput) {
	c.inputs = append(c.inputs, in)
	for _, d := range in.delay {
		for _, p := range in.pieces {
			c.changes = append(c.changes, p.begin+d+1, min(p.end+d+1, never))
		}
	}
	slices.Sort(c.changes)
	c.changes = slices.Compact(c.changes)
}

// seek makes drive valid for the step after step, and the following ones until
// the next change.
func (b *block) seek(step int64) {
	c := &b.current
	c.next = 0
	for c.next < len(c.changes) && c.changes[c.next] <= step+1 {
		c.next++
	}
	b.setDrive(step + 1)
}

// updateDrive brings drive up to date for step.
func (b *block) updateDrive(step int64) {
	c := &b.current
	if c.next >= len(c.changes) || c.changes[c.next] > step {
		return
	}
	for c.next < len(c.changes) && c.changes[c.next] <= step {
		c.next++
	}
	b.setDrive(step)
}

func (b *block) setDrive(step int64) {
	c := &b.current
	uniform := len(c.perPA) == 1 && len(c.ie) == 1
	for i := range c.inputs {
		in := &c.inputs[i]
		uniform = uniform && in.from == 0 && in.to == b.n && len(in.delay) == 1 && len(in.weight) == 1
	}
	n := 1
	if !uniform {
		n = b.n
	}
	if len(b.drive) != n {
		b.drive = make([]float64, n)
	}
	for k := range b.drive {
		b.drive[k] = 0
	}
	for i := range c.inputs {
		in := &c.inputs[i]
		if uniform {
			b.drive[0] += float64(in.weight[0] * in.at(step-in.delay[0]))
			continue
		}
		for k := in.from; k < in.to; k++ {
			b.drive[k] += float64(element(in.weight, k-in.from) * in.at(step-element(in.delay, k-in.from)))
		}
	}
	for k := range b.drive {
		b.drive[k] = element(c.perPA, k) * (element(c.ie, k) + b.drive[k])
	}
}

// element returns x[k], or the one value that stands for all.
func element[T any](x []T, k int) T {
	if len(x) == 1 {
		return x[0]
	}
	return x[k]
}

func (in *currentInput) at(step int64) float64 {
	for _, p := range in.pieces {
		if step > p.begin && step <= p.end {
			return p.value
		}
	}
	return 0
}
