package analysis

import (
	"fmt"
	"math"
	"slices"

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
	ccBin, err := Steps(d, CorrelationBinMS)
	if err != nil {
		return nil, err
	}
	syncBin, err := Steps(d, SynchronyBinMS)
	if err != nil {
		return nil, err
	}
	s := &Statistics{
		Label:   "the run",
		BeginMS: float64(d.Begin) * d.Resolution,
		EndMS:   float64(d.End) * d.Resolution,
	}
	inputs := d.Inputs()
	for _, pop := range d.Recorded() {
		p := PopulationStatistics{Name: pop.Name, N: pop.N, Input: slices.Contains(inputs, pop)}
		if p.SpikeCounts, err = SpikeCounts(d, pop); err != nil {
			return nil, err
		}
		p.MeanRate, _ = MeanSD(p.Rates(d.DurationMS()))
		if p.CVs, _, err = CVs(d, pop); err != nil {
			return nil, err
		}
		p.MeanCV, _ = MeanSD(p.CVs)
		c, err := PairCorrelations(d, pop, ccBin, CorrelationSubsample, seed)
		if err != nil {
			return nil, err
		}
		p.Correlations = c.R
		p.MeanCorrelation, _ = MeanSD(c.R)
		if p.Synchrony, _, err = Synchrony(d, pop, syncBin, 0, seed); err != nil {
			return nil, err
		}
		s.Populations = append(s.Populations, p)
	}
	return s, nil
}

// Steps returns ms as a number of d's steps. It is an error if ms is not a
// positive multiple of the resolution (to 1e-6 of a step).
func Steps(d *spikes.Data, ms float64) (int64, error) {
	if err := check(d); err != nil {
		return 0, err
	}
	x := ms / d.Resolution
	k := math.Round(x)
	if !(k >= 1 && k < 1<<53) || math.Abs(x-k) > 1e-6 {
		return 0, fmt.Errorf("analysis: %g ms is not a positive multiple of the resolution, %g ms", ms, d.Resolution)
	}
	return int64(k), nil
}
