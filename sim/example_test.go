package sim_test

import (
	"context"
	"fmt"
	"log"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// check keeps the examples short.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func node(n *sim.Nodes, err error) *sim.Nodes {
	check(err)
	return n
}

// A neuron that a constant current drives, watched by a multimeter and a spike
// recorder.
func Example() {
	net, err := sim.New(sim.Seed(1))
	check(err)
	cell := node(net.Create("cell", 1, neuron.DefaultIafPscAlpha(), sim.Params{"I_e": 376}))
	meter := node(net.Create("meter", 1, device.DefaultVoltmeter()))
	recorder := node(net.Create("recorder", 1, device.SpikeRecorder{}))
	check(net.Connect(meter, cell, nil, connect.Synapse{}))
	check(net.Connect(cell, recorder, nil, connect.Synapse{}))

	check(net.Simulate(context.Background(), 200))

	spikes, err := recorder.Spikes()
	check(err)
	for i := range spikes.Len() {
		fmt.Printf("%.1f ms\n", spikes.TimeMS(i))
	}
	samples, err := meter.Samples()
	check(err)
	times, potential, err := samples.Of(cell.First(), "V_m")
	check(err)
	fmt.Printf("at %g ms: %.2f mV\n", times[9], potential[9])
	// Output:
	// 59.3 ms
	// 120.6 ms
	// 181.9 ms
	// at 10 ms: -60.49 mV
}

// Parameters by name, for all nodes or each of them, and by field; a misspelt
// one is an error that says what was meant.
func ExampleNodes_Set() {
	net, err := sim.New()
	check(err)
	cells := node(net.Create("cells", 3, neuron.DefaultIafPscExp()))
	check(cells.Set(sim.Params{"tau_m": 15, "I_e": []float64{100, 200, 300}, "V_m": connect.Uniform{Min: -70, Max: -60}}))
	check(cells.Slice(0, 1).Set(sim.Params{"C_m": 200}))
	for _, name := range []string{"tau_m", "I_e", "C_m"} {
		values, err := cells.Get(name)
		check(err)
		fmt.Println(name, values)
	}

	structs, err := sim.Get[neuron.IafPscExp](cells)
	check(err)
	structs[2].TRef = 5
	check(sim.Set(cells, structs...))
	fmt.Println(cells.Get("t_ref"))

	fmt.Println(cells.Set(sim.Params{"tau": 10}))
	fmt.Println(cells.Set(sim.Params{"tau_m": -1}))
	// Output:
	// tau_m [15 15 15]
	// I_e [100 200 300]
	// C_m [200 250 250]
	// [2 2 5] <nil>
	// sim: cells: iaf_psc_exp: no parameter "tau", did you mean tau_m?
	// sim: cells: neuron 0 of 3, counted from 0: iaf_psc_exp: tau_m is -1, must be > 0 and finite
}

// Who is connected to whom, and with another weight from now on.
func ExampleNetwork_Connections() {
	net, err := sim.New(sim.Seed(3))
	check(err)
	cells := node(net.Create("cells", 4, neuron.DefaultIafPscExp()))
	check(net.CopyModel("excitatory", connect.Synapse{Weight: connect.Constant(20), Delay: connect.Constant(1.5)}))
	rule := connect.FixedInDegree{N: 3, Forbid: connect.Forbid{Autapses: true, Multapses: true}}
	check(net.Connect(cells, cells, rule, connect.Synapse{Model: "excitatory"}))

	into, err := net.Connections(sim.ConnectionQuery{Target: cells.At(1)})
	check(err)
	check(net.SetWeights(into, 25))
	sum := 0.0
	check(net.EachConnection(sim.ConnectionQuery{Model: "excitatory"}, func(c sim.Connection) bool {
		sum += c.Weight
		return true
	}))
	fmt.Println(len(into), "connections onto node", into[0].Target, "with delay", into[0].Delay)
	fmt.Println("sum of all weights:", sum) // 9 of 20 pA and 3 of 25 pA
	for _, m := range net.SynapseModels() {
		fmt.Println(m.Name, m.Connections)
	}
	// Output:
	// 3 connections onto node 2 with delay 1.5
	// sum of all weights: 255
	// static_synapse 0
	// excitatory 12
}

// Neurons and generators of several calls of Create as one pool; a generator for
// each neuron.
func ExampleJoin() {
	net, err := sim.New()
	check(err)
	exc := node(net.Create("exc", 80, neuron.DefaultIafPscDelta()))
	inh := node(net.Create("inh", 20, neuron.DefaultIafPscDelta()))
	all := sim.Join(exc, inh)
	noise := node(net.Create("noise", all.Len(), device.Poisson{Rate: 500}))
	check(net.Connect(noise, all, connect.OneToOne{}, connect.Synapse{Weight: connect.Constant(2)}))
	check(net.Connect(all, exc.Slice(0, 10), connect.PairwiseBernoulli{P: 0.1}, connect.Synapse{Weight: connect.Normal{Mean: 0.1, SD: 0.01}}))
	check(net.Simulate(context.Background(), 10))
	fmt.Println(all)
	fmt.Println(exc.Slice(70, 90).Err())
	// Output:
	// exc (iaf_psc_delta, ids 1-80), inh (iaf_psc_delta, ids 81-100)
	// sim: slice [70, 90) of exc with 80 nodes, must be within [0, 80)
}
