package kernel

import (
	"math"

	"cortigo/sim/internal/rng"
)

// A PoissonTable draws Poisson numbers from one random word by inversion: the
// number is Low plus how many thresholds the word reaches. Probabilities are
// exact to within 2^-32.
type PoissonTable struct {
	Low       uint32
	Threshold []uint32
	guide     [257]uint32  // how many thresholds are reached by words below i<<24
	vector    *vectorTable // for few thresholds
	many      *guideTable  // for more; for very many there is neither
}

// NewPoissonTable returns the table for a mean, which is finite and not
// negative.
func NewPoissonTable(mean float64) *PoissonTable {
	t := &PoissonTable{}
	if mean == 0 {
		return t
	}
	// Probabilities relative to the one of the mode, which is near the middle,
	// so that those at the ends do not underflow before they are smaller than a
	// word resolves.
	mode := math.Floor(mean)
	up := []float64{1}
	for k, p := mode+1, 1.0; p > 1e-18; k++ {
		p = p * mean / k
		up = append(up, p)
	}
	var down []float64 // from the mode - 1 downwards
	low := mode
	for p := 1.0; low > 0 && p > 1e-18; low-- {
		p = p * low / mean
		down = append(down, p)
	}
	sum := 0.0
	for i := len(up) - 1; i >= 0; i-- {
		sum += up[i]
	}
	for i := len(down) - 1; i >= 0; i-- {
		sum += down[i]
	}
	t.Low = uint32(low)
	cum := 0.0
	add := func(p float64) {
		cum += p / sum
		if x := math.Floor(float64(cum*(1<<32)) + 0.5); x < 1<<32 {
			t.Threshold = append(t.Threshold, uint32(x))
		}
	}
	for i := len(down) - 1; i >= 0; i-- {
		add(down[i])
	}
	for _, p := range up {
		add(p)
	}
	j := 0
	for i := range t.guide {
		for j < len(t.Threshold) && uint64(t.Threshold[j]) <= uint64(i)<<24 {
			j++
		}
		t.guide[i] = uint32(j)
	}
	t.setVectors()
	return t
}

// Draw returns the number that the random word u selects.
func (t *PoissonTable) Draw(u uint32) uint32 {
	j := t.guide[u>>24]
	for int(j) < len(t.Threshold) && u >= t.Threshold[j] {
		j++
	}
	return t.Low + j
}

// Max returns the largest number the table can draw.
func (t *PoissonTable) Max() uint32 { return t.Low + uint32(len(t.Threshold)) }

// MaxPoissonMean is the largest mean per step for which a table is made.
const MaxPoissonMean = 1e6

// PoissonFour draws the numbers of four successive steps, one for each word of
// a block, for the neurons first, first+stride, ...: element k of dst[s] is
// neuron first+k*stride at step s of the four. The table must not draw more than
// 255.
func PoissonFour(t *PoissonTable, key rng.Key, id rng.ID, block uint32, first, stride uint32, dst *[4][]uint8) {
	if t.Max() == 0 {
		for s := range dst {
			clear(dst[s])
		}
		return
	}
	inUse.poissonFour(t, key, id, block, first, stride, dst)
}

func poissonFourScalar(t *PoissonTable, key rng.Key, id rng.ID, block uint32, first, stride uint32, dst *[4][]uint8) {
	for k := range dst[0] {
		id.Element = first + uint32(k)*stride
		w := rng.Philox(id.Counter(block), key)
		dst[0][k], dst[1][k] = uint8(t.Draw(w[0])), uint8(t.Draw(w[1]))
		dst[2][k], dst[3][k] = uint8(t.Draw(w[2])), uint8(t.Draw(w[3]))
	}
}
