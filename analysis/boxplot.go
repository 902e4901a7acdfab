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

// Quantile returns the p-quantile of sorted by linear interpolation between
// order statistics, type 7 of Hyndman & Fan (1996, Am. Stat. 50:361), the
// default of NumPy and matplotlib:
//
//	h = (n-1)*p,  i = floor(h)
//	Q = x[i] + (h-i)*(x[i+1]-x[i])
//
// sorted must be in ascending order. No element, a NaN among the elements
// (slices.Sort puts it first) or p outside [0, 1] gives NaN; one element is
// every quantile. (gonum's stat.LinInterp is type 4 and differs.)
func Quantile(sorted []float64, p float64) float64 {
	n := len(sorted)
	if n == 0 || !(p >= 0 && p <= 1) || math.IsNaN(sorted[0]) {
		return math.NaN()
	}
	h := float64(n-1) * p
	i := int(h)
	if i >= n-1 {
		return sorted[n-1]
	}
	return sorted[i] + (h-float64(i))*(sorted[i+1]-sorted[i])
}
