package analysis

import (
	"fmt"
	"math"
	"slices"
)

// BoxStats is what a box plot shows of a sample, in the sample's unit.
type BoxStats struct {
	N                       int       // values, without NaN
	Q1, Median, Q3          float64   // quartiles, type 7
	Mean                    float64   // arithmetic mean
	WhiskerLow, WhiskerHigh float64   // most extreme values within 1.5 IQR of the box
	Outliers                []float64 // values beyond the whiskers, ascending
}

// String returns the statistics in a line, outliers by their number.
func (b BoxStats) String() string {
	return fmt.Sprintf("%d values: median %.3g, quartiles %.3g and %.3g, mean %.3g, whiskers %.3g and %.3g, %d outliers",
		b.N, b.Median, b.Q1, b.Q3, b.Mean, b.WhiskerLow, b.WhiskerHigh, len(b.Outliers))
}

// GoString is String.
func (b BoxStats) GoString() string { return b.String() }

// Box returns the box-plot statistics of x, as matplotlib.cbook.boxplot_stats
// defines them:
//
//	IQR         = Q3 - Q1
//	WhiskerLow  = min of the x >= Q1 - 1.5*IQR, at most Q1
//	WhiskerHigh = max of the x <= Q3 + 1.5*IQR, at least Q3
//
// Everything outside the whiskers is an outlier. NaN values are dropped. One
// element is all of its statistics; no element gives N 0 and NaN. x need not be
// sorted and is left as it is.
func Box(x []float64) BoxStats {
	s := sortedWithoutNaN(x)
	b := BoxStats{N: len(s), Q1: Quantile(s, 0.25), Median: Quantile(s, 0.5), Q3: Quantile(s, 0.75)}
	b.Mean, _ = MeanSD(s)
	if len(s) == 0 {
		b.WhiskerLow, b.WhiskerHigh = math.NaN(), math.NaN()
		return b
	}
	reach := 1.5 * (b.Q3 - b.Q1)
	// First value inside the lower fence, first value beyond the upper one.
	lo, _ := slices.BinarySearch(s, b.Q1-reach)
	hi, _ := slices.BinarySearch(s, math.Nextafter(b.Q3+reach, math.Inf(1)))
	// With few values none may lie between box and fence.
	b.WhiskerLow = min(s[lo], b.Q1)
	b.WhiskerHigh = max(s[hi-1], b.Q3)
	b.Outliers = append(slices.Clone(s[:lo]), s[hi:]...)
	return b
}

// sortedWithoutNaN returns a sorted copy of x without its NaN values.
func sortedWithoutNaN(x []float64) []float64 {
	s := make([]float64, 0, len(x))
	for _, v := range x {
		if !math.IsNaN(v) {
			s = append(s, v)
		}
	}
	slices.Sort(s)
	return s
}
