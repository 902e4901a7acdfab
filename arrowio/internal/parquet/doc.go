// Package parquet reads and writes the parts of a run: Parquet files of spikes or
// samples, in order of time. It knows one file at a time; which files make a run,
// and what run.json says of them, is package arrowio's. It is the only package of
// Cortigo that uses Apache Arrow's Go module, version 17.
//
// A part has the columns time_ms, neuron and population, and for samples one more
// for each quantity. Times and populations have dictionaries and are compressed by
// Zstandard, ids are stored as differences (DELTA_BINARY_PACKED), quantities as they
// are: any reader of Parquet can read them. Arrow's module writes page headers and
// footer; the pages are made here, which takes a fifth of the time, because a
// recording has known properties.
//
// A file that is read may contain anything. Sizes and counts are checked before
// Arrow reads them, its panics become errors, and there is a checksum over every
// byte: damage is an error that is [ErrDamaged].
//
// # Map
//
//   - writer.go      [Writer]: one file, a row group at a time
//   - rowgroup.go    [Rows] into the pages of a row group
//   - columns.go     names, types and compression of the columns; their schema as Arrow has it
//   - indices.go     pages of dictionary indices
//   - deltas.go      pages of differences of ids, written and read
//   - reader.go      [Reader]: what the footer tells of a file
//   - readgroup.go   the rows of a row group
//   - guard.go       what is looked at before Arrow reads: footer, page headers, memory
//   - compressed.go  the same for compressed pages
//   - thrift.go      a walk over Thrift's compact protocol, for guard.go
//   - checksum.go    checksums, [ErrDamaged]
//   - time.go        steps and ms
package parquet
