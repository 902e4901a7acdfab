package engine

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/delivery"
	"cortigo/sim/internal/exchange"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/wiring"
)

// An Engine is a built network.
type Engine struct {
	desc    *network.Description
	clock   clock.Clock
	layout  *delivery.Layout
	grids   []wiring.Grid
	shards  []*shard // those here
	threads int
	neurons int
	part    *network.Part // which shards are here

	exchange exchange.Exchange

	stateful   []*delivery.StatefulProjection
	bounds     delivery.Bounds
	step       int64
	born       []int64 // step at which each population came
	broken     error   // why neurons stand between two steps; nil: they do not
	risky      bool    // parrots may emit more spikes at once than sums hold
	spikeCount int64
	degree     []uint32 // synapses of each neuron as a source, onto neurons here
	events     int64    // synaptic events

	spikeRecorders []*spikeRecorder
	samplers       []*sampler
	merged         []exchange.Spike
	mergeAt        []int
	recent         recentSpikes

	buildTimes []Phase
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
	Progress func(float64) // called with the share of building that is done

	// Exchange says which shards are here, of so many; nil: all. With one, Shards
	// has no effect.
	Exchange exchange.Exchange
}

// neuronsPerThread is below how many neurons a further thread costs more in
// waiting than it saves.
const neuronsPerThread = 1500

// Divide settles threads and shards for a network of n neurons.
func (o Options) Divide(n int) (threads, shards int) {
	threads, shards = o.Threads, o.Shards
	if o.Exchange != nil {
		here, of := o.Exchange.Shards()
		if threads == 0 {
			threads = max(1, min(runtime.GOMAXPROCS(0), len(here), n/max(1, of)*len(here)/neuronsPerThread))
		}
		return threads, of
	}
	if threads == 0 {
		threads = max(1, min(runtime.GOMAXPROCS(0), n/neuronsPerThread))
		if shards > 0 {
			threads = min(threads, shards)
		}
	}
	if shards == 0 {
		shards = max(threads, delivery.MinShards(n))
		shards = (shards + threads - 1) / threads * threads
	}
	return threads, shards
}

// newEngine makes an engine without synapses and without blocks.
func newEngine(desc *network.Description, opts Options) (*Engine, error) {
	clock, err := clock.New(desc.Resolution)
	if err != nil {
		return nil, err
	}
	e := &Engine{desc: desc.Clone(), clock: clock, neurons: desc.Neurons()}
	if e.grids, err = wiring.PopulationGrids(desc, clock); err != nil {
		return nil, err
	}
	room := 0
	for p := range desc.Populations {
		room += desc.Populations[p].N * e.grids[p].TierCount()
	}
	shards := 0
	e.threads, shards = opts.Divide(e.neurons)
	e.layout, err = delivery.NewLayout(desc.Populations, e.grids, shards)
	for err != nil && opts.Shards == 0 && opts.Exchange == nil && shards < 2*e.threads+2*delivery.MinShards(room) {
		shards += e.threads // many small populations, which waste room between them, or many sums
		e.layout, err = delivery.NewLayout(desc.Populations, e.grids, shards)
	}
	if err != nil {
		return nil, err
	}
	if e.exchange = opts.Exchange; e.exchange == nil {
		e.exchange = exchange.NewLocal(shards)
	}
	here, _ := e.exchange.Shards()
	if e.part, err = network.NewPart(here, shards); err != nil {
		return nil, err
	}
	e.born = make([]int64, len(desc.Populations))
	return e, nil
}

// wire resolves the projections and what follows from them for the whole
// network.
func (e *Engine) wire(j *wiring.Job) ([]*wiring.Bundle, error) {
	desc := e.desc
	byProjection := make([][]*wiring.Bundle, len(desc.Projections))
	err := parallel(e.threads, len(byProjection), func(_, i int) error {
		ws, err := wiring.NewBundles(j, desc, i, e.clock, e.grids)
		if j.Err() != nil {
			return j.Err()
		}
		if err != nil {
			return fmt.Errorf("%s -> %s: %w", desc.Names(desc.Projections[i].Pre), desc.Names(desc.Projections[i].Post), err)
		}
		byProjection[i] = ws
		rest := j.Degrees(&desc.Projections[i])
		if len(ws) > 0 {
			rest -= ws[0].Told
		}
		j.Tell(rest)
		return nil
	})
	if err != nil {
		return nil, err
	}
	bundles := slices.Concat(byProjection...)
	for i, ws := range byProjection {
		wiring.KeepQuantum(&desc.Projections[i], ws)
	}
	e.bounds = delivery.Bounds{MinDelay: maxInterval, MaxDelay: 1}
	for _, w := range bundles {
		e.bounds.MinDelay, e.bounds.MaxDelay = min(e.bounds.MinDelay, w.Delays.Least), max(e.bounds.MaxDelay, w.Delays.Max)
	}
	for _, w := range bundles {
		if err := j.Err(); err != nil {
			return nil, err
		}
		w.CountSynapses()
	}
	e.bounds.Ring = delivery.ChooseRing(e.layout, bundles)
	e.bounds.Multiplicity, err = wiring.SumLimits(j, desc, bundles, e.grids)
	return bundles, err
}

// makeShards makes the blocks of all shards here, with their inputs and initial
// state.
func (e *Engine) makeShards(j *wiring.Job) error {
	e.shards = make([]*shard, len(e.part.Here))
	return parallel(e.threads, len(e.shards), func(_, i int) error {
		if err := j.Err(); err != nil {
			return err
		}
		defer j.Tell(int64(e.neurons/len(e.shards)) * wiring.UnitsPerNeuron)
		sh, err := newShard(e, e.part.Here[i])
		if err != nil {
			return err
		}
		e.shards[i] = sh
		for _, b := range sh.blocks {
			if err := b.initialise(e.desc); err != nil {
				return fmt.Errorf("population %s: %w", brief.Quote(e.desc.Populations[b.Population].Name), err)
			}
		}
		return nil
	})
}

// Build makes an engine with its initial state.
func Build(ctx context.Context, desc *network.Description, opts Options) (*Engine, error) {
	start := time.Now()
	phase := func(name string, times *[]Phase) {
		*times = append(*times, Phase{name, time.Since(start).Seconds()})
		start = time.Now()
	}
	e, err := newEngine(desc, opts)
	if err != nil {
		return nil, err
	}
	j := wiring.NewJob(ctx, e.desc, opts.Progress)
	bundles, err := e.wire(j)
	if err != nil {
		return nil, err
	}
	phase("count", &e.buildTimes)
	if err := e.makeShards(j); err != nil {
		return nil, err
	}
	phase("neurons", &e.buildTimes)
	rows := delivery.NewRowBuilder(e.layout, e.bounds.Ring, e.threads, j, bundles)
	if err := parallel(e.threads, len(e.shards), func(w, s int) error { return rows.Fill(&e.shards[s].Synapses, w) }); err != nil {
		return nil, err
	}
	if err := e.makeStateful(j, bundles); err != nil {
		return nil, err
	}
	if err := e.sumDegrees(j); err != nil {
		return nil, err
	}
	e.assessRisk()
	j.End()
	phase("synapses", &e.buildTimes)
	return e, nil
}

// Settle gives a description that e was built of what must stay as it is when more
// is added: the grids on which weights were drawn.
func (e *Engine) Settle(d *network.Description) {
	for i := range e.desc.Projections {
		d.Projections[i].Quantum = e.desc.Projections[i].Quantum
	}
}

// makeStateful draws the synapses of all projections with state. The drawers of
// bundles onto the parts of a projection's targets are taken from bundles, where
// there are any.
func (e *Engine) makeStateful(j *wiring.Job, bundles []*wiring.Bundle) error {
	for i := range e.desc.Projections {
		pr := &e.desc.Projections[i]
		if !e.desc.Stateful(pr) {
			continue
		}
		of := bundles
		if of == nil {
			var err error
			if of, err = wiring.NewBundles(j, e.desc, i, e.clock, e.grids); err != nil {
				return fmt.Errorf("%s -> %s: %w", e.desc.Names(pr.Pre), e.desc.Names(pr.Post), err)
			}
		}
		var drawers []*wiring.Drawer
		for _, w := range of {
			if w.Projection == pr && !slices.Contains(drawers, w.Drawer) {
				drawers = append(drawers, w.Drawer)
			}
		}
		if len(drawers) == 0 {
			continue
		}
		ch, err := delivery.NewStatefulProjection(e.desc, e.layout, e.clock, i, drawers)
		if err == nil {
			err = parallel(e.threads, len(e.shards), func(_, s int) error {
				return e.shards[s].DrawStateful(e.layout, ch, j)
			})
		}
		if err != nil {
			return fmt.Errorf("%s -> %s: %w", e.desc.Names(pr.Pre), e.desc.Names(pr.Post), err)
		}
		ch.Drawn()
		e.stateful = append(e.stateful, ch)
	}
	return nil
}

// onto returns the synapses of the shards here.
func (e *Engine) onto() []*delivery.Synapses {
	list := make([]*delivery.Synapses, len(e.shards))
	for i, sh := range e.shards {
		list[i] = &sh.Synapses
	}
	return list
}

// sumDegrees adds up how many synapses each neuron has as a source.
func (e *Engine) sumDegrees(j *wiring.Job) error {
	e.degree = make([]uint32, e.neurons)
	for _, sh := range e.shards {
		if err := j.Err(); err != nil {
			return err
		}
		sh.Degrees(e.degree)
	}
	return nil
}

// parallel calls f(worker, i) for every i < n on up to threads goroutines, and
// returns the error of the lowest i: that of the others mostly says the same. A
// panic of f goes on in the caller.
func parallel(threads, n int, f func(worker, i int) error) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	var caught atomic.Pointer[workerPanic]
	errs := make([]error, n)
	for w := range min(threads, n) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() {
				if p := recover(); p != nil {
					caught.CompareAndSwap(nil, newWorkerPanic(p))
					next.Store(int64(n))
				}
			}()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				errs[i] = f(w, i)
			}
		}()
	}
	wg.Wait()
	if p := caught.Load(); p != nil {
		panic(p)
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
