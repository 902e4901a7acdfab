// Package arrowio keeps runs in files: spikes and multimeter samples as Apache
// Parquet, with what is needed to repeat the run. NEST's ASCII files are package
// nest's.
//
// A run is a directory:
//
//	DIR/run.json                 what was run: model, parameters, seed, populations, versions, timings
//	DIR/spikes/part-*.parquet    spikes: time_ms (double), neuron (int32), population (dictionary of strings)
//	DIR/voltages/part-*.parquet  samples: the same, and a double for each quantity: V_m (mV), I_syn_ex, I_syn_in (pA)
//	DIR/network, DIR/state       the built network and the last checkpoint, written by package sim
//
// A time stamp is the end of the step in which the threshold was crossed. Rows
// are in order of time, then neuron, in each part and from part to part. The
// metadata of each part repeat run.json, but for its list of the parts, under the
// key "cortigo.run". DuckDB, pandas and polars read the parts as they are:
//
//	SELECT population, count(*) FROM 'DIR/spikes/part-*.parquet' GROUP BY ALL
//
// # One way to record
//
// A [Session] is the only way a run is simulated, recorded, checkpointed and gone on
// with; the command and the notebooks use it as any program can. It begins in a
// directory that [CreateRun] made, or goes on in one that has a state, by [Resume];
// [Session.SimulateUntil] simulates, [Session.Close] ends it. Whatever ends the program
// in between, the next session goes on from the last checkpoint.
//
// # Map
//
//   - run.go        [CreateRun], [OpenRun], [RunDir], [Run]: the directory and run.json
//   - session.go    [Resume], [Session]: a network and its directory, simulated and recorded in as many pieces as one likes; [CheckpointInterval]
//   - recorded.go   [Describe], [Run.RecordsOnly]: which populations there are, and which are recorded
//   - noderecord.go [RecordParquet]: what a recorder among a network's nodes writes to
//   - writers.go    [SpikeWriter], [SampleWriter]: rows while they are simulated
//   - recorder.go   the goroutine that turns rows into parts
//   - read.go       [ReadSpikes], [ReadSamples], [StreamSpikes], [Digest]: back into memory, or in order in bounded memory
//   - selection.go  [InWindow], [InPopulations]: a part of a run
//   - inspect.go    [Inspect], [InspectPart], [PartRun]: what is in a directory or a part, by metadata alone
//   - check.go      [Check], [ErrDamaged]: whether all of it is whole
//   - partlist.go   the parts that run.json lists, and those that there are
//   - rewind.go     [RunDir.Rewind]: back to a checkpoint
//   - layout.go     the names of files; [CheckOverwrite]
//   - foreign.go    files that are not of the run, and are left alone
//   - lock.go       [RunDir.Lock], [WriterPID]: one program writes to a run at a time (lock_unix.go, lock_other.go)
//
// Packages around it: internal/parquet is one Parquet file, internal/populations finds
// the population of a neuron, internal/files replaces files in one go; pd14 is what
// runs of the microcircuit have in common.
//
// # What the formats promise
//
// Of any run that a released version wrote, every later one reads spikes, samples and
// run.json, and goes on recording into it; that it still does is tested with runs of
// the versions before (testdata). A run that goes on, or whose run.json changes, becomes
// one of the version that writes; an older program refuses it then, naming the
// versions that it knows. Whether the saved network and state of an older version can be
// opened is package sim's to say; where not, the recording stays readable.
//
// Versions of run.json ("format_version"):
//
//	1  parts have no checksums and are not listed
//	2  a checksum over every byte of a part, and the list of the parts in run.json
//	3  "analyse_from_ms" and "planned_end_ms" instead of "t_presim_ms" and "t_sim_ms"; populations may have "label", "kind" and "group"
//
// Programs of others, DuckDB, pandas, polars, R, may rely on this, in all versions:
//
//   - Parts are Parquet files of format 2, with pages of version 1, named part-NNNNN.parquet and never changed once they
//     have that name, except by going on from a state before their end, which replaces or removes them as a whole.
//     What is being written has a name that begins with a dot.
//   - The columns time_ms, neuron and population, by name, with their types and without nulls; further columns are
//     quantities of samples, named as the multimeter's, doubles. Their order may change.
//   - Rows in order of time, then neuron. A neuron may stand twice at one time.
//   - time_ms is the double nearest to the decimal number: a step of 0.3 ms is 0.3, so that time_ms <= 0.3 means it.
//   - neuron counts from 1 over the populations of "populations" in run.json ("name", "first_id", "n"), whose
//     names population repeats.
//   - The members of run.json that [Run] has. New ones may come with any version, none changes its meaning
//     without a new format_version.
//
// They may not rely on encodings and compression (Zstandard, DELTA_BINARY_PACKED and dictionaries today), on the size
// and number of parts and row groups, on the metadata that begin with "cortigo." but
// for [MetadataKey], nor on DIR/network and DIR/state, whose formats are package sim's and may
// change with every version.
//
// # Safety
//
// Parts are written under a hidden temporary name and renamed when they are
// whole and on disk, so a reader never sees half a file; a killed run loses at
// most what was recorded since its last checkpoint, or since the last Flush or
// finished part where no state is kept. Each checkpoint and each DefaultPartRows
// spikes finish a part: a run has some fifty parts and one more for each of those. Readers check
// sizes and counts of a Parquet file before they hand it to Arrow, whose
// panics they turn into errors: a damaged file is an error that names it. Every
// byte of a part is under a checksum, and run.json lists the parts with theirs:
// what is missing, exchanged or changed is [ErrDamaged].
package arrowio
