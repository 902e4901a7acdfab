//go:build !noasm

package kernel

import (
	"math/bits"

	"cortigo/sim/internal/rng"
)

const (
	philoxM0 = 0xD2511F53
	philoxM1 = 0xCD9E8D57
	philoxW0 = 0x9E3779B9
	philoxW1 = 0xBB67AE85
)

// Places of the round constants of the Philox loops, as in their generator. They
// are 8 words apart; AVX2 reads all 8, AVX-512 the first.
const (
	atFirst = iota
	atSecond0
	atSecond2
	atThird0
	atThird2
	atFull
	atAdvance = iota + 13
	atZeroth
	roundConstants
)

type rounds struct {
	k      [8 * roundConstants]uint32
	copies int
}

// copies returns how many there must be of each constant.
func (w vector) copies() int {
	if w.wide {
		return 1
	}
	return 8
}

func (r *rounds) set(place int, x uint32) {
	k := r.k[8*place : 8*place+8 : 8*place+8]
	k[0] = x
	if r.copies > 1 {
		k[1], k[2], k[3], k[4], k[5], k[6], k[7] = x, x, x, x, x, x, x
	}
}

// setRounds sets the constants of the given number of rounds on counters that
// differ from c in word 0 alone. In the first of them one of the two products is
// the same for all counters, in the second the other, and in the third one of
// the words that are added.
func (r *rounds) setRounds(c [4]uint32, k rng.Key, number int) {
	hi, lo := bits.Mul32(philoxM1, c[2])
	c0, c1 := hi^c[1]^k[0], lo
	r.set(atFirst, c[3]^k[1])
	k = nextKey(k)
	hi, lo = bits.Mul32(philoxM0, c0)
	r.set(atSecond0, c1^k[0])
	r.set(atSecond2, hi^k[1])
	c3 := lo
	k = nextKey(k)
	r.set(atThird0, k[0])
	r.set(atThird2, c3^k[1])
	for j := range number - 3 {
		k = nextKey(k)
		r.set(atFull+2*j, k[0])
		r.set(atFull+2*j+1, k[1])
	}
}

func nextKey(k rng.Key) rng.Key { return rng.Key{k[0] + philoxW0, k[1] + philoxW1} }

// batch returns how many counters the Philox loops take at a time.
func (w vector) batch() int {
	if w.wide {
		return maxBatch
	}
	return 8
}

const maxBatch = 32

// Which block each lane of philoxFill's vectors is for: so that a transposition
// within 128-bit lanes leaves the blocks in order.
var orderWide, orderNarrow = fillOrder(16), fillOrder(8)

func fillOrder(lanes int) (order [maxBatch]uint32) {
	for i := range order {
		order[i] = uint32(i/lanes*lanes + lanes/4*(i%4) + i%lanes/4)
	}
	return order
}

func (w vector) philoxFill(key rng.Key, c [4]uint32, stride uint32, dst []uint32) {
	batch := w.batch()
	blocks := len(dst) / 4
	if blocks < 3 {
		philoxFillScalar(key, c, stride, dst)
		return
	}
	r := rounds{copies: w.copies()}
	r.setRounds(c, key, 10)
	r.set(atAdvance, uint32(batch)*stride)
	order := &orderNarrow
	if w.wide {
		order = &orderWide
	}
	var counters [maxBatch]uint32
	place := func(base uint32) {
		for i, k := range order {
			counters[i] = base + k*stride
		}
	}
	n := blocks &^ (batch - 1)
	if n > 0 {
		place(c[0])
		w.fill(&r, &counters, &dst[0], n)
	}
	if n < blocks {
		var rest [4 * maxBatch]uint32
		place(c[0] + uint32(n)*stride)
		w.fill(&r, &counters, &rest[0], batch)
		copy(dst[4*n:4*blocks], rest[:])
	}
}

func (w vector) fill(r *rounds, counters *[maxBatch]uint32, dst *uint32, n int) {
	if w.wide {
		philoxFillAVX512(&r.k[0], &counters[0], dst, n)
	} else {
		philoxFillAVX2(&r.k[0], &counters[0], dst, n)
	}
}
