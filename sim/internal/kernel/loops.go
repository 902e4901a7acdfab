package kernel

import (
	"fmt"
	"strings"

	"cortigo/sim/internal/rng"
)

// loops is one implementation of the loops that have several. All of them give
// the same bits.
type loops struct {
	name           string
	deliver        func(active []Cursor, step int64, syn []uint32, sum0, sum1 *[1 << 16]int32) []Cursor
	deliverWide    func(active []Cursor, step int64, syn []uint64, sum0, sum1 *[1 << 16]int64) []Cursor
	deliverPacked  func(active []Cursor, step int64, syn []uint16, w *PackedWeights, sum0, sum1 *[1 << 16]int32) []Cursor
	deliverRing    func(rows []RingRow, syn []uint32, ring *Ring)
	expMerged      func(p *Exp, v, i []float64, ready []uint8, in *Input, drive []float64, spikes []uint16) []uint16
	expSplit       func(p *Exp, v, iEx, iIn []float64, ready []uint8, ex, in *Input, drive []float64, spikes []uint16) []uint16
	alphaSplit     func(p *Alpha, v, dEx, iEx, dIn, iIn []float64, ready []uint8, ex, in *Input, drive []float64, spikes []uint16) []uint16
	deltaStep      func(p *Delta, v []float64, ready []uint8, in *Input, drive []float64, spikes []uint16) []uint16
	expMergedEach  func(p ExpEach, v, i []float64, ready []uint8, in *Input, drive []float64, spikes []uint16) []uint16
	expSplitEach   func(p ExpEach, v, iEx, iIn []float64, ready []uint8, ex, in *Input, drive []float64, spikes []uint16) []uint16
	alphaSplitEach func(p AlphaEach, v, dEx, iEx, dIn, iIn []float64, ready []uint8, ex, in *Input, drive []float64, spikes []uint16) []uint16
	deltaStepEach  func(p DeltaEach, v []float64, ready []uint8, in *Input, drive []float64, spikes []uint16) []uint16
	philoxFill     func(key rng.Key, c [4]uint32, stride uint32, dst []uint32)
	poissonCounts  func(t *PoissonTable, key rng.Key, id rng.ID, step int64, first, stride uint32, dst *[PoissonSteps][]uint8)
}

// scalar is the specification.
var scalar = loops{
	name:           "scalar",
	deliver:        deliverScalar,
	deliverWide:    deliverWideScalar,
	deliverPacked:  deliverPackedScalar,
	deliverRing:    deliverRingScalar,
	expMerged:      expMergedScalar,
	expSplit:       expSplitScalar,
	alphaSplit:     alphaSplitScalar,
	deltaStep:      deltaStepScalar,
	expMergedEach:  expMergedEachScalar,
	expSplitEach:   expSplitEachScalar,
	alphaSplitEach: alphaSplitEachScalar,
	deltaStepEach:  deltaStepEachScalar,
	philoxFill:     philoxFillScalar,
	poissonCounts:  poissonCountsScalar,
}

// available are the implementations that this processor can run, the fastest
// last.
var available = append([]loops{scalar}, assembly()...)

var inUse = available[len(available)-1]

// Using returns the name of the implementation in use: "avx512", "avx2",
// "amd64", which has assembly for delivery alone, or "scalar".
func Using() string { return inUse.name }

// Available returns the names that Use takes on this processor, the fastest
// last.
func Available() []string {
	names := make([]string, len(available))
	for i, l := range available {
		names[i] = l.name
	}
	return names
}

// Use changes to the implementation of that name, which must be one of
// Available. It is for tests and measurements and must not be called while
// something is simulated.
func Use(name string) error {
	for _, l := range available {
		if l.name == name {
			inUse = l
			return nil
		}
	}
	return fmt.Errorf("kernel is %q, must be one of %s", name, strings.Join(Available(), ", "))
}
