package arrowio

import (
	"fmt"
	"path/filepath"
	"slices"

	"cortigo/sim"
	"cortigo/sim/spikes"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// RecordsOnly notes which of r's populations have their spikes recorded: those
// that some of the nodes are of. The others are NotRecorded. No nodes: none is
// recorded.
func (r *Run) RecordsOnly(nodes ...*sim.Nodes) {
	var recorded []spikes.Population
	for _, c := range nodes {
		recorded = append(recorded, c.Populations()...)
	}
	r.recordsOnly(recorded)
}

func (r *Run) recordsOnly(recorded []spikes.Population) {
	r.Populations = slices.Clone(r.Populations)
	for i := range r.Populations {
		p := &r.Populations[i]
		p.NotRecorded = !slices.ContainsFunc(recorded, func(q spikes.Population) bool { return p.Contains(q.First) })
	}
}

// sameNeurons reports whether populations are the same but for what was recorded
// of them.
func sameNeurons(p, q spikes.Population) bool {
	return p.Name == q.Name && p.First == q.First && p.N == q.N
}

// recordedOf returns the run's populations as they are when pops of net, or all
// populations if none are named, are recorded from now on. What was recorded so
// far must be of the same ones, or a population would be there in part.
func (d *RunDir) recordedOf(net *sim.Network, pops []*sim.Nodes) ([]spikes.Population, error) {
	now := RunOf(net)
	if len(pops) > 0 {
		now.RecordsOnly(pops...)
	}
	if r := d.run.Recorded; r.End <= r.Begin {
		return now.Populations, nil
	}
	for i, p := range now.Populations {
		switch was := d.run.Populations[i]; {
		case was.NotRecorded && !p.NotRecorded:
			return nil, fmt.Errorf("population %q was not recorded so far: record the same populations, or all of them to another directory", p.Name)
		case p.NotRecorded && !was.NotRecorded:
			spiked, err := d.mayHaveSpikes(p)
			if err != nil {
				return nil, err
			}
			if spiked {
				return nil, fmt.Errorf("population %q was recorded so far: record the same populations, or others to another directory", p.Name)
			}
			// Runs of earlier versions do not say that it was not.
		}
	}
	return now.Populations, nil
}

// mayHaveSpikes reports whether the statistics of the parts allow for spikes of
// the population.
func (d *RunDir) mayHaveSpikes(p spikes.Population) (bool, error) {
	parts, err := listParts(filepath.Join(d.dir, SpikesDir))
	if err != nil {
		return false, err
	}
	s := selection{run: &d.run, pops: []spikes.Population{p}}
	for _, pt := range parts {
		found, err := func() (bool, error) {
			r, err := openPart(pt.path, false, memory.DefaultAllocator)
			if err != nil {
				return false, err
			}
			defer func() { _ = r.close() }()
			for g := range r.r.NumRowGroups() {
				sp, err := r.span(g)
				if err != nil || s.wants(sp) {
					return true, err
				}
			}
			return false, nil
		}()
		if found || err != nil {
			return found, err
		}
	}
	return false, nil
}
