package analysis

import (
	"fmt"

	"cortigo/sim/spikes"
)

// MaxBins is the largest number of bins a histogram may have (1 GiB of counts).
const MaxBins = 1 << 27

// A Histogram holds the spikes of a set of neurons, counted in bins of equal
// length from the beginning of a window. Bin i is (Begin+i*BinSteps,
// Begin+(i+1)*BinSteps].
type Histogram struct {
	Resolution    float64 // ms per step
	Begin         int64   // steps, begin of the first bin
	BinSteps      int64   // steps per bin
	Neurons       int     // neurons counted, silent ones included
	Counts        []int64 // spikes per bin
	DroppedSteps  int64   // steps after the last whole bin, not counted
	DroppedSpikes int64   // spikes in those steps
}

// PopulationRate counts the spikes of all neurons of pops together, in bins of
// binSteps steps from the beginning of d's window; without pops, of d's Circuit: all
// populations that were recorded and are not input. What remains of the window after the last whole bin is dropped
// and reported. A window shorter than one bin gives no bins.
//
// It is an error if binSteps < 1, if a population is empty or overlaps another,
// if there are no populations, or if there would be more than MaxBins bins.
func PopulationRate(d *spikes.Data, binSteps int64, pops ...spikes.Population) (*Histogram, error) {
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
			// Shared neurons would count once but divide twice.
			if int64(p.First) < int64(q.First)+int64(q.N) && int64(q.First) < int64(p.First)+int64(p.N) {
				return nil, fmt.Errorf("analysis: populations %q and %q share neurons", q.Name, p.Name)
			}
		}
		neurons += p.N
	}
	return binned(d, binSteps, neurons, func(id int32) bool {
		for _, p := range pops {
			if p.Contains(id) {
				return true
			}
		}
		return false
	})
}

// binned counts the spikes of those of d's neurons that member accepts.
func binned(d *spikes.Data, binSteps int64, neurons int, member func(id int32) bool) (*Histogram, error) {
	bins, err := wholeBins(d, binSteps)
	if err != nil {
		return nil, err
	}
	h := &Histogram{
		Resolution: d.Resolution, Begin: d.Begin, BinSteps: binSteps, Neurons: neurons,
		Counts:       make([]int64, bins),
		DroppedSteps: d.End - d.Begin - bins*binSteps,
	}
	for i, id := range d.Neuron {
		if !inWindow(d, d.Step[i]) || !member(id) {
			continue
		}
		if b := binOf(d, d.Step[i], binSteps); b < bins {
			h.Counts[b]++
		} else {
			h.DroppedSpikes++
		}
	}
	return h, nil
}

// wholeBins returns how many bins of k steps fit into d's window.
func wholeBins(d *spikes.Data, k int64) (int64, error) {
	if k < 1 {
		return 0, fmt.Errorf("analysis: bin of %d steps, must be at least 1 step (%g ms)", k, d.Resolution)
	}
	bins := (d.End - d.Begin) / k
	if bins < 0 || bins > MaxBins {
		return 0, fmt.Errorf("analysis: window (%d, %d] has %d bins of %d steps, at most %d are allowed", d.Begin, d.End, bins, k, MaxBins)
	}
	return bins, nil
}

// binOf returns the index of the bin of k steps that step s, in d's window,
// falls in. A bin is open at its begin and closed at its end.
func binOf(d *spikes.Data, s, k int64) int64 { return (s - d.Begin - 1) / k }

// BinMS returns the length of a bin in ms.
func (h *Histogram) BinMS() float64 { return float64(h.BinSteps) * h.Resolution }

// EdgeMS returns the time at which bin i begins, in ms; with i the number of
// bins, the time at which the last one ends.
func (h *Histogram) EdgeMS(i int) float64 {
	return float64(h.Begin+int64(i)*h.BinSteps) * h.Resolution
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
