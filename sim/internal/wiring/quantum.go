package wiring

import (
	"fmt"
	"math"
	"slices"

	"cortigo/sim/connect"
	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/network"
)

// MaxCompact is the largest weight of the compact form, in quanta: 14 bits with
// the sign, which every layout of synapses holds.
const MaxCompact = 1<<13 - 1

// minQuantaPerSD is how fine the compact grid must be against the spread of a
// weight distribution.
const minQuantaPerSD = 64

// negligible is a weight that is 0 for all that could notice: far below it the
// grids would leave the range of float64.
const negligible = 1e-280

// A Grid is how the weights onto a population are kept: as integers of quantum
// pA (mV for iaf_psc_delta). It follows from the parameters of all its
// projections alone, whatever their order, and where neurons may spike several
// times in a step from the generators that make them.
type Grid struct {
	Quantum float64 `json:"quantum"`
	Wide    bool    `json:"wide,omitempty"`  // 48-bit weights and 64-bit sums
	Tiers   int     `json:"tiers,omitempty"` // wide: how many sums a neuron has, see tiers.go; 0 for one
}

// weightsOf collects what is known of the weights onto population p.
type weightsOf struct {
	max       float64   // largest magnitude
	constants []float64 // distinct magnitudes that must be met exactly
	many      bool      // more distinct constants than are worth looking at
	minSD     float64   // smallest spread of a distribution; +Inf for none
	numbers   bool      // some are drawn as numbers, for which no grid is fine enough
	drawnOn   []float64 // distinct quanta on which weights were drawn before
	changed   []float64 // magnitudes that single synapses were given
	least     float64   // smallest scale on which weights must be met; +Inf for none
}

const maxConstants = 16

func (w *weightsOf) constant(x float64) {
	x = math.Abs(x)
	w.max = math.Max(w.max, x)
	if x == 0 {
		return
	}
	w.matters(x)
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

func (w *weightsOf) distribution(d connect.Distribution, before float64) {
	if c, ok := connect.IsConstant(d); ok {
		w.constant(c)
		return
	}
	lo, hi := d.Bounds()
	reach := math.Max(math.Abs(lo), math.Abs(hi))
	w.max = math.Max(w.max, reach)
	if _, ok := connect.Table(d); !ok {
		w.numbers = true
		w.matters(math.Min(reach, math.Abs(connect.Typical(d))))
		return
	}
	w.matters(reach)
	w.minSD = math.Min(w.minSD, connect.Spread(d))
	if before != 0 && !slices.Contains(w.drawnOn, before) {
		w.drawnOn = append(w.drawnOn, before)
	}
}

// weightsBeside collects the weights from all projections, of those in replaced
// only what synapses were given later.
func weightsBeside(desc *network.Description, pop int, replaced map[int]bool) weightsOf {
	w := weightsOf{minSD: math.Inf(1), least: math.Inf(1)}
	if desc.Populations[pop].Counts() {
		w.constant(1)
		return w
	}
	for i := range desc.Projections {
		pr := &desc.Projections[i]
		at := uint32(0)
		for k, r := range pr.Targets() {
			if r.Population == pop {
				if desc.Stateful(pr) {
					w.numbers = true
					w.max = math.Max(w.max, desc.Reach(pr, false))
					w.matters(math.Min(desc.Reach(pr, false), math.Abs(connect.Typical(pr.Weight))))
				} else if !replaced[i] {
					w.part(pr, k)
				}
				w.changes(pr.Changed, at, at+uint32(r.N))
			}
			at += uint32(r.N)
		}
	}
	return w
}

// part adds the weights of a projection onto part k of its targets.
func (w *weightsOf) part(pr *network.Projection, k int) {
	if values, ok := pr.WeightValues(); ok {
		for _, x := range values {
			w.constant(x)
		}
		return
	}
	w.distribution(pr.Weight, pr.PartQuantum(k))
}

// changes adds the changed weights onto targets from..to-1.
func (w *weightsOf) changes(changed []network.SynapseChange, from, to uint32) {
	for _, c := range changed {
		if c.Target >= from && c.Target < to && !math.IsNaN(c.Weight) {
			w.changed = append(w.changed, math.Abs(c.Weight))
			w.matters(math.Abs(c.Weight))
		}
	}
}

// PopulationGrids returns the grids of the weights onto every population.
func PopulationGrids(desc *network.Description, clock clock.Clock) ([]Grid, error) {
	most := MostSpikes(desc, clock)
	grids := make([]Grid, len(desc.Populations))
	for p := range grids {
		var err error
		if grids[p], err = populationGrid(desc, p, most); err != nil {
			return nil, fmt.Errorf("population %s: %w", brief.Quote(desc.Populations[p].Name), err)
		}
	}
	return grids, nil
}

// populationGrid returns the grid of the weights onto population p: wide also
// where so many synapses may meet on a neuron, or so many spikes of one of its
// sources, that a compact sum could overflow.
func populationGrid(desc *network.Description, p int, most []float64) (Grid, error) {
	g, tight, err := gridBeside(desc, p, most, nil)
	if err == nil && g.Tiers <= 1 && !tight {
		return g, nil
	}
	// Weights that are no more need not stand in the way.
	replaced := map[int]bool{}
	for i := range desc.Projections {
		if allReplaced(desc, i) {
			replaced[i] = true
		}
	}
	if len(replaced) > 0 {
		g, _, err = gridBeside(desc, p, most, replaced)
	}
	return g, err
}

// allReplaced reports whether every synapse of projection i was given another
// weight.
func allReplaced(desc *network.Description, i int) bool {
	pr := &desc.Projections[i]
	n := network.ChangedWeights(pr.Changed)
	return n > 0 && !desc.Stateful(pr) && n == CountSynapses(desc, i)
}

// gridBeside is populationGrid without the first weights of some projections;
// tight says that sums may overflow all the same.
func gridBeside(desc *network.Description, p int, most []float64, replaced map[int]bool) (g Grid, tight bool, err error) {
	w := weightsBeside(desc, p, replaced)
	g = chooseGrid(w)
	if desc.Populations[p].Counts() {
		return g, false, nil
	}
	once, often := 0.0, 0.0 // largest possible input, in quanta: of single spikes, of as many as there may be
	for i := range desc.Projections {
		pr := &desc.Projections[i]
		if slices.ContainsFunc(pr.Targets(), func(r network.Range) bool { return r.Population == p }) {
			x := pr.Size().Largest * desc.Reach(pr, replaced[i]) / g.Quantum
			once += x
			often += float64(x * mostOfSources(pr, most))
		}
	}
	if !g.Wide {
		exact := wideGrid(w.largest())
		switch {
		case often <= math.MaxInt32:
			return g, false, nil
		case once <= math.MaxInt32 || often*g.Quantum/exact.Quantum > network.MaxSum:
			g.Wide = true // the same weights in larger sums
			return g, often > network.MaxSum, nil
		}
		often *= g.Quantum / exact.Quantum
		g = exact
	}
	if g.Tiers, err = tiers(w, g, desc.Populations[p].Noticeable()); err != nil || g.Tiers > 1 {
		return g, often > network.MaxSum, err
	}
	for k := 0; k < spareBits && often > network.MaxSum; k++ {
		g.Quantum, often = 2*g.Quantum, often/2
	}
	return g, often > network.MaxSum, nil
}

// spareBits is by how many bits a wide grid may be coarser than 2^-40 of its
// largest weight where a sum could overflow otherwise.
const spareBits = 10

// chooseGrid returns the grid for weights: compact where constants are exact
// multiples of a quantum and distributions are resolved finely enough, else
// wide, exact to 2^-40 of the largest weight. A network that was built before
// keeps its compact grid while all new weights fit that, too.
func chooseGrid(w weightsOf) Grid {
	largest := w.largest()
	if largest < negligible {
		return Grid{Quantum: 1}
	}
	if q, ok := compactQuantum(w); ok {
		return Grid{Quantum: q}
	}
	return wideGrid(largest)
}

func (w *weightsOf) largest() float64 {
	x := w.max
	for _, c := range w.changed {
		x = math.Max(x, c)
	}
	return x
}

// wideGrid returns the grid that is exact to 2^-40 of the largest weight.
func wideGrid(largest float64) Grid {
	_, e := math.Frexp(largest)
	return Grid{Quantum: math.Ldexp(1, e-41), Wide: true}
}

// compactQuantum returns the quantum of a compact grid, if there can be one.
func compactQuantum(w weightsOf) (q float64, ok bool) {
	switch {
	case w.numbers:
		return 0, false
	case math.IsInf(w.minSD, 1): // nothing was drawn that has to stay
		for _, x := range w.changed {
			w.constant(x)
		}
		if w.many || len(w.constants) == 0 {
			return 0, false
		}
		return commonQuantum(w)
	case w.many:
		return 0, false
	case len(w.constants) > 0:
		q, ok = commonQuantum(w)
	default:
		q = roundUp(w.max / MaxCompact)
		ok = w.minSD >= minQuantaPerSD*q
	}
	if !ok || len(w.drawnOn) > 1 {
		return 0, false
	}
	if len(w.drawnOn) == 1 && w.drawnOn[0] != q {
		q = w.drawnOn[0]
		if w.max > MaxCompact*q || w.minSD < minQuantaPerSD*q || !multiples(w.constants, q, rounding) {
			return 0, false
		}
	}
	return q, multiples(w.changed, q, rounding)
}

// rounding is how far from a multiple a constant may be, relative to it: products
// of decimal numbers, as -g*J is, are off by some units of the last of 53 bits.
const rounding = 0x1p-48

// multiples reports whether all magnitudes are multiples of q that the compact
// form holds, but for a relative error.
func multiples(xs []float64, q, within float64) bool {
	for _, x := range xs {
		if x > MaxCompact*q || math.Abs(float64(math.Round(x/q)*q)-x) > within*x {
			return false
		}
	}
	return true
}

// commonQuantum looks for a quantum of which every constant is a multiple, exact
// if there is one, fine enough for the distributions beside them.
func commonQuantum(w weightsOf) (float64, bool) {
	if q, ok := quantumWithin(w, 0); ok {
		return q, true
	}
	return quantumWithin(w, rounding)
}

func quantumWithin(w weightsOf, within float64) (float64, bool) {
	least := w.constants[0]
	for _, c := range w.constants {
		least = math.Min(least, c)
	}
	for parts := 1.0; parts <= 64; parts++ {
		q := least / parts
		if w.max > MaxCompact*q {
			return 0, false
		}
		if w.minSD < minQuantaPerSD*q {
			continue
		}
		if multiples(w.constants, q, within) {
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
func ownQuantum(d connect.Distribution, g Grid) float64 {
	lo, hi := d.Bounds()
	reach, sd := math.Max(math.Abs(lo), math.Abs(hi)), connect.Spread(d)
	finest := g.TierQuantum(g.Tiers - 1)
	if reach <= MaxCompact*finest && sd >= minQuantaPerSD*finest {
		return finest // a compact grid in wide sums
	}
	q := roundUp(reach / MaxCompact)
	if sd < minQuantaPerSD*q {
		q = roundUp(sd / minQuantaPerSD / 2)
	}
	return math.Max(q, finest)
}
