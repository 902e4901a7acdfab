// Package device has the generators that drive neurons and the recorders that
// watch them, with NEST's rules for when they are active. All times are in ms
// and must lie on the grid of the resolution; Origin shifts Start, Stop and the
// times of a spike generator, but not those of a step current
// or of an inhomogeneous Poisson generator.
//
//	device.go, contract.go    what a device is, and what it sends
//	connections.go            to whom; register.go: types of a user's own
//	each.go                   what is asked for one connection and step at a time
//	current.go                dc_generator, step_current_generator
//	noise.go                  noise_generator
//	poisson.go                poisson_generator; poisson_set.go: many for a few neurons each
//	inhomogeneous_poisson.go  inhomogeneous_poisson_generator
//	spike_generator.go        spike_generator
//	multimeter.go             multimeter, voltmeter
//	spike_recorder.go         spike_recorder
//
// # A device of your own
//
// A device is a struct of parameters that says what it sends. It has the methods
// of Device, and of one of
//
//	Emitter           spikes: what arrives at neurons, what a recorder gets, the most in a step
//	CurrentSource     one current for all targets, constant in pieces
//	OwnCurrentSource  a current of its own for every target
//
// EmitEach and CurrentEach make these from a function of connection and step; they
// take care of delays, weights, windows and changes between two calls of Simulate.
// Random numbers come from Connections.Stream, so that results do not depend on the
// number of workers. Call Register once, then networks can have the device, and be
// saved and opened with it, under its ModelName. The example of Register is
// complete.
package device
