package engine

import (
	"errors"
	"math"

	"cortigo/sim/device"
	"cortigo/sim/internal/exchange"
	"cortigo/sim/internal/network"
)

// A SpikeSink takes recorded spikes in order; the slices are reused.
type SpikeSink interface {
	WriteSpikes(step []int64, neuron []int32) error
}

// A SampleSink takes samples in order: rows of (step, neuron id) with a value
// for each quantity. The slices are reused.
type SampleSink func(quantities []string, step []int64, neuron []int32, values [][]float64) error

// batch is how many rows are collected before a sink is called.
const batch = 8192

type spikeRecorder struct {
	sink   SpikeSink
	member []uint64 // by neuron, a bit each; nil: only generators are recorded
	trains []generatorTrain
	step   []int64
	neuron []int32
	rows   []stampedRow
}

// RecordSpikes sends the spikes of some neurons, those of them that are here, to
// sink from now on.
func (e *Engine) RecordSpikes(sink SpikeSink, of []network.Range) {
	r := e.recorderOf(sink)
	if r == nil || r.member != nil {
		r = &spikeRecorder{sink: sink}
		e.spikeRecorders = append(e.spikeRecorders, r)
	}
	r.member = make([]uint64, (e.neurons+63)/64)
	for _, x := range of {
		for i := range x.N {
			if g := e.layout.First[x.Population] + x.From + i; e.part.Has(g) {
				r.member[g/64] |= 1 << (g % 64)
			}
		}
	}
}

// StopRecording ends all recordings, or none if a sink does not take what it
// refused before.
func (e *Engine) StopRecording() error {
	if err := e.flushRecorders(); err != nil {
		return err // what was not taken is kept
	}
	e.spikeRecorders, e.samplers = nil, nil
	return nil
}

func (r *spikeRecorder) flush() error {
	if len(r.step) == 0 {
		return nil
	}
	if err := r.sink.WriteSpikes(r.step, r.neuron); err != nil {
		return err // what was not taken is kept
	}
	r.step, r.neuron = r.step[:0], r.neuron[:0]
	return nil
}

// record merges the spikes of all shards in an interval, keeps those that are
// still under way, and, if hand, hands spikes and samples on.
func (e *Engine) record(in exchange.Interval, spikes [][]exchange.Spike, buf int, hand bool) error {
	begin := in.Begin
	e.merge(spikes)
	for _, s := range e.merged {
		e.recent.add(s, begin+int64(s.Lag))
		e.events += int64(e.degree[s.Neuron]) * int64(s.Multiplicity)
	}
	for _, own := range in.Spikes {
		for _, s := range own {
			e.spikeCount += int64(s.Multiplicity)
		}
	}
	e.recent.forget(begin + in.Steps - e.bounds.MaxDelay)
	var errs error
	for _, r := range e.spikeRecorders {
		from := len(r.step)
		var err error
		for _, s := range e.merged {
			if r.member == nil || r.member[s.Neuron/64]>>(s.Neuron%64)&1 == 0 {
				continue
			}
			for range s.Multiplicity {
				r.step = append(r.step, begin+int64(s.Lag))
				r.neuron = append(r.neuron, e.layout.ID(int(s.Neuron)))
			}
			// Not only at the end: of large multiplicities there are many rows.
			if len(r.step) >= batch && len(r.trains) == 0 && err == nil && hand {
				err = r.flush()
			}
		}
		if len(r.trains) > 0 {
			r.takeTrains(from, begin, begin+in.Steps)
		}
		if len(r.step) >= batch && err == nil && hand {
			err = r.flush()
		}
		errs = errors.Join(errs, err)
	}
	for _, m := range e.samplers {
		errs = errors.Join(errs, m.take(buf, hand))
	}
	return errs
}

// backlog returns how many rows wait for any recorder at most.
func (e *Engine) backlog() int {
	n := 0
	for _, r := range e.spikeRecorders {
		n = max(n, len(r.step))
	}
	for _, m := range e.samplers {
		n = max(n, len(m.step))
	}
	return n
}

func (e *Engine) flushRecorders() error {
	var errs error
	for _, r := range e.spikeRecorders {
		errs = errors.Join(errs, r.flush())
	}
	for _, m := range e.samplers {
		errs = errors.Join(errs, m.flush())
	}
	return errs
}

// merge brings lists of spikes into one order of step, then neuron.
func (e *Engine) merge(lists [][]exchange.Spike) {
	e.merged = e.merged[:0]
	if len(lists) == 1 {
		e.merged = append(e.merged, lists[0]...)
		return
	}
	e.mergeAt = append(e.mergeAt[:0], make([]int, len(lists))...)
	at := e.mergeAt
	for {
		best, bestKey := -1, uint64(math.MaxUint64)
		for i, list := range lists {
			if at[i] < len(list) {
				x := list[at[i]]
				if key := uint64(x.Lag)<<32 | uint64(x.Neuron); key < bestKey {
					best, bestKey = i, key
				}
			}
		}
		if best < 0 {
			return
		}
		e.merged = append(e.merged, lists[best][at[best]])
		at[best]++
	}
}

// recentSpikes are those whose synapses may still deliver.
type recentSpikes struct {
	list []network.StampedSpike
	head int
}

func (r *recentSpikes) add(s exchange.Spike, step int64) {
	r.list = append(r.list, network.StampedSpike{Neuron: s.Neuron, Multiplicity: s.Multiplicity, Step: step})
}

func (r *recentSpikes) forget(until int64) {
	for r.head < len(r.list) && r.list[r.head].Step <= until {
		r.head++
	}
	if r.head > 1024 && r.head > len(r.list)/2 {
		r.list = r.list[:copy(r.list, r.list[r.head:])]
		r.head = 0
	}
}

// A sampler is a multimeter: rows of all its neurons that are here at each sampled
// step.
type sampler struct {
	sink            SampleSink
	quantities      []string
	interval, first int64 // samples at steps first, first+interval, ...
	end             int64
	ranges          []network.Range
	base            []int // row of the first neuron here of each range
	ids             []int32
	perInterval     int // most samples in an interval

	// filled by the shards, for the two intervals at hand
	steps  [2][]int64
	values [2][][]float64

	step   []int64
	neuron []int32
	out    [][]float64
}

// Record samples quantities of some neurons from now on.
func (e *Engine) Record(sink SampleSink, m device.Multimeter, of []network.Range) error {
	s := &sampler{sink: sink, ranges: of, quantities: network.QuantitiesOf(m)}
	var err error
	if s.first, s.interval, s.end, err = network.SampleSteps(m, e.clock, e.step); err != nil {
		return err
	}
	for _, r := range of {
		for _, q := range s.quantities {
			if err := network.CheckQuantity(&e.desc.Populations[r.Population], q); err != nil {
				return err
			}
		}
	}
	for _, r := range of {
		s.base = append(s.base, len(s.ids))
		for i := range r.N {
			if e.part.Has(e.layout.First[r.Population] + r.From + i) {
				s.ids = append(s.ids, e.layout.IDs[r.Population]+int32(r.From+i))
			}
		}
		for _, sh := range e.shards {
			if err := e.observe(sh, r.Population, s.quantities); err != nil {
				return err
			}
		}
	}
	s.perInterval = int((min(e.bounds.MinDelay, maxInterval) + s.interval - 1) / s.interval)
	for buf := range 2 {
		s.values[buf] = make([][]float64, len(s.quantities))
		for q := range s.quantities {
			s.values[buf][q] = make([]float64, s.perInterval*len(s.ids))
		}
	}
	s.out = make([][]float64, len(s.quantities))
	e.samplers = append(e.samplers, s)
	return nil
}

// observe makes a shard keep what the quantities of a population need.
func (e *Engine) observe(sh *shard, population int, quantities []string) error {
	b := sh.blocks[population]
	for _, q := range quantities {
		if b.N == 0 || b.follows(q) {
			continue
		}
		if err := e.CanRecord(population, q); err != nil {
			return err
		}
		sh.follow(b, q)
	}
	return nil
}

// sample stores what shard sh has to give for step, which belongs to the
// interval after begin.
func (e *Engine) sample(sh *shard, begin, step int64, buf int) {
	for _, m := range e.samplers {
		if step < m.first || step > m.end || (step-m.first)%m.interval != 0 {
			continue
		}
		slot := 0
		if begin >= m.first {
			slot = int((step-m.first)/m.interval - (begin-m.first)/m.interval - 1)
		} else {
			slot = int((step - m.first) / m.interval)
		}
		if sh == e.shards[0] {
			m.steps[buf] = append(m.steps[buf], step)
		}
		for i, r := range m.ranges {
			b := sh.blocks[r.Population]
			from, to := e.layout.Slice(sh.Index, r)
			for q, name := range m.quantities {
				if from == to {
					continue
				}
				dst, read := m.values[buf][q], b.reader(name)
				row := slot*len(m.ids) + m.base[i] + e.part.Before(b.Number+b.Index(from)) - e.part.Before(b.Number+r.From)
				for k := from; k < to; k++ {
					dst[row] = read(k)
					row += len(e.shards)
				}
			}
		}
	}
}

// take collects the samples of an interval and, if hand, hands on full batches.
func (m *sampler) take(buf int, hand bool) error {
	for slot, step := range m.steps[buf] {
		for range m.ids {
			m.step = append(m.step, step)
		}
		m.neuron = append(m.neuron, m.ids...)
		for q := range m.out {
			m.out[q] = append(m.out[q], m.values[buf][q][slot*len(m.ids):(slot+1)*len(m.ids)]...)
		}
	}
	m.steps[buf] = m.steps[buf][:0]
	if len(m.step) >= batch && hand {
		return m.flush()
	}
	return nil
}

func (m *sampler) flush() error {
	if len(m.step) == 0 {
		return nil
	}
	if err := m.sink(m.quantities, m.step, m.neuron, m.out); err != nil {
		return err // what was not taken is kept
	}
	m.step, m.neuron = m.step[:0], m.neuron[:0]
	for q := range m.out {
		m.out[q] = m.out[q][:0]
	}
	return nil
}
