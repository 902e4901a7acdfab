package rng

import (
	"math"
	"testing"
)

// Known answers of Random123's kat_vectors, philox4x32 10.
func TestPhiloxKnownAnswers(t *testing.T) {
	for _, c := range []struct {
		ctr  [4]uint32
		key  Key
		want [4]uint32
	}{
		{[4]uint32{}, Key{}, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{^uint32(0), ^uint32(0), ^uint32(0), ^uint32(0)}, Key{^uint32(0), ^uint32(0)},
			[4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, Key{0xa4093822, 0x299f31d0},
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		if got := Philox(c.ctr, c.key); got != c.want {
			t.Errorf("Philox(%x, %x) = %x, want %x", c.ctr, c.key, got, c.want)
		}
	}
}

func TestStreamsDiffer(t *testing.T) {
	ids := []ID{
		{Purpose: Synapses}, {Purpose: Retries}, {Purpose: Synapses, Pre: 1}, {Purpose: Synapses, Post: 1},
		{Purpose: Synapses, Ordinal: 1}, {Purpose: Synapses, Element: 1},
	}
	seen := map[uint32]ID{}
	for _, id := range ids {
		s := NewStream(NewKey(55), id)
		w := s.Uint32()
		if o, ok := seen[w]; ok {
			t.Errorf("%+v and %+v begin alike", id, o)
		}
		seen[w] = id
	}
}

func TestBelowIsUniform(t *testing.T) {
	s := NewStream(NewKey(1), ID{})
	const n, draws = 7, 700000
	var count [n]float64
	for range draws {
		count[s.Below(n)]++
	}
	chi2 := 0.0
	for _, c := range count {
		chi2 += (c - draws/n) * (c - draws/n) / (draws / n)
	}
	if chi2 > 22.46 { // chi-squared, 6 degrees of freedom, p = 0.001
		t.Errorf("chi2 = %g", chi2)
	}
}

// The probability of each index is an exact sum over the columns; it must be
// the asked one to the resolution of a word.
func TestDiscreteProbabilities(t *testing.T) {
	for _, w := range [][]float64{{1}, {1, 1}, {1, 2, 3, 4}, {0, 1, 0}, {1e-12, 1}, {5, 1e-3, 2, 0.1, 7, 7, 7}} {
		d := NewDiscrete(w)
		sum := 0.0
		for _, x := range w {
			sum += x
		}
		got := make([]float64, len(w))
		for i, c := range d.column {
			p := float64(c.threshold) / (1 << 32)
			if c.alias == uint32(i) {
				p = 1
			}
			got[i] += p / float64(len(w))
			got[c.alias] += (1 - p) / float64(len(w))
		}
		for i := range w {
			if math.Abs(got[i]-w[i]/sum) > 1e-9 {
				t.Errorf("%v: probability of %d is %g, want %g", w, i, got[i], w[i]/sum)
			}
		}
	}
}

func TestBinomialMoments(t *testing.T) {
	for _, c := range []struct {
		n int64
		p float64
	}{{10, 0.3}, {1000, 0.001}, {40_000_000, 1.0 / 20000}, {100, 0.5}, {1000, 0.9}, {60, 0.2}, {5, 1}, {0, 0.5}} {
		s := NewStream(NewKey(7), ID{Element: uint32(c.n)})
		const draws = 50000
		var sum, sq float64
		mean, variance := float64(c.n)*c.p, float64(c.n)*c.p*(1-c.p)
		for range draws {
			k := Binomial(&s, c.n, c.p)
			if k < 0 || k > c.n {
				t.Fatalf("Binomial(%d, %g) = %d", c.n, c.p, k)
			}
			d := float64(k) - mean
			sum += d
			sq += d * d
		}
		if z := sum / math.Sqrt(draws*variance); variance > 0 && math.Abs(z) > 4 {
			t.Errorf("Binomial(%d, %g): mean off by %g SD", c.n, c.p, z)
		}
		// The variance of a squared deviation is about 2 variance^2 (more for small means).
		if r := sq/draws/math.Max(variance, 1e-300) - 1; variance > 0 && math.Abs(r) > 4*math.Sqrt((2+1/variance)/draws) {
			t.Errorf("Binomial(%d, %g): variance off by a factor %g", c.n, c.p, 1+r)
		}
	}
}

// The distribution function of both algorithms against the exact one, at a
// mean where they meet.
func TestBinomialDistribution(t *testing.T) {
	for _, c := range []struct {
		n int64
		p float64
	}{{200, 0.06}, {30, 0.4}, {30, 0.3}} {
		s := NewStream(NewKey(3), ID{Element: uint32(c.n)})
		const draws = 200000
		count := make([]float64, c.n+1)
		for range draws {
			count[Binomial(&s, c.n, c.p)]++
		}
		lg := func(x int64) float64 { v, _ := math.Lgamma(float64(x) + 1); return v }
		worst, got, want := 0.0, 0.0, 0.0
		for k := int64(0); k <= c.n; k++ {
			got += count[k] / draws
			want += math.Exp(lg(c.n) - lg(k) - lg(c.n-k) + float64(k)*math.Log(c.p) + float64(c.n-k)*math.Log(1-c.p))
			worst = math.Max(worst, math.Abs(got-want))
		}
		if worst*math.Sqrt(draws) > 1.95 { // Kolmogorov, p = 0.001 (conservative for discrete data)
			t.Errorf("Binomial(%d, %g): distance %g", c.n, c.p, worst)
		}
	}
}

func TestMultinomialKeepsTheSum(t *testing.T) {
	s := NewStream(NewKey(3), ID{})
	dst := make([]uint32, 1000)
	Multinomial(&s, 123456, dst, nil)
	sum := 0
	for _, k := range dst {
		sum += int(k)
	}
	if sum != 123456 {
		t.Errorf("sum %d", sum)
	}
}

func BenchmarkPhilox(b *testing.B) {
	var c [4]uint32
	for b.Loop() {
		c = Philox(c, Key{1, 2})
	}
}

func BenchmarkBinomial(b *testing.B) {
	s := NewStream(NewKey(3), ID{})
	for b.Loop() {
		Binomial(&s, 40_000_000, 1.0/20000)
	}
}
