package engine

import (
	"fmt"

	"cortigo/sim/connect"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/rng"
)

// A plan is which sources each target of a projection gets, as its rule has it.
// Targets and sources are named by their position in the pool.
type plan struct {
	*network.Projection
	wired     *connect.Plan
	index     uint32 // of the projection, which names streams
	key       rng.Key
	pre, post network.Pool // with those of reverse connections
	joined    bool         // streams are named by the projection
	offset    uint32       // added to sources: where their only part begins
	forward   int          // targets at this position and behind are those of reverse connections
	first     []int64      // synapses of all targets before each, where values are counted through
	job       *job         // that it is made for
	told      int64
}

// newPlan makes the plan of a projection; the error is that the job was stopped, or
// the rule's.
func newPlan(j *job, desc *network.Description, i int) (*plan, error) {
	if err := j.err(); err != nil {
		return nil, err
	}
	pr := &desc.Projections[i]
	p := &plan{job: j, Projection: pr, index: desc.FirstIndex + uint32(i), key: rng.NewKey(desc.Seed), pre: network.NewPool(pr.Sources()), post: network.NewPool(pr.Targets())}
	of := network.NewPools(pr.Pre, pr.Post)
	p.forward = of.Targets()
	p.joined = len(p.pre.Parts) > 1 || len(p.post.Parts) > 1
	if len(p.pre.Parts) == 1 {
		p.offset = uint32(p.pre.Parts[0].From)
	}
	weights, weighted := p.WeightValues()
	delays, delayed := p.DelayValues()
	var err error
	if p.wired, err = connect.NewPlan(p.Rule, &host{of, p}, weighted || delayed); err != nil {
		return nil, err
	}
	if err := j.err(); err != nil {
		return p, err
	}
	for _, v := range [][]float64{weights, delays} {
		if err := p.count(v); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// count reports a list of values that is not as long as there are connections to have
// one each, and settles where the values of each target begin.
func (p *plan) count(values []float64) error {
	if values == nil {
		return nil
	}
	n := int64(0)
	switch w := p.wired; {
	case w.Choose == connect.ChooseSame && w.Draw == nil:
		n = int64(p.forward)
	case w.Choose == connect.ChooseAll && w.Draw == nil:
		n = int64(p.pre.N) * int64(p.post.N)
	case w.Degrees != nil:
		p.first = make([]int64, p.post.N)
		for t, k := range w.Degrees {
			p.first[t] = n
			n += int64(k)
		}
	default:
		n = int64(w.Degree) * int64(p.post.N)
	}
	if n != int64(len(values)) {
		return fmt.Errorf("%T made %d connections, and there are %d values for them", p.Rule, n, len(values))
	}
	return nil
}

// A host is what a rule asks while it fills in a plan.
type host struct {
	network.Pools
	plan *plan
}

func (h *host) TargetStream(purpose rng.Purpose, t int) rng.Stream {
	return rng.NewStream(h.plan.key, h.plan.id(purpose, t))
}

func (h *host) SourceStream(purpose rng.Purpose, s int) rng.Stream {
	return rng.NewStream(h.plan.key, h.plan.sourceID(purpose, s))
}

func (h *host) Stream(purpose rng.Purpose) rng.Stream {
	id := h.plan.id(purpose, 0)
	id.Element = 0
	return rng.NewStream(h.plan.key, id)
}

func (h *host) GoOn() bool { return h.plan.job.err() == nil }

func (h *host) Drawn(degrees int) bool {
	units := int64(degrees) * unitsPerDegree
	h.plan.told += units
	h.plan.job.tell(units)
	return h.GoOn()
}

// id returns the stream of a purpose for the target at position t.
func (p *plan) id(purpose rng.Purpose, t int) rng.ID {
	population, index := p.post.At(t)
	if !p.joined {
		return rng.ID{Purpose: purpose, Pre: uint16(p.pre.Parts[0].Population), Post: uint16(population), Ordinal: p.Ordinal, Element: uint32(index)}
	}
	id := rng.ID{Purpose: purpose | rng.Joined, Post: uint16(population), Ordinal: p.index, Element: uint32(index)}
	if t >= p.forward {
		id.Pre = 1
	}
	return id
}

// sourceID is id for the source at position s, of rules that draw by source.
func (p *plan) sourceID(purpose rng.Purpose, s int) rng.ID {
	population, index := p.pre.At(s)
	if p.joined {
		return rng.ID{Purpose: purpose | rng.Joined, Post: uint16(population), Ordinal: p.index, Element: uint32(index)}
	}
	return rng.ID{Purpose: purpose, Pre: uint16(population), Post: uint16(p.post.Parts[0].Population), Ordinal: p.Ordinal, Element: uint32(index)}
}

// self returns at which position the target at position t is a source that it
// may not have, -1 for none.
func (p *plan) self(t int) int {
	if !p.wired.Forbid.Autapses {
		return -1
	}
	return p.pre.Position(p.post.At(t))
}

// stopped is asked in loops, at their turn i, whether the job is to stop; what was
// made then is of no use.
func (p *plan) stopped(i int) bool { return i&1023 == 0 && p.job.err() != nil }

// degree returns the number of synapses of the target at position t.
func (p *plan) degree(t int) uint32 {
	if p.wired.Degrees != nil {
		return p.wired.Degrees[t]
	}
	return uint32(p.wired.Degree)
}

// drawSources makes the sources of the target at position t, as positions in
// their pool plus offset.
func (p *plan) drawSources(t int, d *drawn) {
	d.resize(int(p.degree(t)))
	if len(d.source) == 0 {
		return
	}
	from := p.offset
	if p.wired.Draw != nil {
		p.drawOwn(t, d)
	} else {
		switch p.wired.Choose {
		case connect.ChooseSame:
			d.source[0] = from + uint32(t) // also of reverse connections: see Sources
			return
		case connect.ChooseListed:
			listed, _ := p.wired.Listed(t)
			for k, s := range listed {
				d.source[k] = from + s
			}
			return
		case connect.ChooseAll:
			for k := range d.source {
				d.source[k] = from + uint32(k)
			}
		case connect.ChooseDistinct:
			s := rng.NewStream(p.key, p.id(rng.Subsets, t))
			d.subset.Draw(&s, uint32(p.wired.Allowed(t)), d.source)
			for k := range d.source {
				d.source[k] += from
			}
		default:
			p.drawUniform(t, d)
		}
	}
	if self := p.self(t); self >= 0 { // which those numbers leave out
		for k, s := range d.source {
			if s >= from+uint32(self) {
				d.source[k]++
			}
		}
	}
}

// drawUniform draws each source on its own, by Lemire's multiplication with
// rejection.
func (p *plan) drawUniform(t int, d *drawn) {
	from, pre := p.offset, uint64(p.wired.Allowed(t))
	kernel.PhiloxFill(p.key, p.id(rng.Synapses, t).Counter(0), 3, d.word)
	reject := -uint32(pre) % uint32(pre)
	source := d.source
	for k, w := range d.word[:len(source)] {
		u := uint64(w) * pre
		if uint32(u) < reject {
			u = p.retry(t, uint32(k), pre, reject)
		}
		source[k] = from + uint32(u>>32)
	}
}

// drawOwn has the rule choose the sources.
func (p *plan) drawOwn(t int, d *drawn) {
	s := rng.NewStream(p.key, p.id(rng.RuleSources, t))
	p.wired.Draw(t, &s, d.source)
	n := uint32(p.wired.Allowed(t))
	for k, source := range d.source {
		if source >= n {
			if d.err == nil {
				d.err = fmt.Errorf("%T chooses source %d of target %d, must be in [0, %d)", p.Rule, source, t, n)
			}
			source = 0
		}
		d.source[k] = source + p.offset
	}
}

// mirrored reports whether reverse connections have the weights and delays of the
// others.
func (p *plan) mirrored() bool { return p.wired.Draw == nil && p.wired.Choose == connect.ChooseSame }

// retry replaces a source that Lemire's method rejected.
func (p *plan) retry(t int, k uint32, n uint64, reject uint32) uint64 {
	var u uint64
	for _, w := range rng.Philox(p.id(rng.Retries, t).Counter(k), p.key) {
		if u = uint64(w) * n; uint32(u) >= reject {
			break
		}
	}
	return u
}

// rows stores in d which row of a list of values each synapse of the target at
// position t has: as NEST counts them, through targets and the synapses of each
// (all to all: the sources), or in the order that a rule collected them in. Sources
// have been drawn.
func (p *plan) rows(t int, d *drawn) {
	if cap(d.row) < len(d.source) {
		d.row = make([]int32, len(d.source))
	}
	d.row = d.row[:len(d.source)]
	choice := p.wired.Choose
	if p.wired.Draw != nil {
		choice = connect.ChooseUniform
	}
	if choice == connect.ChooseListed {
		_, listed := p.wired.Listed(t)
		copy(d.row, listed)
		return
	}
	for k := range d.row {
		switch {
		case choice == connect.ChooseSame:
			d.row[k] = int32(t % p.forward)
		case choice == connect.ChooseAll:
			d.row[k] = int32(t*p.pre.N) + int32(d.source[k]-p.offset)
		case p.first != nil:
			d.row[k] = int32(p.first[t]) + int32(k)
		default:
			d.row[k] = int32(t)*int32(p.wired.Degree) + int32(k)
		}
	}
}
