package kernel

// DeltaEach is Delta for neurons that differ: a value of each constant for every
// neuron, in groups of eight.
type DeltaEach []deltaGroup

// deltaGroup has the fields of Delta, in their order.
type deltaGroup struct {
	p33, theta, reset, low [eight]float64
}

// NewDeltaEach returns room for the constants of n neurons.
func NewDeltaEach(n int) DeltaEach { return make(DeltaEach, (n+eight-1)/eight) }

// Set makes c the constants of neuron k.
func (p DeltaEach) Set(k int, c *Delta) {
	g, l := &p[k/eight], k%eight
	g.p33[l], g.theta[l], g.reset[l], g.low[l] = c.P33, c.Theta, c.Reset, c.Min
}

// DeltaStepEach is DeltaStep with constants of each neuron: the same bits where
// they are equal.
func DeltaStepEach(p DeltaEach, v []float64, ready []uint8, in *Input, drive []float64, spikes []uint16) []uint16 {
	return inUse.deltaStepEach(p, v, ready, in, drive, spikes)
}

func deltaStepEachScalar(p DeltaEach, v []float64, ready []uint8, in *Input, drive []float64, spikes []uint16) []uint16 {
	return deltaStepEachFrom(p, 0, v, ready, in, drive, spikes)
}

// deltaStepEachFrom starts at neuron first.
func deltaStepEachFrom(p DeltaEach, first int, v []float64, ready []uint8, in *Input, drive []float64, spikes []uint16) []uint16 {
	for k := first; k < len(v); k++ {
		g, l := &p[uint(k)/eight], uint(k)%eight
		x := v[k]
		arriving := in.take(k)
		if moves(ready, k) {
			x = (element(drive, k) + float64(g.p33[l]*x)) + arriving
			if x < g.low[l] {
				x = g.low[l]
			}
		}
		if x >= g.theta[l] {
			x = g.reset[l]
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}

// Keeping says which neurons keep the input that arrives while they are
// refractory. Factors are computed when they are needed: a table for each neuron
// could become very large.
type Keeping struct {
	TauM []float64 // ms, of those that keep it; 0 for those that lose it
	H    float64   // step, ms
}

// DeltaKeepEach is DeltaKeep with constants of each neuron.
func DeltaKeepEach(p DeltaEach, v, kept []float64, r *Refractory, keeping Keeping, in *Input, drive []float64, spikes []uint16) []uint16 {
	kept = kept[:len(v)]
	for k := range v {
		g, l := &p[uint(k)/eight], uint(k)%eight
		x := v[k]
		arriving := in.take(k)
		tauM := keeping.TauM[k]
		if left := r.Left(k); left == 0 {
			x = (element(drive, k) + float64(g.p33[l]*x)) + arriving
			if tauM != 0 {
				x += kept[k]
				kept[k] = 0
			}
			if x < g.low[l] {
				x = g.low[l]
			}
		} else if tauM != 0 {
			if arriving != 0 { // else the factor would not matter
				arriving = float64(arriving * Discount(left, keeping.H, tauM))
			}
			kept[k] += arriving
		}
		if x >= g.theta[l] {
			x = g.reset[l]
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}
