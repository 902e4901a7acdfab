package sim

import (
	"fmt"

	"cortigo/sim/connect"
	"cortigo/sim/internal/engine"
	"cortigo/sim/neuron"
	"cortigo/sim/spikes"
)

// A Population is neurons of one model, or a contiguous part of them.
type Population struct {
	net  *Network
	part engine.Range
}

// Name returns the population's name.
func (p *Population) Name() string { return p.all().Name }

// Len returns the number of neurons.
func (p *Population) Len() int { return p.part.N }

// First returns the id of the first neuron; the others follow it.
func (p *Population) First() int32 {
	return int32(p.net.first(p.part.Population) + p.part.From + 1)
}

// Model returns the model and its parameters.
func (p *Population) Model() neuron.Model { return p.all().Model }

func (p *Population) all() *engine.Population { return &p.net.desc.Populations[p.part.Population] }

// Slice returns the part [from, to) of p, counted from 0. It panics if the
// bounds are out of range, as slicing does.
func (p *Population) Slice(from, to int) *Population {
	if from < 0 || to < from || to > p.part.N {
		panic(fmt.Sprintf("sim: slice [%d, %d) of population %q with %d neurons", from, to, p.Name(), p.part.N))
	}
	return &Population{p.net, engine.Range{Population: p.part.Population, From: p.part.From + from, N: to - from}}
}

// SetVm has the initial membrane potential (mV) of every neuron of the whole
// population drawn from d, in place of the model's V_m.
func (p *Population) SetVm(d connect.Distribution) error {
	if err := p.net.open("SetVm"); err != nil {
		return err
	}
	if _, ok := p.Model().(neuron.Parrot); ok {
		return fmt.Errorf("sim: population %q: %s has no V_m", p.Name(), p.Model().ModelName())
	}
	if err := engine.CheckDrawn(d); err != nil {
		return fmt.Errorf("sim: population %q: initial V_m: %w", p.Name(), err)
	}
	p.all().Vm = d
	return nil
}

// Spikes returns the population as spike data names it.
func (p *Population) Spikes() spikes.Population {
	return spikes.Population{Name: p.Name(), First: p.First(), N: p.Len()}
}
