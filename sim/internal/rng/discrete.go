package rng

import "math"

// A Discrete draws an index with given probabilities from one random word, by
// Walker's alias method in Vose's construction.
type Discrete struct {
	n      uint64
	column []column
}

type column struct{ threshold, alias uint32 }

// NewDiscrete returns the distribution over 0..len(weight)-1 in proportion to
// weight, whose entries are finite, not negative and not all zero. Each
// probability is exact to within 2^-32.
func NewDiscrete(weight []float64) *Discrete {
	n := len(weight)
	sum := 0.0
	for _, w := range weight {
		sum += w
	}
	d := &Discrete{n: uint64(n), column: make([]column, n)}
	scaled := make([]float64, n)
	var small, large []int
	for i, w := range weight {
		scaled[i] = w / sum * float64(n)
		if scaled[i] < 1 {
			small = append(small, i)
		} else {
			large = append(large, i)
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		d.column[s] = column{threshold(scaled[s]), uint32(l)}
		scaled[l] -= 1 - scaled[s]
		if scaled[l] < 1 {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
	for _, rest := range [][]int{large, small} {
		for _, i := range rest {
			d.column[i] = column{math.MaxUint32, uint32(i)}
		}
	}
	return d
}

func threshold(p float64) uint32 {
	return uint32(math.Min(math.Floor(float64(p*(1<<32))+0.5), math.MaxUint32))
}

// Draw returns the index that the random word u selects.
func (d *Discrete) Draw(u uint32) int {
	p := uint64(u) * d.n
	i := p >> 32
	c := d.column[i]
	index := uint64(c.alias) // without a branch: it would be taken at random
	if uint32(p) < c.threshold {
		index = i
	}
	return int(index)
}
