// Package device has the generators that drive neurons and the recorders that
// watch them, with NEST's rules for when they are active. All times are in ms
// and must lie on the grid of the resolution; Origin shifts Start, Stop and the
// times of a spike generator, but not those of a step current
// or of an inhomogeneous Poisson generator.
//
//	current.go                dc_generator, step_current_generator
//	noise.go                  noise_generator
//	poisson.go                poisson_generator
//	inhomogeneous_poisson.go  inhomogeneous_poisson_generator
//	spike_generator.go        spike_generator
//	multimeter.go             multimeter, voltmeter
//	spike_recorder.go         spike_recorder
//	source.go                 this source as text, which package models reads its help from
//
// The comment of a parameter has the form "meaning, unit, what is allowed".
package device
