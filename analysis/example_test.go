package analysis_test

import (
	"fmt"

	"cortigo/analysis"
	"cortigo/sim/spikes"
)

// Three neurons over 100 ms; the third is silent.
func recorded() *spikes.Data {
	return &spikes.Data{
		Resolution:  0.1,
		Populations: []spikes.Population{{Name: "A", First: 1, N: 3}},
		End:         1000,
		Step:        []int64{10, 200, 210, 600, 700, 1000},
		Neuron:      []int32{1, 1, 2, 1, 2, 1},
	}
}

func ExampleRateSummaries() {
	s, err := analysis.RateSummaries(recorded())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s[0])
	// Output: A: 20 ± 16.3 spikes/s, 1 of 3 neurons silent
}

func ExamplePopulationRate() {
	h, err := analysis.PopulationRate(recorded(), 30) // bins of 30 ms
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("counts", h.Counts, "and", h.DroppedSpikes, "in the last part-bin")
	fmt.Printf("first bin: %.1f spikes/s\n", h.Rates()[0])
	// Output:
	// counts [3 1 1] and 1 in the last part-bin
	// first bin: 33.3 spikes/s
}

func ExampleCVs() {
	d := recorded()
	cv, leftOut, err := analysis.CVs(d, d.Populations[0])
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.3f, %d neurons with fewer than 3 spikes left out\n", cv[0], leftOut)
	// Output: 0.300, 2 neurons with fewer than 3 spikes left out
}

func ExampleKSDistance() {
	fmt.Println(analysis.KSDistance([]float64{1, 2}, []float64{1, 2, 3, 4}))
	// Output: 0.5
}

func ExampleBox() {
	b := analysis.Box([]float64{1, 2, 3, 4, 20})
	fmt.Println(b.Q1, b.Median, b.Q3, "whiskers", b.WhiskerLow, b.WhiskerHigh, "outliers", b.Outliers)
	// Output: 2 3 4 whiskers 1 4 outliers [20]
}

// Five seeds gave these rates; another program gave 31.9 spikes/s.
func ExampleSpread_P() {
	s, err := analysis.SpreadOf([]float64{31.84, 31.95, 31.90, 31.88, 31.99})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.2f ± %.2f, P(31.9) = %.2f, P(33) = %.4f\n", s.Mean, s.SD, s.P(31.9), s.P(33))
	// Output: 31.91 ± 0.06, P(31.9) = 0.86, P(33) = 0.0001
}
