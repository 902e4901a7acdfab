// Package nest reads and writes the ASCII files of NEST's recorders (the backend
// "ascii", version 2): LABEL-ID-VP.dat, a header of comments, the names of the columns,
// a row for each spike or sample. It knows nothing of runs and Parquet, and links
// neither.
//
// # Map
//
//   - read.go    [ReadSpikes], [ReadSamples]: of any number of files; [ReadDir], [Files], [ReadNodeIDs]: what the PyNEST microcircuit leaves
//   - write.go   [WriteSpikes], [WriteSamples]: for programs that read NEST's files
//   - record.go  [Record]: recorders of a network write such files, as record_to = "ascii" does
//   - info.go    [Inspect]: what is in a file
//   - table.go   lines, columns and times; [ParseError] names the line
//
// Times have three decimals, so that the resolution must be a multiple of 0.001 ms;
// values have as many as it takes to read them back as they are.
package nest
