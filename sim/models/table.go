package models

import (
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/param"
	"cortigo/sim/neuron"
	"cortigo/sim/synapse"
)

// An entry is a model of the catalog.
type entry struct {
	kind    Kind
	name    string   // NEST's; "": ModelName of defaults
	aliases []string // names in tutorials for older versions of NEST
	// defaults is the model with its defaults, a struct.
	defaults any
	// function returns the defaults of a model that is another's struct; its
	// comment opens the help.
	function string
}

// entries returns the models that there are now.
func entries() []entry {
	list := []entry{
		{kind: Recorder, defaults: device.DefaultMultimeter()},
		{kind: Recorder, defaults: device.SpikeRecorder{}, aliases: []string{"spike_detector"}},
		{kind: Recorder, defaults: device.DefaultVoltmeter(), function: "device.DefaultVoltmeter", name: "voltmeter"},
		{kind: Synapse, defaults: param.Defaults[connect.Synapse]()},
	}
	for _, s := range neuron.Registered() {
		list = append(list, entry{kind: Neuron, defaults: s.Defaults, aliases: s.Aliases})
	}
	for _, d := range device.Registered() {
		list = append(list, entry{kind: Generator, defaults: d})
	}
	for _, name := range synapse.Names() {
		if s := synapse.Find(name); s != nil {
			list = append(list, entry{kind: Synapse, defaults: s.Defaults})
		}
	}
	return list
}
