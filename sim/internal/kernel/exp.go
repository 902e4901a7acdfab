package kernel

// Exp are the constants of iaf_psc_exp over one step; potentials are relative
// to E_L. The fields stand as the assembly's generator says.
type Exp struct {
	P33   float64 // decay of V
	P32Ex float64 // 1 pA of excitatory current to V, mV
	P11Ex float64 // decay of the excitatory current
	Theta float64 // threshold, mV
	Reset float64 // mV
	P32In float64
	P11In float64
}

// ExpMerged advances neurons whose two synaptic time constants are equal by a
// step; one current and one input serve both signs. The potential of those that are
// not ready stays, see Refractory. drive is the V that the constant currents add, mV:
// one for all or one for each neuron. It takes the input and appends the indices of the
// neurons that spiked to spikes.
func ExpMerged(p *Exp, v, i []float64, ready []uint8, in *Input, drive []float64, spikes []uint16) []uint16 {
	return inUse.expMerged(p, v, i, ready, in, drive, spikes)
}

func expMergedScalar(p *Exp, v, i []float64, ready []uint8, in *Input, drive []float64, spikes []uint16) []uint16 {
	return expMergedFrom(p, 0, v, i, ready, in, drive, spikes)
}

// expMergedFrom starts at neuron first.
func expMergedFrom(p *Exp, first int, v, i []float64, ready []uint8, in *Input, drive []float64, spikes []uint16) []uint16 {
	i = i[:len(v)]
	for k := first; k < len(v); k++ {
		x := v[k]
		if moves(ready, k) {
			x = (element(drive, k) + float64(p.P33*x)) + float64(p.P32Ex*i[k])
		}
		i[k] = float64(p.P11Ex*i[k]) + in.take(k)
		if x >= p.Theta {
			x = p.Reset
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}

// ExpSplit is ExpMerged with a current and an input for each sign, both of one
// Quantum; only the first may have Counts.
func ExpSplit(p *Exp, v, iEx, iIn []float64, ready []uint8, ex, in *Input, drive []float64, spikes []uint16) []uint16 {
	return inUse.expSplit(p, v, iEx, iIn, ready, ex, in, drive, spikes)
}

func expSplitScalar(p *Exp, v, iEx, iIn []float64, ready []uint8, ex, in *Input, drive []float64, spikes []uint16) []uint16 {
	return expSplitFrom(p, 0, v, iEx, iIn, ready, ex, in, drive, spikes)
}

// expSplitFrom starts at neuron first.
func expSplitFrom(p *Exp, first int, v, iEx, iIn []float64, ready []uint8, ex, in *Input, drive []float64, spikes []uint16) []uint16 {
	iEx, iIn = iEx[:len(v)], iIn[:len(v)]
	for k := first; k < len(v); k++ {
		x := v[k]
		if moves(ready, k) {
			x = ((element(drive, k) + float64(p.P33*x)) + float64(p.P32Ex*iEx[k])) + float64(p.P32In*iIn[k])
		}
		iEx[k] = float64(p.P11Ex*iEx[k]) + ex.take(k)
		iIn[k] = float64(p.P11In*iIn[k]) + in.take(k)
		if x >= p.Theta {
			x = p.Reset
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}
