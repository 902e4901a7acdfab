package engine

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// maxInterval bounds how many steps pass between exchanges where delays would
// allow more, so that progress and stopping stay prompt.
const maxInterval = 64

// Run advances the network by steps. progress, if not nil, is called with the
// number of steps done about ten times a second, on a worker.
//
// # The run loop
//
// Workers are goroutines; worker w owns the shards w, w+threads, ... and nobody
// else writes to a shard. Time goes in intervals of the smallest delay, so that
// no spike of an interval arrives within it. In interval j every worker
//
//  1. advances each of its shards through the steps of the interval: delivers
//     the segments that are due, updates the neurons, and appends their spikes
//     to the shard's buffer j mod 2, in order of step, then neuron, and their
//     samples to the recorders' buffer j mod 2;
//  2. waits for all others;
//  3. for each of its shards reads the spikes of all shards, buffers j mod 2,
//     and starts the rows that they have here. Worker 0 also merges the spikes
//     and hands them, and the samples, to the recorders.
//
// Then it goes on with interval j+1, which writes the other buffers. Nobody can
// write to buffer j mod 2 again before all have met at the end of interval j+1
// and so have read it: one barrier an interval is enough.
//
// Worker 0 looks at the context, at errors and at the clock in phase 1, and
// stores in last the interval to stop after. The others read it behind the
// barrier of that interval. A run so ends between intervals with a state from
// which it can go on, whether it finished or was stopped. Where a step itself
// fails, since more spikes come at once than a sum holds, the interval is not
// recorded; networks in which that may be keep the state in which a run began,
// and are taken from there, which gives the same again, to the last whole
// interval.
//
// After a panic, most likely of a recorder or of progress, which are called on
// the caller's goroutine, there is no such state: whoever panics abandons the
// barrier, so that all workers end, the panic goes on to the caller of Run, and
// the engine goes on no more.
func (e *Engine) Run(ctx context.Context, steps int64, progress func(done int64)) (err error) {
	if e.broken != nil {
		return fmt.Errorf("an earlier run stopped within a step, from which nothing can go on: %w", e.broken)
	}
	if steps <= 0 {
		return ctx.Err()
	}
	var start *State
	events := e.events
	if e.risky {
		start = e.State()
	}
	e.seek()
	r := &run{e: e, ctx: ctx, begin: e.step, end: e.step + steps, done: e.step, interval: min(e.bounds.MinDelay, maxInterval),
		barrier: newBarrier(e.threads), progress: progress, start: time.Now()}
	r.last.Store(int64(^uint64(0) >> 1))
	var wg sync.WaitGroup
	defer r.unwind(&wg, &err)
	for w := 1; w < e.threads; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer r.catch()
			r.work(w)
			r.inspect(w)
		}()
	}
	r.work(0)
	r.inspect(0)
	wg.Wait()
	if r.caught != nil {
		panic(r.caught)
	}
	e.step, e.broken = r.done, r.broken
	err = r.failure()
	if r.first != nil {
		err = r.first
		if start != nil && e.returnTo(start, events, r.done) == nil {
			err = fmt.Errorf("%w; the network stands at %g ms, before that step, and can be saved or changed there", err, e.clock.MS(r.done))
		}
	}
	r.calling = "a recorder"
	if flushErr := e.flushRecorders(); err == nil {
		err = flushErr
	}
	if err == nil && e.step < r.end {
		err = ctx.Err()
	}
	r.ended = true
	return err
}

// A run is one call of Run.
type run struct {
	e          *Engine
	ctx        context.Context
	begin, end int64
	interval   int64
	barrier    *barrier
	last       atomic.Int64 // the interval after which all stop
	done       int64        // steps done, written by worker 0

	progress func(int64)
	start    time.Time
	shown    time.Time

	calling string // whose code worker 0 is in; none: the engine's
	ended   bool   // without a panic

	mu       sync.Mutex
	caught   *workerPanic // of a worker other than 0
	err      error
	first    *stepError // of all within steps
	broken   error      // the same
	brokenAt int64      // its interval
}

// catch is deferred by workers other than 0: a panic there, which nobody could
// recover, ends the run and goes on in worker 0.
func (r *run) catch() {
	if p := recover(); p != nil {
		r.mu.Lock()
		if r.caught == nil {
			r.caught = newWorkerPanic(p)
		}
		r.mu.Unlock()
		r.barrier.abandon()
	}
}

// unwind is deferred by Run. If it ends in a panic, or its goroutine is ended, the
// other workers are made to end too, and the engine goes on no more. Rows that
// cannot be read are an error of Run.
func (r *run) unwind(wg *sync.WaitGroup, err *error) {
	if r.ended {
		return
	}
	p := recover()
	r.barrier.abandon()
	wg.Wait()
	who, what := r.calling, p
	if who == "" {
		who = "a worker"
	}
	if c, ok := p.(*workerPanic); ok {
		who, what = "a worker", c.value
	}
	r.e.step = r.done
	if p == nil {
		r.e.broken = fmt.Errorf("%s ended the goroutine that simulated", who)
		return // which it goes on to do
	}
	if r.calling == "" && isFault(p) {
		r.e.broken, *err = errUnreadable, errUnreadable
		return
	}
	r.e.broken = fmt.Errorf("%s panicked: %.200s", who, fmt.Sprint(what))
	panic(p)
}

// breakOff notes an error within a step of interval j.
func (r *run) breakOff(err *stepError, j int64) {
	r.fail(err)
	r.mu.Lock()
	if err.before(r.first) {
		r.first, r.broken, r.brokenAt = err, err, j
	}
	r.mu.Unlock()
}

// whole reports whether interval j went through without such an error.
func (r *run) whole(j int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.broken == nil || j < r.brokenAt
}

func (r *run) fail(err error) {
	r.mu.Lock()
	if r.err == nil {
		r.err = err
	}
	r.mu.Unlock()
}

func (r *run) failure() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

func (r *run) work(w int) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	e := r.e
	step := r.begin
	wait := waiter{maxPatience}
	for j := int64(0); step < r.end; j++ {
		k := min(r.interval, r.end-step)
		buf := int(j & 1)
		if w == 0 {
			r.supervise(j, step)
		}
		for s := w; s < len(e.shards); s += e.threads {
			sh := e.shards[s]
			sh.spikes[buf] = sh.spikes[buf][:0]
			for lag := int64(1); lag <= k; lag++ {
				if err := sh.advance(e, step+lag, int(lag), buf); err != nil {
					r.breakOff(err, j)
					break
				}
				e.sample(sh, step, step+lag, buf)
			}
		}
		arrived := time.Now()
		if !r.barrier.wait(&wait) {
			return // a worker has panicked
		}
		met := time.Now()
		for s := w; s < len(e.shards); s += e.threads {
			sh := e.shards[s]
			for _, from := range e.shards {
				sh.receive(from.spikes[buf], step)
			}
			if e.foreign != nil {
				for t := step + 1; t <= step+k; t++ {
					sh.receive(e.foreignAt(t), t)
				}
			}
		}
		received := time.Now()
		if w == 0 && r.whole(j) {
			r.calling = "a recorder"
			if err := e.record(step, k, buf); err != nil {
				r.fail(err)
			}
			r.calling = ""
			r.done = step + k
		}
		if w < len(e.shards) {
			// Receiving starts rows; through a ring it delivers them.
			sh := e.shards[w]
			sh.exchangeTime += met.Sub(arrived) + time.Since(received)
			if sh.ring != nil {
				sh.deliverTime += received.Sub(met)
			} else {
				sh.exchangeTime += received.Sub(met)
			}
		}
		step += k
		if j >= r.last.Load() {
			return
		}
	}
}

// supervise is worker 0's look around at the beginning of interval j.
func (r *run) supervise(j, step int64) {
	if r.ctx.Err() != nil || r.failure() != nil {
		r.last.Store(j)
	}
	if r.progress == nil || j%16 != 0 {
		return
	}
	if now := time.Now(); now.Sub(r.shown) >= 100*time.Millisecond {
		r.shown = now
		r.calling = "what is told of progress"
		r.progress(step - r.begin)
		r.calling = ""
	}
}
