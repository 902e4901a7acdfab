package exchange

import "sync/atomic"

// Workers are those of a run in this program: what an Exchange is made with. The
// zero value is to be started.
type Workers struct {
	barrier *barrier
	each    []worker
	against [2]atomic.Pointer[Vote] // at this meeting and at the last or next
}

// A worker is what one remembers between meetings, in cache lines of its own.
type worker struct {
	waiter
	met int
	_   [112]byte
}

// Start begins a run of n workers.
func (w *Workers) Start(n int) {
	*w = Workers{barrier: newBarrier(n), each: make([]worker, n)}
	for i := range w.each {
		w.each[i].patience = maxPatience
	}
}

// Abandon ends all meetings, now and for the rest of the run.
func (w *Workers) Abandon() { w.barrier.abandon() }

// Meet waits until all workers have come, and returns what speaks against going on;
// a Broken before others. If talk is not nil, worker 0 calls it when all have come, with what
// they voted, and the others wait until it returns: what it wrote is there for
// them, and its vote is everybody's. Its error is worker 0's, and the others get
// ErrAbandoned.
//
// A vote ends a run, so that there are never two meetings with votes; but a fast
// worker may vote at the next meeting before a slow one has read those of the last.
func (w *Workers) Meet(worker int, vote *Vote, talk func(*Vote) (*Vote, error)) (against *Vote, err error) {
	me := &w.each[worker]
	votes := &w.against[me.met%2]
	me.met++
	add(votes, vote)
	if !w.barrier.wait(&me.waiter) {
		return nil, ErrAbandoned
	}
	if talk != nil {
		if worker == 0 {
			against, err := talk(votes.Load())
			if err != nil {
				w.Abandon()
				return nil, err
			}
			votes.Store(against)
		}
		if !w.barrier.wait(&me.waiter) {
			return nil, ErrAbandoned
		}
	}
	return votes.Load(), nil
}

// add puts a vote to those of others.
func add(votes *atomic.Pointer[Vote], vote *Vote) {
	for vote != nil {
		was := votes.Load()
		if was != nil && (was.Broken || !vote.Broken) || votes.CompareAndSwap(was, vote) {
			return
		}
	}
}
