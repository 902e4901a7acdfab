package plots

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

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

// distinct returns the positions of times within p's range, one of those that
// would look like one.
func distinct(times []float64, p *plot.Plot, x func(float64) vg.Length) []vg.Length {
	var out []vg.Length
	for _, ms := range times {
		if ms < p.X.Min || ms > p.X.Max {
			continue
		}
		if at := x(ms); len(out) == 0 || at-out[len(out)-1] >= 0.25 {
			out = append(out, at)
		}
	}
	return out
}

// piece is how many points of a line are stroked at once: the time that filling
// the outline of a stroke takes grows with the square of the crossings in a row
// of pixels (10 traces of noise took minutes in one piece each, 1 s in pieces).
const piece = 24

// pieces cuts a line. Each piece repeats the last segment of the one before, so
// that no joint shows.
func pieces(line []vg.Point) (out [][]vg.Point) {
	for len(line) > piece {
		out = append(out, line[:piece])
		line = line[piece-2:]
	}
	return append(out, line)
}

// appendLine appends a line, a single point as a short dash.
func appendLine(lines [][]vg.Point, line []vg.Point) [][]vg.Point {
	switch len(line) {
	case 0:
		return lines
	case 1:
		at := line[0]
		line = []vg.Point{{X: at.X - 0.5, Y: at.Y}, {X: at.X + 0.5, Y: at.Y}}
	}
	return append(lines, line)
}
