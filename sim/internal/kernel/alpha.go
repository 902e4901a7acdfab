package kernel

// Alpha are the constants of iaf_psc_alpha over one step; potentials are
// relative to E_L. The fields stand as the assembly's generator says.
type Alpha struct {
	P33    float64 // decay of V
	P31Ex  float64 // 1 pA/ms of dI to V, mV
	P32Ex  float64 // 1 pA of I to V, mV
	P31In  float64
	P32In  float64
	Min    float64 // lower bound of V, mV
	P21Ex  float64 // dI to I, ms
	P11Ex  float64 // decay of dI and of I
	P21In  float64
	P11In  float64
	RiseEx float64 // e/tau_syn_ex, from weight to dI, 1/ms
	RiseIn float64
	Theta  float64 // threshold, mV
	Reset  float64 // mV
}

// AlphaSplit advances neurons by a step; see ExpSplit for the arguments. Equal
// time constants need no form of their own: the two channels are independent.
func AlphaSplit(p *Alpha, v, dEx, iEx, dIn, iIn []float64, ready []uint8, ex, in *Input, drive []float64, spikes []uint16) []uint16 {
	return inUse.alphaSplit(p, v, dEx, iEx, dIn, iIn, ready, ex, in, drive, spikes)
}

func alphaSplitScalar(p *Alpha, v, dEx, iEx, dIn, iIn []float64, ready []uint8, ex, in *Input, drive []float64, spikes []uint16) []uint16 {
	return alphaSplitFrom(p, 0, v, dEx, iEx, dIn, iIn, ready, ex, in, drive, spikes)
}

// alphaSplitFrom starts at neuron first.
func alphaSplitFrom(p *Alpha, first int, v, dEx, iEx, dIn, iIn []float64, ready []uint8, ex, in *Input, drive []float64, spikes []uint16) []uint16 {
	n := len(v)
	dEx, iEx, dIn, iIn = dEx[:n], iEx[:n], dIn[:n], iIn[:n]
	for k := first; k < n; k++ {
		x := v[k]
		if moves(ready, k) {
			x = (element(drive, k) + float64(p.P33*x)) + float64(p.P31Ex*dEx[k])
			x += float64(p.P32Ex * iEx[k])
			x += float64(p.P31In * dIn[k])
			x += float64(p.P32In * iIn[k])
			if x < p.Min {
				x = p.Min
			}
		}
		iEx[k] = float64(p.P21Ex*dEx[k]) + float64(p.P11Ex*iEx[k])
		iIn[k] = float64(p.P21In*dIn[k]) + float64(p.P11In*iIn[k])
		dEx[k] = float64(p.P11Ex*dEx[k]) + float64(p.RiseEx*ex.take(k))
		dIn[k] = float64(p.P11In*dIn[k]) + float64(p.RiseIn*in.take(k))
		if x >= p.Theta {
			x = p.Reset
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}
