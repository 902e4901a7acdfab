package kernel

import "cortigo/sim/fmath"

// DeltaEach is Delta for neurons that differ: a value of each constant for every
// neuron, in groups of eight.
type DeltaEach struct {
	group      []deltaGroup
	Refractory []uint16
	// TauM, ms, of neurons that keep the input that arrives while they are
	// refractory, 0 for those that lose it; nil if all lose it. Factors are
	// computed when they are needed: a table for each neuron could become very
	// large.
	TauM    []float64
	H       float64 // step, ms
	Quantum float64 // of all
}

// deltaGroup is laid out as the assembly's generator says.
type deltaGroup struct {
	p33, theta, reset, low [eight]float64
}

// NewDeltaEach returns room for the constants of n neurons, which lose input
// that arrives while they are refractory.
func NewDeltaEach(n int, h, quantum float64) *DeltaEach {
	return &DeltaEach{group: make([]deltaGroup, (n+eight-1)/eight), Refractory: make([]uint16, n), H: h, Quantum: quantum}
}

// Set makes c the constants of neuron k, but for the quantum and Discount: a
// neuron that keeps input has a value in TauM.
func (p *DeltaEach) Set(k int, c *Delta) {
	g, l := &p.group[k/eight], k%eight
	g.p33[l], g.theta[l], g.reset[l], g.low[l] = c.P33, c.Theta, c.Reset, c.Min
	p.Refractory[k] = c.Refractory
}

// Discount returns the factor of input that arrives with left refractory steps
// of h ms to go.
func Discount(left int, h, tauM float64) float64 { return fmath.Exp(-float64(float64(left)*h) / tauM) }

// DeltaStepEach is DeltaStep with constants of each neuron: the same bits where
// they are equal. kept is not nil where TauM is not.
func DeltaStepEach(p *DeltaEach, v, kept []float64, ref []uint16, sum []int32, ext, drive []float64, spikes []uint16) []uint16 {
	return inUse.deltaStepEach(p, v, kept, ref, sum, ext, drive, spikes)
}

func deltaStepEachScalar(p *DeltaEach, v, kept []float64, ref []uint16, sum []int32, ext, drive []float64, spikes []uint16) []uint16 {
	return deltaStepEachFrom(p, 0, v, kept, ref, sum, ext, drive, spikes)
}

// deltaStepEachFrom starts at neuron first.
func deltaStepEachFrom(p *DeltaEach, first int, v, kept []float64, ref []uint16, sum []int32, ext, drive []float64, spikes []uint16) []uint16 {
	n := len(v)
	ref, sum = ref[:n], sum[:n]
	each := len(drive) > 1
	d := drive[0]
	for k := first; k < n; k++ {
		g, l := &p.group[uint(k)/eight], uint(k)%eight
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
			x = (d + float64(g.p33[l]*x)) + in
			if keeps {
				x += kept[k]
				kept[k] = 0
			}
			if x < g.low[l] {
				x = g.low[l]
			}
		} else {
			if keeps {
				if in != 0 { // else the factor would not matter
					in = float64(in * Discount(int(ref[k]), p.H, p.TauM[k]))
				}
				kept[k] += in
			}
			ref[k]--
		}
		if x >= g.theta[l] {
			x = g.reset[l]
			ref[k] = p.Refractory[k]
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}
