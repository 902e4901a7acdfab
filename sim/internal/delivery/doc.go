// Package delivery is the synapses onto the neurons of one shard, and how spikes go
// through them: built from what package wiring draws, told of spikes, they add up
// what arrives in each step.
//
//	layout.go      which shard a neuron lives in, and which slot of its sums
//	synapses.go    all synapses onto a shard; what is under way through them
//	kind.go        what is asked of synapses of any kind, and the sums they deliver to
//	static.go      synapses that never change: rows of three forms, or a ring
//	rows.go        rows: sorted by source and delay, placed; fill.go: all those of a shard
//	packed.go      rows of 2 or 3 bytes a synapse, where there are few different weights
//	ring.go        rows and sums of shards of few neurons
//	wheel.go       what is under way, by the step it arrives
//	stateful.go    synapses with state: rows, what they send; stateful_state.go: in and out, by name
//	saved.go       rows as they lie in memory, and what must hold of them
//	hugepages_*.go large pages for rows
//
// It knows nothing of neurons but where they live. Sums of weights are sums of
// integers, so that no result depends on how a network is cut.
package delivery
