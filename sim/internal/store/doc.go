// Package store keeps networks and states on disk.
//
//	container.go    a file of named, checksummed arrays
//	mapped_*.go     a file mapped into memory, while a lease keeps others from changing it
//	description.go  a network's description as JSON; changes.go, columns.go: parts of it
//	network.go      DIR/network: the description and the rows of every shard
//	state.go        DIR/state: the state that a simulation has reached
//	synapses.go     the part of a state that belongs to synapses with state
//	inspect.go      what is in a file, and whether it is whole; present.go: whether all files exist
//
// Files are written under another name, synced and renamed, so that a reader
// never sees half a file. What is read is checked before memory is allocated
// for it: every number of every file has a checksum or is bounded by the
// others, and tables, lengths and fingerprints are compared before arrays are
// read.
//
// Rows are used as they are in the file, which is mapped while this process has a
// lease on it (Linux; F_SETLEASE in fcntl(2)). A program that opens the file for
// writing, or cuts it short, has to wait until the mapping has been replaced by a
// copy, a fraction of a second. Without a lease (on other systems, for files of
// other users or files that somebody writes to) rows are copied at once.
//
// # Format
//
// DIR/network/network.json says what the network is: the number of the format, the
// shards it was divided into, bounds that follow from its synapses (delays that
// occur, how many spikes of a neuron its targets can take at once, the quanta of
// weights), length and checksum of the file of each shard, and the description:
// seed, resolution, populations with models and parameters, projections with rules
// and distributions, generators and their connections, synapse models. The
// description alone determines every synapse. Its SHA-256 is the fingerprint that
// every other file of the network repeats; the digest is the SHA-256 of all the
// rest. Of a network of formats 2 (which had neither digest nor quanta) and 3 only the
// description is read, unless weights are drawn from distributions: those were drawn
// otherwise.
//
// DIR/network/shard-NNNN.rows and DIR/state/state.cortigo are containers, all
// numbers little-endian:
//
//	8 bytes   the magic "CORTIGO2"
//	8 bytes   length of the table
//	8 bytes   CRC-32C of the 16 bytes before and the table
//	          the table, JSON: kind ("rows" or "state"), a header, and for each
//	          array its name, type (uint16, uint32, uint64, float64), length, offset from
//	          the end of the table and CRC-32C
//	          zeros up to a multiple of 64 bytes, and the arrays, each followed by
//	          zeros to a multiple of 64
//
// Containers with the magic "CORTIGO1", which have no checksum of the table, can
// be read, too.
//
// The arrays of rows are those of engine.Rows, for synapses of 4 bytes ("entry",
// "synapses"), of 2 or 3 ("entry_packed", "synapses_packed"), of 8 ("entry_wide",
// "synapses_wide") and of rings: the cursor of every source neuron's row, and the words
// of all rows; see kernel.Cursor, kernel.PackedWeights, whose tables are
// "weights_packed", and kernel.RingRow. A
// state has a column of float64 for each population and state column, "P/NAME", in order of
// neurons and so independent of shards; the spikes whose synapses may still deliver
// ("recent/..."); and the input under way from synapses that were replaced
// ("arrivals/..."). For each projection whose synapses have state it has, in order of
// target, then index, "synapses/P/weight" and "synapses/P/NAME" for each column of their
// kind, and the step of each source's last spike ("synapses/P/last"); and the input that
// they have sent and that is under way, in quanta ("sent/..."). Such synapses are in no
// file of rows: they are drawn again.
package store
