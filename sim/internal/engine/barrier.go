package engine

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// A barrier lets n workers wait for one another. A worker spins, since the others
// are mostly microseconds away and being woken costs as much as a step of a
// large network; but when that keeps failing somebody else needs the processor,
// perhaps for the very worker that is waited for, so it spins ever shorter and
// then sleeps.
type barrier struct {
	n       int32
	spin    bool
	arrived atomic.Int32
	round   atomic.Uint32
	mu      sync.Mutex
	wake    sync.Cond
	asleep  int32
}

// A waiter is what one worker remembers between waits.
type waiter struct{ patience time.Duration }

const (
	maxPatience = 200 * time.Microsecond
	minPatience = 2 * time.Microsecond
)

func newBarrier(n int) *barrier {
	// With more workers than processors, somebody's processor is needed.
	b := &barrier{n: int32(n), spin: n <= runtime.GOMAXPROCS(0)}
	b.wake.L = &b.mu
	return b
}

// wait returns when all n workers have called it.
func (b *barrier) wait(w *waiter) {
	if b.n == 1 {
		return
	}
	round := b.round.Load()
	if b.arrived.Add(1) == b.n {
		b.arrived.Store(0)
		b.mu.Lock()
		b.round.Add(1)
		if b.asleep > 0 {
			b.asleep = 0
			b.wake.Broadcast()
		}
		b.mu.Unlock()
		return
	}
	if b.spin && b.spinUntil(round, w) {
		return
	}
	b.mu.Lock()
	for b.round.Load() == round {
		b.asleep++
		b.wake.Wait()
	}
	b.mu.Unlock()
}

// spinUntil waits for the end of a round without sleeping; false if it takes
// longer than w has patience for.
func (b *barrier) spinUntil(round uint32, w *waiter) bool {
	start := time.Now()
	for {
		for range 100 {
			if b.round.Load() != round {
				w.patience = min(maxPatience, w.patience+w.patience/8+minPatience)
				return true
			}
		}
		if time.Since(start) > w.patience {
			w.patience = max(minPatience, w.patience/2)
			return false
		}
	}
}
