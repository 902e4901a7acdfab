package engine

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"cortigo/sim/internal/kernel"
)

// An Engine is a built network.
type Engine struct {
	desc    *Description
	clock   Clock
	layout  *layout
	grids   []grid
	shards  []*shard
	threads int
	neurons int
	share   Share

	bounds     Bounds
	step       int64
	broken     error // why neurons stand between two steps; nil: they do not
	spikeCount int64
	degree     []uint32 // synapses of each neuron as a source
	events     int64    // synaptic events

	spikeRecorders []*spikeRecorder
	samplers       []*sampler
	merged         []Spike
	mergeAt        []int
	foreign        [][]Spike // of neurons outside a share, by step
	recent         recentSpikes

	buildTimes []Phase
}

// Bounds follow from the synapses: the delays that occur, in steps, and how
// often a neuron of each population may spike in one step without a sum
// overflowing.
type Bounds struct {
	MinDelay     int64   `json:"min_delay"`
	MaxDelay     int64   `json:"max_delay"`
	Multiplicity []int32 `json:"multiplicity"`
	Ring         bool    `json:"ring"` // shards are delivered through rings where they can be
}

// A Phase is a part of building and the time it took.
type Phase struct {
	Name    string
	Seconds float64
}

// Options say how to divide the work; they never change a result.
type Options struct {
	Threads  int           // 0: as many as the machine has processors and the network work for
	Shards   int           // 0: one a thread, or as many as it takes
	Progress func(float64) // called with the share of synapses that are placed
	Share    Share         // build and run only a part, to measure
}

// neuronsPerThread is below how many neurons a further thread costs more in
// waiting than it saves.
const neuronsPerThread = 1500

// Divide settles threads and shards for a network of n neurons.
func (o Options) Divide(n int) (threads, shards int) {
	threads, shards = o.Threads, o.Shards
	if o.Share.Of > 0 {
		return max(1, min(threads, o.Share.Of)), o.Share.Of
	}
	if threads == 0 {
		threads = max(1, min(runtime.GOMAXPROCS(0), n/neuronsPerThread))
		if shards > 0 {
			threads = min(threads, shards)
		}
	}
	if shards == 0 {
		shards = max(threads, minShards(n))
		shards = (shards + threads - 1) / threads * threads
	}
	return threads, shards
}

// newEngine makes an engine without synapses and without blocks.
func newEngine(desc *Description, opts Options) (*Engine, error) {
	clock, err := NewClock(desc.Resolution)
	if err != nil {
		return nil, err
	}
	e := &Engine{desc: desc, clock: clock, neurons: desc.Neurons(), share: opts.Share}
	shards := 0
	e.threads, shards = opts.Divide(e.neurons)
	e.layout, err = newLayout(desc.Populations, shards)
	for err != nil && opts.Shards == 0 && opts.Share.Of == 0 && shards < 2*e.threads+2*minShards(e.neurons) {
		shards += e.threads // many small populations, which waste room between them
		e.layout, err = newLayout(desc.Populations, shards)
	}
	if err != nil {
		return nil, err
	}
	e.mergeAt = make([]int, shards)
	for p := range desc.Populations {
		e.grids = append(e.grids, chooseGrid(collectWeights(desc, p)))
	}
	return e, nil
}

// wire resolves the projections and what follows from them for the whole
// network.
func (e *Engine) wire() ([]*wiring, error) {
	desc := e.desc
	wirings := make([]*wiring, len(desc.Projections))
	err := parallel(e.threads, len(wirings), func(_, i int) error {
		pr := &desc.Projections[i]
		w, err := newWiring(desc, i, e.clock, e.grids[pr.Post.Population])
		if err != nil {
			return fmt.Errorf("%s -> %s: %w", desc.Populations[pr.Pre.Population].Name, desc.Populations[pr.Post.Population].Name, err)
		}
		wirings[i] = w
		w.countSynapses()
		return nil
	})
	if err != nil {
		return nil, err
	}
	e.bounds = Bounds{MinDelay: maxInterval, MaxDelay: 1}
	for _, w := range wirings {
		e.bounds.MinDelay, e.bounds.MaxDelay = min(e.bounds.MinDelay, w.delay.least), max(e.bounds.MaxDelay, w.delay.max)
	}
	e.bounds.Ring = e.chooseRing(wirings)
	e.bounds.Multiplicity, err = sumLimits(desc, wirings, e.grids)
	return wirings, err
}

// makeShards makes the blocks of all shards, with their inputs and initial
// state.
func (e *Engine) makeShards() error {
	e.shards = make([]*shard, e.layout.shards)
	if e.share.Of > 0 {
		e.shards = e.shards[:e.threads]
		e.drawForeign(e.share)
	}
	return parallel(e.threads, len(e.shards), func(_, s int) error {
		sh, err := newShard(e, s)
		if err != nil {
			return err
		}
		e.shards[s] = sh
		for _, b := range sh.blocks {
			if err := b.initialise(e.desc); err != nil {
				return fmt.Errorf("population %q: %w", e.desc.Populations[b.population].Name, err)
			}
		}
		return nil
	})
}

// sumLimits establishes that no sum of input overflows: it bounds what a neuron
// can get in one step if all its sources spike at once, and returns how often
// each population's neurons may spike in one step (parrots repeat
// multiplicities).
func sumLimits(desc *Description, wirings []*wiring, grids []grid) ([]int32, error) {
	onto := make([][]*wiring, len(desc.Populations))
	for _, w := range wirings {
		onto[w.Post.Population] = append(onto[w.Post.Population], w)
	}
	load := make([]float64, len(desc.Populations)) // largest possible input, in quanta
	for p, ws := range onto {
		if len(ws) == 0 {
			continue
		}
		byTarget := make([]float64, desc.Populations[p].N)
		for _, w := range ws {
			for t := range w.Post.N {
				byTarget[w.Post.From+t] += float64(w.degree(t)) * float64(max(w.weight.max, 1))
			}
		}
		load[p] = slices.Max(byTarget)
	}
	capacity := func(p int) float64 {
		if grids[p].wide {
			return math.MaxInt64 / 2
		}
		return math.MaxInt32
	}
	multiple := make([]int32, len(desc.Populations))
	for p := range multiple {
		multiple[p] = math.MaxUint16
	}
	for p := range desc.Populations {
		if load[p] > capacity(p) {
			return nil, fmt.Errorf("population %q: the synapses onto one neuron may add up to %g quanta of weight in a step, more than the %g that its sum holds",
				desc.Populations[p].Name, load[p], capacity(p))
		}
		for _, w := range onto[p] {
			if pre := w.Pre.Population; load[p] > 0 {
				multiple[pre] = int32(min(float64(multiple[pre]), math.Floor(capacity(p)/load[p])))
			}
		}
	}
	return multiple, nil
}

// Build makes an engine with its initial state.
func Build(ctx context.Context, desc *Description, opts Options) (*Engine, error) {
	start := time.Now()
	phase := func(name string, times *[]Phase) {
		*times = append(*times, Phase{name, time.Since(start).Seconds()})
		start = time.Now()
	}
	e, err := newEngine(desc, opts)
	if err != nil {
		return nil, err
	}
	wirings, err := e.wire()
	if err != nil {
		return nil, err
	}
	phase("count", &e.buildTimes)
	if err := e.makeShards(); err != nil {
		return nil, err
	}
	phase("neurons", &e.buildTimes)
	if err := e.buildRows(ctx, wirings, opts.Progress); err != nil {
		return nil, err
	}
	e.sumDegrees()
	phase("synapses", &e.buildTimes)
	return e, nil
}

// buildRows draws the synapses of every shard, one source population after
// another, so that what is being sorted stays small beside what is done. Large
// source populations come first: they need most room while little is done.
func (e *Engine) buildRows(ctx context.Context, wirings []*wiring, progress func(float64)) error {
	total := int64(0)
	bySource := make([][]*wiring, len(e.desc.Populations))
	records := make([]int64, len(e.desc.Populations))
	for _, w := range wirings {
		pre := w.Pre.Population
		bySource[pre] = append(bySource[pre], w)
		for t := range w.Post.N {
			records[pre] += int64(w.degree(t))
		}
	}
	var order []int
	for p, n := range records {
		if n > 0 {
			order = append(order, p)
			total += n
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		if records[a] != records[b] {
			return int(max(-1, min(1, records[b]-records[a])))
		}
		return a - b
	})
	b := &rowBuilder{e: e, ctx: ctx, bySource: bySource, order: order, total: total, progress: progress, work: make([]rowWork, e.threads)}
	return parallel(e.threads, len(e.shards), func(w, s int) error { return b.shard(e.shards[s], &b.work[w]) })
}

// rowWork is the room that a worker builds rows in, one shard after another.
type rowWork struct {
	narrow partition[uint32]
	wide   partition[uint64]
	placer placer
	drawn  drawn
}

type rowBuilder struct {
	work     []rowWork
	e        *Engine
	ctx      context.Context
	bySource [][]*wiring
	order    []int
	total    int64
	done     atomic.Int64
	progress func(float64)
	show     sync.Mutex
}

// shard makes all rows of a shard.
func (b *rowBuilder) shard(sh *shard, work *rowWork) error {
	var narrow, wide, ring []*wiring
	for _, p := range b.order {
		for _, w := range b.bySource[p] {
			inRing := b.e.bounds.Ring && w.ringable()
			if inRing {
				ring = append(ring, w)
			}
			switch {
			case w.wide:
				wide = append(wide, w)
			case !inRing || w.delay.max >= kernel.RingSteps:
				narrow = append(narrow, w)
			}
		}
	}
	if len(ring) > 0 {
		if err := fillRing(b, sh, ring); err != nil {
			return err
		}
	}
	err := fillRows(b, sh, &sh.narrow, narrow, work, &work.narrow)
	if err == nil {
		err = fillRows(b, sh, &sh.wide, wide, work, &work.wide)
	}
	if err != nil {
		*work = rowWork{} // what lies there belongs to rows that were given up
	}
	return err
}

// fillRows makes the rows of one form; wirings are in order of source
// population.
func fillRows[W word](b *rowBuilder, sh *shard, r *rows[W], wirings []*wiring, work *rowWork, room *partition[W]) error {
	if len(wirings) == 0 {
		return nil
	}
	r.entry = make([]kernel.Cursor, b.e.neurons)
	r.degree = make([]uint32, b.e.neurons)
	type group struct {
		wirings []*wiring
		keys    int
		records int64
		single  bool // all onto merged channels
	}
	var groups []group
	words := int64(0)
	for len(wirings) > 0 {
		p := wirings[0].Pre.Population
		n := 1
		for n < len(wirings) && wirings[n].Pre.Population == p {
			n++
		}
		g := group{wirings: wirings[:n], single: true}
		wirings = wirings[n:]
		for _, w := range g.wirings {
			g.keys = max(g.keys, int(w.delay.max)<<1+2)
			g.single = g.single && w.merged
			from, to := b.e.layout.slice(sh.index, w.Post)
			blk := sh.blocks[w.Post.Population]
			for k := from; k < to; k++ {
				g.records += int64(w.degree(blk.index(k) - w.Post.From))
			}
		}
		if g.single {
			g.keys /= 2
		}
		// Every segment has a link; a row has no more segments than keys.
		if words+g.records > math.MaxUint32 {
			return fmt.Errorf("a shard has more than %d synapses, use more shards", uint32(math.MaxUint32))
		}
		words += g.records + min(g.records, int64(b.e.layout.n[p])*int64(g.keys)) + g.records/kernel.MaxSegment + 1
		groups = append(groups, g)
	}
	r.syn = make([]W, words)
	preferHugePages(r.syn)
	part, pl, d := room, &work.placer, &work.drawn
	for _, g := range groups {
		r.single = g.single
		p := g.wirings[0].Pre.Population
		sources := b.e.layout.n[p]
		if need := int(g.records/(chunkLen*chunksPerSlab)) + 2; len(part.free) > 2*need*chunksPerSlab {
			part.free = nil // a smaller population needs less room: give the rest back
			debug.FreeOSMemory()
		}
		part.reset(sources, bucketShift(g.records, sources, g.keys))
		for _, w := range g.wirings {
			from, to := b.e.layout.slice(sh.index, w.Post)
			blk := sh.blocks[w.Post.Population]
			for k := from; k < to; k++ {
				if k&63 == 0 && b.ctx.Err() != nil {
					return b.ctx.Err()
				}
				w.draw(blk.index(k)-w.Post.From, d)
				if b.e.bounds.Ring && w.ringable() {
					d.dropRing()
					g.records -= int64(w.degree(blk.index(k)-w.Post.From)) - int64(len(d.source)) // the ring's are told
				}
				part.add(uint16(blk.base+k), d)
			}
		}
		for i := range part.bucket {
			chunks := part.take(i)
			first := i << part.shift
			n := min(1<<part.shift, sources-first)
			if err := place(pl, r, b.e.layout.first[p]+first, n, g.keys, chunks); err != nil {
				return err
			}
			part.release(chunks)
		}
		b.tell(g.records)
	}
	r.syn = r.syn[:r.used]
	return nil
}

func (b *rowBuilder) tell(records int64) {
	done := b.done.Add(records)
	if b.progress != nil {
		b.show.Lock()
		b.progress(float64(done) / float64(max(b.total, 1)))
		b.show.Unlock()
	}
}

// sumDegrees adds up how many synapses each neuron has as a source.
func (e *Engine) sumDegrees() {
	e.degree = make([]uint32, e.neurons)
	for _, sh := range e.shards {
		for i, n := range sh.narrow.degree {
			e.degree[i] += n
		}
		for i, n := range sh.wide.degree {
			e.degree[i] += n
		}
		for i, n := range sh.ringRows.degree {
			e.degree[i] += n
		}
		sh.narrow.degree, sh.wide.degree, sh.ringRows.degree = nil, nil, nil
	}
}

// parallel calls f(worker, i) for every i < n on up to threads goroutines, and
// returns the error of the lowest i: that of the others mostly says the same.
func parallel(threads, n int, f func(worker, i int) error) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, n)
	for w := range min(threads, n) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				errs[i] = f(w, i)
			}
		}()
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
