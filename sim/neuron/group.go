package neuron

import (
	"math"

	"cortigo/sim/internal/param"
	"cortigo/sim/internal/rng"
)

// A Group is those neurons of one population that live in one shard of the
// network: neuron k of the group, counted from 0, is neuron Config.Index(k) of
// the population. A group is used by one goroutine at a time.
//
// What it does in a step must depend on its columns, its input and the
// parameters alone. Then a network continues from a saved state, also in shards
// of other sizes, as if it had not been interrupted. Random numbers come from
// Config.Random.
type Group interface {
	// Columns returns the state: columns with a value for each neuron. Between
	// steps the simulator saves and restores them by name, and reads them for
	// recorders. Each call must return the same slices; a Follower may add columns
	// when Follow is called.
	Columns() []Column

	// Step takes the input that arrives and advances by one step; spikes are
	// stamped with its end. It must leave the input empty.
	Step(in *Input, out *Spikes)
}

// A Column is a part of the state: a number or a count for each neuron.
type Column struct {
	Name   string // as in files; a recordable's, or a parameter's, if it is that
	Values []float64
	Counts []uint16

	// Rest is what Values are relative to, one value for all neurons or one for
	// each: the quantity is Values[k] + Rest[k]. Nil: 0.
	Rest []float64
}

// Value returns the quantity of neuron k.
func (c *Column) Value(k int) float64 {
	switch {
	case c.Counts != nil:
		return float64(c.Counts[k])
	case c.Rest == nil:
		return c.Values[k]
	}
	return c.Values[k] + param.Element(c.Rest, k)
}

// Set makes x the quantity of neuron k.
func (c *Column) Set(k int, x float64) {
	if c.Rest != nil {
		x -= param.Element(c.Rest, k)
	}
	c.Values[k] = x
}

// A Config is what a group is made for.
type Config struct {
	Parameters *Parameters // of the group
	Population *Parameters // of the whole population: which columns there are follows from it
	Clock      Clock
	Merged     bool    // all input comes through the first port
	Quantum    float64 // of the sums, see PortInput; 0: they are empty, all comes as numbers

	Index  func(k int) int // which of the population's neurons neuron k is
	Key    rng.Key         // of the network's seed
	Number uint16          // of the population
}

// A Stream is a sequence of random numbers that depends only on the seed and on
// what it is for.
type Stream = rng.Stream

// Random returns the random numbers of neuron k in a step: the same whatever the
// shards and threads, and whether the network was saved on the way.
func (c *Config) Random(k int, step int64) Stream {
	return rng.NewStream(c.Key, rng.ID{Purpose: rng.NeuronRandom, Pre: uint16(step >> 24), Post: c.Number, Ordinal: uint32(step) & (1<<24 - 1), Element: uint32(c.Index(k))})
}

// An Input is what arrives at the neurons of a group in a step.
type Input struct {
	Step  int64 // that ends at Step times the resolution
	Ports []PortInput

	// For a CountTaker, in place of the Numbers of all ports: how many spikes of
	// weight Weight arrive at the first port of each neuron; nil if there are Numbers.
	Counts []uint8
	Weight float64

	// Positive and Negative are the input of the first port by sign, in its unit,
	// for a Follower that was asked to follow something, which empties them; nil
	// for all others.
	Positive, Negative []float64
}

// A PortInput is what arrives at one port: Sums[k] quanta and Numbers[k] for
// neuron k. Numbers may be nil. A group sets both to 0 as it takes them.
type PortInput struct {
	Sums    []int32
	Quantum float64 // of Sums
	Numbers []float64
}

// Take returns what arrives at neuron k, and empties it.
func (p *PortInput) Take(k int) float64 {
	x := float64(p.Quantum * float64(p.Sums[k]))
	p.Sums[k] = 0
	if p.Numbers != nil {
		x += p.Numbers[k]
		p.Numbers[k] = 0
	}
	return x
}

// Spikes are those of a group in a step.
type Spikes struct {
	Neuron []uint16 // ascending
	Times  []int32  // how often each; empty if each spikes once
}

// Add records that neuron k spikes, as often as times says, which may be 0.
// Neurons must be added in ascending order.
func (s *Spikes) Add(k int, times int) {
	if times == 0 {
		return
	}
	if k < 0 || k > math.MaxUint16 {
		k, times = math.MaxUint16, -1 // an error of the step
	}
	if times != 1 && len(s.Times) == 0 {
		for range s.Neuron {
			s.Times = append(s.Times, 1)
		}
	}
	if times != 1 || len(s.Times) > 0 {
		s.Times = append(s.Times, int32(max(min(times, math.MaxInt32), -1)))
	}
	s.Neuron = append(s.Neuron, uint16(k))
}

// A CurrentTaker is a group that generators can drive by currents.
type CurrentTaker interface {
	// SetCurrent tells the sum of the generators' currents in pA, one value for all
	// neurons or one for each. It holds from the next step until the next call. The
	// slice belongs to the caller.
	SetCurrent(pA []float64)
}

// A CountTaker is a group that can take the numbers of spikes of one Poisson
// generator directly, as Input.Counts, which is faster than Numbers.
type CountTaker interface {
	TakesCounts() bool
}

// A Follower is a group that keeps some recordables only when it is asked to,
// because they cost time.
type Follower interface {
	// Follows reports whether a recordable is kept.
	Follows(recordable string) bool
	// Follow asks the group to keep a recordable from now on. It is called
	// before any input has arrived, or before the columns are restored. From
	// then on the group gets Input.Positive and Negative.
	Follow(recordable string)
}

// A Deriver is a group that computes some recordables from its columns.
type Deriver interface {
	// Derive returns a recordable as a function of the neuron; nil if it does
	// not compute one of this name.
	Derive(recordable string) func(k int) float64
}

// A Preparer is a group that brings counts among its columns up to date only when
// it is asked to, before they are saved.
type Preparer interface {
	Prepare()
}

// A Restorer is a group that is told that its columns have been restored.
type Restorer interface {
	Restored() error
}
