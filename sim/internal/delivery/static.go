package delivery

import (
	"cortigo/sim/internal/exchange"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/network"
)

// Static are the synapses that never change, in the form that costs least for
// their shard and population: packed, compact or exact rows in segments of equal delay,
// or a ring.
type Static struct {
	narrow rows[uint32]
	packed packedRows
	wide   rows[uint64]
	ring   ringRows
	keep   any // keeps the memory of rows

	active       transit // segments of narrow to come
	activePacked transit
	activeWide   transit
	ringList     []kernel.RingRow
}

func (k *Static) receive(spikes []exchange.Spike, begin, now int64, to *Sums) {
	if k.ring.entry != nil {
		k.receiveRing(spikes, begin, to)
	}
	for _, s := range spikes {
		stamp := uint64(begin+int64(s.Lag)) << 48
		if k.narrow.entry != nil {
			if c := k.narrow.entry[s.Neuron]; c != 0 {
				k.active.start(c+stamp, s.Multiplicity, now)
			}
		}
		if k.packed.entry != nil {
			if c := k.packed.entry[s.Neuron]; c != 0 {
				k.activePacked.start(c+stamp, s.Multiplicity, now)
			}
		}
		if k.wide.entry != nil {
			if c := k.wide.entry[s.Neuron]; c != 0 {
				k.activeWide.start(c+stamp, s.Multiplicity, now)
			}
		}
	}
}

func (k *Static) deliver(step int64, to *Sums) bool {
	narrow := deliverNarrow(&k.active, step, k.narrow.syn, &to.sum, to.positive)
	wide := deliverWide(&k.activeWide, step, k.wide.syn, &to.SumWide, to.PositiveW)
	packed := false
	if k.packed.entry != nil {
		packed = deliverPacked(&k.activePacked, step, &k.packed, &to.sum, to.positive)
	}
	return narrow || packed || wide
}

func (k *Static) resume(s exchange.Spike, stamp, step int64, to *Sums) {
	if k.ring.entry != nil {
		k.resumeRing(s, stamp, step, to)
	}
	at := uint64(stamp) << 48
	if k.narrow.entry != nil {
		if c := k.narrow.entry[s.Neuron]; c != 0 {
			if c, ok := skip(c+at, stamp, step, k.narrow.syn); ok {
				k.active.start(c, s.Multiplicity, step)
			}
		}
	}
	if k.packed.entry != nil {
		if c := k.packed.entry[s.Neuron]; c != 0 {
			if c, ok := k.packed.skip(c+at, stamp, step); ok {
				k.activePacked.start(c, s.Multiplicity, step)
			}
		}
	}
	if k.wide.entry != nil {
		if c := k.wide.entry[s.Neuron]; c != 0 {
			if c, ok := skip(c+at, stamp, step, k.wide.syn); ok {
				k.activeWide.start(c, s.Multiplicity, step)
			}
		}
	}
}

// skip moves a cursor of a spike stamped stamp past the segments that were due
// until step; false if none is left.
func skip[W word](c kernel.Cursor, stamp, step int64, syn []W) (kernel.Cursor, bool) {
	for {
		if wait := uint16(c>>48) - uint16(stamp); stamp+int64(wait) > step {
			return c, true
		}
		link := uint32(syn[uint64(uint32(c))+c>>32&kernel.MaxSegment])
		if link == 0 {
			return 0, false
		}
		c = kernel.Advance(c, link)
	}
}

// ahead: what is in the shard's ring already does not have its two signs apart, so
// recent spikes are delivered again.
func (k *Static) ahead(step int64, recent []network.StampedSpike, to *Sums) kind {
	if k.ring.entry != nil {
		for _, x := range recent {
			k.resumeRing(exchange.Spike{Neuron: x.Neuron, Multiplicity: x.Multiplicity}, x.Step, step, to)
		}
	}
	return &Static{narrow: k.narrow, packed: k.packed, wide: k.wide,
		active: *k.active.clone(), activePacked: *k.activePacked.clone(), activeWide: *k.activeWide.clone()}
}

func (k *Static) forget() {
	k.active.clear()
	k.activePacked.clear()
	k.activeWide.clear()
}

func (k *Static) count() int64 { return k.narrow.count + k.packed.count + k.wide.count + k.ring.count }

// degrees: what rows counted as they were made is dropped.
func (k *Static) degrees(of []uint32) {
	for _, form := range [][]uint32{k.narrow.degree, k.packed.degree, k.wide.degree, k.ring.degree} {
		for i, n := range form {
			of[i] += n
		}
	}
	k.narrow.degree, k.packed.degree, k.wide.degree, k.ring.degree = nil, nil, nil, nil
}

// Check reports rows that leave their words, or the shard's sums.
func (k *Static) Check(neurons int, bounds Bounds) error {
	if err := k.ring.check(neurons, bounds); err != nil {
		return err
	}
	if err := check(&k.narrow, neurons, bounds); err != nil {
		return err
	}
	if err := k.packed.check(neurons, bounds); err != nil {
		return err
	}
	return check(&k.wide, neurons, bounds)
}

// Handled returns how many cursors of rows are under way, and how often any has been
// put among these: what deliveries have cost so far.
func (k *Static) Handled() (underWay int, times int64) {
	for _, t := range []*transit{&k.active, &k.activePacked, &k.activeWide} {
		underWay += t.once.held + t.several.held
		times += t.once.moved + t.several.moved
	}
	return underWay, times
}
