package engine

import (
	"fmt"

	"cortigo/sim/internal/network"
	"cortigo/sim/synapse"
)

// A Connection is a synapse as it is simulated.
type Connection struct {
	Projection int
	Target     uint32  // position among the projection's Targets
	Index      uint32  // which of the target's synapses of the projection
	Source     uint32  // position among the projection's Sources
	Weight     float64 // pA, or mV for iaf_psc_delta; 1 onto a parrot unless it has state
	Delay      int64   // steps

	State *ConnectionState // of a synapse that has any; nil: of one that never changes

	row int32 // in the list of weights, where there is one; else -1
}

// A ConnectionState is the columns of a synapse as they are.
type ConnectionState struct {
	Columns []synapse.Column
	Values  []float64
}

// A Selection says which connections are asked for; nil stands for all.
type Selection struct {
	Projections      []int
	Sources, Targets []network.Range
}

// Connections calls visit for every synapse of a selection, in the order of the
// selection's projections, then of Target and Index, until visit returns false.
// It draws them anew, and no targets but those asked for; weights and delays only
// of targets that have some source asked for. The shards have no part in it, but for
// the state of synapses that have any, onto neurons that are here.
func (e *Engine) Connections(of Selection, visit func(c Connection) bool) error {
	projections := of.Projections
	if projections == nil {
		projections = make([]int, len(e.desc.Projections))
		for i := range projections {
			projections[i] = i
		}
	}
	for _, i := range projections {
		if i < 0 || i >= len(e.desc.Projections) {
			return fmt.Errorf("projection %d, must be in [0, %d)", i, len(e.desc.Projections))
		}
		if more, err := e.connections(i, of, visit); err != nil || !more {
			return err
		}
	}
	return nil
}

// connections visits the synapses of a projection, and reports whether to go on.
func (e *Engine) connections(i int, of Selection, visit func(c Connection) bool) (more bool, err error) {
	pr := &e.desc.Projections[i]
	sources, targets := network.NewPool(pr.Sources()), network.NewPool(pr.Targets())
	from, onto := marked(&sources, of.Sources), marked(&targets, of.Targets)
	if from.none || onto.none {
		return true, nil
	}
	fail := func(err error) (bool, error) {
		return false, fmt.Errorf("%s -> %s: %w", e.desc.Names(pr.Pre), e.desc.Names(pr.Post), err)
	}
	p, err := newPlan(nil, e.desc, i)
	if err != nil {
		return fail(err)
	}
	now := e.synapsesNow(i)
	var d drawn
	for k, r := range targets.Parts {
		first := targets.First[k]
		var w *drawer
		for t := first; t < first+r.N; t++ {
			if !onto.has(t) {
				continue
			}
			if w == nil {
				if w, err = newDrawer(e.desc, p, k, e.clock, e.grids[r.Population]); err != nil {
					return fail(err)
				}
			}
			if from.some != nil {
				p.drawSources(t, &d)
				wanted := false
				for _, s := range d.source {
					wanted = wanted || from.has(int(s-p.offset))
				}
				if !wanted {
					continue
				}
			}
			if w.draw(t-first, &d); d.err != nil {
				return fail(d.err)
			}
			for j, s := range d.source {
				s -= p.offset
				if !from.has(int(s)) {
					continue
				}
				c := Connection{row: -1, Projection: i, Target: uint32(t), Index: uint32(j), Source: s, Weight: w.weightOf(&d, j), Delay: int64(d.key[j] >> 1)}
				if w.weight.byRow != nil {
					c.row = d.row[j]
				}
				if w.stateful {
					if i := r.From + t - first; now.of != nil && !now.of.part.Has(now.of.layout.first[r.Population]+i) {
						return fail(now.of.elsewhere(r.Population, i))
					}
					now.tell(w, &d, &c)
				}
				if !visit(c) {
					return false, nil
				}
			}
		}
	}
	return true, nil
}

// marks are the positions of a pool that are asked for.
type marks struct {
	some []bool // nil: all
	none bool
}

func (m marks) has(i int) bool { return m.some == nil || m.some[i] }

// marked returns where neurons of the ranges stand in a pool; nil ranges are
// everywhere.
func marked(p *network.Pool, of []network.Range) marks {
	if of == nil {
		return marks{none: p.N == 0}
	}
	m := marks{some: make([]bool, p.N), none: true}
	for k, r := range p.Parts {
		for _, o := range of {
			if n := network.Overlap(r, o); n > 0 {
				m.none = false
				at := p.First[k] + max(0, o.From-r.From)
				for i := range n {
					m.some[at+i] = true
				}
			}
		}
	}
	return m
}

// Describe returns an engine without shards, which can only be asked for its
// Connections. Synapses with state are as they are in built, an engine of which
// desc is the description, or has grown out of it; nil: as they begin.
func Describe(desc *network.Description, built *Engine) (*Engine, error) {
	e, err := newEngine(desc, Options{Threads: 1})
	if err == nil {
		e.built = built
	}
	return e, err
}

// synapsesNow are the synapses with state of a projection as they are.
type synapsesNow struct {
	columns []synapse.Column
	state   network.SynapseState // empty: as they begin
	of      *Engine              // whose state it is; nil: as they begin
	first   []int64
	step    int64
}

// synapsesNow returns those of projection i; nil where it has none.
func (e *Engine) synapsesNow(i int) *synapsesNow {
	_, spec, err := e.desc.KindOf(&e.desc.Projections[i])
	if spec == nil || err != nil {
		return nil
	}
	now, of := &synapsesNow{columns: spec.Columns}, e
	if e.built != nil {
		of = e.built
	}
	for _, ch := range of.stateful {
		if ch.projection == i {
			now.state, now.first, now.step, now.of = of.synapseState(ch), ch.first, of.step, of
		}
	}
	return now
}

// tell puts the weight and columns of a connection, which d has, into it.
func (now *synapsesNow) tell(w *drawer, d *drawn, c *Connection) {
	values := make([]float64, len(now.columns))
	c.State = &ConnectionState{now.columns, values}
	if now.first == nil {
		c.Weight = w.startWeight(d, int(c.Target), int(c.Index))
		for i := range values {
			values[i] = now.columns[i].Start
		}
		return
	}
	at := now.first[c.Target] + int64(c.Index)
	c.Weight = now.state.Weight[at]
	if s, ok := w.weightChange(int(c.Target), int(c.Index)); ok && s.Since == now.step {
		c.Weight = s.Weight // which the engine may not know of yet
	}
	for i := range values {
		values[i] = now.state.Columns[now.columns[i].Name][at]
	}
}

// CountSynapses returns how many connections projection i of a description
// makes.
func CountSynapses(desc *network.Description, i int) int64 {
	n := int64(0)
	p, err := newPlan(nil, desc, i)
	if err != nil {
		return n // as building will say
	}
	for t := range p.post.N {
		n += int64(p.degree(t))
	}
	return n
}
