package nest_test

import (
	"fmt"
	"log"

	"cortigo/arrowio/nest"
)

// The spikes that NEST recorded for the microcircuit, from all virtual
// processes.
func ExampleReadDir() {
	names := []string{"L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I"}
	data, err := nest.ReadDir("../../testdata/nest/ascii", "spike_recorder", 0.1, names)
	if err != nil {
		log.Fatal(err)
	}
	data.Begin, data.End = 5000, 15000 // the files do not say: 500 to 1500 ms
	l5i, err := data.Population("L5I")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(l5i.N, "neurons in L5I")
	// Output: 213 neurons in L5I
}
