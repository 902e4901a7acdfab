package sim_test

import (
	"errors"
	"math"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// A network that there is no room for is refused before it is built, with the
// figures, and can be built by who insists.
func TestMemoryLimit(t *testing.T) {
	make := func(n int, opts ...sim.Option) *sim.Network {
		net := mustNew(t, opts...)
		a := nodes(t, net, "a", n, neuron.DefaultIafPscExp())
		net.Connect(a, a, connect.FixedInDegree{N: 1000}, connect.Synapse{Weight: connect.Constant(1)})
		return net
	}
	for _, c := range []struct {
		name  string
		n     int
		opts  []sim.Option
		bound string
	}{
		{"set", 1000, []sim.Option{sim.MemoryLimit(1 << 20)}, "the limit that was set"},
		{"the machine's", 1e9, nil, ""}, // 1e12 synapses: more than any machine has
	} {
		t.Run(c.name, func(t *testing.T) {
			net := make(c.n, c.opts...)
			needed, err := net.EstimateMemory()
			must(t, err)
			for _, err := range []error{net.Build(t.Context()), net.Simulate(t.Context(), 1)} {
				var e *sim.MemoryError
				if !errors.As(err, &e) || e.Needed != needed || e.Available >= needed || e.Bound == "" || c.bound != "" && e.Bound != c.bound {
					t.Fatalf("error %v, want a MemoryError by %q of %d bytes", err, c.bound, needed)
				}
				wantError(t, err, "needs about", "are available")
			}
		})
	}
	net := make(1000, sim.MemoryLimit(math.MaxInt64))
	simulate(t, net, 1)
	wantError(t, sim.New(sim.MemoryLimit(-1)).Err(), "memory limit is -1 bytes")

	// What grows is refused as well, and stays what it was.
	net = make(1000, sim.MemoryLimit(40<<20))
	simulate(t, net, 1)
	a, err := net.Nodes("a")
	must(t, err)
	net.Connect(a, a, connect.FixedInDegree{N: 20000})
	var e *sim.MemoryError
	if err := net.Simulate(t.Context(), 1); !errors.As(err, &e) {
		t.Errorf("error %v, want a MemoryError", err)
	}
	equal(t, "step", net.Step(), int64(10))
}

// The estimate follows the synapses of every rule, and grows with what is added.
func TestEstimateMemory(t *testing.T) {
	const n = 3000
	for _, c := range []struct {
		rule     connect.Rule
		synapses float64
		more     float64 // bytes a synapse that lists keep while they are sorted
	}{
		{connect.AllToAll{}, n * n, 0}, {connect.FixedInDegree{N: 1000}, n * 1000, 0}, {connect.FixedOutDegree{N: 1000}, n * 1000, 8},
		{connect.FixedTotalNumber{N: 4e6}, 4e6, 0}, {connect.PairwiseBernoulli{P: 0.5}, n * n / 2, 0},
		{connect.SymmetricPairwiseBernoulli{P: 0.2}, n * n * 2 / 5, 8},
	} {
		net := mustNew(t, sim.Threads(1))
		a := nodes(t, net, "a", n, neuron.DefaultIafPscDelta())
		before, err := net.EstimateMemory()
		must(t, err)
		syn := connect.Synapse{Weight: connect.Constant(0.1)}
		net.Connect(a, a, c.rule, syn)
		after, err := net.EstimateMemory()
		must(t, err)
		// A word of 4 bytes for each, and 8 for each on its way.
		each := float64(after-before) / c.synapses
		if each < 11.5+c.more || each > 13+2*c.more {
			t.Errorf("%T: %.1f bytes a synapse", c.rule, each)
		}
		g := nodes(t, net, "", 1, device.Poisson{Rate: 100})
		net.Connect(g, a, syn)
		if more, err := net.EstimateMemory(); err != nil || more <= after {
			t.Errorf("%T: %d bytes with a generator, %d without, error %v", c.rule, more, after, err)
		}
	}
}
