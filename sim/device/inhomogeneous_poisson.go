package device

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/param"
	"cortigo/sim/internal/rng"
)

// InhomogeneousPoisson is a Poisson generator of piecewise constant rate, NEST's
// inhomogeneous_poisson_generator: a spike stamped S is drawn at the rate
// RateValues[i] of the last RateTimes[i] <= S, and there is none before the
// first, so that the rate holds in [RateTimes[i], RateTimes[i+1]). Every target
// gets a train of its own; with a single rate it is the train that a Poisson
// generator in its place would send. As in NEST, Origin shifts Start and Stop
// but not the times of the rates.
type InhomogeneousPoisson struct {
	RateTimes         []float64 `json:"rate_times" unit:"ms" allowed:"> 0; increasing" help:"begin of each rate"`
	RateValues        []float64 `json:"rate_values" unit:"spikes/s" allowed:">= 0; as many as times" help:"rate from each time on"`
	AllowOffgridTimes bool      `json:"allow_offgrid_times,omitempty" allowed:"true or false" help:"whether times off the grid are rounded up to the end of their step; else they are an error"`
	Active
}

// ModelName returns "inhomogeneous_poisson_generator".
func (InhomogeneousPoisson) ModelName() string { return "inhomogeneous_poisson_generator" }

// Validate reports columns of different length, times out of order or not
// after 0, and rates that are negative or not finite.
func (d InhomogeneousPoisson) Validate() error {
	return errors.Join(CheckTable(d), checkSteps(d.ModelName(), "rate_times", "rate_values", d.RateTimes, d.RateValues), d.CheckTimes(d.ModelName()))
}

// MarshalJSON writes the parameters by NEST's names.
func (d InhomogeneousPoisson) MarshalJSON() ([]byte, error) { return param.Marshal(d) }

// Fit reports rates that are too high and times that do not fit the resolution.
func (d InhomogeneousPoisson) Fit(c Clock, _ float64) error {
	if _, err := d.rates(c); err != nil {
		return err
	}
	_, _, _, err := d.Steps(c)
	return err
}

// MostSpikes returns the largest number that may be drawn in a step.
func (d InhomogeneousPoisson) MostSpikes(c Clock) float64 {
	most := 0.0
	for _, x := range d.RateValues {
		most = math.Max(most, x)
	}
	return largestPoisson(most * c.H / 1000)
}

// Train returns what a recorder gets: a train of its own.
func (d InhomogeneousPoisson) Train(c *Connections) (Train, error) {
	r, err := d.rates(c.Clock)
	if err != nil {
		return nil, err
	}
	return newPoissonTrain(c, d.Active, r)
}

// rates are the rates of a Poisson generator over time, with tables to draw from.
type rates struct {
	begin []int64   // spikes stamped begin[i]..begin[i+1]-1 come at mean[i]
	mean  []float64 // spikes a step
	piece int       // the one last asked for; -1: what is before the first
	table *kernel.PoissonTable
	made  map[float64]*kernel.PoissonTable
}

// maxTables bounds how many tables are kept for a generator whose rate changes
// often.
const maxTables = 64

func (d InhomogeneousPoisson) rates(c Clock) (*rates, error) {
	r := &rates{piece: -1, made: map[float64]*kernel.PoissonTable{}}
	var err error
	if r.begin, err = c.ChangeSteps("rate_times", d.RateTimes, d.AllowOffgridTimes); err != nil {
		return nil, err
	}
	for i, x := range d.RateValues {
		if x*c.H/1000 > kernel.MaxPoissonMean {
			return nil, checkRate(fmt.Sprintf("rate_values[%d]", i), x, c)
		}
		r.mean = append(r.mean, x*c.H/1000)
	}
	return r, nil
}

// at returns the table for spikes stamped s; nil where the rate is 0.
func (r *rates) at(s int64) *kernel.PoissonTable {
	if p := r.piece; (p < 0 || r.begin[p] <= s) && (p+1 >= len(r.begin) || s < r.begin[p+1]) {
		return r.table
	}
	i, found := slices.BinarySearch(r.begin, s)
	if !found {
		i--
	}
	r.piece, r.table = i, nil
	if i >= 0 && r.mean[i] > 0 {
		r.table = r.made[r.mean[i]]
		if r.table == nil {
			if len(r.made) >= maxTables {
				clear(r.made)
			}
			r.table = kernel.NewPoissonTable(r.mean[i])
			r.made[r.mean[i]] = r.table
		}
	}
	return r.table
}

// fitsByte reports whether every number that can be drawn fits a byte.
func (r *rates) fitsByte() bool {
	return len(r.mean) == 0 || kernel.NewPoissonTable(slices.Max(r.mean)).Max() <= math.MaxUint8
}

// Input returns what the generator sends to some neurons.
func (d InhomogeneousPoisson) Input(c *Connections) (Input, error) {
	r, err := d.rates(c.Clock)
	if err != nil {
		return nil, err
	}
	p := &inhomogeneousInput{Connections: c, rates: r, drawn: -1, key: c.key(), id: c.id(rng.PoissonInput)}
	if p.begin, p.end, err = c.Emits(d.Active); err != nil {
		return nil, err
	}
	if len(c.Delay) == 1 && r.fitsByte() {
		p.counts, p.other = newStepCounts(c.N), newStepCounts(c.N)
	}
	return p, nil
}

// inhomogeneousInput is poissonInput for a rate that changes. The random words
// are those of a Poisson generator, so that one rate gives the same numbers.
type inhomogeneousInput struct {
	*Connections
	begin, end int64 // spikes stamped (begin, end] pass
	rates      *rates
	key        rng.Key
	id         rng.ID
	drawn      int64 // the block of steps in counts; -1: none
	counts     stepCounts
	other      stepCounts // for blocks in which the rate changes
	blocks     blocksKept // instead, where a number is drawn at a time
}

func (p *inhomogeneousInput) Add(to *Inbox, step int64) {
	if p.counts[0] == nil {
		p.addEach(to, step)
		return
	}
	s := step - p.Delay[0]
	if s <= p.begin || s > p.end || p.rates.at(s) == nil {
		return
	}
	if b := s / kernel.PoissonSteps; b != p.drawn {
		p.draw(b)
	}
	for k, c := range p.counts[s%kernel.PoissonSteps] {
		to.Add(p.From+k, float64(param.Element(p.Weight, k)*float64(c)))
	}
}

// draw draws the numbers of a block of steps, each from the table of its rate.
func (p *inhomogeneousInput) draw(block int64) {
	var last *kernel.PoissonTable
	filled := false // counts has the numbers of last; else other has
	for r := range p.counts {
		t := p.rates.at(block*kernel.PoissonSteps + int64(r))
		if t == nil {
			continue // nothing is read from there
		}
		switch {
		case last == nil:
			drawCounts(t, p.Connections, p.id, p.key, block, &p.counts)
			filled = true
		case t != last:
			drawCounts(t, p.Connections, p.id, p.key, block, &p.other)
			filled = false
		}
		if !filled {
			copy(p.counts[r], p.other[r])
		}
		last = t
	}
	p.drawn = block
}

// addEach draws one number at a time, for delays that differ and for means that
// are very large.
func (p *inhomogeneousInput) addEach(to *Inbox, step int64) {
	for k := range p.N {
		s := step - param.Element(p.Delay, k)
		if s <= p.begin || s > p.end {
			continue
		}
		t := p.rates.at(s)
		if t == nil {
			continue
		}
		n := p.blocks.draw(t, p.Connections, k, s, p.id, p.key)
		to.Add(p.From+k, float64(param.Element(p.Weight, k)*float64(n)))
	}
}
