package sim_test

import (
	"fmt"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// Derived synapse models have their own defaults, which a Connect may override,
// and count the connections that were made with them.
func TestCopyModel(t *testing.T) {
	net := mustNew(t)
	a := nodes(t, net, "a", 4, neuron.DefaultIafPscExp())
	g := nodes(t, net, "g", 2, device.Poisson{})
	net.CopyModel("slow", connect.Synapse{Delay: connect.Constant(5)})
	net.CopyModel("slow strong", connect.Synapse{Model: "slow", Weight: connect.Values(nil)})
	net.CopyModel("listed", connect.Synapse{Model: "static_synapse", Weight: connect.Values{1, 2, 3, 4}})
	for _, c := range []struct {
		pre   *sim.Nodes
		rule  connect.Rule
		syn   connect.Synapse
		count []int64
		want  string
	}{
		{a, connect.OneToOne{}, connect.Synapse{Model: "slow"}, []int64{0, 4, 0}, "slow 1 5"},
		{a, connect.FixedInDegree{N: 3}, connect.Synapse{Model: "slow", Weight: connect.Constant(-4)}, []int64{0, 16, 0}, "slow -4 5"},
		{g, nil, connect.Synapse{Model: "slow", Delay: connect.Constant(2)}, []int64{0, 24, 0}, "slow 1 2"},
		{a, connect.OneToOne{}, connect.Synapse{Model: "listed"}, []int64{0, 24, 4}, "listed 4 1"},
		{a, connect.FixedTotalNumber{N: 9}, connect.Synapse{Model: "static_synapse"}, []int64{9, 24, 4}, "static_synapse 1 1"},
		{a, connect.FixedTotalNumber{N: 9}, connect.Synapse{}, []int64{18, 24, 4}, "static_synapse 1 1"},
		{a.Slice(0, 0), connect.FixedTotalNumber{}, connect.Synapse{Model: "slow"}, []int64{18, 24, 4}, "static_synapse 1 1"},
	} {
		net.Connect(c.pre, a, c.rule, c.syn)
		var count []int64
		models := net.SynapseModels()
		for _, i := range []int{0, 1, 3} {
			count = append(count, models[i].Connections)
		}
		equal(t, "counts", count, c.count)
		if c.pre.Len() == 0 {
			continue
		}
		cs, err := net.Connections(sim.ConnectionQuery{Source: c.pre})
		must(t, err)
		if c.pre == g {
			cs, err = net.Connections(sim.ConnectionQuery{Source: g})
			must(t, err)
		}
		last := cs[len(cs)-1]
		equal(t, "the last connection", fmt.Sprint(last.Model, " ", last.Weight, " ", last.Delay), c.want)
	}
	equal(t, "names", fmt.Sprintln(net.SynapseModels()[0].Name, net.SynapseModels()[1].Name, net.SynapseModels()[1].Weight, net.SynapseModels()[1].Delay), "static_synapse slow 1 5\n")
	net.CopyModel("slow", connect.Synapse{})
	wantError(t, net.Err(), `"slow" already`)
	net.Connect(a, a, connect.Synapse{Model: "listed"})
	wantError(t, net.Err(), "4 values", "16")
	simulate(t, net, 1)
}
