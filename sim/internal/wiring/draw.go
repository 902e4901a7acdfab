package wiring

import (
	"fmt"
	"math"
	"slices"

	"cortigo/sim/connect"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/rng"
)

// A Drawer is a projection onto one part of its targets, made ready for drawing.
type Drawer struct {
	*Plan
	Post   network.Range
	At     int  // position of the part in the pool of targets
	Merged bool // one channel for both signs
	Wide   bool // as the grid

	Stateful bool     // its synapses have state, and only begin with what is drawn
	Delays   Integers // in steps
	weight   Integers // in quanta of the target's grid
	grid     Grid
	clock    clock.Clock
	parrot   bool                    // for which weights do not count
	changed  []network.SynapseChange // of these targets
}

// A Bundle is a projection from one part of its sources onto one part of its
// targets.
type Bundle struct {
	*Drawer
	Pre      network.Range
	first    uint32   // position of the part in the pool of sources
	inDegree []uint32 // synapses of each target, where there are several parts of sources
	Synapses int64    // all of them
}

// Integers are draws of one integer each: a constant, or what a drawn index stands for.
type Integers struct {
	table *rng.Discrete // nil: constant
	low   int64         // the constant, or what index 0 stands for
	value []int64       // what each index stands for, where it is not low + index
	byRow []int64       // nil, or the values in the order of Plan.rows
	tier  []uint8       // of the constant, each value or each row, where a grid has tiers
	Max   int64         // largest magnitude
	Least int64         // smallest value

	Spread float64 // effective number of values: 1/sum(p^2), 1 for a constant

	// What is drawn as a number, within bounds, and then rounded.
	dist    connect.Distribution
	lo, hi  float64
	quantum float64 // on which weights were drawn; 0 where they are not
}

// NewBundles resolves a projection's rule and distributions. It reports delays
// that round to 0 steps or are too long.
func NewBundles(j *Job, desc *network.Description, i int, clock clock.Clock, grids []Grid) ([]*Bundle, error) {
	p, err := newPlan(j, desc, i)
	if err != nil {
		return nil, err
	}
	var ws []*Bundle
	for k := range p.Onto.Parts {
		d, err := newDrawer(desc, p, k, clock, grids[p.Onto.Parts[k].Population])
		if err != nil {
			return nil, err
		}
		of := make([]*Bundle, len(p.From.Parts))
		for k, r := range p.From.Parts {
			of[k] = &Bundle{Drawer: d, Pre: r, first: uint32(p.From.First[k])}
		}
		if len(of) > 1 {
			d.countParts(of)
			if err := j.Err(); err != nil {
				return nil, err
			}
		}
		ws = append(ws, of...)
	}
	return ws, nil
}

// KeepQuantum stores the grids on which the weights of a projection are drawn.
func KeepQuantum(pr *network.Projection, ws []*Bundle) {
	quantum, drawn := make([]float64, len(pr.Targets())), false
	for i, w := range ws {
		k := i * len(quantum) / len(ws)
		quantum[k] = w.weight.quantum
		drawn = drawn || quantum[k] != 0
	}
	if pr.Quantum = nil; drawn {
		pr.Quantum = quantum
	}
}

// newDrawer resolves the distributions for part k of the targets.
func newDrawer(desc *network.Description, p *Plan, k int, clock clock.Clock, g Grid) (*Drawer, error) {
	w := &Drawer{Plan: p, Post: p.Onto.Parts[k], At: p.Onto.First[k], Wide: g.Wide, grid: g, clock: clock}
	post := &desc.Populations[w.Post.Population]
	w.Merged = post.Merged()
	w.Stateful, w.parrot = desc.Stateful(p.Projection), post.Counts()
	limit := int64(1)
	if w.Stateful {
		limit = w.limit(desc.Reach(p.Projection, false))
	}
	if w.parrot {
		w.weight = Integers{low: 1, Max: 1, Least: 1}
	} else if values, ok := p.WeightValues(); ok {
		w.weight = valueQuanta(values, w.grid)
	} else {
		w.weight = weightQuanta(p.Weight, w.grid, p.PartQuantum(k))
	}
	var err error
	if values, ok := p.DelayValues(); ok {
		w.Delays, err = valueSteps(values, clock)
	} else {
		w.Delays, err = Delays(p.Delay, clock)
	}
	if err != nil {
		return nil, err
	}
	if err := w.takeChanges(clock); err != nil {
		return nil, err
	}
	if w.Stateful {
		w.weight.Max = limit
	}
	return w, nil
}

// limit returns how many quanta a spike may bring through a synapse with state,
// of which reach is the bound. Weights onto neurons that count spikes do not
// matter to these, but to the synapses.
func (w *Drawer) limit(reach float64) int64 {
	if w.parrot {
		w.parrot, w.grid = false, wideGrid(math.Max(reach, negligible))
		return 1
	}
	if w.grid.Tiers > 1 {
		return 1 << 41
	}
	return int64(math.Ceil(reach/w.grid.Quantum)) + 1
}

// weightOf returns the weight of a drawn synapse, pA or mV.
func (w *Drawer) weightOf(d *Drawn, k int) float64 {
	tier := 0
	if len(d.Tier) > 0 {
		tier = int(d.Tier[k])
	}
	return float64(d.Weight[k]) * w.grid.TierQuantum(tier)
}

func valueQuanta(values []float64, g Grid) Integers {
	w := Integers{byRow: make([]int64, len(values))}
	for k, x := range values {
		v, tier := g.Place(x)
		w.byRow[k] = v
		w.Max = max(w.Max, abs(v))
		if g.Tiers > 1 {
			w.tier = append(w.tier, tier)
		}
	}
	return w
}

func valueSteps(values []float64, clock clock.Clock) (Integers, error) {
	if len(values) == 0 {
		return Integers{low: 1, Max: 1, Least: 1}, nil
	}
	w := Integers{Least: math.MaxInt64}
	var err error
	if w.byRow, err = network.ListedDelays(values, clock); err != nil {
		return Integers{}, err
	}
	for _, d := range w.byRow {
		w.Max, w.Least = max(w.Max, d), min(w.Least, d)
	}
	return w, nil
}

func abs(x int64) int64 { return max(x, -x) }

// Delays resolves a distribution of delays: constants are rounded to steps, others
// drawn in steps.
func Delays(d connect.Distribution, clock clock.Clock) (Integers, error) {
	if c, ok := connect.IsConstant(d); ok {
		steps, err := network.DelaySteps(c, clock)
		return Integers{low: steps, Max: steps, Least: steps}, err
	}
	if err := network.CheckDrawnDelay(d, clock); err != nil {
		return Integers{}, err
	}
	lo, hi := d.Bounds()
	c, ok := connect.Table(d)
	if !ok {
		least, most := clock.RoundSteps(lo), clock.RoundSteps(hi)
		return Integers{dist: d, lo: lo, hi: hi, Least: least, Max: most, Spread: math.Max(1, float64(most-least)/4)}, nil
	}
	v, p := cells(c, clock.H, 1, int64(math.Floor(hi/clock.H+0.5)))
	squares := 0.0
	for _, x := range p {
		squares += float64(x * x)
	}
	return Integers{table: rng.NewDiscrete(p), low: v, Max: v + int64(len(p)) - 1, Least: v, Spread: 1 / squares}, nil
}

// weightQuanta resolves the distribution of weights on a grid. before is the
// quantum on which they were drawn when the network was built before, or 0.
func weightQuanta(d connect.Distribution, g Grid, before float64) Integers {
	if c, ok := connect.IsConstant(d); ok {
		v, tier := g.Place(c)
		return Integers{low: v, Max: abs(v), Least: v, tier: []uint8{tier}}
	}
	lo, hi := d.Bounds()
	c, ok := connect.Table(d)
	if !ok {
		q := before
		if q == 0 {
			q = g.TierQuantum(g.Tiers - 1)
		}
		reach := math.Max(math.Abs(lo), math.Abs(hi))
		most := int64(math.Ceil(reach/g.Quantum)) + int64(math.Ceil(q/g.Quantum))
		if g.Tiers > 1 {
			most = 1 << 41
		}
		return Integers{dist: d, lo: lo, hi: hi, quantum: q, Max: most}
	}
	q := g.Quantum
	if g.Wide {
		if q = before; q == 0 {
			q = ownQuantum(d, g)
		}
	}
	low, p := cells(c, q, int64(math.Floor(lo/q+0.5)), int64(math.Floor(hi/q+0.5)))
	values, p := join(low, p, joined(d, q, len(p)))
	v := Integers{table: rng.NewDiscrete(p), value: values, quantum: q}
	if g.Wide {
		v.tier = make([]uint8, len(p))
		for k, x := range values {
			v.value[k], v.tier[k] = g.Place(float64(x) * q)
		}
	}
	for _, x := range v.value {
		v.Max = max(v.Max, abs(x))
	}
	return v
}

// Weights returns the different weights that may be drawn, in quanta; false if
// there are more than most or they are not known.
func (w *Drawer) Weights(most int) (values []int64, ok bool) {
	v := &w.weight
	switch {
	case w.Wide || w.changed != nil || v.dist != nil || v.byRow != nil:
		return nil, false
	case v.table == nil:
		return []int64{v.low}, true
	}
	return slices.Clone(v.value), len(v.value) <= most
}

// The weights of a distribution are of so few different numbers, about
// differentWeights, that most are kept in a byte, but at least perSD to its standard
// deviation: neighbouring multiples of the quantum are joined, and drawn as their
// mean, rounded. That keeps the mean of the distribution to within half a quantum;
// its standard deviation loses at most 0.07 %, since the variance within a step is a
// twelfth of its square (a little more where bounds cut off most of it: what is
// drawn anew does not count for the step).
const (
	differentWeights = 120
	perSD            = 8
)

// joined returns how many neighbouring quanta are drawn as one, where a
// distribution covers so many.
func joined(d connect.Distribution, q float64, covers int) int {
	most := int(connect.Spread(d) / (perSD * q))
	return max(1, min(most, (covers+differentWeights-1)/differentWeights))
}

// join joins n successive integers, which begin at low and have the probabilities
// p, to their mean, rounded.
func join(low int64, p []float64, n int) (values []int64, sum []float64) {
	for from := 0; from < len(p); from += n {
		s, mean := 0.0, 0.0
		for k := from; k < min(from+n, len(p)); k++ {
			s += p[k]
			mean += float64(p[k] * float64(k-from))
		}
		at := low + int64(from)
		if s > 0 {
			at += int64(math.Floor(mean/s + 0.5))
		}
		values, sum = append(values, at), append(sum, s)
	}
	return values, sum
}

// cells returns the probabilities that x/q rounds (half up) to each integer from
// low to high, without those at the ends that no draw can reach; and the first
// integer.
func cells(d connect.Cumulative, q float64, low, high int64) (int64, []float64) {
	edge := func(k int64) float64 { return d.CDF((float64(k) - 0.5) * q) }
	var p []float64
	a := edge(low)
	for k := low; k <= high; k++ {
		b := edge(k + 1)
		if k == high {
			b = 1
		}
		p = append(p, math.Max(0, b-a))
		a = b
	}
	i, j := 0, len(p)
	for j-i > 1 && p[i] < network.SmallestDraw {
		i++
	}
	for j-i > 1 && p[j-1] < network.SmallestDraw {
		j--
	}
	return low + int64(i), p[i:j]
}

// countParts counts the synapses of each target by the part their source is of.
func (w *Drawer) countParts(of []*Bundle) {
	for _, x := range of {
		x.inDegree = make([]uint32, w.Post.N)
	}
	var d Drawn
	for t := range w.Post.N {
		if w.stopped(t * 64) {
			return
		}
		w.drawSources(w.At+t, &d)
		for _, s := range d.Source {
			k := len(of) - 1
			for of[k].first > s {
				k--
			}
			of[k].inDegree[t]++
		}
	}
}

// Degree returns the number of synapses of target t of Post.
func (w *Bundle) Degree(t int) uint32 {
	if w.inDegree != nil {
		return w.inDegree[t]
	}
	return w.Plan.Degree(w.At + t)
}

// Drawn are the synapses of one target: the source counted within its
// population, the weight in quanta, and delay<<1 | channel.
type Drawn struct {
	Source []uint32
	Weight []int64
	Tier   []uint8 // of each weight; empty where a neuron has one sum
	Key    []uint16
	word   []uint32
	row    []int32
	subset rng.Subset
	Err    error // of a distribution that found no value
}

func (d *Drawn) resize(n int) {
	if cap(d.Source) < n {
		d.Source, d.Weight, d.Key = make([]uint32, n), make([]int64, n), make([]uint16, n)
		d.word = make([]uint32, (n+3)/4*4)
	}
	d.Source, d.Weight, d.Key, d.word = d.Source[:n], d.Weight[:n], d.Key[:n], d.word[:(n+3)/4*4]
}

// Draw makes the synapses of target t of Post from the sources of Pre.
func (w *Bundle) Draw(t int, d *Drawn) {
	w.Drawer.Draw(t, d)
	if w.inDegree == nil {
		return
	}
	n, from := 0, uint32(w.Pre.From)
	for k, s := range d.Source {
		if s -= w.first; s < uint32(w.Pre.N) { // else it wraps around
			d.Source[n], d.Weight[n], d.Key[n] = from+s, d.Weight[k], d.Key[k]
			if len(d.Tier) > 0 {
				d.Tier[n] = d.Tier[k]
			}
			n++
		}
	}
	d.Tier = d.Tier[:min(n, len(d.Tier))]
	d.Source, d.Weight, d.Key = d.Source[:n], d.Weight[:n], d.Key[:n]
}

// Draw makes the synapses of target t of Post. Block 3j of the target's stream
// has the words for the sources of synapses 4j..4j+3, block 3j+1 those for the
// weights and block 3j+2 those for the delays.
func (w *Drawer) Draw(t int, d *Drawn) {
	pos := w.At + t
	d.Err = nil
	w.drawSources(pos, d)
	n := len(d.Source)
	d.Tier = d.Tier[:0]
	if n == 0 {
		return
	}
	tiered := w.grid.Tiers > 1 && !w.parrot
	if tiered {
		d.Tier = append(d.Tier, make([]uint8, n)...)
	}
	if w.mirrored() {
		pos %= w.forward // what runs back has the same weight and delay
	}
	id := w.id(rng.Synapses, pos)
	if w.weight.byRow != nil || w.Delays.byRow != nil {
		w.rows(w.At+t, d)
	}
	switch {
	case w.weight.table != nil:
		kernel.PhiloxFill(w.key, id.Counter(1), 3, d.word)
		weight, value, table := d.Weight, w.weight.value, w.weight.table
		if !tiered {
			for k, u := range d.word[:n] {
				weight[k] = value[table.Draw(u)]
			}
		} else {
			for k, u := range d.word[:n] {
				x := table.Draw(u)
				weight[k], d.Tier[k] = value[x], w.weight.tier[x]
			}
		}
	case w.weight.byRow != nil:
		for k, row := range d.row {
			d.Weight[k] = w.weight.byRow[row]
			if tiered {
				d.Tier[k] = w.weight.tier[row]
			}
		}
	case w.weight.dist != nil:
		w.drawWeights(pos, d)
	default:
		low := w.weight.low
		for k := range d.Weight {
			d.Weight[k] = low
		}
		for k := range d.Tier {
			d.Tier[k] = w.weight.tier[0]
		}
	}
	switch {
	case w.Delays.table != nil:
		kernel.PhiloxFill(w.key, id.Counter(2), 3, d.word)
		key, low, table := d.Key, uint16(w.Delays.low), w.Delays.table
		for k, u := range d.word[:n] {
			key[k] = (low + uint16(table.Draw(u))) << 1
		}
	case w.Delays.byRow != nil:
		for k, row := range d.row {
			d.Key[k] = uint16(w.Delays.byRow[row]) << 1
		}
	case w.Delays.dist != nil:
		w.drawDelays(pos, d)
	default:
		for k := range d.Key {
			d.Key[k] = uint16(w.Delays.low) << 1
		}
	}
	if w.changed != nil {
		w.change(w.At+t, d)
	}
	if !w.Merged {
		for k, x := range d.Weight {
			if x <= 0 {
				d.Key[k] |= 1
			}
		}
	}
}

// drawWeights draws the weights of the target at position t as numbers, again
// where one is out of bounds.
func (w *Drawer) drawWeights(t int, d *Drawn) {
	s := rng.NewStream(w.key, w.id(rng.WeightValues, t))
	same := w.weight.quantum == w.grid.Quantum
	for k := range d.Weight {
		x, err := connect.SampleWithin(&s, w.weight.dist, w.weight.lo, w.weight.hi)
		if err != nil {
			d.Err = fmt.Errorf("weight: %w", err)
			return
		}
		n := math.Round(x / w.weight.quantum)
		if len(d.Tier) > 0 {
			d.Weight[k], d.Tier[k] = w.grid.Place(n * w.weight.quantum)
			continue
		}
		if !same {
			n = math.Round(n * w.weight.quantum / w.grid.Quantum)
		}
		d.Weight[k] = int64(n)
	}
}

// drawDelays is drawWeights for delays.
func (w *Drawer) drawDelays(t int, d *Drawn) {
	s := rng.NewStream(w.key, w.id(rng.DelayValues, t))
	for k := range d.Key {
		x, err := connect.SampleWithin(&s, w.Delays.dist, w.Delays.lo, w.Delays.hi)
		if err != nil {
			d.Err = fmt.Errorf("delay: %w", err)
			return
		}
		d.Key[k] = uint16(w.clock.RoundSteps(x)) << 1
	}
}

// CountSynapses sums up the synapses of the bundle.
func (w *Bundle) CountSynapses() {
	w.Synapses = 0
	for t := range w.Post.N {
		w.Synapses += int64(w.Degree(t))
	}
}
