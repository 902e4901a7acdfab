package microcircuit

import (
	"math"

	"cortigo/sim/fmath"
)

// The formulas of the reference implementation. Logarithms and powers are those
// of fmath, and a product that is added to something is rounded first (written
// float64(a*b)), so that every derived number has the same bits on every
// machine.

// fullSynapses returns the number of synapses from ns source to nt target
// neurons, not rounded, at which a pair has at least one with probability c
// when all are drawn at random with replacement:
//
//	K = ln(1 - c) / ln((ns*nt - 1)/(ns*nt))
//
// Potjans & Diesmann (2014), Eq. 1. This form loses digits that Log1p would keep
// (two synapses of 3e8), but the published numbers come from it. So it is used
// for numbers of pairs and probabilities as in the published circuit, where it
// is exact to 1e-6, and replaced where it is wrong (by a tenth at 2.5e15 pairs).
func fullSynapses(c float64, ns, nt int) float64 {
	if c == 0 {
		return 0
	}
	pairs := float64(ns) * float64(nt)
	none := fmath.Log((float64(pairs) - 1) / pairs)
	if pairs > mostPairs {
		none = fmath.Log1p(-1 / pairs)
	}
	if c < leastProbability {
		return fmath.Log1p(-c) / none
	}
	return fmath.Log(1-c) / none
}

// The published circuit has up to 4.8e8 pairs of neurons in two populations, and
// probabilities from 3e-4.
const (
	mostPairs        = 1e10
	leastProbability = 1e-6
)

// scaleRound returns n times the factor as a whole number, halves going to the
// even one as in NumPy.
func scaleRound(n int, factor float64) float64 {
	return math.RoundToEven(float64(n) * factor)
}

// pscOverPSP returns the amplitude of an exponential current, in pA, whose
// potential peaks at 1 mV, from the peak of the membrane's response (a
// difference of two exponentials):
//
//	s = 1/(tau_syn - tau_m)
//	J = 1 / (tau_m*tau_syn*s/C_m * ((tau_m/tau_syn)^(s*tau_m) - (tau_m/tau_syn)^(s*tau_syn)))
//
// and for equal time constants its limit, e*C_m/tau_m, which is also nearer to
// the truth where their relative difference is below 1e-8.
func pscOverPSP(tauM, tauSyn, cm float64) float64 {
	if math.Abs(tauSyn-tauM) <= 1e-8*tauM {
		return fmath.Exp(1) * cm / tauM
	}
	s := 1 / (tauSyn - tauM)
	ratio := tauM / tauSyn
	difference := fmath.Pow(ratio, float64(s*tauM)) - fmath.Pow(ratio, float64(s*tauSyn))
	return 1 / (tauM * tauSyn * s / cm * difference)
}

// poissonMean returns the mean current, in pA, of k Poisson inputs of the given
// rate in spikes/s and PSC amplitude in pA, decaying with tauSyn ms.
func poissonMean(rate float64, k int, psc, tauSyn float64) float64 {
	return 0.001 * rate * float64(k) * psc * tauSyn
}

// rheobase returns the smallest constant current, in pA, that makes the neuron
// fire.
func rheobase(n Neuron) float64 { return n.Cm * (n.Vth - n.EL) / n.TauM }
