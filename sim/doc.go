// Package sim builds and runs networks of spiking neurons.
//
// A Network is nodes and the connections between them, put together as in PyNEST:
// Create makes neurons (package neuron), generators and recorders (package
// device), Connect connects collections of them by a rule (package connect), and
// Simulate advances the time. Simulate can be called as often as you like, with
// Create, Connect, Set and SetWeights in between; it continues from the state that
// the network has reached.
//
//	net := sim.New(sim.Seed(1))
//	exc := net.Create("exc", 800, neuron.DefaultIafPscExp(), sim.Params{"V_m": connect.Normal{Mean: -65, SD: 3}})
//	inh := net.Create("inh", 200, neuron.DefaultIafPscExp())
//	noise := net.Create("noise", 1, device.Poisson{Rate: 12000})
//	spikes := net.Create("spikes", 1, device.SpikeRecorder{})
//	all := sim.Join(exc, inh)
//	net.Connect(exc, all, connect.FixedInDegree{N: 80}, connect.Synapse{Weight: 20, Delay: 1.5})
//	net.Connect(inh, all, connect.FixedInDegree{N: 20}, connect.Synapse{Weight: connect.Normal{Mean: -100, SD: 10}})
//	net.Connect(noise, all, connect.Synapse{Weight: 30}) // all to all
//	net.Connect(exc, spikes)
//	err := net.Simulate(ctx, 500)
//	inh.Slice(0, 50).Set(sim.Params{"I_e": 376})
//	err = net.Simulate(ctx, 500)
//	data, err := spikes.Spikes()
//
// Calls that put a network together return what they make and no error. A call that
// makes no sense is refused: it changes nothing, and the network remembers the first
// such call. Simulate then does nothing and returns what was wrong, with the call
// and its place, until Network.Err has been called. Calls that ask for something,
// such as Get and Spikes, return errors.
//
// What a device.SpikeRecorder or a device.Multimeter records stays in memory
// (Nodes.Spikes, Nodes.Samples) or goes to a writer during the simulation
// (WriteSpikesTo, WriteSamplesTo). Recorders are nodes that are created and
// connected; a program that records any network can also make a recorder that is not
// a node, by Network.Record.
//
// Times at this interface are in ms, potentials in mV, currents and weights in pA
// (weights onto iaf_psc_delta in mV). Ids count from 1 over all nodes, of
// whatever kind, in the order of their creation. Internally, time is an integer
// number of steps of the resolution.
//
// A change at time t holds for what is emitted after t: a connection carries
// the spikes that are stamped after it was made, and spikes under way, of
// neurons and of generators, arrive with the weight and the delay that held
// when they were emitted.
//
// One seed gives the same spikes, bit for bit, on any number of threads and
// shards, in one call of Simulate or in many, in one process or after Save and
// Open. After a change of connections or weights, input under way is kept as
// numbers in place of spikes. So a potential may differ in its last bit from
// that of a network that was not changed, even if the change sets the same
// values again.
//
//	network.go      New, Create
//	nodes.go        collections of nodes: slices, joins, iteration
//	params.go       Get and Set of parameters and state; edit.go: all of a Set or nothing
//	connect.go      Connect
//	connections.go  connections as they are: queries, degrees
//	weights.go      SetWeights, SetDelays
//	synapse.go      synapse models: CopyModel
//	recorder.go     spike recorders and multimeters: Spikes, Samples, WriteSpikesTo, Record
//	samples.go      what they hand to a writer
//	values.go       several parameters, or all, at once: GetAll
//	labels.go       labels, kinds and groups, for figures
//	simulate.go     Build, Simulate, time, progress, Stats
//	call.go         one call at a time; the first that was refused: Err
//	change.go       what follows from a change: an engine with the same state; Reset
//	options.go      what New can be told
//	memory.go       how much memory a network needs, and there is
//	save.go         networks and states on disk; inspect.go: what is there
//	microcircuit/   the model of Potjans & Diesmann (2014)
//	models/         the models and their parameters with a line of help each
//	neuron/         neuron models
//	connect/        connection rules, distributions, a connection's weight and delay
//	device/         generators and recorders
//	synapse/        synapses with state
//	spikes/         spike data
//	fmath/          elementary functions with the same bits on every machine
package sim

// Version is Cortigo's version; the CHANGELOG says what each one changed.
const Version = "0.1.0"
