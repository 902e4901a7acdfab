package engine

import (
	"context"
	"math"
	"strings"
	"testing"

	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/network"
	"cortigo/sim/neuron"
)

// A state that is no longer finite ends a run, whatever the loops, the threads
// and the column that it is in, and names neuron and time: within 64 steps, and
// before a shorter run is called done.
func TestNotFiniteIsFound(t *testing.T) {
	was := kernel.Using()
	defer func() {
		if err := kernel.Use(was); err != nil {
			t.Error(err)
		}
	}()
	split := neuron.DefaultIafPscExp()
	split.TauSynIn = 5
	keep := neuron.DefaultIafPscDelta()
	keep.RefractoryInput = true
	models := []neuron.Model{neuron.DefaultIafPscExp(), split, neuron.DefaultIafPscAlpha(), neuron.DefaultIafPscDelta(), keep}
	for _, loops := range kernel.Available() {
		if err := kernel.Use(loops); err != nil {
			t.Fatal(err)
		}
		for _, threads := range []int{1, 2} {
			for _, model := range models {
				for column := range 6 {
					for _, value := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
						d := &network.Description{Seed: 1, Resolution: 0.1, Populations: []network.Population{
							{Name: "before", N: 7, Model: neuron.Parrot{}}, {Name: "p", N: 40, Model: model}}}
						e, err := Build(context.Background(), d, Options{Threads: threads, Shards: 3})
						if err != nil {
							t.Fatal(err)
						}
						b, k := e.locate(1, 22)
						if column >= len(b.columns) {
							continue
						}
						x, refractory := b.columns[column].Values, strings.HasPrefix(b.columns[column].Name, "refractory")
						if x == nil || column == 0 && math.IsInf(value, 1) { // which spikes and is reset
							continue
						}
						x[k] = value
						err = e.Run(context.Background(), 5, nil)
						if column > 0 && !refractory || err != nil { // kept input is taken at the end of refractoriness
							if err == nil || !strings.Contains(err.Error(), `population "p"`) || !strings.Contains(err.Error(), "neuron 30 is") || !strings.Contains(err.Error(), "at 0.5 ms") {
								t.Fatalf("%s, %T, column %d is %g: %v", loops, model, column, value, err)
							}
							if e.Run(context.Background(), 1, nil) == nil || e.Broken() == nil {
								t.Fatalf("%s, %T: goes on", loops, model)
							}
						}
					}
				}
			}
		}
	}
}

// A run that goes on is stopped while it does, not at its end.
func TestNotFiniteStopsRun(t *testing.T) {
	d := &network.Description{Seed: 1, Resolution: 0.1, Populations: []network.Population{{Name: "p", N: 40, Model: neuron.DefaultIafPscExp()}}}
	e, err := Build(context.Background(), d, Options{Threads: 2, Shards: 2})
	if err != nil {
		t.Fatal(err)
	}
	b, k := e.locate(0, 3)
	b.values("I_syn")[k] = math.NaN()
	err = e.Run(context.Background(), 1e6, nil)
	if err == nil || !strings.Contains(err.Error(), "neuron 4 is NaN at 6.3 ms") || e.Step() > 64 {
		t.Errorf("at step %d: %v", e.Step(), err)
	}
}

// One step in eight is timed, whatever the period of what is looked at.
func TestTimedSteps(t *testing.T) {
	for _, period := range []int64{1, 2, 5, 7, 8, 15, 64} {
		n := 0
		for k := range int64(80_000) {
			if isTimed(k*period + 3) {
				n++
			}
		}
		if n < 9_500 || n > 10_500 { // 10,000 of 80,000
			t.Errorf("period %d: %d of 80,000 steps are timed, want one in %d", period, n, timedSteps)
		}
	}
}
