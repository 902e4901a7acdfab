package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// A count for each neuron, which is what a Refractory stands for, says the same in
// every step: with periods that differ, of 0, long ones, neurons that spike while
// they are refractory, and a state that is saved and restored elsewhere.
func TestRefractoryCounts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 7, 8, 9, 100} {
		for _, periods := range [][]uint16{{0}, {1}, {20}, {math.MaxUint16}, nil} {
			if periods == nil {
				for range n {
					periods = append(periods, uint16(r.IntN(70)*r.IntN(2)))
				}
			}
			got, counts := NewRefractory(n), make([]uint16, n)
			got.now = math.MaxUint32 - 150 // steps start anew after the largest number
			for step := range 300 {
				got.Advance()
				for k, left := range counts {
					if got.Left(k) != int(left) || moves(got.Ready, k) != (left == 0) {
						t.Fatalf("step %d: neuron %d of %d has %d steps left, want %d", step, k, n, got.Left(k), left)
					}
					counts[k] = max(left, 1) - 1
				}
				var spiked []uint16
				for k := range n {
					if r.IntN(20) == 0 {
						spiked = append(spiked, uint16(k))
						counts[k] = periods[k%len(periods)]
					}
				}
				got.Begin(spiked, periods)
				saved := make([]uint16, n)
				got.Save(saved)
				if !slices.Equal(saved, counts) {
					t.Fatalf("step %d: %v steps are saved, want %v", step, saved, counts)
				}
				if step%37 == 0 {
					if step%2 == 0 {
						got = NewRefractory(n)
					}
					got.Restore(saved)
				}
			}
		}
	}
}

// BenchmarkRefractory is a step of 6,250 neurons that spike 30 times a second, for
// 2 ms each: those of a shard of Brunel's network.
func BenchmarkRefractory(b *testing.B) {
	const n, spikes = 6250, 19
	r := NewRefractory(n)
	at := 0
	var list [spikes]uint16
	for b.Loop() {
		r.Advance()
		for i := range list {
			list[i] = uint16((at + i*n/spikes) % n)
		}
		at += 7
		r.Begin(list[:], []uint16{20})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/spikes, "ns/spike")
}
