package arrowio

import (
	"cortigo/sim"
)

// RunOf describes a network as it stands, for CreateRun: its populations, seed,
// resolution, division and, once it is built, synapses. Model and Parameters
// are the caller's to add.
func RunOf(n *sim.Network) Run {
	return Run{
		Seed: n.Seed(), ResolutionMS: n.Resolution(), Populations: n.SpikePopulations(),
		Threads: n.Threads(), Shards: n.Shards(), Processes: 1, Synapses: n.Synapses(),
		Versions: ThisBuild(sim.Version),
	}
}
