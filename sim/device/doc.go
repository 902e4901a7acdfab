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
package device
