package connect

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"cortigo/sim/fmath"
)

var inf, nan = math.Inf(1), math.NaN()

func checkError(t *testing.T, err error, want string) {
	t.Helper()
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Errorf("%v, want %q", err, want)
	}
}

func TestValidateDistribution(t *testing.T) {
	for _, c := range []struct {
		d    Distribution
		want string
	}{
		{Constant(0), ""}, {Constant(-1e300), ""},
		{Constant(nan), "Constant: value is NaN, must be finite"}, {Constant(inf), "value is +Inf"},
		{Normal{Mean: 1, SD: 2}, ""}, {Normal{Mean: 1}, ""},
		{Above(Normal{Mean: 1, SD: 2}, 0), ""}, {Below(Normal{Mean: -1, SD: 2}, 0), ""},
		{Normal{Mean: 1, SD: 2}, ""},
		{Normal{Mean: nan}, "Normal: mean is NaN"}, {Normal{Mean: inf, SD: 1}, "mean is +Inf"},
		{Normal{SD: -1}, "SD is -1, must be >= 0"}, {Normal{SD: nan}, "SD is NaN"}, {Normal{SD: inf}, "SD is +Inf"},
		{Within(Normal{SD: 1}, 2, 1), "bounds are [2, 1], must be in order"},
		{Redraw{Of: Normal{Mean: 87, SD: 8}, Min: 1}, "bounds are [1, 0]"}, {Redraw{Of: Normal{Mean: 2, SD: 5}}, "are within the bounds [0, 0]"}, // Max forgotten
		{Within(Normal{SD: 1}, nan, 1), "bounds are [NaN, 1]"},
		{Above(Normal{SD: 1}, inf), "values reach from -6.34 to 6.34, never within the bounds [+Inf, +Inf]"},
		{Above(Normal{SD: 1}, 4), "Redraw: 3.2e-05 of the draws from connect.Normal{Mean:0 SD:1} are within the bounds [4, +Inf], at least 0.001"}, // 1 - Phi(4)
		{Above(Normal{SD: 1}, 3), ""}, // 1 - Phi(3) = 0.00135
		{Within(Normal{Mean: 5}, 6, 7), "values reach from 5 to 5, never within the bounds [6, 7]"},
		{Uniform{Min: 1, Max: 2}, ""},
		{Uniform{Min: 2, Max: 2}, "Min 2 must be below Max 2"}, {Uniform{Min: 3, Max: 2}, "Min 3 must be below Max 2"},
		{Uniform{Min: -inf, Max: 2}, "Uniform: Min is -Inf"}, {Uniform{Max: nan}, "Max is NaN"},
	} {
		checkError(t, c.d.Validate(), c.want)
	}
}

// Values of Phi to 10 digits are Abramowitz & Stegun, table 26.1.
func TestCDF(t *testing.T) {
	const phi1, phi2, phiHalf = 0.8413447461, 0.9772498681, 0.6914624613
	for _, c := range []struct {
		d       Distribution
		x, want float64
	}{
		{Constant(3), 2.999, 0}, {Constant(3), 3, 1}, {Constant(3), 4, 1},
		{Normal{Mean: 10, SD: 2}, 10, 0.5}, {Normal{Mean: 10, SD: 2}, 12, phi1}, {Normal{Mean: 10, SD: 2}, 6, 1 - phi2},
		{Normal{Mean: 10, SD: 2}, -inf, 0}, {Normal{Mean: 10, SD: 2}, inf, 1},
		{Above(Normal{Mean: 10, SD: 2}, 8), 7.999, 0}, {Above(Normal{Mean: 10, SD: 2}, 8), 10, (0.5 - (1 - phi1)) / phi1},
		{Within(Normal{Mean: 10, SD: 2}, 8, 14), 11, (phiHalf - (1 - phi1)) / (phi2 - (1 - phi1))},
		{Within(Normal{Mean: 10, SD: 2}, 8, 14), 14, 1}, {Within(Normal{Mean: 10, SD: 2}, 8, 14), 99, 1},
		{Normal{Mean: 10}, 9.999, 0}, {Normal{Mean: 10}, 10, 1}, // SD 0
		{Uniform{Min: -1, Max: 3}, -2, 0}, {Uniform{Min: -1, Max: 3}, 0, 0.25}, {Uniform{Min: -1, Max: 3}, 3, 1}, {Uniform{Min: -1, Max: 3}, 9, 1},
	} {
		d, ok := Table(c.d)
		if !ok {
			t.Fatalf("%+v: no table", c.d)
		}
		if got := d.CDF(c.x); !(math.Abs(got-c.want) < 2e-10) {
			t.Errorf("%+v: CDF(%g) = %.12g, want %.12g", c.d, c.x, got, c.want)
		}
	}
}

// A CDF rises from 0 to 1, and less than 2^-33 of an uncut distribution lies
// beyond either of its Bounds.
func TestBounds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 500 {
		m, s := r.NormFloat64()*100, math.Exp(r.NormFloat64()*5)
		for _, x := range []Distribution{Constant(m), Normal{Mean: m, SD: s}, Above(Normal{Mean: m, SD: s}, m-s), Uniform{Min: m, Max: m + s}} {
			d, _ := Table(x)
			lo, hi := d.Bounds()
			if !(lo <= hi) || math.IsInf(lo, 0) || math.IsInf(hi, 0) {
				t.Fatalf("%+v: bounds [%g, %g]", d, lo, hi)
			}
			below, above := d.CDF(math.Nextafter(lo, -inf)), 1-d.CDF(hi)
			// A cut at one SD below the mean leaves 0.84 of the draws.
			if limit := 1.0 / (1 << 33) / 0.84; below > limit || above > limit {
				t.Errorf("%+v: %g below %g, %g above %g", d, below, lo, above, hi)
			}
			last := 0.0
			for i := range 101 {
				p := d.CDF(lo + (hi-lo)*float64(i)/100)
				if p < last || p > 1 {
					t.Fatalf("%+v: CDF falls from %g to %g", d, last, p)
				}
				last = p
			}
		}
	}
	lo, hi := Above(Normal{Mean: 5, SD: 1}, 4).Bounds()
	if lo != 4 || hi != 5+6.34 {
		t.Errorf("bounds [%g, %g]", lo, hi)
	}
}

func TestIsConstant(t *testing.T) {
	for _, c := range []struct {
		d    Distribution
		x    float64
		want bool
	}{{Constant(3), 3, true}, {Above(Constant(3), 1), 3, true}, {Above(Normal{Mean: 4}, 1), 4, true}, {Above(Normal{Mean: 4, SD: 1}, 1), 0, false}, {LogNormal{}, 0, false}, {Normal{Mean: 4}, 4, true}, {Normal{Mean: 4, SD: 1}, 4, false}, {Uniform{Min: 1, Max: 2}, 0, false}} {
		if x, ok := IsConstant(c.d); ok != c.want || ok && x != c.x {
			t.Errorf("%+v: %g, %v", c.d, x, ok)
		}
	}
}

// What is bounded is drawn from the table that a normal distribution with bounds of
// its own had: the same bits, which digests of the microcircuit rest on.
func TestBoundedNormalTable(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 2000 {
		m, s := float64(r.NormFloat64()*100), math.Exp(r.NormFloat64()*3) // rounded: products may be fused with what comes
		lo, hi := m-float64(s*(1+r.Float64())), m+float64(s*(1+r.Float64()))
		phi := func(x float64) float64 { return fmath.NormalCDF((x - m) / s) }
		for _, c := range []struct {
			d      Distribution
			lo, hi float64
		}{{Normal{m, s}, -inf, inf}, {Above(Normal{m, s}, lo), lo, inf}, {Below(Normal{m, s}, hi), -inf, hi}, {Within(Normal{m, s}, lo, hi), lo, hi}, {Above(Below(Normal{m, s}, hi), lo), lo, hi}} {
			d, _ := Table(c.d)
			x := m + float64(s*r.NormFloat64())
			want := (phi(x) - phi(c.lo)) / (phi(c.hi) - phi(c.lo))
			if x < c.lo {
				want = 0
			} else if x >= c.hi {
				want = 1
			}
			if got := d.CDF(x); math.Float64bits(got) != math.Float64bits(want) {
				t.Fatalf("%+v: CDF(%g) = %b, want %b", c.d, x, got, want)
			}
			a, b := d.Bounds()
			if a != math.Max(c.lo, m-float64(6.34*s)) || b != math.Min(c.hi, m+float64(6.34*s)) || Spread(c.d) != s {
				t.Fatalf("%+v: bounds [%g, %g], spread %g", c.d, a, b, Spread(c.d))
			}
		}
	}
}

// Which distributions have a table, their spread and typical value.
func TestTable(t *testing.T) {
	n, u := Normal{Mean: 3, SD: 2}, Uniform{Min: 1, Max: 4}
	for _, c := range []struct {
		d               Distribution
		table           bool
		spread, typical float64
	}{
		{Constant(2), true, 0, 2}, {n, true, 2, 3}, {u, true, 3 / math.Sqrt(12), 2.5}, {Above(n, 5), true, 2, 5}, {Within(n, -9, 9), true, 2, 3},
		{Within(u, 2, 9), true, 2 / math.Sqrt(12), 2.5}, {Within(Within(u, 2, 9), 0, 3), true, 1 / math.Sqrt(12), 2.5}, {Below(Constant(2), 3), true, 0, 2},
		{LogNormal{Mean: 1, SD: 1}, false, nan, math.E}, {Above(LogNormal{Mean: 1, SD: 1}, 3), false, nan, 3}, {Exponential{Beta: 2}, false, nan, 2 * math.Ln2},
		{Add(u, u), false, 6. / 12, 5}, {Above(Add(u, u), 6), false, nan, 6}, {Values{1, -7}, false, 8. / 12, 7},
	} {
		if _, ok := Table(c.d); ok != c.table {
			t.Errorf("%+v: table %v", c.d, ok)
		}
		if got := Spread(c.d); !math.IsNaN(c.spread) && math.Abs(got-c.spread) > 1e-15 {
			t.Errorf("%+v: spread %g, want %g", c.d, got, c.spread)
		}
		if got := Typical(c.d); math.Abs(got-c.typical) > 1e-15*math.Abs(c.typical) {
			t.Errorf("%+v: typical %g, want %g", c.d, got, c.typical)
		}
	}
}

// Every distribution is written as it always was, which the fingerprints of saved
// networks rest on, and comes back; bounded normal ones as when they had bounds of
// their own.
func TestDistributionForms(t *testing.T) {
	n := Normal{Mean: 1.5, SD: 0.75}
	for _, c := range []struct {
		d          Distribution
		name, text string
	}{
		{Constant(2.5), "constant", `2.5`}, {Values{1, -2}, "values", `[1,-2]`}, {n, "normal", `{"mean":1.5,"sd":0.75}`}, {Uniform{1, 2}, "uniform", `{"min":1,"max":2}`},
		{LogNormal{1, 2}, "lognormal", `{"mean":1,"sd":2}`}, {Exponential{3}, "exponential", `{"beta":3}`},
		{Above(n, 0), "normal", `{"mean":1.5,"sd":0.75,"min":0}`},
		{Below(n, 0), "normal", `{"mean":1.5,"sd":0.75,"max":0}`},
		{Within(Constant(1), -1e-300, 1e300), "redraw", `{"of":{"type":"constant","params":1},"min":-1e-300,"max":1e+300}`},
		{Add(n, Uniform{1, 2}), "add", `[{"type":"normal","params":{"mean":1.5,"sd":0.75}},{"type":"uniform","params":{"min":1,"max":2}}]`},
		{Exp(Exponential{3}), "exp", `[{"type":"exponential","params":{"beta":3}}]`},
	} {
		name, b, err := EncodeDistribution(c.d)
		if err != nil || name != c.name || string(b) != c.text {
			t.Errorf("%+v: %s %s, %v, want %s %s", c.d, name, b, err, c.name, c.text)
		}
		if got, err := DecodeDistribution(c.name, []byte(c.text)); err != nil || !reflect.DeepEqual(got, c.d) {
			t.Errorf("%s: %+v, %v, want %+v", c.text, got, err, c.d)
		}
	}
	// What was written as a Redraw of a Normal is written so again.
	text := `{"of":{"type":"normal","params":{"mean":1.5,"sd":0.75}},"min":0}`
	d, err := DecodeDistribution("redraw", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if name, b, err := EncodeDistribution(d); name != "redraw" || string(b) != text || err != nil {
		t.Errorf("%s is written as %s %s, %v", text, name, b, err)
	}
	a, _ := Table(d)
	b, _ := Table(Above(n, 0))
	for _, x := range []float64{-1, 0.1, 1.4, 9} {
		if a.CDF(x) != b.CDF(x) {
			t.Errorf("CDF(%g): %g and %g", x, a.CDF(x), b.CDF(x))
		}
	}
	deep := `{"type":"constant","params":1}`
	for range 102 {
		deep = `{"type":"exp","params":[` + deep + `]}`
	}
	for _, c := range []struct{ name, text, want string }{
		{"normal", `{"mean":"x"}`, "normal: "}, {"normal", `[1]`, "normal: "}, {"normal", `{"mean":1,"sd":1,"minimum":2}`, "minimum"}, {"uniform", `{"low":1}`, "low"},
		{"gamma", `1`, `unknown distribution "gamma"`}, {"redraw", `{"of":{"type":"gamma"}}`, `unknown distribution "gamma"`}, {"redraw", `{"from":1}`, "from"}, {"exp", `[` + deep + `]`, "more than 100 others"},
	} {
		_, err := DecodeDistribution(c.name, []byte(c.text))
		checkError(t, err, c.want)
	}
	if _, _, err := EncodeDistribution(nil); err == nil {
		t.Error("nil is written")
	}
}

func TestValidateRule(t *testing.T) {
	for _, c := range []struct {
		r         Rule
		pre, post int
		want      string
	}{
		{FixedTotalNumber{N: 7}, 2, 3, ""}, {FixedTotalNumber{N: -7}, 2, 3, "FixedTotalNumber: N is -7, must be >= 0"},
		{FixedInDegree{N: 7}, 2, 3, ""}, {FixedInDegree{N: -7}, 2, 3, "FixedInDegree: N is -7, must be >= 0"},
		{AllToAll{}, 2, 3, ""}, {OneToOne{}, 3, 3, ""}, {OneToOne{}, 2, 3, "OneToOne: 2 sources and 3 targets, must be as many"},
		{List{}, 2, 3, ""},
		{List{Pre: []int32{1, 1}, Post: []int32{2, 2}, Weight: []float64{1, -1}, Delay: []float64{1, 2}}, 2, 3, ""},
		{List{Pre: []int32{1}, Post: []int32{2, 0}}, 2, 3, "columns have 1, 2, 0 and 0 rows"},
		{List{Pre: []int32{1}, Post: []int32{2}, Weight: []float64{}}, 2, 3, "must be as many"},
		{List{Pre: []int32{1}, Post: []int32{2}, Delay: []float64{1, 2}}, 2, 3, "columns have 1, 1, 0 and 2 rows"},
		{List{Pre: []int32{0, 2}, Post: []int32{2, 2}}, 2, 3, "row 1: source 2, must be in [0, 2)"},
		{List{Pre: []int32{0, -1}, Post: []int32{2, 2}}, 2, 3, "row 1: source -1, must be in [0, 2)"},
		{List{Pre: []int32{0}, Post: []int32{3}}, 2, 3, "row 0: target 3, must be in [0, 3)"},
		{List{Pre: []int32{0}, Post: []int32{0}, Weight: []float64{inf}}, 2, 3, "weight of row 0 is +Inf"},
		{List{Pre: []int32{0}, Post: []int32{0}, Delay: []float64{nan}}, 2, 3, "delay of row 0 is NaN"},
	} {
		checkError(t, c.r.Validate(c.pre, c.post), c.want)
	}
}
