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

// A wiring is a projection made ready for drawing.
type wiring struct {
	*Projection
	id     rng.ID
	key    rng.Key
	merged bool // one channel for both signs
	wide   bool

	inDegree []uint32 // synapses of each target of Post; nil: perTarget of each
	fixed    uint32

	weight integers // in quanta of the target's grid
	delay  integers // in steps

	list *targetList // of a connect.List
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

// newWiring resolves a projection's distributions to tables of integers. It
// reports delays that round to 0 steps or are too long.
func newWiring(desc *Description, i int, clock Clock, g grid) (*wiring, error) {
	pr := &desc.Projections[i]
	w := &wiring{
		Projection: pr, key: rng.NewKey(desc.Seed), wide: g.wide,
		id: rng.ID{Purpose: rng.Synapses, Pre: uint16(pr.Pre.Population), Post: uint16(pr.Post.Population), Ordinal: pr.Ordinal},
	}
	post := &desc.Populations[pr.Post.Population]
	w.merged = mergedChannels(post)
	list, listed := pr.Rule.(connect.List)
	_, parrot := post.Model.(neuron.Parrot)
	if !listed || list.Delay == nil {
		var err error
		if w.delay, err = delaySteps(pr.Delay, clock); err != nil {
			return nil, err
		}
	}
	switch {
	case parrot:
		w.weight = integers{low: 1, max: 1, least: 1}
	case !listed || list.Weight == nil:
		w.weight = weightQuanta(pr.Weight, g)
	}
	if !listed {
		return w, nil
	}
	w.list = byTarget(list, pr.Post.N)
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
		if len(ex) != p.N { // none; others are reported by those who use them
			ex = []float64{m.TauSynEx}
		}
		if len(in) != p.N {
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
func (w *wiring) countSynapses() {
	switch r := w.Rule.(type) {
	case connect.FixedTotalNumber:
		id := w.id
		id.Purpose = rng.SynapseCounts
		s := rng.NewStream(w.key, id)
		w.inDegree = make([]uint32, w.Post.N)
		rng.Multinomial(&s, r.N, w.inDegree)
	case connect.FixedInDegree:
		w.fixed = uint32(r.N)
	case connect.AllToAll:
		w.fixed = uint32(w.Pre.N)
	case connect.OneToOne:
		w.fixed = 1
	case connect.List:
		w.inDegree = make([]uint32, w.Post.N)
		for t := range w.inDegree {
			w.inDegree[t] = uint32(w.list.begin[t+1] - w.list.begin[t])
		}
	}
}

// degree returns the number of synapses of target t of Post.
func (w *wiring) degree(t int) uint32 {
	if w.inDegree != nil {
		return w.inDegree[t]
	}
	return w.fixed
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

// draw makes the synapses of target t of Post. Block 3j of the target's stream
// has the words for the sources of synapses 4j..4j+3, block 3j+1 those for the
// weights and block 3j+2 those for the delays.
func (w *wiring) draw(t int, d *drawn) {
	n := int(w.degree(t))
	d.resize(n)
	id := w.id
	id.Element = uint32(w.Post.From + t)
	var rows []int32
	if w.list != nil {
		rows = w.list.row[w.list.begin[t]:w.list.begin[t+1]]
	}
	if n == 0 {
		return
	}
	w.drawSources(t, id, rows, d)
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

func (w *wiring) drawSources(t int, id rng.ID, rows []int32, d *drawn) {
	from, pre := uint32(w.Pre.From), uint64(w.Pre.N)
	switch r := w.Rule.(type) {
	case connect.OneToOne:
		for k := range d.source {
			d.source[k] = from + uint32(t)
		}
	case connect.AllToAll:
		for k := range d.source {
			d.source[k] = from + uint32(k)
		}
	case connect.List:
		for k, row := range rows {
			d.source[k] = from + uint32(r.Pre[row])
		}
	default: // drawn, by Lemire's multiplication with rejection
		kernel.PhiloxFill(w.key, id.Counter(0), 3, d.word)
		reject := -uint32(pre) % uint32(pre)
		for k := range d.source {
			p := uint64(d.word[k]) * pre
			if uint32(p) < reject {
				p = w.retry(id, uint32(k), pre, reject)
			}
			d.source[k] = from + uint32(p>>32)
		}
	}
}

// retry replaces a source that Lemire's method rejected.
func (w *wiring) retry(id rng.ID, k uint32, n uint64, reject uint32) uint64 {
	id.Purpose = rng.Retries
	var p uint64
	for _, u := range rng.Philox(id.Counter(k), w.key) {
		if p = uint64(u) * n; uint32(p) >= reject {
			break
		}
	}
	return p
}
