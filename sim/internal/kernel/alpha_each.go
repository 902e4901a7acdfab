package kernel

// AlphaSplitEach is AlphaSplit with constants of each neuron, all of one
// Quantum: the same bits where they are equal.
func AlphaSplitEach(each []Alpha, v, dEx, iEx, dIn, iIn []float64, ref []uint16, sumEx, sumIn []int32, extEx, extIn, drive []float64, spikes []uint16) []uint16 {
	n := len(v)
	each, dEx, iEx, dIn, iIn, ref, sumEx, sumIn = each[:n], dEx[:n], iEx[:n], dIn[:n], iIn[:n], ref[:n], sumEx[:n], sumIn[:n]
	driven := len(drive) > 1
	d := drive[0]
	for k := range n {
		p := &each[k]
		x := v[k]
		if ref[k] == 0 {
			if driven {
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
