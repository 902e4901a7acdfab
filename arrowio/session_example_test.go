package arrowio_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"cortigo/arrowio"
	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// A network is built once. Every later program or notebook cell opens it,
// simulates on and leaves spikes and state on disk.
func ExampleResume() {
	dir, err := os.MkdirTemp("", "cortigo")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	net := sim.New(sim.Seed(1))
	cells := net.Create("cells", 10, neuron.DefaultIafPscExp())
	dc := net.Create("dc", 1, device.DC{Amplitude: 500})
	net.Connect(dc, cells, connect.Synapse{Delay: 0.1})
	if err := net.Build(context.Background()); err != nil {
		log.Fatal(err)
	}
	if _, err := arrowio.CreateRun(dir, arrowio.Describe(net), true); err != nil {
		log.Fatal(err)
	}
	if err := net.Save(dir); err != nil {
		log.Fatal(err)
	}

	for _, until := range []float64{50, 100} { // each could be a program of its own
		net, err := sim.Open(dir)
		if err != nil {
			log.Fatal(err)
		}
		run, err := arrowio.Resume(dir, net)
		if err != nil {
			log.Fatal(err)
		}
		err = run.SimulateUntil(context.Background(), until)
		if err := errors.Join(err, run.Close()); err != nil {
			log.Fatal(err)
		}
		data, err := arrowio.ReadSpikes(dir)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%g ms: %d spikes\n", data.DurationMS(), data.Len())
	}
	// A neuron fires first after 10 ms * ln(25/5), then every 2 ms + 10 ms * ln(20/5).

	// Output:
	// 50 ms: 30 spikes
	// 100 ms: 60 spikes
}
