// Package engine builds and runs networks: it is where the time goes. What it builds
// from is in packages network, wiring and delivery.
//
//	build.go        an engine from a description
//	memory.go       how much memory it will take
//	load.go         an engine from rows that were built before
//	renew.go        an engine that goes on from another whose description changed
//	arrivals.go     what is under way when synapses change
//	block.go        state of the neurons of one population in one shard
//	quantity.go     V_m and currents of single neurons, read and set
//	settle.go       what decays for ever ends, what is not finite stops a run
//	attach.go       devices to blocks; combine.go: those of single neurons together
//	current.go      what currents of devices add up to
//	shard.go        one step of one shard
//	run.go          the run loop; panic.go: panics of its workers, rows that cannot be read any more
//	risk.go         steps that fail, and parrots that may emit more at once than sums hold
//	record.go       spike recorders and multimeters; train.go: generators' own spikes
//	restore.go      state in and out, by neuron id; info.go: figures of an engine
//
// Nothing that is drawn or summed depends on the number of shards or workers:
// draws are keyed by what they are for, and sums of weights are sums of
// integers.
package engine
