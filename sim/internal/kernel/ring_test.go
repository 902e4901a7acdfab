package kernel

import (
	"math/rand/v2"
	"testing"
)

// ringRowsOf makes rows of the given lengths, with synapses of a shard of slots
// neurons and delays from 1 to RingSteps-1.
func ringRowsOf(r *rand.Rand, slots int, lengths []int) (rows []RingRow, syn []uint32) {
	for _, n := range lengths {
		rows = append(rows, RingRow{Index: uint32(len(syn)), N: uint32(n), Step: r.Uint32()})
		for range n {
			syn = append(syn, MakeRingSynapse(uint16(r.IntN(slots)), uint16(1+r.IntN(RingSteps-1)), int64(r.IntN(1<<14)-1<<13)))
		}
	}
	return rows, append(syn, 0)
}

func TestDeliverRing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	// A word must come back as the parts it was made of.
	for _, c := range []struct {
		target, delay uint16
		weight        int64
		step          uint32
	}{{0, 1, 1, 0}, {RingSlots - 1, RingSteps - 1, -8192, 63}, {17, 5, 8191, 1<<32 - 1}, {2048, 63, -1, 12345}} {
		ring := new(Ring)
		deliverRingScalar([]RingRow{{0, 1, c.step}}, []uint32{MakeRingSynapse(c.target, c.delay, c.weight)}, ring)
		at := (uint64(c.step)+uint64(c.delay))%RingSteps*RingSlots + uint64(c.target)
		if int64(ring[at]) != c.weight {
			t.Errorf("%+v: sum %d", c, ring[at])
		}
	}
	var lengths []int
	for n := range 40 {
		lengths = append(lengths, n)
	}
	for range 50 {
		lengths = append(lengths, r.IntN(300))
	}
	forEach(t, func(t *testing.T, l loops) {
		for n := range len(lengths) {
			rows, syn := ringRowsOf(r, RingSlots, lengths[:n])
			want, got := new(Ring), new(Ring)
			deliverRingScalar(rows, syn, want)
			l.deliverRing(rows, syn, got)
			if *want != *got {
				t.Fatalf("%d rows: sums differ", n)
			}
		}
	})
}

// BenchmarkDeliverRing is a shard of the full-scale microcircuit in 64: 1,206
// neurons, rows of 60 synapses, 29 spikes a step, not in the cache.
func BenchmarkDeliverRing(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	lengths := make([]int, 400_000)
	for i := range lengths {
		lengths[i] = 60
	}
	rows, syn := ringRowsOf(r, 1206, lengths)
	order := r.Perm(len(rows))
	list := make([]RingRow, len(rows))
	for i, k := range order {
		list[i] = rows[k]
	}
	for _, l := range available[:min(2, len(available))] {
		b.Run(l.name, func(b *testing.B) {
			ring := new(Ring)
			at := 0
			for b.Loop() {
				at = (at + 29) % (len(list) - 29)
				l.deliverRing(list[at:at+29], syn, ring)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(29*60), "ns/event")
		})
	}
}
