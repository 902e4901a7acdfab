// Package sim builds and runs networks of spiking neurons.
//
// A Network is nodes and the connections between them, put together as in
// PyNEST: Create makes neurons (package neuron), generators and recorders (package
// device), Connect connects collections of them by a rule (package connect), and
// Simulate lets time pass, as often as one likes, with Create, Connect, Set and
// SetWeights in between. The network goes on from the state that it reached.
//
//	net, err := sim.New(sim.Seed(1))
//	exc, err := net.Create("exc", 800, neuron.DefaultIafPscExp(), sim.Params{"V_m": connect.Normal{Mean: -65, SD: 3}})
//	inh, err := net.Create("inh", 200, neuron.DefaultIafPscExp())
//	noise, err := net.Create("noise", 1, device.Poisson{Rate: 12000})
//	spikes, err := net.Create("spikes", 1, device.SpikeRecorder{})
//	all := sim.Join(exc, inh)
//	err = net.Connect(exc, all, connect.FixedInDegree{N: 80}, connect.Synapse{Weight: connect.Constant(20)})
//	err = net.Connect(inh, all, connect.FixedInDegree{N: 20}, connect.Synapse{Weight: connect.Constant(-100)})
//	err = net.Connect(noise, all, nil, connect.Synapse{Weight: connect.Constant(30)}) // all to all
//	err = net.Connect(exc, spikes, nil, connect.Synapse{})
//	err = net.Simulate(ctx, 500)
//	err = inh.Slice(0, 50).Set(sim.Params{"I_e": 376.0})
//	err = net.Simulate(ctx, 500)
//	data, err := spikes.Spikes()
//
// Times at this interface are in ms, potentials in mV, currents and weights in pA
// (weights onto iaf_psc_delta in mV). Ids of nodes count from 1 over all nodes,
// whatever they are, in the order of their creation. Inside, time is an integer
// number of steps of the resolution.
//
// What is changed at a time t holds for what is emitted after t: a connection
// carries the spikes that are stamped after it was made, and what is under way,
// of neurons and of generators, arrives with the weight and the delay that it
// left with.
//
// Every bad input is an error that names what is wrong, and changes nothing. A
// network whose Create, Connect or Set was refused does not simulate before
// Network.Err has told which call it was, and where it stands.
//
// One seed gives the same spikes, bit for bit, on any number of threads and
// shards, in one call of Simulate or in many, in one process or after Save and
// Open. Behind a change of connections, or of weights, input that is under way
// is kept as numbers in place of spikes, so that a network that was changed into
// itself may differ from one that was not in the last bit of a potential.
//
//	network.go      New, Create
//	nodes.go        collections of nodes: slices, joins, iteration
//	params.go       Get and Set of parameters and state; edit.go: all of a Set or nothing
//	connect.go      Connect
//	connections.go  connections as they are: queries, degrees
//	weights.go      SetWeights, SetDelays
//	synapse.go      synapse models: CopyModel
//	recorder.go     spike recorders and multimeters; record.go: the writers they may have
//	tap.go          RecordSpikes, Record: for programs that take what comes without a recorder
//	simulate.go     Build, Simulate, time, Stats; progress.go
//	call.go         one call at a time; the first that was refused: Err
//	change.go       what follows from a change: an engine with the same state; Reset
//	options.go      what New can be told
//	memory.go       how much memory a network needs, and there is
//	save.go         networks and states on disk; inspect.go: what is there
//	microcircuit/   the model of Potjans & Diesmann (2014)
//	models/         the models and their parameters with a line of help each
//	neuron/         neuron models
//	connect/        connection rules and distributions
//	device/         generators and recorders
//	spikes/         spike data
package sim
