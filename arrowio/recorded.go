package arrowio

import (
	"fmt"
	"path/filepath"
	"slices"

	"cortigo/arrowio/internal/parquet"
	"cortigo/sim"
	"cortigo/sim/spikes"
)

// Describe describes a network as it is now, for CreateRun: its populations, seed,
// resolution, threads and shards and, once it is built, synapses. The caller adds
// Model and Parameters.
func Describe(n *sim.Network) Run {
	return Run{
		Seed: n.Seed(), ResolutionMS: n.Resolution(), Populations: n.SpikePopulations(),
		Threads: n.Threads(), Shards: n.Shards(), Processes: 1, Synapses: n.SynapseCount(),
		Versions: ThisBuild(sim.Version),
	}
}

// RecordsOnly notes whose spikes are recorded: the populations of r that
// contain some of the nodes. The others are NotRecorded. Without nodes, none is
// recorded.
func (r *Run) RecordsOnly(nodes ...*sim.Nodes) {
	var recorded []spikes.Population
	for _, c := range nodes {
		recorded = append(recorded, c.SpikePopulations()...)
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

// recordedOf returns the run's populations as they are when a session records net
// from now on. The populations recorded so far must be the same, or a part of a
// population's spikes would be missing.
func (d *RunDir) recordedOf(net *sim.Network, c sessionConfig) ([]spikes.Population, error) {
	now := Describe(net)
	if len(c.pops) > 0 || c.noSpikes {
		now.RecordsOnly(c.pops...)
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
			// Runs of earlier versions do not say which were not recorded.
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
			r, err := parquet.Open(pt.path, false, nil)
			if err != nil {
				return false, err
			}
			defer func() { _ = r.Close() }()
			for g := range r.Groups() {
				sp, err := r.Span(g)
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
