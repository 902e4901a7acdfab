package engine

import (
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// A Description is a network as its user put it together.
type Description struct {
	Seed        uint64
	Resolution  float64 // ms
	Populations []Population
	Projections []Projection
	Attachments []Attachment
}

// A Population is N neurons of one model. Their ids follow those of the
// population before.
type Population struct {
	Name  string
	N     int
	Model neuron.Model
	Vm    connect.Distribution // initial potential, mV; nil: the model's V_m
	// Columns are parameters that differ between the neurons, a value for each,
	// in place of the model's; by the name that the model's JSON gives them.
	// Truth values are 0 and 1.
	Columns map[string][]float64
}

// A Range is the neurons From..From+N-1 of a population, counted from 0.
type Range struct {
	Population int `json:"population"`
	From       int `json:"from"`
	N          int `json:"n"`
}

// A Projection connects two collections of neurons, each the parts of it in
// order. The rule is applied to the whole of either.
type Projection struct {
	Pre, Post     []Range
	Rule          connect.Rule
	Weight, Delay connect.Distribution
	Ordinal       uint32 // which of several between the two populations, where both sides have one part

	// Quantum is the grid on which weights are drawn, for each part of Targets,
	// so that they stay what they are when more is connected; 0 where they are
	// not drawn. Nil until the network is first built.
	Quantum []float64
	Changed []SynapseChange // in order of Target, then Index
}

// An Attachment is the connections of a device to a range of neurons.
type Attachment struct {
	Device        device.Device
	Generator     int // number of the device in the network
	Post          Range
	Weight, Delay connect.Distribution
	Ordinal       uint32 // which of several of the device to the population
}

// Neurons returns the number of neurons.
func (d *Description) Neurons() int {
	n := 0
	for _, p := range d.Populations {
		n += p.N
	}
	return n
}

// names returns the names of the populations of a collection.
func (d *Description) names(parts []Range) string {
	s := ""
	for i, r := range parts {
		if i > 0 {
			s += " + "
		}
		s += d.Populations[r.Population].Name
	}
	return s
}

// onto reports whether any of the targets are of population pop.
