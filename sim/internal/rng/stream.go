package rng

import (
	"math"

	"cortigo/sim/fmath"
)

// A Purpose says what a stream is drawn for, so that no two uses share numbers.
type Purpose uint32

// The purposes in use. Their numbers are part of what a seed means: never
// change or reuse one.
const (
	SynapseCounts Purpose = 1  // how many synapses each target of a projection gets
	Synapses      Purpose = 2  // source, weight and delay of each synapse of a target
	Retries       Purpose = 3  // what replaces a rejected draw of Synapses
	InitialVm     Purpose = 4  // initial membrane potential of a neuron
	PoissonInput  Purpose = 5  // arrivals from a Poisson generator
	DeviceInput   Purpose = 6  // weight and delay of a device's connection
	ForeignSpikes Purpose = 7  // of neurons that are not simulated, in measurements
	Subsets       Purpose = 8  // sources of a target, or targets of a source, without replacement
	OutSynapses   Purpose = 9  // targets of each synapse of a source
	WeightValues  Purpose = 10 // weights of a target's synapses that are drawn as numbers
	DelayValues   Purpose = 11 // delays
	RuleOfAll     Purpose = 12 // whatever a rule of a user's own draws once
	RuleByTarget  Purpose = 13 // for each target
	RuleBySource  Purpose = 14 // for each source
	RuleSources   Purpose = 15 // sources of a target that it draws

	NoiseInput     Purpose = 20 // amplitudes of a noise generator
	GeneratorTrain Purpose = 21 // a Poisson generator's spikes for a recorder
	OwnInput       Purpose = 22 // what a device of a user's own sends
	OwnTrain       Purpose = 23 // what it sends a recorder
	NeuronRandom   Purpose = 24 // random numbers of a neuron's own equations in a step
	NodeParameter  Purpose = 40 // a parameter drawn for each of some nodes
)

// Joined is added to the purposes of a projection between collections of
// several parts. Its streams are named by the projection (Ordinal) in place of
// the source population.
const Joined Purpose = 1 << 7

// More is added to the purpose of a stream of Poisson numbers, for the bits that
// few of its numbers need beside their first. Other purposes are below it.
const More Purpose = 1 << 6

// An ID names a stream: its purpose, a pair of populations or a generator, and
// one element of it.
type ID struct {
	Purpose Purpose
	Pre     uint16 // source population or generator
	Post    uint16 // target population
	Ordinal uint32 // which of several between the same two, below 2^24
	Element uint32 // target neuron, counted within its population
}

// Counter returns the Philox counter of block index of the stream.
func (id ID) Counter(index uint32) [4]uint32 {
	return [4]uint32{index, id.Element, uint32(id.Pre)<<16 | uint32(id.Post), uint32(id.Purpose)<<24 | id.Ordinal}
}

// A Stream reads one identity's numbers in order.
type Stream struct {
	key  Key
	ctr  [4]uint32
	buf  [4]uint32
	left int
}

// NewStream returns the stream of id for a key, from its first number.
func NewStream(key Key, id ID) Stream { return Stream{key: key, ctr: id.Counter(0)} }

// StepStream returns the stream of id in a step, in [0, 2^33). Its key is drawn from
// the stream of id, two steps from each block, since there are fewer counters than
// steps.
func StepStream(key Key, id ID, step int64) Stream {
	w := Philox(id.Counter(uint32(step>>1)), key)
	i := 2 * (step & 1)
	return NewStream(Key{w[i], w[i+1]}, id)
}

// Uint32 returns the next word.
func (s *Stream) Uint32() uint32 {
	if s.left == 0 {
		s.buf = Philox(s.ctr, s.key)
		s.ctr[0]++
		s.left = 4
	}
	w := s.buf[4-s.left]
	s.left--
	return w
}

// Float64 returns a uniform number in (0, 1), from 52 random bits.
func (s *Stream) Float64() float64 {
	hi, lo := s.Uint32(), s.Uint32()
	return (float64(uint64(hi)<<20|uint64(lo>>12)) + 0.5) * (1.0 / (1 << 52))
}

// Normal returns a standard normal variate, by Marsaglia's polar method.
func (s *Stream) Normal() float64 {
	for {
		x, y := 2*s.Float64()-1, 2*s.Float64()-1
		r := float64(x*x) + float64(y*y)
		if r > 0 && r < 1 {
			return x * math.Sqrt(-2*fmath.Log(r)/r)
		}
	}
}

// Below returns a uniform integer in [0, n), n > 0, by Lemire's multiplication
// with rejection, so that it is exactly uniform.
func (s *Stream) Below(n uint32) uint32 {
	p := uint64(s.Uint32()) * uint64(n)
	if uint32(p) < n {
		for t := -n % n; uint32(p) < t; {
			p = uint64(s.Uint32()) * uint64(n)
		}
	}
	return uint32(p >> 32)
}
