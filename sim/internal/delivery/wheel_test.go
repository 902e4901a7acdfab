package delivery

import (
	"math/rand/v2"
	"slices"
	"testing"

	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/network"
)

// A wheel gives what was put into it at the step it is due, for delays from 1
// step to the longest, put at any time, also where the 16 bits of steps wrap; a
// cursor is handled at most twice on its way.
func TestWheel(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var w wheel[kernel.Cursor]
	due := map[int64][]kernel.Cursor{}
	const begin, steps = 1<<16 - 40_000, 120_000
	n := 0
	for now := int64(begin); now < begin+steps; now++ {
		for range r.IntN(4) {
			var delay int64
			switch r.IntN(6) {
			case 0:
				delay = network.MaxDelay
			case 1:
				delay = 1 + r.Int64N(network.MaxDelay)
			case 2:
				delay = nearSteps - 1 + r.Int64N(3)
			case 3:
				delay = 1
			default:
				delay = 1 + r.Int64N(200)
			}
			c := kernel.MakeCursor(uint32(n), 1, 0, uint16(now+delay))
			n++
			w.put(c, uint16(now+delay), uint16(now))
			due[now+delay] = append(due[now+delay], c)
		}
		if now == begin+steps/2 {
			w = *w.clone()
		}
		got := w.take(uint16(now+1), func(c kernel.Cursor) uint16 { return uint16(c >> 48) })
		slices.Sort(got)
		want := due[now+1]
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("at step %d: %x, want %x", now+1, got, want)
		}
		w.giveBack(got)
		delete(due, now+1)
	}
	left := 0
	for _, l := range due {
		left += len(l)
	}
	if w.held != left {
		t.Errorf("holds %d, want %d", w.held, left)
	}
	if w.moved > 2*int64(n) {
		t.Errorf("%d cursors were handled %d times", n, w.moved)
	}
	w.clear()
	if w.held != 0 || len(underWay(&transit{once: w})) != 0 {
		t.Error("holds something when cleared")
	}
}

// What is put where others have been does not take more memory: lists are used
// again.
func TestWheelMemory(t *testing.T) {
	var w wheel[kernel.Cursor]
	now := uint16(0)
	round := func() {
		for range 5000 {
			for range 20 {
				w.put(kernel.MakeCursor(0, 1, 0, now+1000), now+1000, now)
			}
			now++
			w.giveBack(w.take(now, func(c kernel.Cursor) uint16 { return uint16(c >> 48) }))
		}
	}
	round()
	if n := testing.AllocsPerRun(2, round); n > 0 {
		t.Errorf("%g allocations in 5000 steps", n)
	}
}
