package engine

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// A barrier lets n workers wait for one another. A worker spins for a moment,
// since the others are mostly microseconds away; then it lets other goroutines
// run; then it sleeps, so that a busy machine can give its core to whoever
// keeps it waiting.
type barrier struct {
	n       int32
	spin    int
	arrived atomic.Int32
	round   atomic.Uint32
	mu      sync.Mutex
	wake    sync.Cond
	asleep  int32
}

const (
	spins  = 4000
	yields = 100
)

func newBarrier(n int) *barrier {
	b := &barrier{n: int32(n), spin: spins}
	if n > runtime.GOMAXPROCS(0) {
		b.spin = 0 // somebody's core is needed
	}
	b.wake.L = &b.mu
	return b
}

// wait returns when all n workers have called it.
func (b *barrier) wait() {
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
	for range b.spin {
		if b.round.Load() != round {
			return
		}
	}
	for range yields {
		if b.round.Load() != round {
			return
		}
		runtime.Gosched()
	}
	b.mu.Lock()
	for b.round.Load() == round {
		b.asleep++
		b.wake.Wait()
	}
	b.mu.Unlock()
}
