package arrowio_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"cortigo/arrowio"
	"cortigo/sim/spikes"
)

// A run's directory from the first step to the analysis: create it, stream
// spikes into it as a simulation does, and read a window back.
func Example() {
	tmp, err := os.MkdirTemp("", "cortigo")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(tmp)
	dir := filepath.Join(tmp, "run")

	run, err := arrowio.CreateRun(dir, arrowio.Run{
		Model: "example", Seed: 1, ResolutionMS: 0.1,
		Populations: []spikes.Population{{Name: "E", First: 1, N: 80}, {Name: "I", First: 81, N: 20}},
	}, false)
	if err != nil {
		log.Fatal(err)
	}
	w, err := run.NewSpikeWriter() // sim: recorder.WriteSpikesTo(w)
	if err != nil {
		log.Fatal(err)
	}
	if err := w.WriteSpikes([]int64{12, 12, 305}, []int32{7, 99, 99}); err != nil {
		log.Fatal(err)
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}
	if err := run.SetRecorded(0, 100); err != nil {
		log.Fatal(err)
	}

	data, err := arrowio.ReadSpikes(dir, arrowio.InWindow(0, 20), arrowio.InPopulations("I"))
	if err != nil {
		log.Fatal(err)
	}
	for i, id := range data.Neuron {
		fmt.Printf("neuron %d at %.1f ms, of (%v, %v] steps\n", id, data.TimeMS(i), data.Begin, data.End)
	}
	// Output: neuron 99 at 1.2 ms, of (0, 200] steps
}

// A directory that holds a run is not overwritten by accident.
func ExampleCreateRun() {
	dir, err := os.MkdirTemp("", "cortigo")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	run := arrowio.Run{Model: "example", ResolutionMS: 0.1, Populations: []spikes.Population{{Name: "E", First: 1, N: 80}}}
	if _, err := arrowio.CreateRun(dir, run, false); err != nil {
		log.Fatal(err)
	}
	_, err = arrowio.CreateRun(dir, run, false)
	fmt.Println(err != nil)
	_, err = arrowio.CreateRun(dir, run, true)
	fmt.Println(err)
	// Output:
	// true
	// <nil>
}

// Two runs had the same spikes if they have the same digest.
func ExampleDigest() {
	dir, err := os.MkdirTemp("", "cortigo")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	run, err := arrowio.CreateRun(dir, arrowio.Run{
		ResolutionMS: 0.1, Populations: []spikes.Population{{Name: "E", First: 1, N: 80}},
	}, false)
	if err != nil {
		log.Fatal(err)
	}
	w, err := run.NewSpikeWriter()
	if err != nil {
		log.Fatal(err)
	}
	step, neuron := []int64{5, 8}, []int32{3, 1}
	if err := w.WriteSpikes(step, neuron); err != nil {
		log.Fatal(err)
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}
	fromFiles, err := arrowio.Digest(dir)
	if err != nil {
		log.Fatal(err)
	}
	g := spikes.NewDigest()
	g.Add(step, neuron)
	fmt.Println(fromFiles == g.Hex())
	// Output: true
}
