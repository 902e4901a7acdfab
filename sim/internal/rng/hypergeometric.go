package rng

import "math"

// tail is the probability, relative to the largest, below which those of a
// distribution are left out: a uniform number does not resolve them.
const tail = 1e-20

// Hypergeometric draws how many good things are among n things taken, without
// replacement, from good+bad things, of which good are good and bad are bad; 0
// <= n <= good+bad.
//
// It adds up the probabilities from the most likely number outwards: each
// follows from its neighbour's by a ratio of integers.
func Hypergeometric(s *Stream, good, bad, n int64) int64 {
	low, high := max(0, n-bad), min(n, good)
	if low >= high {
		return high
	}
	g, b, m := float64(good), float64(bad), float64(n)
	mode := int64(math.Floor((m + 1) / (g + b + 2) * (g + 1)))
	mode = max(low, min(high, mode))
	up := func(k int64) float64 { // probability of k+1 relative to that of k
		x := float64(k)
		return (g - x) / (x + 1) * ((m - x) / (b - m + x + 1))
	}
	sum := 1.0
	p := 1.0
	last := mode
	for last < high && p > tail {
		p = float64(p * up(last))
		sum += p
		last++
	}
	p = 1.0
	first := mode
	for first > low && p > tail {
		p /= up(first - 1)
		sum += p
		first--
	}
	u := float64(s.Float64() * sum)
	if u -= 1; u < 0 {
		return mode
	}
	p = 1.0
	for k := mode; k < last; {
		p = float64(p * up(k))
		k++
		if u -= p; u < 0 {
			return k
		}
	}
	p = 1.0
	for k := mode; k > first; {
		k--
		p /= up(k)
		if u -= p; u < 0 {
			return k
		}
	}
	return mode // what rounding left of u
}

// MultivariateHypergeometric takes n things without replacement from cells of
// size[i], cell by cell, and stores in dst how many of each. n is at most the
// sum of the sizes. goOn is as for Multinomial.
func MultivariateHypergeometric(s *Stream, n int64, size []uint32, dst []uint32, goOn func() bool) {
	rest := int64(0)
	for _, m := range size {
		rest += int64(m)
	}
	for i, m := range size {
		if i%AskEvery == 0 && goOn != nil && !goOn() {
			return
		}
		rest -= int64(m)
		k := Hypergeometric(s, int64(m), rest, n)
		dst[i] = uint32(k)
		n -= k
	}
}
