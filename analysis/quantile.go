package analysis

import "math"

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
