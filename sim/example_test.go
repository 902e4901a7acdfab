package sim_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"path/filepath"

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

// A neuron that a constant current drives, watched by a multimeter and a spike
// recorder.
func Example() {
	net := sim.New(sim.Seed(1))
	cell := net.Create("cell", 1, neuron.DefaultIafPscAlpha(), sim.Params{"I_e": 376})
	meter := net.Create("meter", 1, device.DefaultVoltmeter())
	recorder := net.Create("recorder", 1, device.SpikeRecorder{})
	net.Connect(meter, cell)
	net.Connect(cell, recorder)

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
	net := sim.New()
	cells := net.Create("cells", 3, neuron.DefaultIafPscExp())
	cells.Set(sim.Params{"tau_m": 15, "I_e": []float64{100, 200, 300}, "V_m": connect.Uniform{Min: -70, Max: -60}})
	cells.Slice(0, 1).Set(sim.Params{"C_m": 200})
	values, err := cells.GetAll("tau_m", "I_e", "C_m")
	check(err)
	fmt.Print(values)

	structs, err := sim.Get[neuron.IafPscExp](cells)
	check(err)
	structs[2].TRef = 5
	sim.Set(cells, structs...)
	fmt.Println(cells.Get("t_ref"))

	cells.Set(sim.Params{"tau": 10})
	fmt.Println(errors.Unwrap(net.Err()))
	cells.Set(sim.Params{"tau_m": -1})
	fmt.Println(errors.Unwrap(net.Err()))
	// Output:
	// id  tau_m (ms)  I_e (pA)  C_m (pF)
	// 1   15          100       200
	// 2   15          200       250
	// 3   15          300       250
	// [2 2 5] <nil>
	// sim: cells: iaf_psc_exp: no parameter "tau", did you mean tau_m?
	// sim: cells: neuron 0 of 3, counted from 0: iaf_psc_exp: tau_m is -1, must be > 0 and finite
}

// Who is connected to whom, and with another weight from now on.
func ExampleNetwork_Connections() {
	net := sim.New(sim.Seed(3))
	cells := net.Create("cells", 4, neuron.DefaultIafPscExp())
	excitatory := net.CopyModel("excitatory", connect.Synapse{Weight: 20, Delay: 1.5})
	rule := connect.FixedInDegree{N: 3, Forbid: connect.Forbid{Autapses: true, Multapses: true}}
	net.Connect(cells, cells, rule, excitatory)

	into, err := net.Connections(sim.ConnectionQuery{Target: cells.At(1)})
	check(err)
	net.SetWeights(into, 25)
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

// A script has an error in the middle. It goes on to Simulate, which does nothing
// but return it, with its line.
func ExampleNetwork_Err() {
	net := sim.New()
	exc := net.Create("exc", 80, neuron.DefaultIafPscExp())
	inh := net.Create("exc", 20, neuron.DefaultIafPscExp()) // the name of the others
	net.Connect(inh, exc, connect.Synapse{Weight: -20})

	err := net.Simulate(context.Background(), 100)
	var call *sim.CallError
	fmt.Println(errors.As(err, &call), call.Call, filepath.Base(call.File))
	fmt.Println(call.Err)
	// Output:
	// true Create example_test.go
	// sim: there are nodes called "exc" already
}

// tally counts spikes as they come.
type tally struct{ spikes int }

func (c *tally) WriteSpikes(step []int64, neuron []int32) error {
	c.spikes += len(step)
	return nil
}

// A program takes the spikes of a network as they come, whatever its nodes; none
// stay in memory.
func ExampleNetwork_Record() {
	net := sim.New()
	net.Create("cells", 10, neuron.DefaultIafPscAlpha(), sim.Params{"I_e": 376})

	c := new(tally)
	recorder := net.Record(device.SpikeRecorder{})
	recorder.WriteSpikesTo(c)
	check(net.Simulate(context.Background(), 1000))
	fmt.Println(c.spikes, "spikes of", net.NeuronCount(), "neurons,", len(net.Recorders()), "recorders among the nodes")
	// Output:
	// 160 spikes of 10 neurons, 0 recorders among the nodes
}

// Neurons and generators of several calls of Create as one pool; a generator for
// each neuron.
func ExampleJoin() {
	net := sim.New()
	exc := net.Create("exc", 80, neuron.DefaultIafPscDelta())
	inh := net.Create("inh", 20, neuron.DefaultIafPscDelta())
	all := sim.Join(exc, inh)
	noise := net.Create("noise", all.Len(), device.Poisson{Rate: 500})
	net.Connect(noise, all, connect.OneToOne{}, connect.Synapse{Weight: 2})
	net.Connect(all, exc.Slice(0, 10), connect.PairwiseBernoulli{P: 0.1}, connect.Synapse{Weight: connect.Normal{Mean: 0.1, SD: 0.01}})
	check(net.Simulate(context.Background(), 10))
	fmt.Println(all)
	fmt.Println(exc.Slice(70, 90).Err())
	// Output:
	// exc (iaf_psc_delta, ids 1-80), inh (iaf_psc_delta, ids 81-100)
	// sim: slice [70, 90) of exc with 80 nodes, must be within [0, 80)
}
