// Package exchange is how the shards of a network learn of one another's spikes.
//
//	exchange.go  the contract; Local, for a network that is all in this process
//	workers.go   the workers of a run: how they share it out and wait for one another
//	share.go     a part of a network alone, the spikes of elsewhere drawn: to measure
//
// Time goes in intervals of the smallest delay, so that no spike of an interval
// arrives within it. After each all workers know the spikes of all shards. Where
// some of these are in other programs, each program builds the same description,
// which gives it the same bounds of delays and so the same intervals: nothing has
// to be agreed on before a run.
package exchange

import "sync/atomic"

// A Spike is one of a neuron, counted from 0 over the network, Lag steps after
// the beginning of an interval. Where a neuron spikes more often in a step than
// Multiplicity holds, several follow one another.
type Spike struct {
	Neuron       uint32
	Lag          uint16
	Multiplicity uint16
}

// An Exchange brings the spikes of all shards of a network together. One network
// at a time uses it.
type Exchange interface {
	// Shards returns the numbers of the shards that are here, in ascending order,
	// of how many the network is cut into, counted from 0. It never changes.
	Shards() (here []int, of int)

	// Meet is called once an interval, when all shards here have gone through it, by
	// one worker or another, and waits until all elsewhere have. It returns the spikes
	// of all shards, in lists of any number, each in order of lag, then neuron, to
	// be read until the next meeting. vote is what speaks against going on here, nil
	// for nothing; against is what speaks against it anywhere: nil for all programs
	// or for none, and Broken for all if for one. The run then ends. When it ends all
	// meet once more, for an interval of no steps, with what is wrong with the state
	// that it leaves.
	//
	// An error ends the run at once, here and, as far as that is in the Exchange's
	// power, elsewhere: spikes are missing and nothing can go on.
	Meet(in Interval, vote *Vote) (spikes [][]Spike, against *Vote, err error)

	// Abandon makes Meet fail, also one under way: a worker here will not come.
	// Programs elsewhere are to fail too.
	Abandon()
}

// An Interval is what was simulated since the last meeting: the steps Begin+1 to
// Begin+Steps, the same everywhere. The last of a run has no steps.
type Interval struct {
	Begin, Steps int64

	// Spikes of each of the shards here, in order of lag, then neuron. They stay as
	// they are until the next meeting.
	Spikes [][]Spike
}

// A Vote is against going on after an interval.
type Vote struct {
	Broken bool   // a step of it failed: nobody is to keep it
	Why    string // for programs elsewhere
}

// Votes are those of the workers here in an interval.
type Votes struct{ first atomic.Pointer[Vote] }

// Add adds one to those of others: Broken counts before a stop, then the first.
func (v *Votes) Add(vote *Vote) {
	for {
		was := v.first.Load()
		if was != nil && (was.Broken || !vote.Broken) || v.first.CompareAndSwap(was, vote) {
			return
		}
	}
}

// Take returns the vote that counts, nil if there is none, and forgets all.
func (v *Votes) Take() *Vote { return v.first.Swap(nil) }

// A Local is the Exchange of a network of which all shards are here: there is
// nothing to bring.
type Local struct{ shards []int }

// NewLocal returns the exchange of n shards that are all here.
func NewLocal(n int) *Local {
	l := &Local{shards: make([]int, n)}
	for i := range l.shards {
		l.shards[i] = i
	}
	return l
}

// Shards returns all of them.
func (l *Local) Shards() (here []int, of int) { return l.shards, len(l.shards) }

// Meet returns the lists of the interval, of which nothing is copied.
func (l *Local) Meet(in Interval, vote *Vote) (spikes [][]Spike, against *Vote, err error) {
	return in.Spikes, vote, nil
}

// Abandon does nothing: nobody waits.
func (l *Local) Abandon() {}
