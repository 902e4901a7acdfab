package engine

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/wiring"
	"cortigo/sim/neuron"
)

func connectionsOf(t *testing.T, d *network.Description, projections ...int) ([]wiring.Connection, *Engine) {
	t.Helper()
	e, err := Build(t.Context(), d, Options{Threads: 2, Shards: 3})
	if err != nil {
		t.Fatal(err)
	}
	e.Settle(d)
	var cs []wiring.Connection
	if err := e.Connections(wiring.Selection{Projections: projections}, func(c wiring.Connection) bool { cs = append(cs, c); return true }); err != nil {
		t.Fatal(err)
	}
	return cs, e
}

// grown is a network of drawn weights that is built, and then connected further.
func grown(more ...network.Projection) *network.Description {
	return &network.Description{Seed: 2, Resolution: 0.1, Populations: populations(30, 30), Projections: append([]network.Projection{
		{Pre: []network.Range{{Population: 0, From: 0, N: 30}}, Post: []network.Range{{Population: 1, From: 0, N: 30}}, Rule: connect.FixedInDegree{N: 20}, Weight: connect.Normal{Mean: 50, SD: 5}, Delay: connect.Uniform{Min: 1, Max: 2}},
		{Pre: []network.Range{{Population: 1, From: 0, N: 30}}, Post: []network.Range{{Population: 1, From: 0, N: 30}}, Rule: connect.FixedInDegree{N: 5}, Weight: connect.Uniform{Min: -40, Max: -10}, Delay: connect.Constant(1), Ordinal: 0},
	}, more...)}
}

// A network that was built keeps the weights that it drew, whatever is connected
// to it later; exactly while the grid stays compact.
func TestWeightsStay(t *testing.T) {
	first := grown()
	before, e := connectionsOf(t, first, 0, 1)
	q := e.grids[1].Quantum
	if e.grids[1].Wide || len(first.Projections[0].Quantum) != 1 || first.Projections[0].Quantum[0] != q || first.Projections[1].Quantum[0] != q {
		t.Fatalf("grid %+v, quanta %v and %v", e.grids[1], first.Projections[0].Quantum, first.Projections[1].Quantum)
	}
	onto := func(w connect.Distribution) network.Projection {
		return network.Projection{Pre: []network.Range{{Population: 0, From: 0, N: 30}}, Post: []network.Range{{Population: 1, From: 0, N: 30}}, Rule: connect.AllToAll{}, Weight: w, Delay: connect.Constant(1), Ordinal: 1}
	}
	for _, c := range []struct {
		name string
		more connect.Distribution
		wide bool
	}{
		{"fits", connect.Normal{Mean: 20, SD: 4}, false}, {"a multiple", connect.Constant(3 * q), false}, {"no multiple", connect.Constant(3.3 * q), true},
		{"wider than the grid", connect.Normal{Mean: 300, SD: 50}, true}, {"finer than the grid", connect.Normal{Mean: 50, SD: 0.01}, true}, {"numbers", connect.LogNormal{Mean: 1, SD: 1}, true}, {"weightless", connect.Constant(0), false},
	} {
		d := grown(onto(c.more))
		for i := range first.Projections {
			d.Projections[i].Quantum = slices.Clone(first.Projections[i].Quantum)
		}
		after, f := connectionsOf(t, d, 0, 1)
		if f.grids[1].Wide != c.wide || !c.wide && f.grids[1].Quantum != q {
			t.Errorf("%s: grid %+v", c.name, f.grids[1])
		}
		tolerance := 0.0
		if c.wide {
			tolerance = f.grids[1].Quantum / 2
		}
		if len(after) != len(before) {
			t.Fatalf("%s: %d synapses, had %d", c.name, len(after), len(before))
		}
		for i := range before {
			if math.Abs(before[i].Weight-after[i].Weight) > tolerance || before[i].Source != after[i].Source || before[i].Delay != after[i].Delay {
				t.Fatalf("%s: %+v becomes %+v", c.name, before[i], after[i])
			}
		}
		if d.Projections[0].Quantum[0] != q || d.Projections[1].Quantum[0] != q {
			t.Errorf("%s: quanta become %v", c.name, d.Projections[0].Quantum)
		}
		// Built once more as it is, it has the same grid.
		again, g := connectionsOf(t, d, 0, 1, 2)
		now, _ := connectionsOf(t, d, 0, 1, 2)
		if !reflect.DeepEqual(f.grids, g.grids) || !reflect.DeepEqual(again[:len(after)], after) || !reflect.DeepEqual(again, now) {
			t.Errorf("%s: another build of the same is on %+v, was on %+v", c.name, g.grids, f.grids)
		}
	}
	// Without what was drawn before, the same network would have another grid.
	if _, f := connectionsOf(t, grown(onto(connect.Normal{Mean: 300, SD: 50}))); f.grids[1].Wide || f.grids[1].Quantum == q {
		t.Errorf("grid %+v", f.grids[1])
	}
}

// Whatever a grid is chosen from, quanta that are stored choose it again.
func TestGridIsChosenAgain(t *testing.T) {
	for _, ws := range [][]connect.Distribution{
		{connect.Constant(1), connect.Constant(math.Pi)}, {connect.Normal{Mean: 100, SD: 0.01}}, {connect.Normal{Mean: 100, SD: 10}}, {connect.Constant(1000), connect.Normal{Mean: 100, SD: 1}},
		{connect.Constant(10), connect.Normal{Mean: 100, SD: 20}}, {connect.LogNormal{SD: 1}, connect.Normal{Mean: 10, SD: 2}}, {connect.Uniform{Min: 1, Max: 1.001}, connect.Uniform{Min: 0, Max: 1}}, {connect.Constant(0)},
	} {
		d := &network.Description{Resolution: 0.1, Populations: populations(5, 5)}
		for i, w := range ws {
			d.Projections = append(d.Projections, network.Projection{Pre: []network.Range{{Population: 0, From: 0, N: 5}}, Post: []network.Range{{Population: 1, From: 0, N: 5}}, Rule: connect.AllToAll{}, Weight: w, Delay: connect.Constant(1), Ordinal: uint32(i)})
		}
		one, e := connectionsOf(t, d)
		two, f := connectionsOf(t, d)
		if !reflect.DeepEqual(e.grids, f.grids) || !reflect.DeepEqual(one, two) {
			t.Errorf("%+v: %+v, then %+v", ws, e.grids, f.grids)
		}
	}
}

// Single synapses are what they were changed to and nothing else changes; a
// weight that is a multiple of the quantum leaves the grid as it is.
func TestChangedSynapses(t *testing.T) {
	nan := math.NaN()
	first := grown()
	before, e := connectionsOf(t, first)
	q := e.grids[1].Quantum
	for _, c := range []struct {
		name    string
		changed []network.SynapseChange
		wide    bool
	}{
		{"weight on the grid", []network.SynapseChange{{Target: 3, Index: 2, Weight: 17 * q, Delay: nan, Since: 0}}, false}, {"weight 0", []network.SynapseChange{{Target: 3, Index: 2, Weight: 0, Delay: nan, Since: 0}}, false}, {"another sign", []network.SynapseChange{{Target: 0, Index: 0, Weight: -100 * q, Delay: nan, Since: 0}}, false},
		{"weight off the grid", []network.SynapseChange{{Target: 3, Index: 2, Weight: 17.3 * q, Delay: nan, Since: 0}}, true}, {"a weight beyond the grid", []network.SynapseChange{{Target: 3, Index: 2, Weight: 8192 * q, Delay: nan, Since: 0}}, true},
		{"delay", []network.SynapseChange{{Target: 29, Index: 19, Weight: nan, Delay: 7.25, Since: 0}}, false}, {"a long and a short delay", []network.SynapseChange{{Target: 0, Index: 0, Weight: nan, Delay: 300, Since: 0}, {Target: 0, Index: 7, Weight: nan, Delay: 0.1, Since: 0}}, false},
		{"both, of several", []network.SynapseChange{{Target: 0, Index: 19, Weight: 3 * q, Delay: 1, Since: 0}, {Target: 1, Index: 0, Weight: 4 * q, Delay: 20, Since: 0}, {Target: 1, Index: 1, Weight: nan, Delay: 0.3, Since: 0}, {Target: 28, Index: 4, Weight: -q, Delay: nan, Since: 0}}, false},
	} {
		d := grown()
		for i := range d.Projections {
			d.Projections[i].Quantum = slices.Clone(first.Projections[i].Quantum)
		}
		d.Projections[0].Changed = c.changed
		if err := network.CheckProjection(&d.Projections[0], 0.1); err != nil {
			t.Fatal(err)
		}
		after, f := connectionsOf(t, d)
		if f.grids[1].Wide != c.wide || !c.wide && f.grids[1].Quantum != q {
			t.Errorf("%s: grid %+v, was on %g", c.name, f.grids[1], q)
		}
		left := c.changed
		least, most := e.bounds.MinDelay, e.bounds.MaxDelay
		for i, want := range before {
			if len(left) > 0 && want.Projection == 0 && want.Target == left[0].Target && want.Index == left[0].Index {
				if !math.IsNaN(left[0].Weight) {
					want.Weight = left[0].Weight
				}
				if !math.IsNaN(left[0].Delay) {
					want.Delay = int64(math.Floor(left[0].Delay*10 + 0.5))
					least, most = min(least, want.Delay), max(most, want.Delay)
				}
				left = left[1:]
			}
			got := after[i]
			if c.wide && math.Abs(got.Weight-want.Weight) <= f.grids[1].Quantum/2 {
				got.Weight = want.Weight
			}
			if got != want {
				t.Fatalf("%s: %+v, want %+v", c.name, got, want)
			}
		}
		if len(left) > 0 || f.bounds.MinDelay != least || f.bounds.MaxDelay != most {
			t.Errorf("%s: %d changes left, delays within %d..%d", c.name, len(left), f.bounds.MinDelay, f.bounds.MaxDelay)
		}
		if rows := heldBy(f); !reflect.DeepEqual(rows, queried(t, f, wiring.Selection{})) {
			t.Errorf("%s: rows hold something else", c.name)
		}
	}
	// A constant and its changes have a quantum in common where there is one.
	d := grown()
	d.Projections = d.Projections[:1]
	d.Projections[0].Weight = connect.Constant(20)
	d.Projections[0].Changed = []network.SynapseChange{{Target: 0, Index: 0, Weight: 30, Delay: nan, Since: 0}}
	if _, f := connectionsOf(t, d); f.grids[1] != (wiring.Grid{Quantum: 10}) {
		t.Errorf("grid %+v", f.grids[1])
	}
}

func TestChangeErrors(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		changed []network.SynapseChange
		check   string // from CheckProjection
		build   string // from Build
	}{
		{[]network.SynapseChange{{Target: 0, Index: 1, Weight: 1, Delay: nan, Since: 0}, {Target: 0, Index: 1, Weight: 1, Delay: nan, Since: 0}}, "not in order of target and index, each once: 1 of target 0 follows 1 of target 0", ""},
		{[]network.SynapseChange{{Target: 1, Index: 1, Weight: 1, Delay: nan, Since: 0}, {Target: 0, Index: 2, Weight: 1, Delay: nan, Since: 0}}, "2 of target 0 follows 1 of target 1", ""},
		{[]network.SynapseChange{{Target: 30, Index: 0, Weight: 1, Delay: nan, Since: 0}}, "changed synapse of target 30, must be in [0, 30)", ""},
		{[]network.SynapseChange{{Target: 0, Index: 0, Weight: math.Inf(1), Delay: nan, Since: 0}}, "weight of synapse 0 of target 0 is +Inf", ""},
		{[]network.SynapseChange{{Target: 0, Index: 0, Weight: nan, Delay: 0.04, Since: 0}}, "synapse 0 of target 0: delay is 0.04 ms, which rounds to 0 steps", ""},
		{[]network.SynapseChange{{Target: 0, Index: 0, Weight: nan, Delay: 1e9, Since: 0}}, "delay is 1e+09 ms", ""},
		{[]network.SynapseChange{{Target: 7, Index: 20, Weight: 1, Delay: nan, Since: 0}}, "", "p0 -> p1: change of synapse 20 of target 7, which has 20"},
	} {
		d := grown()
		d.Projections[0].Changed = c.changed
		err := network.CheckProjection(&d.Projections[0], 0.1)
		if c.check == "" && err != nil || c.check != "" && (err == nil || !strings.Contains(err.Error(), c.check)) {
			t.Errorf("%v, want %q", err, c.check)
		}
		if c.build != "" {
			if _, err := Build(t.Context(), d, Options{Threads: 1, Shards: 1}); err == nil || !strings.Contains(err.Error(), c.build) {
				t.Errorf("%v, want %q", err, c.build)
			}
		}
	}
}

// populations returns populations of so many neurons.
func populations(sizes ...int) []network.Population {
	var ps []network.Population
	for i, n := range sizes {
		ps = append(ps, network.Population{Name: fmt.Sprint("p", i), N: n, Model: neuron.DefaultIafPscExp()})
	}
	return ps
}
