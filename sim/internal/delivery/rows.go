package delivery

import (
	"fmt"
	"math"
	"math/bits"

	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/wiring"
)

// A word is a synapse of the compact or of the wide form; see kernel.Cursor for
// the format of rows.
type word interface{ ~uint32 | ~uint64 }

// rows are the synapses of one form onto one shard.
type rows[W word] struct {
	entry []kernel.Cursor // by source neuron: the cursor of its row at step 0; 0: no row
	syn   []W
	used  int
	count int64 // synapses

	degree []uint32 // synapses of each source, until the engine has summed them
	single bool     // the rows being placed use channel 0 alone, their keys are halved
}

// A record is a synapse on its way to its row.
type record[W word] struct {
	w      W
	key    uint16 // delay<<1 | channel
	source uint16 // within its bucket of sources
}

const chunkLen = 512

// A partition collects records by buckets of consecutive sources, each bucket a
// list of chunks, so that every bucket is written in order and later sorted
// within the cache.
type partition[R any] struct {
	shift  uint // sources per bucket, as a power of two
	bucket []bucket[R]
	free   [][]R
}

type bucket[R any] struct {
	full [][]R
	last []R
}

func (p *partition[R]) reset(sources int, shift uint) {
	p.shift = shift
	n := (sources + 1<<shift - 1) >> shift
	if cap(p.bucket) < n {
		p.bucket = make([]bucket[R], n)
	}
	p.bucket = p.bucket[:n]
}

const chunksPerSlab = 256

func (p *partition[R]) newChunk() []R {
	if len(p.free) == 0 {
		slab := make([]R, chunksPerSlab*chunkLen)
		for i := range chunksPerSlab {
			p.free = append(p.free, slab[i*chunkLen:i*chunkLen:(i+1)*chunkLen])
		}
	}
	c := p.free[len(p.free)-1]
	p.free = p.free[:len(p.free)-1]
	return c[:0]
}

// turn begins a new chunk of a bucket.
func (p *partition[R]) turn(b *bucket[R]) {
	if b.last != nil {
		b.full = append(b.full, b.last)
	}
	b.last = p.newChunk()
}

// add takes the synapses onto one target; the sums of its tiers are n slots apart.
func (r *rows[W]) add(p *partition[record[W]], target uint16, n int, d *wiring.Drawn) {
	mask := uint32(1)<<p.shift - 1
	for k, source := range d.Source {
		b := &p.bucket[source>>p.shift]
		if len(b.last) == cap(b.last) {
			p.turn(b)
		}
		at := target
		if len(d.Tier) > 0 {
			at += uint16(int(d.Tier[k]) * n)
		}
		w := W(d.Weight[k])<<16 | W(at)
		b.last = append(b.last, record[W]{w, d.Key[k], uint16(source & mask)})
	}
}

// take empties bucket i and returns its chunks, which release takes back.
func (p *partition[R]) take(i int) [][]R {
	b := &p.bucket[i]
	chunks := b.full
	if len(b.last) > 0 {
		chunks = append(chunks, b.last)
	}
	*b = bucket[R]{}
	return chunks
}

func (p *partition[R]) release(chunks [][]R) {
	for _, c := range chunks {
		p.free = append(p.free, c[:0])
	}
}

// placer sorts the records of a bucket into rows.
type placer struct {
	count []uint32 // by source and key
	at    []uint32
	spot  []spot // of packed rows
}

// clear makes room to count so many sources and keys.
func (pl *placer) clear(size int) {
	if cap(pl.count) < size {
		pl.count, pl.at = make([]uint32, size), make([]uint32, size)
	}
	pl.count, pl.at = pl.count[:size], pl.at[:size]
	clear(pl.count)
}

// A rowForm is what makes the rows of one form, of one source population after
// another.
type rowForm[R any] interface {
	// room returns how many words so many synapses in so many segments take at
	// most.
	room(records, segments int64) int64

	// begin makes room for words, once, and tells of the source population that comes
	// next, and whether it uses channel 0 alone.
	begin(neurons int, words int64, population int, single bool)

	// add takes the synapses onto one target, of a source population; the sums of its
	// tiers are n slots apart.
	add(p *partition[R], target uint16, n int, d *wiring.Drawn)

	// place appends the rows of the sources first..first+n-1, from
	// chunks of records that stand in order of target. keys bounds their keys, which
	// are halved where channel 0 is the only one.
	place(pl *placer, first, n, keys int, chunks [][]R) error

	end()
}

func (r *rows[W]) room(records, segments int64) int64 {
	return records + segments + records/kernel.MaxSegment + 1
}

func (r *rows[W]) begin(neurons int, words int64, _ int, single bool) {
	r.single = single
	if r.entry != nil {
		return
	}
	r.entry, r.degree, r.syn = make([]kernel.Cursor, neurons), make([]uint32, neurons), make([]W, words)
	PreferHugePages(r.syn)
}

func (r *rows[W]) end() { r.syn = r.syn[:r.used] }

func (r *rows[W]) place(pl *placer, first, n, keys int, chunks [][]record[W]) error {
	half := r.half()
	pl.clear(n * keys)
	for _, c := range chunks {
		for i := range c {
			pl.count[int(c[i].source)*keys+int(c[i].key>>half)]++
		}
	}
	long := false
	for s := range n {
		if err := r.layRow(first+s, pl.count[s*keys:(s+1)*keys], pl.at[s*keys:(s+1)*keys], &long); err != nil {
			return err
		}
	}
	if long {
		placeLong(pl, r, keys, chunks)
		return nil
	}
	for _, c := range chunks {
		for i := range c {
			at := &pl.at[int(c[i].source)*keys+int(c[i].key>>half)]
			r.syn[*at] = c[i].w
			*at++
		}
	}
	return nil
}

// placeLong is the end of place where some segment holds more synapses than a
// link can count, and so has links in between.
func placeLong[W word](pl *placer, r *rows[W], keys int, chunks [][]record[W]) {
	clear(pl.count)
	for _, c := range chunks {
		for i := range c {
			k := int(c[i].source)*keys + int(c[i].key>>r.half())
			done := pl.count[k]
			r.syn[pl.at[k]+done+done/kernel.MaxSegment] = c[i].w
			pl.count[k]++
		}
	}
}

// layRow reserves the segments of one row, writes its links and its entry, and
// stores in at where the synapses of each key begin.
func (r *rows[W]) layRow(source int, count, at []uint32, long *bool) error {
	half := r.half()
	previous := uint16(0) // delay of the segment before
	link := -1            // where its link word goes
	for key, n := range count {
		if n == 0 {
			continue
		}
		r.degree[source] += n
		delay, channel := uint16(key<<half>>1), key<<half&1
		at[key] = uint32(r.used)
		r.count += int64(n)
		*long = *long || n > kernel.MaxSegment
		for n > 0 {
			m := min(n, kernel.MaxSegment)
			if r.used+int(m)+1 > len(r.syn) || r.used+int(m)+1 > math.MaxUint32 {
				return fmt.Errorf("a shard has more than %d synapses, use more shards", len(r.syn))
			}
			if link < 0 {
				r.entry[source] = kernel.MakeCursor(uint32(r.used), int(m), channel, delay)
			} else {
				r.syn[link] = W(kernel.MakeLink(int(m), channel, delay-previous))
			}
			previous = delay
			r.used += int(m)
			link = r.used
			r.used++
			n -= m
		}
	}
	if link >= 0 {
		r.syn[link] = 0
	}
	return nil
}

// half returns by how many bits a key is shifted to count its segment.
func (r *rows[W]) half() uint {
	if r.single {
		return 1
	}
	return 0
}

// bucketShift returns how many sources, as a power of two, make buckets of some
// 200,000 records, bounded by what the placer has to count.
func bucketShift(records int64, sources, keys int) uint {
	perSource := records/int64(max(sources, 1)) + 1
	want := max(1, 200_000/perSource)
	want = min(want, int64(max(1, (1<<20)/keys)), 1<<16)
	return uint(bits.Len64(uint64(want)) - 1)
}
