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
// The texts are the documentation comments of packages neuron, device and
// connect, and of the fields of their structs, read from the source that these
// packages embed: they cannot differ from what go doc shows. A program that does
// not import this package contains none of it.
//
//	table.go    the models: a new one needs a line here
//	catalog.go  All, Find, Get, Default, Defaults
//	info.go     what is known of a model
//	source.go   the documentation in the source
//	comment.go  the form of comments of fields and types
//	text.go     as text
//	markdown.go as Markdown, for notebooks
package models
