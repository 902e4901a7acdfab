package neuron

// Parrot repeats every spike it receives, with its multiplicity, stamped at its
// arrival, NEST's parrot_neuron. Weights onto it do not matter.
type Parrot struct{}

// ModelName returns "parrot_neuron".
func (Parrot) ModelName() string { return "parrot_neuron" }

// Validate accepts: there are no parameters.
func (Parrot) Validate() error { return nil }
