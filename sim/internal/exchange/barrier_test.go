package exchange

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Nobody passes a barrier before all have come to it, and what was written
// before it is seen after it, with more workers than processors and with ones
// that take their time.
func TestBarrier(t *testing.T) {
	for _, n := range []int{1, 2, 3, 8, 33} {
		for _, lazy := range []bool{false, true} {
			t.Run(fmt.Sprint(n, " workers, lazy ", lazy), func(t *testing.T) {
				rounds := 2000
				if lazy {
					rounds = 20
				}
				if n > runtime.GOMAXPROCS(0) {
					rounds = min(rounds, 300)
				}
				b := newBarrier(n)
				plain := make([]int, n) // written without any lock: the race detector watches
				var came atomic.Int64
				var wg sync.WaitGroup
				for w := range n {
					wg.Add(1)
					go func() {
						defer wg.Done()
						r := rand.New(rand.NewPCG(1, uint64(w)))
						patience := waiter{maxPatience}
						for i := range rounds {
							if lazy && r.IntN(4) == 0 {
								time.Sleep(time.Duration(r.IntN(3)) * time.Millisecond)
							}
							plain[w] = i
							came.Add(1)
							b.wait(&patience)
							if c := came.Load(); c < int64(n*(i+1)) {
								t.Errorf("passed round %d when %d of %d had come", i, c-int64(n*i), n)
								return
							}
							for o := range n {
								if plain[o] != i {
									t.Errorf("round %d: worker %d is at %d", i, o, plain[o])
									return
								}
							}
							b.wait(&patience)
							if patience.patience < minPatience || patience.patience > maxPatience {
								t.Errorf("patience %v", patience.patience)
								return
							}
						}
					}()
				}
				wg.Wait()
			})
		}
	}
}

// A worker that keeps the others waiting for long makes them less patient, and
// short waits make up for it.
func TestBarrierPatience(t *testing.T) {
	if runtime.GOMAXPROCS(0) < 2 {
		t.Skip("one processor: nobody spins")
	}
	b := newBarrier(2)
	w := waiter{maxPatience}
	go func() {
		other := waiter{maxPatience}
		for range 5 {
			time.Sleep(2 * longWait)
			b.wait(&other)
		}
	}()
	for range 5 {
		b.wait(&w)
	}
	if w.patience >= maxPatience/2 {
		t.Errorf("patience %v after long waits", w.patience)
	}
}

// Whoever waits at an abandoned barrier, spinning, asleep or not there yet, goes
// on and is told.
func TestBarrierAbandon(t *testing.T) {
	for _, n := range []int{2, 3, 9} {
		for _, late := range []time.Duration{0, 50 * time.Microsecond, 5 * time.Millisecond} {
			b := newBarrier(n)
			var wg sync.WaitGroup
			for range n - 1 {
				wg.Add(1)
				go func() {
					defer wg.Done()
					w := waiter{maxPatience}
					b.wait(&w) // to which all come
					for range 3 {
						if b.wait(&w) {
							t.Error("passed a barrier that one did not come to")
						}
					}
				}()
			}
			b.wait(&waiter{maxPatience})
			time.Sleep(late)
			b.abandon()
			wg.Wait()
		}
	}
}

// BenchmarkBarrier is a round trip of all workers, who do nothing in between.
func BenchmarkBarrier(b *testing.B) {
	for _, n := range []int{1, 2, runtime.GOMAXPROCS(0) + 2} {
		b.Run(fmt.Sprint(n, " workers"), func(b *testing.B) {
			bar := newBarrier(n)
			var wg sync.WaitGroup
			start := time.Now()
			for range n {
				wg.Add(1)
				go func() {
					defer wg.Done()
					w := waiter{maxPatience}
					for range b.N {
						bar.wait(&w)
					}
				}()
			}
			wg.Wait()
			b.ReportMetric(float64(time.Since(start).Nanoseconds())/float64(b.N), "ns/round")
		})
	}
}
