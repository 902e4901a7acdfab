package engine

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
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
	r.seats = min(e.threads, len(e.shards), runtime.GOMAXPROCS(0))
	r.workers = exchange.NewWorkers(r.seats)
	r.waited = make([]time.Duration, r.seats)
	r.next(e.step)
	var wg sync.WaitGroup
	defer r.unwind(&wg, &err)
	for w := 1; w < r.seats; w++ {
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
	for _, d := range r.waited {
		e.shards[0].exchangeTime += d
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
	workers    *exchange.Workers
	seats      int
	begin, end int64
	interval   int64
	spikes     [2][][]exchange.Spike // of the shards here, for the two intervals at hand

	// Written between rounds, read in them.
	in    exchange.Interval  // the interval at hand; no steps: the run ends
	buf   int                // of spikes and samples, for it
	last  exchange.Interval  // the interval before; no steps: there is none
	lists [][]exchange.Spike // of all shards in it
	lost  error              // why spikes of elsewhere did not come
	votes exchange.Votes

	waited []time.Duration // by worker
	done   int64           // steps done, written in seat 0

	progress func(int64)
	shown    time.Time
	looked   int

	calling string // whose code worker 0 is in; none: the engine's
	ended   bool   // without a panic

	against *exchange.Vote // on which the run ended
	broken  bool           // so that there is no state to go on from
	err     error          // the first of recorders, written by worker 0 in seat 0

	mu     sync.Mutex
	caught *workerPanic        // of a worker other than 0
	first  *delivery.StepError // of all within steps
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
		r.abandon()
	}
}

// abandon ends the run: a worker will not come.
func (r *run) abandon() {
	r.workers.Abandon()
	r.e.exchange.Abandon()
}

// unwind is deferred by Run. If it ends in a panic, or its goroutine is ended, the
// other workers are made to end too, and the engine goes on no more. Rows that
// cannot be read are an error of Run.
func (r *run) unwind(wg *sync.WaitGroup, err *error) {
	if r.ended {
		return
	}
	p := recover()
	r.abandon()
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

// breakOff notes an error within a step, and votes.
func (r *run) breakOff(err *delivery.StepError) {
	r.mu.Lock()
	if err.Before(r.first) {
		r.first = err
	}
	r.mu.Unlock()
	r.votes.Add(&exchange.Vote{Broken: true, Why: err.Error()})
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
	r.waited[w] = r.workers.Work(w, func(seat int) { r.sit(w, seat) }, r.meet)
}

// sit is what worker w does in a seat in a round.
func (r *run) sit(w, seat int) {
	e := r.e
	timed := isTimed(r.last.Begin)
	var t0 time.Time
	for s := seat; s < len(e.shards) && r.last.Steps > 0; s += r.seats {
		if timed {
			t0 = time.Now()
		}
		sh := e.shards[s]
		for _, from := range r.lists {
			sh.Receive(from, r.last.Begin)
		}
		if timed {
			// Receiving starts rows; through a ring it delivers them.
			if d := timedSteps * time.Since(t0); sh.Ring != nil {
				sh.deliverTime += d
			} else {
				sh.exchangeTime += d
			}
		}
	}
	if seat == 0 {
		r.record(w)
		r.supervise(w)
	}
	for s := seat; s < len(e.shards); s += r.seats {
		sh := e.shards[s]
		if r.in.Steps == 0 {
			r.inspect(sh)
			continue
		}
		sh.spikes[r.buf] = sh.spikes[r.buf][:0]
		for lag := int64(1); lag <= r.in.Steps; lag++ {
			if err := sh.advance(e, r.in.Begin+lag, int(lag), r.buf); err != nil {
				r.breakOff(err)
				break
			}
			e.sample(sh, r.in.Begin, r.in.Begin+lag, r.buf)
		}
		r.spikes[r.buf][s] = sh.spikes[r.buf]
	}
}

// record brings the spikes of the last interval to the recorders.
func (r *run) record(w int) {
	if r.last.Steps == 0 || r.broken {
		return
	}
	start := time.Now()
	if w == 0 {
		r.calling = "a recorder"
	}
	if err := r.e.record(r.last, r.lists, 1-r.buf, w == 0); err != nil {
		r.err = cmp.Or(r.err, err)
	}
	if w == 0 {
		r.calling = ""
	}
	r.workers.Keep(0, r.e.backlog() > 8*batch)
	r.done = r.last.Begin + r.last.Steps
	r.e.shards[0].exchangeTime += time.Since(start)
}

// meet ends a round, and returns whether another follows.
func (r *run) meet() bool {
	in := r.in
	in.Spikes = r.spikes[r.buf]
	if in.Steps == 0 {
		in.Spikes = in.Spikes[:0]
	}
	lists, against, err := r.e.exchange.Meet(in, r.votes.Take())
	if err != nil {
		r.lost = fmt.Errorf("the spikes of other parts of the network did not come: %w", err)
		r.broken = true
		return false
	}
	if r.against == nil {
		r.against = against
	}
	r.broken = r.broken || against != nil && against.Broken
	if in.Steps == 0 {
		return false
	}
	r.last, r.lists, r.buf = in, lists, 1-r.buf
	r.next(in.Begin + in.Steps)
	return true
}

// next sets the interval that begins at a step.
func (r *run) next(step int64) {
	r.in = exchange.Interval{Begin: step, Steps: min(r.interval, r.end-step)}
	if r.against != nil {
		r.in.Steps = 0
	}
}

// supervise looks at what speaks against going on, once an interval.
func (r *run) supervise(w int) {
	if r.in.Steps == 0 {
		return
	}
	if err := cmp.Or(r.ctx.Err(), r.err); err != nil {
		r.votes.Add(&exchange.Vote{Why: err.Error()})
	}
	if r.progress == nil || w != 0 {
		return
	}
	if r.looked++; r.looked%16 != 1 {
		return
	}
	if now := time.Now(); now.Sub(r.shown) >= 100*time.Millisecond {
		r.shown = now
		r.calling = "what is told of progress"
		r.progress(r.in.Begin - r.begin)
		r.calling = ""
	}
}

// inspect looks at the state in which a run leaves a shard.
func (r *run) inspect(sh *shard) {
	for _, b := range sh.blocks {
		if !b.finite() {
			r.breakOff(r.e.notFinite(b, sh.Step))
			return
		}
	}
}
