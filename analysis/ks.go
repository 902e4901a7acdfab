package analysis

import "math"

// KSDistance returns the two-sample Kolmogorov-Smirnov distance, the largest
// difference between the empirical distributions of a (n values) and b (m):
//
//	D = sup |F_a - F_b| = max |i*m - j*n| / (n*m)
//
// where i and j count the values of a and b up to a point; the maximum is taken
// over integers, so it is exact, ties included. NaN values are dropped; if
// nothing is left of a or b the distance is NaN. The samples need not be
// sorted and are left as they are. (Smirnov 1948, Ann. Math. Stat. 19:279.)
func KSDistance(a, b []float64) float64 {
	return ksSorted(sortedWithoutNaN(a), sortedWithoutNaN(b))
}

// ksSorted is KSDistance of sorted samples without NaN.
func ksSorted(a, b []float64) float64 {
	n, m := len(a), len(b)
	if n == 0 || m == 0 {
		return math.NaN()
	}
	var i, j int
	var d int64
	for i < n && j < m {
		x := min(a[i], b[j])
		for i < n && a[i] == x {
			i++
		}
		for j < m && b[j] == x {
			j++
		}
		diff := int64(i)*int64(m) - int64(j)*int64(n)
		d = max(d, diff, -diff)
	}
	return float64(d) / (float64(n) * float64(m))
}
