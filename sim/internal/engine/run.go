package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"cortigo/sim/internal/delivery"
	"cortigo/sim/internal/exchange"
	"cortigo/sim/internal/network"
)

// maxInterval bounds how many steps pass between exchanges where delays would
// allow more, so that progress and stopping stay prompt.
const maxInterval = 64

// Run advances the network by steps. progress, if not nil, is called with the
// number of steps done about ten times a second, on a worker.
//
// # The run loop
//
// Workers are goroutines; worker w owns the shards w, w+threads, ... of those that
// are here, and nobody else writes to a shard. Time goes in intervals of the
// smallest delay, so that no spike of an interval arrives within it. In interval j
// every worker
//
//  1. advances each of its shards through the steps of the interval: delivers
//     the segments that are due, updates the neurons, and appends their spikes
//     to the shard's buffer j mod 2, in order of step, then neuron, and their
//     samples to the recorders' buffer j mod 2;
//  2. meets all others, through the engine's Exchange, which gives it the spikes
//     of all shards, whether they are here or not;
//  3. for each of its shards starts the rows that these have there. Worker 0 also
//     merges the spikes and hands them, and the samples, to the recorders.
//
// Then it goes on with interval j+1, which writes the other buffers. Nobody can
// write to buffer j mod 2 again before all have met at the end of interval j+1
// and so have read it: one meeting an interval is enough.
//
// Worker 0 looks at the context, at errors and at the clock in phase 1, and votes
// against going on where it must; so does a worker where a step fails. All learn
// it when they meet, and end after that interval. A run so ends between intervals
// with a state from which it can go on, whether it finished or was stopped. Where
// a step itself fails, since more spikes come at once than a sum holds, the
// interval is not recorded; networks in which that may be keep the state in which
// a run began, and are taken from there, which gives the same again, to the last
// whole interval. Programs that have a part of the network each do all this
// together, and meet once more when a run ends, so that all know if one of them
// has a state from which nothing can go on.
//
// After a panic, most likely of a recorder or of progress, which are called on
// the caller's goroutine, there is no such state: whoever panics abandons the
// exchange, so that all workers end, the panic goes on to the caller of Run, and
// the engine goes on no more. Nor does it where spikes of elsewhere do not come.
func (e *Engine) Run(ctx context.Context, steps int64, progress func(done int64)) (err error) {
	if e.broken != nil {
		return fmt.Errorf("an earlier run stopped within a step, from which nothing can go on: %w", e.broken)
	}
	if steps <= 0 {
		return ctx.Err()
	}
	var start *network.State
	events := e.events
	if e.risky {
		start = e.State()
	}
	e.seek()
	r := &run{e: e, ctx: ctx, begin: e.step, end: e.step + steps, done: e.step, interval: min(e.bounds.MinDelay, maxInterval), progress: progress}
	for buf := range r.spikes {
		r.spikes[buf] = make([][]exchange.Spike, len(e.shards))
	}
	e.exchange.Start(e.threads)
	var wg sync.WaitGroup
	defer r.unwind(&wg, &err)
	for w := 1; w < e.threads; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer r.catch()
			r.work(w)
		}()
	}
	r.work(0)
	wg.Wait()
	if r.caught != nil {
		panic(r.caught)
	}
	e.step = r.done
	err = r.failure()
	if r.broken {
		e.broken = err
		if start != nil && r.lost == nil && e.returnTo(start, events, r.done) == nil {
			err = fmt.Errorf("%w; the network stands at %g ms, before that step, and can be saved or changed there", err, e.clock.MS(r.done))
		}
	}
	r.calling = "a recorder"
	if flushErr := e.flushRecorders(); err == nil {
		err = flushErr
	}
	if err == nil && e.step < r.end {
		if err = ctx.Err(); err == nil {
			err = r.elsewhere()
		}
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
	spikes     [2][][]exchange.Spike // of the shards here, for the two intervals at hand
	done       int64                 // steps done, written by worker 0

	progress func(int64)
	shown    time.Time

	calling string // whose code worker 0 is in; none: the engine's
	ended   bool   // without a panic

	against *exchange.Vote // on which the run ended; this and the next two are worker 0's
	broken  bool           // so that there is no state to go on from
	err     error          // the first of recorders

	mu     sync.Mutex
	caught *workerPanic        // of a worker other than 0
	first  *delivery.StepError // of all within steps
	lost   error               // why spikes of elsewhere did not come
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
		r.e.exchange.Abandon()
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
	r.e.exchange.Abandon()
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

// breakOff notes an error within a step, and returns what to vote.
func (r *run) breakOff(err *delivery.StepError) *exchange.Vote {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err.Before(r.first) {
		r.first = err
	}
	return &exchange.Vote{Broken: true, Why: err.Error()}
}

// lose notes why spikes of elsewhere did not come. Who found it out knows; the
// other workers are told no more than that it has ended.
func (r *run) lose(err error) {
	r.mu.Lock()
	if r.lost == nil || errors.Is(r.lost, exchange.ErrAbandoned) {
		r.lost = fmt.Errorf("the spikes of other parts of the network did not come: %w", err)
	}
	r.mu.Unlock()
}

// failure returns the error of a run whose workers have ended; nil if there is none.
func (r *run) failure() error {
	switch {
	case r.lost != nil:
		return r.lost
	case r.first != nil:
		return r.first
	case r.broken:
		return r.elsewhere()
	}
	return r.err
}

// elsewhere is the error of a run that was ended by another program.
func (r *run) elsewhere() error {
	return fmt.Errorf("another part of the network stopped: %s", r.against.Why)
}

// work is what worker w does in a run.
func (r *run) work(w int) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	e := r.e
	step := r.begin
	for j := int64(0); step < r.end; j++ {
		k := min(r.interval, r.end-step)
		buf := int(j & 1)
		var vote *exchange.Vote
		if w == 0 {
			vote = r.supervise(j, step)
		}
		for s := w; s < len(e.shards); s += e.threads {
			sh := e.shards[s]
			sh.spikes[buf] = sh.spikes[buf][:0]
			for lag := int64(1); lag <= k; lag++ {
				if err := sh.advance(e, step+lag, int(lag), buf); err != nil {
					vote = r.breakOff(err)
					break
				}
				e.sample(sh, step, step+lag, buf)
			}
			r.spikes[buf][s] = sh.spikes[buf]
		}
		arrived := time.Now()
		in := exchange.Interval{Begin: step, Steps: k, Spikes: r.spikes[buf]}
		spikes, against, err := e.exchange.Meet(w, in, vote)
		if err != nil {
			r.leave(w, nil, err)
			return
		}
		met := time.Now()
		for s := w; s < len(e.shards); s += e.threads {
			for _, from := range spikes {
				e.shards[s].Receive(from, step)
			}
		}
		received := time.Now()
		if w == 0 && (against == nil || !against.Broken) {
			r.calling = "a recorder"
			if err := e.record(in, spikes, buf); err != nil {
				r.err = cmp.Or(r.err, err)
			}
			r.calling = ""
			r.done = step + k
		}
		if w < len(e.shards) {
			// Receiving starts rows; through a ring it delivers them.
			sh := e.shards[w]
			sh.exchangeTime += met.Sub(arrived) + time.Since(received)
			if sh.Ring != nil {
				sh.deliverTime += received.Sub(met)
			} else {
				sh.exchangeTime += received.Sub(met)
			}
		}
		step += k
		if against != nil {
			r.leave(w, against, nil)
			break
		}
	}
	// What cannot be gone on from is known to all when the run ends.
	_, against, err := e.exchange.Meet(w, exchange.Interval{Begin: step, Spikes: r.spikes[0][:0]}, r.inspect(w))
	r.leave(w, against, err)
}

// leave notes on worker 0 how the run ended.
func (r *run) leave(w int, against *exchange.Vote, err error) {
	if err != nil {
		r.lose(err)
	}
	if w != 0 {
		return
	}
	if r.against == nil {
		r.against = against
	}
	r.broken = r.broken || err != nil || against != nil && against.Broken
}

// supervise is worker 0's look around at the beginning of interval j: it returns
// what to vote.
func (r *run) supervise(j, step int64) (vote *exchange.Vote) {
	if err := cmp.Or(r.ctx.Err(), r.err); err != nil {
		vote = &exchange.Vote{Why: err.Error()}
	}
	if r.progress == nil || j%16 != 0 {
		return vote
	}
	if now := time.Now(); now.Sub(r.shown) >= 100*time.Millisecond {
		r.shown = now
		r.calling = "what is told of progress"
		r.progress(step - r.begin)
		r.calling = ""
	}
	return vote
}

// inspect looks at the state in which worker w leaves its shards.
func (r *run) inspect(w int) (vote *exchange.Vote) {
	for s := w; s < len(r.e.shards); s += r.e.threads {
		for _, b := range r.e.shards[s].blocks {
			if !b.finite() {
				vote = r.breakOff(r.e.notFinite(b, r.e.shards[s].Step))
				break
			}
		}
	}
	return vote
}
