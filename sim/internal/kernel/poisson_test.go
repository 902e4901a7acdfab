package kernel

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/big"
	"math/rand/v2"
	"sort"
	"testing"

	"cortigo/sim/internal/rng"
)

// Means of which all numbers are 0, of few columns and of many, with numbers
// from 0 on or from above, up to those that fit a byte.
var testMeans = []float64{0, 1e-12, 1e-6, 1e-4, 0.05, 0.7, 1.28, 2.32, 6, 7.5, 8, 9, 16, 30, 80, 150, 167}

func TestPoissonCountsEqualsScalar(t *testing.T) {
	forEach(t, func(t *testing.T, l loops) {
		r := rand.New(rand.NewPCG(1, 2))
		for _, mean := range testMeans {
			table := NewPoissonTable(mean)
			for _, n := range append(lengths(), 3077) { // more than vector loops do at a time

				for _, stride := range []uint32{1, 2, 64} {
					key := rng.Key{r.Uint32(), r.Uint32()}
					id := rng.ID{Purpose: rng.PoissonInput, Pre: uint16(r.Uint32()), Post: uint16(r.Uint32()), Ordinal: r.Uint32() >> 8}
					step, first := r.Int64N(1<<33)&^(PoissonSteps-1), r.Uint32()
					if r.IntN(4) == 0 {
						first = -uint32(r.IntN(100))
					}
					var got, want [PoissonSteps]field[uint8]
					var dst [2][PoissonSteps][]uint8
					for s := range got {
						got[s] = newField(n, s+1, 0xee, func() uint8 { return 0xdd })
						want[s] = got[s].clone()
						dst[0][s], dst[1][s] = got[s].x, want[s].x
					}
					l.poissonCounts(table, key, id, step, first, stride, &dst[0])
					poissonCountsScalar(table, key, id, step, first, stride, &dst[1])
					for s := range got {
						same(t, fmt.Sprintf("mean %g, dst[%d]", mean, s), got[s], want[s])
					}
				}
			}
		}
	})
}

// parts returns how many of all words make each number, of which the upper half
// mostly settles it; else it changes once with the lower half.
func (t *PoissonTable) parts() map[uint32]uint64 {
	n := map[uint32]uint64{}
	for u := range uint32(1 << 16) {
		first, last := t.Draw(u<<16), t.Draw(u<<16|0xffff)
		to := 1 << 16
		if first != last {
			to = sort.Search(1<<16, func(r int) bool { return t.Draw(u<<16|uint32(r)) == last })
		}
		n[first] += uint64(to)
		n[last] += uint64(1<<16 - to)
	}
	return n
}

// Whatever the mean, the parts are as many as columns have.
func TestPoissonParts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		mean := math.Pow(10, -11+17*r.Float64())
		low, parts := poissonParts(mean)
		sum := uint64(0)
		for _, n := range parts {
			sum += n
		}
		if sum != 1<<32 || parts[0] == 0 || parts[len(parts)-1] == 0 {
			t.Errorf("mean %g: %d parts of %d numbers from %d on", mean, sum, len(parts), low)
		}
		NewPoissonTable(mean)
	}
}

// The probability of each number, and of all up to it, is that of Poisson's law
// to a part of 2^32. The law is computed with 200 bits.
func TestPoissonLaw(t *testing.T) {
	number := func(x float64) *big.Float { return new(big.Float).SetPrec(200).SetFloat64(x) }
	for _, mean := range append([]float64{1e-9, 3e-10, 1e-3, 1, 3, 20, 300, 1e3, 12345.678, MaxPoissonMean}, testMeans...) {
		table := NewPoissonTable(mean)
		parts := table.parts()
		// Relative to the mode, outwards, until there is nothing left.
		law := map[uint32]*big.Float{}
		sum := number(0)
		mode := uint32(mean)
		lowest, highest := mode, mode
		for p, k := number(1), mode; ; k++ {
			law[k], highest = p, k
			sum.Add(sum, p)
			if p = number(0).Mul(p, number(mean)); p.Quo(p, number(float64(k+1))).Cmp(number(1e-25)) < 0 {
				break
			}
		}
		for p, k := number(1), mode; k > 0; k-- {
			p = number(0).Mul(p, number(float64(k)))
			if p.Quo(p, number(mean)).Cmp(number(1e-25)) < 0 {
				break
			}
			law[k-1], lowest = p, k-1
			sum.Add(sum, p)
		}
		cum, got, total := number(0), uint64(0), uint64(0)
		for k := lowest; k <= highest; k++ {
			cum.Add(cum, law[k])
			got += parts[k]
			total += parts[k]
			each, _ := number(0).Quo(law[k], sum).Float64()
			upTo := number(0).Quo(cum, sum)
			upTo.Mul(upTo, number(1<<32))
			off, _ := upTo.Sub(upTo, number(float64(got))).Float64()
			if math.Abs(each*(1<<32)-float64(parts[k])) > 1.01 || math.Abs(off) > 0.51 {
				t.Errorf("mean %g: %d has %d parts, up to it %d; off by %g and %g", mean, k, parts[k], got, each*(1<<32)-float64(parts[k]), off)
			}
			if parts[k] > 0 && k > table.Max() {
				t.Errorf("mean %g: %d is above Max, %d", mean, k, table.Max())
			}
		}
		if total != 1<<32 || parts[table.Max()] == 0 {
			t.Errorf("mean %g: %d parts, %d of them of the largest number, %d", mean, total, parts[table.Max()], table.Max())
		}
	}
}

// A number is that of the place in its column, by the documented streams, also
// in steps beyond 2^32. One in 500 needs more than 16 bits.
func TestPoissonDraw(t *testing.T) {
	key, id := rng.Key{1, 2}, rng.ID{Purpose: rng.PoissonInput, Pre: 3, Post: 4, Ordinal: 5, Element: 6}
	table := NewPoissonTable(100)
	further := 0
	for i := range int64(100_000) {
		step := 37*i + i%2*(1<<33+1)
		block := PoissonBlock(key, id, step)
		word := func(p rng.Purpose) uint16 {
			x := id
			x.Purpose = p
			w := rng.Philox(x.Counter(uint32(step/8)), key)
			return uint16(w[step%8/2] >> (16 * (step % 2)))
		}
		u, r := uint32(word(5)), uint32(word(5+64))
		c := table.column[u%256]
		want := c.above
		if c.at%256 == uint16(u%256) && u/256<<16+r < uint32(c.at)/256<<16+uint32(c.rest) {
			want = c.below
		}
		if uint16(u) == c.at {
			further++
		}
		if got, word := table.DrawStep(&block, key, id, step), table.Draw(u<<16|r); got != want || word != want {
			t.Fatalf("step %d: %d, of one word %d, want %d", step, got, word, want)
		}
	}
	if further < 100 || further > 400 {
		t.Errorf("%d numbers needed more bits", further)
	}
}

// What a seed means must not change: numbers of means of few, many and more
// columns, until the last step that there can be.
func TestPoissonBits(t *testing.T) {
	hash := fnv.New64a()
	for _, mean := range []float64{1e-3, 1.6, 30, 150, 2e4} {
		table := NewPoissonTable(mean)
		for step := int64(1<<33 - 1000); step < 1<<33; step++ {
			id := rng.ID{Purpose: rng.PoissonInput, Pre: 1, Element: uint32(step % 7)}
			block := PoissonBlock(rng.NewKey(55), id, step)
			fmt.Fprintln(hash, table.DrawStep(&block, rng.NewKey(55), id, step))
		}
	}
	if got := hash.Sum64(); got != 0x53d34877e5a03c25 {
		t.Errorf("digest %#x", got)
	}
}

// Draws have the law's frequencies, mean and variance, and do not depend on one
// another: those of a neuron in the steps of a block and beyond, and those of neurons
// beside one another.
func TestPoissonStatistics(t *testing.T) {
	if testing.Short() {
		t.Skip("draws ten million numbers")
	}
	const n, blocks = 2000, 64
	for _, mean := range []float64{1e-4, 0.01, 0.3, 1.6, 2.32, 7, 30, 150, 1000} {
		table := NewPoissonTable(mean)
		x := make([][]float64, blocks*PoissonSteps) // by step and neuron
		frequency := map[uint32]float64{}
		var dst [PoissonSteps][]uint8
		for s := range dst {
			dst[s] = make([]uint8, n)
		}
		key, id := rng.Key{3, 4}, rng.ID{Purpose: rng.PoissonInput}
		for step := range x {
			x[step] = make([]float64, n)
			if step%PoissonSteps == 0 && table.Max() <= 255 {
				PoissonCounts(table, key, id, int64(step), 0, 1, &dst)
			}
			for k := range n {
				var c uint32
				if table.Max() <= 255 {
					c = uint32(dst[step%PoissonSteps][k])
				} else {
					id.Element = uint32(k)
					block := PoissonBlock(key, id, int64(step))
					c = table.DrawStep(&block, key, id, int64(step))
				}
				frequency[c]++
				x[step][k] = float64(c) - mean
			}
		}
		const all = n * blocks * PoissonSteps
		sum, square := 0.0, 0.0
		for _, row := range x {
			for _, y := range row {
				sum += y
				square += y * y
			}
		}
		// The variance of a squared deviation is 2 mean^2 + mean.
		if z := sum / math.Sqrt(all*mean); math.Abs(z) > 4 {
			t.Errorf("mean %g: off by %.1f standard errors", mean, z)
		}
		if z := (square - all*mean) / math.Sqrt(all*(2*mean*mean+mean)); math.Abs(z) > 4 {
			t.Errorf("mean %g: variance off by %.1f standard errors", mean, z)
		}
		for lag := 1; lag <= 2*PoissonSteps; lag++ {
			between := 0.0
			for step := lag; step < len(x); step++ {
				for k, y := range x[step] {
					between += y * x[step-lag][k]
				}
			}
			if z := between / mean / math.Sqrt(n*float64(len(x)-lag)); math.Abs(z) > 4.5 {
				t.Errorf("mean %g: correlation of steps %d apart is %.1f standard errors", mean, lag, z)
			}
		}
		for _, lag := range []int{1, 2, 16, 32} {
			between := 0.0
			for _, row := range x {
				for k := lag; k < n; k++ {
					between += row[k] * row[k-lag]
				}
			}
			if z := between / mean / math.Sqrt(float64(len(x)*(n-lag))); math.Abs(z) > 4.5 {
				t.Errorf("mean %g: correlation of neurons %d apart is %.1f standard errors", mean, lag, z)
			}
		}
		// Chi-squared, of numbers expected at least 5 times; rarer ones together.
		chi, bins, rare, rareSeen := 0.0, 0.0, float64(all), float64(all)
		for k, parts := range table.parts() {
			if want := float64(parts) / (1 << 32) * all; want >= 5 {
				chi += (frequency[k] - want) * (frequency[k] - want) / want
				bins++
				rare -= want
				rareSeen -= frequency[k]
			}
		}
		if rare >= 5 {
			chi += (rareSeen - rare) * (rareSeen - rare) / rare
			bins++
		}
		// Wilson and Hilferty's normal approximation.
		df := bins - 1
		if z := (math.Cbrt(chi/df) - (1 - 2/(9*df))) / math.Sqrt(2/(9*df)); math.Abs(z) > 4 {
			t.Errorf("mean %g: chi-squared %.1f of %g degrees of freedom", mean, chi, df)
		}
	}
}

func BenchmarkPoissonCounts(b *testing.B) {
	const n = 38_592
	var dst [PoissonSteps][]uint8
	for s := range dst {
		dst[s] = make([]uint8, n)
	}
	// 1.6 are 2000 inputs at 8 spikes/s, 0.1 ms; the others 0 to 1.5e6 spikes/s.
	for _, mean := range []float64{0, 1.6, 7, 8, 16, 50, 150} {
		table := NewPoissonTable(mean)
		for _, l := range available {
			if l.name == "amd64" {
				continue
			}
			b.Run(fmt.Sprintf("mean=%g/%s", mean, l.name), func(b *testing.B) {
				before := inUse
				defer func() { inUse = before }()
				inUse = l
				for k := range b.N {
					PoissonCounts(table, rng.Key{1, 2}, rng.ID{Purpose: rng.PoissonInput}, int64(k)*PoissonSteps, 0, 2, &dst)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(PoissonSteps*n), "ns/draw")
			})
		}
	}
}
