package engine

import (
	"fmt"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/wiring"
)

// Step returns how many steps were done.
func (e *Engine) Step() int64 { return e.step }

// Threads returns the number of workers.
func (e *Engine) Threads() int { return e.threads }

// Shards returns the number of shards.
func (e *Engine) Shards() int { return len(e.shards) }

// Broken returns why neurons stand between two steps, so that there is no state
// to save or to go on from; nil if they do not.
func (e *Engine) Broken() error { return e.broken }

// Synapses returns the number of synapses.
func (e *Engine) Synapses() int64 {
	n := int64(0)
	for _, sh := range e.shards {
		n += sh.Count()
	}
	return n
}

// StatefulSynapses returns the number of those that have state.
func (e *Engine) StatefulSynapses() int64 {
	n := int64(0)
	for _, ch := range e.stateful {
		n += ch.Count(e.onto())
	}
	return n
}

// Times are seconds of wall clock that the workers spent, as their mean.
type Times struct {
	Deliver, Update, Exchange float64
}

// Times returns where the runs so far spent their time.
func (e *Engine) Times() Times {
	var t Times
	for _, sh := range e.shards {
		t.Deliver += sh.deliverTime.Seconds()
		t.Update += sh.updateTime.Seconds()
		t.Exchange += sh.exchangeTime.Seconds()
	}
	n := float64(e.threads)
	return Times{t.Deliver / n, t.Update / n, t.Exchange / n}
}

// Events returns the number of synaptic events that the spikes so far cause: a
// synapse for each spike of its source.
func (e *Engine) Events() int64 { return e.events }

// Spikes returns the number of spikes emitted so far.
func (e *Engine) Spikes() int64 { return e.spikeCount }

// BuildTimes returns the phases of building.
func (e *Engine) BuildTimes() []Phase { return e.buildTimes }

// MinDelay returns the smallest delay in steps.
func (e *Engine) MinDelay() int64 { return e.bounds.MinDelay }

// Populations returns how many populations there are.
func (e *Engine) Populations() int { return len(e.desc.Populations) }

// Resolution returns the length of a step in ms.
func (e *Engine) Resolution() float64 { return e.clock.H }

// Whole returns an error that says which shards are here, if not all are.
func (e *Engine) Whole() error {
	if e.part.Whole() {
		return nil
	}
	return fmt.Errorf("only a part of the network is here: %v", e.part)
}

// elsewhere is the error of a neuron of a population that is not here.
func (e *Engine) elsewhere(population, i int) error {
	return fmt.Errorf("population %s: neuron %d is not here, but only %v", brief.Quote(e.desc.Populations[population].Name), int(e.layout.IDs[population])+i, e.part)
}

// Describe returns the query of a description. Synapses with state are as they are
// in built, an engine of which desc is the description, or has grown out of it; nil:
// as they begin.
func Describe(desc *network.Description, built *Engine) (*wiring.Query, error) {
	if built == nil {
		return wiring.NewQuery(desc, nil)
	}
	return wiring.NewQuery(desc, built.synapsesNow)
}

// synapsesNow returns the synapses with state of a projection; nil where it has none.
func (e *Engine) synapsesNow(projection int) *wiring.SynapsesNow {
	for _, ch := range e.stateful {
		if ch.Projection == projection {
			return &wiring.SynapsesNow{State: ch.State(e.layout, e.onto()), First: ch.First, Step: e.step, Here: e.isHere}
		}
	}
	return nil
}

// isHere returns an error that says so if neuron i of a population is not here.
func (e *Engine) isHere(population, i int) error {
	if e.part.Has(e.layout.First[population] + i) {
		return nil
	}
	return e.elsewhere(population, i)
}
