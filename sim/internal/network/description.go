package network

import (
	"fmt"
	"math"
	"slices"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/brief"
)

// A Description is a network as its user put it together.
type Description struct {
	Seed        uint64
	Resolution  float64 // ms
	Populations []Population
	Projections []Projection
	Generators  []Generator
	Attachments []Attachment
	Draws       uint32 // how many parameters were drawn by name

	SynapseModels []SynapseModel

	FirstIndex uint32 // added to the index of projections where it names streams
}

// A Generator is N devices that drive neurons, with the ids First and so on.
type Generator struct {
	Name   string
	First  int32
	N      int
	Number int             // of the first among all devices, which names random streams
	Models []device.Device // one for all, or one for each
	Labels
}

// Labels are what figures show of a group of nodes, see spikes.Population. They
// change no result.
type Labels struct {
	Label string `json:"label,omitempty"`
	Kind  string `json:"kind,omitempty"`
	Group string `json:"group,omitempty"`
}

// Model returns device i.
func (g *Generator) Model(i int) device.Device { return g.Models[min(i, len(g.Models)-1)] }

// GeneratorModel returns the device of a number; false if there is none.
func (d *Description) GeneratorModel(number int) (device.Device, bool) {
	for i := range d.Generators {
		if g := &d.Generators[i]; number >= g.Number && number < g.Number+g.N {
			return g.Model(number - g.Number), true
		}
	}
	return nil, false
}

// GeneratorID returns the id of the device of a number; 0 if there is none.
func (d *Description) GeneratorID(number int) int32 {
	for _, g := range d.Generators {
		if number >= g.Number && number < g.Number+g.N {
			return g.First + int32(number-g.Number)
		}
	}
	return 0
}

// GeneratorCount returns the number of devices.
func (d *Description) GeneratorCount() int {
	n := 0
	for _, g := range d.Generators {
		n += g.N
	}
	return n
}

// A Range is the neurons From..From+N-1 of a population, counted from 0.
type Range struct {
	Population int `json:"population"`
	From       int `json:"from"`
	N          int `json:"n"`
}

// An Attachment is the connections of a device to a range of neurons.
type Attachment struct {
	Device        device.Device
	Generator     int // number of the device in the network
	Post          Range
	Weight, Delay connect.Distribution
	Ordinal       uint32 // which of several of the device to the population
	Synapse       string // name of the synapse model; none: static_synapse

	// What the device emits in the steps (Since, Until] passes, so that what is
	// under way at a change is not changed; an Until of 0 is no end.
	Since, Until int64
}

// Over reports whether the connections will bring nothing any more after a
// step.
func (a *Attachment) Over(step int64, resolution float64) bool {
	if a.Until == 0 {
		return false
	}
	_, longest := a.Delay.Bounds()
	return a.Until+1+int64(math.Ceil(longest/resolution))+1 <= step
}

// Clone returns a description that does not change with d.
func (d *Description) Clone() *Description {
	c := *d
	c.Populations, c.Projections, c.Attachments = slices.Clone(d.Populations), slices.Clone(d.Projections), slices.Clone(d.Attachments)
	c.Generators = slices.Clone(d.Generators)
	return &c
}

// Neurons returns the number of neurons.
func (d *Description) Neurons() int {
	n := 0
	for _, p := range d.Populations {
		n += p.N
	}
	return n
}

// Names returns the names of the populations of a collection.
func (d *Description) Names(parts []Range) string {
	s := ""
	for i, r := range parts {
		if i > 0 {
			s += " + "
		}
		if i == 20 {
			return fmt.Sprintf("%s... (%d parts)", s, len(parts))
		}
		s += brief.String(d.Populations[r.Population].Name)
	}
	return s
}
