package analysis

import (
	"fmt"
	"slices"

	"cortigo/sim/spikes"
)

// MaxBins is the largest number of bins a histogram may have (1 GiB of counts).
const MaxBins = 1 << 27

// A Histogram holds the spikes of a set of neurons, counted in bins of equal
// length from the start of a window. Bin i is the time (EdgeMS(i),
// EdgeMS(i+1)]. [PopulationRate] and [Synchrony] make them.
type Histogram struct {
	Neurons       int     // neurons counted, silent ones included
	Counts        []int64 // spikes per bin
	DroppedMS     float64 // ms after the last whole bin, not counted
	DroppedSpikes int64   // spikes in that time

	resolution float64 // ms per step
	begin, bin int64   // steps: where the first bin begins, length of a bin
}

// String returns the bins and what is in them in a line.
func (h Histogram) String() string {
	var sum int64
	for _, c := range h.Counts {
		sum += c
	}
	return fmt.Sprintf("%d spikes of %d neurons in %d bins of %.12g ms from %.12g ms", sum, h.Neurons, len(h.Counts), h.BinMS(), h.EdgeMS(0))
}

// GoString is String.
func (h Histogram) GoString() string { return h.String() }

// PopulationRate counts the spikes of all neurons of pops together, in bins of
// binMS ms from the beginning of d's window; without pops, of d's Circuit: all
// populations that were recorded and are not input. What remains of the window
// after the last whole bin is dropped and reported. A window shorter than one bin
// gives no bins.
//
// It is an error if binMS is not a positive multiple of the resolution, if a
// population is empty or overlaps another, if there are no populations, or if
// there would be more than MaxBins bins.
func PopulationRate(d *spikes.Data, binMS float64, pops ...spikes.Population) (*Histogram, error) {
	if err := check(d); err != nil {
		return nil, err
	}
	if len(pops) == 0 {
		pops = d.Circuit()
	}
	if len(pops) == 0 {
		if len(d.Populations) > 0 {
			return nil, fmt.Errorf("analysis: no population was recorded: nothing is known of the spikes")
		}
		return nil, fmt.Errorf("analysis: no populations to count spikes of")
	}
	neurons := 0
	for i, p := range pops {
		if err := checkPopulation(p); err != nil {
			return nil, err
		}
		for _, q := range pops[:i] {
			// Neurons in two populations would be counted once but divided by twice.
			if int64(p.First) < int64(q.First)+int64(q.N) && int64(q.First) < int64(p.First)+int64(p.N) {
				return nil, fmt.Errorf("analysis: populations %q and %q share neurons", q.Name, p.Name)
			}
		}
		neurons += p.N
	}
	return binned(d, binMS, neurons, func(id int32) bool {
		for _, p := range pops {
			if p.Contains(id) {
				return true
			}
		}
		return false
	})
}

// binned counts the spikes of those of d's neurons that member accepts.
func binned(d *spikes.Data, binMS float64, neurons int, member func(id int32) bool) (*Histogram, error) {
	bin, bins, err := wholeBins(d, binMS)
	if err != nil {
		return nil, err
	}
	h := &Histogram{
		Neurons: neurons, Counts: make([]int64, bins), DroppedMS: droppedMS(d, bin, bins),
		resolution: d.Resolution, begin: d.Begin, bin: bin,
	}
	for i, id := range d.Neuron {
		if !inWindow(d, d.Step[i]) || !member(id) {
			continue
		}
		if b := binOf(d, d.Step[i], bin); b < bins {
			h.Counts[b]++
		} else {
			h.DroppedSpikes++
		}
	}
	return h, nil
}

// wholeBins returns the length of bins of ms in steps, and how many fit into d's
// window.
func wholeBins(d *spikes.Data, ms float64) (bin, bins int64, err error) {
	if bin, err = stepsOf(d, ms); err != nil {
		return 0, 0, err
	}
	bins = (d.End - d.Begin) / bin
	if bins < 0 || bins > MaxBins {
		return 0, 0, fmt.Errorf("analysis: window (%g, %g] ms has %d bins of %g ms, at most %d are allowed", d.BeginMS(), d.EndMS(), bins, ms, MaxBins)
	}
	return bin, bins, nil
}

// droppedMS returns how much of d's window follows its bins.
func droppedMS(d *spikes.Data, bin, bins int64) float64 {
	return float64(d.End-d.Begin-bins*bin) * d.Resolution
}

// binOf returns the index of the bin of k steps that step s, in d's window,
// falls in. A bin does not contain its start, but its end.
func binOf(d *spikes.Data, s, k int64) int64 { return (s - d.Begin - 1) / k }

// BinMS returns the length of a bin in ms.
func (h *Histogram) BinMS() float64 { return float64(h.bin) * h.resolution }

// EdgeMS returns the time at which bin i starts, in ms; if i is the number of
// bins, the time at which the last one ends.
func (h *Histogram) EdgeMS(i int) float64 {
	return float64(h.begin+int64(i)*h.bin) * h.resolution
}

// Rates returns the population rate of each bin in spikes/s, divided by all
// neurons, silent ones included:
//
//	rate[i] = count[i] / (neurons * bin)
func (h *Histogram) Rates() []float64 {
	r := make([]float64, len(h.Counts))
	norm := float64(h.Neurons) * h.BinMS() / 1000
	for i, c := range h.Counts {
		r[i] = float64(c) / norm
	}
	return r
}

// FanoFactor returns variance over mean of the counts per bin, with ddof 0:
//
//	F = sum((c - mean(c))^2) / L / mean(c)
//
// NaN if there are no bins or no spikes; 0 for one bin.
func (h *Histogram) FanoFactor() float64 {
	x := make([]float64, len(h.Counts))
	for i, c := range h.Counts {
		x[i] = float64(c)
	}
	mean, sd := MeanSD(x)
	return sd * sd / mean
}

// Synchrony returns variance over mean (ddof 0) of the spike counts of sample
// neurons of p together, in bins of binMS ms from the beginning of d's
// window: the measure of Fig. 6D of Potjans & Diesmann (2014, Cereb. Cortex
// 24:785), with 3 ms bins. See [Histogram.FanoFactor].
//
// It grows with the number of neurons, so say which: 1000 in the paper, the
// whole population with sample <= 0. The sample is drawn by [Subsample] with
// seed; the histogram that is returned has the number of neurons and what was
// dropped. The value is NaN if none of them spiked.
func Synchrony(d *spikes.Data, p spikes.Population, binMS float64, sample int, seed uint64) (float64, *Histogram, error) {
	if sample <= 0 || sample >= p.N {
		h, err := PopulationRate(d, binMS, p)
		if err != nil {
			return 0, nil, err
		}
		return h.FanoFactor(), h, nil
	}
	if err := check(d); err != nil {
		return 0, nil, err
	}
	if err := checkPopulation(p); err != nil {
		return 0, nil, err
	}
	ids := Subsample(p, sample, seed)
	h, err := binned(d, binMS, len(ids), func(id int32) bool {
		_, found := slices.BinarySearch(ids, id)
		return found
	})
	if err != nil {
		return 0, nil, err
	}
	return h.FanoFactor(), h, nil
}
