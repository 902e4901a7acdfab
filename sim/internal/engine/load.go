package engine

import (
	"errors"
	"fmt"
	"slices"

	"cortigo/sim/internal/delivery"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/wiring"
)

// Rows returns the synapses onto shard s, which is here, to be read only.
func (e *Engine) Rows(s int) delivery.Rows {
	return e.shards[e.part.At[s]].Static.Rows()
}

// Bounds returns what follows from the synapses.
func (e *Engine) Bounds() delivery.Bounds {
	b := e.bounds
	b.Grids = e.grids
	return b
}

// Load makes an engine from rows that were built before, with the initial
// state. open returns the rows of a shard; opts.Shards must be what they were
// built for. Rows are checked: whatever they hold, no cursor leaves them.
func Load(desc *network.Description, opts Options, bounds delivery.Bounds, open func(s int) (delivery.Rows, error)) (*Engine, error) {
	for p, m := range bounds.Multiplicity {
		if m < 1 || m > wiring.MaxMultiplicity {
			return nil, fmt.Errorf("population %d may emit %d spikes at once, must be in [1, %d]", p, m, wiring.MaxMultiplicity)
		}
	}
	return load(desc, opts, bounds, open, func(k *delivery.Static) error { return k.Check(desc.Neurons(), bounds) })
}

func load(desc *network.Description, opts Options, bounds delivery.Bounds, open func(s int) (delivery.Rows, error), check func(k *delivery.Static) error) (*Engine, error) {
	e, err := newEngine(desc, opts)
	if err != nil {
		return nil, err
	}
	e.bounds = bounds
	if !slices.Equal(bounds.Grids, e.grids) {
		return nil, errors.New("its weights are not in the quanta that this version keeps them in: open it in another number of shards, which draws them again")
	}
	e.bounds.Grids = nil // they are e.grids
	if bounds.MinDelay < 1 || bounds.MaxDelay > network.MaxDelay || bounds.MinDelay > max(bounds.MaxDelay, maxInterval) || len(bounds.Multiplicity) != len(desc.Populations) {
		return nil, fmt.Errorf("delays of %d to %d steps in %d populations make no sense", bounds.MinDelay, bounds.MaxDelay, len(bounds.Multiplicity))
	}
	if bounds.Ring && slices.Max(e.layout.Slots) > kernel.RingSlots {
		return nil, fmt.Errorf("rings for shards of %d slots, must be at most %d", slices.Max(e.layout.Slots), kernel.RingSlots)
	}
	if err := e.makeShards(nil); err != nil {
		return nil, err
	}
	err = parallel(e.threads, len(e.shards), func(_, i int) error {
		sh := e.shards[i]
		s := sh.Index
		var r delivery.Rows
		err := Guard(func() (err error) { r, err = open(s); return err })
		if err != nil {
			return err
		}
		if err := sh.Take(r); err != nil {
			return fmt.Errorf("shard %d: %w", s, err)
		}
		if err := Guard(func() error { return check(sh.Static) }); err != nil {
			return fmt.Errorf("shard %d: %w", s, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := e.makeStateful(nil, nil); err != nil {
		return nil, err
	}
	if err := e.sumDegrees(nil); err != nil {
		return nil, err
	}
	e.assessRisk()
	return e, nil
}
