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

// together calls f for each of n workers on a goroutine of its own.
func together(n int, f func(w int)) {
	var wg sync.WaitGroup
	for w := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			f(w)
		}()
	}
	wg.Wait()
}

// Every seat is taken once a round, whoever is late; no round begins before the
// last has ended; and what was written before is seen after, with more workers
// than processors and with ones that take their time.
func TestWorkers(t *testing.T) {
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
				c := NewWorkers(n)
				plain := make([]int, n) // written without any lock: the race detector watches
				round, sat := 0, make([]atomic.Int64, n)
				together(n, func(me int) {
					r := rand.New(rand.NewPCG(1, uint64(me)))
					c.Work(me, func(seat int) {
						if lazy && r.IntN(4) == 0 {
							time.Sleep(time.Duration(r.IntN(3)) * time.Millisecond)
						}
						for o := range n {
							if o != seat && sat[o].Load() < int64(round) {
								t.Errorf("round %d began before seat %d was done", round, o)
							}
						}
						plain[seat]++
						sat[seat].Add(1)
					}, func() bool {
						round++
						for seat, times := range plain {
							if times != round {
								t.Errorf("after round %d, seat %d was taken %d times", round, seat, times)
							}
						}
						return round < rounds
					})
				})
				if round != rounds {
					t.Errorf("%d rounds, want %d", round, rounds)
				}
			})
		}
	}
}

// The rounds go on without workers that do not come, or come at times; who
// comes gets its own seat again; a seat that is kept waits for its worker.
func TestWorkersLate(t *testing.T) {
	const n, rounds = 3, 300
	for _, kept := range []bool{false, true} {
		c := NewWorkers(n)
		came := make(chan bool)
		var by [n][n]int // by seat and worker
		round := 0
		together(n, func(me int) {
			if me == 1 {
				<-came
			}
			c.Work(me, func(seat int) {
				by[seat][me]++
				if me != 1 && round > rounds {
					time.Sleep(200 * time.Microsecond) // worker 1 has time to come
				}
				if seat == 1 && me == 1 && !kept && round < rounds/2 {
					t.Errorf("worker 1 came in round %d", round)
				}
			}, func() bool {
				if round++; round == rounds/2 {
					if kept {
						c.Keep(1, true)
					}
					go func() {
						time.Sleep(time.Millisecond)
						close(came)
					}()
				}
				return round < rounds || by[1][1] < 2
			})
		})
		if by[1][1] < 2 || by[1][0]+by[1][2] < rounds/2 {
			t.Errorf("seat 1 was taken %d times by its worker, by others %d and %d times", by[1][1], by[1][0], by[1][2])
		}
		if kept && by[1][0]+by[1][2] != rounds/2 {
			t.Errorf("a kept seat was taken %d times by others, want %d", by[1][0]+by[1][2], rounds/2)
		}
	}
}

// Whoever waits when the rounds are abandoned, spinning, asleep or not there yet,
// goes on, and there is no other round.
func TestWorkersAbandon(t *testing.T) {
	for _, n := range []int{2, 3, 9} {
		for _, late := range []time.Duration{0, 20 * time.Microsecond, 5 * time.Millisecond} {
			c := NewWorkers(n)
			ended := make(chan bool)
			together(n, func(me int) {
				if me == n-1 {
					<-ended
				}
				c.Work(me, func(seat int) {
					if seat == 0 { // the others wait for who sits there
						time.Sleep(late)
						c.Abandon()
						close(ended)
					}
				}, func() bool {
					select {
					case <-ended:
					default:
						t.Error("a round ended that one sat in")
					}
					return true
				})
			})
		}
	}
}

// BenchmarkWorkers is a round of workers that have nothing to do, and of some that
// do something for 10 µs.
func BenchmarkWorkers(b *testing.B) {
	for _, n := range []int{1, 2, 4, 8, 16} {
		for _, work := range []time.Duration{0, 10 * time.Microsecond} {
			b.Run(fmt.Sprint(n, " workers, ", work), func(b *testing.B) {
				c := NewWorkers(n)
				rounds := 0
				start := time.Now()
				together(n, func(me int) {
					c.Work(me, func(int) {
						if work > 0 {
							for began := time.Now(); time.Since(began) < work; {
							}
						}
					}, func() bool { rounds++; return rounds < b.N })
				})
				b.ReportMetric(float64(time.Since(start).Nanoseconds())/float64(b.N), "ns/round")
			})
		}
	}
}
