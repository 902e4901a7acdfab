package sim

import (
	"fmt"
	"slices"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/wiring"
)

// Connect connects the nodes of pre to those of post. how may have a connect.Rule
// (NEST's conn_spec) and a connect.Synapse (its syn_spec), in any order. Without a
// rule all are connected to all; without a synapse, weights are 1 and delays 1 ms:
//
//	net.Connect(noise, all)
//	net.Connect(noise, all, connect.Synapse{Weight: 30})
//	net.Connect(exc, all, connect.FixedInDegree{N: 80}, connect.Synapse{Weight: 20, Delay: 1.5})
//
// As in NEST, neurons and generators are connected to neurons,
// neurons and generators that emit spikes to spike recorders, and multimeters
// to the neurons that they read. Each collection is one pool for the rule,
// however it was joined. Recorders are connected by AllToAll or OneToOne, each node
// to a recorder once; a multimeter reads currents of neurons with equal synaptic
// time constants only from their first step on.
//
// Weights are in pA, or mV onto iaf_psc_delta; drawn weights are rounded to a
// grid of at least 64 points to the standard deviation, listed ones are exact to
// 2^-40 of the largest. Delays are rounded to steps, half up. Weights and delays
// of connections of recorders do not matter.
//
// A network that has been simulated can be connected further. A connection
// carries the spikes, or currents, that are emitted after it was made.
func (n *Network) Connect(pre, post *Nodes, how ...connect.Specification) {
	n.changing("Connect", func() error { return n.connect(pre, post, how) })
}

// specified returns the rule and the synapse among what Connect was given.
func specified(how []connect.Specification) (rule connect.Rule, syn connect.Synapse, err error) {
	synapses := 0
	for _, h := range how {
		switch h := h.(type) {
		case nil: // left out
		case connect.Synapse:
			syn = h
			synapses++
		case connect.Rule:
			if rule != nil {
				return nil, syn, fmt.Errorf("two rules, a %T and a %T, must be at most one", rule, h)
			}
			rule = h
		default:
			return nil, syn, fmt.Errorf("a %T, must be a rule or a synapse of package connect (not a pointer to one)", h)
		}
	}
	if synapses > 1 {
		return nil, syn, fmt.Errorf("%d synapses, must be at most one", synapses)
	}
	if rule == nil {
		rule = connect.AllToAll{}
	}
	return rule, syn, nil
}

func (n *Network) connect(pre, post *Nodes, how []connect.Specification) error {
	if err := n.own(pre, post); err != nil {
		return err
	}
	fail := func(err error) error {
		return fmt.Errorf("sim: %s -> %s: %w", pre.shortName(), post.shortName(), err)
	}
	rule, given, err := specified(how)
	if err != nil {
		return fail(err)
	}
	syn, err := n.resolve(given)
	if err != nil {
		return fail(err)
	}
	if pre.Len() == 0 || post.Len() == 0 {
		if err := network.CheckRule(rule, pre.ranges(), post.ranges()); err != nil {
			return fail(err)
		}
		return nil // no connections
	}
	from, to := pre.kind(), post.kind()
	if dev := pre; from != neurons || to != neurons {
		if from == neurons {
			dev = post
		}
		if err := n.static(syn, dev.model().ModelName()); err != nil {
			return fail(err)
		}
	}
	switch {
	case from == neurons && to == neurons:
		err = n.connectNeurons(pre, post, rule, syn)
	case from == generators && to == neurons:
		err = n.connectGenerators(pre, post, rule, syn)
	case to == recorders && from != recorders:
		err = n.connectRecorders(post, pre, rule, false)
	case from == recorders && to == neurons:
		err = n.connectRecorders(pre, post, rule, true)
	case from == recorders:
		err = fmt.Errorf("a %s cannot be a source of %v", pre.model().ModelName(), to)
	default:
		err = fmt.Errorf("a %s cannot be a target", post.model().ModelName())
	}
	if err != nil {
		return fail(err)
	}
	return nil
}

// model returns the model of the first node.
func (c *Nodes) model() Model { return c.net.modelOf(c.parts[0].group, c.parts[0].from) }

// maxParts is the number of parts of a collection above which neurons are
// connected one by one: a projection draws the synapses of a target once for
// each part of its sources.
const maxParts = 16

func (n *Network) connectNeurons(pre, post *Nodes, rule connect.Rule, syn synapseSpec) error {
	from, to := pre.ranges(), post.ranges()
	pr := network.Projection{Pre: from, Post: to, Rule: connect.CopyRule(rule), Weight: connect.CopyDistribution(syn.weight), Delay: connect.CopyDistribution(syn.delay), Synapse: syn.model}
	models := n.desc.SynapseModels
	err := n.useModel(pr.Synapse)
	if err == nil {
		err = network.CheckProjection(&pr, n.desc.Resolution)
	}
	if err == nil {
		err = network.CheckKind(&n.desc, &pr)
	}
	if err != nil {
		n.desc.SynapseModels = models
		return err
	}
	if len(from) > maxParts || len(to) > maxParts {
		return n.connectPairs(pre, post, pr)
	}
	n.addProjection(pr)
	return nil
}

// addProjection appends a projection, numbering those between the same two
// populations.
func (n *Network) addProjection(pr network.Projection) {
	simple := func(p *network.Projection) bool { return len(p.Pre) == 1 && len(p.Post) == 1 }
	if simple(&pr) {
		for i := range n.desc.Projections {
			p := &n.desc.Projections[i]
			if simple(p) && p.Pre[0].Population == pr.Pre[0].Population && p.Post[0].Population == pr.Post[0].Population {
				pr.Ordinal++
			}
		}
	}
	n.desc.Projections = append(n.desc.Projections, pr)
	n.touch(synapsesChanged)
}

// connectPairs draws the connections between scattered collections now and
// keeps them as lists between whole populations.
func (n *Network) connectPairs(pre, post *Nodes, pr network.Projection) error {
	type pair struct{ pre, post int }
	lists := map[pair]*connect.List{}
	var order []pair
	// Reverse connections are numbered after the others.
	src, dst := append(pre.places(), post.places()...), append(post.places(), pre.places()...)
	err := n.drawPairs(wiring.Pairs{Pre: pre.Len(), Post: post.Len(), Shared: shared(pre, post)}, pr, func(s, t int, weight, delay float64) {
		k := pair{src[s].group, dst[t].group}
		l := lists[k]
		if l == nil {
			l = &connect.List{}
			lists[k] = l
			order = append(order, k)
		}
		l.Pre, l.Post = append(l.Pre, int32(src[s].from)), append(l.Post, int32(dst[t].from))
		l.Weight, l.Delay = append(l.Weight, weight), append(l.Delay, delay)
	})
	if err != nil {
		return err
	}
	for _, k := range order {
		n.addProjection(network.Projection{
			Pre:  n.groupNodes(k.pre).ranges(),
			Post: n.groupNodes(k.post).ranges(),
			Rule: *lists[k], Weight: connect.Constant(1), Delay: connect.Constant(1), Synapse: pr.Synapse,
		})
	}
	return nil
}

// shared returns which node of b is which of a, -1 where it is none; nil if they
// have none in common.
func shared(a, b *Nodes) []int {
	at := make(map[int32]int, a.Len())
	for i, id := range a.IDs() {
		at[id] = i
	}
	places, any := make([]int, 0, b.Len()), false
	for _, id := range b.IDs() {
		i, ok := at[id]
		if !ok {
			i = -1
		}
		places, any = append(places, i), any || ok
	}
	if !any {
		return nil
	}
	return places
}

// places returns every node's group and place in it.
func (c *Nodes) places() []span {
	var all []span
	for _, s := range c.parts {
		for i := range s.n {
			all = append(all, span{s.group, s.from + i, 1})
		}
	}
	return all
}

// drawPairs draws the connections of a projection between pools of nodes, in
// order of target.
func (n *Network) drawPairs(of wiring.Pairs, pr network.Projection, visit func(s, t int, weight, delay float64)) error {
	if err := wiring.DrawPairs(n.desc.Seed, n.desc.Resolution, n.desc.Draws, of, pr, visit); err != nil {
		return err
	}
	n.desc.Draws++
	return nil
}

// connectGenerators attaches generators to neurons.
func (n *Network) connectGenerators(pre, post *Nodes, rule connect.Rule, syn synapseSpec) error {
	if symmetric(rule) {
		return fmt.Errorf("%T connects in both directions, and a %s cannot be a target", rule, pre.model().ModelName())
	}
	syn.weight, syn.delay = connect.CopyDistribution(syn.weight), connect.CopyDistribution(syn.delay)
	var attachments []network.Attachment
	add := func(generator span, onto network.Range, weight, delay connect.Distribution) error {
		g := &n.desc.Generators[n.groups[generator.group].at]
		at := network.Attachment{Device: g.Model(generator.from), Generator: g.Number + generator.from, Post: onto,
			Weight: weight, Delay: delay, Synapse: syn.model, Since: n.now()}
		if err := network.CheckDevice(&at, n.desc.Populations[onto.Population].Model, n.desc.Resolution); err != nil {
			return err
		}
		attachments = append(attachments, at)
		return nil
	}
	src := pre.places()
	_, all := rule.(connect.AllToAll)
	if all && drawn(syn.weight) && drawn(syn.delay) {
		if err := connect.CheckDrawn(syn.weight); err != nil {
			return fmt.Errorf("weight: %w", err)
		}
		if err := connect.CheckDrawn(syn.delay); err != nil {
			return fmt.Errorf("delay: %w", err)
		}
		for _, g := range src {
			for _, r := range post.ranges() {
				if err := add(g, r, syn.weight, syn.delay); err != nil {
					return err
				}
			}
		}
	} else {
		pr := network.Projection{Rule: connect.CopyRule(rule), Weight: syn.weight, Delay: syn.delay}
		dst := post.places()
		var failure error
		draws := n.desc.Draws
		err := n.drawPairs(wiring.Pairs{Pre: pre.Len(), Post: post.Len()}, pr, func(s, t int, weight, delay float64) {
			onto := network.Range{Population: n.groups[dst[t].group].at, From: dst[t].from, N: 1}
			if err := add(src[s], onto, connect.Constant(weight), connect.Constant(delay)); err != nil && failure == nil {
				failure = err
			}
		})
		if err != nil {
			return err
		}
		if failure != nil {
			n.desc.Draws = draws
			return failure
		}
	}
	n.desc.Attachments = appendNumbered(n.desc.Attachments, attachments)
	n.touch(devicesChanged)
	return nil
}

// drawn reports whether values are drawn one by one, not given as an array.
func drawn(d connect.Distribution) bool {
	_, array := d.(connect.Values)
	return !array
}

// symmetric reports whether a rule asks for connections in both directions.
func symmetric(r connect.Rule) bool {
	if all, ok := r.(connect.AllToAll); ok {
		return all.Symmetric
	}
	return connect.MakesReverse(r)
}

// appendNumbered appends attachments, numbering those of one generator to one
// population.
func appendNumbered(dst, more []network.Attachment) []network.Attachment {
	type key struct{ generator, population int }
	next := map[key]uint32{}
	for _, a := range dst {
		k := key{a.Generator, a.Post.Population}
		next[k] = max(next[k], a.Ordinal+1)
	}
	for _, a := range more {
		k := key{a.Generator, a.Post.Population}
		a.Ordinal = next[k]
		next[k]++
		dst = append(dst, a)
	}
	return dst
}

// connectRecorders connects recorders to what they record. Meters are connected
// to the neurons that they read, spike recorders the other way round.
func (n *Network) connectRecorders(recs, of *Nodes, rule connect.Rule, recorderIsSource bool) error {
	if symmetric(rule) {
		return fmt.Errorf("recorders cannot be connected in both directions")
	}
	var onto []*Nodes // of each recorder
	switch r := rule.(type) {
	case connect.AllToAll:
		onto = slices.Repeat([]*Nodes{of}, recs.Len())
	case connect.OneToOne:
		if err := r.Validate(recs.Len(), of.Len()); err != nil {
			return err
		}
		for _, node := range of.All() {
			onto = append(onto, node)
		}
	default:
		return fmt.Errorf("recorders are connected by AllToAll or OneToOne, not %T", rule)
	}
	places := recs.places()
	for i, place := range places {
		rec := n.recorders[n.groups[place.group].at+place.from]
		_, meter := rec.model.(device.Multimeter)
		switch {
		case meter && !recorderIsSource:
			return fmt.Errorf("a %s cannot be a target: connect it to the neurons it reads, not them to it", rec.model.ModelName())
		case !meter && recorderIsSource:
			return fmt.Errorf("a %s cannot be a source: connect the neurons to it", rec.model.ModelName())
		}
		if err := rec.checkSources(onto[i]); err != nil {
			return err
		}
	}
	for i, place := range places {
		n.recorders[n.groups[place.group].at+place.from].add(onto[i])
	}
	n.recordings = false
	return nil
}
