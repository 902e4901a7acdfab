// Package plots draws spiking activity: rasters, population rates, membrane
// potentials and box plots of firing rates, as gonum/plot Plotters and as finished figures.
//
//	raster.go      Raster: spikes of a sample of neurons, or of all as density
//	pixels.go      how a Raster becomes pixels
//	histogram.go   RateHistogram: the population rate in bins
//	traces.go      Traces: membrane potentials, with spikes, as recorders hold them
//	thin.go        what of many samples and spikes is drawn
//	input.go       what comes in from outside; what was not recorded
//	boxplot.go     BoxPlot: distributions of rates, with a reference beside it
//	activity.go    figures of a raster, of a rate, of one above the other
//	raster_histogram.go  what a spike recorder holds, as PyNEST draws it
//	raster_grid.go       states of a network side by side
//	traces_figure.go     the figure of traces
//	rates.go       the figure of box plots
//	curves.go      measured points in small panels; budget.go: what a sum consists of
//	figure.go      Figure: PNG at twice the size, SVG, alternative text
//	populations.go groups and kinds of populations
//	theme.go       colours; options.go what can be chosen
//	layout.go      panels, header and legend of a figure; style.go sizes of text, ticks
//
// A population is a row of the picture, in the order of the data, the first on
// top; any list of populations will do. How they are shown is data of
// [spikes.Population]: labels are printed on axes, kinds choose colours, and
// neighbours of one group are drawn together under its label, excitatory above
// inhibitory. Defaults are the name as label, the kind that the name tells (exc,
// I), and no group.
//
// A population that was not recorded has no row and no box, and the caption says
// so; one that is input has its own entry in the legend and its own panel of
// rates. An option that a figure cannot use is an error.
//
// Nothing here panics on data: what cannot be drawn is an error, and data
// without spikes give an empty picture.
package plots
