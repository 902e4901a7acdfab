package exchange

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// A barrier lets n workers wait for one another, until one abandons it. A worker spins, since the others
// are mostly microseconds away and being woken costs as much as a step of a
// large network. But where waits are long somebody else needs the processor,
// perhaps for the very worker that is waited for: then it spins ever shorter
// before it sleeps, until waits are short again.
type barrier struct {
	n       int32
	spin    bool
	arrived atomic.Int32
	round   atomic.Uint32
	mu      sync.Mutex
	wake    sync.Cond
	asleep  int32

	abandoned atomic.Bool
}

// A waiter is what one worker remembers between waits.
type waiter struct{ patience time.Duration }

const (
	maxPatience = 200 * time.Microsecond
	minPatience = 2 * time.Microsecond
	// longWait tells waits for a worker that has lost its processor, a time slice
	// of some milliseconds, from those that spinning would have got over with.
	longWait = time.Millisecond
)

func newBarrier(n int) *barrier {
	// With more workers than processors, somebody's processor is needed.
	b := &barrier{n: int32(n), spin: n <= runtime.GOMAXPROCS(0)}
	b.wake.L = &b.mu
	return b
}

// wait returns when all n workers have called it; false, then or at once, if
// the barrier is abandoned.
func (b *barrier) wait(w *waiter) bool {
	if b.n == 1 {
		return true
	}
	round := b.round.Load()
	if b.abandoned.Load() {
		return false // the round that this ended may have been counted already
	}
	if b.arrived.Add(1) == b.n {
		b.arrived.Store(0)
		b.mu.Lock()
		b.round.Add(1)
		if b.asleep > 0 {
			b.asleep = 0
			b.wake.Broadcast()
		}
		b.mu.Unlock()
		return !b.abandoned.Load()
	}
	start := time.Now()
	if b.spin && b.spinUntil(round, start, w.patience) {
		return !b.abandoned.Load()
	}
	b.mu.Lock()
	for b.round.Load() == round {
		b.asleep++
		b.wake.Wait()
	}
	b.mu.Unlock()
	if time.Since(start) < longWait {
		w.patience = min(maxPatience, 4*w.patience)
	} else {
		w.patience = max(minPatience, w.patience/2)
	}
	return !b.abandoned.Load()
}

// abandon ends all waiting, now and later: a worker will not come.
func (b *barrier) abandon() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.abandoned.Store(true)
	b.round.Add(1)
	b.asleep = 0
	b.wake.Broadcast()
}

// spinUntil waits for the end of a round for as long as patience lasts.
func (b *barrier) spinUntil(round uint32, start time.Time, patience time.Duration) bool {
	for {
		for range 100 {
			if b.round.Load() != round {
				return true
			}
		}
		if time.Since(start) > patience {
			return false
		}
	}
}
