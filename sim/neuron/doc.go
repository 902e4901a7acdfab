// Package neuron has the neuron models, one file each with the parameters, the
// equations and their source. Parameters have NEST's units and defaults.
//
//	iaf_psc_exp.go    leaky integrate-and-fire, exponential currents
//	iaf_psc_alpha.go  the same with alpha-function currents
//	iaf_psc_delta.go  the same with jumps of the potential
//	parrot.go         repeats the spikes it receives
//	parameters.go     parameters as a table, of all neurons or of each
//	spec.go           what the simulator needs to know of a model: Spec, Register
//	group.go          neurons that run: Group, its state and input
//	iaf.go            what the integrate-and-fire models share
//	propagators.go    exact integration over one step (Rotter & Diesmann 1999)
//
// # Parameters
//
// A model is a struct. The tags of its fields are the one table of its parameters,
// used for defaults, Set and Get by name, values of each neuron, files, checks, and
// the catalog in package models. Models in other packages have the same tags.
//
//	Cm float64 `json:"C_m" unit:"pF" default:"250" allowed:"> 0" help:"capacitance"`
//
//	json     the name; with ",omitempty" files leave out what has its default
//	nest     the name, where files have another; json:"-" is no parameter
//	unit     mV, ms, pA, pF, nS, spikes/s, Hz, degrees, ..., dimensionless
//	default  a number, -inf, true, a text; for a list with commas; else 0
//	allowed  of numbers: finite (if nothing is said), a number, > 0, >= 0, < 1,
//	         > 0 and <= 5, in [0, 1], in (0, 1], each with "or -Inf", "or +Inf" after
//	         it; of strings: one of a, b. Text after a semicolon is for people
//	         only, such as rules between parameters, which Validate checks
//	zero     what 0 stands for, if not for itself; 0 is then allowed, too
//	help     what it is, in one line
//
// A field is a float64, int, bool, string or a slice of these. Fields of an embedded
// struct count as fields of the outer one. Each neuron may have its own numbers and
// truth values; texts and lists are those of a whole population.
package neuron
