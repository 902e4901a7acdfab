package sim_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// A packedCase is a network of sources that spike at known times onto populations so
// large that one shard of them has its synapses packed, with a choice of weights.
type packedCase struct {
	name    string
	connect func(t *testing.T, net *sim.Network, from, merged, split, delta *sim.Nodes)
	packed  string // forms in use in one shard, of "rows", "packed" and "wide"
}

const (
	packedParrots = 5000 // most of them without synapses, so that segments are short on average
	packedSources = 9
	packedTargets = 6500 // of each of two populations
	packedTime    = 40.0 // ms
)

func packedCases() []packedCase {
	constant := func(w, delay float64) connect.Synapse {
		return connect.Synapse{Weight: connect.Constant(w), Delay: connect.Constant(delay)}
	}
	normal := func(mean, sd float64, delay connect.Distribution) connect.Synapse {
		return connect.Synapse{Weight: connect.Normal{Mean: mean, SD: sd}, Delay: delay}
	}
	few, spread := connect.FixedInDegree{N: 3}, connect.Uniform{Min: 0.1, Max: 8}
	cases := []packedCase{
		{"constant and drawn, other grids", func(_ *testing.T, net *sim.Network, from, merged, split, delta *sim.Nodes) {
			net.Connect(from, merged, few, constant(87.8, 1.5))
			net.Connect(from, split, few, normal(40, 4, spread))
			net.Connect(from, delta, few, constant(-0.25, 3))
		}, "packed"},
		{"two projections of both signs", func(_ *testing.T, net *sim.Network, from, merged, split, _ *sim.Nodes) {
			net.Connect(from, merged, few, normal(0, 40, spread))
			net.Connect(from, merged, few, constant(-30, 0.7))
			net.Connect(from, split, few, normal(-3, 30, spread))
			net.Connect(from, split, few, constant(11, 0.7))
		}, "packed"},
		{"weights of 0", func(_ *testing.T, net *sim.Network, from, merged, split, _ *sim.Nodes) {
			net.Connect(from, merged, few, constant(0, 1))
			net.Connect(from, split, few, constant(0, 1))
			net.Connect(from, split, few, normal(20, 2, spread))
		}, "packed"},
		{"segments too long for one", func(_ *testing.T, net *sim.Network, from, merged, split, delta *sim.Nodes) {
			net.Connect(from.Slice(0, 3), merged, connect.AllToAll{}, normal(20, 3, connect.Constant(2)))
			net.Connect(from.Slice(0, 3), split, connect.AllToAll{}, normal(-20, 30, connect.Constant(2)))
			net.Connect(from.Slice(1, 4), delta, connect.AllToAll{}, constant(0.1, 2))
		}, "packed"},
		{"long segments of one weight", func(_ *testing.T, net *sim.Network, from, merged, _, _ *sim.Nodes) {
			net.Connect(from.Slice(0, 3), merged, connect.AllToAll{}, constant(20, 2))
			net.Connect(from.Slice(0, 1), merged.Slice(0, 1024), connect.AllToAll{}, constant(20, 20))
		}, "packed"},
		{"a list beside", func(_ *testing.T, net *sim.Network, from, merged, split, _ *sim.Nodes) {
			net.Connect(from, merged, few, normal(87, 8, spread))
			net.Connect(from, split, connect.List{Pre: []int32{0, 1, 8}, Post: []int32{7, 7, 6499}, Weight: []float64{3, -4, 0}, Delay: []float64{25.5, 0.1, 12.8}})
		}, "rows"},
		{"an exact population beside", func(_ *testing.T, net *sim.Network, from, merged, split, _ *sim.Nodes) {
			net.Connect(from, merged, few, normal(87, 8, spread))
			net.Connect(from, split, connect.List{Pre: []int32{0, 1, 8}, Post: []int32{7, 7, 6499}, Weight: []float64{1e9, -1e-3, 5}})
		}, "packed wide"},
		{"weights set", func(t *testing.T, net *sim.Network, from, merged, split, _ *sim.Nodes) {
			net.Connect(from, merged, few, normal(87, 8, spread))
			net.Connect(from, split, few, constant(10, 2))
			must(t, net.Build(context.Background()))
			cs, err := net.Connections(sim.ConnectionQuery{Source: from, Target: merged.Slice(100, 101)})
			must(t, err)
			net.SetWeights(cs, 13)
		}, "packed wide"},
	}
	for _, c := range []struct {
		steps  int
		onto   int // 0: merged, 1: split
		drawn  bool
		packed string
	}{
		{127, 0, false, "packed"}, {128, 0, true, "packed"}, {255, 0, true, "packed"}, {255, 0, false, "packed"}, {256, 0, true, "rows"},
		{127, 1, true, "packed"}, {128, 1, false, "rows"},
	} {
		cases = append(cases, packedCase{fmt.Sprint(c.steps, " steps onto ", []string{"merged", "split"}[c.onto]),
			func(_ *testing.T, net *sim.Network, from, merged, split, _ *sim.Nodes) {
				w := connect.Distribution(connect.Constant(-42))
				if c.drawn {
					w = connect.Normal{Mean: 5, SD: 40}
				}
				onto := []*sim.Nodes{merged, split}[c.onto]
				net.Connect(from, onto, few, connect.Synapse{Weight: w, Delay: connect.Constant(0.1)})
				net.Connect(from, onto, few, connect.Synapse{Weight: w, Delay: connect.Constant(float64(c.steps) / 10)})
			}, c.packed})
	}
	return cases
}

// spikeOf returns when source i spikes, and how often at once.
func spikeOf(i int) (ms float64, times int) { return float64(2 + i), 1 + i%3 }

// build returns the network of a case.
func (c *packedCase) build(t *testing.T, opts ...sim.Option) *sim.Network {
	t.Helper()
	net := mustNew(t, append([]sim.Option{sim.Seed(5)}, opts...)...)
	from := create(t, net, "from", packedParrots, neuron.Parrot{}).Slice(0, packedSources)
	exp, delta := neuron.DefaultIafPscExp(), neuron.DefaultIafPscDelta()
	exp.Vth, delta.Vth = 1e300, 1e300   // never spike
	exp.TauSynEx, exp.TauSynIn = 30, 30 // as slow as the run
	merged := create(t, net, "merged", packedTargets, exp)
	exp.TauSynIn = 50
	split := create(t, net, "split", packedTargets, exp)
	onto := create(t, net, "delta", 300, delta)
	for i := range packedSources {
		ms, times := spikeOf(i)
		must(t, drive(net, device.SpikeGenerator{Times: []float64{ms}, Multiplicities: []int{times}}, from.At(i), connect.Synapse{}))
	}
	c.connect(t, net, from, merged, split, onto)
	must(t, net.Err())
	return net
}

// watchPacked records all neurons that a case looks at, at its end.
func watchPacked(t *testing.T, net *sim.Network) *memory {
	t.Helper()
	m := newMemory()
	for _, name := range []string{"merged", "split"} {
		p, err := net.Nodes(name)
		must(t, err)
		net.Record(device.Multimeter{Interval: packedTime, Quantities: []string{device.ISynEx, device.ISynIn, device.Vm}}, p).WriteSamplesTo(m)
	}
	p, err := net.Nodes("delta")
	must(t, err)
	net.Record(device.Multimeter{Interval: packedTime}, p).WriteSamplesTo(m)
	return m
}

// formsIn returns which forms of synapses the files of a saved network have.
func formsIn(t *testing.T, dir string) string {
	t.Helper()
	var forms []string
	paths, err := filepath.Glob(filepath.Join(dir, "network", "*.rows"))
	must(t, err)
	for _, f := range []struct{ name, in string }{{"rows", "synapses"}, {"packed", "synapses_packed"}, {"wide", "synapses_wide"}, {"ring", "synapses_ring"}} {
		for _, path := range paths {
			b, err := os.ReadFile(path)
			must(t, err)
			if !bytes.Contains(b, fmt.Appendf(nil, "%q:0,", f.in)) && !bytes.Contains(b, fmt.Appendf(nil, "%q:0}", f.in)) {
				forms = append(forms, f.name)
				break
			}
		}
	}
	return strings.Join(forms, " ")
}

// What arrives is what Connections says, in every form, and the same bits whatever the shards,
// whose forms differ, also if the network is saved with spikes under way.
func TestPackedDeliversConnections(t *testing.T) {
	ctx := context.Background()
	for _, c := range packedCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			net := c.build(t, sim.Shards(1), sim.Threads(1))
			want := watchPacked(t, net)
			dir := t.TempDir()
			must(t, net.Simulate(ctx, 20.3))
			must(t, net.Save(dir))
			if forms := formsIn(t, dir); forms != c.packed {
				t.Errorf("synapses are %s, want %s", forms, c.packed)
			}
			must(t, sim.Verify(dir))
			must(t, net.Simulate(ctx, packedTime-20.3))
			cs, err := net.Connections(sim.ConnectionQuery{})
			must(t, err)
			checkCurrents(t, cs, want)

			same := func(name string, got *memory) {
				t.Helper()
				other := len(want.samples) - len(got.samples)
				for k, x := range got.samples {
					if !slices.Equal(x, want.samples[k]) {
						other++
					}
				}
				if other != 0 {
					t.Errorf("%s: %d samples are others", name, other)
				}
			}
			for _, x := range [][2]int{{2, 2}, {64, 3}} {
				net := c.build(t, sim.Shards(x[0]), sim.Threads(x[1]))
				got := watchPacked(t, net)
				must(t, net.Simulate(ctx, packedTime))
				same(fmt.Sprint(x[0], " shards"), got)
			}
			for _, shards := range []int{0, 3} {
				net, err := sim.Open(dir, sim.Shards(shards), sim.Threads(2))
				must(t, err)
				got := watchPacked(t, net)
				must(t, net.Simulate(ctx, packedTime-20.3))
				same(fmt.Sprint("opened in ", shards, " shards"), got)
				again, err := net.Connections(sim.ConnectionQuery{})
				must(t, err)
				checkCurrents(t, again, want)
			}
		})
	}
}

// Synapses that come later, with spikes under way to the ones before, or that get other
// weights then, act the same whatever the shards, whose forms differ.
func TestPackedChangedUnderWay(t *testing.T) {
	ctx := context.Background()
	c := packedCases()[1]
	run := func(opts ...sim.Option) *memory {
		net := c.build(t, opts...)
		m := watchPacked(t, net)
		must(t, net.Simulate(ctx, 6.3))
		nodes := func(name string) *sim.Nodes {
			p, err := net.Nodes(name)
			must(t, err)
			return p
		}
		net.Connect(nodes("from"), nodes("merged"), connect.FixedInDegree{N: 2}, connect.Synapse{Weight: connect.Normal{Mean: 5, SD: 40}, Delay: connect.Constant(25.5)})
		net.Connect(nodes("from"), nodes("split"), connect.FixedInDegree{N: 2}, connect.Synapse{Weight: connect.Constant(-22), Delay: connect.Constant(12.7)})
		must(t, net.Simulate(ctx, 2.2))
		cs, err := net.Connections(sim.ConnectionQuery{Source: nodes("from"), Target: nodes("merged").Slice(0, 50)})
		must(t, err)
		net.SetWeights(cs[:20], 60)
		must(t, net.Simulate(ctx, packedTime-8.5))
		return m
	}
	want := run(sim.Shards(1), sim.Threads(1))
	for _, x := range [][2]int{{3, 3}, {64, 2}} {
		if got := run(sim.Shards(x[0]), sim.Threads(x[1])); !reflect.DeepEqual(got.samples, want.samples) {
			t.Errorf("%d shards, %d threads: other samples", x[0], x[1])
		}
	}
}

// checkCurrents compares synaptic currents at the end with the sum over
// connections: each jumps by the weight and decays.
func checkCurrents(t *testing.T, cs sim.Connections, m *memory) {
	t.Helper()
	const first, last = packedParrots + 1, packedParrots + 2*packedTargets
	current := map[int32][2]float64{}
	for _, c := range cs {
		if c.Source < 1 || c.Source > packedSources || c.Target < first || c.Target > last {
			continue
		}
		ms, times := spikeOf(int(c.Source) - 1)
		sign, tau := 0, 30.0
		if c.Weight < 0 {
			if sign = 1; c.Target >= first+packedTargets {
				tau = 50
			}
		}
		x := current[c.Target]
		x[sign] += c.Weight * float64(times) * math.Exp(-(packedTime-ms-1-c.Delay)/tau)
		current[c.Target] = x
	}
	wrong := 0
	for id := int32(first); id <= last; id++ {
		got := m.samples[[2]int64{packedTime * 10, int64(id)}]
		want := current[id]
		if len(got) != 3 || math.Abs(got[0]-want[0]) > 1e-9*want[0] || math.Abs(got[1]-want[1]) > -1e-9*want[1] {
			if wrong++; wrong < 4 {
				t.Errorf("neuron %d: currents and potential %v, want currents %v", id, got, want)
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d neurons have other currents", wrong)
	}
}
