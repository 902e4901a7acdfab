package wiring

import (
	"math"
	"strings"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/network"
	"cortigo/sim/neuron"
)

// projection returns the wiring of one projection from pre to post neurons of
// two populations.
func projection(t testing.TB, seed uint64, pre, post int, rule connect.Rule, weight, delay connect.Distribution) *Bundle {
	t.Helper()
	d := &network.Description{Seed: seed, Resolution: 0.1, Populations: populations(pre, post), Projections: []network.Projection{
		{Pre: []network.Range{{Population: 0, From: 0, N: pre}}, Post: []network.Range{{Population: 1, From: 0, N: post}}, Rule: rule, Weight: weight, Delay: delay}}}
	w, err := firstWiring(d, clockOf(t, 0.1), chooseGrid(collectWeights(d, 1)))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// firstWiring returns the first wiring of projection 0, on the grid g.
func firstWiring(d *network.Description, clock clock.Clock, g Grid) (*Bundle, error) {
	grids := make([]Grid, len(d.Populations))
	for i := range grids {
		grids[i] = g
	}
	ws, err := NewBundles(nil, d, 0, clock, grids)
	if err != nil {
		return nil, err
	}
	return ws[0], nil
}

// chiSquared returns the statistic of counts against expected numbers, and the
// number of cells that it has; cells of few expected are put together.
func chiSquared(count, want []float64) (chi2 float64, cells int) {
	c, w := 0.0, 0.0
	for i := range count {
		c, w = c+count[i], w+want[i]
		if w >= 10 || i == len(count)-1 && w > 0 {
			chi2 += (c - w) * (c - w) / w
			cells++
			c, w = 0, 0
		}
	}
	return chi2, cells
}

// checkChiSquared fails where the statistic of n cells is beyond p = 1e-4, by
// the cube-root approximation of Wilson & Hilferty (1931); 3.719 is the normal
// quantile.
func checkChiSquared(t *testing.T, what string, count, want []float64) {
	t.Helper()
	chi2, cells := chiSquared(count, want)
	k := float64(cells - 1)
	limit := k * math.Pow(1-2/(9*k)+3.719*math.Sqrt(2/(9*k)), 3)
	if cells < 2 || chi2 > limit {
		t.Errorf("%s: chi-squared %.1f of %d cells, limit %.1f", what, chi2, cells, limit)
	}
}

// Sources and targets of drawn synapses are uniform and independent.
func TestSourcesAreUniform(t *testing.T) {
	const pre, post = 30, 40
	for _, c := range []struct {
		name string
		rule connect.Rule
	}{{"fixed total number", connect.FixedTotalNumber{N: 120000}}, {"fixed in-degree", connect.FixedInDegree{N: 3000}}} {
		w := projection(t, 3, pre, post, c.rule, connect.Constant(1), connect.Constant(1))
		var d Drawn
		sources, targets, pairs := make([]float64, pre), make([]float64, post), make([]float64, pre*post)
		total := 0
		for k := range post {
			w.Draw(k, &d)
			for _, s := range d.Source {
				sources[s]++
				targets[k]++
				pairs[int(s)*post+k]++
				total++
			}
		}
		if total != 120000 {
			t.Errorf("%s: %d synapses", c.name, total)
		}
		fill := func(n int) []float64 {
			e := make([]float64, n)
			for i := range e {
				e[i] = float64(total) / float64(n)
			}
			return e
		}
		checkChiSquared(t, c.name+": sources", sources, fill(pre))
		checkChiSquared(t, c.name+": pairs", pairs, fill(pre*post))
		if _, fixed := c.rule.(connect.FixedInDegree); !fixed {
			checkChiSquared(t, c.name+": targets", targets, fill(post))
			continue
		}
		for k, n := range targets {
			if n != 3000 {
				t.Errorf("in-degree of %d is %g", k, n)
			}
		}
	}
}

// Rules without chance are met exactly, also between parts of populations.
func TestFixedRules(t *testing.T) {
	d := &network.Description{Resolution: 0.1, Populations: populations(10, 12)}
	pre, post := network.Range{Population: 0, From: 3, N: 4}, network.Range{Population: 1, From: 5, N: 4}
	list := connect.List{Pre: []int32{0, 3, 3, 1}, Post: []int32{2, 2, 0, 2}, Weight: []float64{5, -6, 7, 8}, Delay: []float64{1, 2, 3, 0.15}}
	for _, c := range []struct {
		name   string
		rule   connect.Rule
		target int
		source []uint32
		weight []int64
		delay  []uint16
	}{
		{"one to one", connect.OneToOne{}, 2, []uint32{5}, []int64{3}, []uint16{15}},
		{"all to all", connect.AllToAll{}, 1, []uint32{3, 4, 5, 6}, []int64{3, 3, 3, 3}, []uint16{15, 15, 15, 15}},
		{"list", list, 2, []uint32{3, 6, 4}, []int64{5, -6, 8}, []uint16{10, 20, 2}},
		{"list, a target of none", list, 1, nil, nil, nil},
		{"list, another target", list, 0, []uint32{6}, []int64{7}, []uint16{30}},
	} {
		d.Projections = []network.Projection{{Pre: []network.Range{pre}, Post: []network.Range{post}, Rule: c.rule, Weight: connect.Constant(3), Delay: connect.Constant(1.5)}}
		w, err := firstWiring(d, clockOf(t, 0.1), Grid{Quantum: 1})
		if err != nil {
			t.Fatal(err)
		}
		var x Drawn
		w.Draw(c.target, &x)
		if len(x.Source) != len(c.source) {
			t.Errorf("%s: %d synapses, want %d", c.name, len(x.Source), len(c.source))
			continue
		}
		for k := range x.Source {
			if x.Source[k] != c.source[k] || x.Weight[k] != c.weight[k] || x.Key[k]>>1 != c.delay[k] {
				t.Errorf("%s: synapse %d is %d, %d, %d steps; want %d, %d, %d", c.name, k,
					x.Source[k], x.Weight[k], x.Key[k]>>1, c.source[k], c.weight[k], c.delay[k])
			}
		}
	}
}

// weightsOf draws the weights of a projection, in quanta, and its grid.
func drawWeights(t *testing.T, dist connect.Distribution, n int) ([]float64, Grid) {
	t.Helper()
	d := &network.Description{Seed: 9, Resolution: 0.1, Populations: populations(100, 100), Projections: []network.Projection{
		{Pre: []network.Range{{Population: 0, From: 0, N: 100}}, Post: []network.Range{{Population: 1, From: 0, N: 100}}, Rule: connect.FixedInDegree{N: n / 100}, Weight: dist, Delay: connect.Constant(1)}}}
	g := chooseGrid(collectWeights(d, 1))
	w, err := firstWiring(d, clockOf(t, 0.1), g)
	if err != nil {
		t.Fatal(err)
	}
	var xs []float64
	var dr Drawn
	for k := range 100 {
		w.Draw(k, &dr)
		for _, q := range dr.Weight {
			xs = append(xs, float64(q)*g.Quantum)
		}
	}
	return xs, g
}

// Weights have the mean and SD of their distribution, stay within its bounds to
// half a quantum, and their distribution function is its CDF.
func TestWeightDistribution(t *testing.T) {
	inf := math.Inf(1)
	// Mean and SD of a normal distribution cut at a (SD from the mean, below)
	// are m + s*f and s*sqrt(1 + a*f - f*f), f = phi(a)/(1 - Phi(a)).
	cut := func(m, s, a float64) (float64, float64) {
		f := math.Exp(-a*a/2) / math.Sqrt(2*math.Pi) / (0.5 * math.Erfc(a/math.Sqrt2))
		return m + s*f, s * math.Sqrt(1+a*f-f*f)
	}
	cutMean, cutSD := cut(87.81, 100, -0.8781)
	tailMean, tailSD := cut(0, 10, 2)
	for _, c := range []struct {
		name     string
		dist     connect.Distribution
		mean, sd float64
		lo, hi   float64
		wide     bool
	}{
		{"normal", connect.Above(connect.Normal{Mean: 87.81, SD: 8.781}, 0), 87.81, 8.781, 0, inf, false},
		{"inhibitory", connect.Below(connect.Normal{Mean: -351.2, SD: 35.12}, 0), -351.2, 35.12, -inf, 0, false},
		{"cut at 0", connect.Above(connect.Normal{Mean: 87.81, SD: 100}, 0), cutMean, cutSD, 0, inf, false},
		{"tail", connect.Above(connect.Normal{Mean: 0, SD: 10}, 20), tailMean, tailSD, 20, inf, false},
		{"fine", connect.Normal{Mean: 100, SD: 0.01}, 100, 0.01, -inf, inf, true},
		{"uniform", connect.Uniform{Min: -10, Max: 30}, 10, 40 / math.Sqrt(12), -10, 30, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			const n = 200000
			xs, g := drawWeights(t, c.dist, n)
			q := g.Quantum
			if g.Wide {
				q = ownQuantum(c.dist, g)
			}
			var sum, sq float64
			probe := c.mean + c.sd/3
			for _, x := range xs {
				sum += x - c.mean
				sq += (x - c.mean) * (x - c.mean)
				if x < c.lo-q/2 || x > c.hi+q/2 {
					t.Fatalf("weight %g outside [%g, %g]", x, c.lo, c.hi)
				}
			}
			if g.Wide != c.wide {
				t.Errorf("grid %+v", g)
			}
			if z := sum / math.Sqrt(n) / c.sd; math.Abs(z) > 4 {
				t.Errorf("mean is off by %.1f standard errors", z)
			}
			// The variance of squares is at most some 3 variances^2 here.
			if r := sq/n/(c.sd*c.sd) - 1; math.Abs(r) > 4*math.Sqrt(3.0/n) {
				t.Errorf("variance is off by a factor %g", 1+r)
			}
			// Where joined quanta meet, the distribution function is that of the
			// distribution.
			table, _ := connect.Table(c.dist)
			lo, hi := c.dist.Bounds()
			low, p := cells(table, q, int64(math.Floor(lo/q+0.5)), int64(math.Floor(hi/q+0.5)))
			at := int64(math.Floor(probe/q)) - low
			edge := (float64(low+at-at%int64(joined(c.dist, q, len(p)))) - 0.5) * q
			below := 0.0
			for _, x := range xs {
				if x < edge {
					below++
				}
			}
			if want := table.CDF(edge); math.Abs(below/n-want) > 4*math.Sqrt(want*(1-want)/n) {
				t.Errorf("%g of the weights are below %g, want %g", below/n, edge, want)
			}
		})
	}
}

// Joining keeps the mean exactly, but for rounding, and nearly all of the standard
// deviation: what perSD promises, for distributions of all shapes.
func TestJoin(t *testing.T) {
	for _, c := range []struct {
		name string
		dist connect.Distribution
	}{
		{"normal", connect.Normal{Mean: 87.81, SD: 8.781}},
		{"cut", connect.Above(connect.Normal{Mean: 87.81, SD: 100}, 0)},
		{"tail", connect.Above(connect.Normal{Mean: 0, SD: 10}, 20)},
		{"uniform", connect.Uniform{Min: -10, Max: 30}},
	} {
		table, _ := connect.Table(c.dist)
		lo, hi := c.dist.Bounds()
		q := roundUp(math.Min(math.Max(math.Abs(lo), math.Abs(hi)), 1e6) / MaxCompact)
		low, p := cells(table, q, int64(math.Floor(lo/q+0.5)), int64(math.Floor(hi/q+0.5)))
		n := joined(c.dist, q, len(p))
		values, sums := join(low, p, n)
		moments := func(value func(int) int64, p []float64) (mean, sd float64) {
			all := 0.0
			for k, x := range p {
				all += x
				mean += x * float64(value(k))
			}
			mean /= all
			for k, x := range p {
				sd += x / all * (float64(value(k)) - mean) * (float64(value(k)) - mean)
			}
			return mean, math.Sqrt(sd)
		}
		mean, sd := moments(func(k int) int64 { return low + int64(k) }, p)
		got, gotSD := moments(func(k int) int64 { return values[k] }, sums)
		if math.Abs(got-mean) > 0.001*math.Abs(mean) || math.Abs(gotSD/sd-1) > 0.001 {
			t.Errorf("%s: mean %g and SD %g quanta in steps of %d, were %g and %g", c.name, got, gotSD, n, mean, sd)
		}
		for k, x := range values {
			if from := low + int64(k*n); x < from || x > min(from+int64(n), low+int64(len(p)))-1 {
				t.Fatalf("%s: value %d is not one of those that it joins", c.name, x)
			}
		}
		if n > 1 && len(values) > 300 {
			t.Errorf("%s: %d different weights", c.name, len(values))
		}
	}
}

// Drawn delays have each number of steps with exactly the probability that the
// rounding of the distribution gives it, also at redrawn bounds.
func TestDelayProbabilities(t *testing.T) {
	phi := func(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }
	for _, c := range []struct {
		name string
		dist connect.Distribution
		cdf  func(ms float64) float64 // independent of the package
	}{
		{"excitatory, microcircuit", connect.Above(connect.Normal{Mean: 1.5, SD: 0.75}, 0.1), func(x float64) float64 {
			a := phi((0.1 - 1.5) / 0.75)
			return math.Max(0, (phi((x-1.5)/0.75)-a)/(1-a))
		}},
		{"inhibitory, microcircuit", connect.Above(connect.Normal{Mean: 0.75, SD: 0.375}, 0.1), func(x float64) float64 {
			a := phi((0.1 - 0.75) / 0.375)
			return math.Max(0, (phi((x-0.75)/0.375)-a)/(1-a))
		}},
		{"both bounds", connect.Within(connect.Normal{Mean: 2, SD: 1}, 1.03, 2.12), func(x float64) float64 {
			a, b := phi(-0.97), phi(0.12)
			return math.Min(1, math.Max(0, (phi(x-2)-a)/(b-a)))
		}},
		{"uniform", connect.Uniform{Min: 0.3, Max: 4}, func(x float64) float64 { return math.Min(1, math.Max(0, (x-0.3)/3.7)) }},
		{"from half a step on", connect.Uniform{Min: 0.05, Max: 0.25}, func(x float64) float64 { return math.Min(1, math.Max(0, (x-0.05)/0.2)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := projection(t, 5, 100, 1000, connect.FixedInDegree{N: 200}, connect.Constant(1), c.dist)
			sum := 0.0
			lo, hi := c.dist.Bounds()
			table, _ := connect.Table(c.dist)
			low, p := cells(table, 0.1, 1, int64(math.Floor(hi/0.1+0.5)))
			for k, got := range p {
				a, b := c.cdf((float64(low)+float64(k)-0.5)*0.1), c.cdf((float64(low)+float64(k)+0.5)*0.1)
				if math.Abs(got-(b-a)) > 1e-9 {
					t.Errorf("probability of %d steps is %g, want %g", low+int64(k), got, b-a)
				}
				sum += got
			}
			if math.Abs(sum-1) > 1e-9 || w.Delays.Least != low || w.Delays.Max != low+int64(len(p))-1 {
				t.Errorf("probabilities add up to %g; delays from %d to %d, cells from %d, %d of them", sum, w.Delays.Least, w.Delays.Max, low, len(p))
			}
			if d := float64(w.Delays.Least) * 0.1; d < lo-0.05-1e-9 {
				t.Errorf("delays from %g ms on, bound %g", d, lo)
			}
			count, want := make([]float64, len(p)), make([]float64, len(p))
			var dr Drawn
			for k := range 1000 {
				w.Draw(k, &dr)
				for _, key := range dr.Key {
					count[int64(key>>1)-low]++
				}
			}
			for k := range want {
				want[k] = p[k] * 200000
			}
			checkChiSquared(t, "delays", count, want)
		})
	}
}

// Sources, weights and delays of a synapse have nothing to do with one another.
func TestDrawsAreIndependent(t *testing.T) {
	w := projection(t, 8, 50, 400, connect.FixedInDegree{N: 500}, connect.Uniform{Min: 1, Max: 9}, connect.Uniform{Min: 0.05, Max: 2.05})
	var d Drawn
	count := make([]float64, 50*4*4)
	for k := range 400 {
		w.Draw(k, &d)
		mid := float64(w.weight.Max) / 9
		for i, s := range d.Source {
			q := min(3, max(0, int((float64(d.Weight[i])/mid-1)/2)))
			count[(int(s)*4+q)*4+int(d.Key[i]>>1-1)/5]++
		}
	}
	want := make([]float64, len(count))
	for i := range want {
		want[i] = 400 * 500 / float64(len(count))
	}
	checkChiSquared(t, "source, weight and delay", count, want)
}

// A channel for each sign gets its bit from the weight, a merged one never.
func TestChannelOfWeight(t *testing.T) {
	split := neuron.DefaultIafPscExp()
	split.TauSynIn = 3
	for _, c := range []struct {
		model neuron.Model
		bit   bool
	}{{neuron.DefaultIafPscExp(), false}, {split, true}, {neuron.DefaultIafPscAlpha(), true}, {neuron.DefaultIafPscDelta(), false}, {neuron.Parrot{}, false}} {
		d := &network.Description{Resolution: 0.1, Populations: []network.Population{{Name: "a", N: 40, Model: c.model}}, Projections: []network.Projection{
			{Pre: []network.Range{{Population: 0, From: 0, N: 40}}, Post: []network.Range{{Population: 0, From: 0, N: 40}}, Rule: connect.AllToAll{}, Weight: connect.Uniform{Min: -5, Max: 5}, Delay: connect.Constant(1)}}}
		w, err := firstWiring(d, clockOf(t, 0.1), chooseGrid(collectWeights(d, 0)))
		if err != nil {
			t.Fatal(err)
		}
		var x Drawn
		w.Draw(0, &x)
		for k := range x.Key {
			if want := c.bit && x.Weight[k] <= 0; x.Key[k]&1 == 1 != want {
				t.Errorf("%s: weight %d has channel %d", c.model.ModelName(), x.Weight[k], x.Key[k]&1)
			}
		}
	}
}

// Initial values are drawn again until they are within bounds, and NEST's limit
// of 1000 tries ends it.
func TestDrawValue(t *testing.T) {
	s := connectionStream(4, &network.Attachment{}, 0)
	n := connect.Within(connect.Normal{Mean: -60, SD: 5}, -58, -50)
	sum := 0.0
	const draws = 20000
	for range draws {
		x, err := drawValue(&s, n)
		if err != nil || x < n.Min || x > n.Max {
			t.Fatalf("%g, %v", x, err)
		}
		sum += x
	}
	// Mean of a normal distribution within [a, b] SD of the mean:
	// (phi(a) - phi(b))/(Phi(b) - Phi(a)), a = 0.4, b = 2.
	phi := func(x float64) float64 { return math.Exp(-x*x/2) / math.Sqrt(2*math.Pi) }
	want := -60 + 5*(phi(0.4)-phi(2))/(0.5*math.Erfc(0.4/math.Sqrt2)-0.5*math.Erfc(2/math.Sqrt2))
	if math.Abs(sum/draws-want) > 4*2.1/math.Sqrt(draws) { // an SD of at most 2.1
		t.Errorf("mean %g, want %g", sum/draws, want)
	}
	if _, err := drawValue(&s, connect.Within(connect.Normal{Mean: 0, SD: 1}, 20, 21)); err == nil || !strings.Contains(err.Error(), "1000 draws in a row") {
		t.Errorf("out of reach: %v", err)
	}
	if x, err := drawValue(&s, connect.Constant(-7)); x != -7 || err != nil {
		t.Errorf("constant: %g, %v", x, err)
	}
	for range 1000 {
		if x, err := drawValue(&s, connect.Uniform{Min: -70, Max: -56}); x < -70 || x > -56 || err != nil {
			t.Errorf("uniform: %g, %v", x, err)
		}
	}
}

// A draw depends on the target's index alone, so that a part of a population
// gets what the whole would.
func TestDrawIsKeyedByTarget(t *testing.T) {
	whole := projection(t, 3, 30, 20, connect.FixedInDegree{N: 40}, connect.Uniform{Min: 1, Max: 2}, connect.Uniform{Min: 1, Max: 2})
	d := &network.Description{Seed: 3, Resolution: 0.1, Populations: populations(30, 20), Projections: []network.Projection{
		{Pre: []network.Range{{Population: 0, From: 0, N: 30}}, Post: []network.Range{{Population: 1, From: 7, N: 5}}, Rule: connect.FixedInDegree{N: 40}, Weight: connect.Uniform{Min: 1, Max: 2}, Delay: connect.Uniform{Min: 1, Max: 2}}}}
	part, err := firstWiring(d, clockOf(t, 0.1), chooseGrid(collectWeights(d, 1)))
	if err != nil {
		t.Fatal(err)
	}
	var a, b Drawn
	for k := range 5 {
		whole.Draw(7+k, &a)
		part.Draw(k, &b)
		for i := range a.Source {
			if a.Source[i] != b.Source[i] || a.Weight[i] != b.Weight[i] || a.Key[i] != b.Key[i] {
				t.Fatalf("target %d, synapse %d differs", 7+k, i)
			}
		}
	}
}

// The channel of a changed weight is that of its sign.
func TestChannelOfChangedWeight(t *testing.T) {
	split := neuron.DefaultIafPscExp()
	split.TauSynIn = 3
	d := &network.Description{Seed: 2, Resolution: 0.1, Populations: populations(30, 30), Projections: []network.Projection{
		{Pre: []network.Range{{Population: 0, From: 0, N: 30}}, Post: []network.Range{{Population: 1, From: 0, N: 30}}, Rule: connect.FixedInDegree{N: 20}, Weight: connect.Normal{Mean: 50, SD: 5}, Delay: connect.Constant(1)}}}
	q := chooseGrid(collectWeights(d, 1)).Quantum
	d.Populations[1].Model = split
	d.Projections[0].Changed = []network.SynapseChange{{Target: 4, Index: 1, Weight: -5 * q, Delay: math.NaN(), Since: 0}}
	grids := []Grid{{Quantum: 1}, chooseGrid(collectWeights(d, 1))}
	ws, err := NewBundles(nil, d, 0, clockOf(t, 0.1), grids)
	if err != nil {
		t.Fatal(err)
	}
	var x Drawn
	ws[0].Draw(4, &x)
	if x.Key[1]&1 != 1 || x.Key[0]&1 != 0 || x.Weight[1] != -5 {
		t.Errorf("keys %v, weights %v", x.Key[:2], x.Weight[:2])
	}
}

// BenchmarkDraw draws the synapses of a target, from the simplest to the most
// involved way.
func BenchmarkDraw(b *testing.B) {
	weight, delay := connect.Above(connect.Normal{Mean: 87.8, SD: 8.78}, 0), connect.Above(connect.Normal{Mean: 1.5, SD: 0.75}, 0.1)
	for _, c := range []struct {
		name   string
		rule   connect.Rule
		weight connect.Distribution
	}{
		{"drawn", connect.FixedTotalNumber{N: 1000000}, weight}, {"constant", connect.FixedInDegree{N: 1000}, connect.Constant(1)},
		{"subset", connect.FixedInDegree{N: 1000, Forbid: connect.Forbid{Multapses: true}}, weight}, {"lognormal", connect.FixedInDegree{N: 1000}, connect.LogNormal{SD: 1}},
	} {
		b.Run(c.name, func(b *testing.B) {
			w := projection(b, 1, 20000, 1000, c.rule, c.weight, delay)
			var d Drawn
			n, t := 0, 0
			for b.Loop() {
				w.Draw(t%1000, &d)
				n += len(d.Source)
				t++
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/synapse")
		})
	}
}
