// Package wiring is who is connected to whom in a network, and with which weight and
// delay: all that is drawn follows from the description alone, here.
//
//	plan.go    which sources each target of a projection gets
//	draw.go    sources, weights and delays of a target, from its own streams
//	change.go  synapses that were given another weight or delay
//	value.go   numbers drawn from distributions; connections of devices
//	quantum.go the grid on which a population's weights lie; tiers.go: of weights far apart
//	often.go   how many spikes may come at once, of parrots too, and what sums hold
//	query.go   connections, named by drawing them again; pairs.go: between nodes that are no neurons
//	job.go     building that can be stopped and tells how far it is
//
// It knows of no shards and nothing of running: draws are keyed by what they are for,
// so that nothing depends on how a network is cut or in which order it is drawn.
package wiring
