package kernel

// eight is how many neurons share a group of constants: as many as the loops
// with vectors take at a time.
const eight = 8

// ExpEach is Exp for neurons that differ: a value of each constant for every
// neuron, in groups of eight.
type ExpEach []expGroup

// expGroup has the fields of Exp, in their order.
type expGroup struct {
	p33, p32Ex, p11Ex, theta, reset, p32In, p11In [eight]float64
}

// NewExpEach returns room for the constants of n neurons.
func NewExpEach(n int) ExpEach { return make(ExpEach, (n+eight-1)/eight) }

// Set makes c the constants of neuron k.
func (p ExpEach) Set(k int, c *Exp) {
	g, l := &p[k/eight], k%eight
	g.p33[l], g.p32Ex[l], g.p11Ex[l], g.theta[l], g.reset[l] = c.P33, c.P32Ex, c.P11Ex, c.Theta, c.Reset
	g.p32In[l], g.p11In[l] = c.P32In, c.P11In
}

// P11Ex returns the decay of the excitatory current of neuron k.
func (p ExpEach) P11Ex(k int) float64 { return p[k/eight].p11Ex[k%eight] }

// ExpMergedEach is ExpMerged with constants of each neuron: the same bits where
// they are equal.
func ExpMergedEach(p ExpEach, v, i []float64, ready []uint8, in *Input, drive []float64, spikes []uint16) []uint16 {
	return inUse.expMergedEach(p, v, i, ready, in, drive, spikes)
}

func expMergedEachScalar(p ExpEach, v, i []float64, ready []uint8, in *Input, drive []float64, spikes []uint16) []uint16 {
	return expMergedEachFrom(p, 0, v, i, ready, in, drive, spikes)
}

// expMergedEachFrom starts at neuron first.
func expMergedEachFrom(p ExpEach, first int, v, i []float64, ready []uint8, in *Input, drive []float64, spikes []uint16) []uint16 {
	i = i[:len(v)]
	for k := first; k < len(v); k++ {
		g, l := &p[uint(k)/eight], uint(k)%eight
		x := v[k]
		if moves(ready, k) {
			x = (element(drive, k) + float64(g.p33[l]*x)) + float64(g.p32Ex[l]*i[k])
		}
		i[k] = float64(g.p11Ex[l]*i[k]) + in.take(k)
		if x >= g.theta[l] {
			x = g.reset[l]
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}

// ExpSplitEach is ExpSplit with constants of each neuron.
func ExpSplitEach(p ExpEach, v, iEx, iIn []float64, ready []uint8, ex, in *Input, drive []float64, spikes []uint16) []uint16 {
	return inUse.expSplitEach(p, v, iEx, iIn, ready, ex, in, drive, spikes)
}

func expSplitEachScalar(p ExpEach, v, iEx, iIn []float64, ready []uint8, ex, in *Input, drive []float64, spikes []uint16) []uint16 {
	return expSplitEachFrom(p, 0, v, iEx, iIn, ready, ex, in, drive, spikes)
}

// expSplitEachFrom starts at neuron first.
func expSplitEachFrom(p ExpEach, first int, v, iEx, iIn []float64, ready []uint8, ex, in *Input, drive []float64, spikes []uint16) []uint16 {
	iEx, iIn = iEx[:len(v)], iIn[:len(v)]
	for k := first; k < len(v); k++ {
		g, l := &p[uint(k)/eight], uint(k)%eight
		x := v[k]
		if moves(ready, k) {
			x = ((element(drive, k) + float64(g.p33[l]*x)) + float64(g.p32Ex[l]*iEx[k])) + float64(g.p32In[l]*iIn[k])
		}
		iEx[k] = float64(g.p11Ex[l]*iEx[k]) + ex.take(k)
		iIn[k] = float64(g.p11In[l]*iIn[k]) + in.take(k)
		if x >= g.theta[l] {
			x = g.reset[l]
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}
