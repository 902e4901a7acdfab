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
