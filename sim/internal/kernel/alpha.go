package kernel

// Alpha are the constants of iaf_psc_alpha over one step; potentials are
// relative to E_L.
type Alpha struct {
	P33          float64 // decay of V
	P31Ex, P31In float64 // 1 pA/ms of dI to V, mV
	P32Ex, P32In float64 // 1 pA of I to V, mV
	P21Ex, P21In float64 // dI to I, ms
	P11Ex, P11In float64 // decay of dI and of I
	RiseEx       float64 // e/tau_syn_ex, from weight to dI, 1/ms
	RiseIn       float64
	Quantum      float64 // pA per unit of the input sums
	Theta        float64 // threshold, mV
	Reset        float64 // mV
	Min          float64 // lower bound of V, mV
	Refractory   uint16  // steps
}

// AlphaSplit advances neurons by a step; see ExpSplit for the arguments. Equal
// time constants need no form of their own: the two channels are independent.
func AlphaSplit(p *Alpha, v, dEx, iEx, dIn, iIn []float64, ref []uint16, sumEx, sumIn []int32, extEx, extIn, drive []float64, spikes []uint16) []uint16 {
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
			x = (d + float64(p.P33*x)) + float64(p.P31Ex*dEx[k])
			x += float64(p.P32Ex * iEx[k])
			x += float64(p.P31In * dIn[k])
			x += float64(p.P32In * iIn[k])
			if x < p.Min {
				x = p.Min
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
		iEx[k] = float64(p.P21Ex*dEx[k]) + float64(p.P11Ex*iEx[k])
		iIn[k] = float64(p.P21In*dIn[k]) + float64(p.P11In*iIn[k])
		dEx[k] = float64(p.P11Ex*dEx[k]) + float64(p.RiseEx*inEx)
		dIn[k] = float64(p.P11In*dIn[k]) + float64(p.RiseIn*inIn)
		if x >= p.Theta {
			x = p.Reset
			ref[k] = p.Refractory
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}
