package sim

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"cortigo/sim/connect"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/wiring"
)

// SetWeights gives connections, as Connections returned them, other weights: one
// number of any type for all, a slice of numbers, one for each, or a
// connect.Distribution to draw them from. The connections may have been queried
// before others were changed or made. Spikes under way arrive with the old weights.
// Weights of recorders cannot be set. Synapses with state continue from the weights
// that they are given.
func (n *Network) SetWeights(connections []Connection, weights any) {
	n.changing("SetWeights", func() error { return n.setSynapses(connections, weights, "weight") })
}

// SetDelays is SetWeights for delays in ms. Spikes under way keep the old
// delays.
func (n *Network) SetDelays(connections []Connection, delays any) {
	n.changing("SetDelays", func() error { return n.setSynapses(connections, delays, "delay") })
}

func (n *Network) setSynapses(connections []Connection, values any, what string) error {
	if len(connections) == 0 {
		return nil
	}
	fail := func(err error) error { return fmt.Errorf("sim: setting the %s of connections: %w", what, err) }
	given, err := connect.AsDistribution(values)
	if err != nil {
		return fail(err)
	}
	var list []float64
	draws := n.desc.Draws
	switch v := given.(type) {
	case connect.Values:
		list = v
	case connect.Constant:
		list = slices.Repeat([]float64{float64(v)}, len(connections))
	default:
		if list, err = wiring.DrawParameter(n.desc.Seed, draws, v, len(connections)); err != nil {
			return fail(err)
		}
	}
	if _, ok := values.(connect.Distribution); ok {
		draws++
	}
	if len(list) != len(connections) {
		return fail(fmt.Errorf("%d values for %d connections, must be as many", len(list), len(connections)))
	}
	changes := map[int][]network.SynapseChange{}
	attached := map[attachmentKey]float64{}
	for i, c := range connections {
		x := list[i]
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fail(fmt.Errorf("that of %d -> %d is %g, must be finite", c.Source, c.Target, x))
		}
		switch {
		case c.net != n:
			return fail(fmt.Errorf("%d -> %d is of another network, or was not returned by Connections", c.Source, c.Target))
		case c.origin == fromRecorder:
			return fail(fmt.Errorf("%d -> %d is of a recorder, where it does not matter", c.Source, c.Target))
		case c.origin == fromAttachment:
			attached[c.attachment] = x
		default:
			s := network.SynapseChange{Target: c.target, Index: c.index, Weight: x, Delay: math.NaN()}
			if what == "delay" {
				s.Weight, s.Delay = math.NaN(), x
			}
			if c.state != nil {
				s.Since = n.now()
			}
			changes[c.projection] = append(changes[c.projection], s)
		}
	}
	projections := slices.Clone(n.desc.Projections)
	for p, list := range changes {
		pr := &projections[p]
		pr.Changed = mergeChanges(pr.Changed, list)
		if err := network.CheckChanges(pr, n.desc.Resolution); err != nil {
			return fail(err)
		}
		if err := network.CheckKind(&n.desc, pr); err != nil {
			return fail(err)
		}
	}
	attachments, err := n.changeAttachments(attached, what)
	if err != nil {
		return fail(err)
	}
	n.desc.Draws = draws
	n.desc.Projections, n.desc.Attachments = projections, attachments
	if len(changes) > 0 {
		n.touch(synapsesChanged)
	}
	if len(attached) > 0 {
		n.touch(devicesChanged)
	}
	return nil
}

// mergeChanges returns old and new changes in order, the last of a synapse for
// each of weight and delay.
func mergeChanges(old, more []network.SynapseChange) []network.SynapseChange {
	all := append(slices.Clone(old), more...)
	slices.SortStableFunc(all, func(a, b network.SynapseChange) int {
		return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Index, b.Index))
	})
	merged := all[:0]
	for _, c := range all {
		if k := len(merged) - 1; k >= 0 && merged[k].Target == c.Target && merged[k].Index == c.Index {
			if !math.IsNaN(c.Weight) {
				merged[k].Weight, merged[k].Since = c.Weight, c.Since
			}
			if !math.IsNaN(c.Delay) {
				merged[k].Delay = c.Delay
			}
			continue
		}
		merged = append(merged, c)
	}
	return merged
}

// changeAttachments returns the attachments with some connections changed from
// now on; those that are of several are taken apart.
func (n *Network) changeAttachments(changed map[attachmentKey]float64, what string) ([]network.Attachment, error) {
	if len(changed) == 0 {
		return n.desc.Attachments, nil
	}
	var attachments []network.Attachment
	for _, a := range n.desc.Attachments {
		wanted := false
		for k := range a.Post.N {
			_, ok := changed[keyOf(&a, k)]
			wanted = wanted || ok
		}
		if !wanted || a.Until != 0 {
			if !a.Over(n.now(), n.desc.Resolution) {
				attachments = append(attachments, a)
			}
			continue
		}
		if old, ok := n.ended(a); ok {
			attachments = append(attachments, old)
			a.Since = n.now()
		}
		for k := range a.Post.N {
			weight, delay, err := wiring.AttachmentSynapse(&n.desc, &a, k)
			if err != nil {
				return nil, err
			}
			if x, ok := changed[keyOf(&a, k)]; ok && what == "delay" {
				delay = x
			} else if ok {
				weight = x
			}
			one := a // the train of each target stays what it is: it is named by the ordinal and the neuron
			one.Post = network.Range{Population: a.Post.Population, From: a.Post.From + k, N: 1}
			one.Weight, one.Delay = connect.Constant(weight), connect.Constant(delay)
			if err := network.CheckDevice(&one, n.desc.Populations[a.Post.Population].Model, n.desc.Resolution); err != nil {
				return nil, err
			}
			attachments = append(attachments, one)
		}
	}
	return attachments, nil
}

// ended returns an attachment as it brings what was emitted until now; false if
// that is nothing.
func (n *Network) ended(a network.Attachment) (network.Attachment, bool) {
	a.Until = n.now()
	return a, a.Since < a.Until
}
