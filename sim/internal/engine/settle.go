package engine

// Currents of a silent neuron decay for ever, and below 1e-308 every operation
// on them costs a processor a hundred times the usual. So every settleSteps
// steps what has decayed below settled, far under anything that could matter,
// becomes 0. The steps are absolute: it happens at the same time however a run
// is divided.
const (
	settleSteps = 64
	settled     = 1e-200
)

func (b *block) settle() {
	for _, x := range [...][]float64{b.v, b.iEx, b.iIn, b.dEx, b.dIn, b.kept} {
		settleAll(x)
	}
	if b.split != nil {
		settleAll(b.split.ex)
		settleAll(b.split.in)
	}
}

func settleAll(x []float64) {
	for k, v := range x {
		if v < settled && v > -settled && v != 0 {
			x[k] = 0
		}
	}
}
