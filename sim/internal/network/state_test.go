package network

import (
	"math"
	"strings"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/internal/clock"
	"cortigo/sim/neuron"
)

// resting returns a network of two neurons and a parrot, and a state of it with
// spikes and input under way.
func resting(t *testing.T) (*Description, *State) {
	t.Helper()
	at, err := clock.New(0.1)
	if err != nil {
		t.Fatal(err)
	}
	d := &Description{Resolution: 0.1, Populations: []Population{{Name: "cells", N: 2, Model: neuron.DefaultIafPscDelta()}, {Name: "parrot", N: 1, Model: neuron.Parrot{}}},
		Projections: []Projection{{Pre: []Range{{Population: 1, N: 1}}, Post: []Range{{N: 2}}, Rule: connect.AllToAll{}, Weight: connect.Constant(1), Delay: connect.Constant(1)}}}
	cells := PopulationState{}
	_, needed, err := d.Populations[0].stateColumns(at)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range needed {
		cells[name] = make([]float64, 2)
	}
	return d, &State{Step: 100, Spikes: 7, Populations: []PopulationState{cells, {}},
		Recent:   []StampedSpike{{Neuron: 2, Multiplicity: math.MaxUint16, Step: 95}, {Neuron: 2, Multiplicity: 5, Step: 95}, {Neuron: 0, Multiplicity: 1, Step: 100}},
		Arrivals: []Arrival{{Neuron: 1, Step: 101, Value: 2}, {Neuron: 0, Step: 103, Value: -1}}}
}

// Everything in a state that no run can have left there is found, and named.
func TestStateCheck(t *testing.T) {
	for _, c := range []struct {
		want  string // "": no error
		spoil func(s *State)
	}{
		{"", func(*State) {}},
		{"state is of step -1", func(s *State) { s.Step = -1 }},
		{"state has -1 spikes", func(s *State) { s.Spikes = -1 }},
		{"state has 1 populations, the network 2", func(s *State) { s.Populations = s.Populations[:1] }},
		{"V_m of 1 neurons, must be 2", func(s *State) { s.Populations[0]["V_m"] = []float64{0} }},
		{"V_m of neuron 1 of 2, counted from 0, is NaN", func(s *State) { s.Populations[0]["V_m"][1] = math.NaN() }},
		{"the state lacks V_m", func(s *State) { delete(s.Populations[0], "V_m") }},
		{`population "parrot": the state has a column "V_m"`, func(s *State) { s.Populations[1]["V_m"] = []float64{0} }},
		{"spikes of neuron 4 at step 100", func(s *State) { s.Recent[2].Neuron = 3 }},
		{"0 spikes of neuron 1", func(s *State) { s.Recent[2].Multiplicity = 0 }},
		{"spikes of neuron 1 at step 101", func(s *State) { s.Recent[2].Step = 101 }},
		{"a spike of neuron 3 at step 95 out of order", func(s *State) { s.Recent[0].Multiplicity = 1 }}, // twice, though an entry would do
		{"a spike of neuron 1 at step 94 out of order", func(s *State) { s.Recent[2].Step = 94 }},
		{"2 arriving at neuron 2 at step 100", func(s *State) { s.Arrivals[0].Step = 100 }},
		{"arriving at neuron 1 at step 32868", func(s *State) { s.Arrivals[1].Step = 100 + MaxDelay + 1 }},
		{"+Inf arriving at neuron 1 at step 103, must be finite", func(s *State) { s.Arrivals[1].Value = math.Inf(1) }},
		{"what arrives at neuron 1 at step 103 out of order", func(s *State) { s.Arrivals[0].Step = 104 }},
		{"synapses of projection 0, which have none", func(s *State) { s.Synapses = []SynapseState{{}} }},
		{"quanta under way to neuron 1", func(s *State) { s.Sent = []Sending{{Step: 101, Quanta: 1}} }}, // nothing sends
	} {
		d, s := resting(t)
		c.spoil(s)
		if err := s.Check(d); c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}
