// Package param reads and sets the parameters of models by NEST's names: those
// of the structs of packages neuron and device, of connect.Synapse, and of whoever
// has such a struct. The tags of its fields are the table; package neuron says
// what they mean. A table is read once for each type.
//
// A parameter's name is its field's tag `nest:"..."`, else the one of
// `json:"..."`, else the field's name in lower case; those of embedded structs
// are among the outer's.
//
//	set.go      the parameters of a type, found once; Get, With
//	table.go    unit, default, what is allowed, help
//	allowed.go  the tag `allowed`; checks
//	kind.go     what a parameter may hold
//	convert.go  values that users give, to values of fields
//	editor.go   many changes of one model, and of one neuron after the other
//	json.go     models as JSON, with infinities
package param
