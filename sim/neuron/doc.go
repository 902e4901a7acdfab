// Package neuron has the neuron models, one file each with the parameters, the
// equations and their source. Parameters have NEST's units and defaults.
//
//	iaf_psc_exp.go    leaky integrate-and-fire, exponential currents
//	iaf_psc_alpha.go  the same with alpha-function currents
//	iaf_psc_delta.go  the same with jumps of the potential
//	parrot.go         repeats the spikes it receives
//	recordables.go    what a multimeter can read of each
//	propagators.go    exact integration over one step (Rotter & Diesmann 1999)
//	source.go         this source as text, which package models reads its help from
//
// The comment of a parameter has the form "meaning, unit, what is allowed".
package neuron
