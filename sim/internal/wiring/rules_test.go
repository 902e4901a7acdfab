package wiring

import (
	"fmt"
	"math"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/internal/network"
)

// matrix draws all synapses of one projection and counts them by target and
// source, as positions in the pools.
func matrix(t testing.TB, seed uint64, sizes []int, pr network.Projection) [][]float64 {
	t.Helper()
	if pr.Weight == nil {
		pr.Weight = connect.Constant(1)
	}
	pr.Delay = connect.Constant(1)
	if err := network.CheckProjection(&pr, 0.1); err != nil {
		t.Fatal(err)
	}
	d := &network.Description{Seed: seed, Resolution: 0.1, Populations: populations(sizes...), Projections: []network.Projection{pr}}
	grids := make([]Grid, len(sizes))
	for i := range grids {
		grids[i] = chooseGrid(collectWeights(d, i))
	}
	ws, err := NewBundles(nil, d, 0, clockOf(t, 0.1), grids)
	if err != nil {
		t.Fatal(err)
	}
	p := ws[0].Plan
	m := make([][]float64, p.Onto.N)
	for i := range m {
		m[i] = make([]float64, p.From.N)
	}
	var x Drawn
	for _, w := range ws {
		for k := range w.Post.N {
			w.Draw(k, &x)
			if uint32(len(x.Source)) != w.Degree(k) {
				t.Fatalf("%d synapses of target %d, its degree is %d", len(x.Source), k, w.Degree(k))
			}
			for _, s := range x.Source {
				m[w.At+k][int(w.first)+int(s)-w.Pre.From]++
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
	pre, post []network.Range
	sizes     []int
}

var (
	joinedPools = overlapping{[]network.Range{{Population: 1, From: 2, N: 3}, {Population: 0, From: 0, N: 9}}, []network.Range{{Population: 0, From: 6, N: 4}, {Population: 1, From: 0, N: 4}}, []int{12, 6}}
	simplePools = overlapping{[]network.Range{{Population: 0, From: 2, N: 12}}, []network.Range{{Population: 0, From: 9, N: 8}}, []int{20}}
)

// same reports whether a target and a source are one neuron.
func (o overlapping) same(target, source int) bool {
	pre, post := network.NewPool(o.pre), network.NewPool(o.post)
	p, i := post.At(target)
	q, j := pre.At(source)
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
				m := matrix(t, seed, pools.sizes, network.Projection{Pre: pools.pre, Post: pools.post, Rule: c.rule})
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
		for _, row := range matrix(t, seed, []int{6, targets}, network.Projection{Pre: []network.Range{{Population: 0, From: 0, N: 6}}, Post: []network.Range{{Population: 1, From: 0, N: targets}},
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
	m := matrix(t, 5, []int{pre, post}, network.Projection{Pre: []network.Range{{Population: 0, From: 0, N: pre}}, Post: []network.Range{{Population: 1, From: 0, N: post}}, Rule: connect.PairwiseBernoulli{P: p}})
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
	pre, post := network.NewPool(joinedPools.pre), network.NewPool(joinedPools.post)
	count, want := make([]float64, pre.N*post.N), make([]float64, pre.N*post.N)
	for seed := range uint64(rounds) {
		m := matrix(t, seed, joinedPools.sizes, network.Projection{Pre: joinedPools.pre, Post: joinedPools.post, Rule: connect.SymmetricPairwiseBernoulli{P: p}})
		for i := range m {
			for j, n := range m[i] {
				forward, reverse := i < post.N && j < pre.N, i >= post.N && j >= pre.N
				if n > 1 || n > 0 && !forward && !reverse {
					t.Fatalf("%g connections from %d to %d", n, j, i)
				}
				if forward {
					if m[post.N+j][pre.N+i] != n || n > 0 && joinedPools.same(i, j) {
						t.Fatalf("connection from %d to %d: %g, back %g", j, i, n, m[post.N+j][pre.N+i])
					}
					count[i*pre.N+j] += n
					if !joinedPools.same(i, j) {
						want[i*pre.N+j] = rounds * p
					}
				}
			}
		}
	}
	checkChiSquared(t, "pairs", count, want)
	// Within one population every two neurons are considered twice.
	one := []network.Range{{Population: 0, From: 0, N: 30}}
	m := matrix(t, 1, []int{30}, network.Projection{Pre: one, Post: one, Rule: connect.SymmetricPairwiseBernoulli{P: p}})
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
	d := &network.Description{Seed: 4, Resolution: 0.1, Populations: populations(10, 10), Projections: []network.Projection{{
		Pre: []network.Range{{Population: 0, From: 5, N: 3}, {Population: 1, From: 0, N: 4}}, Post: []network.Range{{Population: 1, From: 8, N: 2}, {Population: 0, From: 0, N: 5}}, Rule: connect.OneToOne{Symmetric: true},
		Weight: connect.Normal{Mean: 10, SD: 3}, Delay: connect.Uniform{Min: 0.2, Max: 9}}}}
	q, err := NewQuery(d, nil)
	if err != nil {
		t.Fatal(err)
	}
	var all []Connection
	if err := q.Connections(Selection{}, func(c Connection) bool { all = append(all, c); return true }); err != nil {
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
	m := matrix(t, 1, []int{5}, network.Projection{Pre: []network.Range{{Population: 0, From: 0, N: 4}}, Post: []network.Range{{Population: 0, From: 0, N: 2}, {Population: 0, From: 3, N: 2}}, Rule: self})
	if _, _, n := sums(m); n != 2 || m[2][2] != 1 || m[3][3] != 1 {
		t.Errorf("without autapses: %v", m)
	}
}

// Joined pools draw what one pool of the same neurons would by its statistics,
// not from the streams of a simple projection between the same populations.
func TestJoinedStreams(t *testing.T) {
	simple := matrix(t, 1, []int{20}, network.Projection{Pre: []network.Range{{Population: 0, From: 0, N: 20}}, Post: []network.Range{{Population: 0, From: 0, N: 20}}, Rule: connect.FixedInDegree{N: 10}})
	joined := matrix(t, 1, []int{20}, network.Projection{Pre: []network.Range{{Population: 0, From: 0, N: 10}, {Population: 0, From: 10, N: 10}}, Post: []network.Range{{Population: 0, From: 0, N: 20}}, Rule: connect.FixedInDegree{N: 10}})
	if fmt.Sprint(simple) == fmt.Sprint(joined) {
		t.Error("a joined pool draws from the streams of a simple one")
	}
}
