// Package analysis computes statistics of recorded spike trains: pure
// functions of a [cortigo/sim/spikes.Data] that read and write no files.
//
//	rates.go        firing rates and their mean and SD over neurons
//	boxplot.go      quartiles, whiskers and outliers; quantiles as NumPy defines them (type 7)
//	histogram.go    spikes per bin, the population rate, and synchrony: variance over mean of counts
//	isi.go          irregularity: CV of inter-spike intervals
//	correlation.go  pairwise correlations of spike counts
//	ks.go           the Kolmogorov-Smirnov distance
//	spread.go       whether one run is inside the spread of others, by one number
//	statistics.go   all of these for every population of a run
//	data.go         checks of data; subsamples of neurons
//	verify.go       whether a run is inside a reference's seed-to-seed spread
//
// Subpackage reference reads such statistics as NEST gave them; subpackage
// plots draws rasters, histograms and box plots.
//
// Windows and bins are in ms. Internally spike times are integer steps, and a time
// stamp is the end of its step: a window is (begin, end]; a bin must be a multiple
// of the resolution, and bin i is (begin+i*bin, begin+(i+1)*bin], so that nothing
// is rounded. A part of a bin at the end is dropped and reported. Results print as
// one line (String), however long their columns are. Standard deviations and
// variances divide by n (ddof 0).
//
// Data must be sorted, as spikes.Data promises; it is an error if data is nil
// or has columns of different length or an empty window. Spikes outside the
// window or of neurons in no population are not counted. A population that was
// not recorded is not the same as a silent one: asking for a statistic of it is
// an error.
package analysis
