package kernel

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"cortigo/sim/internal/rng"
)

// fencedLengths are around the lanes of vectors, where a loop might go too far.
func fencedLengths() []int {
	n := []int{31, 32, 33, 63, 64, 65, 250}
	for k := range 20 {
		n = append(n, k+1)
	}
	return n
}

// eachPlace runs a test twice, so that what was after a fence is then before
// one.
func eachPlace(test func()) {
	for place := range 2 {
		fences = place
		test()
	}
}

// fence gives a field's elements pages of their own that end, or begin, with
// them.
func fence[T comparable](t *testing.T, f *field[T], release *[]func()) {
	x, free := fenced(t, f.x)
	f.x = x
	*release = append(*release, free)
}

// No neuron loop, with any extra input, reads or writes beside its arrays.
func TestNeuronLoopsFenced(t *testing.T) {
	forEach(t, func(t *testing.T, l loops) {
		for _, loop := range neuronLoops {
			eachPlace(func() {
				r := rand.New(rand.NewPCG(1, 2))
				for _, n := range fencedLengths() {
					run := loop.make(n, true)
					for extra := range extras {
						s := newNeurons(r, n, 0, 3)
						want := s.clone()
						var release []func()
						for _, f := range s.floats() {
							fence(t, f, &release)
						}
						fence(t, &s.ready, &release)
						fence(t, &s.sumEx, &release)
						fence(t, &s.sumIn, &release)
						fence(t, &s.counts, &release)
						spikes, free := fenced(t, make([]uint16, n))
						s.spikes, want.spikes = spikes[:0], nil
						run(&l, s, extra, s.drive.x)
						run(&scalar, want, extra, want.drive.x)
						if !slices.Equal(s.spikes, want.spikes) || !slices.Equal(s.v.x, want.v.x) || !slices.Equal(s.sumEx.x, want.sumEx.x) {
							t.Fatalf("%s of %d neurons differs from the scalar loop", loop.name, n)
						}
						for _, free := range append(release, free) {
							free()
						}
					}
				}
			})
		}
	})
}

// Nor does the generator beside its output, nor the Poisson numbers beside
// theirs.
func TestPhiloxFenced(t *testing.T) {
	forEach(t, func(t *testing.T, l loops) {
		eachPlace(func() {
			for _, n := range fencedLengths() {
				key, c := rng.Key{1, 2}, [4]uint32{3, 4, 5, 6}
				got, release := fenced(t, make([]uint32, 4*n))
				want := make([]uint32, 4*n)
				l.philoxFill(key, c, 3, got)
				philoxFillScalar(key, c, 3, want)
				if !slices.Equal(got, want) {
					t.Fatalf("%d blocks differ from the scalar loop's", n)
				}
				release()
				for _, mean := range []float64{1.6, 30} { // either table for vectors
					table := NewPoissonTable(mean)
					var free []func()
					v := table.vector
					if (v.few == nil) == (v.many == nil) {
						t.Fatalf("mean %g: tables %v and %v, want one of them", mean, v.few, v.many)
					}
					fenceTable(t, &v.few, &free)
					fenceTable(t, &v.each, &free)
					fenceTable(t, &v.many, &free)
					var got, want [PoissonSteps][]uint8
					for s := range got {
						var release func()
						got[s], release = fenced(t, make([]uint8, n))
						free = append(free, release)
						want[s] = make([]uint8, n)
					}
					id := rng.ID{Purpose: rng.PoissonInput}
					l.poissonCounts(table, key, id, 56, 1, 2, &got)
					poissonCountsScalar(table, key, id, 56, 1, 2, &want)
					for s := range got {
						if !slices.Equal(got[s], want[s]) {
							t.Fatalf("mean %g: %d numbers differ from the scalar loop's", mean, n)
						}
					}
					for _, release := range free {
						release()
					}
				}
			}
		})
	})
}

// fenceTable gives an array pages of its own, if there is one.
func fenceTable[T any](t *testing.T, table **T, release *[]func()) {
	if *table == nil {
		return
	}
	x, free := fenced(t, []T{**table})
	*table = &x[0]
	*release = append(*release, free)
}

// Nor the delivery through rings beside rows, list or ring.
func TestDeliverRingFenced(t *testing.T) {
	forEach(t, func(t *testing.T, l loops) {
		eachPlace(func() {
			r := rand.New(rand.NewPCG(1, 2))
			for _, n := range fencedLengths() {
				lengths := make([]int, 1+r.IntN(12))
				for i := range lengths {
					lengths[i] = r.IntN(n + 1)
				}
				lengths[0] = n
				laid, words := ringRowsOf(r, RingSlots, lengths)
				rows, freeRows := fenced(t, laid)
				syn, freeSyn := fenced(t, words[:len(words)-1])
				ring, freeRing := fenced(t, make([]int32, RingSlots*RingSteps))
				want := new(Ring)
				l.deliverRing(rows, syn, (*Ring)(ring))
				deliverRingScalar(rows, syn, want)
				if *want != *(*Ring)(ring) {
					t.Fatalf("rows of %d: sums differ from the scalar loop's", lengths)
				}
				freeRows()
				freeSyn()
				freeRing()
			}
		})
	})
}

// farOffsets are indices of words at which offsets in bytes pass 2, 4, 8 and 16
// GB, and the last that a cursor can have.
var farOffsets = []uint64{1 << 28, 1 << 29, 1 << 30, 1 << 31, 1<<32 - 300}

// testDeliverFar delivers rows that lie across far offsets as it does at the
// beginning of memory.
func testDeliverFar[W word, S int32 | int64](t *testing.T, deliver func([]Cursor, int64, []W, *[1 << 16]S, *[1 << 16]S) []Cursor) {
	syn, release := sparse[W](t, 1<<32)
	defer release()
	r := rand.New(rand.NewPCG(1, 2))
	var row []W
	// Three segments of 100 words, two at the same time, one 2 steps later.
	for _, link := range []uint32{MakeLink(99, 1, 0), MakeLink(99, 0, 2), 0} {
		for range 99 {
			row = append(row, W(r.Uint64()))
		}
		row = append(row, W(link))
	}
	for _, at := range farOffsets {
		from := at - 150 // across the offset
		if at+300 >= 1<<32 {
			from = 1<<32 - 300
		}
		copy(syn[from:], row)
		var got, want [2][1 << 16]S
		far, near := []Cursor{MakeCursor(uint32(from), 99, 0, 5)}, []Cursor{MakeCursor(0, 99, 0, 5)}
		for _, step := range []int64{5, 7} {
			far = deliver(far, step, syn, &got[0], &got[1])
			near = deliver(near, step, row, &want[0], &want[1])
			if len(far) != len(near) || step == 5 && (len(far) != 1 || uint64(uint32(far[0])) != from+200) {
				t.Fatalf("from word %#x, step %d: %x is left", from, step, far)
			}
		}
		if got != want {
			t.Errorf("from word %#x on sums are others", from)
		}
	}
}

func TestDeliverFarOffsets(t *testing.T) {
	for _, l := range available[:min(2, len(available))] { // delivery has no vectors
		t.Run(l.name, func(t *testing.T) {
			testDeliverFar(t, l.deliver)
			testDeliverFar(t, l.deliverWide)
			syn, release := sparse[uint32](t, 1<<32)
			defer release()
			r := rand.New(rand.NewPCG(1, 2))
			for _, at := range farOffsets {
				rows, words := ringRowsOf(r, RingSlots, []int{200})
				from := at - 100
				copy(syn[from:], words[:200])
				got, want := new(Ring), new(Ring)
				l.deliverRing(rows, words, want)
				rows[0].Index = uint32(from)
				l.deliverRing(rows, syn, got)
				if *got != *want {
					t.Errorf("a ring's sums from word %#x on are others", from)
				}
			}
		})
	}
}

// A row that is delivered m times at once is delivered m times, of either form,
// with the positive part and without.
func TestDeliverMultiple(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	testMultiple(t, func() uint32 { return r.Uint32() }, Deliver, DeliverSplit)
	testMultiple(t, func() uint64 { return r.Uint64() }, DeliverWide, DeliverWideSplit)

	rows, syn := ringRowsOf(r, RingSlots, []int{100})
	for _, times := range []uint32{0, 1, 2, 3, 65535} {
		got, want := new(Ring), new(Ring)
		DeliverRingMultiple(rows[0], times, syn, got)
		for range times {
			deliverRingScalar(rows, syn, want)
		}
		if *got != *want {
			t.Errorf("a ring's sums of %d times a row are others", times)
		}
	}
}

func testMultiple[W word, S int32 | int64](t *testing.T, random func() W, deliver func([]Cursor, int64, []W, *[1 << 16]S, *[1 << 16]S) []Cursor,
	split func([]Cursor, int64, []W, *[1 << 16]S, *[1 << 16]S, *[1 << 16]S) []Cursor) {
	r := rand.New(rand.NewPCG(3, 4))
	syn, entry := layRows(r, 20, random)
	for _, positive := range []bool{false, true} {
		var got, want [3][1 << 16]S
		var several []Multiple
		var once []Cursor
		for step := int64(1<<16 - 50); step < 1<<16+50; step++ {
			if step < 1<<16-20 {
				c, times := entry[r.IntN(len(entry))]+uint64(step-1)<<48, r.IntN(4)
				several = append(several, Multiple{c, uint32(times)})
				for range times {
					once = append(once, c)
				}
			}
			if positive {
				several = DeliverMultiple(several, step, syn, &got[0], &got[1], &got[2])
				once = split(once, step, syn, &want[0], &want[1], &want[2])
			} else {
				several = DeliverMultiple(several, step, syn, &got[0], &got[1], nil)
				once = deliver(once, step, syn, &want[0], &want[1])
			}
			if got != want {
				t.Fatalf("%T, positive part %v, step %d: sums are others", syn, positive, step)
			}
			left := 0
			for _, m := range several {
				left += int(m.Times)
			}
			if left != len(once) {
				t.Fatalf("step %d: %d are left, want %d", step, left, len(once))
			}
		}
		if want[0] == [1 << 16]S{} || len(once) > 0 {
			t.Fatal(fmt.Sprint("nothing was delivered, or not all: ", len(once)))
		}
	}
}
