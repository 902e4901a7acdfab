package engine

import (
	"fmt"
	"math"

	"cortigo/sim/connect"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/rng"
)

// A drawer is a projection onto one part of its targets, made ready for drawing.
type drawer struct {
	*plan
	Post   network.Range
	at     int  // position of the part in the pool of targets
	merged bool // one channel for both signs
	wide   bool // as the grid

	weight   integers // in quanta of the target's grid
	delay    integers // in steps
	grid     grid
	clock    clock.Clock
	parrot   bool                    // for which weights do not count
	stateful bool                    // its synapses have state, and only begin with what is drawn
	changed  []network.SynapseChange // of these targets
}

// A wiring is a projection from one part of its sources onto one part of its
// targets.
type wiring struct {
	*drawer
	Pre      network.Range
	first    uint32   // position of the part in the pool of sources
	inDegree []uint32 // synapses of each target, where there are several parts of sources
	synapses int64    // all of them
}

// integers are draws of an integer: a constant, or low + index scaled.
type integers struct {
	table *rng.Discrete // nil: constant
	low   int64         // the constant, or what index 0 stands for
	value []int64       // value of each index, where it is not low + index
	byRow []int64       // nil, or the values in the order of plan.rows
	tier  []uint8       // of the constant, each value or each row, where a grid has tiers
	max   int64         // largest magnitude
	least int64         // smallest value

	spread float64 // effective number of values: 1/sum(p^2), 1 for a constant

	// What is drawn as a number, within bounds, and then rounded.
	dist    connect.Distribution
	lo, hi  float64
	quantum float64 // on which weights were drawn; 0 where they are not
}

// newWirings resolves a projection's rule and distributions. It reports delays
// that round to 0 steps or are too long.
func newWirings(j *job, desc *network.Description, i int, clock clock.Clock, grids []grid) ([]*wiring, error) {
	p, err := newPlan(j, desc, i)
	if err != nil {
		return nil, err
	}
	var ws []*wiring
	for k := range p.post.Parts {
		d, err := newDrawer(desc, p, k, clock, grids[p.post.Parts[k].Population])
		if err != nil {
			return nil, err
		}
		of := make([]*wiring, len(p.pre.Parts))
		for k, r := range p.pre.Parts {
			of[k] = &wiring{drawer: d, Pre: r, first: uint32(p.pre.First[k])}
		}
		if len(of) > 1 {
			d.countParts(of)
			if err := j.err(); err != nil {
				return nil, err
			}
		}
		ws = append(ws, of...)
	}
	return ws, nil
}

// keepQuantum stores the grids on which the weights of a projection are drawn.
func keepQuantum(pr *network.Projection, ws []*wiring) {
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
func newDrawer(desc *network.Description, p *plan, k int, clock clock.Clock, g grid) (*drawer, error) {
	w := &drawer{plan: p, Post: p.post.Parts[k], at: p.post.First[k], wide: g.wide, grid: g, clock: clock}
	post := &desc.Populations[w.Post.Population]
	w.merged = post.Merged()
	w.stateful, w.parrot = desc.Stateful(p.Projection), post.Counts()
	limit := int64(1)
	if w.stateful {
		limit = w.limit(desc.Reach(p.Projection, false))
	}
	if w.parrot {
		w.weight = integers{low: 1, max: 1, least: 1}
	} else if values, ok := p.WeightValues(); ok {
		w.weight = valueQuanta(values, w.grid)
	} else {
		w.weight = weightQuanta(p.Weight, w.grid, p.PartQuantum(k))
	}
	var err error
	if values, ok := p.DelayValues(); ok {
		w.delay, err = valueSteps(values, clock)
	} else {
		w.delay, err = delaySteps(p.Delay, clock)
	}
	if err != nil {
		return nil, err
	}
	if err := w.takeChanges(clock); err != nil {
		return nil, err
	}
	if w.stateful {
		w.weight.max = limit
	}
	return w, nil
}

// limit returns how many quanta a spike may bring through a synapse with state,
// of which reach is the bound. Weights onto neurons that count spikes do not
// matter to these, but to the synapses.
func (w *drawer) limit(reach float64) int64 {
	if w.parrot {
		w.parrot, w.grid = false, wideGrid(math.Max(reach, negligible))
		return 1
	}
	if w.grid.tiers > 1 {
		return 1 << 41
	}
	return int64(math.Ceil(reach/w.grid.quantum)) + 1
}

// weightOf returns the weight of a drawn synapse, pA or mV.
func (w *drawer) weightOf(d *drawn, k int) float64 {
	tier := 0
	if len(d.tier) > 0 {
		tier = int(d.tier[k])
	}
	return float64(d.weight[k]) * w.grid.tierQuantum(tier)
}

func valueQuanta(values []float64, g grid) integers {
	w := integers{byRow: make([]int64, len(values))}
	for k, x := range values {
		v, tier := g.place(x)
		w.byRow[k] = v
		w.max = max(w.max, abs(v))
		if g.tiers > 1 {
			w.tier = append(w.tier, tier)
		}
	}
	return w
}

func valueSteps(values []float64, clock clock.Clock) (integers, error) {
	if len(values) == 0 {
		return integers{low: 1, max: 1, least: 1}, nil
	}
	w := integers{least: math.MaxInt64}
	var err error
	if w.byRow, err = network.ListedDelays(values, clock); err != nil {
		return integers{}, err
	}
	for _, d := range w.byRow {
		w.max, w.least = max(w.max, d), min(w.least, d)
	}
	return w, nil
}

func abs(x int64) int64 { return max(x, -x) }

func delaySteps(d connect.Distribution, clock clock.Clock) (integers, error) {
	if c, ok := connect.IsConstant(d); ok {
		steps, err := network.DelaySteps(c, clock)
		return integers{low: steps, max: steps, least: steps}, err
	}
	if err := network.CheckDrawnDelay(d, clock); err != nil {
		return integers{}, err
	}
	lo, hi := d.Bounds()
	c, ok := connect.Table(d)
	if !ok {
		least, most := clock.RoundSteps(lo), clock.RoundSteps(hi)
		return integers{dist: d, lo: lo, hi: hi, least: least, max: most, spread: math.Max(1, float64(most-least)/4)}, nil
	}
	v, p := cells(c, clock.H, 1, int64(math.Floor(hi/clock.H+0.5)))
	squares := 0.0
	for _, x := range p {
		squares += float64(x * x)
	}
	return integers{table: rng.NewDiscrete(p), low: v, max: v + int64(len(p)) - 1, least: v, spread: 1 / squares}, nil
}

// weightQuanta resolves the distribution of weights on a grid. before is the
// quantum on which they were drawn when the network was built before, or 0.
func weightQuanta(d connect.Distribution, g grid, before float64) integers {
	if c, ok := connect.IsConstant(d); ok {
		v, tier := g.place(c)
		return integers{low: v, max: abs(v), least: v, tier: []uint8{tier}}
	}
	lo, hi := d.Bounds()
	c, ok := connect.Table(d)
	if !ok {
		q := before
		if q == 0 {
			q = g.tierQuantum(g.tiers - 1)
		}
		reach := math.Max(math.Abs(lo), math.Abs(hi))
		most := int64(math.Ceil(reach/g.quantum)) + int64(math.Ceil(q/g.quantum))
		if g.tiers > 1 {
			most = 1 << 41
		}
		return integers{dist: d, lo: lo, hi: hi, quantum: q, max: most}
	}
	q := g.quantum
	if g.wide {
		if q = before; q == 0 {
			q = ownQuantum(d, g)
		}
	}
	low, p := cells(c, q, int64(math.Floor(lo/q+0.5)), int64(math.Floor(hi/q+0.5)))
	v := integers{table: rng.NewDiscrete(p), low: low, quantum: q}
	if g.wide {
		v.value, v.tier = make([]int64, len(p)), make([]uint8, len(p))
		for k := range p {
			v.value[k], v.tier[k] = g.place(float64(low+int64(k)) * q)
			v.max = max(v.max, abs(v.value[k]))
		}
		return v
	}
	v.max = max(abs(low), abs(low+int64(len(p))-1))
	return v
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
func (w *drawer) countParts(of []*wiring) {
	for _, x := range of {
		x.inDegree = make([]uint32, w.Post.N)
	}
	var d drawn
	for t := range w.Post.N {
		if w.stopped(t * 64) {
			return
		}
		w.drawSources(w.at+t, &d)
		for _, s := range d.source {
			k := len(of) - 1
			for of[k].first > s {
				k--
			}
			of[k].inDegree[t]++
		}
	}
}

// degree returns the number of synapses of target t of Post.
func (w *wiring) degree(t int) uint32 {
	if w.inDegree != nil {
		return w.inDegree[t]
	}
	return w.plan.degree(w.at + t)
}

// drawn are the synapses of one target: the source counted within its
// population, the weight in quanta, and delay<<1 | channel.
type drawn struct {
	source []uint32
	weight []int64
	tier   []uint8 // of each weight; empty where a neuron has one sum
	key    []uint16
	word   []uint32
	row    []int32
	subset rng.Subset
	err    error // of a distribution that found no value
}

func (d *drawn) resize(n int) {
	if cap(d.source) < n {
		d.source, d.weight, d.key = make([]uint32, n), make([]int64, n), make([]uint16, n)
		d.word = make([]uint32, (n+3)/4*4)
	}
	d.source, d.weight, d.key, d.word = d.source[:n], d.weight[:n], d.key[:n], d.word[:(n+3)/4*4]
}

// draw makes the synapses of target t of Post from the sources of Pre.
func (w *wiring) draw(t int, d *drawn) {
	w.drawer.draw(t, d)
	if w.inDegree == nil {
		return
	}
	n, from := 0, uint32(w.Pre.From)
	for k, s := range d.source {
		if s -= w.first; s < uint32(w.Pre.N) { // else it wraps around
			d.source[n], d.weight[n], d.key[n] = from+s, d.weight[k], d.key[k]
			if len(d.tier) > 0 {
				d.tier[n] = d.tier[k]
			}
			n++
		}
	}
	d.tier = d.tier[:min(n, len(d.tier))]
	d.source, d.weight, d.key = d.source[:n], d.weight[:n], d.key[:n]
}

// draw makes the synapses of target t of Post. Block 3j of the target's stream
// has the words for the sources of synapses 4j..4j+3, block 3j+1 those for the
// weights and block 3j+2 those for the delays.
func (w *drawer) draw(t int, d *drawn) {
	pos := w.at + t
	d.err = nil
	w.drawSources(pos, d)
	n := len(d.source)
	d.tier = d.tier[:0]
	if n == 0 {
		return
	}
	tiered := w.grid.tiers > 1 && !w.parrot
	if tiered {
		d.tier = append(d.tier, make([]uint8, n)...)
	}
	if w.mirrored() {
		pos %= w.forward // what runs back has the same weight and delay
	}
	id := w.id(rng.Synapses, pos)
	if w.weight.byRow != nil || w.delay.byRow != nil {
		w.rows(w.at+t, d)
	}
	switch {
	case w.weight.table != nil:
		kernel.PhiloxFill(w.key, id.Counter(1), 3, d.word)
		if w.weight.value != nil {
			for k, u := range d.word[:n] {
				x := w.weight.table.Draw(u)
				d.weight[k] = w.weight.value[x]
				if tiered {
					d.tier[k] = w.weight.tier[x]
				}
			}
		} else {
			weight, low, table := d.weight, w.weight.low, w.weight.table
			for k, u := range d.word[:n] {
				weight[k] = low + int64(table.Draw(u))
			}
		}
	case w.weight.byRow != nil:
		for k, row := range d.row {
			d.weight[k] = w.weight.byRow[row]
			if tiered {
				d.tier[k] = w.weight.tier[row]
			}
		}
	case w.weight.dist != nil:
		w.drawWeights(pos, d)
	default:
		low := w.weight.low
		for k := range d.weight {
			d.weight[k] = low
		}
		for k := range d.tier {
			d.tier[k] = w.weight.tier[0]
		}
	}
	switch {
	case w.delay.table != nil:
		kernel.PhiloxFill(w.key, id.Counter(2), 3, d.word)
		key, low, table := d.key, uint16(w.delay.low), w.delay.table
		for k, u := range d.word[:n] {
			key[k] = (low + uint16(table.Draw(u))) << 1
		}
	case w.delay.byRow != nil:
		for k, row := range d.row {
			d.key[k] = uint16(w.delay.byRow[row]) << 1
		}
	case w.delay.dist != nil:
		w.drawDelays(pos, d)
	default:
		for k := range d.key {
			d.key[k] = uint16(w.delay.low) << 1
		}
	}
	if w.changed != nil {
		w.change(w.at+t, d)
	}
	if !w.merged {
		for k, x := range d.weight {
			if x <= 0 {
				d.key[k] |= 1
			}
		}
	}
}

// drawWeights draws the weights of the target at position t as numbers, again
// where one is out of bounds.
func (w *drawer) drawWeights(t int, d *drawn) {
	s := rng.NewStream(w.key, w.id(rng.WeightValues, t))
	same := w.weight.quantum == w.grid.quantum
	for k := range d.weight {
		x, err := connect.SampleWithin(&s, w.weight.dist, w.weight.lo, w.weight.hi)
		if err != nil {
			d.err = fmt.Errorf("weight: %w", err)
			return
		}
		n := math.Round(x / w.weight.quantum)
		if len(d.tier) > 0 {
			d.weight[k], d.tier[k] = w.grid.place(n * w.weight.quantum)
			continue
		}
		if !same {
			n = math.Round(n * w.weight.quantum / w.grid.quantum)
		}
		d.weight[k] = int64(n)
	}
}

// drawDelays is drawWeights for delays.
func (w *drawer) drawDelays(t int, d *drawn) {
	s := rng.NewStream(w.key, w.id(rng.DelayValues, t))
	for k := range d.key {
		x, err := connect.SampleWithin(&s, w.delay.dist, w.delay.lo, w.delay.hi)
		if err != nil {
			d.err = fmt.Errorf("delay: %w", err)
			return
		}
		d.key[k] = uint16(w.clock.RoundSteps(x)) << 1
	}
}

// countSynapses sums up the synapses of the wiring.
func (w *wiring) countSynapses() {
	w.synapses = 0
	for t := range w.Post.N {
		w.synapses += int64(w.degree(t))
	}
}
