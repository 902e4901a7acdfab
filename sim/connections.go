package sim

import (
	"fmt"

	"cortigo/sim/device"
	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/engine"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/wiring"
)

// A Connection is one connection with its present values.
type Connection struct {
	Source, Target int32   // ids
	Model          string  // synapse model
	Weight         float64 // pA, or mV onto iaf_psc_delta; 1 onto a parrot and to a recorder
	Delay          float64 // ms

	net    *Network
	origin origin
	// Of a projection which one it is, and which target and synapse of it.
	projection int
	target     uint32
	index      uint32
	state      *wiring.ConnectionState // nil: it has none
	attachment attachmentKey
}

// Get returns by name the weight, the delay or, if the connection has state, a
// column of its kind.
func (c Connection) Get(name string) (float64, error) {
	names := []string{"weight", "delay"}
	switch name {
	case names[0]:
		return c.Weight, nil
	case names[1]:
		return c.Delay, nil
	}
	if c.state != nil {
		for i, column := range c.state.Columns {
			if column.Name == name {
				return c.state.Values[i], nil
			}
			names = append(names, column.Name)
		}
	}
	return 0, fmt.Errorf("sim: connection %d -> %d (%s) has no %s, but %s", c.Source, c.Target, c.Model, brief.Quote(name), brief.Names(names))
}

// String says who is connected to whom, by which model, and how.
func (c Connection) String() string {
	return fmt.Sprintf("%d -> %d: %s, weight %.4g, delay %.4g ms", c.Source, c.Target, c.Model, c.Weight, c.Delay)
}

// Connections are connections as Network.Connections returns them.
type Connections []Connection

// String returns a table of the first ten.
func (cs Connections) String() string {
	rows := [][]string{{"source", "target", "model", "weight", "delay (ms)"}}
	shown := min(len(cs), maxRows)
	for _, c := range cs[:shown] {
		rows = append(rows, []string{fmt.Sprint(c.Source), fmt.Sprint(c.Target), brief.String(c.Model), fmt.Sprintf("%.4g", c.Weight), fmt.Sprintf("%.4g", c.Delay)})
	}
	return table(rows) + more(len(cs)-shown, "connection")
}

// An attachmentKey names a connection of a generator.
type attachmentKey struct {
	generator, population, neuron int
	ordinal                       uint32
}

func keyOf(a *network.Attachment, k int) attachmentKey {
	return attachmentKey{a.Generator, a.Post.Population, a.Post.From + k, a.Ordinal}
}

type origin int

const (
	fromProjection origin = iota
	fromAttachment
	fromRecorder
)

// A ConnectionQuery says which connections are asked for; a field that is left
// out means all.
type ConnectionQuery struct {
	Source, Target *Nodes
	Model          string // synapse model
}

// Connections returns the connections of a query, NEST's GetConnections: those
// between neurons in the order in which they were made, then by target; those of
// generators; those of recorders. To find them, the synapses of a network are
// drawn again, but only those onto the targets asked for. Weights and columns of
// synapses with state are those at the time of the call.
func (n *Network) Connections(q ConnectionQuery) (Connections, error) {
	var all Connections
	err := n.reading("Connections", func() error {
		return n.eachConnection(q, func(c Connection) bool {
			all = append(all, c)
			return true
		})
	})
	return all, err
}

// EachConnection calls visit for the connections of a query, in the order of
// Connections, until it returns false.
func (n *Network) EachConnection(q ConnectionQuery, visit func(Connection) bool) error {
	return n.reading("EachConnection", func() error { return n.eachConnection(q, visit) })
}

func (n *Network) eachConnection(q ConnectionQuery, visit func(Connection) bool) error {
	if visit == nil {
		return fmt.Errorf("sim: EachConnection: visit is nil")
	}
	for _, c := range []*Nodes{q.Source, q.Target} {
		if c != nil {
			if err := n.own(c); err != nil {
				return err
			}
		}
	}
	model := q.Model
	if model == StaticSynapse {
		model = ""
	}
	if model != "" {
		if _, err := n.synapseModel(model); err != nil {
			return fmt.Errorf("sim: Connections: %w", err)
		}
	}
	has := func(synapse string) bool { return q.Model == "" || synapse == model }
	more, err := n.eachSynapse(q, has, visit)
	if err != nil || !more {
		return err
	}
	more, err = n.eachAttachment(q, has, visit)
	if err != nil || !more {
		return err
	}
	if !has("") {
		return nil
	}
	n.eachRecording(q, visit)
	return nil
}

// selected returns the neurons among nodes as ranges, nil for all, and whether
// there may be any.
func selected(c *Nodes) (of []network.Range, any bool) {
	if c == nil {
		return nil, true
	}
	if c.kind() != neurons || c.Len() == 0 {
		return nil, false
	}
	return c.ranges(), true
}

func (n *Network) eachSynapse(q ConnectionQuery, has func(string) bool, visit func(Connection) bool) (more bool, err error) {
	sources, anySource := selected(q.Source)
	targets, anyTarget := selected(q.Target)
	if !anySource || !anyTarget || len(n.desc.Projections) == 0 {
		return true, nil
	}
	of := wiring.Selection{Projections: []int{}, Sources: sources, Targets: targets}
	for i := range n.desc.Projections {
		if has(n.desc.Projections[i].Synapse) {
			of.Projections = append(of.Projections, i)
		}
	}
	d, err := engine.Describe(&n.desc, n.engine)
	if err != nil {
		return false, fmt.Errorf("sim: %w", err)
	}
	more = true
	pre, post := idsOf{}, idsOf{}
	err = d.Connections(of, func(c wiring.Connection) bool {
		pr := &n.desc.Projections[c.Projection]
		more = visit(Connection{Source: pre.at(&n.desc, c.Projection, pr.Sources, c.Source), Target: post.at(&n.desc, c.Projection, pr.Targets, c.Target),
			Model: synapseName(pr.Synapse), Weight: c.Weight, Delay: clock.MS(int64(c.Delay), n.desc.Resolution),
			net: n, projection: c.Projection, target: c.Target, index: c.Index, state: c.State})
		return more
	})
	if err != nil {
		return false, fmt.Errorf("sim: %w", err)
	}
	return more, nil
}

func synapseName(s string) string {
	if s == "" {
		return StaticSynapse
	}
	return s
}

// idsOf finds the ids of positions in a pool, that of the present projection.
type idsOf struct {
	projection int
	parts      []network.Range
}

func (x *idsOf) at(d *network.Description, projection int, parts func() []network.Range, position uint32) int32 {
	if x.parts == nil || x.projection != projection {
		x.projection, x.parts = projection, parts()
	}
	i := int(position)
	for _, r := range x.parts {
		if i < r.N {
			return d.Populations[r.Population].First + int32(r.From+i)
		}
		i -= r.N
	}
	return 0
}

// members returns the ids of a collection; nil for all.
func members(c *Nodes) map[int32]bool {
	if c == nil {
		return nil
	}
	m := make(map[int32]bool, c.Len())
	for _, id := range c.IDs() {
		m[id] = true
	}
	return m
}

func in(m map[int32]bool, id int32) bool { return m == nil || m[id] }

func (n *Network) eachAttachment(q ConnectionQuery, has func(string) bool, visit func(Connection) bool) (more bool, err error) {
	from, to := members(q.Source), members(q.Target)
	for i := range n.desc.Attachments {
		a := &n.desc.Attachments[i]
		source := n.desc.GeneratorID(a.Generator)
		if a.Until != 0 || !has(a.Synapse) || !in(from, source) {
			continue
		}
		for k := range a.Post.N {
			target := n.desc.Populations[a.Post.Population].First + int32(a.Post.From+k)
			if !in(to, target) {
				continue
			}
			weight, delay, err := wiring.AttachmentSynapse(&n.desc, a, k)
			if err != nil {
				return false, fmt.Errorf("sim: %w", err)
			}
			if !visit(Connection{Source: source, Target: target, Model: synapseName(a.Synapse), Weight: weight, Delay: delay,
				net: n, origin: fromAttachment, attachment: keyOf(a, k)}) {
				return false, nil
			}
		}
	}
	return true, nil
}

func (n *Network) eachRecording(q ConnectionQuery, visit func(Connection) bool) {
	from, to := members(q.Source), members(q.Target)
	for _, r := range n.recorders {
		if r.id == 0 {
			continue // no node
		}
		_, meter := r.model.(device.Multimeter)
		for _, ids := range [][]int32{r.of[neurons].IDs(), r.of[generators].IDs()} {
			for _, id := range ids {
				c := Connection{Source: id, Target: r.id, Model: StaticSynapse, Weight: 1, Delay: 1, net: n, origin: fromRecorder}
				if meter {
					c.Source, c.Target = r.id, id
				}
				if in(from, c.Source) && in(to, c.Target) && !visit(c) {
					return
				}
			}
		}
	}
}

// InDegrees returns how many connections from pre, nil for all neurons, each
// neuron of post has; those of generators do not count.
func (n *Network) InDegrees(pre, post *Nodes) ([]int64, error) {
	return n.degrees("InDegrees", pre, post, post, func(c Connection) int32 { return c.Target })
}

// OutDegrees returns how many connections to post, nil for all neurons, each
// neuron of pre has; those to recorders do not count.
func (n *Network) OutDegrees(pre, post *Nodes) ([]int64, error) {
	return n.degrees("OutDegrees", pre, post, pre, func(c Connection) int32 { return c.Source })
}

func (n *Network) degrees(call string, pre, post, of *Nodes, end func(Connection) int32) ([]int64, error) {
	var count []int64
	err := n.reading(call, func() (err error) {
		if err := n.own(of); err != nil {
			return err
		}
		count, err = n.countConnections(pre, post, of, end)
		return err
	})
	return count, err
}

func (n *Network) countConnections(pre, post, of *Nodes, end func(Connection) int32) ([]int64, error) {
	ids := of.IDs()
	at := make(map[int32]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	count := make([]int64, len(ids))
	err := n.eachConnection(ConnectionQuery{Source: pre, Target: post}, func(c Connection) bool {
		if i, ok := at[end(c)]; ok && c.origin == fromProjection {
			count[i]++
		}
		return c.origin == fromProjection
	})
	return count, err
}
