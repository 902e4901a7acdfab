package engine

import (
	"cmp"
	"math"
	"slices"

	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/delivery"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/wiring"
)

// Memory estimates how many bytes of memory a process has at most while it builds
// a network and runs it, before anything of it is made: from the numbers of
// synapses that rules give on average. What recorders keep is not in it.
func Memory(desc *network.Description, opts Options) (int64, error) {
	clock, err := clock.New(desc.Resolution)
	if err != nil {
		return 0, err
	}
	n := desc.Neurons()
	threads, shards := opts.Divide(n)
	m := memory{desc: desc, clock: clock, shards: float64(shards), built: float64(shards), sources: make([]sourceMemory, len(desc.Populations)), sizes: make([]float64, len(desc.Populations))}
	if opts.Exchange != nil {
		here, _ := opts.Exchange.Shards()
		m.built = float64(len(here))
	}
	if m.grids, err = wiring.PopulationGrids(desc, clock); err != nil {
		return 0, err
	}
	slots := 0
	for p := range desc.Populations {
		pop := &desc.Populations[p]
		m.sizes[p] = float64(pop.N)
		slots += (pop.N+shards-1)/shards + delivery.BlockAlign
		m.state += m.population(pop, m.grids[p].Wide)
	}
	m.ring = slots <= kernel.RingSlots
	for i := range desc.Projections {
		if err := m.projection(&desc.Projections[i], clock); err != nil {
			return 0, err
		}
	}
	if m.ring {
		m.ring = m.short()
	}
	total := ofProcess + (m.state+m.stateful)*m.built/m.shards + 2*m.plans + m.rows(float64(threads))
	return int64(math.Min(total, math.MaxInt64/2)), nil
}

// ofProcess is what a program of this package has before it makes a network, and
// ofShard what a shard has beside its neurons and synapses.
const (
	ofProcess = 9 << 20
	ofShard   = 1 << 20
)

// perStateful is what a synapse with state takes beside its columns: weight, slot,
// delay and place.
const perStateful = 8 + 2 + 2 + 4

// memory adds up the parts of an estimate, in bytes and, of synapses, their
// numbers.
type memory struct {
	desc          *network.Description
	clock         clock.Clock
	shards, built float64
	sizes         []float64 // of the populations
	grids         []wiring.Grid
	state         float64 // of the neurons
	plans         float64 // what is known of the targets of all projections while rows are made; as much is garbage
	sources       []sourceMemory
	stateful      float64 // of synapses with state
	ring          bool
}

// sourceMemory is the synapses of one source population.
type sourceMemory struct {
	narrow, wide float64
	spread       float64 // effective number of delays, of all synapses as a sum
	ringable     float64
}

// population returns the bytes of a population's neurons.
func (m *memory) population(p *network.Population, wide bool) float64 {
	each := 2.0 + 4 + 4 + 1./8 + 4 // refractory steps, lists and bits, degree
	if group, err := p.Prototype(m.clock); err == nil {
		for _, c := range group.Columns() {
			if c.Values != nil {
				each += 8
			}
		}
	}
	if wide {
		each += 2 * 8
	}
	each += float64(len(p.Columns)) * 3 * 8 // as given, and what kernels take of it
	for _, a := range m.desc.Attachments {
		if m.desc.Populations[a.Post.Population].First == p.First {
			each += 8 * float64(a.Post.N) / float64(max(p.N, 1)) // input, or counts of it
		}
	}
	return each * float64(p.N)
}

// projection adds the synapses of a projection to their sources.
func (m *memory) projection(pr *network.Projection, clock clock.Clock) error {
	pre, post := network.NewPool(pr.Sources()), network.NewPool(pr.Targets())
	if pre.N == 0 || post.N == 0 {
		return nil
	}
	n, plan := wiring.ExpectedSynapses(pr)
	m.plans += plan + 64
	if len(pre.Parts) > 1 {
		m.plans += 4 * float64(post.N) * float64(len(pre.Parts))
	}
	delays := 8.0 // of a list
	if _, ok := pr.DelayValues(); !ok {
		d, err := wiring.Delays(pr.Delay, clock)
		if err != nil {
			return err
		}
		delays = math.Max(1, d.Spread)
	}
	if model, spec, err := m.desc.KindOf(pr); err != nil {
		return err
	} else if model != nil {
		span := float64(pre.N) // at least
		m.stateful += n*(perStateful+8*float64(len(spec.Columns))) + m.shards*span*16
		m.plans += 8 * float64(post.N)
		return nil
	}
	for _, t := range post.Parts {
		wide, merged := m.grids[t.Population].Wide, m.desc.Populations[t.Population].Merged()
		for _, s := range pre.Parts {
			k := n * float64(t.N) / float64(post.N) * float64(s.N) / float64(pre.N)
			from := &m.sources[s.Population]
			if wide {
				from.wide += k
			} else {
				from.narrow += k
			}
			from.spread += k * delays
			if merged && !wide {
				from.ringable += k
			}
		}
	}
	return nil
}

// short reports whether segments are so short that shards go through rings, as
// Engine.ChooseRing finds it out.
func (m *memory) short() bool {
	segments, synapses := 0.0, 0.0
	for p, s := range m.sources {
		if s.ringable == 0 {
			continue
		}
		row := s.ringable / m.sizes[p] / m.shards
		synapses += s.ringable
		segments += s.ringable / math.Max(1, row/(s.spread/(s.narrow+s.wide)))
	}
	return synapses > 0 && synapses/segments < delivery.RingSegment
}

// occupied is how many delays a long row has for each effective one: a normal
// distribution has so many beyond its bulk.
const occupied = 1.7

// rows returns the bytes that rows take, and what building them takes when most
// is in use.
func (m *memory) rows(threads float64) float64 {
	neurons := 0.0
	for _, n := range m.sizes {
		neurons += n
	}
	type group struct{ words, records float64 } // bytes in one shard
	var narrow, wide []group
	total := m.built * ofShard
	for p, s := range m.sources {
		if s.narrow+s.wide == 0 {
			continue
		}
		delays := occupied * s.spread / (s.narrow + s.wide)
		add := func(groups []group, n, word, record float64) []group {
			if n == 0 {
				return groups
			}
			row := n / m.sizes[p] / m.shards
			links := m.sizes[p] * delays * (1 - math.Exp(-row/delays))
			return append(groups, group{word * (n/m.shards + links), record * n / m.shards})
		}
		of := s.narrow
		if m.ring { // whose rows are counted and placed without a way between
			total += m.built * 4 * s.ringable / m.shards
			of -= s.ringable
		}
		narrow, wide = add(narrow, of, 4, 8), add(wide, s.wide, 8, 16)
	}
	peak := 0.0 // of a shard, beyond the words that are there in the end
	for _, groups := range [][]group{narrow, wide} {
		if len(groups) == 0 {
			continue
		}
		// The largest come first; the room for their records is given back when
		// less than half of it is needed.
		slices.SortFunc(groups, func(a, b group) int { return cmp.Compare(b.records, a.records) })
		words, room, most := 0.0, 0.0, 0.0
		for _, g := range groups {
			if room > 2*g.records || room < g.records {
				room = g.records
			}
			words += g.words
			most = math.Max(most, words+room)
		}
		peak = math.Max(peak, most-words)
		total += m.built * words
		total += m.built * neurons * 8 // entries
		total += m.built * neurons * 4 // degrees, until they are summed
	}
	if m.ring {
		total += m.built * (neurons*16 + 4*kernel.RingSlots*kernel.RingSteps)
	}
	return total + math.Min(threads, m.built)*peak
}
