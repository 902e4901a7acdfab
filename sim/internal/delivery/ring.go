package delivery

import (
	"fmt"
	"math"

	"cortigo/sim/internal/exchange"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/wiring"
)

// ringRows are the synapses that are delivered when their source spikes, for
// shards of few neurons; see kernel.Ring.
type ringRows struct {
	entry []uint64 // by source: the index of its row | its length<<32; 0: no row
	syn   []uint32
	count int64

	degree []uint32 // synapses of each source, until the engine has summed them
}

// RingSegment is the mean number of synapses in a segment below which a ring
// costs less: in the microcircuit rings win where it is 8 (20 shards) and less.
const RingSegment = 10.0

// ChooseRing reports whether the shards of a layout are delivered through rings: they
// must be small enough, and segments short.
func ChooseRing(l *Layout, bundles []*wiring.Bundle) bool {
	for _, n := range l.Slots {
		if n > kernel.RingSlots {
			return false
		}
	}
	// A row holds what its source has onto all populations, so count by source.
	type source struct{ synapses, delays float64 }
	sources := make([]source, len(l.n))
	for _, w := range bundles {
		if !ringable(w.Drawer) {
			continue
		}
		n := float64(w.Synapses)
		s := &sources[w.Pre.Population]
		s.synapses += n
		s.delays += float64(n * math.Max(1, w.Delays.Spread))
	}
	segments, synapses := 0.0, 0.0
	for p, s := range sources {
		if s.synapses == 0 {
			continue
		}
		row := s.synapses / float64(l.n[p]) / float64(l.Shards)
		synapses += s.synapses
		segments += s.synapses / math.Max(1, row/(s.delays/s.synapses))
	}
	return synapses > 0 && synapses/segments < RingSegment
}

// ringable reports whether a projection's synapses can go through a ring. Those
// whose delay is too long go through segments all the same.
func ringable(w *wiring.Drawer) bool { return w.Merged && !w.Wide && !w.Stateful }

// inRing reports whether a delay fits a ring.
func inRing(key uint16) bool { return key>>1 < kernel.RingSteps }

// fillRing makes the rows of a shard's ring. Sources are counted, then placed:
// the words of a source stand in order of target.
func fillRing(b *rowBuilder, sh *Synapses, bundles []*wiring.Bundle) error {
	r := &sh.Static.ring
	r.degree = make([]uint32, b.neurons)
	var d wiring.Drawn
	var units wiring.Toll
	each := func(visit func(source uint32, slot, key uint16, weight int64)) error {
		for _, w := range bundles {
			from, to := b.layout.Slice(sh.Index, w.Post)
			blk := sh.places[w.Post.Population]
			first := uint32(b.layout.First[w.Pre.Population])
			for k := from; k < to; k++ {
				if w.Draw(blk.Index(k)-w.Post.From, &d); d.Err != nil {
					return d.Err
				}
				if err := units.Add(b.job, (wiring.UnitsPerTarget+len(d.Source)*wiring.UnitsPerSynapse)/2); err != nil { // twice
					return err
				}
				for i, s := range d.Source {
					if inRing(d.Key[i]) {
						visit(first+s, uint16(blk.Base+k), d.Key[i], d.Weight[i])
					}
				}
			}
		}
		return nil
	}
	if err := each(func(source uint32, _, _ uint16, _ int64) { r.degree[source]++ }); err != nil {
		return err
	}
	r.entry = make([]uint64, b.neurons)
	next := make([]uint32, b.neurons)
	at := uint64(0)
	for s, n := range r.degree {
		if n > 0 {
			r.entry[s] = at | uint64(n)<<32
			next[s] = uint32(at)
			at += uint64(n)
		}
	}
	if at > math.MaxUint32 {
		return fmt.Errorf("a shard has %d synapses, more than the %d it holds: use more shards", at, uint32(math.MaxUint32))
	}
	r.count = int64(at)
	r.syn = make([]uint32, at)
	PreferHugePages(r.syn)
	return each(func(source uint32, slot, key uint16, weight int64) {
		r.syn[next[source]] = kernel.MakeRingSynapse(slot, key>>1, weight)
		next[source]++
	})
}

// receiveRing delivers spikes of an interval that began after step begin.
func (k *Static) receiveRing(spikes []exchange.Spike, begin int64, to *Sums) {
	k.ringList = k.ringList[:0]
	for _, s := range spikes {
		c := k.ring.entry[s.Neuron]
		if c == 0 {
			continue
		}
		row := kernel.RingRow{Index: uint32(c), N: uint32(c >> 32), Step: uint32(begin + int64(s.Lag))}
		if to.ringPositive != nil {
			for _, x := range k.ring.syn[row.Index : uint64(row.Index)+uint64(row.N)] {
				to.ringPositive[(x+row.Step%kernel.RingSteps*kernel.RingSlots)%uint32(len(to.ringPositive))] += max(int32(x)>>18, 0) * int32(s.Multiplicity)
			}
		}
		if s.Multiplicity == 1 {
			k.ringList = append(k.ringList, row)
		} else {
			kernel.DeliverRingMultiple(row, uint32(s.Multiplicity), k.ring.syn, to.Ring)
		}
	}
	kernel.DeliverRing(k.ringList, k.ring.syn, to.Ring)
}

// resumeRing delivers what a spike stamped stamp still has to after step.
func (k *Static) resumeRing(s exchange.Spike, stamp, step int64, to *Sums) {
	c := k.ring.entry[s.Neuron]
	for _, w := range k.ring.syn[uint32(c) : uint64(uint32(c))+c>>32] {
		arrival := stamp + int64(w>>12%kernel.RingSteps)
		if arrival <= step {
			continue
		}
		i := uint32(arrival%kernel.RingSteps)*kernel.RingSlots + w%kernel.RingSlots
		to.Ring[i] += int32(w) >> 18 * int32(s.Multiplicity)
		if to.ringPositive != nil {
			to.ringPositive[i] += max(int32(w)>>18, 0) * int32(s.Multiplicity)
		}
	}
}

// Due returns the sums of a block's input of channel ch that are due at the
// shard's step.
func (sh *Synapses) Due(b *Place, ch int) []int32 {
	if b.Ring {
		at := int(sh.Step%kernel.RingSteps)*kernel.RingSlots + b.Base
		return sh.Ring[at : at+b.N]
	}
	return sh.sum[ch][b.Base : b.Base+b.N]
}

// DuePositive returns the positive part of a merged block's sums.
func (sh *Synapses) DuePositive(b *Place) []int32 {
	if b.Ring {
		at := int(sh.Step%kernel.RingSteps)*kernel.RingSlots + b.Base
		return sh.ringPositive[at : at+b.N]
	}
	return sh.positive[b.Base : b.Base+b.N]
}

// AddLong adds what came through segments, since its delay is longer than a
// ring, to the ring's sums.
func (sh *Synapses) AddLong(b *Place, following bool) {
	if sh.Static.narrow.entry == nil {
		return
	}
	dst, src := sh.Due(b, 0), sh.sum[0][b.Base:b.Base+b.N]
	for k, x := range src {
		dst[k] += x
	}
	clear(src)
	if following && sh.positive != nil {
		dst, src := sh.DuePositive(b), sh.positive[b.Base:b.Base+b.N]
		for k, x := range src {
			dst[k] += x
		}
		clear(src)
	}
}

// check reports a row that leaves the words and delays outside the bounds.
func (r *ringRows) check(neurons int, bounds Bounds) error {
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
	for i, w := range r.syn {
		if d := int64(w >> 12 % kernel.RingSteps); d < bounds.MinDelay || d > bounds.MaxDelay {
			return fmt.Errorf("word %d has a delay of %d steps, outside [%d, %d]", i, d, bounds.MinDelay, bounds.MaxDelay)
		}
	}
	r.degree = make([]uint32, neurons)
	total := int64(0)
	for source, c := range r.entry {
		if uint64(uint32(c))+c>>32 > uint64(len(r.syn)) {
			return fmt.Errorf("row of neuron %d leaves the %d words there are", source+1, len(r.syn))
		}
		r.degree[source] = uint32(c >> 32)
		total += int64(c >> 32)
	}
	if total != r.count {
		return fmt.Errorf("%d synapses in the rows, %d were announced", total, r.count)
	}
	return nil
}

// dropRing keeps the synapses whose delay is too long for a ring.
func dropRing(d *wiring.Drawn) {
	n := 0
	for k, key := range d.Key {
		if !inRing(key) {
			d.Source[n], d.Weight[n], d.Key[n] = d.Source[k], d.Weight[k], key
			n++
		}
	}
	d.Source, d.Weight, d.Key = d.Source[:n], d.Weight[:n], d.Key[:n]
}
