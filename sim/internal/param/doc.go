// Package param reads and sets the parameters of models by NEST's names: those of
// the structs of packages neuron and device, of connect.Synapse, and of users' own
// structs. The tags of the fields are the table of parameters; package neuron says
// what they mean. The tags of each type are read once.
//
// A parameter's name is its field's tag `nest:"..."`, else the one of
// `json:"..."`, else the field's name in lower case. Fields of embedded structs
// count as fields of the outer one.
//
//	set.go      the parameters of a type, found once; Get, With
//	table.go    unit, default, what is allowed, help
//	allowed.go  the tag `allowed`; checks
//	kind.go     what a parameter may hold
//	convert.go  values that users give, to values of fields
//	editor.go   many changes of one model, and of one neuron after the other
//	json.go     models as JSON, with infinities
package param
