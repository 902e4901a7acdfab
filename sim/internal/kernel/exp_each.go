package kernel

// eight is how many neurons share a group of constants: as many as the loops
// with vectors take at a time.
const eight = 8

// ExpEach is Exp for neurons that differ: a value of each constant for every
// neuron, in groups of eight.
type ExpEach struct {
	group      []expGroup
	Refractory []uint16
	Quantum    float64 // of all
}

// expGroup is laid out as the assembly's generator says.
type expGroup struct {
	p33, p32Ex, p11Ex, theta, reset, p32In, p11In [eight]float64
}

// NewExpEach returns room for the constants of n neurons.
func NewExpEach(n int, quantum float64) *ExpEach {
	return &ExpEach{make([]expGroup, (n+eight-1)/eight), make([]uint16, n), quantum}
}

// Set makes c the constants of neuron k, but for the quantum.
func (p *ExpEach) Set(k int, c *Exp) {
	g, l := &p.group[k/eight], k%eight
	g.p33[l], g.p32Ex[l], g.p11Ex[l], g.theta[l], g.reset[l] = c.P33, c.P32Ex, c.P11Ex, c.Theta, c.Reset
	g.p32In[l], g.p11In[l] = c.P32In, c.P11In
	p.Refractory[k] = c.Refractory
}

// P11Ex returns the decay of the excitatory current of neuron k.
func (p *ExpEach) P11Ex(k int) float64 { return p.group[k/eight].p11Ex[k%eight] }

// ExpMergedEach is ExpMerged with constants of each neuron: the same bits where
// they are equal.
func ExpMergedEach(p *ExpEach, v, i []float64, ref []uint16, sum []int32, ext, drive []float64, spikes []uint16) []uint16 {
	return inUse.expMergedEach(p, v, i, ref, sum, ext, drive, spikes)
}

func expMergedEachScalar(p *ExpEach, v, i []float64, ref []uint16, sum []int32, ext, drive []float64, spikes []uint16) []uint16 {
	return expMergedEachFrom(p, 0, v, i, ref, sum, ext, drive, spikes)
}

// expMergedEachFrom starts at neuron first: groups cannot be cut like slices.
func expMergedEachFrom(p *ExpEach, first int, v, i []float64, ref []uint16, sum []int32, ext, drive []float64, spikes []uint16) []uint16 {
	n := len(v)
	i, ref, sum = i[:n], ref[:n], sum[:n]
	each := len(drive) > 1
	d := drive[0]
	for k := first; k < n; k++ {
		g, l := &p.group[uint(k)/eight], uint(k)%eight
		x := v[k]
		if ref[k] == 0 {
			if each {
				d = drive[k]
			}
			x = (d + float64(g.p33[l]*x)) + float64(g.p32Ex[l]*i[k])
		} else {
			ref[k]--
		}
		in := float64(p.Quantum * float64(sum[k]))
		sum[k] = 0
		if ext != nil {
			in += ext[k]
			ext[k] = 0
		}
		i[k] = float64(g.p11Ex[l]*i[k]) + in
		if x >= g.theta[l] {
			x = g.reset[l]
			ref[k] = p.Refractory[k]
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}

// ExpSplitEach is ExpSplit with constants of each neuron.
func ExpSplitEach(p *ExpEach, v, iEx, iIn []float64, ref []uint16, sumEx, sumIn []int32, extEx, extIn, drive []float64, spikes []uint16) []uint16 {
	return inUse.expSplitEach(p, v, iEx, iIn, ref, sumEx, sumIn, extEx, extIn, drive, spikes)
}

func expSplitEachScalar(p *ExpEach, v, iEx, iIn []float64, ref []uint16, sumEx, sumIn []int32, extEx, extIn, drive []float64, spikes []uint16) []uint16 {
	return expSplitEachFrom(p, 0, v, iEx, iIn, ref, sumEx, sumIn, extEx, extIn, drive, spikes)
}

// expSplitEachFrom starts at neuron first.
func expSplitEachFrom(p *ExpEach, first int, v, iEx, iIn []float64, ref []uint16, sumEx, sumIn []int32, extEx, extIn, drive []float64, spikes []uint16) []uint16 {
	n := len(v)
	iEx, iIn, ref, sumEx, sumIn = iEx[:n], iIn[:n], ref[:n], sumEx[:n], sumIn[:n]
	each := len(drive) > 1
	d := drive[0]
	for k := first; k < n; k++ {
		g, l := &p.group[uint(k)/eight], uint(k)%eight
		x := v[k]
		if ref[k] == 0 {
			if each {
				d = drive[k]
			}
			x = ((d + float64(g.p33[l]*x)) + float64(g.p32Ex[l]*iEx[k])) + float64(g.p32In[l]*iIn[k])
		} else {
			ref[k]--
		}
		inEx := float64(p.Quantum * float64(sumEx[k]))
		inIn := float64(p.Quantum * float64(sumIn[k]))
		sumEx[k], sumIn[k] = 0, 0
		if extEx != nil {
			inEx += extEx[k]
			inIn += extIn[k]
			extEx[k], extIn[k] = 0, 0
		}
		iEx[k] = float64(g.p11Ex[l]*iEx[k]) + inEx
		iIn[k] = float64(g.p11In[l]*iIn[k]) + inIn
		if x >= g.theta[l] {
			x = g.reset[l]
			ref[k] = p.Refractory[k]
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}
