package sim

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/network"
	"cortigo/sim/neuron"
	"cortigo/sim/spikes"
)

// kind says what a group of nodes is.
type kind int

const (
	neurons kind = iota
	generators
	recorders
)

func (k kind) String() string { return [...]string{"neurons", "generators", "recorders"}[k] }

// A group is what one call of Create made.
type group struct {
	name  string
	first int32 // id of the first node; 0: what Record made, which is no node
	n     int
	kind  kind
	at    int // in the description's populations or generators, or in the network's recorders
}

func (g *group) areNodes() bool { return g.first > 0 }

// A span is the nodes from..from+n-1 of a group.
type span struct{ group, from, n int }

// Nodes is a collection of nodes of a network: neurons, generators or
// recorders, in order of their ids. Slices and joins of it are views; they copy
// no node.
//
// A slice or join that makes no sense gives a collection without nodes whose Err
// says why; calls with it fail with that error. Set and other calls that return no
// error do nothing with a collection that is nil or belongs to no network, since no
// network could remember the error.
type Nodes struct {
	net   *Network
	parts []span
	err   error
}

// Err returns what was wrong when the collection was made; nil if nothing was.
func (c *Nodes) Err() error {
	switch {
	case c == nil:
		return errors.New("sim: a collection of nodes is nil")
	case c.err != nil:
		return c.err
	case c.net == nil:
		return errors.New("sim: a collection of nodes is of no network: make one with Create")
	}
	return nil
}

// Network returns the network that the nodes are of.
func (c *Nodes) Network() *Network {
	if c == nil {
		return nil
	}
	return c.net
}

// without returns the collection that stands for one that makes no sense.
func (c *Nodes) without(err error) *Nodes { return &Nodes{net: c.Network(), err: err} }

// Len returns the number of nodes.
func (c *Nodes) Len() int {
	if c == nil {
		return 0
	}
	n := 0
	for _, s := range c.parts {
		n += s.n
	}
	return n
}

// IDs returns the ids of the nodes; 0 for what Record made.
func (c *Nodes) IDs() []int32 {
	ids := make([]int32, 0, c.Len())
	if c == nil {
		return ids
	}
	for _, s := range c.parts {
		first := c.net.groups[s.group].first + int32(s.from)
		for i := range s.n {
			ids = append(ids, first+int32(i))
		}
	}
	return ids
}

// First returns the id of the first node; 0 if there is none.
func (c *Nodes) First() int32 {
	if c.Len() == 0 {
		return 0
	}
	return c.net.groups[c.parts[0].group].first + int32(c.parts[0].from)
}

// Name returns the name the nodes were created under; those of a joined
// collection are joined by "+".
func (c *Nodes) Name() string {
	if c == nil {
		return ""
	}
	var names []string
	for _, s := range c.parts {
		if n := c.net.groups[s.group].name; len(names) == 0 || names[len(names)-1] != n {
			names = append(names, n)
		}
	}
	return strings.Join(names, "+")
}

// String names the nodes and their ids, those of the first ten parts of a scattered
// collection.
func (c *Nodes) String() string {
	if err := c.Err(); err != nil {
		return "no nodes: " + err.Error()
	}
	var b strings.Builder
	for i, s := range c.parts {
		if i > 0 {
			b.WriteString(", ")
		}
		if i == maxRows {
			fmt.Fprintf(&b, "... (%d nodes in all)", c.Len())
			break
		}
		g := &c.net.groups[s.group]
		model := c.net.modelOf(s.group, s.from).ModelName() + ", "
		if g.name+", " == model {
			model = "" // nodes without a name of their own
		}
		if first := g.first + int32(s.from); !g.areNodes() {
			fmt.Fprintf(&b, "%s (no node)", g.name)
		} else if s.n == 1 {
			fmt.Fprintf(&b, "%s (%sid %d)", g.name, model, first)
		} else {
			fmt.Fprintf(&b, "%s (%sids %d-%d)", g.name, model, first, first+int32(s.n)-1)
		}
	}
	return b.String()
}

// Slice returns the nodes [from, to), counted from 0.
func (c *Nodes) Slice(from, to int) *Nodes {
	if err := c.Err(); err != nil {
		return c.without(err)
	}
	if from < 0 || to < from || to > c.Len() {
		return c.without(fmt.Errorf("sim: slice [%d, %d) of %s, must be within [0, %d)", from, to, describeNodes(c), c.Len()))
	}
	s := &Nodes{net: c.net}
	for _, p := range c.parts {
		a, b := max(from, 0), min(to, p.n)
		if a < b {
			s.parts = append(s.parts, span{p.group, p.from + a, b - a})
		}
		from, to = from-p.n, to-p.n
	}
	return s
}

// At returns node i, counted from 0.
func (c *Nodes) At(i int) *Nodes {
	if c.Err() == nil && (i < 0 || i >= c.Len()) {
		return c.without(fmt.Errorf("sim: node %d of %s, must be in [0, %d)", i, describeNodes(c), c.Len()))
	}
	return c.Slice(i, i+1)
}

// Every returns the nodes 0, step, 2*step, ...
func (c *Nodes) Every(step int) *Nodes {
	if c.Err() == nil && step < 1 {
		return c.without(fmt.Errorf("sim: every %d-th of %s, must be at least 1", step, describeNodes(c)))
	}
	return c.pick(func(i int) bool { return i%step == 0 })
}

// Where returns the nodes for whose place in the collection, counted from 0,
// chosen returns true.
func (c *Nodes) Where(chosen func(i int) bool) *Nodes {
	if c.Err() == nil && chosen == nil {
		return c.without(fmt.Errorf("sim: nodes of %s where nil: no function", describeNodes(c)))
	}
	return c.pick(chosen)
}

func (c *Nodes) pick(chosen func(i int) bool) *Nodes {
	if err := c.Err(); err != nil {
		return c.without(err)
	}
	s := &Nodes{net: c.net}
	i := 0
	for _, p := range c.parts {
		for k := range p.n {
			if chosen(i) {
				s.append(span{p.group, p.from + k, 1})
			}
			i++
		}
	}
	return s
}

// append adds nodes after the present ones.
func (c *Nodes) append(s span) {
	if n := len(c.parts); n > 0 && c.parts[n-1].group == s.group && c.parts[n-1].from+c.parts[n-1].n == s.from {
		c.parts[n-1].n += s.n
		return
	}
	c.parts = append(c.parts, s)
}

// All iterates over the nodes, each a collection of its own, by their place.
func (c *Nodes) All() iter.Seq2[int, *Nodes] {
	return func(yield func(int, *Nodes) bool) {
		if c == nil {
			return
		}
		i := 0
		for _, p := range c.parts {
			for k := range p.n {
				if !yield(i, &Nodes{net: c.net, parts: []span{{p.group, p.from + k, 1}}}) {
					return
				}
				i++
			}
		}
	}
}

// Join returns the nodes of several collections in order of their ids. A node
// must not occur twice, and neurons, generators and recorders cannot be joined
// with each other.
func Join(collections ...*Nodes) *Nodes {
	j := &Nodes{}
	for _, c := range collections {
		if j.net = c.Network(); j.net != nil {
			break
		}
	}
	for i, c := range collections {
		switch {
		case c == nil:
			return j.without(fmt.Errorf("sim: Join: collection %d is nil", i))
		case c.Err() != nil:
			return j.without(c.Err())
		case c.net != j.net:
			return j.without(fmt.Errorf("sim: Join: %s is of another network", describeNodes(c)))
		}
		j.parts = append(j.parts, c.parts...)
	}
	slices.SortFunc(j.parts, func(a, b span) int {
		if a.group != b.group {
			return a.group - b.group
		}
		return a.from - b.from
	})
	sorted := j.parts
	j.parts = nil
	for i, s := range sorted {
		g := &j.net.groups[s.group]
		if i > 0 {
			if p := sorted[i-1]; p.group == s.group && p.from+p.n > s.from {
				return j.without(fmt.Errorf("sim: Join: node %d (%s) is there twice", g.first+int32(s.from), brief.String(g.name)))
			}
			if k := j.net.groups[sorted[0].group].kind; k != g.kind {
				return j.without(fmt.Errorf("sim: Join: %s are %v, %s are %v", brief.String(j.net.groups[sorted[0].group].name), k, brief.String(g.name), g.kind))
			}
		}
		j.append(s)
	}
	return j
}

// describeNodes names nodes for an error.
func describeNodes(c *Nodes) string {
	if c.Len() == 0 {
		return "no nodes"
	}
	return fmt.Sprintf("%s with %d nodes", c.shortName(), c.Len())
}

// shortName is Name for errors.
func (c *Nodes) shortName() string { return brief.String(c.Name()) }

// kind returns what the nodes are; neurons if there are none.
func (c *Nodes) kind() kind {
	if len(c.parts) == 0 {
		return neurons
	}
	return c.net.groups[c.parts[0].group].kind
}

// ranges returns neurons as the engine counts them.
func (c *Nodes) ranges() []network.Range {
	var r []network.Range
	for _, s := range c.parts {
		r = append(r, network.Range{Population: c.net.groups[s.group].at, From: s.from, N: s.n})
	}
	return r
}

// SpikePopulations returns the neurons as the populations of spike data, one for
// each name; a part of a population is named by its places, such as "exc[0:50]".
// Parrots and generators are input. Label, kind and group are as set by SetLabel,
// SetKind and SetGroup.
func (c *Nodes) SpikePopulations() []spikes.Population {
	var ps []spikes.Population
	if c == nil {
		return nil
	}
	for _, s := range c.parts {
		g := &c.net.groups[s.group]
		part := ""
		if s.n < g.n {
			part = fmt.Sprintf("[%d:%d]", s.from, s.from+s.n)
		}
		p := spikes.Population{Name: g.name + part, First: g.first + int32(s.from), N: s.n, Input: c.net.isInput(s)}
		if l := c.net.labels(g); l != nil {
			p.Kind, p.Group = spikes.Kind(l.Kind), l.Group
			if l.Label != "" {
				p.Label = l.Label + part
			}
		}
		ps = append(ps, p)
	}
	return ps
}

// isInput says whether the spikes of nodes are input: those of parrots and
// generators are.
func (n *Network) isInput(s span) bool {
	if n.groups[s.group].kind == generators {
		return true
	}
	spec, err := neuron.SpecOf(n.modelOf(s.group, s.from))
	return err == nil && spec.Counts
}
