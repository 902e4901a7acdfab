package engine

import (
	"fmt"
	"slices"

	"cortigo/sim/device"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/inbox"
)

// eventInput is spike generators' connections to some elements of a block,
// grouped by generator and delay. A step in which nothing arrives costs a look at
// the group that is due first.
type eventInput struct {
	from, to int
	group    []eventGroup // in the order in which they add
	heap     []int32      // groups that have spikes left, by step of the next arrival, then order
}

type eventGroup struct {
	delay   int64
	step    []int64   // stamps of the generator's spikes
	value   []float64 // weight times multiplicity of each
	element []int
	weight  []float64
	next    int   // first spike not delivered yet
	due     int64 // when it arrives
}

// maxGeneratorMultiplicity is the largest multiplicity of a generator's spike.
const maxGeneratorMultiplicity = 1 << 15

// generatorSpikes returns what a spike generator emits, by step.
func generatorSpikes(d device.SpikeGenerator, clock clock.Clock) (step []int64, value []float64, err error) {
	begin, end, origin, err := activeSteps(d, clock)
	if err != nil {
		return nil, nil, err
	}
	for i, ms := range d.Times {
		var s int64
		if d.PreciseTimes {
			s, err = clock.PreciseSteps(ms)
		} else {
			s, err = clock.StampSteps(ms, d.AllowOffgridTimes)
		}
		if err != nil {
			_, err = clock.GridSteps(fmt.Sprintf("spike_times[%d]", i), ms) // says why, with the name
			return nil, nil, err
		}
		if s < 0 || s == 0 && !d.ShiftNowSpikes {
			return nil, nil, fmt.Errorf("spike_times[%d] is %g ms, must be a positive multiple of the resolution (%g ms)", i, ms, clock.H)
		}
		s += origin
		if s == 0 && d.ShiftNowSpikes {
			s = 1
		}
		if s <= begin || s > end || s < 1 {
			continue
		}
		x := 1.0
		if len(d.Weights) > 0 {
			x = d.Weights[i]
		}
		if len(d.Multiplicities) > 0 {
			if d.Multiplicities[i] > maxGeneratorMultiplicity {
				return nil, nil, fmt.Errorf("spike_multiplicities[%d] is %d, must be at most %d", i, d.Multiplicities[i], maxGeneratorMultiplicity)
			}
			x *= float64(d.Multiplicities[i])
		}
		step, value = append(step, s), append(value, x)
	}
	return step, value, nil
}

func newEventInput(step []int64, value []float64, from, to int, delay []int64, weight []float64) *eventInput {
	in := &eventInput{from: from, to: to}
	for k := range to - from {
		g := groupOf(&in.group, element(delay, k), func(g *eventGroup) int64 { return g.delay },
			func(d int64) eventGroup { return eventGroup{delay: d, step: step, value: value} })
		g.element = append(g.element, from+k)
		g.weight = append(g.weight, element(weight, k))
	}
	in.seek(0)
	return in
}

// join appends another's connections. seek must follow.
func (in *eventInput) join(other *eventInput) {
	in.from, in.to = min(in.from, other.from), max(in.to, other.to)
	in.group = append(in.group, other.group...)
}

func (in *eventInput) span() (from, to int) { return in.from, in.to }

func (in *eventInput) add(to *inbox.Inbox, step int64) {
	for len(in.heap) > 0 && in.group[in.heap[0]].due <= step {
		g := &in.group[in.heap[0]]
		for g.next < len(g.step) && g.step[g.next]+g.delay <= step {
			if g.step[g.next]+g.delay == step {
				for j, k := range g.element {
					to.Add(k, float64(g.weight[j]*g.value[g.next]))
				}
			}
			g.next++
		}
		if g.next < len(g.step) {
			g.due = g.step[g.next] + g.delay
		} else {
			last := len(in.heap) - 1
			in.heap[0] = in.heap[last]
			in.heap = in.heap[:last]
		}
		in.sink(0)
	}
}

// seek starts delivery behind step.
func (in *eventInput) seek(step int64) {
	in.heap = in.heap[:0]
	for i := range in.group {
		g := &in.group[i]
		if g.next, _ = slices.BinarySearch(g.step, step+1-g.delay); g.next < len(g.step) {
			g.due = g.step[g.next] + g.delay
			in.heap = append(in.heap, int32(i))
		}
	}
	for i := len(in.heap)/2 - 1; i >= 0; i-- {
		in.sink(i)
	}
}

// sink restores the order of the heap below place i.
func (in *eventInput) sink(i int) {
	before := func(i, j int32) bool {
		g, h := &in.group[i], &in.group[j]
		return g.due < h.due || g.due == h.due && i < j
	}
	h := in.heap
	for {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(h); c++ {
			if before(h[c], h[least]) {
				least = c
			}
		}
		if least == i {
			return
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
}
