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
// metadata of each part repeat run.json, without its list of the parts, under the
// key "cortigo.run". DuckDB, pandas and polars read the parts as they are:
//
//	SELECT population, count(*) FROM 'DIR/spikes/part-*.parquet' GROUP BY ALL
//
// # One way to record
//
// A [Session] is the only way to simulate, record, checkpoint and continue a run; the
// command and the notebooks use it, and so can any program. [Resume] starts one in a
// directory that [CreateRun] made, or continues in one that has a state;
// [Session.SimulateUntil] simulates, [Session.Close] ends it. If the program ends in
// between for whatever reason, the next session continues from the last checkpoint.
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
// Other packages: internal/parquet reads and writes one Parquet file,
// internal/populations finds the population of a neuron, internal/files replaces files
// atomically; pd14 is what runs of the microcircuit have in common.
//
// # What the formats promise
//
// Every version reads the spikes, samples and run.json of any run that an earlier
// released version wrote, and can continue recording into it; tests check this with runs
// of earlier versions (testdata). A run that is continued, or whose run.json changes,
// gets the version of the program that writes; an older program then refuses it, naming
// the versions that it knows. Package sim says whether the saved network and state of an
// older version can be opened; if not, the recording is still readable.
//
// Versions of run.json ("format_version"):
//
//	1  parts have no checksums and are not listed
//	2  a checksum over every byte of a part, and the list of the parts in run.json
//	3  "analyse_from_ms" and "planned_end_ms" instead of "t_presim_ms" and "t_sim_ms"; populations may have "label", "kind" and "group"
//
// Other programs (DuckDB, pandas, polars, R) may rely on this, in all versions:
//
//   - Parts are Parquet files of format 2, with pages of version 1, named
//     part-NNNNN.parquet. Once a part has that name it does not change, unless the run is
//     continued from a state before the part's end, which replaces or removes it as a
//     whole. A part that is being written has a name that starts with a dot.
//   - There are the columns time_ms, neuron and population, by name, with their types and
//     without nulls; further columns are the quantities of samples, doubles named as the
//     multimeter's. The order of columns may change.
//   - Rows are in order of time, then neuron. A neuron may occur twice at the
//     same time.
//   - time_ms is the double nearest to the decimal number: the step at 0.3 ms
//     is 0.3, so that time_ms <= 0.3 includes it.
//   - neuron counts from 1 over the list "populations" in run.json ("name", "first_id",
//     "n"); population repeats the name.
//   - run.json has the members of [Run]. Any version may add new ones; none changes its
//     meaning without a new format_version.
//
// They must not rely on encodings and compression (Zstandard, DELTA_BINARY_PACKED and
// dictionaries today), on the size and number of parts and row groups, on metadata whose
// key starts with "cortigo." except [MetadataKey], nor on DIR/network and DIR/state, whose
// formats belong to package sim and may change with every version.
//
// # Safety
//
// Parts are written under a hidden temporary name and renamed when they are complete and on
// disk, so a reader never sees half a file. A killed run loses at most what was recorded
// since its last checkpoint, or, if no state is kept, since the last Flush or finished
// part. Each checkpoint and each DefaultPartRows spikes finish a part: a run has about
// fifty parts for checkpoints, and one more for each DefaultPartRows spikes. Readers check
// sizes and counts of a Parquet file before they give it to Arrow, and turn Arrow's panics
// into errors: a damaged file is an error that names it. Every byte of a part has a
// checksum, and run.json lists the parts with theirs: a part that is missing, exchanged or
// changed is [ErrDamaged].
package arrowio
