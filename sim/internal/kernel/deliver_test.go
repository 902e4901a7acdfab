package kernel

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// A word is a synapse of either form.
type word interface{ uint32 | uint64 }

// segmentLength draws short, usual and long segments; none of 0 synapses.
func segmentLength(r *rand.Rand) int {
	switch r.IntN(10) {
	case 0:
		return 1 + r.IntN(3)
	case 1:
		return 8 * (1 + r.IntN(4))
	case 2:
		return 1 + r.IntN(500)
	}
	return 1 + r.IntN(90)
}

// layRows returns random rows in exactly as many words as they need, and the
// cursors of their begins.
func layRows[W word](r *rand.Rand, rows int, random func() W) (syn []W, entry []Cursor) {
	for range rows {
		link := -1
		for s := range 1 + r.IntN(20) {
			n, channel, gap := segmentLength(r), r.IntN(2), uint16(r.IntN(4))
			if s == 0 {
				entry = append(entry, MakeCursor(uint32(len(syn)), n, channel, 1+gap))
			} else {
				syn[link] = W(MakeLink(n, channel, gap))
			}
			for range n {
				syn = append(syn, random())
			}
			link = len(syn)
			syn = append(syn, 0)
		}
	}
	return syn, entry
}

func testDeliver[W word, S int32 | int64](t *testing.T, random func(*rand.Rand) W,
	got, want func(active []Cursor, step int64, syn []W, sum0, sum1 *[1 << 16]S) []Cursor) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 5))
		laid, entry := layRows(r, 1+r.IntN(60), func() W { return random(r) })
		syn, release := fenced(t, laid)
		var sum [4]*[1 << 16]S
		for i := range sum {
			sum[i] = new([1 << 16]S)
		}
		var a, b []Cursor
		delivered := 0
		// Steps from below 2^16 on, whose due field wraps.
		for step := int64(65_500); step < 65_600; step++ {
			a = got(a, step, syn, sum[0], sum[1])
			b = want(b, step, syn, sum[2], sum[3])
			if !slices.Equal(a, b) {
				t.Fatalf("seed %d, step %d: cursors left are %x, the scalar loop leaves %x", seed, step, a, b)
			}
			if step < 65_550 {
				for range r.IntN(12) {
					c := entry[r.IntN(len(entry))] + uint64(step)<<48
					a, b = append(a, c), append(b, c)
					delivered++
				}
			}
		}
		if delivered == 0 || len(a) > 0 {
			t.Fatalf("seed %d: %d rows, %d cursors left at the end", seed, delivered, len(a))
		}
		for ch := range 2 {
			if *sum[ch] != *sum[2+ch] {
				t.Fatalf("seed %d: sums of channel %d differ from the scalar loop's", seed, ch)
			}
			if *sum[ch] == [1 << 16]S{} {
				t.Fatalf("seed %d: nothing arrived in channel %d", seed, ch)
			}
		}
		release()
	}
}

func TestDeliverEqualsScalar(t *testing.T) {
	forEach(t, func(t *testing.T, l loops) {
		testDeliver(t, func(r *rand.Rand) uint32 { return r.Uint32() }, l.deliver, deliverScalar)
	})
}

func TestDeliverWideEqualsScalar(t *testing.T) {
	forEach(t, func(t *testing.T, l loops) {
		testDeliver(t, func(r *rand.Rand) uint64 { return r.Uint64() }, l.deliverWide, deliverWideScalar)
	})
}

// Every length of a segment, alone in memory and after another.
func TestDeliverLengths(t *testing.T) {
	forEach(t, func(t *testing.T, l loops) {
		r := rand.New(rand.NewPCG(1, 2))
		for n := range 70 {
			for before := range 12 {
				laid := make([]uint32, before+n+1)
				for k := range laid[:before+n] {
					laid[k] = r.Uint32()
				}
				syn, release := fenced(t, laid)
				c := []Cursor{MakeCursor(uint32(before), n, n&1, 3)}
				var got, want [2][1 << 16]int32
				if left := l.deliver(slices.Clone(c), 3, syn, &got[0], &got[1]); len(left) != 0 {
					t.Fatalf("%d synapses: cursors left are %x", n, left)
				}
				deliverScalar(c, 3, syn, &want[0], &want[1])
				if got != want {
					t.Fatalf("%d synapses after %d others: sums differ from the scalar loop's", n, before)
				}
				release()
			}
		}
	})
}

// TestDeliverLongest delivers a segment as long as can be.
func TestDeliverLongest(t *testing.T) {
	forEach(t, func(t *testing.T, l loops) {
		syn := make([]uint32, MaxSegment+1)
		for k := range MaxSegment {
			syn[k] = uint32(k) | 3<<16
		}
		var sum [2][1 << 16]int32
		l.deliver([]Cursor{MakeCursor(0, MaxSegment, 0, 0)}, 1<<16, syn, &sum[0], &sum[1])
		for k, x := range sum[0] {
			if want := int32(3); (k < MaxSegment && x != want) || (k >= MaxSegment && x != 0) {
				t.Fatalf("sum of %d is %d", k, x)
			}
		}
	})
}
