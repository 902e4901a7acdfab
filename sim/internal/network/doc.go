// Package network is what a network is, as its user put it together, and what can be
// said of it before anything is built: a description and its checks.
//
//	description.go   the whole; generators and their connections
//	population.go    neurons of one model, and what the model says of them
//	projection.go    collections that a rule connects; synapses that were changed since
//	synapse_model.go names for kinds of synapses and their parameters
//	pool.go          joined collections, which rules choose from
//	delay.go         delays in steps
//	check.go         what can be refused at once
//	part.go          which of its shards are here
//	state.go         what a network needs to go on, as data, and what no run can have left in it
//
// It draws nothing, builds nothing and runs nothing.
package network
