package plots

import (
	"image/color"
	"math"
)

var transparent = color.RGBA{}

// decimate returns the indices of the values that a line through all of them
// shows: in each column the first, the lowest, the highest and the last, in
// their order. -1 stands for a gap: one or more values that are NaN. Columns
// must not decrease.
func decimate(values []float64, column func(i int) int) []int {
	var out []int
	for i := 0; i < len(values); {
		if math.IsNaN(values[i]) {
			if len(out) > 0 && out[len(out)-1] >= 0 {
				out = append(out, -1)
			}
			i++
			continue
		}
		first, low, high, last := i, i, i, i
		for at := column(i); i < len(values) && !math.IsNaN(values[i]) && column(i) == at; i++ {
			last = i
			if values[i] < values[low] {
				low = i
			}
			if values[i] > values[high] {
				high = i
			}
		}
		for _, k := range [...]int{first, min(low, high), max(low, high), last} {
			if len(out) == 0 || out[len(out)-1] != k {
				out = append(out, k)
			}
		}
	}
	return out
}
