package kernel

const vectorBins = 32

// A vectorTable holds a PoissonTable's thresholds as a search with vectors wants
// them. There is none if there are too many.
type vectorTable struct {
	low   uint32             // Low, and how many thresholds all words reach
	bin   [vectorBins]uint32 // of the other thresholds, how many are reached by u>>27<<27
	below [vectorBins]uint32 // the last words that do not reach them; then 2^32-1

	// The same for signed comparison: top bits flipped, each in all lanes of a
	// vector. Those from common on are rarely reached by any of 32 words.
	flipped   [8 * vectorBins]uint32
	common, n int
}

func newVectorTable(t *PoissonTable) *vectorTable {
	threshold := t.Threshold
	for len(threshold) > 0 && threshold[0] == 0 {
		threshold = threshold[1:]
	}
	if len(threshold) >= vectorBins {
		return nil
	}
	v := &vectorTable{low: t.Low + uint32(len(t.Threshold)-len(threshold)), n: len(threshold)}
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
