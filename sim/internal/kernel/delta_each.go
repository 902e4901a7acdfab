package kernel

import "cortigo/sim/internal/fmath"

// DeltaEach is Delta for neurons that differ: a value of each constant for every
// neuron.
type DeltaEach struct {
	P33, Theta, Reset, Min []float64
	Refractory             []uint16
	// TauM, ms, of neurons that keep the input that arrives while they are
	// refractory, 0 for those that lose it; nil if all do. Factors are computed
	// when they are needed: a table for each neuron would have no bounds.
	TauM    []float64
	H       float64 // step, ms
	Quantum float64 // of all
}

// NewDeltaEach returns room for the constants of n neurons, some of which keep
// input or none.
func NewDeltaEach(n int, keep bool, h, quantum float64) *DeltaEach {
	p := &DeltaEach{Refractory: make([]uint16, n), H: h, Quantum: quantum}
	columns := []*[]float64{&p.P33, &p.Theta, &p.Reset, &p.Min}
	if keep {
		columns = append(columns, &p.TauM)
	}
	allocate(n, columns)
	return p
}

// Set makes c the constants of neuron k, but for the quantum and Discount: a
// neuron that keeps input has a value in TauM.
func (p *DeltaEach) Set(k int, c *Delta) {
	p.P33[k], p.Theta[k], p.Reset[k], p.Min[k], p.Refractory[k] = c.P33, c.Theta, c.Reset, c.Min, c.Refractory
}

// Discount returns the factor of input that arrives with left refractory steps
// of h ms to go.
func Discount(left int, h, tauM float64) float64 { return fmath.Exp(-float64(float64(left)*h) / tauM) }

// DeltaStepEach is DeltaStep with constants of each neuron: the same bits where
// they are equal. kept is not nil where TauM is not.
func DeltaStepEach(p *DeltaEach, v, kept []float64, ref []uint16, sum []int32, ext, drive []float64, spikes []uint16) []uint16 {
	return inUse.deltaStepEach(p, 0, v, kept, ref, sum, ext, drive, spikes)
}

// deltaStepEachScalar begins at neuron first.
func deltaStepEachScalar(p *DeltaEach, first int, v, kept []float64, ref []uint16, sum []int32, ext, drive []float64, spikes []uint16) []uint16 {
	n := len(v)
	ref, sum = ref[:n], sum[:n]
	p33, theta, reset, low := p.P33[:n], p.Theta[:n], p.Reset[:n], p.Min[:n]
	each := len(drive) > 1
	d := drive[0]
	for k := first; k < n; k++ {
		x := v[k]
		in := float64(p.Quantum * float64(sum[k]))
		sum[k] = 0
		if ext != nil {
			in += ext[k]
			ext[k] = 0
		}
		keeps := p.TauM != nil && p.TauM[k] != 0
		if ref[k] == 0 {
			if each {
				d = drive[k]
			}
			x = (d + float64(p33[k]*x)) + in
			if keeps {
				x += kept[k]
				kept[k] = 0
			}
			if x < low[k] {
				x = low[k]
			}
		} else {
			if keeps && in != 0 {
				kept[k] += float64(in * Discount(int(ref[k]), p.H, p.TauM[k]))
			}
			ref[k]--
		}
		if x >= theta[k] {
			x = reset[k]
			ref[k] = p.Refractory[k]
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}
