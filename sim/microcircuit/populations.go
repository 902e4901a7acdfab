package microcircuit

import (
	"bytes"
	"encoding/json"

	"fmt"
	"reflect"

	"cortigo/sim"
	"cortigo/sim/spikes"
)

// A Population is one of the eight cell populations of the circuit: a layer,
// and in it the excitatory (E) or the inhibitory (I) neurons.
type Population int

// The populations, in the order in which they are created and neuron ids are
// counted.
const (
	L23E Population = iota
	L23I
	L4E
	L4I
	L5E
	L5I
	L6E
	L6I
	Count int = iota // the number of populations
)

// Thalamus is the name of the population of thalamic neurons, which exists
// only when the thalamic stimulus is on. Its ids follow those of the circuit.
const Thalamus = "TC"

var names = [Count]string{"L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I"}

// Names returns the names of the populations in their order.
func Names() []string { return names[:] }

// String returns the population's name, for example "L23E".
func (p Population) String() string {
	if p < 0 || int(p) >= Count {
		return fmt.Sprintf("Population(%d)", int(p))
	}
	return names[p]
}

// Inhibitory reports whether the population's neurons are inhibitory.
func (p Population) Inhibitory() bool { return p&1 == 1 }

// Kind returns spikes.Excitatory or spikes.Inhibitory.
func (p Population) Kind() spikes.Kind {
	if p.Inhibitory() {
		return spikes.Inhibitory
	}
	return spikes.Excitatory
}

// Layer returns the label of the population's layer, "L2/3", "L4", "L5" or "L6".
func (p Population) Layer() string {
	if p == L23E || p == L23I {
		return "L2/3"
	}
	name := p.String()
	return name[:len(name)-1]
}

// Label returns the population's name as the paper writes it, for example
// "L2/3E".
func (p Population) Label() string {
	name := p.String()
	return p.Layer() + name[len(name)-1:]
}

// label sets what figures show of population p.
func (p Population) label(nodes *sim.Nodes) {
	nodes.SetLabel(p.Label())
	nodes.SetKind(p.Kind())
	nodes.SetGroup(p.Layer())
}

// PerPopulation is a value for each population, indexed by Population. In JSON
// it is an object with the populations' names as keys.
type PerPopulation[T any] [Count]T

// Matrix is a value for each pair of populations, indexed [target][source].
type Matrix[T any] = PerPopulation[PerPopulation[T]]

// Uniform returns x for every population.
func Uniform[T any](x T) PerPopulation[T] {
	var v PerPopulation[T]
	for i := range v {
		v[i] = x
	}
	return v
}

// MarshalJSON writes an object with a member for each population, in order.
func (v PerPopulation[T]) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, x := range v {
		if i == 0 {
			b.WriteByte('{')
		} else {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:", names[i])
		j, err := json.Marshal(x)
		if err != nil {
			return nil, fmt.Errorf("population %s: %w", names[i], err)
		}
		b.Write(j)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// UnmarshalJSON sets the populations that the object b names and keeps the
// others as they are. It also takes a list of as many values as there are
// populations. An unknown population is an error.
func (v *PerPopulation[T]) UnmarshalJSON(b []byte) error {
	return decodeStrict(b, 0, reflect.ValueOf(v).Elem(), "")
}
