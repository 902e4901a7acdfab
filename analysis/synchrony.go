package analysis

import (
	"slices"

	"cortigo/sim/spikes"
)

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
