package network

import (
	"math"

	"cortigo/sim/connect"
	"cortigo/sim/internal/clock"
	"cortigo/sim/neuron"
)

// A Population is N neurons of one model.
type Population struct {
	Name  string
	First int32 // id of the first neuron; 0: after the population before
	N     int
	Model neuron.Model
	Vm    connect.Distribution // initial potential, mV; nil: the model's V_m
	// Columns are parameters that differ between the neurons, a value for each,
	// in place of the model's; by the name that the model's JSON gives them.
	// Truth values are 0 and 1.
	Columns map[string][]float64
	Labels
}

// Parameters returns the parameters of all neurons of a population.
func (p *Population) Parameters() (*neuron.Parameters, error) {
	return neuron.NewParameters(p.Model, p.Columns, p.N, p.N, func(k int) int { return k })
}

// Merged reports whether input of both signs goes through one sum. What makes no
// sense is reported by those who use it.
func (p *Population) Merged() bool {
	spec, err := neuron.SpecOf(p.Model)
	if err != nil {
		return true
	}
	parameters, err := p.Parameters()
	return err == nil && spec.MergedFor(parameters)
}

// Counts reports whether spikes onto a population count 1 each, whatever their
// weight.
func (p *Population) Counts() bool {
	spec, err := neuron.SpecOf(p.Model)
	return err == nil && spec.Counts
}

// MostSpikes returns how often a neuron of a population may spike in a step of its
// own accord.
func (p *Population) MostSpikes(clock clock.Clock) float64 {
	spec, err := neuron.SpecOf(p.Model)
	if err != nil || spec.MostSpikes == nil {
		return 1
	}
	most := 1.0
	parameters, err := p.Parameters()
	if err != nil {
		return 1
	}
	_ = parameters.Each(func(_ int, m neuron.Model) error {
		most = math.Max(most, spec.MostSpikes(m, clock))
		return nil
	})
	if math.IsNaN(most) {
		return math.Inf(1)
	}
	return most
}

// Prototype returns a group of one neuron of a population, which shows what
// columns all have.
func (p *Population) Prototype(c clock.Clock) (neuron.Group, error) {
	spec, err := neuron.SpecOf(p.Model)
	if err != nil {
		return nil, err
	}
	all, err := p.Parameters()
	if err != nil {
		return nil, err
	}
	index := func(int) int { return 0 }
	one, err := neuron.NewParameters(p.Model, p.Columns, p.N, 1, index)
	if err != nil {
		return nil, err
	}
	return spec.Group(&neuron.Config{Parameters: one, Population: all, Clock: c, Merged: spec.MergedFor(all), Quantum: 1, Index: index})
}

// stateColumns returns the names of all columns that the state of a population
// may have, and of those that it has at least: the others are followed for
// recorders.
func (p *Population) stateColumns(c clock.Clock) (known, needed []string, err error) {
	group, err := p.Prototype(c)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range group.Columns() {
		needed = append(needed, c.Name)
	}
	if f, ok := group.(neuron.Follower); ok {
		for _, r := range neuron.Recordables(p.Model) {
			if !f.Follows(r.Name) {
				f.Follow(r.Name)
			}
		}
	}
	for _, c := range group.Columns() {
		known = append(known, c.Name)
	}
	return known, needed, nil
}

// Adopt makes the state of neurons that had other parameters one of these.
func (p *Population) Adopt(s PopulationState) error {
	spec, err := neuron.SpecOf(p.Model)
	if err != nil || spec.Adopt == nil {
		return err
	}
	parameters, err := p.Parameters()
	if err != nil {
		return err
	}
	return spec.Adopt(s, parameters, spec.MergedFor(parameters))
}

// SameChannels reports whether two populations of a model keep the signs of
// their input apart alike.
func SameChannels(a, b *Population) bool { return a.Merged() == b.Merged() }

// Noticeable returns the least weight onto a neuron of a population that moves
// its potential by 1 mV, or from reset to threshold where that is less.
func (p *Population) Noticeable() float64 {
	spec, err := neuron.SpecOf(p.Model)
	if err != nil || spec.Noticeable == nil {
		return 1
	}
	parameters, err := p.Parameters()
	if err != nil {
		return 1 // CheckColumns tells
	}
	if !parameters.Differ() {
		return spec.Noticeable(parameters.Shared())
	}
	least := math.Inf(1)
	_ = parameters.Each(func(_ int, m neuron.Model) error {
		least = math.Min(least, spec.Noticeable(m))
		return nil
	})
	return least
}
