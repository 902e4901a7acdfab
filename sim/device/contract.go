package device

import (
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/inbox"
)

// Never is a step that no simulation reaches.
const Never = clock.Never

// An Emitter is a device that sends spikes.
type Emitter interface {
	Device
	// Input returns what the device sends through its connections to some neurons.
	Input(c *Connections) (Input, error)
	// Train returns what it sends to a recorder; c has one connection for it,
	// with no delay and weight 1.
	Train(c *Connections) (Train, error)
	// MostSpikes returns how many spikes can arrive at a target in one step, 0 for
	// a device that does not Fit.
	MostSpikes(c Clock) float64
}

// A CurrentSource is a device that sends the same current to all its targets.
type CurrentSource interface {
	Device
	// Pieces returns the current, in order of time; it is 0 between them.
	Pieces(c Clock) ([]Piece, error)
}

// A Piece is a constant current: it drives the potential in the steps (Begin,
// End], and a delay later through a connection with a delay.
type Piece struct {
	Begin, End int64
	Value      float64 // pA
}

// An OwnCurrentSource is a device that sends each target a current of its own.
type OwnCurrentSource interface {
	Device
	// Current returns what the device sends through its connections to some
	// neurons.
	Current(c *Connections) (Current, error)
}

// An Inbox is where the input of some neurons is added up in a step.
type Inbox = inbox.Inbox

// An Input is what an Emitter sends through some connections. Nothing else uses
// it at the same time.
type Input interface {
	// Add adds what arrives in a step to the elements of the connections. Steps
	// follow one another, but a run may start at any step, also before the end
	// of the last run: what arrives must depend on the step alone.
	Add(to *Inbox, step int64)
}

// A Counter is an Input that can give whole numbers of spikes of one weight,
// which some neurons can take directly.
type Counter interface {
	Input
	// OneWeight returns the weight; false if there are several, or no Counts.
	OneWeight() (weight float64, ok bool)
	// Counts returns how many spikes arrive in a step at each element, nil if
	// none does. It is called in place of Add.
	Counts(step int64) []uint8
}

// A Joiner is an Input that can be combined with others, which saves many calls in
// every step if there are many of them.
type Joiner interface {
	Input
	// Class returns a value that is equal (==) for inputs that can be joined;
	// nil if this one cannot.
	Class() any
	// Join returns an input that adds what this one does, then what the other
	// does. Neither is used afterwards.
	Join(other Input) Input
}

// A Current is what an OwnCurrentSource sends through some connections. Nothing
// else uses it at the same time.
type Current interface {
	// Add adds the currents of a step, in pA times the weights, to sum, which has a
	// number for each element of the neurons' Inbox. It returns the next step in
	// which one of the currents changes, Never if none does.
	Add(sum []float64, step int64) (next int64)
}

// A Train is what a recorder gets from an Emitter.
type Train interface {
	// Spikes calls emit for the steps of (begin, end] that have spikes, in order,
	// with their number.
	Spikes(begin, end int64, emit func(step int64, n int))
}
