package engine

import (
	"errors"
	"fmt"
	"slices"

	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/wiring"
)

// Rows are the synapses onto one shard as they lie in memory: for each of the
// forms the cursor of every source's row (empty if the form is not used), the
// words, and the number of synapses.
type Rows struct {
	Entry, EntryWide, EntryRing []uint64
	Syn                         []uint32
	SynWide                     []uint64
	SynRing                     []uint32
	Count, CountWide, CountRing int64
	Keep                        any // keeps the memory of all these, if it is not Go's
}

// Rows returns the synapses onto shard s, which is here, to be read only.
func (e *Engine) Rows(s int) Rows {
	k := e.shards[e.part.At[s]].static
	n, w, r := &k.narrow, &k.wide, &k.ring
	return Rows{n.entry, w.entry, r.entry, n.syn, w.syn, r.syn, n.count, w.count, r.count, k.keep}
}

// Bounds returns what follows from the synapses.
func (e *Engine) Bounds() Bounds {
	b := e.bounds
	b.Grids = e.grids
	return b
}

// Load makes an engine from rows that were built before, with the initial
// state. open returns the rows of a shard; opts.Shards must be what they were
// built for. Rows are checked: whatever they hold, no cursor leaves them.
func Load(desc *network.Description, opts Options, bounds Bounds, open func(s int) (Rows, error)) (*Engine, error) {
	for p, m := range bounds.Multiplicity {
		if m < 1 || m > wiring.MaxMultiplicity {
			return nil, fmt.Errorf("population %d may emit %d spikes at once, must be in [1, %d]", p, m, wiring.MaxMultiplicity)
		}
	}
	return load(desc, opts, bounds, open, func(sh *shard, e *Engine) error { return sh.static.check(e.neurons, bounds) })
}

func load(desc *network.Description, opts Options, bounds Bounds, open func(s int) (Rows, error), check func(sh *shard, e *Engine) error) (*Engine, error) {
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
	if bounds.Ring && slices.Max(e.layout.slots) > kernel.RingSlots {
		return nil, fmt.Errorf("rings for shards of %d slots, must be at most %d", slices.Max(e.layout.slots), kernel.RingSlots)
	}
	if err := e.makeShards(nil); err != nil {
		return nil, err
	}
	err = parallel(e.threads, len(e.shards), func(_, i int) error {
		sh := e.shards[i]
		s := sh.index
		var r Rows
		err := Guard(func() (err error) { r, err = open(s); return err })
		if err != nil {
			return err
		}
		sh.static.keep = r.Keep
		sh.static.narrow = rows[uint32]{entry: r.Entry, syn: r.Syn, used: len(r.Syn), count: r.Count}
		sh.static.wide = rows[uint64]{entry: r.EntryWide, syn: r.SynWide, used: len(r.SynWide), count: r.CountWide}
		if len(r.EntryWide) > 0 && sh.sumWide[0] == nil {
			return fmt.Errorf("shard %d: rows of exact weights onto populations that have none", s)
		}
		sh.static.ring = ringRows{entry: r.EntryRing, syn: r.SynRing, count: r.CountRing}
		if len(r.EntryRing) > 0 && sh.ring == nil {
			return fmt.Errorf("shard %d: rows for a ring that it does not have", s)
		}
		if err := Guard(func() error { return check(sh, e) }); err != nil {
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

// check walks every row and reports one that leaves the words, does not end,
// or has a delay outside the bounds. Every segment has synapses and there are no
// more of them than words, so that it ends soon whatever the words are.
func check[W word](r *rows[W], neurons int, bounds Bounds) error {
	if len(r.entry) == 0 {
		if len(r.syn) > 0 {
			return fmt.Errorf("%d words of synapses without rows", len(r.syn))
		}
		r.entry = nil
		return nil
	}
	if len(r.entry) != neurons {
		return fmt.Errorf("%d rows for %d neurons", len(r.entry), neurons)
	}
	if r.count < 0 || r.count > int64(len(r.syn)) {
		return fmt.Errorf("%d synapses in %d words", r.count, len(r.syn))
	}
	r.degree = make([]uint32, neurons)
	total := int64(0)
	for source, c := range r.entry {
		if c == 0 {
			continue
		}
		delay := int64(c >> 48)
		for {
			n := int64(c >> 32 & kernel.MaxSegment)
			end := int64(uint32(c)) + n // the link word
			if end >= int64(len(r.syn)) {
				return fmt.Errorf("row of neuron %d leaves the %d words there are", source+1, len(r.syn))
			}
			if n == 0 {
				return fmt.Errorf("row of neuron %d has an empty segment", source+1)
			}
			if delay < bounds.MinDelay || delay > bounds.MaxDelay {
				return fmt.Errorf("row of neuron %d has a delay of %d steps, outside [%d, %d]", source+1, delay, bounds.MinDelay, bounds.MaxDelay)
			}
			r.degree[source] += uint32(n)
			if total += n; total > r.count {
				return fmt.Errorf("more synapses in the rows than the %d that were announced", r.count)
			}
			link := uint32(r.syn[end])
			if link == 0 {
				break
			}
			delay += int64(link >> 16)
			c = kernel.Advance(c, link)
		}
	}
	if total != r.count {
		return fmt.Errorf("%d synapses in the rows, %d were announced", total, r.count)
	}
	return nil
}
