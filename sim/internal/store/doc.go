// Package store keeps networks and states on disk.
//
//	container.go    a file of named, checksummed arrays
//	mapped_*.go     reading a file into memory, mapped where the system can
//	description.go  a network's description as JSON; distribution.go, changes.go, columns.go: parts of it
//	network.go      DIR/network: the description and the rows of every shard
//	state.go        DIR/state: where a simulation has got to
//	inspect.go      what is in a file, and whether it is whole
//
// Files are written under another name, synced and renamed, so that a reader
// never sees half a file and a file that is mapped is never cut short.
//
// # Format
//
// DIR/network/network.json says what the network is: the number of the format,
// the shards it was cut into, bounds that follow from its synapses (delays that
// occur, how many spikes of a neuron its targets can take at once), and the
// description: seed, resolution, populations with models and parameters,
// projections with rules and distributions, generators and their connections,
// synapse models. The description alone determines every synapse. Its SHA-256 is
// the fingerprint that every other file of the network repeats.
//
// DIR/network/shard-NNNN.rows and DIR/state/state.cortigo are containers, all
// numbers little-endian:
//
//	8 bytes   the magic "CORTIGO1"
//	8 bytes   length of the table
//	          the table, JSON: kind ("rows" or "state"), a header, and for each
//	          array its name, type (uint32, uint64, float64), length, offset from
//	          the end of the table and CRC-32C
//	          zeros up to a multiple of 64 bytes, and the arrays, each followed by
//	          zeros to a multiple of 64
//
// The arrays of rows are those of engine.Rows, for synapses of 4 bytes
// ("entry", "synapses"), of 8 ("entry_wide", "synapses_wide") and of rings: the
// cursor of every source neuron's row, and the words of all rows; see
// kernel.Cursor and kernel.RingRow. They are used as they lie in the file, which
// is mapped. A state has a column of float64 for each population and variable,
// "P/C", by neuron and so independent of shards, the spikes whose synapses may
// still deliver ("recent/..."), and what is under way from synapses that were
// replaced ("arrivals/...").
package store
