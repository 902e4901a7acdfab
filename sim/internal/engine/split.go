package engine

import (
	"cortigo/sim/internal/kernel"
)

// splitAlways is up to how many neurons a network follows the two signs of
// merged currents from the beginning, so that a recorder may come at any time: where
// that is little work.
const splitAlways = 1000

// startSplit begins to follow the two signs of a merged current, both 0.
func (b *block) startSplit() {
	var ex, in []float64
	switch c := b.constant.(type) {
	case *kernel.Exp:
		ex, in = []float64{c.P11Ex}, []float64{c.P11In}
	case *kernel.ExpEach: // equal, as the channel is merged
		ex = make([]float64, b.n)
		for k := range ex {
			ex[k] = c.P11Ex(k)
		}
		in = ex
	}
	b.split = &splitCurrents{ex: make([]float64, b.n), in: make([]float64, b.n), decayEx: ex, decayIn: in}
	b.in.FollowSigns()
}
