//go:build !noasm

package kernel

import (
	"math/bits"

	"cortigo/sim/internal/rng"
)

// poissonChunk is for how many neurons numbers are drawn before those that are
// unsure are settled: all are in the nearest cache then.
const poissonChunk = 1024

func (w vector) poissonCounts(t *PoissonTable, key rng.Key, id rng.ID, step int64, first, stride uint32, dst *[PoissonSteps][]uint8) {
	n := len(dst[0])
	if t.vector == nil || n < 3 {
		poissonCountsScalar(t, key, id, step, first, stride, dst)
		return
	}
	batch := w.batch()
	// One round, after which the element is in word 0.
	c := id.Counter(uint32(step / PoissonSteps))
	hi0, lo0 := bits.Mul32(philoxM0, c[0])
	hi1, lo1 := bits.Mul32(philoxM1, c[2])
	r := rounds{copies: w.copies()}
	r.set(atZeroth, hi1^key[0])
	r.setRounds([4]uint32{0, lo1, hi0 ^ c[3] ^ key[1], lo0}, nextKey(key), 9)
	r.set(atAdvance, uint32(batch)*stride)

	full := n &^ (batch - 1)
	var rows [PoissonSteps][]uint8
	for from := 0; from < full; from += poissonChunk {
		for s := range rows {
			rows[s] = dst[s][from:min(from+poissonChunk, full)]
		}
		w.poissonBatches(&r, t, key, id, step, first+uint32(from)*stride, stride, &rows)
	}
	if full < n {
		var rest [PoissonSteps][maxBatch]uint8
		for s := range rows {
			rows[s] = rest[s][:batch]
		}
		w.poissonBatches(&r, t, key, id, step, first+uint32(full)*stride, stride, &rows)
		for s := range rest {
			copy(dst[s][full:n], rest[s][:])
		}
	}
}

// poissonBatches is poissonCounts for neurons that fill batches, at most
// poissonChunk of them.
func (w vector) poissonBatches(r *rounds, t *PoissonTable, key rng.Key, id rng.ID, step int64, first, stride uint32, rows *[PoissonSteps][]uint8) {
	var counters [maxBatch]uint32
	for i := range w.batch() {
		counters[i] = first + uint32(i)*stride
	}
	var dst [PoissonSteps]*uint8
	n := len(rows[0])
	for s := range dst {
		dst[s] = &rows[s][:n][0]
	}
	var unsure [poissonChunk / 8]uint64
	switch v := t.vector; {
	case v.many != nil && w.wide:
		poissonCountsManyAVX512(&r.k[0], &counters[0], &v.many[0], &dst, &unsure[0], n)
	case v.many != nil:
		poissonCountsManyAVX2(&r.k[0], &counters[0], &v.many[0], &dst, &unsure[0], n)
	case w.wide:
		poissonCountsAVX512(&r.k[0], &counters[0], &v.few[0], &dst, &unsure[0], n)
	default:
		poissonCountsAVX2(&r.k[0], &counters[0], &v.each[0], &dst, &unsure[0], n)
	}
	for i, x := range unsure[:n/8] {
		for ; x != 0; x &= x - 1 {
			k, s := w.unsureAt(64*i + bits.TrailingZeros64(x))
			id.Element = first + uint32(k)*stride
			block := PoissonBlock(key, id, step)
			rows[s][k] = uint8(t.DrawStep(&block, key, id, step+int64(s)))
		}
	}
}

// unsureAt returns the neuron and the step of a bit that the loops set.
func (w vector) unsureAt(bit int) (k, s int) {
	in, bit := bit/32, bit%32
	if w.wide {
		return in/4*16 + bit/2, in%4*2 + bit%2
	}
	return in/2*8 + bit/4, in%2*4 + bit%2*2 + bit/2%2
}
