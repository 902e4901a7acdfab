package sim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"cortigo/sim/internal/engine"
	"cortigo/sim/internal/store"
)

// Save writes the built network and its state to dir/network and dir/state,
// which are made if they are not there and replaced if they are. Recorders are
// not part of it.
func (n *Network) Save(dir string) error {
	wait, err := n.startSaveOf("Save", dir)
	if err != nil {
		return err
	}
	return wait()
}

// StartSave is Save that does not wait for the synapses to be on the disk: they
// are written while the network simulates on. The state is that of now. wait
// returns when all is there, with the error of Save; until then Open finds no
// network in dir. What was started before is waited for first.
func (n *Network) StartSave(dir string) (wait func() error, err error) {
	return n.startSaveOf("StartSave", dir)
}

func (n *Network) startSaveOf(call, dir string) (wait func() error, err error) {
	err = n.working(call, func() (err error) {
		wait, err = n.startSave(dir)
		return err
	})
	return wait, err
}

func (n *Network) startSave(dir string) (wait func() error, err error) {
	if err := named(dir); err != nil {
		return nil, err
	}
	if n.engine == nil {
		return nil, fmt.Errorf("sim: Save before the network was built: call Build first")
	}
	if err := n.ready(context.Background()); err != nil {
		return nil, err
	}
	if n.opts.engine.Share.Of > 0 {
		return nil, fmt.Errorf("sim: a share of a network cannot be saved")
	}
	if n.saving != nil {
		n.saving() //nolint:errcheck // whoever started it is told
	}
	if err := store.ForgetNetwork(dir); err != nil {
		return nil, fmt.Errorf("sim: saving the network: %w", err)
	}
	if err := n.saveState(dir); err != nil {
		return nil, err
	}
	desc, e := n.desc.Clone(), n.engine // whose rows stay what they are
	done := make(chan error, 1)
	go func() { done <- store.SaveNetwork(dir, desc, e) }()
	n.saving = sync.OnceValue(func() error {
		if err := <-done; err != nil {
			return fmt.Errorf("sim: saving the network: %w", err)
		}
		return nil
	})
	return n.saving, nil
}

// SaveState writes the state alone, to dir/state: enough where the network was
// saved before and has not been changed since, an error if it has.
func (n *Network) SaveState(dir string) error {
	return n.working("SaveState", func() error { return n.saveState(dir) })
}

// named reports a directory without a name, which would be the current one.
func named(dir string) error {
	if dir == "" {
		return errors.New(`sim: the directory has no name (the current one is ".")`)
	}
	return nil
}

func (n *Network) saveState(dir string) error {
	if err := named(dir); err != nil {
		return err
	}
	if n.engine == nil {
		return fmt.Errorf("sim: SaveState before the network was built: call Build first")
	}
	if err := n.ready(context.Background()); err != nil {
		return err
	}
	if err := n.engine.Broken(); err != nil {
		return fmt.Errorf("sim: there is no state to save, the simulation stopped within a step: %w", err)
	}
	if err := store.CheckNetwork(dir, &n.desc); err != nil {
		return fmt.Errorf("sim: saving the state: %w", err)
	}
	if err := store.SaveState(dir, &n.desc, n.engine.State()); err != nil {
		return fmt.Errorf("sim: saving the state: %w", err)
	}
	return nil
}

// Open returns the network that was saved in dir, at the state that was saved
// last. Recorders must be attached anew. Of the options, Seed and Resolution
// have no effect: they are the network's. With another number of shards than
// the network was saved with, its synapses are drawn again, which Warnings
// tells.
func Open(dir string, opts ...Option) (*Network, error) {
	if err := named(dir); err != nil {
		return nil, err
	}
	o := defaults()
	if err := o.apply(opts); err != nil {
		return nil, err
	}
	saved, err := store.OpenNetwork(dir)
	if err != nil {
		return nil, fmt.Errorf("sim: %w", err)
	}
	n := &Network{calls: new(calls), opts: o, desc: *saved.Description}
	n.adopt()
	wanted := o.engine.Shards
	o.engine.Shards = saved.Shards
	if wanted != 0 && wanted != saved.Shards {
		o.engine.Shards = wanted
		n.warnings = append(n.warnings, fmt.Errorf("the network in %s was saved in %d shards: dealing it out anew over %d", dir, saved.Shards, wanted))
		n.engine, err = engine.Build(context.Background(), &n.desc, o.engine)
	} else {
		n.engine, err = engine.Load(&n.desc, o.engine, saved.Bounds, saved.Rows)
	}
	if err != nil {
		return nil, fmt.Errorf("sim: opening %s: %w", dir, err)
	}
	state, err := store.OpenState(dir, &n.desc)
	if err != nil {
		return nil, fmt.Errorf("sim: opening the state: %w", err)
	}
	if state != nil {
		if err := n.engine.SetState(state); err != nil {
			return nil, fmt.Errorf("sim: opening the state in %s: %w", dir, err)
		}
	}
	return n, nil
}

// adopt makes the groups of nodes that the description has. Recorders are not
// part of it.
func (n *Network) adopt() {
	for i, p := range n.desc.Populations {
		n.groups = append(n.groups, group{p.Name, p.First, p.N, neurons, i})
	}
	for i, g := range n.desc.Generators {
		n.groups = append(n.groups, group{g.Name, g.First, g.N, generators, i})
	}
	slices.SortFunc(n.groups, func(a, b group) int { return cmp.Compare(a.first, b.first) })
	n.nextID = 1
	for _, g := range n.groups {
		n.nextID = max(n.nextID, g.first+int32(g.n))
	}
}
