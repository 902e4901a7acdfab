package exchange

import (
	"sync"
	"sync/atomic"
	"time"
)

// Workers share out the rounds of a run among them. Each has a seat, and in a
// round what there is to do in every seat is to be done once; the last to finish
// closes the round, and the next begins. A worker takes its own seat, whose data
// are in its cache, as soon as a round begins. If it comes too late, since it has
// lost its processor to another process, somebody else takes its seat, and nobody
// waits for it. Only who loses its processor within its work keeps the others
// waiting.
type Workers struct {
	seats []seat

	_     [64]byte
	round atomic.Int64 // at hand
	over  atomic.Bool  // it is none
	// absent is how many seats others took last: who is done looks at all seats, in
	// cache lines of their workers, only if there are any, or after a while.
	absent atomic.Int64
	_      [64]byte
	left   atomic.Int64 // seats in which there is something to do still
	_      [64]byte

	asleep atomic.Int64
	mu     sync.Mutex
	wake   sync.Cond
}

// A seat is in cache lines of its own.
type seat struct {
	next atomic.Int64 // the round in which it is to be taken next
	by   atomic.Int64 // who took it last
	kept atomic.Bool  // for its own worker
	_    [104]byte
}

// A worker spins for twice as long as its own work took, since processors differ,
// within these bounds, before it sleeps. Steps take microseconds, and being woken
// takes some ten; whoever waits for longer waits for a worker that has lost its
// processor within its work, for some milliseconds, and may be sitting on the one
// that it needs.
const (
	minPatience = 50 * time.Microsecond
	maxPatience = 400 * time.Microsecond
)

// NewWorkers returns n workers, numbered from 0, and their seats.
func NewWorkers(n int) *Workers {
	c := &Workers{seats: make([]seat, n)}
	for i := range c.seats {
		c.seats[i].by.Store(int64(i))
	}
	c.left.Store(int64(n))
	c.wake.L = &c.mu
	return c
}

// Keep says whether a seat is for its own worker alone from now on, however late
// it comes. Who sits there may call it.
func (c *Workers) Keep(seat int, kept bool) {
	if s := &c.seats[seat]; s.kept.Load() != kept {
		s.kept.Store(kept)
	}
}

// Work is called by each worker and returns when the rounds are over, with how
// long it waited. It calls sit for what there is to do in a seat; and after the last
// of a round, when nobody sits, next, which says whether another round follows.
// What was written before is seen after.
func (c *Workers) Work(me int, sit func(seat int), next func() bool) (waited time.Duration) {
	w := worker{c, me, sit, next}
	began := time.Now()
	for {
		round := c.round.Load()
		if c.over.Load() {
			return waited
		}
		if len(c.seats) == 1 {
			w.take(me, round)
			continue
		}
		w.take(me, round)
		done := time.Now()
		helped := w.wait(round, done, done.Sub(began))
		began = time.Now()
		waited += began.Sub(done) - helped
	}
}

// Abandon ends the rounds, now and at once for those who wait: a worker will not come.
func (c *Workers) Abandon() {
	c.over.Store(true)
	c.round.Add(1)
	c.wakeAll()
}

// wakeAll wakes who has gone to sleep before the round changed. Who is about to
// will see that it has: it counts itself before it looks.
func (c *Workers) wakeAll() {
	if c.asleep.Load() > 0 {
		c.mu.Lock()
		c.wake.Broadcast()
		c.mu.Unlock()
	}
}

// A worker is one in Work.
type worker struct {
	*Workers
	me   int
	sit  func(seat int)
	next func() bool
}

// take does what there is to do in a seat in a round, unless somebody has
// taken it.
func (w *worker) take(i int, round int64) {
	s := &w.seats[i]
	if s.next.Load() != round || !s.next.CompareAndSwap(round, round+1) {
		return
	}
	if by := s.by.Load(); by != int64(w.me) {
		s.by.Store(int64(w.me))
		if by == int64(i) {
			w.absent.Add(1)
		} else if w.me == i {
			w.absent.Add(-1)
		}
	}
	w.sit(i)
	if w.left.Add(-1) > 0 || w.over.Load() {
		return
	}
	w.left.Store(int64(len(w.seats)))
	if !w.next() {
		w.over.Store(true)
	}
	w.round.Store(round + 1)
	w.wakeAll()
}

// wait returns when a round has ended, and how long it did the work of others
// meanwhile. A worker is late when it was in the last round, or has not come by the
// time in which it could have done its work.
func (w *worker) wait(round int64, start time.Time, own time.Duration) (helped time.Duration) {
	patience := max(minPatience, min(2*own, maxPatience))
	own = min(own, patience)
	if w.absent.Load() > 0 {
		helped = w.help(round, func(s *seat, i int) bool { return s.by.Load() != int64(i) })
	}
	for waiting := true; ; {
		for range 100 {
			if w.round.Load() != round {
				return helped
			}
		}
		waited := time.Since(start) - helped
		if waiting && waited > own {
			waiting = false
			helped += w.help(round, func(*seat, int) bool { return true })
		}
		if waited > patience {
			w.sleep(round)
			return helped
		}
	}
}

// help takes the seats of workers that are late, and returns how long that took.
func (w *worker) help(round int64, late func(s *seat, i int) bool) (took time.Duration) {
	for i := range w.seats {
		if s := &w.seats[i]; s.next.Load() == round && w.round.Load() == round && !s.kept.Load() && late(s, i) {
			start := time.Now()
			w.take(i, round)
			took += time.Since(start)
		}
	}
	return took
}

// sleep returns when a round has ended.
func (w *worker) sleep(round int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asleep.Add(1)
	for w.round.Load() == round {
		w.wake.Wait()
	}
	w.asleep.Add(-1)
}
