package wiring

import (
	"fmt"

	"cortigo/sim/internal/clock"
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

// A Query is a description that can be asked for its connections.
type Query struct {
	desc  *network.Description
	clock clock.Clock
	grids []Grid
	now   func(projection int) *SynapsesNow
}

// NewQuery returns the query of a description. now returns the synapses with state
// of a projection as they are; nil, or what returns nil, has them as they begin.
func NewQuery(desc *network.Description, now func(projection int) *SynapsesNow) (*Query, error) {
	clock, err := clock.New(desc.Resolution)
	if err != nil {
		return nil, err
	}
	grids, err := PopulationGrids(desc, clock)
	if err != nil {
		return nil, err
	}
	return &Query{desc.Clone(), clock, grids, now}, nil
}

// Connections calls visit for every synapse of a selection, in the order of the
// selection's projections, then of Target and Index, until visit returns false.
// It draws them anew, and no targets but those asked for; weights and delays only
// of targets that have some source asked for. The shards have no part in it, but for
// the state of synapses that have any, onto neurons that are here.
func (q *Query) Connections(of Selection, visit func(c Connection) bool) error {
	projections := of.Projections
	if projections == nil {
		projections = make([]int, len(q.desc.Projections))
		for i := range projections {
			projections[i] = i
		}
	}
	for _, i := range projections {
		if i < 0 || i >= len(q.desc.Projections) {
			return fmt.Errorf("projection %d, must be in [0, %d)", i, len(q.desc.Projections))
		}
		if more, err := q.connections(i, of, visit); err != nil || !more {
			return err
		}
	}
	return nil
}

// connections visits the synapses of a projection, and reports whether to go on.
func (q *Query) connections(i int, of Selection, visit func(c Connection) bool) (more bool, err error) {
	pr := &q.desc.Projections[i]
	sources, targets := network.NewPool(pr.Sources()), network.NewPool(pr.Targets())
	from, onto := marked(&sources, of.Sources), marked(&targets, of.Targets)
	if from.none || onto.none {
		return true, nil
	}
	fail := func(err error) (bool, error) {
		return false, fmt.Errorf("%s -> %s: %w", q.desc.Names(pr.Pre), q.desc.Names(pr.Post), err)
	}
	p, err := newPlan(nil, q.desc, i)
	if err != nil {
		return fail(err)
	}
	columns, stateful := q.desc.SynapseColumns(i)
	var now *SynapsesNow
	if stateful && q.now != nil {
		now = q.now(i)
	}
	var d Drawn
	for k, r := range targets.Parts {
		first := targets.First[k]
		var w *Drawer
		for t := first; t < first+r.N; t++ {
			if !onto.has(t) {
				continue
			}
			if w == nil {
				if w, err = newDrawer(q.desc, p, k, q.clock, q.grids[r.Population]); err != nil {
					return fail(err)
				}
			}
			if from.some != nil {
				p.drawSources(t, &d)
				wanted := false
				for _, s := range d.Source {
					wanted = wanted || from.has(int(s-p.offset))
				}
				if !wanted {
					continue
				}
			}
			if w.Draw(t-first, &d); d.Err != nil {
				return fail(d.Err)
			}
			for j, s := range d.Source {
				s -= p.offset
				if !from.has(int(s)) {
					continue
				}
				c := Connection{row: -1, Projection: i, Target: uint32(t), Index: uint32(j), Source: s, Weight: w.weightOf(&d, j), Delay: int64(d.Key[j] >> 1)}
				if w.weight.byRow != nil {
					c.row = d.row[j]
				}
				if w.Stateful {
					if now != nil {
						if err := now.Here(r.Population, r.From+t-first); err != nil {
							return fail(err)
						}
					}
					tell(now, columns, w, &d, &c)
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

// SynapsesNow are the synapses with state of a projection as they are.
type SynapsesNow struct {
	State network.SynapseState
	First []int64                       // synapses of all targets before each
	Step  int64                         // at which they are so
	Here  func(population, i int) error // says that the synapses onto a neuron are not here
}

// tell puts the weight and columns of a connection, which d has, into it; now is nil
// where they are as they begin.
func tell(now *SynapsesNow, columns []synapse.Column, w *Drawer, d *Drawn, c *Connection) {
	values := make([]float64, len(columns))
	c.State = &ConnectionState{columns, values}
	if now == nil {
		c.Weight = w.StartWeight(d, int(c.Target), int(c.Index))
		for i := range values {
			values[i] = columns[i].Start
		}
		return
	}
	at := now.First[c.Target] + int64(c.Index)
	c.Weight = now.State.Weight[at]
	if s, ok := w.weightChange(int(c.Target), int(c.Index)); ok && s.Since == now.Step {
		c.Weight = s.Weight // which the state may not have yet
	}
	for i := range values {
		values[i] = now.State.Columns[columns[i].Name][at]
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
	for t := range p.Onto.N {
		n += int64(p.Degree(t))
	}
	return n
}
