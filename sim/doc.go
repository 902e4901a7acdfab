// Package sim builds and runs networks of spiking neurons.
//
// A Network is put together from populations of model neurons (package neuron),
// connected by rules with drawn parameters (package connect), driven by
// generators and watched by recorders (package device):
//
//	net, err := sim.New(sim.Seed(1))
//	exc, err := net.Create("exc", 800, neuron.DefaultIafPscExp())
//	err = net.Connect(exc, exc, connect.FixedTotalNumber{N: 64000}, connect.Synapse{Weight: connect.Constant(20)})
//	err = net.Attach(device.Poisson{Rate: 12000}, exc, connect.Synapse{Weight: connect.Constant(30)})
//	err = net.RecordSpikes(writer, exc)
//	err = net.Simulate(ctx, 1000)
//
// Times at this interface are in ms, weights in pA (mV for iaf_psc_delta), ids
// of neurons count from 1 over the populations in the order of their creation.
// Inside, time is an integer number of steps of the resolution.
//
// One seed gives the same spikes, bit for bit, on any number of threads and
// shards, in one call of Simulate or in many, in one process or after Save and
// Open.
//
//	network.go     New, Create, Connect, Attach
//	population.go  populations and parts of them
//	options.go     what New can be told
//	record.go      the interfaces that recorders write to
//	simulate.go    Build, Simulate, recording
//	save.go        networks and states on disk
//	microcircuit/  the model of Potjans & Diesmann (2014)
//	neuron/        neuron models
//	connect/       connection rules and distributions
//	device/        generators and recorders
//	spikes/        spike data
package sim
