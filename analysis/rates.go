package analysis

import (
	"fmt"
	"math"

	"cortigo/sim/spikes"
)

// SpikeCounts returns the number of spikes of every neuron of p in d's window:
// element k belongs to the neuron with id p.First+k, silent neurons have 0.
func SpikeCounts(d *spikes.Data, p spikes.Population) ([]int, error) {
	if err := check(d); err != nil {
		return nil, err
	}
	if err := checkPopulation(p); err != nil {
		return nil, err
	}
	counts := make([]int, p.N)
	for i, id := range d.Neuron {
		if p.Contains(id) && inWindow(d, d.Step[i]) {
			counts[id-p.First]++
		}
	}
	return counts, nil
}

// Rates returns the firing rate of every neuron of p in d's window, in
// spikes/s, element k for the neuron with id p.First+k:
//
//	rate = count / duration
//
// A silent neuron has rate 0 and belongs to the sample.
func Rates(d *spikes.Data, p spikes.Population) ([]float64, error) {
	counts, err := SpikeCounts(d, p)
	if err != nil {
		return nil, err
	}
	return ratesOf(counts, durationS(d)), nil
}

// MeanRate returns the mean firing rate of p's neurons in d's window, in
// spikes/s, silent ones included: their spikes/(N * duration).
func MeanRate(d *spikes.Data, p spikes.Population) (float64, error) {
	counts, err := SpikeCounts(d, p)
	if err != nil {
		return 0, err
	}
	sum := 0
	for _, c := range counts {
		sum += c
	}
	return float64(sum) / (float64(p.N) * durationS(d)), nil
}

func ratesOf(counts []int, seconds float64) []float64 {
	rates := make([]float64, len(counts))
	for k, c := range counts {
		rates[k] = float64(c) / seconds
	}
	return rates
}

// A RateSummary describes the firing rates of a population. For one that was
// not recorded Silent and Spikes are 0, and Mean and SD NaN.
type RateSummary struct {
	spikes.Population
	Silent   int     // neurons without a spike in the window
	Spikes   int     // spikes of all neurons
	Mean, SD float64 // spikes/s over all N neurons; SD with ddof 0
}

// String returns the summary in a line, with the population's label.
func (s RateSummary) String() string {
	if s.NotRecorded {
		return fmt.Sprintf("%s: %d neurons, not recorded", s.DisplayName(), s.N)
	}
	return fmt.Sprintf("%s: %.3g ± %.3g spikes/s, %d of %d neurons silent", s.DisplayName(), s.Mean, s.SD, s.Silent, s.N)
}

// RateSummaries returns the summary of each of d's populations, in their order:
//
//	Mean = sum(rate) / N
//	SD   = sqrt(sum((rate - Mean)^2) / N)
//
// Silent neurons are included. One neuron has SD 0; data without populations
// give an empty result. A population that was not recorded says so.
func RateSummaries(d *spikes.Data) ([]RateSummary, error) {
	if err := check(d); err != nil {
		return nil, err
	}
	out := make([]RateSummary, 0, len(d.Populations))
	for _, p := range d.Populations {
		if p.NotRecorded {
			out = append(out, RateSummary{Population: p, Mean: math.NaN(), SD: math.NaN()})
			continue
		}
		counts, err := SpikeCounts(d, p)
		if err != nil {
			return nil, err
		}
		s := RateSummary{Population: p}
		for _, c := range counts {
			s.Spikes += c
			if c == 0 {
				s.Silent++
			}
		}
		s.Mean, s.SD = MeanSD(ratesOf(counts, durationS(d)))
		out = append(out, s)
	}
	return out, nil
}

// MeanSD returns the mean and the standard deviation of x with ddof 0:
//
//	mean = sum(x) / n
//	sd   = sqrt(sum((x - mean)^2) / n)
//
// One element has SD 0; no element, or a NaN among them, gives NaN for both.
func MeanSD(x []float64) (mean, sd float64) {
	n := float64(len(x))
	for _, v := range x {
		mean += v
	}
	mean /= n // 0/0 is NaN
	var ss float64
	for _, v := range x {
		ss += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(ss / n)
}
