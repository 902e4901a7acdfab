package engine

import (
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/internal/network"
	"cortigo/sim/neuron"
)

// A ring is for shards of at most 4,096 slots whose rows are cut into short
// segments. Delays of 1.5 +- 0.75 ms are worth 26 different ones, so 40 or fewer
// synapses a row make segments of one or two, 2000 of 77.
func TestChooseRing(t *testing.T) {
	spread := connect.Above(connect.Normal{Mean: 1.5, SD: 0.75}, 0.05)
	split := neuron.DefaultIafPscExp()
	split.TauSynIn = 1
	for _, c := range []struct {
		name     string
		n        int
		model    neuron.Model
		delay    connect.Distribution
		synapses int64
		shards   int
		want     bool
	}{
		{"short segments", 1600, neuron.DefaultIafPscExp(), spread, 64000, 4, true},
		{"long segments", 1600, neuron.DefaultIafPscExp(), spread, 1_600_000, 1, false}, // rows of 2000
		{"one delay", 1600, neuron.DefaultIafPscExp(), connect.Constant(1.5), 64000, 2, false},
		{"large shards", 20000, neuron.DefaultIafPscExp(), spread, 64000, 2, false},
		{"two channels", 1600, split, spread, 64000, 4, false},
	} {
		p := network.Range{N: c.n}
		weight := connect.Above(connect.Normal{Mean: 88, SD: 8.8}, 0)
		desc := &network.Description{Resolution: 0.1, Populations: []network.Population{{Name: "p", N: c.n, Model: c.model}}}
		for i := range uint32(2) {
			desc.Projections = append(desc.Projections, network.Projection{Pre: []network.Range{p}, Post: []network.Range{p}, Rule: connect.FixedTotalNumber{N: c.synapses},
				Weight: weight, Delay: c.delay, Ordinal: i})
		}
		e, err := Build(t.Context(), desc, Options{Threads: 1, Shards: c.shards})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if e.bounds.Ring != c.want {
			t.Errorf("%s: ring %v, want %v", c.name, e.bounds.Ring, c.want)
		}
		if got := e.Rows(0).CountRing > 0; got != c.want {
			t.Errorf("%s: synapses in the ring: %v, want %v", c.name, got, c.want)
		}
	}
}
