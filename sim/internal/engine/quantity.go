package engine

import (
	"fmt"

	"cortigo/sim/device"
	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/rng"
)

// Value returns a quantity that a multimeter can read, of neuron i of a
// population.
func (e *Engine) Value(population, i int, quantity string) (float64, error) {
	if err := checkQuantity(&e.desc.Populations[population], quantity); err != nil {
		return 0, err
	}
	if e.share.Of > 0 {
		return 0, fmt.Errorf("population %s: a share of a network does not have all neurons", brief.Quote(e.desc.Populations[population].Name))
	}
	b, k := e.locate(population, i)
	if quantity == device.Vm {
		return b.potential(k), nil
	}
	if b.merged && b.split == nil {
		if b.iEx[k] == 0 && e.spikeCount == 0 {
			return 0, nil
		}
		return 0, fmt.Errorf("population %s: with equal synaptic time constants in a large network, %s is known only where a multimeter records it from the first step on",
			brief.Quote(e.desc.Populations[population].Name), quantity)
	}
	return b.currentOf(quantity)[k], nil
}

// SetPotential sets the membrane potential of neuron i of a population, mV.
func (e *Engine) SetPotential(population, i int, v float64) {
	if e.share.Of > 0 {
		return // whose neurons mean nothing
	}
	b, k := e.locate(population, i)
	b.v[k] = v - b.rest(k)
}

// locate returns where neuron i of a population lives.
func (e *Engine) locate(population, i int) (*block, int) {
	sh := e.shards[(e.layout.first[population]+i)%e.layout.shards]
	b := sh.blocks[population]
	return b, (i - b.in.First) / b.in.Stride
}

func (b *block) potential(k int) float64 { return b.v[k] + b.rest(k) }

// rest returns E_L of element k.
func (b *block) rest(k int) float64 { return element(b.el, k) }

// InitialPotential returns the initial V_m of neuron i of a population where it is
// drawn, each from its own stream.
func InitialPotential(desc *Description, population, i int) (float64, error) {
	s := rng.NewStream(rng.NewKey(desc.Seed), rng.ID{Purpose: rng.InitialVm, Post: uint16(population), Element: uint32(i)})
	return drawValue(&s, desc.Populations[population].Vm)
}
