package analysis

import (
	"math"
	"slices"
	"strings"
	"testing"

	"cortigo/sim/spikes"
)

func TestPopulationRate(t *testing.T) {
	// Window (100, 145], bins of 20 steps: (100,120], (120,140]; 5 steps over.
	d := data(4, 145, []int64{100, 101, 120, 121, 140, 141, 145, 130}, []int32{1, 1, 2, 3, 1, 2, 2, 77})
	d.Begin = 100
	h, err := PopulationRate(d, 2)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(h.Counts, []int64{2, 2}) {
		t.Errorf("counts %v, want 2 2: a spike at a bin's end belongs to it, at its start to the one before", h.Counts)
	}
	if !near(h.DroppedMS, 0.5) || h.DroppedSpikes != 2 {
		t.Errorf("dropped %g ms with %d spikes, want 0.5 and 2", h.DroppedMS, h.DroppedSpikes)
	}
	// 2 spikes / (4 neurons * 2 ms) = 250 spikes/s
	for _, r := range h.Rates() {
		if !near(r, 250) {
			t.Errorf("rate %v, want 250 spikes/s", r)
		}
	}
	if !near(h.EdgeMS(0), 10) || !near(h.EdgeMS(2), 14) || !near(h.BinMS(), 2) {
		t.Errorf("edges %v to %v ms, bin %v ms", h.EdgeMS(0), h.EdgeMS(2), h.BinMS())
	}
	if h, err := PopulationRate(d, 4.6); err != nil || len(h.Counts) != 0 || !near(h.DroppedMS, 4.5) || !math.IsNaN(h.FanoFactor()) {
		t.Errorf("a bin longer than the window: %+v, %v", h, err)
	}
}

func TestPopulationRateSubset(t *testing.T) {
	d := data(2, 20, []int64{1, 2, 3}, []int32{1, 3, 3})
	d.Populations = append(d.Populations, spikes.Population{Name: "B", First: 3, N: 5})
	h, err := PopulationRate(d, 1, d.Populations[1])
	if err != nil || !slices.Equal(h.Counts, []int64{2, 0}) || h.Neurons != 5 {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestPopulationRateErrors(t *testing.T) {
	d := data(2, 20, []int64{1}, []int32{1})
	p := d.Populations[0]
	for says, call := range map[string]func() error{
		"bin of 0 ms, must be a positive multiple of the resolution, 0.1 ms": func() error { _, err := PopulationRate(d, 0); return err },
		"bin of -1 ms":   func() error { _, err := PopulationRate(d, -1); return err },
		"bin of 0.15 ms": func() error { _, err := PopulationRate(d, 0.15); return err },
		"bin of 0.05 ms": func() error { _, err := PopulationRate(d, 0.05); return err },
		"bin of NaN ms":  func() error { _, err := PopulationRate(d, math.NaN()); return err },
		"bin of +Inf ms": func() error { _, err := PopulationRate(d, math.Inf(1)); return err },
		"share neurons":  func() error { _, err := PopulationRate(d, 0.1, p, p); return err },
		"no populations": func() error { e := *d; e.Populations = nil; _, err := PopulationRate(&e, 0.1); return err },
		"at most":        func() error { e := *d; e.End = 1 << 60; _, err := PopulationRate(&e, 0.1); return err },
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v, want one that says %q", err, says)
		}
	}
}

func TestFanoFactor(t *testing.T) {
	// Counts 2 4 4 4 5 5 7 9: mean 5, variance 4 (ddof 0), so 0.8.
	h := &Histogram{Counts: []int64{2, 4, 4, 4, 5, 5, 7, 9}}
	if got := h.FanoFactor(); !near(got, 0.8) {
		t.Errorf("Fano factor %v, want 0.8", got)
	}
}

func TestSynchrony(t *testing.T) {
	d := poisson(400, 20000, 5, 1)
	all, h, err := Synchrony(d, d.Populations[0], 3, 0, 1)
	if err != nil || h.Neurons != 400 || !near(all, h.FanoFactor()) {
		t.Fatalf("%v of %d neurons, %v", all, h.Neurons, err)
	}
	// A Poisson process has 1; the SD of the estimate from 666 bins is
	// sqrt(2/666) = 0.055; 4 SD.
	if math.Abs(all-1) > 0.22 {
		t.Errorf("synchrony of independent Poisson trains is %v, want 1 +- 0.22", all)
	}
	_, h, err = Synchrony(d, d.Populations[0], 3, 100, 1)
	if err != nil || h.Neurons != 100 || !near(h.DroppedMS, 2) || h.BinMS() != 3 {
		t.Errorf("sample: %+v, %v", h, err)
	}
	silent := data(3, 100, nil, nil)
	if v, _, err := Synchrony(silent, silent.Populations[0], 1, 0, 1); err != nil || !math.IsNaN(v) {
		t.Errorf("silent population: %v, %v, want NaN", v, err)
	}
}
