package progress_test

import (
	"context"
	"fmt"

	"cortigo/progress"
	"cortigo/sim"
	"cortigo/sim/neuron"
)

// A simulation tells a meter how far it is; a display of one's own shows what is
// to be seen of it, here no times of a clock.
func ExampleMeter() {
	meter := progress.New("simulating", func(s progress.State, last bool) {
		if last {
			fmt.Printf("%s: %g of %g ms\n", s.Label, s.DoneMS, s.TotalMS)
		}
	})
	net := sim.New(sim.Progress(meter.Update))
	net.Create("neurons", 10, neuron.DefaultIafPscExp())
	if err := net.Simulate(context.Background(), 100); err != nil {
		fmt.Println(err)
	}
	meter.Close()
	// Output: simulating: 100 of 100 ms
}
