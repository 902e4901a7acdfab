package analysis

import (
	"fmt"
	"math"

	"cortigo/sim/spikes"
)

// CV returns the coefficient of variation of the inter-spike intervals I of one
// spike train, given as sorted time stamps in steps:
//
//	CV = sqrt(sum((I - mean(I))^2) / n) / mean(I)   (ddof 0)
//
// 1 for a Poisson process, 0 for a clock (Softky & Koch 1993, J. Neurosci.
// 13:334). Fewer than 3 spikes, or intervals that are all 0, give NaN.
func CV(train []int64) float64 {
	n := len(train) - 1
	if n < 2 {
		return math.NaN()
	}
	mean := float64(train[n]-train[0]) / float64(n)
	var ss float64
	for i := range n {
		dev := float64(train[i+1]-train[i]) - mean
		ss += dev * dev
	}
	return math.Sqrt(ss/float64(n)) / mean
}

// CVs returns the coefficient of variation of the inter-spike intervals of
// every neuron of p with at least 3 spikes in d's window, in order of id, and
// the number of neurons that were left out because they have fewer (or, with
// several spikes in one step, only intervals of 0). See [CV].
//
// It is an error if d is not sorted by time.
func CVs(d *spikes.Data, p spikes.Population) (cv []float64, leftOut int, err error) {
	trains, err := trainsOf(d, p)
	if err != nil {
		return nil, 0, err
	}
	cv = make([]float64, 0, len(trains))
	for _, t := range trains {
		if v := CV(t); math.IsNaN(v) {
			leftOut++
		} else {
			cv = append(cv, v)
		}
	}
	return cv, leftOut, nil
}

// MeanCV returns the mean of [CVs] and the number of neurons it is of; NaN if
// that is 0.
func MeanCV(d *spikes.Data, p spikes.Population) (mean float64, neurons int, err error) {
	cv, _, err := CVs(d, p)
	if err != nil {
		return 0, 0, err
	}
	mean, _ = MeanSD(cv)
	return mean, len(cv), nil
}

// trainsOf returns the sorted spike steps of every neuron of p in d's window.
func trainsOf(d *spikes.Data, p spikes.Population) ([][]int64, error) {
	if err := check(d); err != nil {
		return nil, err
	}
	if err := checkPopulation(p); err != nil {
		return nil, err
	}
	for i := 1; i < len(d.Step); i++ {
		if d.Step[i] < d.Step[i-1] {
			return nil, fmt.Errorf("analysis: spikes are not sorted by time: spike %d at step %d follows step %d; call Sort", i, d.Step[i], d.Step[i-1])
		}
	}
	return d.Trains(p), nil
}
