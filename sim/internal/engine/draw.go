package engine

import (
	"fmt"
	"math"
	"slices"

	"cortigo/sim/connect"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/rng"
	"cortigo/sim/neuron"
)

// maxDelay is the longest delay in steps; with the channel's bit it makes the
// 16-bit key that rows are sorted by.
const maxDelay = 1<<15 - 1

// A plan is which sources each target of a projection gets. Targets and sources
// are named by their position in the pool.
type plan struct {
	*Projection
	index     int // of the projection
	key       rng.Key
	pre, post pool
	joined    bool
	offset    uint32 // added to sources: where their only part begins

	degrees []uint32 // synapses of each target; nil: fixed of each
	fixed   uint32

	list *targetList // of a connect.List
}

// A drawer is a projection onto one part of its targets, made ready for drawing.
type drawer struct {
	*plan
	Post   Range
	at     int  // position of the part in the pool of targets
	merged bool // one channel for both signs
	wide   bool

	weight integers // in quanta of the target's grid
	delay  integers // in steps
}

// A wiring is a projection from one part of its sources onto one part of its
// targets.
type wiring struct {
	*drawer
	Pre      Range
	first    uint32   // position of the part in the pool of sources
	inDegree []uint32 // synapses of each target, where there are several parts of sources
}

// integers are draws of an integer: a constant, or low + index scaled.
type integers struct {
	table *rng.Discrete // nil: constant
	low   int64         // the constant, or what index 0 stands for
	value []int64       // value of each index, where it is not low + index
	max   int64         // largest magnitude
	least int64         // smallest value

	spread float64 // effective number of values: 1/sum(p^2), 1 for a constant
}

// targetList is a connect.List in order of target: the rows of target t of Post
// are begin[t]..begin[t+1] of row.
type targetList struct {
	row   []int32
	begin []int32
}

// newWirings resolves a projection's rule and distributions. It reports delays
// that round to 0 steps or are too long.
func newWirings(desc *Description, i int, clock Clock, grids []grid) ([]*wiring, error) {
	p := newPlan(desc, i)
	var ws []*wiring
	for k := range p.post.part {
		d, err := newDrawer(desc, p, k, clock, grids[p.post.part[k].Population])
		if err != nil {
			return nil, err
		}
		of := make([]*wiring, len(p.pre.part))
		for j, r := range p.pre.part {
			of[j] = &wiring{drawer: d, Pre: r, first: uint32(p.pre.first[j])}
		}
		if len(of) > 1 {
			d.countParts(of)
		}
		ws = append(ws, of...)
	}
	return ws, nil
}

func newPlan(desc *Description, i int) *plan {
	pr := &desc.Projections[i]
	p := &plan{Projection: pr, index: i, key: rng.NewKey(desc.Seed), pre: newPool(pr.Pre), post: newPool(pr.Post)}
	p.joined = len(p.pre.part) > 1 || len(p.post.part) > 1
	if len(p.pre.part) == 1 {
		p.offset = uint32(p.pre.part[0].From)
	}
	p.countSynapses()
	return p
}

// id returns the stream of a purpose for a neuron of a population among the
// targets.
func (p *plan) id(purpose rng.Purpose, population, index int) rng.ID {
	if p.joined {
		return rng.ID{Purpose: purpose | rng.Joined, Post: uint16(population), Ordinal: uint32(p.index), Element: uint32(index)}
	}
	return rng.ID{Purpose: purpose, Pre: uint16(p.pre.part[0].Population), Post: uint16(population), Ordinal: p.Ordinal, Element: uint32(index)}
}

// newDrawer resolves the distributions for part k of the targets.
func newDrawer(desc *Description, p *plan, k int, clock Clock, g grid) (*drawer, error) {
	w := &drawer{plan: p, Post: p.post.part[k], at: p.post.first[k], wide: g.wide}
	post := &desc.Populations[w.Post.Population]
	w.merged = mergedChannels(post)
	list, listed := p.Rule.(connect.List)
	_, parrot := post.Model.(neuron.Parrot)
	if !listed || list.Delay == nil {
		var err error
		if w.delay, err = delaySteps(p.Delay, clock); err != nil {
			return nil, err
		}
	}
	switch {
	case parrot:
		w.weight = integers{low: 1, max: 1, least: 1}
	case !listed || list.Weight == nil:
		w.weight = weightQuanta(p.Weight, g)
	}
	if !listed {
		return w, nil
	}
	if list.Weight != nil && !parrot {
		w.weight = integers{low: 0, max: 0, value: make([]int64, len(list.Weight))}
		for k, x := range list.Weight {
			v := int64(math.Round(x / g.quantum))
			w.weight.value[k] = v
			w.weight.max = max(w.weight.max, abs(v))
		}
	}
	if list.Delay != nil {
		w.delay = integers{value: make([]int64, len(list.Delay)), least: math.MaxInt64}
		for k, x := range list.Delay {
			d, err := constantDelay(x, clock)
			if err != nil {
				return nil, fmt.Errorf("row %d of the list: %w", k, err)
			}
			w.delay.value[k] = d
			w.delay.max, w.delay.least = max(w.delay.max, d), min(w.delay.least, d)
		}
		if len(list.Delay) == 0 {
			w.delay = integers{low: 1, max: 1, least: 1}
		}
	}
	return w, nil
}

func abs(x int64) int64 { return max(x, -x) }

// mergedChannels reports whether input of both signs goes through one sum: the
// synaptic time constants of every neuron must be equal.
func mergedChannels(p *Population) bool {
	switch m := p.Model.(type) {
	case neuron.IafPscExp:
		ex, in := p.Columns["tau_syn_ex"], p.Columns["tau_syn_in"]
		if ex == nil {
			ex = []float64{m.TauSynEx}
		}
		if in == nil {
			in = []float64{m.TauSynIn}
		}
		for k := range max(len(ex), len(in)) {
			if element(ex, k) != element(in, k) {
				return false
			}
		}
		return true
	case neuron.IafPscAlpha:
		return false
	}
	return true
}

func constantDelay(ms float64, clock Clock) (int64, error) {
	if math.IsNaN(ms) || ms < 0 || ms > float64(maxDelay)*clock.H {
		return 0, fmt.Errorf("delay is %g ms, must be within [%g, %g] ms", ms, clock.H, float64(maxDelay)*clock.H)
	}
	d := clock.RoundSteps(ms)
	if d < 1 {
		return 0, fmt.Errorf("delay is %g ms, which rounds to 0 steps; must be at least half the resolution (%g ms)", ms, clock.H/2)
	}
	return d, nil
}

// smallestDraw is a probability that one random word does not resolve.
const smallestDraw = 1.0 / (1 << 33)

func delaySteps(d connect.Distribution, clock Clock) (integers, error) {
	if c, ok := connect.IsConstant(d); ok {
		steps, err := constantDelay(c, clock)
		return integers{low: steps, max: steps, least: steps}, err
	}
	lo, hi := d.Bounds()
	if below := d.CDF(clock.H / 2); below > smallestDraw && lo < clock.H/2 {
		return integers{}, fmt.Errorf("delay is drawn from a distribution that falls below half the resolution (%g ms) with probability %.2g; bound it there (Normal.Min)", clock.H/2, below)
	}
	if hi > float64(maxDelay)*clock.H {
		return integers{}, fmt.Errorf("delay is drawn from a distribution that reaches %g ms, must stay below %g ms", hi, float64(maxDelay)*clock.H)
	}
	v, p := cells(d, clock.H, 1, int64(math.Floor(hi/clock.H+0.5)))
	squares := 0.0
	for _, x := range p {
		squares += float64(x * x)
	}
	return integers{table: rng.NewDiscrete(p), low: v, max: v + int64(len(p)) - 1, least: v, spread: 1 / squares}, nil
}

func weightQuanta(d connect.Distribution, g grid) integers {
	if c, ok := connect.IsConstant(d); ok {
		v := int64(math.Round(c / g.quantum))
		return integers{low: v, max: abs(v), least: v}
	}
	q := g.quantum
	if g.wide {
		q = ownQuantum(d, g)
	}
	lo, hi := d.Bounds()
	low, p := cells(d, q, int64(math.Floor(lo/q+0.5)), int64(math.Floor(hi/q+0.5)))
	v := integers{table: rng.NewDiscrete(p), low: low}
	if g.wide {
		v.value = make([]int64, len(p))
		for k := range p {
			v.value[k] = int64(math.Round(float64(low+int64(k)) * q / g.quantum))
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
func cells(d connect.Distribution, q float64, low, high int64) (int64, []float64) {
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
	for j-i > 1 && p[i] < smallestDraw {
		i++
	}
	for j-i > 1 && p[j-1] < smallestDraw {
		j--
	}
	return low + int64(i), p[i:j]
}

func byTarget(list connect.List, targets int) *targetList {
	t := &targetList{row: make([]int32, len(list.Post)), begin: make([]int32, targets+1)}
	for i := range t.row {
		t.row[i] = int32(i)
	}
	slices.SortStableFunc(t.row, func(a, b int32) int { return int(list.Post[a] - list.Post[b]) })
	for _, p := range list.Post {
		t.begin[p+1]++
	}
	for i := range targets {
		t.begin[i+1] += t.begin[i]
	}
	return t
}

// countSynapses settles how many synapses each target gets.
func (p *plan) countSynapses() {
	switch r := p.Rule.(type) {
	case connect.FixedTotalNumber:
		s := rng.NewStream(p.key, p.id(rng.SynapseCounts, p.post.part[0].Population, 0))
		p.degrees = make([]uint32, p.post.n)
		rng.Multinomial(&s, r.N, p.degrees)
	case connect.FixedInDegree:
		p.fixed = uint32(r.N)
	case connect.AllToAll:
		p.fixed = uint32(p.pre.n)
	case connect.OneToOne:
		p.fixed = 1
	case connect.List:
		p.list = byTarget(r, p.post.n)
		p.degrees = make([]uint32, p.post.n)
		for t := range p.degrees {
			p.degrees[t] = uint32(p.list.begin[t+1] - p.list.begin[t])
		}
	}
}

// inPool returns the number of synapses of the target at position t of the pool.
func (p *plan) inPool(t int) uint32 {
	if p.degrees != nil {
		return p.degrees[t]
	}
	return p.fixed
}

// countParts counts the synapses of each target by the part their source is of.
func (w *drawer) countParts(of []*wiring) {
	for _, x := range of {
		x.inDegree = make([]uint32, w.Post.N)
	}
	var d drawn
	for t := range w.Post.N {
		w.drawSources(t, &d)
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
	return w.inPool(w.at + t)
}

// drawn are the synapses of one target: the source counted within its
// population, the weight in quanta, and delay<<1 | channel.
type drawn struct {
	source []uint32
	weight []int64
	key    []uint16
	word   []uint32
}

func (d *drawn) resize(n int) {
	if cap(d.source) < n {
		d.source, d.weight, d.key = make([]uint32, n), make([]int64, n), make([]uint16, n)
		d.word = make([]uint32, (n+3)/4*4)
	}
	d.source, d.weight, d.key, d.word = d.source[:n], d.weight[:n], d.key[:n], d.word[:(n+3)/4*4]
}

// dropRing keeps the synapses whose delay is too long for a ring.
func (d *drawn) dropRing() {
	n := 0
	for k, key := range d.key {
		if !inRing(key) {
			d.source[n], d.weight[n], d.key[n] = d.source[k], d.weight[k], key
			n++
		}
	}
	d.source, d.weight, d.key = d.source[:n], d.weight[:n], d.key[:n]
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
			n++
		}
	}
	d.source, d.weight, d.key = d.source[:n], d.weight[:n], d.key[:n]
}

// draw makes the synapses of target t of Post. Block 3j of the target's stream
// has the words for the sources of synapses 4j..4j+3, block 3j+1 those for the
// weights and block 3j+2 those for the delays.
func (w *drawer) draw(t int, d *drawn) {
	w.drawSources(t, d)
	n := len(d.source)
	if n == 0 {
		return
	}
	id := w.id(rng.Synapses, w.Post.Population, w.Post.From+t)
	var rows []int32
	if w.list != nil {
		rows = w.list.row[w.list.begin[w.at+t]:w.list.begin[w.at+t+1]]
	}
	switch {
	case w.weight.table != nil:
		kernel.PhiloxFill(w.key, id.Counter(1), 3, d.word)
		if w.weight.value != nil {
			for k, u := range d.word[:n] {
				d.weight[k] = w.weight.value[w.weight.table.Draw(u)]
			}
		} else {
			for k, u := range d.word[:n] {
				d.weight[k] = w.weight.low + int64(w.weight.table.Draw(u))
			}
		}
	case w.weight.value != nil:
		for k, row := range rows {
			d.weight[k] = w.weight.value[row]
		}
	default:
		for k := range d.weight {
			d.weight[k] = w.weight.low
		}
	}
	switch {
	case w.delay.table != nil:
		kernel.PhiloxFill(w.key, id.Counter(2), 3, d.word)
		low := uint16(w.delay.low)
		for k, u := range d.word[:n] {
			d.key[k] = (low + uint16(w.delay.table.Draw(u))) << 1
		}
	case w.delay.value != nil:
		for k, row := range rows {
			d.key[k] = uint16(w.delay.value[row]) << 1
		}
	default:
		for k := range d.key {
			d.key[k] = uint16(w.delay.low) << 1
		}
	}
	if !w.merged {
		for k, x := range d.weight {
			if x <= 0 {
				d.key[k] |= 1
			}
		}
	}
}

// drawSources makes the sources alone, as positions in their pool plus offset.
func (w *drawer) drawSources(t int, d *drawn) {
	pos := w.at + t
	n := int(w.inPool(pos))
	d.resize(n)
	if n == 0 {
		return
	}
	from, pre := w.offset, uint64(w.pre.n)
	switch r := w.Rule.(type) {
	case connect.OneToOne:
		for k := range d.source {
			d.source[k] = from + uint32(pos)
		}
	case connect.AllToAll:
		for k := range d.source {
			d.source[k] = from + uint32(k)
		}
	case connect.List:
		for k, row := range w.list.row[w.list.begin[pos]:w.list.begin[pos+1]] {
			d.source[k] = from + uint32(r.Pre[row])
		}
	default: // drawn, by Lemire's multiplication with rejection
		id := w.id(rng.Synapses, w.Post.Population, w.Post.From+t)
		kernel.PhiloxFill(w.key, id.Counter(0), 3, d.word)
		reject := -uint32(pre) % uint32(pre)
		for k := range d.source {
			p := uint64(d.word[k]) * pre
			if uint32(p) < reject {
				p = w.retry(t, uint32(k), pre, reject)
			}
			d.source[k] = from + uint32(p>>32)
		}
	}
}

// retry replaces a source that Lemire's method rejected.
func (w *drawer) retry(t int, k uint32, n uint64, reject uint32) uint64 {
	id := w.id(rng.Retries, w.Post.Population, w.Post.From+t)
	var p uint64
	for _, u := range rng.Philox(id.Counter(k), w.key) {
		if p = uint64(u) * n; uint32(p) >= reject {
			break
		}
	}
	return p
}
