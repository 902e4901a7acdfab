package neuron

import (
	"math"

	"cortigo/sim/fmath"
)

// MembranePropagator returns exp(-h/tau_m), the factor by which V - E_L decays
// in a step of h ms.
func MembranePropagator(h, tauM float64) float64 { return fmath.Exp(-h / tauM) }

// ConstantCurrentPropagator returns tau_m/C_m * (1 - exp(-h/tau_m)), the mV
// that 1 pA adds in a step.
func ConstantCurrentPropagator(h, tauM, cm float64) float64 {
	return -tauM / cm * fmath.Expm1(-h/tauM)
}

// ExpCurrentPropagator returns what an exponential synaptic current of 1 pA at
// the beginning of a step adds to V by its end, mV:
//
//	beta/C_m * exp(-h/tau_syn) * (exp(h/beta) - 1), beta = tau_syn*tau_m/(tau_m - tau_syn)
//
// with the limit h/C_m * exp(-h/tau_m) where the time constants are equal.
func ExpCurrentPropagator(h, tauM, tauSyn, cm float64) float64 {
	beta := tauSyn * tauM / (tauM - tauSyn)
	p := beta / cm * fmath.Exp(-h/tauSyn) * fmath.Expm1(h/beta)
	if !(p > 0) || math.IsInf(p, 0) || p < smallestNormal {
		return h / cm * fmath.Exp(-h/tauM)
	}
	return p
}

const smallestNormal = 0x1p-1022

// AlphaCurrentPropagator returns what the derivative dI of an alpha-function
// current (pA/ms) at the beginning of a step adds to V by its end, mV per pA/ms:
//
//	beta/C_m * exp(-h/tau_syn) * (beta*(exp(h/beta) - 1) - h)
//
// with the limit h^2/(2 C_m) * exp(-h/tau_m) where the time constants are so
// close that the difference would cancel.
func AlphaCurrentPropagator(h, tauM, tauSyn, cm float64) float64 {
	if !(h > 1e-7*tauM*tauM/math.Abs(tauM-tauSyn)) {
		return h * h / (2 * cm) * fmath.Exp(-h/tauM)
	}
	beta := tauSyn * tauM / (tauM - tauSyn)
	return beta / cm * fmath.Exp(-h/tauSyn) * (float64(beta*fmath.Expm1(h/beta)) - h)
}
