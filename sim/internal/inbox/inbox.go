// Package inbox has the input of neurons that does not come through the integer
// sums of synapses: mainly that of devices.
package inbox

import (
	"fmt"
	"math"
)

// An Inbox adds up the input of some neurons of a population in a step, in the
// unit of their weights. Element k is neuron First+k*Stride of the population.
type Inbox struct {
	First, Stride, N int
	// OnePort says that input of both signs goes to the first port. Otherwise
	// positive input goes to the first and all other to the second.
	OnePort bool
	Ports   [2][]float64 // nil where nothing gives any
	Signs   [2][]float64 // what came with either sign, where a recorder asks; else nil
}

// Index returns which neuron of the population element k is.
func (in *Inbox) Index(k int) int { return in.First + k*in.Stride }

// Open makes room for input.
func (in *Inbox) Open() {
	if in.Ports[0] != nil {
		return
	}
	in.Ports[0] = make([]float64, in.N)
	if !in.OnePort {
		in.Ports[1] = make([]float64, in.N)
	}
}

// FollowSigns adds up the two signs separately, in addition to the ports.
func (in *Inbox) FollowSigns() {
	in.Signs = [2][]float64{make([]float64, in.N), make([]float64, in.N)}
}

// Add adds input to element k, at the port of its sign.
func (in *Inbox) Add(k int, x float64) {
	if in.OnePort || x > 0 {
		in.Ports[0][k] += x
	} else {
		in.Ports[1][k] += x
	}
	if in.Signs[0] != nil {
		if x > 0 {
			in.Signs[0][k] += x
		} else {
			in.Signs[1][k] += x
		}
	}
}

// Direct returns the array to which all input of weight w is added, element by
// element; nil if Add must be used.
func (in *Inbox) Direct(w float64) []float64 {
	switch {
	case in.Signs[0] != nil:
		return nil
	case in.OnePort || w > 0:
		return in.Ports[0]
	}
	return in.Ports[1]
}

// Clear sets all sums to 0.
func (in *Inbox) Clear() {
	for _, x := range [...][]float64{in.Ports[0], in.Ports[1], in.Signs[0], in.Signs[1]} {
		clear(x)
	}
}

// MaxMagnitude bounds weights, currents and potentials: beyond it, the sum of a
// few of them would overflow a float64.
const MaxMagnitude = 1e40

// CheckMagnitude reports a number that is too large to be added up.
func CheckMagnitude(name string, x float64) error {
	if math.Abs(x) > MaxMagnitude {
		return fmt.Errorf("%s reaches %g in size, must be at most %g", name, math.Abs(x), MaxMagnitude)
	}
	return nil
}
