package microcircuit_test

import (
	"context"
	"fmt"
	"log"
	"strings"

	"cortigo/sim"
	"cortigo/sim/device"
	"cortigo/sim/microcircuit"
)

// counter is a recorder that counts the spikes of each population.
type counter struct {
	populations []*sim.Nodes
	spikes      []int
}

func (c *counter) WriteSpikes(_ []int64, neuron []int32) error {
	for _, id := range neuron {
		for i, p := range c.populations {
			if id >= p.First() && int(id-p.First()) < p.Len() {
				c.spikes[i]++
			}
		}
	}
	return nil
}

// The whole microcircuit, small and short: a tenth of the neurons and of the
// in-degrees, with Poisson background.
func Example() {
	ctx := context.Background()

	p := microcircuit.Default()
	p.NScaling, p.KScaling = 0.1, 0.1
	p.Background = microcircuit.BackgroundPoisson
	p.TPresim, p.TSim = 50, 100 // ms

	m, err := microcircuit.New(p, sim.Threads(2))
	if err != nil {
		log.Fatal(err)
	}
	if err := m.Create(); err != nil {
		log.Fatal(err)
	}
	if err := m.Connect(ctx); err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Net().NeuronCount(), "neurons,", m.Net().SynapseCount(), "recurrent synapses")

	if err := m.Simulate(ctx, p.TPresim); err != nil {
		log.Fatal(err)
	}
	c := &counter{populations: m.Populations(), spikes: make([]int, microcircuit.Count)}
	m.Net().Record(device.SpikeRecorder{}, c.populations...).WriteSpikesTo(c)
	if err := m.Simulate(ctx, p.TSim); err != nil {
		log.Fatal(err)
	}
	for i, pop := range c.populations {
		rate := float64(c.spikes[i]) / float64(pop.Len()) / p.TSim * 1000
		fmt.Printf("%-4s %4d neurons, active: %t\n", pop.Name(), pop.Len(), rate > 0)
	}
	// Output:
	// 7717 neurons, 2988807 recurrent synapses
	// L23E 2068 neurons, active: true
	// L23I  583 neurons, active: true
	// L4E  2192 neurons, active: true
	// L4I   548 neurons, active: true
	// L5E   485 neurons, active: true
	// L5I   106 neurons, active: true
	// L6E  1440 neurons, active: true
	// L6I   295 neurons, active: true
}

// A parameter file names what differs from the defaults.
func ExampleDecode() {
	p, err := microcircuit.Decode(strings.NewReader(`{"n_scaling": 0.2, "k_scaling": 0.2, "connection_probability": {"L4E": {"L4I": 0.15}}}`))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(p.NScaling, p.ConnectionProbability[microcircuit.L4E][microcircuit.L4I], p.Seed)

	_, err = microcircuit.Decode(strings.NewReader(`{"k_ext": {"L7E": 100}}`))
	fmt.Println(err)
	// Output:
	// 0.2 0.15 55
	// microcircuit: parameters line 1 column 17, in k_ext: unknown population "L7E"; allowed: L23E, L23I, L4E, L4I, L5E, L5I, L6E, L6I
}

// What the network is made with, and what to know about it.
func ExampleParameters_Derive() {
	p := microcircuit.Default()
	p.NScaling, p.KScaling = 0.2, 0.2
	d, err := p.Derive()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(d.TotalNeurons(), "neurons,", d.TotalSynapses(), "synapses")
	for _, w := range d.Warnings {
		fmt.Println(w)
	}
	// Output:
	// 15435 neurons, 11955239 synapses
	// Population L23E is sub-threshold with downscaled DC input amplitude and may not fire.
	// Population L23I is sub-threshold with downscaled DC input amplitude and may not fire.
}
