package engine

import (
	"math"

	"cortigo/sim/connect"
	"cortigo/sim/neuron"
)

// maxCompact is the largest weight of the compact form, in quanta: 14 bits with
// the sign, which every layout of synapses holds.
const maxCompact = 1<<13 - 1

// minQuantaPerSD is how fine the compact grid must be against the spread of a
// weight distribution.
const minQuantaPerSD = 64

// negligible is a weight that is 0 for all that could notice: far below it the
// grids would leave the range of float64.
const negligible = 1e-280

// A grid is how the weights onto a population are kept: as integers of quantum
// pA (mV for iaf_psc_delta). It follows from the parameters of all its
// projections alone, whatever their order.
type grid struct {
	quantum float64
	wide    bool // 48-bit weights and 64-bit sums
}

// weightsOf collects what is known of the weights onto population p.
type weightsOf struct {
	max       float64   // largest magnitude
	constants []float64 // distinct magnitudes that must be met exactly
	many      bool      // more distinct constants than are worth looking at
	minSD     float64   // smallest spread of a distribution; +Inf for none
}

const maxConstants = 16

func (w *weightsOf) constant(x float64) {
	x = math.Abs(x)
	w.max = math.Max(w.max, x)
	if x == 0 {
		return
	}
	for _, c := range w.constants {
		if c == x {
			return
		}
	}
	if len(w.constants) == maxConstants {
		w.many = true
		return
	}
	w.constants = append(w.constants, x)
}

func (w *weightsOf) distribution(d connect.Distribution) {
	if c, ok := connect.IsConstant(d); ok {
		w.constant(c)
		return
	}
	lo, hi := d.Bounds()
	w.max = math.Max(w.max, math.Max(math.Abs(lo), math.Abs(hi)))
	w.minSD = math.Min(w.minSD, spread(d))
}

// spread returns the SD of a distribution before any redrawing.
func spread(d connect.Distribution) float64 {
	switch d := d.(type) {
	case connect.Normal:
		return d.SD
	case connect.Uniform:
		return (d.Max - d.Min) / math.Sqrt(12)
	}
	lo, hi := d.Bounds()
	return (hi - lo) / 12
}

func collectWeights(desc *Description, pop int) weightsOf {
	w := weightsOf{minSD: math.Inf(1)}
	if _, ok := desc.Populations[pop].Model.(neuron.Parrot); ok {
		w.constant(1)
		return w
	}
	for i := range desc.Projections {
		pr := &desc.Projections[i]
		if !pr.onto(pop) {
			continue
		}
		if list, ok := pr.Rule.(connect.List); ok && list.Weight != nil {
			for _, x := range list.Weight {
				w.constant(x)
			}
			continue
		}
		w.distribution(pr.Weight)
	}
	return w
}

// chooseGrid returns the grid for weights: compact where constants are exact
// multiples of a quantum and distributions are resolved finely enough, else
// wide, exact to 2^-40 of the largest weight.
func chooseGrid(w weightsOf) grid {
	switch {
	case w.max < negligible:
		return grid{quantum: 1}
	case len(w.constants) == 0:
		if q := roundUp(w.max / maxCompact); w.minSD >= minQuantaPerSD*q {
			return grid{quantum: q}
		}
	case !w.many:
		if q, ok := commonQuantum(w); ok {
			return grid{quantum: q}
		}
	}
	_, e := math.Frexp(w.max)
	return grid{quantum: math.Ldexp(1, e-41), wide: true}
}

// commonQuantum looks for a quantum of which every constant is an exact
// multiple, fine enough for the distributions beside them.
func commonQuantum(w weightsOf) (float64, bool) {
	least := w.constants[0]
	for _, c := range w.constants {
		least = math.Min(least, c)
	}
	for parts := 1.0; parts <= 64; parts++ {
		q := least / parts
		if w.max > maxCompact*q {
			return 0, false
		}
		if w.minSD < minQuantaPerSD*q {
			continue
		}
		exact := true
		for _, c := range w.constants {
			exact = exact && float64(math.Round(c/q)*q) == c
		}
		if exact {
			return q, true
		}
	}
	return 0, false
}

// roundUp returns the least number >= x with 5 significant bits, so that its
// products with sums of weights are exact.
func roundUp(x float64) float64 {
	m, e := math.Frexp(x)
	return math.Ldexp(math.Ceil(m*32)/32, e)
}

// ownQuantum returns the step at which a projection onto a wide population
// of the grid g draws its weights: what its distribution would have had alone,
// but never finer than g.
func ownQuantum(d connect.Distribution, g grid) float64 {
	lo, hi := d.Bounds()
	q := roundUp(math.Max(math.Abs(lo), math.Abs(hi)) / maxCompact)
	if sd := spread(d); sd < minQuantaPerSD*q {
		q = roundUp(sd / minQuantaPerSD / 2)
	}
	return math.Max(q, g.quantum)
}
