package wiring

import (
	"fmt"

	"cortigo/sim/connect"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/rng"
)

// A Plan is which sources each target of a projection gets, as its rule has it.
// Targets and sources are named by their position in the pool.
type Plan struct {
	*network.Projection
	wired      *connect.Plan
	index      uint32 // of the projection, which names streams
	key        rng.Key
	From, Onto network.Pool // with those of reverse connections
	joined     bool         // streams are named by the projection
	offset     uint32       // added to sources: where their only part begins
	forward    int          // targets at this position and after it are those of reverse connections
	FirstValue []int64      // synapses of all targets before each, where values are counted through
	job        *Job         // that it is made for
	Told       int64
}

// newPlan makes the plan of a projection; the error is that the job was stopped, or
// the rule's.
func newPlan(j *Job, desc *network.Description, i int) (*Plan, error) {
	if err := j.Err(); err != nil {
		return nil, err
	}
	pr := &desc.Projections[i]
	p := &Plan{job: j, Projection: pr, index: desc.FirstIndex + uint32(i), key: rng.NewKey(desc.Seed), From: network.NewPool(pr.Sources()), Onto: network.NewPool(pr.Targets())}
	of := network.NewPools(pr.Pre, pr.Post)
	p.forward = of.Targets()
	p.joined = len(p.From.Parts) > 1 || len(p.Onto.Parts) > 1
	if len(p.From.Parts) == 1 {
		p.offset = uint32(p.From.Parts[0].From)
	}
	weights, weighted := p.WeightValues()
	delays, delayed := p.DelayValues()
	var err error
	if p.wired, err = connect.NewPlan(p.Rule, &host{of, p}, weighted || delayed); err != nil {
		return nil, err
	}
	if err := j.Err(); err != nil {
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
func (p *Plan) count(values []float64) error {
	if values == nil {
		return nil
	}
	n := int64(0)
	switch w := p.wired; {
	case w.Choose == connect.ChooseSame && w.Draw == nil:
		n = int64(p.forward)
	case w.Choose == connect.ChooseAll && w.Draw == nil:
		n = int64(p.From.N) * int64(p.Onto.N)
	case w.Degrees != nil:
		p.FirstValue = make([]int64, p.Onto.N)
		for t, k := range w.Degrees {
			p.FirstValue[t] = n
			n += int64(k)
		}
	default:
		n = int64(w.Degree) * int64(p.Onto.N)
	}
	if n != int64(len(values)) {
		return fmt.Errorf("%T made %d connections, and there are %d values for them", p.Rule, n, len(values))
	}
	return nil
}

// A host is what a rule asks while it fills in a plan.
type host struct {
	network.Pools
	plan *Plan
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

func (h *host) GoOn() bool { return h.plan.job.Err() == nil }

func (h *host) Drawn(degrees int) bool {
	units := int64(degrees) * unitsPerDegree
	h.plan.Told += units
	h.plan.job.Tell(units)
	return h.GoOn()
}

// id returns the stream of a purpose for the target at position t.
func (p *Plan) id(purpose rng.Purpose, t int) rng.ID {
	population, index := p.Onto.At(t)
	if !p.joined {
		return rng.ID{Purpose: purpose, Pre: uint16(p.From.Parts[0].Population), Post: uint16(population), Ordinal: p.Ordinal, Element: uint32(index)}
	}
	id := rng.ID{Purpose: purpose | rng.Joined, Post: uint16(population), Ordinal: p.index, Element: uint32(index)}
	if t >= p.forward {
		id.Pre = 1
	}
	return id
}

// sourceID is id for the source at position s, of rules that draw by source.
func (p *Plan) sourceID(purpose rng.Purpose, s int) rng.ID {
	population, index := p.From.At(s)
	if p.joined {
		return rng.ID{Purpose: purpose | rng.Joined, Post: uint16(population), Ordinal: p.index, Element: uint32(index)}
	}
	return rng.ID{Purpose: purpose, Pre: uint16(population), Post: uint16(p.Onto.Parts[0].Population), Ordinal: p.Ordinal, Element: uint32(index)}
}

// self returns at which position the target at position t is a source that it
// may not have, -1 for none.
func (p *Plan) self(t int) int {
	if !p.wired.Forbid.Autapses {
		return -1
	}
	return p.From.Position(p.Onto.At(t))
}

// stopped is asked in loops, at their turn i, whether the job is to stop; what was
// made then is of no use.
func (p *Plan) stopped(i int) bool { return i&1023 == 0 && p.job.Err() != nil }

// Degree returns the number of synapses of the target at position t.
func (p *Plan) Degree(t int) uint32 {
	if p.wired.Degrees != nil {
		return p.wired.Degrees[t]
	}
	return uint32(p.wired.Degree)
}

// drawSources makes the sources of the target at position t, as positions in
// their pool plus offset.
func (p *Plan) drawSources(t int, d *Drawn) {
	d.resize(int(p.Degree(t)))
	if len(d.Source) == 0 {
		return
	}
	from := p.offset
	if p.wired.Draw != nil {
		p.drawOwn(t, d)
	} else {
		switch p.wired.Choose {
		case connect.ChooseSame:
			d.Source[0] = from + uint32(t) // also of reverse connections: see Sources
			return
		case connect.ChooseListed:
			listed, _ := p.wired.Listed(t)
			for k, s := range listed {
				d.Source[k] = from + s
			}
			return
		case connect.ChooseAll:
			for k := range d.Source {
				d.Source[k] = from + uint32(k)
			}
		case connect.ChooseDistinct:
			s := rng.NewStream(p.key, p.id(rng.Subsets, t))
			d.subset.Draw(&s, uint32(p.wired.Allowed(t)), d.Source)
			for k := range d.Source {
				d.Source[k] += from
			}
		default:
			p.drawUniform(t, d)
		}
	}
	if self := p.self(t); self >= 0 { // which those numbers leave out
		for k, s := range d.Source {
			if s >= from+uint32(self) {
				d.Source[k]++
			}
		}
	}
}

// drawUniform draws each source on its own, by Lemire's multiplication with
// rejection.
func (p *Plan) drawUniform(t int, d *Drawn) {
	from, pre := p.offset, uint64(p.wired.Allowed(t))
	kernel.PhiloxFill(p.key, p.id(rng.Synapses, t).Counter(0), 3, d.word)
	reject := -uint32(pre) % uint32(pre)
	source := d.Source
	for k, w := range d.word[:len(source)] {
		u := uint64(w) * pre
		if uint32(u) < reject {
			u = p.retry(t, uint32(k), pre, reject)
		}
		source[k] = from + uint32(u>>32)
	}
}

// drawOwn has the rule choose the sources.
func (p *Plan) drawOwn(t int, d *Drawn) {
	s := rng.NewStream(p.key, p.id(rng.RuleSources, t))
	p.wired.Draw(t, &s, d.Source)
	n := uint32(p.wired.Allowed(t))
	for k, source := range d.Source {
		if source >= n {
			if d.Err == nil {
				d.Err = fmt.Errorf("%T chooses source %d of target %d, must be in [0, %d)", p.Rule, source, t, n)
			}
			source = 0
		}
		d.Source[k] = source + p.offset
	}
}

// mirrored reports whether reverse connections have the weights and delays of the
// others.
func (p *Plan) mirrored() bool { return p.wired.Draw == nil && p.wired.Choose == connect.ChooseSame }

// retry replaces a source that Lemire's method rejected.
func (p *Plan) retry(t int, k uint32, n uint64, reject uint32) uint64 {
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
func (p *Plan) rows(t int, d *Drawn) {
	if cap(d.row) < len(d.Source) {
		d.row = make([]int32, len(d.Source))
	}
	d.row = d.row[:len(d.Source)]
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
			d.row[k] = int32(t*p.From.N) + int32(d.Source[k]-p.offset)
		case p.FirstValue != nil:
			d.row[k] = int32(p.FirstValue[t]) + int32(k)
		default:
			d.row[k] = int32(t)*int32(p.wired.Degree) + int32(k)
		}
	}
}
