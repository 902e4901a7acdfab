package engine

import (
	"fmt"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/network"
	"cortigo/sim/neuron"
)

// Value returns a quantity that a multimeter can read, of neuron i of a
// population.
func (e *Engine) Value(population, i int, quantity string) (float64, error) {
	if err := network.CheckQuantity(&e.desc.Populations[population], quantity); err != nil {
		return 0, err
	}
	b, k := e.locate(population, i)
	if b == nil {
		return 0, e.elsewhere(population, i)
	}
	if b.follows(quantity) {
		return b.reader(quantity)(k), nil
	}
	if e.step == e.born[population] {
		return 0, nil // nothing has arrived yet
	}
	return 0, notFollowed(&e.desc.Populations[population], quantity)
}

// notFollowed says why a recordable of a population is not known.
func notFollowed(p *network.Population, recordable string) error {
	return fmt.Errorf("population %s: %s is kept only if a multimeter records it from the first step on: connect one before the first step, or after a Reset",
		brief.Quote(p.Name), recordable)
}

// reader returns a recordable as a function of the element; nil if there is none.
func (b *block) reader(recordable string) func(k int) float64 {
	if c := b.column(recordable); c != nil {
		return c.Value
	}
	if d, ok := b.group.(neuron.Deriver); ok {
		return d.Derive(recordable)
	}
	return nil
}

// SetValue sets a column of the state of neuron i of a population, as V_m, mV, if
// it is here.
func (e *Engine) SetValue(population, i int, name string, x float64) {
	if b, k := e.locate(population, i); b != nil {
		b.column(name).Set(k, x)
	}
}

// HasColumn reports whether neurons of a population have a column of the name in
// their state.
func (e *Engine) HasColumn(population int, name string) bool {
	return e.shards[0].blocks[population].column(name) != nil
}

// locate returns where neuron i of a population lives; nil: not here.
func (e *Engine) locate(population, i int) (*block, int) {
	at := e.part.At[(e.layout.First[population]+i)%e.layout.Shards]
	if at < 0 {
		return nil, 0
	}
	b := e.shards[at].blocks[population]
	return b, (i - b.in.First) / b.in.Stride
}
