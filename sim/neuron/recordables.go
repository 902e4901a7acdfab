package neuron

// A Recordable is a quantity of a neuron that a multimeter can read.
type Recordable struct {
	Name string // NEST's
	Unit string
	Help string // one line
}

var (
	vm     = Recordable{"V_m", "mV", "membrane potential"}
	iSynEx = Recordable{"I_syn_ex", "pA", "excitatory synaptic current"}
	iSynIn = Recordable{"I_syn_in", "pA", "inhibitory synaptic current"}
)

// Recordables returns what a multimeter can read of neurons of model m, in the
// order of NEST's documentation; nil if there is nothing, as of a parrot.
func Recordables(m Model) []Recordable {
	if r, ok := m.(interface{ Recordables() []Recordable }); ok {
		return r.Recordables()
	}
	return nil
}
