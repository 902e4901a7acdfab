package connect

import (
	"math"
	"math/big"
	"reflect"
	"testing"
)

func TestValidateMore(t *testing.T) {
	normal := Normal{Mean: 1, SD: 2}
	for _, c := range []struct {
		d    Distribution
		want string
	}{
		{LogNormal{Mean: 1, SD: 2}, ""}, {LogNormal{Mean: 1}, ""}, {LogNormal{Mean: nan}, "LogNormal: mean is NaN"},
		{LogNormal{SD: -1}, "LogNormal: SD is -1, must be >= 0"}, {LogNormal{SD: inf}, "SD is +Inf"}, {LogNormal{Mean: 700, SD: 2}, "beyond what a float64 holds"},
		{Exponential{Beta: 2}, ""}, {Exponential{}, "Exponential: beta is 0, must be > 0 and finite"}, {Exponential{Beta: nan}, "beta is NaN"}, {Exponential{Beta: 1e308}, "beta is 1e+308"},
		{Redraw{Of: normal, Min: 0, Max: inf}, ""}, {Redraw{Of: LogNormal{SD: 1}, Min: -inf, Max: 2}, ""}, {Redraw{Of: Constant(1), Min: 1, Max: 1}, ""},
		{Redraw{Min: 0, Max: 1}, "Redraw: no distribution"}, {Redraw{Of: normal, Min: 2, Max: 1}, "Redraw: bounds are [2, 1], must be in order"},
		{Redraw{Of: normal, Min: nan, Max: 1}, "bounds are [NaN, 1]"}, {Redraw{Of: Uniform{Min: 0, Max: 1}, Min: 2, Max: 3}, "values reach from 0 to 1, never within the bounds [2, 3]"},
		{Redraw{Of: normal, Min: 9, Max: 10}, "Redraw: 2.8e-05 of the draws from connect.Normal{Mean:1 SD:2} are within the bounds [9, 10]"}, // Phi(4.5) - Phi(4) = 2.83e-05
		{Redraw{Of: Constant(1), Min: 2, Max: 3}, "never within"}, {Redraw{Of: Normal{SD: -1}, Max: 1}, "Normal: SD is -1"},
		{Redraw{Of: Values{1}, Max: 1}, "of connect.Values, must be a distribution that is drawn"},
		{Values{}, ""}, {Values{1, -2}, ""}, {Values{1, inf}, "Values: value 1 is +Inf"},
		{Expression{}, "must be add, sub, mul"}, {Expression{"sin", []Distribution{normal}}, "sin of 1 distributions"}, {Expression{OpAdd, []Distribution{normal}}, "add of 1 distributions"},
		{Add(normal, nil), "add: a distribution is missing"}, {Add(normal, Normal{SD: -1}), "SD is -1"}, {Mul(Values{1}, normal), "mul: of connect.Values"},
		{Div(Constant(1), normal), "div: the divisor reaches from -11.68 to 13.68, must keep away from 0 (Redraw it)"}, {Div(normal, Constant(0)), "the divisor reaches from 0 to 0"},
		{Div(Constant(1), Redraw{Of: normal, Min: 0.1, Max: inf}), ""},
		{Pow(normal, Constant(2)), ""}, {Pow(normal, Constant(0.5)), "pow: the base reaches from -11.68 to 13.68, must not be negative for a power that is no whole Constant"},
		{Pow(normal, Constant(-1)), "must keep away from 0 for a negative power"}, {Pow(LogNormal{SD: 1}, normal), ""}, {Pow(Uniform{Min: 0, Max: 2}, Constant(-1)), "keep away from 0"},
		{Exp(Uniform{Min: 0, Max: 800}), "exp: values reach from 1 to +Inf, must be finite"}, {Exp(Exp(normal)), "exp: values reach"},
	} {
		checkError(t, c.d.Validate(), c.want)
	}
}

// Arithmetic of a Normal or Uniform with constants is a Normal or Uniform.
func TestAffine(t *testing.T) {
	n, u := Normal{Mean: 3, SD: 2}, Uniform{Min: 1, Max: 4}
	cut := Above(Normal{Mean: 3, SD: 2}, 1)
	for _, c := range []struct{ got, want Distribution }{
		{Add(Mul(n, Constant(2)), Constant(1)), Normal{Mean: 7, SD: 4}}, {Sub(Constant(1), n), Normal{Mean: -2, SD: 2}}, {Div(n, Constant(-4)), Normal{Mean: -0.75, SD: 0.5}},
		{Mul(Constant(-3), cut), Below(Normal{Mean: -9, SD: 6}, -3)}, {Sub(cut, Constant(0.5)), Above(Normal{Mean: 2.5, SD: 2}, 0.5)}, {Div(cut, Constant(-2)), Below(Normal{Mean: -1.5, SD: 1}, -0.5)},
		{Mul(u, Constant(-1)), Uniform{Min: -4, Max: -1}}, {Add(Constant(1), u), Uniform{Min: 2, Max: 5}}, {Div(u, Constant(-2)), Uniform{Min: -2, Max: -0.5}}, {Div(u, Constant(2)), Uniform{Min: 0.5, Max: 2}},
		{Add(Constant(1), Constant(2)), Constant(3)}, {Pow(Constant(2), Constant(3)), Constant(8)}, {Min(Constant(2), Constant(3)), Constant(2)}, {Max(Constant(2), Constant(3)), Constant(3)},
		{Exp(n), LogNormal{Mean: 3, SD: 2}}, {Exp(cut), Expression{OpExp, []Distribution{cut}}},
		{Sub(Within(n, 1, 1), Constant(1)), Within(Normal{Mean: 2, SD: 2}, 0, 0)}, {Mul(Above(LogNormal{}, 1), Constant(2)), Expression{OpMul, []Distribution{Above(LogNormal{}, 1), Constant(2)}}}, {Mul(n, Constant(0)), Expression{OpMul, []Distribution{n, Constant(0)}}},
		{Add(n, u), Expression{OpAdd, []Distribution{n, u}}},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%#v, want %#v", c.got, c.want)
		}
	}
}

// Bounds of expressions hold what corners and turning points give, by hand.
func TestExpressionBounds(t *testing.T) {
	u, v := Uniform{Min: -2, Max: 3}, Uniform{Min: 1, Max: 4}
	for _, c := range []struct {
		d      Distribution
		lo, hi float64
	}{
		{Add(u, v), -1, 7}, {Sub(u, v), -6, 2}, {Mul(u, v), -8, 12}, {Mul(u, u), -6, 9}, {Div(u, v), -2, 3}, {Min(u, v), -2, 3}, {Max(u, v), 1, 4},
		{Pow(u, Constant(2)), 0, 9}, {Pow(u, Constant(3)), -8, 27}, {Pow(v, Constant(-1)), 0.25, 1}, {Pow(v, u), 1. / 16, 64}, {Exp(Mul(u, Constant(0.5))), math.Exp(-1), math.Exp(1.5)},
		{Redraw{Of: u, Min: 0, Max: 9}, 0, 3}, {Exponential{Beta: 2}, 0, 66 * math.Ln2}, {Values{3, -1, 2}, -1, 3}, {Values{}, 0, 0},
	} {
		lo, hi := c.d.Bounds()
		if math.Abs(lo-c.lo) > 1e-14*math.Abs(c.lo) || math.Abs(hi-c.hi) > 1e-14*math.Abs(c.hi) {
			t.Errorf("%v: [%g, %g], want [%g, %g]", c.d, lo, hi, c.lo, c.hi)
		}
	}
}

// Values of Phi to 10 digits are Abramowitz & Stegun, table 26.1; 1 - 1/e by hand.
func TestSkewedCDF(t *testing.T) {
	for _, c := range []struct {
		d       Cumulative
		x, want float64
	}{
		{LogNormal{Mean: 1, SD: 2}, math.E, 0.5}, {LogNormal{Mean: 1, SD: 2}, math.Exp(3), 0.8413447461}, {LogNormal{Mean: 1, SD: 2}, 0, 0}, {LogNormal{Mean: 1, SD: 2}, -1, 0},
		{LogNormal{Mean: 1}, 2.7, 0}, {LogNormal{Mean: 1}, 2.8, 1},
		{Exponential{Beta: 3}, 3, 0.6321205588}, {Exponential{Beta: 3}, 0, 0}, {Exponential{Beta: 3}, -1, 0},
	} {
		if got := c.d.CDF(c.x); math.Abs(got-c.want) > 1e-10 {
			t.Errorf("%+v: CDF(%g) = %.11g, want %g", c.d, c.x, got, c.want)
		}
	}
	for _, d := range []Cumulative{LogNormal{Mean: 1, SD: 2}, Exponential{Beta: 7}} {
		lo, hi := d.Bounds()
		if below, above := d.CDF(lo), 1-d.CDF(hi); below > 1.0/(1<<33) || above > 1.0001/(1<<33) || above < 0.5/(1<<33) {
			t.Errorf("%+v: %g below its bounds, %g above", d, below, above)
		}
	}
}

// Powers are those of math.Pow, which is exact enough for small ones, and of
// products of math/big for large.
func TestPower(t *testing.T) {
	for _, c := range [][2]float64{
		{0, 0}, {0, 2}, {0, -1}, {0, 0.5}, {0, -0.5}, {-2, 3}, {-2, 4}, {-2, -3}, {-1.5, 0}, {-3, 0.5}, {2, 10}, {1.7, -0.3}, {5, 0}, {-2, 2.5},
	} {
		got, want := OpPow.Apply(c[0], c[1]), math.Pow(c[0], c[1])
		if !(got == want || math.Abs(got-want) <= 4e-15*math.Abs(want) || math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("%g to the power of %g is %g, want %g", c[0], c[1], got, want)
		}
	}
	for _, c := range []struct {
		x float64
		n int
	}{{-1.0001, 5001}, {-1.0001, 5002}, {1.0001, 5002}} {
		want := new(big.Float).SetPrec(2000).SetInt64(1)
		for range c.n {
			want.Mul(want, big.NewFloat(c.x))
		}
		w, _ := want.Float64()
		if got := OpPow.Apply(c.x, float64(c.n)); math.Abs(got-w) > 4e-15*math.Abs(w) {
			t.Errorf("%g to the power of %d is %g, want %g", c.x, c.n, got, w)
		}
	}
	if !math.IsNaN(Op("sin").Apply(1, 1)) {
		t.Error("an unknown operation has a value")
	}
}
