package sim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"cortigo/sim/internal/engine"
	"cortigo/sim/internal/network"
)

// A change says what is no longer as the engine was built.
type change int

const (
	unchanged       change = iota
	devicesChanged         // parameters of neurons, or devices: the synapses stay
	synapsesChanged        // connections, or nodes
)

func (n *Network) touch(c change) {
	if n.engine != nil {
		n.change = max(n.change, c)
	}
}

// replacePopulation puts p in the place of population i.
func (n *Network) replacePopulation(i int, p *network.Population) {
	old := n.desc.Populations[i]
	n.desc.Populations[i] = *p
	if i >= n.built() {
		return
	}
	n.touch(devicesChanged)
	if !network.SameChannels(&old, p) {
		n.touch(synapsesChanged)
	}
}

// checkPopulation reports why p cannot take the place of population i now.
func (n *Network) checkPopulation(i int, p *network.Population) error {
	if i < n.built() && n.engine.Step() > 0 && !network.SameChannels(&n.desc.Populations[i], p) {
		return n.engine.CanAdopt(i, p)
	}
	return nil
}

// replaceGenerator puts g in the place of a group of generators. What they have
// already emitted still arrives.
func (n *Network) replaceGenerator(i int, g *network.Generator) {
	old := n.desc.Generators[i]
	n.desc.Generators = slices.Clone(n.desc.Generators)
	n.desc.Generators[i] = *g
	var attachments []network.Attachment
	for _, a := range n.desc.Attachments {
		if a.Over(n.now(), n.desc.Resolution) {
			continue
		}
		at := a.Generator - g.Number
		if a.Until == 0 && at >= 0 && at < g.N && !reflect.DeepEqual(old.Model(at), g.Model(at)) {
			if past, ok := n.ended(a); ok {
				attachments = append(attachments, past)
				a.Since = n.now()
			}
			a.Device = g.Model(at)
			n.touch(devicesChanged)
		}
		attachments = append(attachments, a)
	}
	n.desc.Attachments = attachments
	n.recordings = false
}

// ready makes the engine fit the description, with the state that was reached,
// and with the recorders.
func (n *Network) ready(ctx context.Context) error {
	if ctx == nil {
		return errors.New("sim: the context is nil: context.Background() is one that never ends")
	}
	if n.engine == nil {
		if err := n.build(ctx); err != nil {
			return err
		}
	}
	if n.change != unchanged {
		if err := n.renew(ctx); err != nil {
			return err
		}
	}
	if !n.recordings {
		return n.attachRecorders()
	}
	return nil
}

// renew replaces the engine by one of the changed description.
func (n *Network) renew(ctx context.Context) error {
	if err := n.engine.Broken(); err != nil {
		return fmt.Errorf("sim: the network cannot be changed, an earlier run stopped within a step: %w", err)
	}
	if err := n.engine.StopRecording(); err != nil {
		return fmt.Errorf("sim: a recorder has not taken what was recorded: %w", err)
	}
	n.recordings = false
	var e *engine.Engine
	var err error
	if n.change == devicesChanged && n.engine.Fits(&n.desc) {
		e, err = n.engine.Reload(&n.desc)
	} else {
		if err := cmp.Or(n.checkShare(), n.checkMemory()); err != nil {
			return err
		}
		e, err = engine.Rebuild(ctx, &n.desc, n.engineOptions(), n.engine)
	}
	if err != nil {
		return fmt.Errorf("sim: %w", err)
	}
	n.engine, n.change = e, unchanged
	e.Settle(&n.desc)
	return nil
}

// attachRecorders makes the engine record what the recorders ask for.
func (n *Network) attachRecorders() error {
	if err := n.engine.StopRecording(); err != nil {
		return fmt.Errorf("sim: a recorder has not taken what was recorded: %w", err)
	}
	for _, r := range n.recorders {
		if err := r.attach(n.engine); err != nil {
			return err
		}
	}
	n.recordings = true
	return nil
}

// Reset takes the network back to time 0 and its initial state. Nodes, parameters,
// weights and connections stay as they are now, as if they had been so from the
// start; the memories of recorders are emptied.
func (n *Network) Reset() { n.changing("Reset", n.reset) }

func (n *Network) reset() error {
	for _, r := range n.recorders {
		r.clear(0)
	}
	if n.engine == nil {
		return nil
	}
	var attachments []network.Attachment
	for _, a := range n.desc.Attachments {
		if a.Until == 0 {
			a.Since = 0
			attachments = append(attachments, a)
		}
	}
	n.desc.Attachments = attachments
	n.desc.Projections = network.Rewound(n.desc.Projections)
	if n.change == synapsesChanged || !n.engine.Fits(&n.desc) {
		n.engine = nil // is built anew with the next Simulate
	} else {
		e, err := n.engine.Restart(&n.desc)
		if err != nil {
			return fmt.Errorf("sim: %w", err)
		}
		n.engine = e
	}
	n.change, n.recordings = unchanged, false
	return nil
}
