package engine

import (
	"cortigo/sim/internal/kernel"
)

// startSplit begins to follow the two signs of a merged current, both 0.
func (b *block) startSplit() {
	c := b.constant.(*kernel.Exp)
	b.split = &splitCurrents{ex: make([]float64, b.n), in: make([]float64, b.n),
		extEx: make([]float64, b.n), extIn: make([]float64, b.n), decayEx: c.P11Ex, decayIn: c.P11In}
}

// observePositive makes delivery keep the positive part of sums.
func (sh *shard) observePositive(wide, ring bool) {
	if ring && sh.ringPositive == nil {
		sh.ringPositive = new(kernel.Ring)
	}
	if wide && sh.positiveW == nil {
		sh.positiveW = new([maxShard]int64)
	}
	if !wide && sh.positive == nil {
		sh.positive = new([maxShard]int32)
	}
}
