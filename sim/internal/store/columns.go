package store

import "math"

// encodeColumns returns columns as JSON has them, with nil for -Inf.
func encodeColumns(columns map[string][]float64) map[string][]*float64 {
	if len(columns) == 0 {
		return nil
	}
	out := make(map[string][]*float64, len(columns))
	for name, x := range columns {
		p := make([]*float64, len(x))
		for i := range x {
			if !math.IsInf(x[i], -1) {
				p[i] = &x[i]
			}
		}
		out[name] = p
	}
	return out
}

func decodeColumns(columns map[string][]*float64) map[string][]float64 {
	if len(columns) == 0 {
		return nil
	}
	out := make(map[string][]float64, len(columns))
	for name, p := range columns {
		x := make([]float64, len(p))
		for i := range p {
			x[i] = math.Inf(-1)
			if p[i] != nil {
				x[i] = *p[i]
			}
		}
		out[name] = x
	}
	return out
}
