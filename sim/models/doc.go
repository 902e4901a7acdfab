// Package models is the catalog of the models: what nest.Models, nest.help and
// nest.GetDefaults are in PyNEST.
//
//	fmt.Print(models.All())                      // a table of the models
//	fmt.Print(models.Find(models.Neuron, "psc")) // of some of them
//	info, err := models.Get("iaf_psc_alpha")     // what it is, its parameters, what it records
//	fmt.Print(info)
//	m, err := models.Default("iaf_psc_alpha")    // to give to Create
//	values, err := models.Defaults("iaf_psc_alpha")
//
// Parameters are read from the tags of the models' structs, see package neuron.
// The longer texts are the documentation comments of packages neuron, device and
// connect, copied by go generate, so that nothing reads Go source when a program
// runs; a test fails when they differ. A model from another module has its text in
// a method Help() string, whose first sentence is the summary.
//
//	table.go    the models: those that are registered with packages neuron and device, recorders, synapses
//	catalog.go  All, Find, Get, Default, Defaults
//	info.go     what is known of a model
//	texts.go    the longer texts, made by the command in generate
//	text.go     all of it as plain text
//	markdown.go all of it as Markdown, for notebooks
package models
