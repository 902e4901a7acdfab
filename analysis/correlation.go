package analysis

import (
	"fmt"
	"math"
	"slices"

	"cortigo/sim/spikes"
)

// Correlations are the pairwise correlations of a subsample of a population.
type Correlations struct {
	R         []float64 // of pairs (i, j), i < j, row by row
	Neurons   []int32   // ids of the neurons that R was computed from, ascending
	Silent    int       // neurons of the subsample without a spike in a whole bin, left out
	Constant  int       // neurons with the same non-zero count in every bin, left out
	BinMS     float64   // ms
	Bins      int       // whole bins in the window
	DroppedMS float64   // ms after the last whole bin, not counted
}

// String returns mean and SD, and what they are of, in a line.
func (c Correlations) String() string {
	mean, sd := MeanSD(c.R)
	return fmt.Sprintf("%d correlations of %d neurons in %d bins of %.12g ms: mean %.3g, SD %.3g; %d silent and %d constant neurons left out",
		len(c.R), len(c.Neurons), c.Bins, c.BinMS, mean, sd, c.Silent, c.Constant)
}

// GoString is String.
func (c Correlations) GoString() string { return c.String() }

// PairCorrelations returns Pearson's correlation of the spike counts in bins of
// binMS ms for every pair of a subsample of up to sample neurons of p
// (250 or less is usual: pairs grow with the square). From counts N over L bins:
//
//	r = (N_xy - N_x N_y/L) / sqrt((N_xx - N_x^2/L) (N_yy - N_y^2/L))
//
// with N_x the spikes of x, N_xy the sum over bins of the product of counts.
// All sums are integers, so only the last division rounds. The subsample is
// drawn by [Subsample] with seed from all neurons; then silent ones, whose r is
// 0/0, are dropped, and so are neurons with a constant count. No or one neuron
// left gives an empty R.
//
// It is an error if binMS is not a positive multiple of the resolution, or sample
// not in 1..MaxCorrelated.
func PairCorrelations(d *spikes.Data, p spikes.Population, binMS float64, sample int, seed uint64) (*Correlations, error) {
	if err := check(d); err != nil {
		return nil, err
	}
	if err := checkPopulation(p); err != nil {
		return nil, err
	}
	if sample < 1 || sample > MaxCorrelated {
		return nil, fmt.Errorf("analysis: correlations of a subsample of %d neurons, must be 1 to %d", sample, MaxCorrelated)
	}
	bin, bins, err := wholeBins(d, binMS)
	if err != nil {
		return nil, err
	}
	ids := Subsample(p, sample, seed)
	n := len(ids)
	c := &Correlations{BinMS: binMS, Bins: int(bins), DroppedMS: droppedMS(d, bin, bins)}

	sum := make([]int64, n)       // N_x
	product := make([]int64, n*n) // N_xy for x <= y
	count := make([]int64, n)     // of the current bin
	active := make([]int, 0, n)   // neurons with a count in the current bin
	current, last := int64(0), d.Begin
	flush := func() {
		slices.Sort(active)
		for a, x := range active {
			sum[x] += count[x]
			for _, y := range active[a:] {
				product[x*n+y] += count[x] * count[y]
			}
		}
		for _, x := range active {
			count[x] = 0
		}
		active = active[:0]
	}
	for i, id := range d.Neuron {
		s := d.Step[i]
		if !inWindow(d, s) {
			continue
		}
		if s < last {
			return nil, fmt.Errorf("analysis: spikes are not sorted by time: spike %d at step %d follows step %d; call Sort", i, s, last)
		}
		last = s
		b := binOf(d, s, bin)
		if b >= bins {
			break
		}
		if b != current {
			flush()
			current = b
		}
		if !p.Contains(id) {
			continue
		}
		if x, found := slices.BinarySearch(ids, id); found {
			if count[x] == 0 {
				active = append(active, x)
			}
			count[x]++
		}
	}
	flush()

	keep := make([]int, 0, n)
	for x := range n {
		switch {
		case sum[x] == 0:
			c.Silent++
		case bins*product[x*n+x] == sum[x]*sum[x]:
			c.Constant++
		default:
			keep = append(keep, x)
			c.Neurons = append(c.Neurons, ids[x])
		}
	}
	c.R = make([]float64, 0, len(keep)*max(len(keep)-1, 0)/2)
	spread := func(x int) float64 { return math.Sqrt(float64(bins*product[x*n+x] - sum[x]*sum[x])) }
	for a, x := range keep {
		for _, y := range keep[a+1:] {
			c.R = append(c.R, float64(bins*product[x*n+y]-sum[x]*sum[y])/(spread(x)*spread(y)))
		}
	}
	return c, nil
}

// MaxCorrelated is the largest subsample of [PairCorrelations]: 2 million pairs.
const MaxCorrelated = 2000
