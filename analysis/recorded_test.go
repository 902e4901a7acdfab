package analysis

import (
	"math"
	"strings"
	"testing"

	"cortigo/sim/spikes"
)

// withInput is one second of E (1 spike each), I (not recorded) and of TC, input
// of 5 spikes each.
func withInput() *spikes.Data {
	d := &spikes.Data{Resolution: 1, End: 1000, Populations: []spikes.Population{
		{Name: "E", First: 1, N: 2}, {Name: "I", First: 3, N: 2, NotRecorded: true}, {Name: "TC", First: 5, N: 2, Input: true}}}
	add := func(step int64, id int32) { d.Step, d.Neuron = append(d.Step, step), append(d.Neuron, id) }
	add(1, 1)
	add(1, 2)
	for k := range int64(5) {
		add(2+k, 5)
		add(2+k, 6)
	}
	return d
}

// What was not recorded is not silent, and input is not among all neurons.
func TestRecordedAndInput(t *testing.T) {
	d := withInput()
	e, i, tc := d.Populations[0], d.Populations[1], d.Populations[2]
	rows, err := RateSummaries(d)
	if err != nil || len(rows) != 3 {
		t.Fatal(rows, err)
	}
	if r := rows[0]; r.Mean != 1 || r.NotRecorded || r.Input {
		t.Errorf("%+v", r)
	}
	if r := rows[1]; !r.NotRecorded || r.N != 2 || r.Silent != 0 || !math.IsNaN(r.Mean) || !math.IsNaN(r.SD) {
		t.Errorf("%+v", r)
	}
	if r := rows[2]; r.Mean != 5 || !r.Input {
		t.Errorf("%+v", r)
	}
	h, err := PopulationRate(d, 1000)
	if err != nil || h.Neurons != 2 || h.Counts[0] != 2 {
		t.Errorf("all neurons: %+v, %v, want 2 with 2 spikes", h, err)
	}
	if h, err = PopulationRate(d, 1000, tc); err != nil || h.Counts[0] != 10 {
		t.Errorf("input: %+v, %v", h, err)
	}
	for name, f := range map[string]func(spikes.Population) error{
		"SpikeCounts":      func(p spikes.Population) error { _, err := SpikeCounts(d, p); return err },
		"Rates":            func(p spikes.Population) error { _, err := Rates(d, p); return err },
		"MeanRate":         func(p spikes.Population) error { _, err := MeanRate(d, p); return err },
		"PopulationRate":   func(p spikes.Population) error { _, err := PopulationRate(d, 1, p); return err },
		"CVs":              func(p spikes.Population) error { _, _, err := CVs(d, p); return err },
		"MeanCV":           func(p spikes.Population) error { _, _, err := MeanCV(d, p); return err },
		"PairCorrelations": func(p spikes.Population) error { _, err := PairCorrelations(d, p, 2, 10, 1); return err },
		"Synchrony":        func(p spikes.Population) error { _, _, err := Synchrony(d, p, 3, 0, 1); return err },
		"Synchrony of one": func(p spikes.Population) error { _, _, err := Synchrony(d, p, 3, 1, 1); return err },
	} {
		if err := f(e); err != nil {
			t.Errorf("%s of what was recorded: %v", name, err)
		}
		if err := f(i); err == nil || !strings.Contains(err.Error(), `"I" was not recorded`) {
			t.Errorf("%s of what was not recorded: %v", name, err)
		}
	}
	for k := range d.Populations {
		d.Populations[k].NotRecorded = true
	}
	if _, err := PopulationRate(d, 1); err == nil || !strings.Contains(err.Error(), "no population was recorded") {
		t.Errorf("the rate of nothing: %v", err)
	}
}

// A run with input is compared with references that do not have it.
func TestVerifyWithInput(t *testing.T) {
	ours, err := Describe(withInput(), 1)
	if err != nil || len(ours.Populations) != 2 || !ours.Populations[1].Input {
		t.Fatalf("%+v, %v, want E and TC", ours, err)
	}
	circuit := *ours
	circuit.Populations = ours.Populations[:1]
	v, err := Verify(ours, []*Statistics{&circuit})
	if err != nil || len(v.Rows) != 3 {
		t.Errorf("%+v, %v, want the 3 rows of E", v, err)
	}
	if v, err = Verify(ours, []*Statistics{ours}); err != nil || len(v.Rows) != 6 {
		t.Errorf("%+v, %v, want 6 rows", v, err)
	}
	if len(ours.Populations) != 2 {
		t.Error("our populations have changed")
	}
}
