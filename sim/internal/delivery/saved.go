package delivery

import (
	"errors"
	"fmt"

	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/wiring"
)

// Bounds follow from the synapses: the delays that occur, in steps, and how
// often a neuron of each population may spike in one step without a sum
// overflowing.
type Bounds struct {
	MinDelay     int64         `json:"min_delay"`
	MaxDelay     int64         `json:"max_delay"`
	Multiplicity []int32       `json:"multiplicity"`
	Ring         bool          `json:"ring"`  // shards are delivered through rings where they can be
	Grids        []wiring.Grid `json:"grids"` // of each population
}

// Rows are the synapses onto one shard as they lie in memory: for each of the
// forms the cursor of every source's row (empty if the form is not used), the
// words, and the number of synapses.
type Rows struct {
	Entry, EntryPacked, EntryWide, EntryRing []uint64
	Syn                                      []uint32
	SynWide                                  []uint64
	SynRing                                  []uint32
	SynPacked                                []uint16
	Weights                                  []uint32 // of packed rows: the tables of their classes, in two's complement, and which of these choose
	Count, CountPacked, CountWide, CountRing int64
	Keep                                     any // keeps the memory of all these, if it is not Go's
}

// Rows returns the synapses as they lie in memory.
func (k *Static) Rows() Rows {
	n, p, w, r := &k.narrow, &k.packed, &k.wide, &k.ring
	return Rows{Entry: n.entry, EntryPacked: p.entry, EntryWide: w.entry, EntryRing: r.entry,
		Syn: n.syn, SynPacked: p.syn, SynWide: w.syn, SynRing: r.syn, Weights: p.tables(),
		Count: n.count, CountPacked: p.count, CountWide: w.count, CountRing: r.count, Keep: k.keep}
}

// tables returns the weights of packed rows as they are saved.
func (r *packedRows) tables() []uint32 {
	if r.weights == nil {
		return nil
	}
	var t []uint32
	for i := range r.weights.Table {
		for _, x := range r.weights.Table[i] {
			t = append(t, uint32(x))
		}
	}
	return append(t, r.weights.Choose)
}

// setTables takes weights that were saved.
func (r *packedRows) setTables(t []uint32) error {
	r.weights = new(kernel.PackedWeights)
	per := len(r.weights.Table[0])
	if len(t) != kernel.PackedClasses*per+1 {
		return fmt.Errorf("%d numbers of packed weights, must be %d", len(t), kernel.PackedClasses*per+1)
	}
	for i, x := range t[:len(t)-1] {
		if x := int32(x); x < -wiring.MaxCompact || x > wiring.MaxCompact {
			return fmt.Errorf("packed weight of %d quanta, at most %d", x, wiring.MaxCompact)
		}
		r.weights.Table[i/per][i%per] = int32(x)
	}
	r.weights.Choose = t[len(t)-1]
	return nil
}

// Take makes rows the static synapses of a shard.
func (sh *Synapses) Take(r Rows) error {
	k := sh.Static
	k.keep = r.Keep
	k.narrow = rows[uint32]{entry: r.Entry, syn: r.Syn, used: len(r.Syn), count: r.Count}
	k.packed = packedRows{entry: r.EntryPacked, syn: r.SynPacked, used: len(r.SynPacked), count: r.CountPacked}
	if len(r.EntryPacked) > 0 {
		if err := k.packed.setTables(r.Weights); err != nil {
			return err
		}
	}
	k.wide = rows[uint64]{entry: r.EntryWide, syn: r.SynWide, used: len(r.SynWide), count: r.CountWide}
	if len(r.EntryWide) > 0 && sh.SumWide[0] == nil {
		return errors.New("rows of exact weights onto populations that have none")
	}
	k.ring = ringRows{entry: r.EntryRing, syn: r.SynRing, count: r.CountRing}
	if len(r.EntryRing) > 0 && sh.Ring == nil {
		return errors.New("rows for a ring that it does not have")
	}
	return nil
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
