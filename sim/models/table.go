package models

import (
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/param"
	"cortigo/sim/neuron"
)

// An entry is a model of the catalog.
type entry struct {
	kind    Kind
	name    string   // NEST's; "": ModelName of defaults
	aliases []string // names in tutorials for older versions of NEST
	// defaults is the model with its defaults, a struct of package neuron, device
	// or connect.
	defaults any
	// function returns the defaults of a model that is another's struct; its
	// comment opens the help.
	function string
}

// entries returns the models.
func entries() []entry { return table }

var table = []entry{
	{kind: Neuron, defaults: neuron.DefaultIafPscAlpha(), aliases: []string{"iaf_neuron"}},
	{kind: Neuron, defaults: neuron.DefaultIafPscDelta()},
	{kind: Neuron, defaults: neuron.DefaultIafPscExp()},
	{kind: Neuron, defaults: neuron.Parrot{}},
	{kind: Generator, defaults: device.DC{}},
	{kind: Generator, defaults: device.InhomogeneousPoisson{}},
	{kind: Generator, defaults: device.Noise{}},
	{kind: Generator, defaults: device.Poisson{}},
	{kind: Generator, defaults: device.SpikeGenerator{}},
	{kind: Generator, defaults: device.StepCurrent{}},
	{kind: Recorder, defaults: device.DefaultMultimeter()},
	{kind: Recorder, defaults: device.SpikeRecorder{}, aliases: []string{"spike_detector"}},
	{kind: Recorder, defaults: device.DefaultVoltmeter(), function: "device.DefaultVoltmeter", name: "voltmeter"},
	{kind: Synapse, defaults: param.Defaults[connect.Synapse]()},
}
