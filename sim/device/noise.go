package device

import (
	"errors"
	"fmt"
	"math"

	"cortigo/sim/fmath"
	"cortigo/sim/internal/inbox"
	"cortigo/sim/internal/param"
	"cortigo/sim/internal/rng"
)

// Noise is NEST's noise_generator: a piecewise constant current whose amplitude
// is drawn again every Dt, independently for each target,
//
//	I(t) = Mean + N_j sqrt(Std^2 + StdMod^2 sin(2 pi Frequency t_j + Phase)),   t_j < t <= t_j + Dt,
//	t_j  = t_0 + j Dt,
//
// with independent standard normal N_j. As for DC, a connection of weight w and
// delay d drives the potential by w*I in (Start+d, Stop+d], and a generator that
// is on from the start of the simulation loses its first step: t_0 is Start, or
// one step if Start is before that. All targets change at the same times, apart
// from their delays. The time in the sine counts from the start of the
// simulation; in NEST it counts from the start of the generator's activity in a
// Simulate call, so that its phase depends on how a run is divided if Start > 0.
//
// At the ends of the intervals, the potential of a leaky neuron fluctuates with
//
//	SD(V) = Std tau_m/C_m sqrt((1-x)/(1+x)),   x = exp(-Dt/tau_m)
//
// (both from NEST 3.10's documentation of noise_generator).
type Noise struct {
	Mean      float64 `json:"mean" unit:"pA" allowed:"finite" help:"mean of the current"`
	Std       float64 `json:"std" unit:"pA" allowed:">= 0" help:"standard deviation of the current"`
	Dt        float64 `json:"dt,omitempty" unit:"ms" allowed:"> 0; a multiple of the resolution" zero:"10 steps, which is NEST's default" help:"time between changes"`
	StdMod    float64 `json:"std_mod,omitempty" unit:"pA" allowed:">= 0; at most std" help:"modulation of the standard deviation"`
	Frequency float64 `json:"frequency,omitempty" unit:"Hz" allowed:"finite" help:"frequency of the modulation"`
	Phase     float64 `json:"phase,omitempty" unit:"degrees" allowed:"finite" help:"phase of the modulation"`
	Active
}

// ModelName returns "noise_generator".
func (Noise) ModelName() string { return "noise_generator" }

// Validate reports values that are not finite, negative standard deviations, a
// modulation above the standard deviation, and times that make no sense.
func (d Noise) Validate() error {
	var tooMuch error
	if d.StdMod > d.Std {
		tooMuch = fmt.Errorf("%s: std_mod is %g pA, must be in [0, std (%g)]", d.ModelName(), d.StdMod, d.Std)
	}
	return errors.Join(CheckTable(d), tooMuch, d.CheckTimes(d.ModelName()))
}

// MarshalJSON writes the parameters by NEST's names.
func (d Noise) MarshalJSON() ([]byte, error) { return param.Marshal(d) }

// Fit reports a current that is too large with the weight, and times that do not
// fit the resolution.
func (d Noise) Fit(c Clock, weight float64) error {
	if err := inbox.CheckMagnitude("mean times weight", d.Mean*weight); err != nil {
		return err
	}
	if err := inbox.CheckMagnitude("std times weight", d.Std*weight); err != nil {
		return err
	}
	if _, _, err := d.drives(c); err != nil {
		return err
	}
	_, err := d.interval(c)
	return err
}

// interval returns how many steps an amplitude holds.
func (d Noise) interval(c Clock) (int64, error) {
	if d.Dt == 0 {
		return 10, nil
	}
	return c.Interval("dt", d.Dt)
}

// Current returns what the generator sends to some neurons.
func (d Noise) Current(c *Connections) (Current, error) {
	in := &noiseCurrent{d: d, h: c.Clock.H, key: c.key(), id: c.id(rng.NoiseInput)}
	var err error
	if in.first, in.end, err = d.drives(c.Clock); err != nil {
		return nil, err
	}
	in.since, in.end = c.drives(in.first, in.end)
	if in.every, err = d.interval(c.Clock); err != nil {
		return nil, err
	}
	for k := range c.N {
		g := groupOf(&in.group, c.DelayOf(k), func(g *noiseGroup) int64 { return g.delay }, func(d int64) noiseGroup { return noiseGroup{delay: d, drawn: -1} })
		g.element = append(g.element, c.From+k)
		g.neuron = append(g.neuron, uint32(c.Neuron(k)))
		g.weight = append(g.weight, c.WeightOf(k))
		g.amp, g.spare = append(g.amp, 0), append(g.spare, 0)
	}
	return in, nil
}

// noiseCurrent is a noise generator's connections to some neurons, grouped by
// delay. Amplitude j drives in the steps (first + j*every, first + (j+1)*every]
// before the delay, up to end.
type noiseCurrent struct {
	d          Noise
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
	drawn   int64     // the number of the present amplitude; -1: none
	amp     []float64 // pA
	spare   []float64 // standard normal numbers of amplitude drawn+1, where drawn is even
}

func (in *noiseCurrent) Add(sum []float64, step int64) int64 {
	change := never
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
func (in *noiseCurrent) draw(g *noiseGroup, j int64) {
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

// sd returns the standard deviation of amplitude j, pA, for the phase of the
// modulation at its start.
func (in *noiseCurrent) sd(j int64) float64 {
	if in.d.StdMod == 0 {
		return in.d.Std
	}
	t := float64(in.first+j*in.every) * in.h // ms
	turns := float64(in.d.Frequency*t)/1000 + in.d.Phase/360
	v := float64(in.d.Std*in.d.Std) + float64(float64(in.d.StdMod*in.d.StdMod)*fmath.SinPi(2*turns))
	return math.Sqrt(max(v, 0))
}

// boxMuller makes two independent standard normal numbers from four random words.
func boxMuller(w [4]uint32) (x, y float64) {
	uniform := func(hi, lo uint32) float64 { // in (0, 1), of 52 bits
		return float64((float64(uint64(hi)<<20|uint64(lo>>12)) + 0.5) * (1.0 / (1 << 52)))
	}
	r := math.Sqrt(float64(-2 * fmath.Log(uniform(w[0], w[1]))))
	turn := 2 * uniform(w[2], w[3])
	return float64(r * fmath.CosPi(turn)), float64(r * fmath.SinPi(turn))
}
