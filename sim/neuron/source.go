package neuron

import "embed"

// Source is the Go source of this package, from which package models reads what
// it says of models and parameters. A program that does not use it does not
// contain it.
//
//go:embed *.go
var Source embed.FS
