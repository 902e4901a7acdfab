package analysis

import (
	"fmt"
	"slices"
	"strings"

	"cortigo/sim/spikes"
)

// What the verification of an implementation measures, as in the reference
// data: bins in ms, neurons per population whose pairs are correlated.
const (
	CorrelationBinMS     = 2.0
	CorrelationSubsample = 250
	SynchronyBinMS       = 3.0
)

// Statistics describe the activity of every population of one run.
type Statistics struct {
	Label          string  // where they come from, for messages
	BeginMS, EndMS float64 // window (BeginMS, EndMS]
	Populations    []PopulationStatistics
}

// DurationMS returns the length of the window in ms.
func (s *Statistics) DurationMS() float64 { return s.EndMS - s.BeginMS }

// String returns the window and the mean rates in a line.
func (s Statistics) String() string {
	rates := make([]string, len(s.Populations))
	for i, p := range s.Populations {
		rates[i] = fmt.Sprintf("%s %.3g", p.Name, p.MeanRate)
	}
	return fmt.Sprintf("%s, (%.12g, %.12g] ms, spikes/s: %s", s.Label, s.BeginMS, s.EndMS, strings.Join(rates, ", "))
}

// GoString is String.
func (s Statistics) GoString() string { return s.String() }

// Population returns the statistics of the population called name.
func (s *Statistics) Population(name string) (*PopulationStatistics, error) {
	for i := range s.Populations {
		if s.Populations[i].Name == name {
			return &s.Populations[i], nil
		}
	}
	return nil, fmt.Errorf("analysis: no population %q in %s", name, s.Label)
}

// PopulationStatistics describe the activity of one population.
type PopulationStatistics struct {
	Name            string
	Input           bool      // not of the circuit, see spikes.Data.Circuit
	N               int       // neurons
	SpikeCounts     []int     // of each neuron in the window
	MeanRate        float64   // spikes/s, silent neurons included
	CVs             []float64 // of the neurons with at least 3 spikes, see [CVs]
	MeanCV          float64   // NaN without CVs
	Correlations    []float64 // of the pairs of a subsample, see [PairCorrelations]
	MeanCorrelation float64   // NaN without correlations
	Synchrony       float64   // of the whole population, see [Synchrony]; NaN if silent
}

// String returns the means in a line, and of how much they are.
func (p PopulationStatistics) String() string {
	return fmt.Sprintf("%s: %d neurons, mean rate %.3g spikes/s, mean CV %.3g of %d, mean correlation %.3g of %d pairs, synchrony %.3g",
		p.Name, p.N, p.MeanRate, p.MeanCV, len(p.CVs), p.MeanCorrelation, len(p.Correlations), p.Synchrony)
}

// GoString is String.
func (p PopulationStatistics) GoString() string { return p.String() }

// Rates returns the firing rate of each neuron in spikes/s over a window of
// durationMS ms.
func (p *PopulationStatistics) Rates(durationMS float64) []float64 {
	return ratesOf(p.SpikeCounts, durationMS/1000)
}

// Describe returns the statistics of each of d's populations that was recorded
// over d's window:
// spike counts, CVs, correlations of [CorrelationBinMS] counts of
// [CorrelationSubsample] neurons drawn with seed, and synchrony of
// [SynchronyBinMS] counts of the whole population.
//
// It is an error if the resolution does not divide the bins.
func Describe(d *spikes.Data, seed uint64) (*Statistics, error) {
	if err := check(d); err != nil {
		return nil, err
	}
	s := &Statistics{
		Label:   "the run",
		BeginMS: d.BeginMS(),
		EndMS:   d.EndMS(),
	}
	inputs := d.Inputs()
	for _, pop := range d.Recorded() {
		p := PopulationStatistics{Name: pop.Name, N: pop.N, Input: slices.Contains(inputs, pop)}
		var err error
		if p.SpikeCounts, err = SpikeCounts(d, pop); err != nil {
			return nil, err
		}
		p.MeanRate, _ = MeanSD(p.Rates(d.DurationMS()))
		if p.CVs, _, err = CVs(d, pop); err != nil {
			return nil, err
		}
		p.MeanCV, _ = MeanSD(p.CVs)
		c, err := PairCorrelations(d, pop, CorrelationBinMS, CorrelationSubsample, seed)
		if err != nil {
			return nil, err
		}
		p.Correlations = c.R
		p.MeanCorrelation, _ = MeanSD(c.R)
		if p.Synchrony, _, err = Synchrony(d, pop, SynchronyBinMS, 0, seed); err != nil {
			return nil, err
		}
		s.Populations = append(s.Populations, p)
	}
	return s, nil
}
