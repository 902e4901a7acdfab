package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"cortigo/sim/internal/rng"
)

func TestPhiloxFillEqualsScalar(t *testing.T) {
	forEach(t, func(t *testing.T, l loops) {
		r := rand.New(rand.NewPCG(1, 2))
		for _, blocks := range lengths() {
			for _, stride := range []uint32{0, 1, 3, 1 << 31} {
				for more := range 4 { // words beyond whole blocks stay
					key := rng.Key{r.Uint32(), r.Uint32()}
					c := [4]uint32{-uint32(r.IntN(40)), r.Uint32(), r.Uint32(), r.Uint32()}
					got := newField(4*blocks+more, more, 0xfeedface, r.Uint32)
					want := got.clone()
					l.philoxFill(key, c, stride, got.x)
					philoxFillScalar(key, c, stride, want.x)
					same(t, "dst", got, want)
				}
			}
		}
	})
}

// Means whose tables have no threshold, a few, as many as a vector search takes
// and more, with Low above 0, and thresholds of 0 or near 2^32.
var testMeans = []float64{0, 1e-12, 1e-4, 0.05, 0.7, 1.28, 2.32, 6, 7.5, 8, 9, 16, 30, 80, 150, 167}

func TestPoissonFourEqualsScalar(t *testing.T) {
	forEach(t, func(t *testing.T, l loops) {
		r := rand.New(rand.NewPCG(1, 2))
		for _, mean := range testMeans {
			table := NewPoissonTable(mean)
			for _, n := range lengths() {
				for _, stride := range []uint32{1, 2, 64} {
					key := rng.Key{r.Uint32(), r.Uint32()}
					id := rng.ID{Purpose: rng.PoissonInput, Pre: uint16(r.Uint32()), Post: uint16(r.Uint32()), Ordinal: r.Uint32() >> 8}
					block, first := r.Uint32(), r.Uint32()
					if r.IntN(4) == 0 {
						first = -uint32(r.IntN(100))
					}
					var got, want [4]field[uint8]
					var dst [2][4][]uint8
					for s := range got {
						got[s] = newField(n, s+1, 0xee, func() uint8 { return 0xdd })
						want[s] = got[s].clone()
						dst[0][s], dst[1][s] = got[s].x, want[s].x
					}
					l.poissonFour(table, key, id, block, first, stride, &dst[0])
					poissonFourScalar(table, key, id, block, first, stride, &dst[1])
					for s := range got {
						same(t, fmt.Sprintf("mean %g, dst[%d]", mean, s), got[s], want[s])
					}
				}
			}
		}
	})
}

// The search of the vector loops, by its tables, at every threshold and beside.
func TestVectorTable(t *testing.T) {
	vectors := 0
	for _, mean := range testMeans {
		table := NewPoissonTable(mean)
		v := table.vector
		if v == nil {
			continue
		}
		vectors++
		words := []uint32{0, 1, 1<<32 - 1}
		for _, x := range table.Threshold {
			words = append(words, x-1, x, x+1)
		}
		for b := range uint32(vectorBins) {
			words = append(words, b<<27, b<<27-1)
		}
		for _, u := range words {
			wide := v.bin[u>>27]
			for u > v.below[wide] {
				wide++
			}
			narrow := uint32(0)
			for narrow < uint32(v.n) && int32(u^1<<31) > int32(v.flipped[8*narrow]) {
				narrow++
			}
			if want := table.Draw(u); v.low+wide != want || v.low+narrow != want {
				t.Errorf("mean %g, word %#x: %d and %d, Draw gives %d", mean, u, v.low+wide, v.low+narrow, want)
			}
		}
	}
	if vectors == 0 {
		t.Error("no mean has a table for vectors")
	}
}

// The same of the tables for more thresholds. A mean of 1.5e6 spikes/s at 0.1 ms
// has one, and every mean of which all numbers fit a byte has one or the other.
func TestGuideTable(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for mean := 0.5; NewPoissonTable(mean).Max() <= 255; mean += 0.5 {
		table := NewPoissonTable(mean)
		v := table.many
		if (v == nil) == (table.vector == nil) {
			t.Fatalf("mean %g: tables %v and %v, want one of them", mean, v, table.vector)
		}
		if v == nil {
			continue
		}
		words := []uint32{0, 1, 1<<32 - 1}
		for _, x := range table.Threshold {
			words = append(words, x-1, x, x+1)
		}
		for range 1000 {
			words = append(words, r.Uint32())
		}
		for _, u := range words {
			j := v.guide[u>>(32-guideBits)]
			for u > v.below[j] {
				j++
			}
			if got, want := v.low+uint32(j), table.Draw(u); got != want {
				t.Errorf("mean %g, word %#x: %d, Draw gives %d", mean, u, got, want)
			}
		}
	}
	if NewPoissonTable(150).many == nil || NewPoissonTable(7).many != nil {
		t.Error("a mean of 150 must have a guide, one of 7 none")
	}
}

func BenchmarkPoissonFour(b *testing.B) {
	const n = 38_592
	var dst [4][]uint8
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
					PoissonFour(table, rng.Key{1, 2}, rng.ID{Purpose: rng.PoissonInput}, uint32(k), 0, 2, &dst)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(4*n), "ns/draw")
			})
		}
	}
}

func BenchmarkPhiloxFill(b *testing.B) {
	// A target's synapses from one population, of all populations, and many.
	for _, n := range []int{400, 4000, 40_000} {
		dst := make([]uint32, n)
		for _, l := range available {
			if l.name == "amd64" {
				continue
			}
			b.Run(fmt.Sprintf("n=%d/%s", n, l.name), func(b *testing.B) {
				for k := range b.N {
					l.philoxFill(rng.Key{1, 2}, [4]uint32{0, uint32(k), 2, 3}, 3, dst)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/draw")
			})
		}
	}
}
