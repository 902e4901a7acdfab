// Package neuron has the neuron models, one file each with the parameters, the
// equations and their source. Parameters have NEST's units and defaults.
//
//	iaf_psc_exp.go    leaky integrate-and-fire, exponential currents
//	iaf_psc_alpha.go  the same with alpha-function currents
//	iaf_psc_delta.go  the same with jumps of the potential
//	parrot.go         repeats the spikes it receives
//	model.go          what all have: parameters as a table, checks
//	recordables.go    what a multimeter can read of each
//	propagators.go    exact integration over one step (Rotter & Diesmann 1999)
//
// # Parameters
//
// A model is a struct. The tags of its fields are the table of its parameters, for
// all that is done with them: defaults, Set and Get by name, values of each neuron,
// files, checks, the catalog in package models. Models in other packages have
// the same.
//
//	Cm float64 `json:"C_m" unit:"pF" default:"250" allowed:"> 0" help:"capacitance"`
//
//	json     the name; with ",omitempty" files leave out what has its default
//	nest     the name, where files have another; json:"-" is no parameter
//	unit     mV, ms, pA, pF, nS, spikes/s, Hz, degrees, ..., dimensionless
//	default  a number, -inf, true, a text; for a list with commas; else 0
//	allowed  of numbers: finite (if nothing is said), a number, > 0, >= 0, < 1,
//	         > 0 and <= 5, in [0, 1], in (0, 1], each with "or -Inf", "or +Inf" behind
//	         it; of strings: one of a, b. After a semicolon stands what people
//	         should know besides, as of rules between parameters, which are
//	         Validate's affair.
//	zero     what 0 stands for, if not for 0: it is allowed then, too
//	help     what it is, in a line
//
// A field is a float64, int, bool, string or a slice of these, or a distribution
// of package connect. Fields of an embedded struct are among the outer's.
package neuron
