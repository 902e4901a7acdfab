package kernel

// Exp are the constants of iaf_psc_exp over one step; potentials are relative
// to E_L.
type Exp struct {
	P33        float64 // decay of V
	P32Ex      float64 // 1 pA of excitatory current to V, mV
	P32In      float64
	P11Ex      float64 // decay of the excitatory current
	P11In      float64
	Quantum    float64 // pA per unit of the input sums
	Theta      float64 // threshold, mV
	Reset      float64 // mV
	Refractory uint16  // steps
}

// ExpMerged advances neurons whose two synaptic time constants are equal by a
// step; one current and one sum serve both signs. drive is the V that the
// constant currents add, mV: one for all or one for each neuron. ext, if not
// nil, is more input, in pA. It clears the sums and ext and appends the indices
// of the neurons that spiked to spikes.
func ExpMerged(p *Exp, v, i []float64, ref []uint16, sum []int32, ext, drive []float64, spikes []uint16) []uint16 {
	return inUse.expMerged(p, v, i, ref, sum, ext, drive, spikes)
}

func expMergedScalar(p *Exp, v, i []float64, ref []uint16, sum []int32, ext, drive []float64, spikes []uint16) []uint16 {
	n := len(v)
	i, ref, sum = i[:n], ref[:n], sum[:n]
	each := len(drive) > 1
	d := drive[0]
	for k := range n {
		x := v[k]
		if ref[k] == 0 {
			if each {
				d = drive[k]
			}
			x = (d + float64(p.P33*x)) + float64(p.P32Ex*i[k])
		} else {
			ref[k]--
		}
		in := float64(p.Quantum * float64(sum[k]))
		sum[k] = 0
		if ext != nil {
			in += ext[k]
			ext[k] = 0
		}
		i[k] = float64(p.P11Ex*i[k]) + in
		if x >= p.Theta {
			x = p.Reset
			ref[k] = p.Refractory
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}

// ExpMergedCounts is ExpMerged with counts[k] events of one weight, pA, for
// neuron k in place of ext: the same bits as with ext[k] = 0 + weight*counts[k].
// It leaves counts as they are.
func ExpMergedCounts(p *Exp, v, i []float64, ref []uint16, sum []int32, counts []uint8, weight float64, drive []float64, spikes []uint16) []uint16 {
	return inUse.expMergedCounts(p, v, i, ref, sum, counts, weight, drive, spikes)
}

func expMergedCountsScalar(p *Exp, v, i []float64, ref []uint16, sum []int32, counts []uint8, weight float64, drive []float64, spikes []uint16) []uint16 {
	n := len(v)
	i, ref, sum, counts = i[:n], ref[:n], sum[:n], counts[:n]
	each := len(drive) > 1
	d := drive[0]
	for k := range n {
		x := v[k]
		if ref[k] == 0 {
			if each {
				d = drive[k]
			}
			x = (d + float64(p.P33*x)) + float64(p.P32Ex*i[k])
		} else {
			ref[k]--
		}
		in := float64(p.Quantum*float64(sum[k])) + (0 + float64(weight*float64(counts[k])))
		sum[k] = 0
		i[k] = float64(p.P11Ex*i[k]) + in
		if x >= p.Theta {
			x = p.Reset
			ref[k] = p.Refractory
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}

// ExpSplit is ExpMerged with a current, a sum and ext for each sign.
func ExpSplit(p *Exp, v, iEx, iIn []float64, ref []uint16, sumEx, sumIn []int32, extEx, extIn, drive []float64, spikes []uint16) []uint16 {
	return inUse.expSplit(p, v, iEx, iIn, ref, sumEx, sumIn, extEx, extIn, drive, spikes)
}

func expSplitScalar(p *Exp, v, iEx, iIn []float64, ref []uint16, sumEx, sumIn []int32, extEx, extIn, drive []float64, spikes []uint16) []uint16 {
	n := len(v)
	iEx, iIn, ref, sumEx, sumIn = iEx[:n], iIn[:n], ref[:n], sumEx[:n], sumIn[:n]
	each := len(drive) > 1
	d := drive[0]
	for k := range n {
		x := v[k]
		if ref[k] == 0 {
			if each {
				d = drive[k]
			}
			x = ((d + float64(p.P33*x)) + float64(p.P32Ex*iEx[k])) + float64(p.P32In*iIn[k])
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
		iEx[k] = float64(p.P11Ex*iEx[k]) + inEx
		iIn[k] = float64(p.P11In*iIn[k]) + inIn
		if x >= p.Theta {
			x = p.Reset
			ref[k] = p.Refractory
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}
