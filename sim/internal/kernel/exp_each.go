package kernel

// ExpEach is Exp for neurons that differ: a value of each constant for every
// neuron. Merged neurons need no P32In and P11In.
type ExpEach struct {
	P33, P32Ex, P32In, P11Ex, P11In, Theta, Reset []float64
	Refractory                                    []uint16
	Quantum                                       float64 // of all
}

// NewExpEach returns room for the constants of n neurons.
func NewExpEach(n int, merged bool, quantum float64) *ExpEach {
	p := &ExpEach{Refractory: make([]uint16, n), Quantum: quantum}
	columns := []*[]float64{&p.P33, &p.P32Ex, &p.P11Ex, &p.Theta, &p.Reset}
	if !merged {
		columns = append(columns, &p.P32In, &p.P11In)
	}
	allocate(n, columns)
	return p
}

// Set makes c the constants of neuron k, but for the quantum.
func (p *ExpEach) Set(k int, c *Exp) {
	p.P33[k], p.P32Ex[k], p.P11Ex[k], p.Theta[k], p.Reset[k] = c.P33, c.P32Ex, c.P11Ex, c.Theta, c.Reset
	if p.P32In != nil {
		p.P32In[k], p.P11In[k] = c.P32In, c.P11In
	}
	p.Refractory[k] = c.Refractory
}

// allocate makes columns of n values.
func allocate(n int, columns []*[]float64) {
	for _, c := range columns {
		*c = make([]float64, n)
	}
}

// ExpMergedEach is ExpMerged with constants of each neuron: the same bits where
// they are equal.
func ExpMergedEach(p *ExpEach, v, i []float64, ref []uint16, sum []int32, ext, drive []float64, spikes []uint16) []uint16 {
	return inUse.expMergedEach(p, 0, v, i, ref, sum, ext, drive, spikes)
}

// expMergedEachScalar begins at neuron first.
func expMergedEachScalar(p *ExpEach, first int, v, i []float64, ref []uint16, sum []int32, ext, drive []float64, spikes []uint16) []uint16 {
	n := len(v)
	i, ref, sum = i[:n], ref[:n], sum[:n]
	p33, p32, p11, theta, reset := p.P33[:n], p.P32Ex[:n], p.P11Ex[:n], p.Theta[:n], p.Reset[:n]
	each := len(drive) > 1
	d := drive[0]
	for k := first; k < n; k++ {
		x := v[k]
		if ref[k] == 0 {
			if each {
				d = drive[k]
			}
			x = (d + float64(p33[k]*x)) + float64(p32[k]*i[k])
		} else {
			ref[k]--
		}
		in := float64(p.Quantum * float64(sum[k]))
		sum[k] = 0
		if ext != nil {
			in += ext[k]
			ext[k] = 0
		}
		i[k] = float64(p11[k]*i[k]) + in
		if x >= theta[k] {
			x = reset[k]
			ref[k] = p.Refractory[k]
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}

// ExpSplitEach is ExpSplit with constants of each neuron.
func ExpSplitEach(p *ExpEach, v, iEx, iIn []float64, ref []uint16, sumEx, sumIn []int32, extEx, extIn, drive []float64, spikes []uint16) []uint16 {
	return inUse.expSplitEach(p, 0, v, iEx, iIn, ref, sumEx, sumIn, extEx, extIn, drive, spikes)
}

func expSplitEachScalar(p *ExpEach, first int, v, iEx, iIn []float64, ref []uint16, sumEx, sumIn []int32, extEx, extIn, drive []float64, spikes []uint16) []uint16 {
	n := len(v)
	iEx, iIn, ref, sumEx, sumIn = iEx[:n], iIn[:n], ref[:n], sumEx[:n], sumIn[:n]
	p33, p32Ex, p32In, p11Ex, p11In := p.P33[:n], p.P32Ex[:n], p.P32In[:n], p.P11Ex[:n], p.P11In[:n]
	theta, reset := p.Theta[:n], p.Reset[:n]
	each := len(drive) > 1
	d := drive[0]
	for k := first; k < n; k++ {
		x := v[k]
		if ref[k] == 0 {
			if each {
				d = drive[k]
			}
			x = ((d + float64(p33[k]*x)) + float64(p32Ex[k]*iEx[k])) + float64(p32In[k]*iIn[k])
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
		iEx[k] = float64(p11Ex[k]*iEx[k]) + inEx
		iIn[k] = float64(p11In[k]*iIn[k]) + inIn
		if x >= theta[k] {
			x = reset[k]
			ref[k] = p.Refractory[k]
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}
