package engine

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"cortigo/sim/connect"
)

// matrix draws all synapses of one projection and counts them by target and
// source, as positions in the pools.
func matrix(t testing.TB, seed uint64, sizes []int, pr Projection) [][]float64 {
	t.Helper()
	if pr.Weight == nil {
		pr.Weight = connect.Constant(1)
	}
	pr.Delay = connect.Constant(1)
	if err := CheckProjection(&pr, 0.1); err != nil {
		t.Fatal(err)
	}
	d := &Description{Seed: seed, Resolution: 0.1, Populations: populations(sizes...), Projections: []Projection{pr}}
	grids := make([]grid, len(sizes))
	for i := range grids {
		grids[i] = chooseGrid(collectWeights(d, i))
	}
	ws, err := newWirings(nil, d, 0, clockOf(t, 0.1), grids)
	if err != nil {
		t.Fatal(err)
	}
	p := ws[0].plan
	m := make([][]float64, p.post.n)
	for i := range m {
		m[i] = make([]float64, p.pre.n)
	}
	var x drawn
	for _, w := range ws {
		for k := range w.Post.N {
			w.draw(k, &x)
			if uint32(len(x.source)) != w.degree(k) {
				t.Fatalf("%d synapses of target %d, its degree is %d", len(x.source), k, w.degree(k))
			}
			for _, s := range x.source {
				m[w.at+k][int(w.first)+int(s)-w.Pre.From]++
			}
		}
	}
	return m
}

func sums(m [][]float64) (rows, columns []float64, total float64) {
	rows, columns = make([]float64, len(m)), make([]float64, len(m[0]))
	for i := range m {
		for j, n := range m[i] {
			rows[i] += n
			columns[j] += n
			total += n
		}
	}
	return rows, columns, total
}

var bothForbidden = connect.Forbid{Autapses: true, Multapses: true}

// A pair of pools of 12 sources and 8 targets that have 5 neurons in common.
type overlapping struct {
	pre, post []Range
	sizes     []int
}

var (
	joinedPools = overlapping{[]Range{{1, 2, 3}, {0, 0, 9}}, []Range{{0, 6, 4}, {1, 0, 4}}, []int{12, 6}}
	simplePools = overlapping{[]Range{{0, 2, 12}}, []Range{{0, 9, 8}}, []int{20}}
)

// same reports whether a target and a source are one neuron.
func (o overlapping) same(target, source int) bool {
	pre, post := newPool(o.pre), newPool(o.post)
	p, i := post.at(target)
	q, j := pre.at(source)
	return p == q && i == j
}

// others returns how many of n neurons that differ from another one there are.
func others(n int, same func(i int) bool) float64 {
	for i := range n {
		if same(i) {
			return float64(n - 1)
		}
	}
	return float64(n)
}

// Over many seeds every pair is connected as often as its rule says, no pair
// twice and no neuron to itself where that is forbidden, and degrees are exact
// where they are fixed; between pools that overlap in part.
func TestRulesPairByPair(t *testing.T) {
	for name, pools := range map[string]overlapping{"joined": joinedPools, "simple": simplePools} {
		t.Run(name, func(t *testing.T) { testPairByPair(t, pools) })
	}
}

func testPairByPair(t *testing.T, pools overlapping) {
	const pre, post, autapses = 12, 8, 5
	fromOthers := func(n float64) func(target, source int) float64 {
		return func(target, _ int) float64 { return n / others(pre, func(s int) bool { return pools.same(target, s) }) }
	}
	ontoOthers := func(n float64) func(target, source int) float64 {
		return func(_, source int) float64 {
			return n / others(post, func(k int) bool { return pools.same(k, source) })
		}
	}
	for _, c := range []struct {
		rule     connect.Rule
		forbid   connect.Forbid
		rounds   uint64
		row      float64 // exact number of synapses of each target, source, in all; -1: random
		column   float64
		total    float64
		expected func(target, source int) float64 // mean number for a pair that is allowed
	}{
		{connect.FixedInDegree{N: 5}, connect.Forbid{}, 2000, 5, -1, 40, func(int, int) float64 { return 5. / pre }},
		{connect.FixedInDegree{N: 5, Forbid: connect.Forbid{Autapses: true}}, connect.Forbid{Autapses: true}, 2000, 5, -1, 40, fromOthers(5)},
		{connect.FixedInDegree{N: 5, Forbid: connect.Forbid{Multapses: true}}, connect.Forbid{Multapses: true}, 2000, 5, -1, 40, func(int, int) float64 { return 5. / pre }},
		{connect.FixedInDegree{N: 11, Forbid: bothForbidden}, bothForbidden, 2000, 11, -1, 88, fromOthers(11)},
		{connect.FixedInDegree{N: 5, Forbid: bothForbidden}, bothForbidden, 2000, 5, -1, 40, fromOthers(5)},
		{connect.FixedOutDegree{N: 3}, connect.Forbid{}, 2000, -1, 3, 36, func(int, int) float64 { return 3. / post }},
		{connect.FixedOutDegree{N: 7, Forbid: bothForbidden}, bothForbidden, 2000, -1, 7, 84, ontoOthers(7)},
		{connect.FixedOutDegree{N: 3, Forbid: bothForbidden}, bothForbidden, 2000, -1, 3, 36, ontoOthers(3)},
		{connect.FixedOutDegree{N: 3, Forbid: connect.Forbid{Autapses: true}}, connect.Forbid{Autapses: true}, 2000, -1, 3, 36, ontoOthers(3)},
		{connect.FixedTotalNumber{N: 60}, connect.Forbid{}, 2000, -1, -1, 60, func(int, int) float64 { return 60. / (pre * post) }},
		{connect.FixedTotalNumber{N: 60, Forbid: connect.Forbid{Autapses: true}}, connect.Forbid{Autapses: true}, 2000, -1, -1, 60, func(int, int) float64 { return 60. / (pre*post - autapses) }},
		{connect.FixedTotalNumber{N: 60, Forbid: connect.Forbid{Multapses: true}}, connect.Forbid{Multapses: true}, 2000, -1, -1, 60, func(int, int) float64 { return 60. / (pre * post) }},
		{connect.FixedTotalNumber{N: 60, Forbid: bothForbidden}, bothForbidden, 2000, -1, -1, 60, func(int, int) float64 { return 60. / (pre*post - autapses) }},
		{connect.FixedTotalNumber{N: pre*post - autapses, Forbid: bothForbidden}, bothForbidden, 20, -1, -1, pre*post - autapses, func(int, int) float64 { return 1 }},
		{connect.PairwiseBernoulli{P: 0.3}, connect.Forbid{Multapses: true}, 2000, -1, -1, -1, func(int, int) float64 { return 0.3 }},
		{connect.PairwiseBernoulli{P: 0.8, Forbid: bothForbidden}, bothForbidden, 2000, -1, -1, -1, func(int, int) float64 { return 0.8 }},
		{connect.AllToAll{}, connect.Forbid{Multapses: true}, 2, pre, post, pre * post, func(int, int) float64 { return 1 }},
		{connect.AllToAll{Forbid: connect.Forbid{Autapses: true}}, bothForbidden, 2, -1, -1, pre*post - autapses, func(int, int) float64 { return 1 }},
	} {
		t.Run(fmt.Sprintf("%T%+v", c.rule, c.rule), func(t *testing.T) {
			var count, want []float64
			for seed := range c.rounds {
				m := matrix(t, seed, pools.sizes, Projection{Pre: pools.pre, Post: pools.post, Rule: c.rule})
				rows, columns, total := sums(m)
				for i, n := range rows {
					if c.row >= 0 && n != c.row {
						t.Fatalf("in-degree of %d is %g", i, n)
					}
				}
				for j, n := range columns {
					if c.column >= 0 && n != c.column {
						t.Fatalf("out-degree of %d is %g", j, n)
					}
				}
				if c.total >= 0 && total != c.total {
					t.Fatalf("%g synapses, want %g", total, c.total)
				}
				k := 0
				for i := range m {
					for j, n := range m[i] {
						if c.forbid.Multapses && n > 1 || c.forbid.Autapses && n > 0 && pools.same(i, j) {
							t.Fatalf("%g connections from %d to %d", n, j, i)
						}
						if c.forbid.Autapses && pools.same(i, j) {
							continue
						}
						if seed == 0 {
							count, want = append(count, 0), append(want, float64(c.rounds)*c.expected(i, j))
						}
						count[k] += n
						k++
					}
				}
			}
			// Numbers of a pair that vary less than a Poisson number does make
			// chi-squared smaller: too large a value is beyond p = 1e-4 all the more.
			checkChiSquared(t, "pairs", count, want)
		})
	}
}

// Without replacement, pairs of a target's sources are as often together as any
// others: 3 of 6 leave two given ones together with probability 3*2/(6*5).
func TestSourcesWithoutReplacementAreIndependent(t *testing.T) {
	together := make([]float64, 15)
	const rounds, targets = 500, 20
	for seed := range uint64(rounds) {
		for _, row := range matrix(t, seed, []int{6, targets}, Projection{Pre: []Range{{0, 0, 6}}, Post: []Range{{1, 0, targets}},
			Rule: connect.FixedInDegree{N: 3, Forbid: connect.Forbid{Multapses: true}}}) {
			k := 0
			for i := range 6 {
				for j := range i {
					together[k] += row[i] * row[j]
					k++
				}
			}
		}
	}
	want := make([]float64, 15)
	for k := range want {
		want[k] = rounds * targets * 3 * 2 / (6 * 5)
	}
	checkChiSquared(t, "pairs of sources", together, want)
}

// Degrees of pairwise Bernoulli are binomial.
func TestBernoulliDegrees(t *testing.T) {
	const pre, post, p = 40, 3000, 0.3
	m := matrix(t, 5, []int{pre, post}, Projection{Pre: []Range{{0, 0, pre}}, Post: []Range{{1, 0, post}}, Rule: connect.PairwiseBernoulli{P: p}})
	rows, columns, _ := sums(m)
	count, want := make([]float64, pre+1), make([]float64, pre+1)
	lg := func(x int) float64 { v, _ := math.Lgamma(float64(x) + 1); return v }
	for k := range want {
		want[k] = post * math.Exp(lg(pre)-lg(k)-lg(pre-k)+float64(k)*math.Log(p)+float64(pre-k)*math.Log(1-p))
	}
	for _, n := range rows {
		count[int(n)]++
	}
	checkChiSquared(t, "in-degrees", count, want)
	for s, n := range columns { // 4.5 SD for 40 sources: p = 3e-4 in all
		if math.Abs(n-post*p) > 4.5*math.Sqrt(post*p*(1-p)) {
			t.Errorf("out-degree of %d is %g, want %g", s, n, post*p)
		}
	}
}

// Every connection of the symmetric rule has its reverse; two different neurons
// are connected with probability P for each time that they are a source and a
// target, none to itself.
func TestSymmetricBernoulli(t *testing.T) {
	const rounds, p = 3000, 0.3
	pre, post := newPool(joinedPools.pre), newPool(joinedPools.post)
	count, want := make([]float64, pre.n*post.n), make([]float64, pre.n*post.n)
	for seed := range uint64(rounds) {
		m := matrix(t, seed, joinedPools.sizes, Projection{Pre: joinedPools.pre, Post: joinedPools.post, Rule: connect.SymmetricPairwiseBernoulli{P: p}})
		for i := range m {
			for j, n := range m[i] {
				forward, reverse := i < post.n && j < pre.n, i >= post.n && j >= pre.n
				if n > 1 || n > 0 && !forward && !reverse {
					t.Fatalf("%g connections from %d to %d", n, j, i)
				}
				if forward {
					if m[post.n+j][pre.n+i] != n || n > 0 && joinedPools.same(i, j) {
						t.Fatalf("connection from %d to %d: %g, back %g", j, i, n, m[post.n+j][pre.n+i])
					}
					count[i*pre.n+j] += n
					if !joinedPools.same(i, j) {
						want[i*pre.n+j] = rounds * p
					}
				}
			}
		}
	}
	checkChiSquared(t, "pairs", count, want)
	// Within one population every two neurons are considered twice.
	one := []Range{{0, 0, 30}}
	m := matrix(t, 1, []int{30}, Projection{Pre: one, Post: one, Rule: connect.SymmetricPairwiseBernoulli{P: p}})
	total := 0.0
	for i := range 30 {
		for j := range 30 {
			there, back := m[i][j]+m[30+i][30+j], m[j][i]+m[30+j][30+i]
			if there != back || there > 2 || i == j && there > 0 {
				t.Errorf("%g connections from %d to %d, %g back", there, j, i, back)
			}
			total += there
		}
	}
	// 870 ordered pairs are drawn, two connections for each.
	if math.Abs(total/2-870*p) > 4*math.Sqrt(870*p*(1-p)) {
		t.Errorf("%g connections, want %g", total, 2*870*p)
	}
}

// One to one goes by the position in joined pools, and back with the same
// weight and delay.
func TestOneToOneJoined(t *testing.T) {
	d := &Description{Seed: 4, Resolution: 0.1, Populations: populations(10, 10), Projections: []Projection{{
		Pre: []Range{{0, 5, 3}, {1, 0, 4}}, Post: []Range{{1, 8, 2}, {0, 0, 5}}, Rule: connect.OneToOne{Symmetric: true},
		Weight: connect.Normal{Mean: 10, SD: 3}, Delay: connect.Uniform{Min: 0.2, Max: 9}}}}
	e, err := Build(t.Context(), d, Options{Threads: 1, Shards: 3})
	if err != nil {
		t.Fatal(err)
	}
	var all []Connection
	if err := e.Connections(Selection{}, func(c Connection) bool { all = append(all, c); return true }); err != nil {
		t.Fatal(err)
	}
	if len(all) != 14 {
		t.Fatalf("%d connections", len(all))
	}
	differ := false
	for i, c := range all[:7] {
		back := all[7+i]
		if int(c.Target) != i || int(c.Source) != i || int(back.Target) != 7+i || int(back.Source) != 7+i || c.Index != 0 {
			t.Errorf("%+v and %+v", c, back)
		}
		if math.Abs(c.Weight-back.Weight) > 1e-10 || c.Delay != back.Delay {
			t.Errorf("there %g, %d, back %g, %d", c.Weight, c.Delay, back.Weight, back.Delay)
		}
		differ = differ || c.Weight != all[0].Weight
	}
	if !differ {
		t.Error("all weights are the same")
	}
	self := connect.OneToOne{Forbid: connect.Forbid{Autapses: true}}
	m := matrix(t, 1, []int{5}, Projection{Pre: []Range{{0, 0, 4}}, Post: []Range{{0, 0, 2}, {0, 3, 2}}, Rule: self})
	if _, _, n := sums(m); n != 2 || m[2][2] != 1 || m[3][3] != 1 {
		t.Errorf("without autapses: %v", m)
	}
}

// Joined pools draw what one pool of the same neurons would by its statistics,
// not from the streams of a simple projection between the same populations.
func TestJoinedStreams(t *testing.T) {
	simple := matrix(t, 1, []int{20}, Projection{Pre: []Range{{0, 0, 20}}, Post: []Range{{0, 0, 20}}, Rule: connect.FixedInDegree{N: 10}})
	joined := matrix(t, 1, []int{20}, Projection{Pre: []Range{{0, 0, 10}, {0, 10, 10}}, Post: []Range{{0, 0, 20}}, Rule: connect.FixedInDegree{N: 10}})
	if fmt.Sprint(simple) == fmt.Sprint(joined) {
		t.Error("a joined pool draws from the streams of a simple one")
	}
}

func TestCheckProjection(t *testing.T) {
	a, b, some := []Range{{0, 0, 10}}, []Range{{1, 0, 5}}, []Range{{0, 8, 2}, {1, 0, 1}}
	auto, multi := connect.Forbid{Autapses: true}, connect.Forbid{Multapses: true}
	none, single := []Range{{0, 0, 0}}, []Range{{0, 3, 1}}
	for _, c := range []struct {
		pre, post []Range
		rule      connect.Rule
		weight    connect.Distribution
		want      string
	}{
		{nil, b, connect.AllToAll{}, nil, "without parts"},
		{[]Range{{0, 0, 5}, {0, 4, 2}}, b, connect.AllToAll{}, nil, "neurons 0..4 and 4..5 of population 0, must have each once"},
		{a, b, nil, nil, "no connection rule"},
		{a, b, &connect.PairwiseBernoulli{}, nil, "rule of type *connect.PairwiseBernoulli, must be a value"},
		{a, b, connect.FixedInDegree{N: 11}, nil, ""},
		{a, b, connect.FixedInDegree{N: 10, Forbid: multi}, nil, ""},
		{a, b, connect.FixedInDegree{N: 11, Forbid: multi}, nil, "FixedInDegree: N is 11 without multapses, must be at most 10, the sources"},
		{a, b, connect.FixedInDegree{N: 10, Forbid: bothForbidden}, nil, ""},
		{a, some, connect.FixedInDegree{N: 10, Forbid: bothForbidden}, nil, "FixedInDegree: N is 10 with 10 sources without autapses and multapses, must be at most 9"},
		{single, a, connect.FixedInDegree{N: 1, Forbid: auto}, nil, "FixedInDegree: N is 1 with no sources without autapses, must be 0"},
		{none, a, connect.FixedInDegree{N: 1}, nil, "N is 1 with no sources, must be 0"},
		{b, a, connect.FixedOutDegree{N: 11, Forbid: multi}, nil, "FixedOutDegree: N is 11 without multapses, must be at most 10, the targets"},
		{some, a, connect.FixedOutDegree{N: 10, Forbid: bothForbidden}, nil, "FixedOutDegree: N is 10 with 10 targets without autapses and multapses, must be at most 9"},
		{a, none, connect.FixedOutDegree{N: 1}, nil, "FixedOutDegree: N is 1"},
		{a, b, connect.FixedOutDegree{N: -1}, nil, "FixedOutDegree: N is -1, must be >= 0"},
		{a, b, connect.FixedTotalNumber{N: 50, Forbid: bothForbidden}, nil, ""},
		{a, b, connect.FixedTotalNumber{N: 51, Forbid: multi}, nil, "FixedTotalNumber: N is 51 without multapses, must be at most 50, the pairs of 10 sources and 5 targets"},
		{a, a, connect.FixedTotalNumber{N: 91, Forbid: bothForbidden}, nil, "FixedTotalNumber: N is 91 between 10 sources and 10 targets without autapses and multapses, must be at most 90"},
		{single, single, connect.FixedTotalNumber{N: 1, Forbid: auto}, nil, "1 synapses between 1 sources and 1 targets without autapses, must be 0"},
		{a, b, connect.PairwiseBernoulli{P: 1}, nil, ""},
		{a, b, connect.PairwiseBernoulli{P: 1.1}, nil, "PairwiseBernoulli: P is 1.1, must be in [0, 1]"},
		{a, b, connect.PairwiseBernoulli{P: math.NaN()}, nil, "P is NaN"},
		{a, b, connect.SymmetricPairwiseBernoulli{P: 1}, nil, "SymmetricPairwiseBernoulli: P is 1, must be in [0, 1)"},
		{a, a, connect.AllToAll{Symmetric: true}, nil, ""},
		{a, b, connect.AllToAll{Symmetric: true}, nil, "AllToAll: 10 sources and 5 targets, must be the same neurons"},
		{b, []Range{{0, 0, 5}}, connect.AllToAll{Symmetric: true}, nil, "make_symmetric needs the same neurons"},
		{a, a, connect.AllToAll{Symmetric: true}, connect.Uniform{Max: 1}, "make_symmetric needs a Constant"},
		{a, b, connect.OneToOne{Symmetric: true}, nil, "OneToOne: 10 sources and 5 targets, must be as many"},
		{a, b, connect.AllToAll{}, make(connect.Values, 49), "weight: connect: Values: 49 values, must be 50 (5 targets times 10 sources)"},
		{a, b, connect.FixedInDegree{N: 3}, make(connect.Values, 16), "16 values, must be 15 (5 targets times an in-degree of 3)"},
		{a, b, connect.FixedOutDegree{N: 3}, make(connect.Values, 15), "15 values, must be 30 (10 sources times an out-degree of 3)"},
		{a, b, connect.FixedTotalNumber{N: 3}, make(connect.Values, 4), "4 values, must be 3 (the number of connections)"},
		{b, b, connect.OneToOne{}, make(connect.Values, 4), "4 values, must be 5 (one for each pair)"},
		{a, b, connect.PairwiseBernoulli{P: 0.5}, make(connect.Values, 4), "connect.PairwiseBernoulli makes a random number of connections"},
		{a, b, connect.SymmetricPairwiseBernoulli{P: 0.5}, make(connect.Values, 4), "makes a random number of connections"},
		{a, b, connect.AllToAll{}, &connect.LogNormal{}, "weight: distribution of type *connect.LogNormal, must be a value"},
		{b, b, connect.OneToOne{}, connect.Values{1, 2, 3, 4, math.NaN()}, "weight: connect: Values: value 4 is NaN, must be finite"},
	} {
		pr := Projection{Pre: c.pre, Post: c.post, Rule: c.rule, Weight: c.weight, Delay: connect.Constant(1)}
		if c.weight == nil {
			pr.Weight = connect.Constant(1)
		}
		err := CheckProjection(&pr, 0.1)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%T%+v: %v, want %q", c.rule, c.rule, err, c.want)
		}
	}
}
