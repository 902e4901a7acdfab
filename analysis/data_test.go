package analysis

import (
	"math"
	"slices"
	"strings"
	"testing"

	"cortigo/sim/spikes"
)

// data returns spikes of one population "A" of n neurons with ids from 1, in
// (0, end] steps of 0.1 ms.
func data(n int, end int64, step []int64, neuron []int32) *spikes.Data {
	d := &spikes.Data{
		Resolution:  0.1,
		Populations: []spikes.Population{{Name: "A", First: 1, N: n}},
		End:         end,
		Step:        step,
		Neuron:      neuron,
	}
	d.Sort()
	return d
}

// near reports whether got equals want to 1e-12, relative to want.
func near(got, want float64) bool {
	if math.IsNaN(want) {
		return math.IsNaN(got)
	}
	return math.Abs(got-want) <= 1e-12*max(1e-300, math.Abs(want))
}

func TestInvalidData(t *testing.T) {
	good := func() *spikes.Data { return data(2, 100, []int64{5, 7}, []int32{1, 2}) }
	cases := map[string]struct {
		change func(*spikes.Data) *spikes.Data
		says   string
	}{
		"nil":          {func(*spikes.Data) *spikes.Data { return nil }, "nil"},
		"columns":      {func(d *spikes.Data) *spikes.Data { d.Step = d.Step[:1]; return d }, "1 steps, 2 neurons"},
		"resolution":   {func(d *spikes.Data) *spikes.Data { d.Resolution = 0; return d }, "resolution is 0"},
		"NaN":          {func(d *spikes.Data) *spikes.Data { d.Resolution = math.NaN(); return d }, "resolution"},
		"empty window": {func(d *spikes.Data) *spikes.Data { d.End = d.Begin; return d }, "empty"},
		"no neurons":   {func(d *spikes.Data) *spikes.Data { d.Populations[0].N = 0; return d }, "0 neurons"},
	}
	for name, c := range cases {
		d := c.change(good())
		p := spikes.Population{Name: "A", First: 1, N: 2}
		if d != nil {
			p = d.Populations[0]
		}
		calls := map[string]func() error{
			"SpikeCounts":      func() error { _, err := SpikeCounts(d, p); return err },
			"Rates":            func() error { _, err := Rates(d, p); return err },
			"RateSummaries":    func() error { _, err := RateSummaries(d); return err },
			"PopulationRate":   func() error { _, err := PopulationRate(d, 1, p); return err },
			"CVs":              func() error { _, _, err := CVs(d, p); return err },
			"PairCorrelations": func() error { _, err := PairCorrelations(d, p, 1, 5, 1); return err },
			"Synchrony":        func() error { _, _, err := Synchrony(d, p, 1, 0, 1); return err },
			"Describe":         func() error { _, err := Describe(d, 1); return err },
		}
		for f, call := range calls {
			if err := call(); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s, %s: error %v, want one that says %q", name, f, err, c.says)
			}
		}
	}
}

func TestUnsortedIsAnError(t *testing.T) {
	d := data(2, 100, []int64{5, 7}, []int32{1, 2})
	d.Step[0], d.Step[1] = 7, 5
	if _, _, err := CVs(d, d.Populations[0]); err == nil {
		t.Error("CVs took unsorted spikes")
	}
	if _, err := PairCorrelations(d, d.Populations[0], 1, 5, 1); err == nil {
		t.Error("PairCorrelations took unsorted spikes")
	}
}

func TestSubsample(t *testing.T) {
	p := spikes.Population{Name: "A", First: 101, N: 1000}
	a, b := Subsample(p, 250, 1), Subsample(p, 250, 1)
	if !slices.Equal(a, b) {
		t.Error("the same seed drew different neurons")
	}
	if slices.Equal(a, Subsample(p, 250, 2)) {
		t.Error("another seed drew the same neurons")
	}
	if len(a) != 250 || !slices.IsSorted(a) || len(slices.Compact(slices.Clone(a))) != 250 {
		t.Errorf("%d neurons, want 250 different ones in order", len(a))
	}
	if a[0] < 101 || a[249] > 1100 {
		t.Errorf("ids %d to %d, want them within 101 to 1100", a[0], a[249])
	}
	// The draw is API: do not change these ids.
	if got := Subsample(spikes.Population{First: 1, N: 100}, 5, 1); !slices.Equal(got, []int32{12, 32, 87, 92, 100}) {
		t.Errorf("drew %v; a seed must keep its neurons", got)
	}
	if got := Subsample(spikes.Population{First: 5, N: 3}, 10, 1); !slices.Equal(got, []int32{5, 6, 7}) {
		t.Errorf("a sample larger than the population is %v, want all", got)
	}
	if got := Subsample(p, -1, 1); len(got) != 0 {
		t.Errorf("a negative sample is %v, want none", got)
	}
	// Every neuron is equally likely: 2000 draws of 10 of 20, expected 1000
	// each, SD sqrt(2000/4) = 22.4; 5 SD.
	hits := make([]int, 21)
	for seed := range uint64(2000) {
		for _, id := range Subsample(spikes.Population{First: 1, N: 20}, 10, seed) {
			hits[id]++
		}
	}
	for id, h := range hits[1:] {
		if h < 888 || h > 1112 {
			t.Errorf("neuron %d was drawn %d times, want 1000 +- 112", id+1, h)
		}
	}
}
