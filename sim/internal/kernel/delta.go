package kernel

// Delta are the constants of iaf_psc_delta over one step; potentials are
// relative to E_L.
type Delta struct {
	P33        float64   // decay of V
	Quantum    float64   // mV per unit of the input sum
	Theta      float64   // threshold, mV
	Reset      float64   // mV
	Min        float64   // lower bound of V, mV
	Refractory uint16    // steps
	Discount   []float64 // factor of input that arrives with that many refractory steps left; nil: such input is lost
}

// DeltaStep advances neurons by a step; see ExpMerged for the arguments. kept
// holds the discounted input of refractory neurons, nil without Discount.
func DeltaStep(p *Delta, v, kept []float64, ref []uint16, sum []int32, ext, drive []float64, spikes []uint16) []uint16 {
	return inUse.deltaStep(p, v, kept, ref, sum, ext, drive, spikes)
}

// DeltaStepCounts is DeltaStep without Discount and with counts[k] events of one
// weight, mV, for neuron k in place of ext: the same bits as with ext[k] = 0 +
// weight*counts[k]. It leaves counts as they are.
func DeltaStepCounts(p *Delta, v []float64, ref []uint16, sum []int32, counts []uint8, weight float64, drive []float64, spikes []uint16) []uint16 {
	return inUse.deltaStepCounts(p, v, ref, sum, counts, weight, drive, spikes)
}

func deltaStepCountsScalar(p *Delta, v []float64, ref []uint16, sum []int32, counts []uint8, weight float64, drive []float64, spikes []uint16) []uint16 {
	n := len(v)
	ref, sum, counts = ref[:n], sum[:n], counts[:n]
	each := len(drive) > 1
	d := drive[0]
	for k := range n {
		x := v[k]
		in := float64(p.Quantum*float64(sum[k])) + (0 + float64(weight*float64(counts[k])))
		sum[k] = 0
		if ref[k] == 0 {
			if each {
				d = drive[k]
			}
			x = (d + float64(p.P33*x)) + in
			if x < p.Min {
				x = p.Min
			}
		} else {
			ref[k]--
		}
		if x >= p.Theta {
			x = p.Reset
			ref[k] = p.Refractory
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}

func deltaStepScalar(p *Delta, v, kept []float64, ref []uint16, sum []int32, ext, drive []float64, spikes []uint16) []uint16 {
	n := len(v)
	ref, sum = ref[:n], sum[:n]
	each := len(drive) > 1
	d := drive[0]
	for k := range n {
		x := v[k]
		in := float64(p.Quantum * float64(sum[k]))
		sum[k] = 0
		if ext != nil {
			in += ext[k]
			ext[k] = 0
		}
		if ref[k] == 0 {
			if each {
				d = drive[k]
			}
			x = (d + float64(p.P33*x)) + in
			if p.Discount != nil {
				x += kept[k]
				kept[k] = 0
			}
			if x < p.Min {
				x = p.Min
			}
		} else {
			if p.Discount != nil {
				kept[k] += float64(in * p.Discount[ref[k]])
			}
			ref[k]--
		}
		if x >= p.Theta {
			x = p.Reset
			ref[k] = p.Refractory
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}
