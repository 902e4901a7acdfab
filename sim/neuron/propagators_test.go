package neuron

import (
	"math"
	"math/big"
	"testing"
)

const bits = 400

func num(x float64) *big.Float { return new(big.Float).SetPrec(bits).SetFloat64(x) }

func op(f func(z, x, y *big.Float) *big.Float, x, y *big.Float) *big.Float {
	return f(new(big.Float).SetPrec(bits), x, y)
}

func add(x, y *big.Float) *big.Float { return op((*big.Float).Add, x, y) }
func sub(x, y *big.Float) *big.Float { return op((*big.Float).Sub, x, y) }
func mul(x, y *big.Float) *big.Float { return op((*big.Float).Mul, x, y) }
func quo(x, y *big.Float) *big.Float { return op((*big.Float).Quo, x, y) }

// bigExp is the Taylor series of e**x at x/2^40, squared 40 times.
func bigExp(x *big.Float) *big.Float {
	x = new(big.Float).SetPrec(bits).SetMantExp(x, -40)
	sum, term := num(1), num(1)
	for n := 1.0; n < 60; n++ {
		term = quo(mul(term, x), num(n))
		sum = add(sum, term)
	}
	for range 40 {
		sum = mul(sum, sum)
	}
	return sum
}

// exact are the propagators of h by the solution of the differential equations,
// computed with 400 bits: the differences then cost nothing.
type exact struct{ membrane, constant, exp, alpha float64 }

func exactly(h, tauM, tauSyn, cm float64) exact {
	H, M, S, C := num(h), num(tauM), num(tauSyn), num(cm)
	eM, eS := bigExp(quo(num(-h), M)), bigExp(quo(num(-h), S))
	float := func(x *big.Float) float64 { f, _ := x.Float64(); return f }
	r := exact{membrane: float(eM), constant: float(mul(quo(M, C), sub(num(1), eM)))}
	if tauM == tauSyn {
		r.exp = float(mul(quo(H, C), eM))
		r.alpha = float(mul(quo(mul(H, H), mul(num(2), C)), eM))
		return r
	}
	beta := quo(mul(S, M), sub(M, S))
	r.exp = float(mul(quo(beta, C), sub(eM, eS)))
	r.alpha = float(mul(quo(beta, C), sub(mul(beta, sub(eM, eS)), mul(H, eS))))
	return r
}

// Propagators are exact to a few units in the last place, however close the
// time constants are; for alpha currents a difference costs digits where they
// are close, and NEST's rule (Rotter & Diesmann 1999; h against
// 1e-7 tau_m^2/|tau_m - tau_syn|) bounds what is lost.
func TestPropagators(t *testing.T) {
	const few = 16 * 0x1p-52
	for _, h := range []float64{0.01, 0.1, 1} {
		for _, tauM := range []float64{1, 10, 20} {
			for _, tauSyn := range []float64{
				0.1, 0.5, 2, 5, tauM, math.Nextafter(tauM, 0), math.Nextafter(tauM, 100), tauM * (1 + 1e-12), tauM * (1 - 1e-9),
				tauM * (1 + 1e-7), tauM * (1 - 1e-6), tauM * (1 + 1e-5), tauM * (1 + 1e-3), tauM * 0.9, 100,
			} {
				const cm = 250
				want := exactly(h, tauM, tauSyn, cm)
				near := func(what string, got, want, limit float64) {
					if !(math.Abs(got/want-1) <= limit) {
						t.Errorf("h = %g, tau_m = %g, tau_syn = %v: %s is %v, want %v (off by %.2g)", h, tauM, tauSyn, what, got, want, got/want-1)
					}
				}
				near("P33", MembranePropagator(h, tauM), want.membrane, few)
				near("P30", ConstantCurrentPropagator(h, tauM, cm), want.constant, few)
				near("P32", ExpCurrentPropagator(h, tauM, tauSyn, cm), want.exp, few)
				beta := math.Abs(tauSyn * tauM / (tauM - tauSyn))
				limit := few * math.Max(1, beta/h) // the difference of beta*expm1(h/beta) and h
				if h <= 1e-7*tauM*tauM/math.Abs(tauM-tauSyn) {
					limit = few + h/beta // of the limit that stands for it
				}
				near("P31", AlphaCurrentPropagator(h, tauM, tauSyn, cm), want.alpha, limit)
				if limit > 1.1e-7 { // at its worst where the rule changes sides
					t.Errorf("h = %g, tau_m = %g, tau_syn = %v: P31 to %g only", h, tauM, tauSyn, limit)
				}
			}
		}
	}
}

// NEST's reference case has tau_syn = 10.000001 beside tau_m = 10: the wrong
// formula there, a plain difference of exponentials, would miss by 1e-9.
func TestNearSingular(t *testing.T) {
	want := exactly(0.1, 10, 10.000001, 250)
	if got := ExpCurrentPropagator(0.1, 10, 10.000001, 250); math.Abs(got/want.exp-1) > 1e-14 {
		t.Errorf("P32 = %v, want %v", got, want.exp)
	}
	beta := 10.000001 * 10 / (10 - 10.000001)
	plain := beta / 250 * (math.Exp(-0.1/10) - math.Exp(-0.1/10.000001))
	if math.Abs(plain/want.exp-1) < 1e-10 {
		t.Errorf("the plain formula is off by %g only: this test shows nothing", plain/want.exp-1)
	}
}
