package sim_test

import (
	"context"
	"errors"
	"math"
	"testing"
	"time"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/neuron"
)

// Building ends soon after its context, wherever it is: when it counts the synapses
// of many targets, draws by source, makes neurons, draws rows, or goes through a
// ring. It shows how far it is, in order and to the end.
func TestBuildStops(t *testing.T) {
	weight := connect.Synapse{Weight: connect.Constant(1)}
	for _, c := range []struct {
		name string
		n    int
		rule connect.Rule
	}{
		{"many targets", 3e5, connect.FixedTotalNumber{N: 1e6}},
		{"without autapses", 3e5, connect.FixedTotalNumber{N: 1e6, Forbid: connect.Forbid{Autapses: true}}},
		{"pairs", 2e5, connect.PairwiseBernoulli{P: 5e-6}},
		{"by source", 2e4, connect.FixedOutDegree{N: 100}},
		{"rows", 20000, connect.FixedInDegree{N: 500}},
		{"ring", 2000, connect.FixedInDegree{N: 2000}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, stopAt := range []float64{0, 0.4, 0.8} {
				ctx, cancel := context.WithCancel(t.Context())
				var stopped time.Time
				last := -1.0
				net := mustNew(t, sim.Threads(2), sim.MemoryLimit(math.MaxInt64), sim.BuildProgress(func(share float64) {
					if share < last || share > 1 {
						t.Errorf("share %g after %g", share, last)
					}
					if last = share; share >= stopAt && stopped.IsZero() {
						stopped = time.Now()
						cancel()
					}
				}))
				a := nodes(t, net, "a", c.n, neuron.Parrot{})
				net.Connect(a, a, c.rule, weight)
				err := net.Build(ctx)
				switch took := time.Since(stopped); {
				case err == nil && (last != 1 || stopAt == 0):
					t.Errorf("stopped at %g: the last share is %g", stopAt, last)
				case err != nil && !errors.Is(err, context.Canceled):
					t.Error(err)
				case err != nil && took > 2*time.Second: // 0.1 s where nothing else runs
					t.Errorf("stopped at %g: it took %v", stopAt, took)
				}
				cancel()
			}
		})
	}
}
