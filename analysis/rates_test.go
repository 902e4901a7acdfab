package analysis

import (
	"math"
	"slices"
	"testing"

	"cortigo/sim/spikes"
)

func TestRates(t *testing.T) {
	// 1000 steps of 0.1 ms are 0.1 s; neuron 3 is silent, neuron 9 belongs to
	// nobody, steps 0 and 1001 lie outside the window (0, 1000].
	d := data(3, 1000, []int64{0, 1, 500, 1000, 1000, 1001, 7}, []int32{1, 1, 1, 1, 2, 2, 9})
	got, err := Rates(d, d.Populations[0])
	if err != nil {
		t.Fatal(err)
	}
	// 3, 1 and 0 spikes / 0.1 s
	for i, want := range []float64{30, 10, 0} {
		if !near(got[i], want) && got[i] != want {
			t.Errorf("rate of neuron %d is %v, want %v spikes/s", i+1, got[i], want)
		}
	}
	counts, _ := SpikeCounts(d, d.Populations[0])
	if !slices.Equal(counts, []int{3, 1, 0}) {
		t.Errorf("counts %v, want 3 1 0", counts)
	}
}

func TestRateSummaries(t *testing.T) {
	d := data(3, 1000, []int64{1, 500, 1000, 1000}, []int32{1, 1, 1, 2})
	d.Populations = append(d.Populations, spikes.Population{Name: "B", First: 4, N: 2})
	got, err := RateSummaries(d)
	if err != nil {
		t.Fatal(err)
	}
	a, b := got[0], got[1]
	// Rates 30, 10, 0: mean 40/3, SD with ddof 0 sqrt((900+100)/3 - (40/3)^2).
	if !near(a.Mean, 40.0/3) || !near(a.SD, math.Sqrt(1000.0/3-1600.0/9)) {
		t.Errorf("mean %v, SD %v", a.Mean, a.SD)
	}
	if a.Name != "A" || a.N != 3 || a.Silent != 1 || a.Spikes != 4 {
		t.Errorf("summary %+v", a)
	}
	if b != (RateSummary{Population: d.Populations[1], Silent: 2}) {
		t.Errorf("summary of a silent population %+v", b)
	}
	d.Populations = nil
	if got, err := RateSummaries(d); err != nil || len(got) != 0 {
		t.Errorf("without populations: %v, %v", got, err)
	}
}

func TestMeanSD(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		x        []float64
		mean, sd float64
	}{
		{nil, nan, nan},
		{[]float64{7}, 7, 0},
		{[]float64{1, 2, 3, 4}, 2.5, math.Sqrt(1.25)}, // ddof 0, by hand
		{[]float64{1, nan}, nan, nan},
	} {
		if m, s := MeanSD(c.x); !near(m, c.mean) || !(near(s, c.sd) || s == c.sd) {
			t.Errorf("MeanSD(%v) = %v, %v, want %v, %v", c.x, m, s, c.mean, c.sd)
		}
	}
}

func TestMeanRate(t *testing.T) {
	// As TestRates: rates 30, 10 and 0.
	d := data(3, 1000, []int64{0, 1, 500, 1000, 1000, 1001, 7}, []int32{1, 1, 1, 1, 2, 2, 9})
	if got, err := MeanRate(d, d.Populations[0]); err != nil || !near(got, 40.0/3) {
		t.Errorf("mean rate %v, %v, want 40/3", got, err)
	}
	if _, err := MeanRate(d, spikes.Population{Name: "none"}); err == nil {
		t.Error("mean rate of no neurons")
	}
}
