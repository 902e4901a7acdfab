package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// packedWeights returns classes of both kinds.
func packedWeights(r *rand.Rand) *PackedWeights {
	w := &PackedWeights{Choose: r.Uint32()}
	for c := range w.Table {
		for k := range w.Table[c] {
			w.Table[c][k] = int32(r.IntN(1<<14) - 1<<13)
		}
	}
	return w
}

// A packedSynapse is one as it went into a row.
type packedSynapse struct {
	target uint16
	weight int32
}

// layPacked returns random packed rows in exactly as many words as they need,
// the cursors of their begins, and what is in them: a row's segments of steps
// after its spike and synapses.
func layPacked(r *rand.Rand, rows int, w *PackedWeights) (syn []uint16, entry []Cursor, in []map[[2]int][]packedSynapse) {
	syn = make([]uint16, PackedMargin)
	for range rows {
		class := r.IntN(PackedClasses)
		choose := w.Choose>>class&1 != 0
		row := map[[2]int][]packedSynapse{}
		due := 0
		for s := range 1 + r.IntN(20) {
			n, channel, gap := min(segmentLength(r), MaxPackedSegment), r.IntN(2), uint16(r.IntN(4))
			if r.IntN(30) == 0 {
				gap = uint16(100 + r.IntN(100))
			}
			if s == 0 {
				due = 1 + int(gap)
				entry = append(entry, MakePackedCursor(uint32(len(syn)), n, class, channel, uint16(due)))
			} else {
				due += int(gap)
				link := make([]uint16, PackedLinkLen(n, gap))
				PutPackedLink(link, n, channel, gap)
				syn = append(syn, link...)
			}
			at := len(syn)
			syn = append(syn, make([]uint16, PackedLen(n, choose))...)
			for k := range n {
				x := packedSynapse{uint16(r.Uint32()), w.Table[class][0]}
				syn[at+k] = x.target
				if choose {
					b := uint16(r.IntN(256))
					syn[at+n+k/2] |= b << (8 * (k & 1))
					x.weight = w.Table[class][b]
				}
				row[[2]int{due, channel}] = append(row[[2]int{due, channel}], x)
			}
		}
		syn = append(syn, 0)
		in = append(in, row)
	}
	return syn, entry, in
}

// Packed rows deliver what went into them, at the step and in the channel of each;
// all loops, and those that follow the positive part or count several spikes.
func TestDeliverPacked(t *testing.T) {
	for _, l := range available {
		t.Run(l.name, func(t *testing.T) {
			for seed := range uint64(20) {
				r := rand.New(rand.NewPCG(seed, 6))
				w := packedWeights(r)
				laid, entry, in := layPacked(r, 1+r.IntN(40), w)
				syn, release := fenced(t, laid)
				var sum, split, several [2][1 << 16]int32
				var positive, positiveSeveral [1 << 16]int32
				want := map[int]*arrivals{} // by step
				var a, b []Cursor
				var m []Multiple
				for step := 65_500; step < 65_900; step++ {
					a = l.deliverPacked(a, int64(step), syn, w, &sum[0], &sum[1])
					before := inUse
					inUse = l
					b = DeliverPackedSplit(b, int64(step), syn, w, &split[0], &split[1], &positive)
					inUse = before
					m = DeliverPackedMultiple(m, int64(step), syn, w, &several[0], &several[1], &positiveSeveral)
					if !slices.Equal(a, b) || len(a) != len(m) {
						t.Fatalf("seed %d, step %d: cursors left are %x, %x and %x", seed, step, a, b, m)
					}
					for ch := range 2 {
						for target, x := range want[step].at(ch) {
							if got := [2]int32{sum[ch][target], several[ch][target]}; got != [2]int32{x[0], 3 * x[0]} || split[ch][target] != x[0] {
								t.Fatalf("seed %d, step %d, channel %d, target %d: %v, split %d, want %d and three times that", seed, step, ch, target, got, split[ch][target], x[0])
							}
							sum[ch][target], split[ch][target], several[ch][target] = 0, 0, 0
						}
						if sum[ch] != [1 << 16]int32{} {
							t.Fatalf("seed %d, step %d: something arrived where nothing was to", seed, step)
						}
					}
					for ch := range 2 {
						for target, x := range want[step].at(ch) {
							positive[target] -= x[1]
							positiveSeveral[target] -= 3 * x[1]
						}
					}
					if positive != [1 << 16]int32{} || positiveSeveral != [1 << 16]int32{} {
						t.Fatalf("seed %d, step %d: the positive part is another", seed, step)
					}
					for range max(0, min(1, 65_550-step)) * r.IntN(8) {
						row := r.IntN(len(entry))
						c := entry[row] + uint64(step)<<48
						a, b, m = append(a, c), append(b, c), append(m, Multiple{c, 3})
						for at, synapses := range in[row] {
							due := step + at[0]
							if want[due] == nil {
								want[due] = &arrivals{{}, {}}
							}
							for _, x := range synapses {
								s := want[due][at[1]][x.target]
								want[due][at[1]][x.target] = [2]int32{s[0] + x.weight, s[1] + max(x.weight, 0)}
							}
						}
					}
				}
				release()
			}
		})
	}
}

// arrivals are what is to arrive in a step, by channel and target: the whole and
// its positive part.
type arrivals [2]map[uint16][2]int32

func (w *arrivals) at(ch int) map[uint16][2]int32 {
	if w == nil {
		return nil
	}
	return w[ch]
}

// TestDeliverPackedLengths delivers segments of every length, with one weight
// and with a choice.
func TestDeliverPackedLengths(t *testing.T) {
	forEach(t, func(t *testing.T, l loops) {
		r := rand.New(rand.NewPCG(1, 3))
		for n := 1; n <= MaxPackedSegment; n += 1 + n/40 {
			for class := range 2 {
				w := packedWeights(r)
				w.Choose = 2
				laid := make([]uint16, PackedMargin+PackedLen(n, class == 1)+1)
				for k := range laid[:len(laid)-1] {
					laid[k] = uint16(r.Uint32())
				}
				syn, release := fenced(t, laid)
				c := []Cursor{MakePackedCursor(PackedMargin, n, class, n&1, 3)}
				var got, want [2][1 << 16]int32
				if left := l.deliverPacked(slices.Clone(c), 3, syn, w, &got[0], &got[1]); len(left) != 0 {
					t.Fatalf("%d synapses: cursors left are %x", n, left)
				}
				deliverPackedScalar(c, 3, syn, w, &want[0], &want[1])
				if got != want || got == ([2][1 << 16]int32{}) {
					t.Fatalf("%d synapses of class %d: sums differ from the scalar loop's", n, class)
				}
				release()
			}
		}
	})
}

// newPackedMicrocircuit is newMicrocircuit in packed rows: with a weight for each
// synapse, or one for all.
func newPackedMicrocircuit(choose bool) (syn []uint16, entry [2][]Cursor, w *PackedWeights) {
	r := rand.New(rand.NewPCG(1, 2))
	w = &PackedWeights{}
	for k := range w.Table[0] {
		w.Table[0][k] = int32(300 + k)
	}
	if choose {
		w.Choose = 1
	}
	syn = make([]uint16, PackedMargin, benchBytes/2)
	var count [100]int
	for len(syn)+2*benchSynapses+len(count) < cap(syn) {
		kind, mean, sd := 0, 15.0, 7.5
		if r.IntN(5) == 0 {
			kind, mean, sd = 1, 7.5, 3.75
		}
		clear(count[:])
		for range benchSynapses {
			count[min(99, max(1, int(math.Round(mean+sd*r.NormFloat64()))))]++
		}
		previous := -1
		for delay, n := range count {
			if n == 0 {
				continue
			}
			if previous < 0 {
				entry[kind] = append(entry[kind], MakePackedCursor(uint32(len(syn)), n, 0, 0, uint16(delay)))
			} else {
				link := len(syn)
				syn = append(syn, make([]uint16, PackedLinkLen(n, uint16(delay-previous)))...)
				PutPackedLink(syn[link:], n, 0, uint16(delay-previous))
			}
			previous = delay
			for range n {
				syn = append(syn, uint16(r.IntN(benchTargets)))
			}
			for range PackedLen(n, choose) - n {
				syn = append(syn, uint16(r.Uint32()))
			}
		}
		syn = append(syn, 0)
	}
	return syn, entry, w
}

func BenchmarkDeliverPacked(b *testing.B) {
	for _, choose := range []bool{false, true} {
		syn, entry, w := newPackedMicrocircuit(choose)
		for _, l := range available[:min(2, len(available))] {
			b.Run(map[bool]string{false: "one/", true: "choose/"}[choose]+l.name, func(b *testing.B) {
				benchDeliver(b, entry, func(active []Cursor, step int64, sum0, sum1 *[1 << 16]int32) []Cursor {
					return l.deliverPacked(active, step, syn, w, sum0, sum1)
				}, MaxPackedSegment)
			})
		}
	}
}
