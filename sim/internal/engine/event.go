package engine

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"cortigo/sim/device"
)

// eventInput is a spike generator's connections to some elements of a block,
// grouped by delay.
type eventInput struct {
	step  []int64   // stamps of the generator's spikes
	value []float64 // weight times multiplicity of each
	group []eventGroup
}

type eventGroup struct {
	delay   int64
	element []int
	weight  []float64
	next    int // first spike not delivered yet
}

// maxMultiplicity is the largest multiplicity of a spike on a generator's grid.
const maxMultiplicity = 1 << 15

// generatorSpikes returns what a spike generator emits, by step.
func generatorSpikes(d device.SpikeGenerator, clock Clock) (step []int64, value []float64, err error) {
	begin, end, origin, err := activeSteps(d, clock)
	if err != nil {
		return nil, nil, err
	}
	for i, ms := range d.Times {
		t := tics(ms)
		if t%clock.TicsPerStep != 0 || math.Abs(ms*ticsPerMS-float64(t)) > 0.5 || t == 0 {
			return nil, nil, fmt.Errorf("spike_times[%d] is %g ms, must be a positive multiple of the resolution (%g ms)", i, ms, clock.H)
		}
		s := t/clock.TicsPerStep + origin
		if s <= begin || s > end || s < 1 {
			continue
		}
		x := 1.0
		if d.Weights != nil {
			x = d.Weights[i]
		}
		if d.Multiplicities != nil {
			if d.Multiplicities[i] > maxMultiplicity {
				return nil, nil, fmt.Errorf("spike_multiplicities[%d] is %d, must be at most %d", i, d.Multiplicities[i], maxMultiplicity)
			}
			x *= float64(d.Multiplicities[i])
		}
		step, value = append(step, s), append(value, x)
	}
	return step, value, nil
}

func newEventInput(step []int64, value []float64, from, to int, delay []int64, weight []float64) *eventInput {
	in := &eventInput{step: step, value: value}
	for k := range to - from {
		d := element(delay, k)
		i, ok := slices.BinarySearchFunc(in.group, d, func(g eventGroup, d int64) int { return cmp.Compare(g.delay, d) })
		if !ok {
			in.group = slices.Insert(in.group, i, eventGroup{delay: d})
		}
		g := &in.group[i]
		g.element = append(g.element, from+k)
		g.weight = append(g.weight, element(weight, k))
	}
	return in
}

func (in *eventInput) add(b *block, step int64) {
	for i := range in.group {
		g := &in.group[i]
		for g.next < len(in.step) && in.step[g.next]+g.delay <= step {
			if in.step[g.next]+g.delay == step {
				for j, k := range g.element {
					b.addExt(k, float64(g.weight[j]*in.value[g.next]))
				}
			}
			g.next++
		}
	}
}

// seek starts delivery behind step.
func (in *eventInput) seek(step int64) {
	for i := range in.group {
		g := &in.group[i]
		g.next, _ = slices.BinarySearch(in.step, step+1-g.delay)
	}
}
