package device

import (
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/param"
	"cortigo/sim/internal/rng"
)

// Connections are those of a device to N neurons of a population: connection k
// goes to element From+k of an Inbox, which is neuron First+k*Stride of the
// population.
type Connections struct {
	Clock         Clock
	From, N       int
	First, Stride int
	Delay         []int64   // in steps; one for all, or one for each
	Weight        []float64 // also one for all, or one for each

	// What the device emits in the steps (Since, Until] passes; an Until of 0 means
	// forever.
	Since, Until int64
	// Repeated says that the targets take spikes whatever their weight, as
	// parrots and recorders do.
	Repeated bool

	// These name random streams, see Stream.
	Seed       uint64
	Generator  int    // number of the device in the network
	Population int    // of the targets
	Ordinal    uint32 // which of several of the device to the population, or to recorders
	Recorder   bool   // the connection is to a recorder
}

// Neuron returns the neuron of the population to which connection k goes.
func (c *Connections) Neuron(k int) int { return c.First + k*c.Stride }

// DelayOf returns the delay of connection k, in steps.
func (c *Connections) DelayOf(k int) int64 { return param.Element(c.Delay, k) }

// WeightOf returns the weight of connection k.
func (c *Connections) WeightOf(k int) float64 { return param.Element(c.Weight, k) }

// Emits returns the steps (begin, end] in which spikes of a device pass, before
// their delay, given when it is active.
func (c *Connections) Emits(a Active) (begin, end int64, err error) {
	if begin, end, _, err = a.Steps(c.Clock); err != nil {
		return 0, 0, err
	}
	begin, end = c.passes(max(begin, 0), end)
	return begin, end, nil
}

// passes returns the part of the steps (begin, end] in which spikes pass.
func (c *Connections) passes(begin, end int64) (int64, int64) {
	if c.Until != 0 {
		end = min(end, c.Until)
	}
	return max(begin, c.Since), end
}

// Drives returns the steps (begin, end] in which a current of a device drives
// the potential, before its delay, given when it is active. The first step of a
// simulation is lost, as in NEST.
func (c *Connections) Drives(a Active) (begin, end int64, err error) {
	if begin, end, err = a.drives(c.Clock); err != nil {
		return 0, 0, err
	}
	begin, end = c.drives(begin, end)
	return begin, end, nil
}

func (a Active) drives(c Clock) (begin, end int64, err error) {
	begin, end, _, err = a.Steps(c)
	return max(begin, 1), end, err
}

// drives returns the part of the steps (begin, end] that passes, of those in which
// a current drives V: what a device gives in a step takes effect one step later.
func (c *Connections) drives(begin, end int64) (int64, int64) {
	if c.Until != 0 {
		end = min(end, c.Until+1)
	}
	return max(begin, c.Since+1), end
}

// Cut returns the parts of the pieces that pass.
func (c *Connections) Cut(pieces []Piece) []Piece {
	var kept []Piece
	for _, p := range pieces {
		if p.Begin, p.End = c.drives(p.Begin, p.End); p.Begin < p.End {
			kept = append(kept, p)
		}
	}
	return kept
}

// A Stream gives random numbers.
type Stream = rng.Stream

// Stream returns the random numbers of connection k in a step. They depend only
// on the seed, the device, the connection and the step: not on which steps were
// asked for before, nor on the number of workers. Nothing else uses them.
func (c *Connections) Stream(k int, step int64) Stream {
	purpose := rng.OwnInput
	if c.Recorder {
		purpose = rng.OwnTrain
	}
	id := c.id(purpose)
	id.Element = uint32(c.Neuron(k))
	return rng.StepStream(c.key(), id, step)
}

func (c *Connections) key() rng.Key { return rng.NewKey(c.Seed) }

// id returns the stream of connections with a purpose, without the neuron.
func (c *Connections) id(p rng.Purpose) rng.ID {
	return rng.ID{Purpose: p, Pre: uint16(c.Generator), Post: uint16(c.Population), Ordinal: c.Ordinal}
}

const never = int64(clock.Never)
