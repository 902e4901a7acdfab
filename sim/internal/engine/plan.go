package engine

import (
	"cortigo/sim/connect"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/rng"
)

// A plan is which sources each target of a projection gets. Targets and sources
// are named by their position in the pool.
type plan struct {
	*Projection
	index     uint32 // of the projection, which names streams
	key       rng.Key
	pre, post pool
	joined    bool   // streams are named by the projection
	offset    uint32 // added to sources: where their only part begins
	forward   int    // targets at this position and behind are those of reverse connections

	degrees []uint32 // synapses of each target; nil: fixed of each
	fixed   uint32
	first   []int64 // synapses of all targets before each, where values are counted through
	draws   choice
	forbid  connect.Forbid
	job     *job // that it is made for
	told    int64

	// What was drawn by source, or listed: the synapses of target t are
	// begin[t]..begin[t+1] of source, and of row, their rows in lists of values.
	begin  []int64
	source []uint32
	row    []int32
}

// A choice is how the sources of a target are chosen.
type choice uint8

const (
	chooseUniform choice = iota // each on its own
	chooseSubset                // without replacement
	chooseAll
	chooseOne    // at the target's position
	chooseListed // as source has them
)

// Sources returns the parts that the positions of sources count through: those
// of Pre, and behind them those of Post where a rule makes reverse connections.
func (pr *Projection) Sources() []Range {
	if pr.reverse() {
		return append(pr.Pre[:len(pr.Pre):len(pr.Pre)], pr.Post...)
	}
	return pr.Pre
}

// Targets returns the parts that the positions of targets count through: those
// of Post, and behind them those of Pre where a rule makes reverse connections.
func (pr *Projection) Targets() []Range {
	if pr.reverse() {
		return append(pr.Post[:len(pr.Post):len(pr.Post)], pr.Pre...)
	}
	return pr.Post
}

// reverse reports whether there are connections from Post to Pre, too.
func (pr *Projection) reverse() bool {
	switch r := pr.Rule.(type) {
	case connect.OneToOne:
		return r.Symmetric
	case connect.SymmetricPairwiseBernoulli:
		return true
	}
	return false
}

// newPlan makes the plan of a projection; the error is that the job was stopped.
func newPlan(j *job, desc *Description, i int) (*plan, error) {
	if err := j.err(); err != nil {
		return nil, err
	}
	pr := &desc.Projections[i]
	p := &plan{job: j, Projection: pr, index: desc.firstIndex + uint32(i), key: rng.NewKey(desc.Seed), pre: newPool(pr.Sources()), post: newPool(pr.Targets())}
	for _, r := range pr.Post {
		p.forward += r.N
	}
	p.joined = len(p.pre.part) > 1 || len(p.post.part) > 1
	if len(p.pre.part) == 1 {
		p.offset = uint32(p.pre.part[0].From)
	}
	p.make()
	return p, j.err()
}

// id returns the stream of a purpose for the target at position t.
func (p *plan) id(purpose rng.Purpose, t int) rng.ID {
	population, index := p.post.at(t)
	if !p.joined {
		return rng.ID{Purpose: purpose, Pre: uint16(p.pre.part[0].Population), Post: uint16(population), Ordinal: p.Ordinal, Element: uint32(index)}
	}
	id := rng.ID{Purpose: purpose | rng.Joined, Post: uint16(population), Ordinal: p.index, Element: uint32(index)}
	if t >= p.forward {
		id.Pre = 1
	}
	return id
}

// sourceID is id for the source at position s, of rules that draw by source.
func (p *plan) sourceID(purpose rng.Purpose, s int) rng.ID {
	population, index := p.pre.at(s)
	if p.joined {
		return rng.ID{Purpose: purpose | rng.Joined, Post: uint16(population), Ordinal: p.index, Element: uint32(index)}
	}
	return rng.ID{Purpose: purpose, Pre: uint16(population), Post: uint16(p.post.part[0].Population), Ordinal: p.Ordinal, Element: uint32(index)}
}

// self returns at which position the target at position t is a source that it
// may not have, -1 for none.
func (p *plan) self(t int) int {
	if !p.forbid.Autapses {
		return -1
	}
	return p.pre.position(p.post.at(t))
}

// stopped is asked in loops, at their turn i, whether the job is to stop; what was
// made then is of no use.
func (p *plan) stopped(i int) bool { return i&1023 == 0 && p.job.err() != nil }

// goOn is asked whether to go on by those who draw the degrees of many targets.
func (p *plan) goOn() bool {
	p.told += rng.AskEvery * unitsPerDegree
	p.job.tell(rng.AskEvery * unitsPerDegree)
	return p.job.err() == nil
}

// make settles how many synapses each target gets and what is drawn by source.
func (p *plan) make() {
	switch r := p.Rule.(type) {
	case connect.FixedTotalNumber:
		p.forbid = r.Forbid
		p.total(r.N)
	case connect.FixedInDegree:
		p.forbid, p.fixed = r.Forbid, uint32(r.N)
		if r.Multapses {
			p.draws = chooseSubset
		}
	case connect.FixedOutDegree:
		p.forbid, p.draws = r.Forbid, chooseListed
		p.bySource(r.N)
	case connect.PairwiseBernoulli:
		p.forbid, p.draws = r.Forbid, chooseSubset
		p.bernoulli(r.P)
	case connect.SymmetricPairwiseBernoulli:
		p.symmetric(r.P)
	case connect.AllToAll:
		p.forbid, p.draws, p.fixed = r.Forbid, chooseAll, uint32(p.pre.n)
		if r.Autapses {
			p.degrees = p.allowed()
		}
	case connect.OneToOne:
		p.forbid, p.draws, p.fixed = r.Forbid, chooseOne, 1
		if r.Autapses {
			p.degrees = make([]uint32, p.post.n)
			for t := range p.degrees {
				from, i := p.pre.at(t)
				if onto, j := p.post.at(t); from != onto || i != j {
					p.degrees[t] = 1
				}
			}
		}
	case connect.List:
		p.draws = chooseListed
		p.listed(r)
	}
}

// allowed returns how many sources each target may have.
func (p *plan) allowed() []uint32 {
	n := make([]uint32, p.post.n)
	for t := range n {
		n[t] = uint32(p.sources(t))
	}
	return n
}

// sources returns how many sources the target at position t may have.
func (p *plan) sources(t int) int {
	if p.self(t) >= 0 {
		return p.pre.n - 1
	}
	return p.pre.n
}

// total divides n synapses among the targets.
func (p *plan) total(n int64) {
	p.degrees = make([]uint32, p.post.n)
	if n == 0 {
		return
	}
	id := p.id(rng.SynapseCounts, 0)
	id.Element = 0
	s := rng.NewStream(p.key, id)
	switch {
	case p.forbid.Multapses:
		p.draws = chooseSubset
		rng.MultivariateHypergeometric(&s, n, p.allowed(), p.degrees, p.goOn)
	case p.forbid.Autapses:
		rng.WeightedMultinomial(&s, n, p.allowed(), p.degrees, p.goOn)
	default:
		rng.Multinomial(&s, n, p.degrees, p.goOn)
	}
	if _, ok := p.Weight.(connect.Values); !ok {
		if _, ok := p.Delay.(connect.Values); !ok {
			return
		}
	}
	p.first = make([]int64, p.post.n)
	for t := 1; t < p.post.n; t++ {
		p.first[t] = p.first[t-1] + int64(p.degrees[t-1])
	}
}

// bernoulli draws how many of the pairs of each target are connected.
func (p *plan) bernoulli(probability float64) {
	p.degrees = make([]uint32, p.post.n)
	for t := range p.degrees {
		if p.stopped(t) {
			return
		}
		s := rng.NewStream(p.key, p.id(rng.SynapseCounts, t))
		p.degrees[t] = uint32(rng.Binomial(&s, int64(p.sources(t)), probability))
	}
}

// symmetric draws the sources of each target, and connects them both ways.
func (p *plan) symmetric(probability float64) {
	p.forbid.Autapses = true
	behind := p.post.n - p.forward // as many sources as reverse connections have targets
	var subset rng.Subset
	var from []uint32
	p.collect(func(connect func(source, target, row int)) {
		for t := range p.forward {
			if p.stopped(t * 1024) { // a target may take a million draws
				return
			}
			self := p.self(t)
			if self >= behind {
				self = -1 // the target is itself only behind the sources
			}
			n := behind
			if self >= 0 {
				n--
			}
			s := rng.NewStream(p.key, p.id(rng.SynapseCounts, t))
			k := int(rng.Binomial(&s, int64(n), probability))
			if cap(from) < k {
				from = make([]uint32, behind)
			}
			s = rng.NewStream(p.key, p.id(rng.Subsets, t))
			subset.Draw(&s, uint32(n), from[:k])
			for _, i := range from[:k] {
				source := int(i)
				if self >= 0 && source >= self {
					source++
				}
				connect(source, t, 0)
				connect(behind+t, p.forward+source, 0)
			}
		}
	}, false)
	p.draws = chooseListed
}

// bySource draws n targets of each source.
func (p *plan) bySource(n int) {
	var subset rng.Subset
	target := make([]uint32, n)
	_, weights := p.Weight.(connect.Values)
	_, delays := p.Delay.(connect.Values)
	p.collect(func(connect func(source, target, row int)) {
		for source := range p.pre.n {
			if p.stopped(source * 1024) {
				return
			}
			self, post := -1, p.post.n
			if p.forbid.Autapses {
				if self = p.post.position(p.pre.at(source)); self >= 0 {
					post--
				}
			}
			if p.forbid.Multapses {
				s := rng.NewStream(p.key, p.sourceID(rng.Subsets, source))
				subset.Draw(&s, uint32(post), target)
			} else {
				s := rng.NewStream(p.key, p.sourceID(rng.OutSynapses, source))
				for k := range target {
					target[k] = s.Below(uint32(post))
				}
			}
			for k, t := range target {
				if self >= 0 && int(t) >= self {
					t++
				}
				connect(source, int(t), source*n+k)
			}
		}
	}, weights || delays)
}

// listed takes over the rows of a list.
func (p *plan) listed(list connect.List) {
	p.collect(func(connect func(source, target, row int)) {
		for i, t := range list.Post {
			connect(int(list.Pre[i]), int(t), i)
		}
	}, true)
}

// collect sorts connections by target. each is called twice, to count and to
// place them, and names the same ones both times.
func (p *plan) collect(each func(connect func(source, target, row int)), rows bool) {
	p.begin = make([]int64, p.post.n+1)
	each(func(_, target, _ int) { p.begin[target+1]++ })
	p.degrees = make([]uint32, p.post.n)
	for t := range p.post.n {
		p.degrees[t] = uint32(p.begin[t+1])
		p.begin[t+1] += p.begin[t]
	}
	if p.job.err() != nil {
		return // the second time would not name the same ones
	}
	p.source = make([]uint32, p.begin[p.post.n])
	if rows {
		p.row = make([]int32, len(p.source))
	}
	next := make([]int64, p.post.n)
	copy(next, p.begin)
	each(func(source, target, row int) {
		p.source[next[target]] = uint32(source)
		if rows {
			p.row[next[target]] = int32(row)
		}
		next[target]++
	})
}

// degree returns the number of synapses of the target at position t.
func (p *plan) degree(t int) uint32 {
	if p.degrees != nil {
		return p.degrees[t]
	}
	return p.fixed
}

// drawSources makes the sources of the target at position t, as positions in
// their pool plus offset.
func (p *plan) drawSources(t int, d *drawn) {
	d.resize(int(p.degree(t)))
	if len(d.source) == 0 {
		return
	}
	from := p.offset
	switch p.draws {
	case chooseOne:
		d.source[0] = from + uint32(t) // also of reverse connections: see Sources
		return
	case chooseListed:
		for k, s := range p.source[p.begin[t]:p.begin[t+1]] {
			d.source[k] = from + s
		}
		return
	case chooseAll:
		for k := range d.source {
			d.source[k] = from + uint32(k)
		}
	case chooseSubset:
		s := rng.NewStream(p.key, p.id(rng.Subsets, t))
		d.subset.Draw(&s, uint32(p.sources(t)), d.source)
		for k := range d.source {
			d.source[k] += from
		}
	default: // by Lemire's multiplication with rejection
		pre := uint64(p.sources(t))
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
	if self := p.self(t); self >= 0 { // which those numbers leave out
		for k, s := range d.source {
			if s >= from+uint32(self) {
				d.source[k]++
			}
		}
	}
}

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
// (all to all: the sources), or through sources and theirs for FixedOutDegree.
// Sources have been drawn.
func (p *plan) rows(t int, d *drawn) {
	if cap(d.row) < len(d.source) {
		d.row = make([]int32, len(d.source))
	}
	d.row = d.row[:len(d.source)]
	for k := range d.row {
		switch {
		case p.row != nil:
			d.row[k] = p.row[p.begin[t]+int64(k)]
		case p.draws == chooseOne:
			d.row[k] = int32(t % p.forward)
		case p.draws == chooseAll:
			d.row[k] = int32(t*p.pre.n) + int32(d.source[k]-p.offset)
		case p.first != nil:
			d.row[k] = int32(p.first[t]) + int32(k)
		default:
			d.row[k] = int32(t)*int32(p.fixed) + int32(k)
		}
	}
}
