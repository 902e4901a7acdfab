// Package param reads and sets the parameters of models by NEST's names: those
// of the structs of packages neuron and device, and of connect.Synapse.
//
// A parameter's name is its field's tag `nest:"..."`, else the one of
// `json:"..."`, else the field's name in lower case; those of embedded structs
// are among the outer's. What JSON leaves out, as V_min, which may be infinite,
// thus has a name here.
//
//	set.go      the parameters of a type, found once
//	kind.go     what a parameter may hold
//	convert.go  values that users give, to values of fields
//	editor.go   many changes of one model
package param
