package wiring

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/rng"
)

// Moments of every distribution that is drawn as a number: as a value of its
// own and as a weight, in the wide form.
func TestDrawnMoments(t *testing.T) {
	logMean, logSD := math.Exp(0.5+0.32), math.Exp(0.5+0.32)*math.Sqrt(math.Exp(0.64)-1) // exp(m + s^2/2), times sqrt(exp(s^2) - 1)
	for _, c := range []struct {
		name     string
		d        connect.Distribution
		mean, sd float64
		lo, hi   float64
	}{
		{"lognormal", connect.LogNormal{Mean: 0.5, SD: 0.8}, logMean, logSD, 0, math.Inf(1)},
		{"exponential", connect.Exponential{Beta: 3}, 3, 3, 0, math.Inf(1)},
		// The exponential has no memory: above 2 it begins anew.
		{"redrawn exponential", connect.Redraw{Of: connect.Exponential{Beta: 3}, Min: 2, Max: math.Inf(1)}, 5, 3, 2, math.Inf(1)},
		{"sum", connect.Add(connect.Uniform{Min: 0, Max: 6}, connect.Normal{Mean: 2, SD: 1}), 5, 2, -5, 15},
		{"difference", connect.Sub(connect.Uniform{Min: 0, Max: 6}, connect.Normal{Mean: 2, SD: 1}), 1, 2, -9, 11},
		{"product", connect.Mul(connect.Uniform{Min: 0, Max: 6}, connect.Normal{Mean: 2, SD: 1}), 6, math.Sqrt(12*5 - 36), -40, 60}, // E x^2 = 12, E y^2 = 5
		{"quotient", connect.Div(connect.Exponential{Beta: 3}, connect.Constant(-2)), -1.5, 1.5, math.Inf(-1), 0},
		{"square", connect.Pow(connect.Uniform{Min: -1, Max: 1}, connect.Constant(2)), 1. / 3, math.Sqrt(1./5 - 1./9), 0, 1},
		{"exponential of a uniform", connect.Exp(connect.Uniform{Min: 0, Max: 1}), math.E - 1, math.Sqrt((math.E*math.E-1)/2 - (math.E-1)*(math.E-1)), 1, math.E},
		{"smaller", connect.Min(connect.Uniform{Min: 0, Max: 1}, connect.Uniform{Min: 0, Max: 1}), 1. / 3, math.Sqrt(1. / 18), 0, 1},
		{"larger", connect.Max(connect.Uniform{Min: 0, Max: 1}, connect.Constant(0.5)), 0.625, math.Sqrt(0.125 + 7./24 - 0.625*0.625), 0.5, 1}, // E x^2 = 1/8 + (1 - 1/8)/3
	} {
		check := func(how string, xs []float64, tolerance float64) {
			t.Helper()
			var sum, sq, fourth float64
			for _, x := range xs {
				if x < c.lo-tolerance || x > c.hi+tolerance {
					t.Fatalf("%s, %s: %g outside [%g, %g]", c.name, how, x, c.lo, c.hi)
				}
				d := (x - c.mean) / c.sd
				sum, sq, fourth = sum+d, sq+d*d, fourth+d*d*d*d
			}
			n := float64(len(xs))
			if z := sum / math.Sqrt(n); math.Abs(z) > 4 {
				t.Errorf("%s, %s: mean is off by %.1f standard errors", c.name, how, z)
			}
			if z := (sq/n - 1) / math.Sqrt((fourth/n-1)/n); math.Abs(z) > 4 {
				t.Errorf("%s, %s: variance is off by a factor %g", c.name, how, sq/n)
			}
		}
		s := rng.NewStream(rng.NewKey(3), rng.ID{Purpose: rng.InitialVm})
		xs := make([]float64, 100000)
		for i := range xs {
			var err error
			if xs[i], err = drawValue(&s, c.d); err != nil {
				t.Fatal(err)
			}
		}
		check("value", xs, 0)
		xs, g := drawWeights(t, c.d, 100000)
		if !g.Wide {
			t.Errorf("%s: grid %+v", c.name, g)
		}
		check("weight", xs, g.Quantum)
	}
}

// A narrow Redraw gives up after 1000 tries, in a build too.
func TestRedrawGivesUp(t *testing.T) {
	never := connect.Redraw{Of: connect.Add(connect.Uniform{Min: 0, Max: 1}, connect.Uniform{Min: 0, Max: 1}), Min: 2 - 1e-9, Max: 3}
	s := rng.NewStream(rng.NewKey(3), rng.ID{})
	if _, err := drawValue(&s, never); err == nil || !strings.Contains(err.Error(), "1000 draws in a row") {
		t.Errorf("%v", err)
	}
	for _, onto := range []connect.Distribution{never, connect.Constant(1)} {
		d := &network.Description{Resolution: 0.1, Populations: populations(5, 5), Projections: []network.Projection{{Pre: []network.Range{{Population: 0, From: 0, N: 5}}, Post: []network.Range{{Population: 1, From: 0, N: 5}}, Rule: connect.AllToAll{}, Weight: onto, Delay: never}}}
		q, err := NewQuery(d, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := q.Connections(Selection{}, func(Connection) bool { return true }); err == nil || !strings.Contains(err.Error(), "1000 draws in a row") {
			t.Errorf("%v", err)
		}
	}
}

// Delays that are drawn as numbers are rounded half up; those that may leave the
// range are errors.
func TestNumberedDelays(t *testing.T) {
	dist := connect.Add(connect.Constant(0.5), connect.Exponential{Beta: 1})
	w := projection(t, 5, 100, 500, connect.FixedInDegree{N: 200}, connect.Constant(1), dist)
	count, want := make([]float64, 80), make([]float64, 80)
	var d Drawn
	for k := range 500 {
		w.Draw(k, &d)
		for _, key := range d.Key {
			count[min(79, key>>1)]++
		}
	}
	cdf := func(ms float64) float64 { return math.Max(0, 1-math.Exp(0.5-ms)) }
	for k := range want {
		want[k] = 1e5 * (cdf((float64(k)+0.5)*0.1) - cdf((float64(k)-0.5)*0.1))
	}
	want[79] = 1e5 * (1 - cdf(7.85))
	checkChiSquared(t, "delays", count[5:], want[5:])
	for _, c := range []struct {
		d    connect.Distribution
		want string
	}{
		{connect.LogNormal{Mean: 0, SD: 0.4}, ""}, {connect.Exponential{Beta: 1}, "must be at least half the resolution (0.05 ms); bound it there (connect.Above)"},
		{connect.Redraw{Of: connect.Exponential{Beta: 1}, Min: 0.05, Max: 10}, ""}, {connect.LogNormal{Mean: 3, SD: 1}, "must stay below 3276.7"},
		{connect.Add(connect.Uniform{Min: -1, Max: 1}, connect.Exponential{Beta: 1}), "reaches from -1 to"},
		{connect.Values{1, 2, 3, 4}, ""}, {connect.Values{1, 2, 3, 0.04}, "row 3 of the list: delay is 0.04 ms, which rounds to 0 steps"},
	} {
		pr := network.Projection{Pre: []network.Range{{Population: 0, From: 0, N: 2}}, Post: []network.Range{{Population: 1, From: 0, N: 2}}, Rule: connect.AllToAll{}, Weight: connect.Constant(1), Delay: c.d}
		if err := network.CheckProjection(&pr, 0.1); c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%v: %v, want %q", c.d, err, c.want)
		}
	}
}

// Values go where NEST's arrays do.
func TestValues(t *testing.T) {
	from, onto := []network.Range{{Population: 0, From: 0, N: 2}, {Population: 1, From: 0, N: 1}}, []network.Range{{Population: 2, From: 1, N: 1}, {Population: 0, From: 0, N: 1}}
	values := func(n int) connect.Values {
		v := make(connect.Values, n)
		for i := range v {
			v[i] = float64(10 + i)
		}
		return v
	}
	for _, c := range []struct {
		name      string
		pre, post []network.Range
		rule      connect.Rule
		n         int
		want      func(c Connection, before int) float64 // before: connections before of the same source
	}{
		{"all to all", from, onto, connect.AllToAll{}, 6, func(c Connection, _ int) float64 { return float64(10 + 3*c.Target + c.Source) }},
		{"without autapses", from, onto, connect.AllToAll{Forbid: connect.Forbid{Autapses: true}}, 6, func(c Connection, _ int) float64 { return float64(10 + 3*c.Target + c.Source) }},
		{"simple", from[:1], onto[:1], connect.AllToAll{}, 2, func(c Connection, _ int) float64 { return float64(10 + c.Source) }},
		{"one to one", onto, from[:1], connect.OneToOne{}, 2, func(c Connection, _ int) float64 { return float64(10 + c.Target) }},
		{"symmetric", onto, from[:1], connect.OneToOne{Symmetric: true}, 2, func(c Connection, _ int) float64 { return float64(10 + c.Target%2) }},
		{"in-degree", from, onto, connect.FixedInDegree{N: 4}, 8, func(c Connection, _ int) float64 { return float64(10 + 4*c.Target + c.Index) }},
		{"total", from[:1], from[1:], connect.FixedTotalNumber{N: 7}, 7, func(c Connection, _ int) float64 { return float64(10 + c.Index) }},
	} {
		d := &network.Description{Resolution: 0.1, Populations: populations(3, 3, 3), Projections: []network.Projection{{Pre: c.pre, Post: c.post, Rule: c.rule, Weight: values(c.n), Delay: values(c.n)}}}
		if err := network.CheckProjection(&d.Projections[0], 0.1); err != nil {
			t.Fatal(err)
		}
		q, err := NewQuery(d, nil)
		if err != nil {
			t.Fatal(err)
		}
		n, before := 0, map[uint32]int{}
		if err := q.Connections(Selection{}, func(x Connection) bool {
			want := c.want(x, before[x.Source])
			if math.Abs(x.Weight-want) > 1e-9 || float64(x.Delay) != 10*want {
				t.Errorf("%s: %+v, want %g", c.name, x, want)
			}
			before[x.Source]++
			n++
			return true
		}); err != nil || n == 0 {
			t.Fatal(n, err)
		}
	}
	// By source each value is used once, those of a source for its connections.
	d := &network.Description{Resolution: 0.1, Populations: populations(5, 4), Projections: []network.Projection{{Pre: []network.Range{{Population: 0, From: 0, N: 5}}, Post: []network.Range{{Population: 1, From: 0, N: 4}}, Rule: connect.FixedOutDegree{N: 3}, Weight: values(15), Delay: connect.Constant(1)}}}
	q, err := NewQuery(d, nil)
	if err != nil {
		t.Fatal(err)
	}
	var used []float64
	if err := q.Connections(Selection{}, func(c Connection) bool {
		used = append(used, math.Round(c.Weight))
		if int(math.Round(c.Weight)-10)/3 != int(c.Source) {
			t.Errorf("%+v", c)
		}
		return true
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(used)
	if !reflect.DeepEqual(used, []float64(values(15))) {
		t.Errorf("used %v", used)
	}
}

// A user's distribution with a CDF is drawn from its table: its Sample is not asked.
func TestOwnDistributionFromTable(t *testing.T) {
	xs, g := drawWeights(t, own{}, 20000)
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	// The triangle from 0 to 1 has the mean 2/3 and the variance 1/18.
	if g.Wide || math.Abs(sum/20000-2./3) > 4*math.Sqrt(1./18/20000) {
		t.Errorf("grid %+v, mean %g", g, sum/20000)
	}
}

// own is a user's distribution: a density that rises from 0 to 1.
type own struct{}

func (own) Validate() error                         { return nil }
func (own) Bounds() (lo, hi float64)                { return 0, 1 }
func (own) CDF(x float64) float64                   { x = min(1, max(0, x)); return x * x }
func (own) Sample(*connect.Stream) (float64, error) { return math.NaN(), nil }

// What is drawn and no number is an error.
func TestDrawnNaN(t *testing.T) {
	s := rng.NewStream(rng.NewKey(3), rng.ID{})
	if _, err := drawValue(&s, own{}); err == nil || !strings.Contains(err.Error(), "own is NaN") {
		t.Errorf("%v", err)
	}
}
