package fmath

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"math/big"
	"testing"
)

func ulps(a, b float64) float64 {
	if a == b {
		return 0
	}
	return math.Abs(a-b) / (math.Nextafter(math.Abs(b), math.Inf(1)) - math.Abs(b))
}

// The standard library is the authority: its functions are within 1 ulp.
func TestAgainstStandardLibrary(t *testing.T) {
	for _, f := range []struct {
		name       string
		got, want  func(float64) float64
		lo, hi     float64
		n          int
		maxUlp     float64
		minAbsolut float64
	}{
		{"Exp", Exp, math.Exp, -700, 700, 100001, 2, 0},
		{"Exp small", Exp, math.Exp, -1, 1, 100001, 2, 0},
		{"Expm1", Expm1, math.Expm1, -3, 3, 100001, 3, 0},
		{"Expm1 tiny", Expm1, math.Expm1, -1e-6, 1e-6, 1001, 2, 0},
		{"Log", Log, math.Log, 1e-3, 1e3, 100001, 2, 0},
		{"Log near 1", Log, math.Log, 0.9, 1.1, 100001, 2, 0},
		{"Log1p", Log1p, math.Log1p, -0.9, 3, 100001, 3, 0},
		{"Log1p tiny", Log1p, math.Log1p, -1e-7, 1e-7, 1001, 2, 0},
		{"SinPi", SinPi, func(x float64) float64 { return math.Sin(math.Pi * x) }, -0.5, 0.5, 10001, 0, 4e-16},
		{"CosPi", CosPi, func(x float64) float64 { return math.Cos(math.Pi * x) }, -0.5, 0.5, 10001, 0, 4e-16},
		// Beyond, the product pi*x is what is least exact: half an ulp of it, 2e-16 up to 4, 9e-16 up to 16.
		{"SinPi wide", SinPi, func(x float64) float64 { return math.Sin(math.Pi * x) }, -4, 4, 10001, 0, 2e-15},
		{"CosPi wide", CosPi, func(x float64) float64 { return math.Cos(math.Pi * x) }, -4, 4, 10001, 0, 2e-15},
		{"SinPi small", SinPi, func(x float64) float64 { return math.Sin(math.Pi * x) }, 1e-9, 0.2, 10001, 3, 0},
		{"NormalCDF", NormalCDF, func(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }, -9, 9, 10001, 0, 1e-15},
	} {
		worst := 0.0
		for i := range f.n {
			x := f.lo + (f.hi-f.lo)*float64(i)/float64(f.n-1)
			got, want := f.got(x), f.want(x)
			if f.minAbsolut > 0 {
				if d := math.Abs(got - want); d > f.minAbsolut {
					t.Fatalf("%s(%g) = %g, want %g", f.name, x, got, want)
				}
				continue
			}
			if u := ulps(got, want); u > worst {
				worst = u
				if worst > f.maxUlp {
					t.Fatalf("%s(%g) = %g, want %g, %g ulp", f.name, x, got, want, u)
				}
			}
		}
	}
}

func TestEdges(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"Exp(inf)", Exp(inf), inf}, {"Exp(-inf)", Exp(-inf), 0}, {"Exp(0)", Exp(0), 1},
		{"Exp(710)", Exp(710), inf}, {"Exp(-746)", Exp(-746), 0},
		{"Expm1(0)", Expm1(0), 0}, {"Log(0)", Log(0), -inf}, {"Log(1)", Log(1), 0}, {"Log(inf)", Log(inf), inf},
		{"CDF(-inf)", NormalCDF(-inf), 0}, {"CDF(inf)", NormalCDF(inf), 1}, {"CDF(0)", NormalCDF(0), 0.5},
		{"SinPi(0)", SinPi(0), 0}, {"SinPi(1)", SinPi(1), 0}, {"SinPi(0.5)", SinPi(0.5), 1}, {"SinPi(-0.5)", SinPi(-0.5), -1}, {"SinPi(1e6+1.5)", SinPi(1e6 + 1.5), -1},
		{"CosPi(0)", CosPi(0), 1}, {"CosPi(1)", CosPi(1), -1}, {"CosPi(0.5)", CosPi(0.5), 0}, {"CosPi(-2.5)", CosPi(-2.5), 0}, {"CosPi(1e15)", CosPi(1e15), 1},
		{"Log(2^-1074)", Log(5e-324), -744.4400719213812},
	} {
		if c.got != c.want {
			t.Errorf("%s = %g, want %g", c.name, c.got, c.want)
		}
	}
	if !math.IsNaN(Log(-1)) || !math.IsNaN(Exp(math.NaN())) || !math.IsNaN(Log(math.NaN())) ||
		!math.IsNaN(SinPi(inf)) || !math.IsNaN(CosPi(math.NaN())) {
		t.Error("want NaN")
	}
	if got := Pow(20, -1.0526315789473684); math.Abs(got/math.Pow(20, -1.0526315789473684)-1) > 2e-15 {
		t.Errorf("Pow = %g", got)
	}
}

// Powers against exact products of math/big, each multiplication rounded once.
func TestPowInt(t *testing.T) {
	for _, x := range []float64{2, -3, 1.1, 0.37, -0.9, 0, 17.25} {
		for n := -12; n <= 64; n++ {
			want := new(big.Float).SetPrec(2000).SetInt64(1)
			if n < 0 && x == 0 {
				continue
			}
			for range max(n, -n) {
				want.Mul(want, big.NewFloat(x))
			}
			if n < 0 {
				want.Quo(big.NewFloat(1).SetPrec(2000), want)
			}
			w, _ := want.Float64()
			// At most 2 n roundings, counted through squares.
			if got := PowInt(x, n); math.Abs(got-w) > float64(max(n, -n, 1))*0x1p-52*math.Abs(w) {
				t.Errorf("PowInt(%g, %d) = %g, want %g", x, n, got, w)
			}
		}
	}
	if PowInt(2, 10) != 1024 || PowInt(-3, 3) != -27 || !math.IsInf(PowInt(0, -1), 1) {
		t.Error("whole numbers are not exact")
	}
}

// The bits of every function over a grid must not change, on any processor,
// under any GOAMD64: spike trains depend on them.
func TestBits(t *testing.T) {
	for _, c := range []struct {
		name   string
		f      func(float64) float64
		lo, hi float64
		want   uint64
	}{
		{"Exp", Exp, -30, 3, 0x4e07c92e76b4eaa6},
		{"Expm1", Expm1, -2, 2, 0x40570dcdf0c6f371},
		{"Log", Log, 1e-9, 30, 0xe5bd1d827e4e2bc1},
		{"Log1p", Log1p, -0.9, 2, 0x3989ec1309580b1f},
		{"SinPi", SinPi, -3, 3, 0x77bf39206c75ad63},
		{"CosPi", CosPi, -3, 3, 0x7f16023ac6947c07},
		{"NormalCDF", NormalCDF, -8, 8, 0xa485b7d8ee0a0dd9},
	} {
		h := fnv.New64a()
		for i := range 10000 {
			x := c.lo + (c.hi-c.lo)*float64(i)/9999
			binary.Write(h, binary.LittleEndian, math.Float64bits(c.f(x)))
		}
		if h.Sum64() != c.want {
			t.Errorf("%s: %#x, want %#x", c.name, h.Sum64(), c.want)
		}
	}
}
