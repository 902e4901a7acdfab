// Package store keeps networks and states on disk.
//
//	container.go    a file of named, checksummed arrays
//	mapped_*.go     reading a file into memory, mapped where the system can
//	description.go  a network's description as JSON; distribution.go, changes.go: parts of it
//	network.go      DIR/network: the description and the rows of every shard
//	state.go        DIR/state: where a simulation has got to
//
// Files are written under another name, synced and renamed, so that a reader
// never sees half a file and a file that is mapped is never cut short.
package store
