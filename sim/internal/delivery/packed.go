package delivery

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"unsafe"

	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/wiring"
)

// packedRows are synapses in 2 or 3 bytes each, see kernel.PackedWeights: those of
// sources that have one weight, or a few.
type packedRows struct {
	entry   []kernel.Cursor // by source neuron: the cursor of its row at step 0; 0: no row
	syn     []uint16
	weights *kernel.PackedWeights
	used    int
	count   int64

	degree []uint32 // synapses of each source, until the engine has summed them
}

// shortSegment is the mean number of synapses in a segment below which they are
// packed where their weights differ: there links take as much memory as weights, and
// looking a weight up little of the time. Longer segments are delivered a few
// per cent faster with the weight in the word.
const shortSegment = 10.0

// packedClasses are the classes of source populations, and their weights.
type packedClasses struct {
	weights *kernel.PackedWeights
	of      []int                             // class of each source population; -1: not packed
	codes   []*[2*wiring.MaxCompact + 2]uint8 // of each class, which place of its table has the weight x, by x + wiring.MaxCompact
}

// newPackedClasses finds source populations whose compact synapses have so few
// different weights that they can be packed. It depends on nothing but the
// weights and on how long segments are.
func newPackedClasses(bySource [][]*wiring.Bundle, l *Layout) *packedClasses {
	c := &packedClasses{weights: new(kernel.PackedWeights), of: make([]int, len(bySource))}
	var tables [][]int64
	for p, bundles := range bySource {
		c.of[p] = -1
		values, ok := packedValues(bundles)
		if !ok || len(values) > 1 && segmentLength(bundles, l.n[p]*l.Shards) >= shortSegment {
			continue
		}
		k := slices.IndexFunc(tables, func(t []int64) bool { return slices.Equal(t, values) })
		if k < 0 {
			if k = len(tables); k == kernel.PackedClasses {
				continue
			}
			tables = append(tables, values)
		}
		c.of[p] = k
	}
	for k, values := range tables {
		code := new([2*wiring.MaxCompact + 2]uint8)
		for i, x := range values {
			c.weights.Table[k][i] = int32(x)
			code[x+wiring.MaxCompact] = uint8(i)
		}
		c.codes = append(c.codes, code)
		if len(values) > 1 {
			c.weights.Choose |= 1 << k
		}
	}
	return c
}

// segmentLength returns how many synapses there are in a segment on average, of a source
// population's bundles that are compact, which make so many rows.
func segmentLength(bundles []*wiring.Bundle, rows int) float64 {
	synapses, delays := 0.0, 0.0
	for _, w := range bundles {
		if !w.Wide {
			synapses += float64(w.Synapses)
			delays += float64(float64(w.Synapses) * math.Max(1, w.Delays.Spread))
		}
	}
	if synapses == 0 {
		return 0
	}
	return synapses / float64(rows) / (delays / synapses)
}

// packedValues returns the different weights of bundles that are compact, in
// ascending order; false if there are none, or more than a table holds, or if delays
// are so long that a record has no room for them.
func packedValues(bundles []*wiring.Bundle) ([]int64, bool) {
	most := len(kernel.PackedWeights{}.Table[0])
	var values []int64
	longest, half := int64(0), 1
	for _, w := range bundles {
		if w.Wide {
			continue
		}
		if longest = max(longest, w.Delays.Max); !w.Merged {
			half = 0
		}
		v, ok := w.Weights(most)
		if !ok {
			return nil, false
		}
		values = append(values, v...)
		slices.Sort(values)
		if values = slices.Compact(values); len(values) > most {
			return nil, false
		}
	}
	return values, len(values) > 0 && (longest<<1|1)>>half <= math.MaxUint8
}

// A packedRecord is a synapse on its way to its row.
type packedRecord struct {
	target uint16
	source uint16 // within its bucket of sources
	how    uint16 // the key, halved where there is one channel, and above it in 8 bits what chooses the weight
}

func (r *packedRecord) key() int { return int(r.how & 0xff) }

func (r *packedRecord) choice() uint8 { return uint8(r.how >> 8) }

// swapped is 1 where the first byte of a word is its high one.
var swapped = uint32(binary.NativeEndian.Uint16([]byte{0, 1}) & 1)

// A spot is where the next synapse of a source and key goes: the word of its
// target, the byte that chooses its weight.
type spot struct{ target, choice uint32 }

// packedForm is what makes the packed rows of a shard.
type packedForm struct {
	*packedRows
	classes *packedClasses
	class   int  // of the population at hand
	single  bool // which uses channel 0 alone, so that keys are halved
}

func (f *packedForm) room(records, segments int64) int64 {
	// A link of up to three words for each, and half a word where weights are odd.
	return kernel.PackedMargin + records + (records+1)/2 + 4*(segments+records/kernel.MaxPackedSegment+1)
}

func (f *packedForm) begin(neurons int, words int64, population int, single bool) {
	f.single, f.class = single, f.classes.of[population]
	if f.entry != nil {
		return
	}
	f.entry, f.degree = make([]kernel.Cursor, neurons), make([]uint32, neurons)
	f.syn, f.weights, f.used = make([]uint16, words), f.classes.weights, kernel.PackedMargin
	PreferHugePages(f.syn)
}

func (f *packedForm) end() { f.syn = f.syn[:f.used] }

func (f *packedForm) half() uint {
	if f.single {
		return 1
	}
	return 0
}

func (f *packedForm) add(p *partition[packedRecord], target uint16, _ int, d *wiring.Drawn) {
	mask, shift, half, code, buckets := uint32(1)<<p.shift-1, p.shift&31, f.half()&15, f.classes.codes[f.class], p.bucket
	keys, weights := d.Key[:len(d.Source)], d.Weight[:len(d.Source)]
	for k, source := range d.Source {
		b := &buckets[source>>shift]
		if len(b.last) == cap(b.last) {
			p.turn(b)
		}
		choice := code[(weights[k]+wiring.MaxCompact)&(2*wiring.MaxCompact+1)]
		b.last = append(b.last, packedRecord{target, uint16(source & mask), keys[k]>>half | uint16(choice)<<8})
	}
}

// place implements rowForm: a segment's targets go where it begins, what chooses
// their weights after them.
func (f *packedForm) place(pl *placer, first, n, keys int, chunks [][]packedRecord) error {
	pl.clear(n * keys)
	for _, c := range chunks {
		for i := range c {
			pl.count[int(c[i].source)*keys+c[i].key()]++
		}
	}
	choose := f.weights.Choose>>f.class&1 != 0
	if cap(pl.spot) < n*keys {
		pl.spot = make([]spot, n*keys)
	}
	spots := pl.spot[:n*keys]
	long := false
	for s := range n {
		from, to := s*keys, (s+1)*keys
		if err := f.layRow(first+s, f.class, f.half(), choose, pl.count[from:to], spots[from:to], &long); err != nil {
			return err
		}
	}
	syn := f.syn
	switch {
	case long:
		f.placeLong(pl.count, spots, keys, choose, chunks)
	case choose:
		choices := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(syn))), 2*len(syn))
		for _, c := range chunks {
			for i := range c {
				r := &c[i]
				at := &spots[int(r.source)*keys+r.key()]
				syn[at.target] = r.target
				choices[at.choice^swapped] = r.choice()
				at.target++
				at.choice++
			}
		}
	default:
		for _, c := range chunks {
			for i := range c {
				at := &spots[int(c[i].source)*keys+c[i].key()]
				syn[at.target] = c[i].target
				at.target++
			}
		}
	}
	return nil
}

// layRow reserves the segments of one row, writes its links and its entry, and
// stores where the first synapse of each key goes.
func (r *packedRows) layRow(source, class int, half uint, choose bool, count []uint32, spots []spot, long *bool) error {
	previous := uint16(0) // delay of the segment before
	begun := false
	for key, n := range count {
		if n == 0 {
			continue
		}
		r.degree[source] += n
		r.count += int64(n)
		*long = *long || n > kernel.MaxPackedSegment
		delay, channel := uint16(key<<half>>1), key<<half&1
		for rest := n; rest > 0; {
			m := min(rest, kernel.MaxPackedSegment)
			link := 0
			if begun {
				link = kernel.PackedLinkLen(int(m), delay-previous)
			}
			words := kernel.PackedLen(int(m), choose)
			if end := r.used + link + words + 1; end > len(r.syn) || end > math.MaxUint32/2 {
				return fmt.Errorf("a shard has synapses of more than %d bytes, use more shards", 2*min(len(r.syn), math.MaxUint32/2))
			}
			if begun {
				kernel.PutPackedLink(r.syn[r.used:], int(m), channel, delay-previous)
				r.used += link
			} else {
				r.entry[source] = kernel.MakePackedCursor(uint32(r.used), int(m), class, channel, delay)
			}
			if rest == n {
				spots[key] = spot{uint32(r.used), uint32(2 * (r.used + int(m)))}
			}
			begun, previous = true, delay
			r.used += words
			rest -= m
		}
	}
	if begun {
		r.syn[r.used] = 0
		r.used++
	}
	return nil
}

// placeLong is the end of place where some segment is cut into several.
func (r *packedRows) placeLong(count []uint32, spots []spot, keys int, choose bool, chunks [][]packedRecord) {
	done := make([]uint32, len(count))
	const most = kernel.MaxPackedSegment
	for _, c := range chunks {
		for i := range c {
			x := &c[i]
			k := int(x.source)*keys + x.key()
			part, in := done[k]/most, done[k]%most
			done[k]++
			begin := int(spots[k].target) + int(part)*kernel.PackedLen(most, choose)
			m := int(min(count[k]-part*most, most)) // of this part
			if part > 0 {
				begin += int(part-1)*kernel.PackedLinkLen(most, 0) + kernel.PackedLinkLen(m, 0)
			}
			r.syn[begin+int(in)] = x.target
			if choose {
				r.syn[begin+m+int(in>>1)] |= uint16(x.choice()) << (in & 1 * 8)
			}
		}
	}
}

// skip is as that of rows.
func (r *packedRows) skip(c kernel.Cursor, stamp, step int64) (kernel.Cursor, bool) {
	for {
		if wait := uint16(c>>48) - uint16(stamp); stamp+int64(wait) > step {
			return c, true
		}
		s := r.weights.Segment(c, r.syn)
		next, ok := s.Next(c, r.syn)
		if !ok {
			return 0, false
		}
		c = next
	}
}

// check is as that of rows.
func (r *packedRows) check(neurons int, bounds Bounds) error {
	if len(r.entry) == 0 {
		if len(r.syn) > 0 {
			return fmt.Errorf("%d words of packed synapses without rows", len(r.syn))
		}
		r.entry = nil
		return nil
	}
	if len(r.entry) != neurons {
		return fmt.Errorf("%d packed rows for %d neurons", len(r.entry), neurons)
	}
	if r.count < 0 || r.count > int64(len(r.syn)) {
		return fmt.Errorf("%d packed synapses in %d words", r.count, len(r.syn))
	}
	r.degree = make([]uint32, neurons)
	total := int64(0)
	for source, c := range r.entry {
		if c == 0 {
			continue
		}
		delay := int64(c >> 48)
		for {
			n := int(c >> 32 & kernel.MaxPackedSegment)
			at, class := int64(uint32(c)), int(c>>42&(kernel.PackedClasses-1))
			link := at + int64(kernel.PackedLen(n, r.weights.Choose>>class&1 != 0))
			if at < kernel.PackedMargin || link >= int64(len(r.syn)) {
				return fmt.Errorf("packed row of neuron %d leaves the %d words there are", source+1, len(r.syn))
			}
			if n == 0 {
				return fmt.Errorf("packed row of neuron %d has an empty segment", source+1)
			}
			if delay < bounds.MinDelay || delay > bounds.MaxDelay {
				return fmt.Errorf("packed row of neuron %d has a delay of %d steps, outside [%d, %d]", source+1, delay, bounds.MinDelay, bounds.MaxDelay)
			}
			r.degree[source] += uint32(n)
			if total += int64(n); total > r.count {
				return fmt.Errorf("more synapses in the packed rows than the %d that were announced", r.count)
			}
			s := r.weights.Segment(c, r.syn)
			if r.syn[link] == 0 {
				break
			}
			if uint8(r.syn[link]) == math.MaxUint8 {
				if link+2 >= int64(len(r.syn)) {
					return fmt.Errorf("packed row of neuron %d leaves the %d words there are", source+1, len(r.syn))
				}
				if n := r.syn[link+1]; n > kernel.MaxPackedSegment {
					return fmt.Errorf("packed row of neuron %d has a segment of %d synapses, at most %d", source+1, n, kernel.MaxPackedSegment)
				}
			}
			next, _ := s.Next(c, r.syn)
			delay += int64(uint16(next>>48) - uint16(c>>48))
			c = next
		}
	}
	if total != r.count {
		return fmt.Errorf("%d synapses in the packed rows, %d were announced", total, r.count)
	}
	return nil
}

// deliverPacked is deliverNarrow for packed rows.
func deliverPacked(t *transit, step int64, r *packedRows, sum *[2]*[MaxShard]int32, positive *[MaxShard]int32) bool {
	return t.deliver(step, func(due []kernel.Cursor) []kernel.Cursor {
		if positive != nil {
			return kernel.DeliverPackedSplit(due, step, r.syn, r.weights, sum[0], sum[1], positive)
		}
		return kernel.DeliverPacked(due, step, r.syn, r.weights, sum[0], sum[1])
	}, func(due []kernel.Multiple) []kernel.Multiple {
		return kernel.DeliverPackedMultiple(due, step, r.syn, r.weights, sum[0], sum[1], positive)
	})
}
