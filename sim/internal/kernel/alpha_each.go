package kernel

// AlphaEach is Alpha for neurons that differ: a value of each constant for every
// neuron.
type AlphaEach struct {
	P33, P31Ex, P31In, P32Ex, P32In, P21Ex, P21In []float64
	P11Ex, P11In, RiseEx, RiseIn                  []float64
	Theta, Reset, Min                             []float64
	Refractory                                    []uint16
	Quantum                                       float64 // of all
}

// NewAlphaEach returns room for the constants of n neurons.
func NewAlphaEach(n int, quantum float64) *AlphaEach {
	p := &AlphaEach{Refractory: make([]uint16, n), Quantum: quantum}
	allocate(n, []*[]float64{&p.P33, &p.P31Ex, &p.P31In, &p.P32Ex, &p.P32In, &p.P21Ex, &p.P21In,
		&p.P11Ex, &p.P11In, &p.RiseEx, &p.RiseIn, &p.Theta, &p.Reset, &p.Min})
	return p
}

// allocate makes columns of n values.
func allocate(n int, columns []*[]float64) {
	for _, c := range columns {
		*c = make([]float64, n)
	}
}

// Set makes c the constants of neuron k, but for the quantum.
func (p *AlphaEach) Set(k int, c *Alpha) {
	p.P33[k], p.P31Ex[k], p.P31In[k], p.P32Ex[k], p.P32In[k] = c.P33, c.P31Ex, c.P31In, c.P32Ex, c.P32In
	p.P21Ex[k], p.P21In[k], p.P11Ex[k], p.P11In[k] = c.P21Ex, c.P21In, c.P11Ex, c.P11In
	p.RiseEx[k], p.RiseIn[k] = c.RiseEx, c.RiseIn
	p.Theta[k], p.Reset[k], p.Min[k], p.Refractory[k] = c.Theta, c.Reset, c.Min, c.Refractory
}

// AlphaSplitEach is AlphaSplit with constants of each neuron: the same bits
// where they are equal.
func AlphaSplitEach(p *AlphaEach, v, dEx, iEx, dIn, iIn []float64, ref []uint16, sumEx, sumIn []int32, extEx, extIn, drive []float64, spikes []uint16) []uint16 {
	n := len(v)
	dEx, iEx, dIn, iIn, ref, sumEx, sumIn = dEx[:n], iEx[:n], dIn[:n], iIn[:n], ref[:n], sumEx[:n], sumIn[:n]
	each := len(drive) > 1
	d := drive[0]
	for k := range n {
		x := v[k]
		if ref[k] == 0 {
			if each {
				d = drive[k]
			}
			x = (d + float64(p.P33[k]*x)) + float64(p.P31Ex[k]*dEx[k])
			x += float64(p.P32Ex[k] * iEx[k])
			x += float64(p.P31In[k] * dIn[k])
			x += float64(p.P32In[k] * iIn[k])
			if x < p.Min[k] {
				x = p.Min[k]
			}
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
		iEx[k] = float64(p.P21Ex[k]*dEx[k]) + float64(p.P11Ex[k]*iEx[k])
		iIn[k] = float64(p.P21In[k]*dIn[k]) + float64(p.P11In[k]*iIn[k])
		dEx[k] = float64(p.P11Ex[k]*dEx[k]) + float64(p.RiseEx[k]*inEx)
		dIn[k] = float64(p.P11In[k]*dIn[k]) + float64(p.RiseIn[k]*inIn)
		if x >= p.Theta[k] {
			x = p.Reset[k]
			ref[k] = p.Refractory[k]
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}
