package analysis

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"cortigo/sim/spikes"
)

// check reports what makes d unusable for any statistic.
func check(d *spikes.Data) error {
	switch {
	case d == nil:
		return errors.New("analysis: no data (nil)")
	case len(d.Step) != len(d.Neuron):
		return fmt.Errorf("analysis: columns of different length: %d steps, %d neurons", len(d.Step), len(d.Neuron))
	case !(d.Resolution > 0) || math.IsInf(d.Resolution, 1):
		return fmt.Errorf("analysis: resolution is %g ms, must be finite and > 0", d.Resolution)
	case d.End <= d.Begin:
		return fmt.Errorf("analysis: window (%g, %g] ms is empty, its end must be after its start", d.BeginMS(), d.EndMS())
	}
	return nil
}

// checkPopulation reports what makes p unusable.
func checkPopulation(p spikes.Population) error {
	if p.NotRecorded {
		return fmt.Errorf("analysis: population %q was not recorded: nothing is known of its spikes", p.Name)
	}
	if p.N <= 0 {
		return fmt.Errorf("analysis: population %q has %d neurons, must be at least 1", p.Name, p.N)
	}
	return nil
}

// durationS returns the length of d's window in s.
func durationS(d *spikes.Data) float64 { return d.DurationMS() / 1000 }

// inWindow reports whether a spike at step s lies in d's window.
func inWindow(d *spikes.Data, s int64) bool { return s > d.Begin && s <= d.End }

// stepsOf returns ms as a number of d's steps. It is an error if a bin of ms is
// not a positive multiple of the resolution (to 1e-6 of a step).
func stepsOf(d *spikes.Data, ms float64) (int64, error) {
	x := ms / d.Resolution
	k := math.Round(x)
	if !(k >= 1 && k < 1<<53) || math.Abs(x-k) > 1e-6 {
		return 0, fmt.Errorf("analysis: bin of %g ms, must be a positive multiple of the resolution, %g ms", ms, d.Resolution)
	}
	return int64(k), nil
}

// Subsample draws n of p's neurons without replacement and returns their ids in
// ascending order; all of them if p has no more than n. The draw depends on
// seed, the population's first id and n alone (PCG of math/rand/v2).
// n < 0 counts as 0.
func Subsample(p spikes.Population, n int, seed uint64) []int32 {
	ids := make([]int32, max(p.N, 0))
	for k := range ids {
		ids[k] = p.First + int32(k)
	}
	if n = max(n, 0); n >= len(ids) {
		return ids
	}
	r := rand.New(rand.NewPCG(seed, uint64(uint32(p.First))))
	for k := range n {
		j := k + r.IntN(len(ids)-k)
		ids[k], ids[j] = ids[j], ids[k]
	}
	ids = ids[:n:n]
	slices.Sort(ids)
	return ids
}
