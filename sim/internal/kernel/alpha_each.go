package kernel

// AlphaEach is Alpha for neurons that differ: a value of each constant for every
// neuron, in groups of eight.
type AlphaEach []alphaGroup

// alphaGroup has the fields of Alpha, in their order.
type alphaGroup struct {
	p33, p31Ex, p32Ex, p31In, p32In, low, p21Ex, p11Ex, p21In, p11In, riseEx, riseIn, theta, reset [eight]float64
}

// NewAlphaEach returns room for the constants of n neurons.
func NewAlphaEach(n int) AlphaEach { return make(AlphaEach, (n+eight-1)/eight) }

// Set makes c the constants of neuron k.
func (p AlphaEach) Set(k int, c *Alpha) {
	g, l := &p[k/eight], k%eight
	g.p33[l], g.low[l], g.theta[l], g.reset[l] = c.P33, c.Min, c.Theta, c.Reset
	g.p31Ex[l], g.p32Ex[l], g.p21Ex[l], g.p11Ex[l], g.riseEx[l] = c.P31Ex, c.P32Ex, c.P21Ex, c.P11Ex, c.RiseEx
	g.p31In[l], g.p32In[l], g.p21In[l], g.p11In[l], g.riseIn[l] = c.P31In, c.P32In, c.P21In, c.P11In, c.RiseIn
}

// AlphaSplitEach is AlphaSplit with constants of each neuron: the same bits where
// they are equal.
func AlphaSplitEach(p AlphaEach, v, dEx, iEx, dIn, iIn []float64, ready []uint8, ex, in *Input, drive []float64, spikes []uint16) []uint16 {
	return inUse.alphaSplitEach(p, v, dEx, iEx, dIn, iIn, ready, ex, in, drive, spikes)
}

func alphaSplitEachScalar(p AlphaEach, v, dEx, iEx, dIn, iIn []float64, ready []uint8, ex, in *Input, drive []float64, spikes []uint16) []uint16 {
	return alphaSplitEachFrom(p, 0, v, dEx, iEx, dIn, iIn, ready, ex, in, drive, spikes)
}

// alphaSplitEachFrom starts at neuron first.
func alphaSplitEachFrom(p AlphaEach, first int, v, dEx, iEx, dIn, iIn []float64, ready []uint8, ex, in *Input, drive []float64, spikes []uint16) []uint16 {
	n := len(v)
	dEx, iEx, dIn, iIn = dEx[:n], iEx[:n], dIn[:n], iIn[:n]
	for k := first; k < n; k++ {
		g, l := &p[uint(k)/eight], uint(k)%eight
		x := v[k]
		if moves(ready, k) {
			x = (element(drive, k) + float64(g.p33[l]*x)) + float64(g.p31Ex[l]*dEx[k])
			x += float64(g.p32Ex[l] * iEx[k])
			x += float64(g.p31In[l] * dIn[k])
			x += float64(g.p32In[l] * iIn[k])
			if x < g.low[l] {
				x = g.low[l]
			}
		}
		iEx[k] = float64(g.p21Ex[l]*dEx[k]) + float64(g.p11Ex[l]*iEx[k])
		iIn[k] = float64(g.p21In[l]*dIn[k]) + float64(g.p11In[l]*iIn[k])
		dEx[k] = float64(g.p11Ex[l]*dEx[k]) + float64(g.riseEx[l]*ex.take(k))
		dIn[k] = float64(g.p11In[l]*dIn[k]) + float64(g.riseIn[l]*in.take(k))
		if x >= g.theta[l] {
			x = g.reset[l]
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}
