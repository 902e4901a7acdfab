package connect

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
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
		{Normal{Mean: 1, SD: 2, Min: 0, Max: inf}, ""}, {Normal{Mean: -1, SD: 2, Min: -inf, Max: 0}, ""},
		{Normal{Mean: 1, SD: 2, Min: -inf, Max: inf}, ""},
		{Normal{Mean: nan}, "Normal: mean is NaN"}, {Normal{Mean: inf, SD: 1}, "mean is +Inf"},
		{Normal{SD: -1}, "SD is -1, must be >= 0"}, {Normal{SD: nan}, "SD is NaN"}, {Normal{SD: inf}, "SD is +Inf"},
		{Normal{SD: 1, Min: 2, Max: 1}, "bounds are [2, 1], must be in order"},
		{Normal{Mean: 87, SD: 8, Min: 1}, "bounds are [1, 0]"}, // Max forgotten
		{Normal{SD: 1, Min: nan, Max: 1}, "bounds are [NaN, 1]"},
		{Normal{SD: 1, Min: inf, Max: inf}, "leaves 0 of the draws"},
		{Normal{SD: 1, Min: 4, Max: inf}, "leaves 3.2e-05 of the draws within its bounds [4, +Inf], at least 0.001"}, // 1 - Phi(4)
		{Normal{SD: 1, Min: 3, Max: inf}, ""},                                                                        // 1 - Phi(3) = 0.00135
		{Normal{Mean: 5, Min: 6, Max: 7}, "mean 5 with SD 0 lies outside its bounds [6, 7]"},
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
		d       Cumulative
		x, want float64
	}{
		{Constant(3), 2.999, 0}, {Constant(3), 3, 1}, {Constant(3), 4, 1},
		{Normal{Mean: 10, SD: 2}, 10, 0.5}, {Normal{Mean: 10, SD: 2}, 12, phi1}, {Normal{Mean: 10, SD: 2}, 6, 1 - phi2},
		{Normal{Mean: 10, SD: 2}, -inf, 0}, {Normal{Mean: 10, SD: 2}, inf, 1},
		{Normal{Mean: 10, SD: 2, Min: 8, Max: inf}, 7.999, 0}, {Normal{Mean: 10, SD: 2, Min: 8, Max: inf}, 10, (0.5 - (1 - phi1)) / phi1},
		{Normal{Mean: 10, SD: 2, Min: 8, Max: 14}, 11, (phiHalf - (1 - phi1)) / (phi2 - (1 - phi1))},
		{Normal{Mean: 10, SD: 2, Min: 8, Max: 14}, 14, 1}, {Normal{Mean: 10, SD: 2, Min: 8, Max: 14}, 99, 1},
		{Normal{Mean: 10}, 9.999, 0}, {Normal{Mean: 10}, 10, 1}, // SD 0
		{Uniform{Min: -1, Max: 3}, -2, 0}, {Uniform{Min: -1, Max: 3}, 0, 0.25}, {Uniform{Min: -1, Max: 3}, 3, 1}, {Uniform{Min: -1, Max: 3}, 9, 1},
	} {
		if got := c.d.CDF(c.x); !(math.Abs(got-c.want) < 2e-10) {
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
		for _, d := range []Cumulative{Constant(m), Normal{Mean: m, SD: s}, Normal{Mean: m, SD: s, Min: m - s, Max: inf}, Uniform{Min: m, Max: m + s}} {
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
	lo, hi := (Normal{Mean: 5, SD: 1, Min: 4, Max: inf}).Bounds()
	if lo != 4 || hi != 5+6.34 {
		t.Errorf("bounds [%g, %g]", lo, hi)
	}
}

func TestIsConstant(t *testing.T) {
	for _, c := range []struct {
		d    Distribution
		x    float64
		want bool
	}{{Constant(3), 3, true}, {Normal{Mean: 4}, 4, true}, {Normal{Mean: 4, SD: 1}, 4, false}, {Uniform{Min: 1, Max: 2}, 0, false}} {
		if x, ok := IsConstant(c.d); ok != c.want || ok && x != c.x {
			t.Errorf("%+v: %g, %v", c.d, x, ok)
		}
	}
}

// JSON leaves out bounds that are infinite and brings all of them back.
func TestNormalJSON(t *testing.T) {
	for _, c := range []struct {
		d    Normal
		text string
	}{
		{Normal{Mean: 1.5, SD: 0.75}, `{"mean":1.5,"sd":0.75}`},
		{Normal{Mean: 1.5, SD: 0.75, Min: 0.1, Max: inf}, `{"mean":1.5,"sd":0.75,"min":0.1}`},
		{Normal{Mean: 1.5, SD: 0.75, Min: 0, Max: inf}, `{"mean":1.5,"sd":0.75,"min":0}`},
		{Normal{Mean: -1.5, SD: 0.75, Min: -inf, Max: 0}, `{"mean":-1.5,"sd":0.75,"max":0}`},
		{Normal{Mean: 1, SD: 2, Min: -1e-300, Max: 1e300}, `{"mean":1,"sd":2,"min":-1e-300,"max":1e+300}`},
	} {
		b, err := json.Marshal(c.d)
		if err != nil || string(b) != c.text {
			t.Errorf("%+v: %s, %v, want %s", c.d, b, err, c.text)
		}
		var got Normal
		if err := json.Unmarshal([]byte(c.text), &got); err != nil || got != c.d {
			t.Errorf("%s: %+v, %v, want %+v", c.text, got, err, c.d)
		}
	}
	var d Normal
	if b, err := json.Marshal(Normal{SD: 1, Min: -inf, Max: inf}); err != nil || string(b) != `{"mean":0,"sd":1}` {
		t.Errorf("no bounds: %s, %v", b, err)
	}
	for _, bad := range []string{`{"mean":"x"}`, `[1]`, `{"mean":1,"sd":1,"minimum":2}`, `{"mean":1,"sd":1,"min":0,"max":0}`} {
		if err := json.Unmarshal([]byte(bad), &d); err == nil {
			t.Errorf("%s is accepted as %+v", bad, d)
		}
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
