package main

import "cortigo/sim/spikes"

// A counter counts recorded spikes, by population those of a window, and
// digests them.
type counter struct {
	populations []spikes.Population
	begin, end  int64 // the window (begin, end] in steps
	total       int64
	byPop       []int64
	digest      *spikes.Digest
}

func newCounter(pops []spikes.Population, begin, end int64) *counter {
	return &counter{populations: pops, begin: begin, end: end, byPop: make([]int64, len(pops)), digest: spikes.NewDigest()}
}

// WriteSpikes counts.
func (c *counter) WriteSpikes(step []int64, neuron []int32) error {
	c.total += int64(len(step))
	c.digest.Add(step, neuron)
	for i, id := range neuron {
		if step[i] <= c.begin || step[i] > c.end {
			continue
		}
		for p := range c.populations {
			if c.populations[p].Contains(id) {
				c.byPop[p]++
				break
			}
		}
	}
	return nil
}
