package rng

import (
	"math"
	"testing"
)

// Frequencies of draws against the exact probabilities: Kolmogorov's distance
// stays below its quantile for p = 0.001 (conservative for discrete data).
func TestHypergeometricDistribution(t *testing.T) {
	lc := func(n, k int64) float64 { // log of n over k
		f := func(x int64) float64 { v, _ := math.Lgamma(float64(x) + 1); return v }
		return f(n) - f(k) - f(n-k)
	}
	for _, c := range []struct{ good, bad, n int64 }{
		{5, 7, 4}, {30, 2, 20}, {2, 30, 20}, {1, 1, 1}, {1000, 100000, 3000}, {20000, 1e9, 60000}, {500, 500, 999},
	} {
		s := NewStream(NewKey(3), ID{Element: uint32(c.good)})
		const draws = 100000
		count := map[int64]float64{}
		for range draws {
			k := Hypergeometric(&s, c.good, c.bad, c.n)
			if k < max(0, c.n-c.bad) || k > min(c.n, c.good) {
				t.Fatalf("%+v: %d", c, k)
			}
			count[k]++
		}
		worst, got, want := 0.0, 0.0, 0.0
		for k := max(0, c.n-c.bad); k <= min(c.n, c.good); k++ {
			got += count[k] / draws
			want += math.Exp(lc(c.good, k) + lc(c.bad, c.n-k) - lc(c.good+c.bad, c.n))
			worst = math.Max(worst, math.Abs(got-want))
		}
		// Lgamma of 1e9 is exact to 4e-6.
		if math.Abs(want-1) > 1e-4 || worst*math.Sqrt(draws) > 1.95 {
			t.Errorf("%+v: distance %g, probabilities add up to %g", c, worst, want)
		}
	}
	s := NewStream(NewKey(3), ID{})
	for _, c := range []struct{ good, bad, n, want int64 }{{5, 0, 3, 3}, {0, 5, 3, 0}, {5, 5, 10, 5}, {5, 5, 0, 0}} {
		if k := Hypergeometric(&s, c.good, c.bad, c.n); k != c.want {
			t.Errorf("%+v: %d", c, k)
		}
	}
}

// Cells get what they can hold, all of it where all is taken, and the number in
// a cell has the mean and variance of its margin:
// n p and n p (1-p) (N-n)/(N-1).
func TestMultivariateHypergeometric(t *testing.T) {
	s := NewStream(NewKey(8), ID{})
	size := []uint32{7, 0, 30, 1, 12}
	const total, n, rounds = 50, 20, 40000
	dst := make([]uint32, len(size))
	sum, sq := make([]float64, len(size)), make([]float64, len(size))
	for range rounds {
		MultivariateHypergeometric(&s, n, size, dst, nil)
		all := uint32(0)
		for i, k := range dst {
			if k > size[i] {
				t.Fatalf("%d of %d", k, size[i])
			}
			all += k
			x := float64(k) - n*float64(size[i])/total
			sum[i] += x
			sq[i] += x * x
		}
		if all != n {
			t.Fatalf("%d taken", all)
		}
	}
	for i, m := range size {
		p := float64(m) / total
		variance := n * p * (1 - p) * (total - n) / (total - 1)
		if m == 0 {
			continue
		}
		if z := sum[i] / math.Sqrt(rounds*variance); math.Abs(z) > 4 {
			t.Errorf("cell %d: mean is off by %.1f standard errors", i, z)
		}
		if r := sq[i]/rounds/variance - 1; math.Abs(r) > 4*math.Sqrt((2+1/variance)/rounds) {
			t.Errorf("cell %d: variance is off by a factor %g", i, 1+r)
		}
	}
	MultivariateHypergeometric(&s, total, size, dst, nil)
	for i, k := range dst {
		if k != size[i] {
			t.Errorf("all taken: %v", dst)
		}
	}
}

// Every sequence of distinct integers is as likely as any other, of either way
// of drawing them: all 60 of 3 below 5, all 30 of 2 below 6.
func TestSubsetIsUniform(t *testing.T) {
	for _, c := range []struct {
		n, k, sequences uint32
		limit           float64 // chi-squared, p = 0.001
	}{{5, 3, 60, 98.3}, {6, 2, 30, 58.3}, {6, 6, 720, 843}} {
		s := NewStream(NewKey(9), ID{})
		var x Subset
		dst := make([]uint32, c.k)
		count := map[uint32]float64{}
		rounds := 200 * c.sequences
		for range rounds {
			x.Draw(&s, c.n, dst)
			code, seen := uint32(0), uint32(0)
			for _, v := range dst {
				if v >= c.n || seen>>v&1 == 1 {
					t.Fatalf("%v", dst)
				}
				seen |= 1 << v
				code = code*c.n + v
			}
			count[code]++
		}
		chi2 := 0.0
		for _, k := range count {
			chi2 += (k - 200) * (k - 200) / 200
		}
		chi2 += 200 * float64(int(c.sequences)-len(count))
		if chi2 > c.limit {
			t.Errorf("%d of %d: chi-squared %g", c.k, c.n, chi2)
		}
	}
}

// Cells without any size get nothing, others their share.
func TestWeightedMultinomial(t *testing.T) {
	s := NewStream(NewKey(4), ID{})
	size, dst := []uint32{0, 3, 0, 1, 4, 0}, make([]uint32, 6)
	const n = 800000
	WeightedMultinomial(&s, n, size, dst, nil)
	total := uint32(0)
	for i, k := range dst {
		p := float64(size[i]) / 8
		total += k
		if math.Abs(float64(k)-n*p) > 4*math.Sqrt(n*p*(1-p)) {
			t.Errorf("cell %d: %d, want %g", i, k, n*p)
		}
	}
	if total != n {
		t.Errorf("%d in all", total)
	}
}

func BenchmarkHypergeometric(b *testing.B) {
	s := NewStream(NewKey(3), ID{})
	for b.Loop() {
		Hypergeometric(&s, 20000, 400_000_000, 20_000_000)
	}
}

func BenchmarkSubset(b *testing.B) {
	s := NewStream(NewKey(3), ID{})
	var x Subset
	dst := make([]uint32, 1000)
	for b.Loop() {
		x.Draw(&s, 20000, dst)
	}
}
