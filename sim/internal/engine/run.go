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
// Time goes in intervals of the smallest delay, so that no spike of an interval
// arrives within it. The shards that are here are dealt out to seats, one a
// worker: seat i has the shards i, i+seats, ... In a round, whoever sits in a seat
//
//  1. starts the rows that the spikes of the last interval, of all shards, here or
//     not, have in the shards of the seat;
//  2. in seat 0, merges these spikes and hands them, and the samples, to the
//     recorders; looks at the context and at errors, and votes against going on
//     where it must;
//  3. advances the shards through the steps of interval j: delivers the segments that
//     are due, updates the neurons, and appends their spikes to the shard's buffer
//     j mod 2, in order of step, then neuron, and their samples to the recorders'
//     buffer j mod 2. If a step fails it votes against going on.
//
// The last who is done with a seat meets the shards elsewhere, through the engine's
// Exchange, while nobody sits, and the next round begins. So all of a shard that
// is read or written in a round is one worker's, and what others read, the spikes of
// the last interval, is written by nobody: round j+1 writes the other buffers, and
// round j+2 begins when all have read.
//
// Workers are goroutines; as a rule worker i sits in seat i, and its shards stay in
// the cache of its processor. One that has lost its processor, a time slice of
// milliseconds, between two rounds is not waited for: another takes its seat
// until it comes again. It makes no difference to a result who sits where. Seat 0 is
// like the others but in that recorders are called by worker 0 alone, on the
// caller's goroutine: others collect for them, and where a batch is full
// the seat is kept for worker 0. The same holds for progress, which waits until
// worker 0 is there.
//
// What one of n workers does for a round, besides its shards' steps: it takes its
// seat, counts it as done, where n meet on one cache line, and reads the next
// round from another; it reads the lists of all n, each a few spikes. None of it
// needs a lock, or a call of the system, unless somebody sleeps. Spikes are the
// larger part: every worker reads all of them, and looks for each whether it has a
// row in its shards, so that this part of a round does not get shorter with more
// workers.
//
// A vote against going on ends the run after the interval, and what is left is a
// last round without steps, in which all look whether a state is there that can be
// gone on from; elsewhere too. A run so ends between intervals
// with a state from which it can go on, whether it finished or was stopped. Where
// a step itself fails, since more spikes come at once than a sum holds, the
// interval is not recorded; networks in which that may be keep the state in which
// a run began, and are taken from there, which gives the same again, to the last
// whole interval. Programs that have a part of the network each do all this
// together.
//
// After a panic, most likely of a recorder or of progress, which are called on
// the caller's goroutine, there is no such state: whoever panics abandons the
// rounds, so that all workers end, the panic goes on to the caller of Run, and
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
	r := e.newRun(ctx, steps, progress)
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
	seats      int // as many as workers: not more than processors, who would only wait for one another
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
	looked   int // at the clock

	calling string // whose code worker 0 is in; none: the engine's
	ended   bool   // without a panic

	against *exchange.Vote // on which the run ended
	broken  bool           // so that there is no state to go on from
	err     error          // the first of recorders, written by worker 0 in seat 0

	mu     sync.Mutex
	caught *workerPanic        // of a worker other than 0
	first  *delivery.StepError // of all within steps
}

// newRun returns a run that is to be worked on.
func (e *Engine) newRun(ctx context.Context, steps int64, progress func(done int64)) *run {
	e.seek()
	r := &run{e: e, ctx: ctx, begin: e.step, end: e.step + steps, done: e.step, interval: min(e.bounds.MinDelay, maxInterval), progress: progress}
	for buf := range r.spikes {
		r.spikes[buf] = make([][]exchange.Spike, len(e.shards))
	}
	r.seats = min(e.threads, len(e.shards), runtime.GOMAXPROCS(0))
	r.workers = exchange.NewWorkers(r.seats)
	r.waited = make([]time.Duration, r.seats)
	r.next(e.step)
	return r
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

// sit is what there is to do in a seat in a round; worker w does it.
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

// record keeps the spikes of the last interval; worker 0 hands them on.
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
	r.workers.Keep(0, r.e.backlog() >= batch)
	r.done = r.last.Begin + r.last.Steps
	r.e.shards[0].exchangeTime += time.Since(start)
}

// meet is what comes after a round, and returns whether another follows.
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

// supervise looks at what speaks against going on, and has progress told.
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
