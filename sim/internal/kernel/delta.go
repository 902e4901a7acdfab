package kernel

import "cortigo/sim/fmath"

// Delta are the constants of iaf_psc_delta over one step; potentials are
// relative to E_L. The fields stand as the assembly's generator says.
type Delta struct {
	P33   float64 // decay of V
	Theta float64 // threshold, mV
	Reset float64 // mV
	Min   float64 // lower bound of V, mV
}

// DeltaStep advances neurons by a step; see ExpMerged for the arguments. What
// arrives at refractory neurons is lost.
func DeltaStep(p *Delta, v []float64, ready []uint8, in *Input, drive []float64, spikes []uint16) []uint16 {
	return inUse.deltaStep(p, v, ready, in, drive, spikes)
}

func deltaStepScalar(p *Delta, v []float64, ready []uint8, in *Input, drive []float64, spikes []uint16) []uint16 {
	return deltaStepFrom(p, 0, v, ready, in, drive, spikes)
}

// deltaStepFrom starts at neuron first.
func deltaStepFrom(p *Delta, first int, v []float64, ready []uint8, in *Input, drive []float64, spikes []uint16) []uint16 {
	for k := first; k < len(v); k++ {
		x := v[k]
		arriving := in.take(k)
		if moves(ready, k) {
			x = (element(drive, k) + float64(p.P33*x)) + arriving
			if x < p.Min {
				x = p.Min
			}
		}
		if x >= p.Theta {
			x = p.Reset
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}

// Discount returns the factor of input that arrives with left refractory steps
// of h ms to go.
func Discount(left int, h, tauM float64) float64 { return fmath.Exp(-float64(float64(left)*h) / tauM) }

// DeltaKeep is DeltaStep for neurons that keep what arrives while they are
// refractory: kept, mV, adds up input times discount[left], with left refractory
// steps to go.
func DeltaKeep(p *Delta, v, kept []float64, r *Refractory, discount []float64, in *Input, drive []float64, spikes []uint16) []uint16 {
	kept = kept[:len(v)]
	for k := range v {
		x := v[k]
		arriving := in.take(k)
		if left := r.Left(k); left == 0 {
			x = (element(drive, k) + float64(p.P33*x)) + arriving
			x += kept[k]
			kept[k] = 0
			if x < p.Min {
				x = p.Min
			}
		} else {
			kept[k] += float64(arriving * discount[left])
		}
		if x >= p.Theta {
			x = p.Reset
			spikes = append(spikes, uint16(k))
		}
		v[k] = x
	}
	return spikes
}
