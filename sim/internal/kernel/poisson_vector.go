package kernel

import "math"

const vectorBins = 32

// A vectorTable holds a PoissonTable's thresholds in the form that a search with
// vectors needs. There is none for vectorBins thresholds or more.
type vectorTable struct {
	low   uint32             // Low, and how many thresholds all words reach
	bin   [vectorBins]uint32 // of the other thresholds, how many are reached by u>>27<<27
	below [vectorBins]uint32 // the last words that do not reach them; then 2^32-1

	// The same for signed comparison: top bits flipped, each in all lanes of a
	// vector. The thresholds from common on are rarely reached by any of 32
	// words.
	flipped   [8 * vectorBins]uint32
	common, n int
}

// A guideTable is the same for more thresholds, up to 255.
type guideTable struct {
	low   uint32                    // Low, and how many thresholds all words reach
	guide [1<<guideBits + 3]uint8   // how many of the others are reached by all words with these first bits; 3 bytes more are read
	below [math.MaxUint8 + 1]uint32 // the last words that do not reach them; then 2^32-1
}

// guideBits is how many of a word's first bits index the guide: so many that
// for most words these bits determine the thresholds reached.
const guideBits = 12

// setVectors makes the table that the vector loops use, if there is one for so
// many thresholds.
func (t *PoissonTable) setVectors() {
	threshold := t.Threshold
	for len(threshold) > 0 && threshold[0] == 0 {
		threshold = threshold[1:]
	}
	low := t.Low + uint32(len(t.Threshold)-len(threshold))
	switch n := len(threshold); {
	case n < vectorBins:
		t.vector = newVectorTable(low, threshold)
	case n <= math.MaxUint8:
		t.many = newGuideTable(low, threshold)
	}
}

func newGuideTable(low uint32, threshold []uint32) *guideTable {
	v := &guideTable{low: low}
	for j := range v.below {
		v.below[j] = 1<<32 - 1
		if j < len(threshold) {
			v.below[j] = threshold[j] - 1
		}
	}
	j := 0
	for b := range 1 << guideBits {
		for j < len(threshold) && threshold[j] <= uint32(b)<<(32-guideBits) {
			j++
		}
		v.guide[b] = uint8(j)
	}
	return v
}

func newVectorTable(low uint32, threshold []uint32) *vectorTable {
	v := &vectorTable{low: low, n: len(threshold)}
	for j := range v.below {
		v.below[j] = 1<<32 - 1
		if j >= len(threshold) {
			continue
		}
		v.below[j] = threshold[j] - 1
		for lane := range 8 {
			v.flipped[8*j+lane] = v.below[j] ^ 1<<31
		}
		if threshold[j] < 0xff400000 { // 1 - 0.003
			v.common = j + 1
		}
		for b := range v.bin {
			if threshold[j] <= uint32(b)<<27 {
				v.bin[b]++
			}
		}
	}
	return v
}
