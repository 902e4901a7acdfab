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

// A neuron is driven by a current that is then switched off: the first steps of
// PyNEST's tutorial.
func Example() {
	check := func(err error) {
		if err != nil {
			log.Fatal(err)
		}
	}
	net, err := sim.New()
	check(err)
	cell, err := net.Create("", 1, neuron.DefaultIafPscAlpha(), sim.Params{"I_e": 376.0})
	check(err)
	meter, err := net.Create("", 1, device.DefaultVoltmeter())
	check(err)
	recorder, err := net.Create("", 1, device.SpikeRecorder{})
	check(err)
	check(net.Connect(meter, cell, nil, connect.Synapse{}))
	check(net.Connect(cell, recorder, nil, connect.Synapse{}))
	check(net.Simulate(context.Background(), 100))
	check(cell.Set(sim.Params{"I_e": 0.0}))
	check(net.Simulate(context.Background(), 100))

	spikes, err := recorder.Spikes()
	check(err)
	for i := range spikes.Len() {
		fmt.Printf("%.1f ms\n", spikes.TimeMS(i))
	}
	samples, err := meter.Samples()
	check(err)
	times, potentials, err := samples.Of(cell.First(), "V_m")
	check(err)
	last := len(times) - 1
	fmt.Printf("%s: %.2f mV at %.0f ms\n", cell, potentials[last], times[last])
	// Output:
	// 59.3 ms
	// iaf_psc_alpha (iaf_psc_alpha, id 1): -70.00 mV at 200 ms
}
