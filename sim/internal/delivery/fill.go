package delivery

import (
	"fmt"
	"math"
	"runtime/debug"
	"slices"

	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/wiring"
)

// A rowBuilder draws the synapses of shards, one source population after another, so
// that what is being sorted stays small beside what is done. Large source populations
// come first: they need most room while little is done.
type rowBuilder struct {
	layout   *Layout
	neurons  int
	ring     bool // synapses go through rings where they can
	job      *wiring.Job
	work     []rowWork // of each worker
	bySource [][]*wiring.Bundle
	order    []int
	packed   *packedClasses
}

// NewRowBuilder returns what builds the rows of bundles with so many workers.
func NewRowBuilder(l *Layout, ring bool, workers int, j *wiring.Job, bundles []*wiring.Bundle) *rowBuilder {
	bySource := make([][]*wiring.Bundle, len(l.n))
	records := make([]int64, len(l.n))
	neurons := 0
	for _, n := range l.n {
		neurons += n
	}
	for _, w := range bundles {
		if w.Stateful {
			continue
		}
		pre := w.Pre.Population
		bySource[pre] = append(bySource[pre], w)
		records[pre] += w.Synapses
	}
	var order []int
	for p, n := range records {
		if n > 0 {
			order = append(order, p)
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		if records[a] != records[b] {
			return int(max(-1, min(1, records[b]-records[a])))
		}
		return a - b
	})
	b := &rowBuilder{layout: l, neurons: neurons, ring: ring, job: j, bySource: bySource, order: order, work: make([]rowWork, workers)}
	if !ring {
		b.packed = newPackedClasses(bySource, l)
	}
	return b
}

// rowWork is the room that a worker builds rows in, one shard after another.
type rowWork struct {
	narrow partition[record[uint32]]
	packed partition[packedRecord]
	wide   partition[record[uint64]]
	placer placer
	drawn  wiring.Drawn
}

// Fill makes all static rows of a shard; worker says who does.
func (b *rowBuilder) Fill(sh *Synapses, worker int) error {
	work := &b.work[worker]
	if err := b.job.Err(); err != nil {
		return err
	}
	var narrow, packed, wide, ring []*wiring.Bundle
	for _, p := range b.order {
		for _, w := range b.bySource[p] {
			inRing := b.ring && ringable(w.Drawer)
			if inRing {
				ring = append(ring, w)
			}
			switch {
			case w.Wide:
				wide = append(wide, w)
			case b.packed != nil && b.packed.of[p] >= 0:
				packed = append(packed, w)
			case !inRing || w.Delays.Max >= kernel.RingSteps:
				narrow = append(narrow, w)
			}
		}
	}
	if len(ring) > 0 {
		if err := fillRing(b, sh, ring); err != nil {
			return err
		}
	}
	err := fillRows(b, sh, &sh.Static.narrow, narrow, work, &work.narrow)
	if err == nil {
		err = fillRows(b, sh, &packedForm{packedRows: &sh.Static.packed, classes: b.packed}, packed, work, &work.packed)
	}
	if err == nil {
		err = fillRows(b, sh, &sh.Static.wide, wide, work, &work.wide)
	}
	if err != nil {
		*work = rowWork{} // what lies there belongs to rows that were given up
	}
	return err
}

// fillRows makes the rows of one form; bundles are in order of source
// population.
func fillRows[R any](b *rowBuilder, sh *Synapses, r rowForm[R], bundles []*wiring.Bundle, work *rowWork, part *partition[R]) error {
	if len(bundles) == 0 {
		return nil
	}
	type group struct {
		bundles []*wiring.Bundle
		keys    int
		records int64
		single  bool // all onto merged channels
	}
	var groups []group
	words := int64(0)
	for len(bundles) > 0 {
		p := bundles[0].Pre.Population
		n := 1
		for n < len(bundles) && bundles[n].Pre.Population == p {
			n++
		}
		g := group{bundles: bundles[:n], single: true}
		bundles = bundles[n:]
		for _, w := range g.bundles {
			g.keys = max(g.keys, int(w.Delays.Max)<<1+2)
			g.single = g.single && w.Merged
			from, to := b.layout.Slice(sh.Index, w.Post)
			blk := sh.places[w.Post.Population]
			for k := from; k < to; k++ {
				g.records += int64(w.Degree(blk.Index(k) - w.Post.From))
			}
		}
		if g.single {
			g.keys /= 2
		}
		if words+g.records > math.MaxUint32 {
			return fmt.Errorf("a shard has more than %d synapses, use more shards", uint32(math.MaxUint32))
		}
		// A row has no more segments than keys.
		words += r.room(g.records, min(g.records, int64(b.layout.n[p])*int64(g.keys)))
		groups = append(groups, g)
	}
	pl, d := &work.placer, &work.drawn
	var units wiring.Toll
	for _, g := range groups {
		p := g.bundles[0].Pre.Population
		r.begin(b.neurons, words, p, g.single)
		sources := b.layout.n[p]
		if need := int(g.records/(chunkLen*chunksPerSlab)) + 2; len(part.free) > 2*need*chunksPerSlab {
			part.free = nil // a smaller population needs less room: give the rest back
			debug.FreeOSMemory()
		}
		part.reset(sources, bucketShift(g.records, sources, g.keys))
		for _, w := range g.bundles {
			from, to := b.layout.Slice(sh.Index, w.Post)
			blk := sh.places[w.Post.Population]
			for k := from; k < to; k++ {
				if w.Draw(blk.Index(k)-w.Post.From, d); d.Err != nil {
					return d.Err
				}
				if err := units.Add(b.job, wiring.UnitsPerTarget+len(d.Source)*wiring.UnitsPerSynapse); err != nil {
					return err
				}
				if b.ring && ringable(w.Drawer) {
					dropRing(d)
					g.records -= int64(w.Degree(blk.Index(k)-w.Post.From)) - int64(len(d.Source)) // the ring's are told
				}
				r.add(part, uint16(blk.Base+k), blk.N, d)
			}
		}
		for i := range part.bucket {
			chunks := part.take(i)
			first := i << part.shift
			n := min(1<<part.shift, sources-first)
			if err := r.place(pl, b.layout.First[p]+first, n, g.keys, chunks); err != nil {
				return err
			}
			part.release(chunks)
			if err := b.job.Err(); err != nil {
				return err
			}
		}
	}
	r.end()
	return nil
}
