package engine

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"cortigo/sim/device"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/fmath"
	"cortigo/sim/internal/rng"
)

// noiseInput is a noise generator's connections to some elements of a block,
// grouped by delay. Amplitude j drives in the steps (first + j*every,
// first + (j+1)*every] before the delay, up to end.
type noiseInput struct {
	d          device.Noise
	h          float64 // ms per step
	first, end int64
	since      int64 // no earlier step passes
	every      int64
	key        rng.Key
	id         rng.ID
	group      []noiseGroup
}

type noiseGroup struct {
	delay   int64
	element []int
	neuron  []uint32 // which of the population each is
	weight  []float64
	drawn   int64     // the amplitude at hand; -1: none
	amp     []float64 // pA
	spare   []float64 // standard normal numbers of amplitude drawn+1, where drawn is even
}

// noiseInterval returns how many steps an amplitude of a noise generator holds.
func noiseInterval(d device.Noise, clock clock.Clock) (int64, error) {
	if d.Dt == 0 {
		return 10, nil
	}
	every, err := clock.GridSteps("dt", d.Dt)
	if err == nil && every < 1 {
		err = fmt.Errorf("dt is %g ms, must be at least the resolution (%g ms)", d.Dt, clock.H)
	}
	return every, err
}

func newNoiseInput(desc *Description, at *Attachment, clock clock.Clock, b *block, from, to int, delay []int64, weight []float64) (*noiseInput, error) {
	d := at.Device.(device.Noise)
	in := &noiseInput{d: d, h: clock.H, key: rng.NewKey(desc.Seed),
		id: rng.ID{Purpose: rng.NoiseInput, Pre: uint16(at.Generator), Post: uint16(at.Post.Population), Ordinal: at.Ordinal}}
	var err error
	if in.first, in.end, err = currentWindow(d, clock); err != nil {
		return nil, err
	}
	in.since, in.end = at.currents(in.first, in.end)
	if in.every, err = noiseInterval(d, clock); err != nil {
		return nil, err
	}
	for k := range to - from {
		g := groupOf(&in.group, element(delay, k), func(g *noiseGroup) int64 { return g.delay }, func(d int64) noiseGroup { return noiseGroup{delay: d, drawn: -1} })
		g.element = append(g.element, from+k)
		g.neuron = append(g.neuron, uint32(b.index(from+k)))
		g.weight = append(g.weight, element(weight, k))
		g.amp, g.spare = append(g.amp, 0), append(g.spare, 0)
	}
	return in, nil
}

// groupOf returns the group of a delay among groups in order of it, a new one if
// there is none.
func groupOf[G any](groups *[]G, delay int64, of func(*G) int64, make func(int64) G) *G {
	i, ok := slices.BinarySearchFunc(*groups, delay, func(g G, d int64) int { return cmp.Compare(of(&g), d) })
	if !ok {
		*groups = slices.Insert(*groups, i, make(delay))
	}
	return &(*groups)[i]
}

// add adds the currents of step, pA, and returns the next step at which one
// changes.
func (in *noiseInput) add(sum []float64, step int64) int64 {
	change := int64(never)
	for i := range in.group {
		g := &in.group[i]
		s := step - g.delay
		if s <= in.since {
			change = min(change, in.since+1+g.delay)
			continue
		}
		if s > in.end {
			continue
		}
		j := (s - in.first - 1) / in.every
		if j != g.drawn {
			in.draw(g, j)
		}
		for i, k := range g.element {
			sum[k] += float64(g.weight[i] * g.amp[i])
		}
		change = min(change, min(in.first+(j+1)*in.every, in.end)+1+g.delay)
	}
	return change
}

// draw sets amplitude j. A block of random words makes two normal numbers, by
// the method of Box and Muller: those of an even j and of the next.
func (in *noiseInput) draw(g *noiseGroup, j int64) {
	sd := in.sd(j)
	again := j&1 == 1 && g.drawn == j-1
	for i, n := range g.neuron {
		z := g.spare[i]
		if !again {
			id := in.id
			id.Element = n
			w := rng.Philox(id.Counter(uint32(j>>1)), in.key)
			even, odd := boxMuller(w)
			z, g.spare[i] = even, odd
			if j&1 == 1 {
				z = odd
			}
		}
		g.amp[i] = in.d.Mean + float64(sd*z)
	}
	g.drawn = j
}

// sd returns the standard deviation of amplitude j, pA, by where the modulation
// stands at its begin.
func (in *noiseInput) sd(j int64) float64 {
	if in.d.StdMod == 0 {
		return in.d.Std
	}
	t := float64(in.first+j*in.every) * in.h // ms
	turns := float64(in.d.Frequency*t)/1000 + in.d.Phase/360
	v := float64(in.d.Std*in.d.Std) + float64(float64(in.d.StdMod*in.d.StdMod)*fmath.SinPi(2*turns))
	return math.Sqrt(max(v, 0))
}

// boxMuller makes two independent standard normal numbers of four random words.
func boxMuller(w [4]uint32) (x, y float64) {
	uniform := func(hi, lo uint32) float64 { // in (0, 1), of 52 bits
		return (float64(uint64(hi)<<20|uint64(lo>>12)) + 0.5) * (1.0 / (1 << 52))
	}
	r := math.Sqrt(float64(-2 * fmath.Log(uniform(w[0], w[1]))))
	turn := 2 * uniform(w[2], w[3])
	return float64(r * fmath.CosPi(turn)), float64(r * fmath.SinPi(turn))
}
