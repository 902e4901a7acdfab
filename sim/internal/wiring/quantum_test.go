package wiring

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/internal/network"
	"cortigo/sim/neuron"
)

// collectWeights collects all weights onto a population.
func collectWeights(desc *network.Description, pop int) weightsOf {
	return weightsBeside(desc, pop, nil)
}

// gridOf returns the grid of a population with these weights onto it.
func gridOf(weights ...connect.Distribution) Grid {
	d := &network.Description{Populations: populations(5, 5)}
	for i, w := range weights {
		d.Projections = append(d.Projections, network.Projection{Pre: []network.Range{{Population: i % 2, From: 0, N: 5}}, Post: []network.Range{{Population: 1, From: 0, N: 5}}, Rule: connect.AllToAll{}, Weight: w, Delay: connect.Constant(1), Ordinal: uint32(i)})
	}
	return chooseGrid(collectWeights(d, 1))
}

func TestChooseGrid(t *testing.T) {
	pd := connect.Above(connect.Normal{Mean: 87.81, SD: 8.781}, 0)
	pdIn := connect.Below(connect.Normal{Mean: -351.2, SD: 35.12}, 0)
	for _, c := range []struct {
		name    string
		weights []connect.Distribution
		wide    bool
		quantum float64 // 0: only the rules below
	}{
		{"none", nil, false, 1},
		{"zero", []connect.Distribution{connect.Constant(0)}, false, 1},
		{"one constant", []connect.Distribution{connect.Constant(20)}, false, 20},
		{"a ratio", []connect.Distribution{connect.Constant(20), connect.Constant(-100)}, false, 20},
		{"a fraction", []connect.Distribution{connect.Constant(2), connect.Constant(3)}, false, 1},
		{"ratio of 8191", []connect.Distribution{connect.Constant(1), connect.Constant(8191)}, false, 1},
		{"ratio beyond 14 bits", []connect.Distribution{connect.Constant(1), connect.Constant(8192)}, true, math.Ldexp(1, 14-41)},
		{"no common quantum", []connect.Distribution{connect.Constant(1), connect.Constant(math.Pi)}, true, math.Ldexp(1, 2-41)},
		{"the microcircuit's", []connect.Distribution{pd, pdIn}, false, 0},
		{"SD of one part in 10,000", []connect.Distribution{connect.Normal{Mean: 100, SD: 0.01}}, true, math.Ldexp(1, 7-41)},
		{"constant beside a distribution", []connect.Distribution{connect.Constant(1), connect.Normal{Mean: 100, SD: 64}}, false, 1},
		{"constant too coarse for the distribution", []connect.Distribution{connect.Constant(10), connect.Normal{Mean: 100, SD: 20}}, false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := gridOf(c.weights...)
			if g.Wide != c.wide || c.quantum != 0 && g.Quantum != c.quantum {
				t.Fatalf("grid %+v, want wide %v, quantum %g", g, c.wide, c.quantum)
			}
			for _, w := range c.weights {
				lo, hi := w.Bounds()
				reach := math.Max(math.Abs(lo), math.Abs(hi))
				x, constant := connect.IsConstant(w)
				switch {
				case g.Wide && g.Quantum > math.Ldexp(reach, -40) && x != 0 && constant:
					// A smaller weight beside larger ones is only as exact as they are.
					if math.Abs(math.Round(x/g.Quantum)*g.Quantum-x) > g.Quantum/2 {
						t.Errorf("%g is not met to half a quantum of %g", x, g.Quantum)
					}
				case g.Wide:
					if math.Round(reach/g.Quantum) >= 1<<47 {
						t.Errorf("weight %g does not fit 48 bits in quanta of %g", reach, g.Quantum)
					}
				case constant:
					if k := math.Round(x / g.Quantum); k*g.Quantum != x || math.Abs(k) > MaxCompact {
						t.Errorf("constant %g is %g quanta of %g", x, k, g.Quantum)
					}
				default:
					if reach/g.Quantum > MaxCompact+0.5 || connect.Spread(w) < minQuantaPerSD*g.Quantum {
						t.Errorf("%+v on a grid of %g", w, g.Quantum)
					}
				}
			}
		})
	}
}

// The wide form is exact to 2^-40 of the channel's largest weight.
func TestWideIsExactTo40Bits(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		scale := math.Exp(r.NormFloat64() * 20)
		list := connect.List{}
		largest := 0.0
		for range 40 {
			w := r.NormFloat64() * scale
			list.Pre, list.Post, list.Weight = append(list.Pre, 0), append(list.Post, 0), append(list.Weight, w)
			largest = math.Max(largest, math.Abs(w))
		}
		d := &network.Description{Resolution: 0.1, Populations: populations(1), Projections: []network.Projection{
			{Pre: []network.Range{{Population: 0, From: 0, N: 1}}, Post: []network.Range{{Population: 0, From: 0, N: 1}}, Rule: list, Weight: connect.Constant(1), Delay: connect.Constant(1)}}}
		g := chooseGrid(collectWeights(d, 0))
		if !g.Wide {
			t.Fatalf("grid %+v", g)
		}
		w, err := firstWiring(d, clockOf(t, 0.1), g)
		if err != nil {
			t.Fatal(err)
		}
		for k, x := range list.Weight {
			if e := math.Abs(float64(w.weight.byRow[k])*g.Quantum - x); e > math.Ldexp(largest, -40) || abs(w.weight.byRow[k]) > 1<<41 {
				t.Fatalf("weight %g becomes %d quanta of %g", x, w.weight.byRow[k], g.Quantum)
			}
		}
	}
}

// The grid does not depend on the order of Connect calls, nor on anything but
// the weights.
func TestGridIgnoresOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	for round := range 300 {
		var ws []connect.Distribution
		for range 1 + r.IntN(25) {
			switch r.IntN(4) {
			case 0:
				ws = append(ws, connect.Normal{Mean: r.NormFloat64() * 100, SD: 5 + 10*r.Float64()})
			default:
				ws = append(ws, connect.Constant(float64(r.IntN(40)-20)/float64(1+r.IntN(3))))
			}
		}
		want := gridOf(ws...)
		for range 5 {
			r.Shuffle(len(ws), func(i, j int) { ws[i], ws[j] = ws[j], ws[i] })
			if got := gridOf(ws...); got != want {
				t.Fatalf("round %d: %v gives %+v, in another order %+v", round, ws, got, want)
			}
		}
		if got := gridOf(append(slices.Clone(ws), ws...)...); got != want {
			t.Fatalf("round %d: %v gives %+v, twice over %+v", round, ws, want, got)
		}
	}
}

func TestParrotGrid(t *testing.T) {
	d := &network.Description{Populations: []network.Population{{Name: "p", N: 3, Model: neuron.Parrot{}}}}
	d.Projections = []network.Projection{{Pre: []network.Range{{Population: 0, From: 0, N: 3}}, Post: []network.Range{{Population: 0, From: 0, N: 3}}, Rule: connect.AllToAll{}, Weight: connect.Normal{Mean: 3, SD: 1}, Delay: connect.Constant(1)}}
	if g := chooseGrid(collectWeights(d, 0)); g != (Grid{Quantum: 1}) {
		t.Errorf("grid %+v, want quanta of 1: a parrot ignores weights", g)
	}
}

func TestRoundUp(t *testing.T) {
	for _, x := range []float64{1, 1.03125, 0.1, 1e-300, 3e300, 7.0 / 3} {
		got := roundUp(x)
		m, _ := math.Frexp(got)
		if got < x || got > x*(1+1.0/16) || m*32 != math.Floor(m*32) {
			t.Errorf("roundUp(%v) = %v", x, got)
		}
	}
	if fmt.Sprint(roundUp(1), roundUp(1.0001), roundUp(1.0625)) != "1 1.0625 1.0625" {
		t.Error(roundUp(1), roundUp(1.0001), roundUp(1.0625))
	}
}

// Products of decimal numbers, as -g*J is, miss a multiple by some units of the
// last bit: 41 x 0.01 is not 0.41. Such constants are compact all the same, and
// differ from what was asked for by no more than that.
func TestNearMultiplesAreCompact(t *testing.T) {
	networks := 0
	for j := 1; j <= 71; j++ {
		for k := range 14 {
			weight, g := float64(j)/10, float64(20+k)*3/10
			networks++ // 994 of two constants, 2982 of three
			for _, external := range []float64{0, 0.7, 1.5, 2.3} {
				ws := []connect.Distribution{connect.Constant(weight), connect.Constant(-g * weight), connect.Constant(external * weight)}
				got := gridOf(ws...)
				if got.Wide {
					t.Errorf("%v is wide", ws)
				}
				for _, w := range ws {
					x := float64(w.(connect.Constant))
					if y, _ := got.Place(x); math.Abs(float64(y)*got.Quantum-x) > 0x1p-48*math.Abs(x) {
						t.Errorf("%v of %v becomes %v", x, ws, float64(y)*got.Quantum)
					}
				}
			}
		}
	}
	if networks != 994 {
		t.Errorf("%d networks", networks)
	}
	if g := gridOf(connect.Constant(0.01), connect.Constant(0.41*(1+0x1p-40))); !g.Wide {
		t.Errorf("grid %+v of constants that are no multiples", g)
	}
	// An exact quantum that was found before is found still.
	if g := gridOf(connect.Constant(20), connect.Constant(30)); g != (Grid{Quantum: 10}) {
		t.Errorf("grid %+v", g)
	}
}
