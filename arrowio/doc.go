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
// # Map
//
//   - [CreateRun], [OpenRun], [RunDir], [Run]: the directory and run.json
//   - [RunDir.NewSpikeWriter], [SpikeWriter]: spikes while they are simulated
//   - [RunDir.NewSampleWriter], [SampleWriter]: the same for multimeters
//   - [RunDir.Lock], [Writer]: one program writes to a run at a time
//   - [RunDir.Rewind]: back to a checkpoint, to go on from there
//   - [Resume], [Session]: a network and its directory, simulated and recorded in as many pieces as one likes
//   - [Session.CheckpointEvery], [CheckpointInterval]: how often all is put on disk on the way
//   - [Inspect], [InspectPart], [Check]: what is in a directory or a part, and whether it is whole
//   - [ReadSpikes], [ReadSamples], [InWindow], [InPopulations]: back into memory, whole or in part
//   - [StreamSpikes], [Digest]: all spikes in order in bounded memory
//   - [PartRun]: where a single Parquet file comes from
//   - [RecordParquet]: what a recorder among a network's nodes writes to
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
