package device

import (
	"errors"
	"fmt"
	"math"
	"sync/atomic"

	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/param"
	"cortigo/sim/internal/rng"
)

// Poisson sends every target a Poisson train of its own, NEST's
// poisson_generator: in each active step it draws one Poisson number of mean
// rate*h. Several spikes in a step arrive as one with a multiplicity.
type Poisson struct {
	Rate float64 `json:"rate" unit:"spikes/s" allowed:">= 0" help:"mean rate of each target's train"`
	Active
}

// ModelName returns "poisson_generator".
func (Poisson) ModelName() string { return "poisson_generator" }

// Validate reports a rate that is negative or not finite, and times that make
// no sense.
func (d Poisson) Validate() error {
	return errors.Join(CheckTable(d), d.CheckTimes(d.ModelName()))
}

// MarshalJSON writes the parameters by NEST's names.
func (d Poisson) MarshalJSON() ([]byte, error) { return param.Marshal(d) }

// Fit reports a rate that is too high and times that do not fit the resolution.
func (d Poisson) Fit(c Clock, _ float64) error {
	if err := checkRate("rate", d.Rate, c); err != nil {
		return err
	}
	_, _, _, err := d.Steps(c)
	return err
}

func checkRate(name string, rate float64, c Clock) error {
	if !(rate*c.H/1000 <= kernel.MaxPoissonMean) {
		return fmt.Errorf("%s is %g spikes/s, must be at most %g", name, rate, kernel.MaxPoissonMean*1000/c.H)
	}
	return nil
}

// MostSpikes returns the largest number that may be drawn in a step.
func (d Poisson) MostSpikes(c Clock) float64 { return largestPoisson(d.Rate * c.H / 1000) }

// largestKnown has the last result of largestPoisson: many generators have the
// same mean.
var largestKnown atomic.Pointer[[2]float64]

// largestPoisson returns the largest number that is drawn for a mean, 0 for a
// mean that cannot be drawn from.
func largestPoisson(mean float64) float64 {
	if !(mean > 0) || mean > kernel.MaxPoissonMean {
		return 0
	}
	if p := largestKnown.Load(); p != nil && p[0] == mean {
		return p[1]
	}
	most := float64(kernel.NewPoissonTable(mean).Max())
	largestKnown.Store(&[2]float64{mean, most})
	return most
}

// Train returns what a recorder gets: a train of its own.
func (d Poisson) Train(c *Connections) (Train, error) {
	if err := checkRate("rate", d.Rate, c.Clock); err != nil {
		return nil, err
	}
	return newPoissonTrain(c, d.Active, &rates{piece: -1, made: map[float64]*kernel.PoissonTable{}, begin: []int64{math.MinInt64}, mean: []float64{d.Rate * c.Clock.H / 1000}})
}

// Input returns what the generator sends to some neurons.
func (d Poisson) Input(c *Connections) (Input, error) {
	if err := checkRate("rate", d.Rate, c.Clock); err != nil {
		return nil, err
	}
	mean := d.Rate * c.Clock.H / 1000
	p := &poissonInput{Connections: c, mean: mean, table: kernel.NewPoissonTable(mean), drawn: -1, key: c.key(), id: c.id(rng.PoissonInput)}
	var err error
	if p.begin, p.end, err = c.Emits(d.Active); err != nil {
		return nil, err
	}
	if len(c.Delay) == 1 && p.table.Max() <= math.MaxUint8 {
		p.counts = newStepCounts(c.N)
	}
	return p, nil
}

// poissonInput is a Poisson generator's connections to some neurons. Successive
// steps of a neuron share a block of random words (kernel.PoissonSteps), so
// their numbers are drawn together and kept.
type poissonInput struct {
	*Connections
	begin, end int64   // spikes stamped (begin, end] pass
	mean       float64 // spikes a step
	table      *kernel.PoissonTable
	key        rng.Key
	id         rng.ID
	drawn      int64 // the block of steps in counts; -1: none
	counts     stepCounts
	blocks     blocksKept // instead, where a number is drawn at a time
}

// stepCounts are the numbers of the steps that share a block, of each neuron.
type stepCounts [kernel.PoissonSteps][]uint8

func newStepCounts(n int) (c stepCounts) {
	for s := range c {
		c[s] = make([]uint8, n)
	}
	return c
}

func (p *poissonInput) Add(to *Inbox, step int64) {
	if p.counts[0] == nil {
		p.addEach(to, step)
		return
	}
	counts := p.Counts(step)
	if counts == nil {
		return
	}
	if len(p.Weight) == 1 {
		w := p.Weight[0]
		if port := to.Direct(w); port != nil {
			port = port[p.From : p.From+p.N]
			for k, c := range counts {
				port[k] += float64(w * float64(c))
			}
			return
		}
	}
	for k, c := range counts {
		to.Add(p.From+k, float64(param.Element(p.Weight, k)*float64(c)))
	}
}

// OneWeight returns the weight, if there is one and numbers are drawn together.
func (p *poissonInput) OneWeight() (float64, bool) {
	return p.Weight[0], p.counts[0] != nil && len(p.Weight) == 1
}

// Counts returns the numbers of spikes that arrive at step, drawn together with
// those of neighbouring steps; nil while the generator is not active, or if its
// rate is 0.
func (p *poissonInput) Counts(step int64) []uint8 {
	s := step - p.Delay[0]
	if s <= p.begin || s > p.end || p.table.Max() == 0 {
		return nil
	}
	if b := s / kernel.PoissonSteps; b != p.drawn {
		drawCounts(p.table, p.Connections, p.id, p.key, b, &p.counts)
		p.drawn = b
	}
	return p.counts[s%kernel.PoissonSteps]
}

// drawCounts draws the numbers of a block of steps.
func drawCounts(t *kernel.PoissonTable, c *Connections, id rng.ID, key rng.Key, block int64, counts *stepCounts) {
	kernel.PoissonCounts(t, key, id, block*kernel.PoissonSteps, uint32(c.First), uint32(c.Stride), (*[kernel.PoissonSteps][]uint8)(counts))
}

// addEach draws one number at a time, for delays that differ and for means that
// are very large.
func (p *poissonInput) addEach(to *Inbox, step int64) {
	if p.table.Max() == 0 {
		return
	}
	for k := range p.N {
		s := step - param.Element(p.Delay, k)
		if s <= p.begin || s > p.end {
			continue
		}
		n := p.blocks.draw(p.table, p.Connections, k, s, p.id, p.key)
		to.Add(p.From+k, float64(param.Element(p.Weight, k)*float64(n)))
	}
}

// blocksKept are the random words of successive steps for each of some
// connections, which are drawn together.
type blocksKept struct {
	drawn []int64 // whose words are there, plus 1
	words [][4]uint32
}

// draw returns the number of connection k for step s >= 0.
func (b *blocksKept) draw(t *kernel.PoissonTable, c *Connections, k int, s int64, id rng.ID, key rng.Key) uint32 {
	if b.drawn == nil {
		b.drawn, b.words = make([]int64, c.N), make([][4]uint32, c.N)
	}
	id.Element = uint32(c.Neuron(k))
	if g := s/kernel.PoissonSteps + 1; b.drawn[k] != g {
		b.drawn[k], b.words[k] = g, kernel.PoissonBlock(key, id, s)
	}
	return t.DrawStep(&b.words[k], key, id, s)
}

// poissonTrain is what a recorder gets from a Poisson generator.
type poissonTrain struct {
	begin, end int64 // spikes stamped (begin, end] pass
	rates      *rates
	key        rng.Key
	id         rng.ID
}

func newPoissonTrain(c *Connections, a Active, r *rates) (Train, error) {
	begin, end, err := c.Emits(a)
	return &poissonTrain{begin, end, r, c.key(), c.id(rng.GeneratorTrain)}, err
}

func (t *poissonTrain) Spikes(begin, end int64, emit func(step int64, n int)) {
	begin, end = max(begin, t.begin), min(end, t.end)
	var block [4]uint32
	for s := begin + 1; s <= end; s++ {
		table := t.rates.at(s)
		if s == begin+1 || s%kernel.PoissonSteps == 0 {
			block = kernel.PoissonBlock(t.key, t.id, s)
		}
		if table == nil {
			continue
		}
		if n := table.DrawStep(&block, t.key, t.id, s); n > 0 {
			emit(s, int(n))
		}
	}
}
