package device_test

import (
	"context"
	"errors"
	"fmt"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// metronome is a generator of one's own: it sends a spike every Period while it is
// active.
type metronome struct {
	Period float64 `json:"period" unit:"ms" default:"1" allowed:"> 0; a multiple of the resolution" help:"time between spikes"`
	device.Active
}

func (metronome) ModelName() string { return "metronome" }

func (d metronome) Validate() error {
	return errors.Join(device.CheckTable(d), d.CheckTimes(d.ModelName()))
}

func (d metronome) Fit(c device.Clock, _ float64) error {
	_, err := d.emission(&device.Connections{Clock: c})
	return err
}

func (metronome) MostSpikes(device.Clock) float64 { return 1 }

func (d metronome) Input(c *device.Connections) (device.Input, error) { return d.emission(c) }
func (d metronome) Train(c *device.Connections) (device.Train, error) { return d.emission(c) }

func (d metronome) emission(c *device.Connections) (*device.Emission, error) {
	every, err := c.Clock.Interval("period", d.Period)
	if err != nil {
		return nil, err
	}
	return device.EmitEach(c, d.Active, func(_ int, step int64) int {
		if step%every == 0 {
			return 1
		}
		return 0
	})
}

// A generator of one's own, which a parrot repeats half a millisecond later.
func ExampleRegister() {
	if err := device.Register(metronome{}); err != nil {
		fmt.Println(err)
	}
	net := sim.New()
	beat := net.Create("beat", 1, metronome{Period: 2.5, Active: device.Active{Stop: 8}})
	parrot := net.Create("parrot", 1, neuron.Parrot{})
	recorder := net.Create("recorder", 1, device.SpikeRecorder{})
	net.Connect(beat, parrot, connect.Synapse{Delay: 0.5})
	net.Connect(parrot, recorder)
	if err := net.Simulate(context.Background(), 10); err != nil {
		fmt.Println(err)
	}
	spikes, err := recorder.Spikes()
	if err != nil {
		fmt.Println(err)
	}
	for i := range spikes.Len() {
		fmt.Println(spikes.TimeMS(i), "ms")
	}
	// Output:
	// 3 ms
	// 5.5 ms
	// 8 ms
}
