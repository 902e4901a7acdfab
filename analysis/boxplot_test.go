package analysis

import (
	"math"
	"slices"
	"testing"
)

func TestQuantile(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		x       []float64
		p, want float64
	}{
		// Type 7 by its formula: h = (n-1)p. The median of 1 2 3 4 is 2.5 in
		// NumPy, 2 in gonum's LinInterp.
		{[]float64{1, 2, 3, 4}, 0.5, 2.5},
		{[]float64{1, 2, 3, 4}, 0.25, 1.75},
		{[]float64{1, 2, 3, 4}, 0.75, 3.25},
		{[]float64{1, 2, 3, 4}, 0, 1},
		{[]float64{1, 2, 3, 4}, 1, 4},
		{[]float64{1, 10}, 0.9, 9.1},
		{[]float64{3}, 0.3, 3},
		{nil, 0.5, nan},
		{[]float64{1, 2}, 1.1, nan},
		{[]float64{1, 2}, -0.1, nan},
		{[]float64{1, 2}, nan, nan},
		{[]float64{nan, 1, 2}, 0.5, nan},
	} {
		if got := Quantile(c.x, c.p); !near(got, c.want) {
			t.Errorf("Quantile(%v, %v) = %v, want %v", c.x, c.p, got, c.want)
		}
	}
}

func TestBox(t *testing.T) {
	// Quartiles of 1..9 are 3, 5, 7, IQR 4, fences -3 and 13: with -4, 20 and
	// 13 (on the fence) added the sample is -4 1..9 13 20 and h = 11p:
	// Q1 = x[2.75] = 2.75, Q2 = x[5.5] = 5.5, Q3 = x[8.25] = 8.25, IQR 5.5,
	// fences -5.5 and 16.5, by hand.
	x := []float64{20, 9, 8, 7, math.NaN(), 6, 5, 4, 3, 2, 1, -4, 13}
	before := slices.Clone(x)
	b := Box(x)
	want := BoxStats{N: 12, Q1: 2.75, Median: 5.5, Q3: 8.25, Mean: 74.0 / 12, WhiskerLow: -4, WhiskerHigh: 13}
	if b.N != want.N || !near(b.Q1, want.Q1) || !near(b.Median, want.Median) || !near(b.Q3, want.Q3) ||
		!near(b.Mean, want.Mean) || b.WhiskerLow != want.WhiskerLow || b.WhiskerHigh != want.WhiskerHigh ||
		!slices.Equal(b.Outliers, []float64{20}) {
		t.Errorf("got %+v, want %+v and outlier 20", b, want)
	}
	if x[0] != before[0] || x[12] != before[12] {
		t.Error("Box changed its argument")
	}
	// A value exactly on the fence is inside: Q1 0, Q3 1, fence 2.5.
	if b := Box([]float64{0, 0, 1, 1, 2.5}); len(b.Outliers) != 0 || b.WhiskerHigh != 2.5 {
		t.Errorf("value on the fence: %+v", b)
	}
	if b := Box([]float64{5, 5, 5, 5, 9}); b.WhiskerHigh != 5 || b.WhiskerLow != 5 || !slices.Equal(b.Outliers, []float64{9}) {
		t.Errorf("IQR 0: %+v", b)
	}
	// Q3 = 25.5 lies between the values, nothing between it and the fence but
	// below: the whisker stays at the box, as matplotlib's does. Four values
	// 0 1 2 96: Q1 0.75, Q3 25.5, fence 62.6.
	if b := Box([]float64{0, 1, 2, 96}); b.WhiskerHigh != 25.5 || b.WhiskerLow != 0 || !slices.Equal(b.Outliers, []float64{96}) {
		t.Errorf("no value beyond Q3 within the fence: %+v", b)
	}
	if b := Box([]float64{3}); b.Q1 != 3 || b.WhiskerLow != 3 || b.WhiskerHigh != 3 || b.Mean != 3 || len(b.Outliers) != 0 {
		t.Errorf("one element: %+v", b)
	}
	if b := Box([]float64{math.NaN()}); b.N != 0 || !math.IsNaN(b.Median) || !math.IsNaN(b.WhiskerLow) || !math.IsNaN(b.Mean) {
		t.Errorf("no element: %+v", b)
	}
}
