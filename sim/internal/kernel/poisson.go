package kernel

import (
	"math"

	"cortigo/sim/internal/rng"
)

// A PoissonTable turns random bits into Poisson numbers of one mean, by the alias
// method (Walker 1977, in the construction of Vose 1991). A number's probability
// is a whole number of parts of 2^32, exact to within one part, and so are sums of
// probabilities from 0 on. The parts are divided among columns, the same number
// for each, so that a column has parts of two numbers at most.
//
// A number takes 32 random bits, of which the first 16 mostly settle it. With u
// those and r the others, the column is the remainder of u by the number of
// columns, a power of two, and the place in it is the quotient, followed by r:
// the first places belong to one number, the others to the other. So r matters
// only where u is the one at which a column changes from one number to the other.
//
// A target's 16 bits in a step are a part of a block that it has for
// PoissonSteps steps, see PoissonBlock; the others are in another stream, see
// DrawStep. Nothing depends on what was drawn before, or on the mean in
// other steps.
type PoissonTable struct {
	column []column
	max    uint32
	vector *vectorTable // where the numbers fit a byte
}

// A column has parts of two numbers: below where u < at, or u == at and r <
// rest, above elsewhere. Where there is one number, both are it, and no u of the
// column is at.
type column struct {
	at, rest     uint16
	below, above uint32
}

// Vector loops read tables of as many columns as this, or of manyColumns.
const (
	fewColumns  = 32
	manyColumns = 256
)

// NewPoissonTable returns the table for a mean, which is finite and not
// negative.
func NewPoissonTable(mean float64) *PoissonTable {
	low, parts := poissonParts(mean)
	columns := fewColumns
	if len(parts) > fewColumns {
		columns = manyColumns
	}
	for columns < len(parts) {
		columns *= 2
	}
	t := &PoissonTable{column: make([]column, columns), max: low + uint32(len(parts)) - 1}
	t.fill(low, parts)
	if t.max <= math.MaxUint8 {
		t.vector = newVectorTable(t.column)
	}
	return t
}

// poissonParts returns how many parts of 2^32 each number has, from low on. The
// first and the last have some.
func poissonParts(mean float64) (low uint32, parts []uint64) {
	if mean == 0 {
		return 0, []uint64{1 << 32}
	}
	// Probabilities relative to the one of the mode, which is near the middle,
	// so that those at the ends do not underflow before they are smaller than a
	// part.
	mode := math.Floor(mean)
	up := []float64{1}
	for k, p := mode+1, 1.0; p > 1e-18; k++ {
		p = p * mean / k
		up = append(up, p)
	}
	var down []float64 // from the mode - 1 downwards
	first := mode
	for p := 1.0; first > 0 && p > 1e-18; first-- {
		p = p * first / mean
		down = append(down, p)
	}
	sum := 0.0
	for i := len(up) - 1; i >= 0; i-- {
		sum += up[i]
	}
	for i := len(down) - 1; i >= 0; i-- {
		sum += down[i]
	}
	low = uint32(first)
	cum, before := 0.0, uint64(0)
	add := func(p float64) {
		cum += p / sum
		to := uint64(math.Floor(float64(cum*(1<<32)) + 0.5))
		switch {
		case to > before:
			parts = append(parts, to-before)
		case len(parts) > 0:
			parts = append(parts, 0)
		default:
			low++
		}
		before = to
	}
	for i := len(down) - 1; i >= 0; i-- {
		add(down[i])
	}
	for _, p := range up {
		add(p)
	}
	for parts[len(parts)-1] == 0 {
		parts = parts[:len(parts)-1]
	}
	return low, parts
}

// fill divides the parts of the numbers from low on among the columns. Each
// number has a column; where it has too few parts for it, one that has too many
// gives the rest.
func (t *PoissonTable) fill(low uint32, parts []uint64) {
	columns := uint64(len(t.column))
	full := 1 << 32 / columns
	left := make([]uint64, columns)
	copy(left, parts)
	var small, large []int
	sort := func(i int) {
		if left[i] < full {
			small = append(small, i)
		} else {
			large = append(large, i)
		}
	}
	for i := range left {
		sort(i)
	}
	for len(small) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		t.column[s] = column{below: low + uint32(s), above: low + uint32(l)}
		t.column[s].split(uint64(s), left[s], columns)
		left[l] -= full - left[s]
		if left[l] < full {
			large = large[:len(large)-1]
			sort(l)
		}
	}
	for _, l := range large {
		t.column[l] = column{below: low + uint32(l), above: low + uint32(l)}
		t.column[l].split(uint64(l), 0, columns)
	}
}

// split gives the first n parts of column i to the number below.
func (c *column) split(i, n, columns uint64) {
	if n == 0 {
		c.below = c.above
		c.at = uint16(i ^ 1) // of another column
		return
	}
	c.at, c.rest = uint16(n>>16*columns+i), uint16(n)
}

// Max returns the largest number the table can draw.
func (t *PoissonTable) Max() uint32 { return t.max }

// MaxPoissonMean is the largest mean per step for which a table is made.
const MaxPoissonMean = 1e6

// Draw returns the number of 32 random bits, of which the upper 16 are the
// first.
func (t *PoissonTable) Draw(word uint32) uint32 {
	n, sure := t.number(uint16(word >> 16))
	if !sure {
		return t.settled(word)
	}
	return n
}

// PoissonSteps is how many successive steps of a target share a block of random
// words: those that are equal when divided by it.
const PoissonSteps = 8

// PoissonBlock returns the random words in which a step, and those that share them,
// have their first bits. The target is the element of the stream.
func PoissonBlock(key rng.Key, id rng.ID, step int64) [4]uint32 {
	return rng.Philox(id.Counter(uint32(step/PoissonSteps)), key)
}

// bitsOf returns the 16 bits of a step in its block: the lower half of the first
// word for the first step, the upper half for the second, and so on.
func bitsOf(block *[4]uint32, step int64) uint16 {
	return uint16(block[step/2%4] >> (step % 2 * 16))
}

// DrawStep returns the number of a step, given its block in a stream. The first
// bits are those of the step in this block; the others, where they are needed, those of
// the same step in its block in the stream whose purpose has rng.More added.
func (t *PoissonTable) DrawStep(block *[4]uint32, key rng.Key, id rng.ID, step int64) uint32 {
	u := bitsOf(block, step)
	n, sure := t.number(u)
	if !sure {
		id.Purpose |= rng.More
		more := PoissonBlock(key, id, step)
		return t.settled(uint32(u)<<16 | uint32(bitsOf(&more, step)))
	}
	return n
}

// number returns the number for u, and whether that is sure. It has no branch,
// which would be taken at random.
func (t *PoissonTable) number(u uint16) (n uint32, sure bool) {
	c := &t.column[int(u)&(len(t.column)-1)]
	n, below := c.above, c.below
	if u < c.at {
		n = below
	}
	return n, u != c.at
}

// settled returns the number of 32 bits of which the first 16 are not enough.
func (t *PoissonTable) settled(word uint32) uint32 {
	c := &t.column[int(word>>16)&(len(t.column)-1)]
	if uint16(word) < c.rest {
		return c.below
	}
	return c.above
}

// PoissonCounts draws the numbers of all steps that share a block, of which step is
// the first, for the neurons first, first+stride, ...: element k of dst[s] is
// neuron first+k*stride in step+s. The table must not draw more than 255.
func PoissonCounts(t *PoissonTable, key rng.Key, id rng.ID, step int64, first, stride uint32, dst *[PoissonSteps][]uint8) {
	if t.Max() == 0 {
		for s := range dst {
			clear(dst[s])
		}
		return
	}
	inUse.poissonCounts(t, key, id, step, first, stride, dst)
}

func poissonCountsScalar(t *PoissonTable, key rng.Key, id rng.ID, step int64, first, stride uint32, dst *[PoissonSteps][]uint8) {
	for k := range dst[0] {
		id.Element = first + uint32(k)*stride
		block := PoissonBlock(key, id, step)
		for i, w := range block {
			a, sureA := t.number(uint16(w))
			b, sureB := t.number(uint16(w >> 16))
			if !sureA || !sureB {
				a, b = t.DrawStep(&block, key, id, step+int64(2*i)), t.DrawStep(&block, key, id, step+int64(2*i+1))
			}
			dst[2*i][k], dst[2*i+1][k] = uint8(a), uint8(b)
		}
	}
}
