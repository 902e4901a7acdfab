package neuron

import "math"

// Parrot repeats every spike it receives, with its multiplicity, stamped at its
// arrival, NEST's parrot_neuron. Weights onto it do not matter.
type Parrot struct{}

// ModelName returns "parrot_neuron".
func (Parrot) ModelName() string { return "parrot_neuron" }

// Validate accepts: there are no parameters.
func (Parrot) Validate() error { return nil }

func init() {
	register(Spec{
		Defaults: Parrot{},
		Ports:    func(Model) []Port { return []Port{{"spikes", "spikes"}} },
		Counts:   true,
		New:      func(*Config) (Group, error) { return parrotGroup{}, nil },
	})
}

type parrotGroup struct{}

// Columns implements Group.
func (parrotGroup) Columns() []Column { return nil }

// Step implements Group.
func (parrotGroup) Step(in *Input, out *Spikes) {
	p := &in.Ports[0]
	for k, n := range p.Sums {
		if p.Numbers != nil {
			// What does not fit an int32 is above every limit on multiplicity.
			n = int32(min(float64(n)+p.Numbers[k], math.MaxInt32))
			p.Numbers[k] = 0
		}
		if n > 0 {
			out.Add(k, int(n))
		}
		p.Sums[k] = 0
	}
}
