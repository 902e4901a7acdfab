package sim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/engine"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/store"
)

// Save writes the built network and its state to dir/network and dir/state, and
// replaces what these have. Recorders are not saved. Files of the caller's own
// are written to dir/network, see File.
func (n *Network) Save(dir string, own ...File) error {
	wait, err := n.startSaveOf("Save", dir, own)
	if err != nil {
		return err
	}
	return wait()
}

// StartSave is Save without waiting until the synapses are on disk: they are
// written while the network can be simulated. The state is the present one.
// wait returns when everything is on disk, with the error of Save; until then
// Open finds no network in dir. StartSave first waits for the end of an earlier
// one.
func (n *Network) StartSave(dir string, own ...File) (wait func() error, err error) {
	return n.startSaveOf("StartSave", dir, own)
}

func (n *Network) startSaveOf(call, dir string, own []File) (wait func() error, err error) {
	err = n.working(call, func() (err error) {
		wait, err = n.startSave(dir, own)
		return err
	})
	return wait, err
}

// named reports a directory without a name, which would be the current one.
func named(dir string) error {
	if dir == "" {
		return errors.New(`sim: the directory has no name (the current one is ".")`)
	}
	return nil
}

func (n *Network) startSave(dir string, own []File) (wait func() error, err error) {
	if err := named(dir); err != nil {
		return nil, err
	}
	for _, f := range own {
		if err := f.check(); err != nil {
			return nil, err
		}
	}
	if n.engine == nil {
		return nil, fmt.Errorf("sim: Save before the network was built: call Build first")
	}
	if err := n.ready(context.Background()); err != nil {
		return nil, err
	}
	if err := n.engine.Whole(); err != nil {
		return nil, fmt.Errorf("sim: the network cannot be saved: %w", err)
	}
	if n.saving != nil {
		_ = n.saving.wait() // whoever started it is told
	}
	state, err := n.savedState()
	if err != nil {
		return nil, err
	}
	if err := store.ForgetNetwork(dir); err != nil {
		return nil, fmt.Errorf("sim: saving the network: %w", err)
	}
	for _, f := range own {
		if err := f.save(dir); err != nil {
			return nil, err
		}
	}
	if err := store.SaveState(dir, &n.desc, state); err != nil {
		return nil, fmt.Errorf("sim: saving the state: %w", err)
	}
	desc, e := n.desc.Clone(), n.engine // whose rows stay what they are
	s := &saving{dir: dir, done: make(chan struct{})}
	if s.fingerprint, err = store.Fingerprint(desc); err != nil {
		return nil, fmt.Errorf("sim: saving the network: %w", err)
	}
	go func() {
		defer close(s.done)
		if err := store.SaveNetwork(dir, desc, e); err != nil {
			s.err = fmt.Errorf("sim: saving the network: %w", err)
		}
	}()
	n.saving = s
	return s.wait, nil
}

// A File is one of the caller's own files that Save writes with a network, to
// dir/network/NAME, such as the parameters of a model. The file that names the
// network is removed before this one is written, and is written again when
// everything is on disk, so that Open never finds a network with the file of
// another.
type File struct {
	Name  string // as "mymodel.json", in none of the network's own forms: network.json and *.rows
	Write func(w io.Writer) error
}

func (f *File) check() error {
	switch {
	case f.Name == "" || f.Name != filepath.Base(f.Name) || !filepath.IsLocal(f.Name) || strings.HasPrefix(f.Name, "."):
		return fmt.Errorf("sim: file %s beside the network: must be a name without directories that begins with no dot", brief.Quote(f.Name))
	case f.Name == "network.json" || strings.HasSuffix(f.Name, ".rows"):
		return fmt.Errorf("sim: file %s beside the network: the network has one of that name itself", brief.Quote(f.Name))
	case f.Write == nil:
		return fmt.Errorf("sim: file %s beside the network: there is nothing to write it", brief.Quote(f.Name))
	}
	return nil
}

func (f *File) save(dir string) error {
	if err := store.Replace(f.Path(dir), f.Write); err != nil {
		return fmt.Errorf("sim: saving %s beside the network: %w", brief.Quote(f.Name), err)
	}
	return nil
}

// Path returns the path of the file for a network that was saved in dir.
func (f *File) Path(dir string) string { return filepath.Join(dir, "network", f.Name) }

// SaveFile writes only a file of the network that Save wrote in dir, completely or
// not at all.
func SaveFile(dir string, f File) error {
	if err := named(dir); err != nil {
		return err
	}
	if err := f.check(); err != nil {
		return err
	}
	return f.save(dir)
}

// A saving is what StartSave started.
type saving struct {
	dir, fingerprint string
	done             chan struct{}
	err              error // once done
}

func (s *saving) wait() error {
	<-s.done
	return s.err
}

// writes reports whether the network is still being written to dir.
func (s *saving) writes(dir string) bool {
	if s == nil {
		return false
	}
	select {
	case <-s.done:
		return false
	default:
	}
	a, err := os.Stat(s.dir)
	b, err2 := os.Stat(dir)
	return err == nil && err2 == nil && os.SameFile(a, b)
}

// SaveState writes only the state, to dir/state. That is enough if the network
// was saved there before, or is being saved by StartSave, and has not been
// changed since. It is an error if there is no network, or another one.
func (n *Network) SaveState(dir string) error {
	return n.working("SaveState", func() error { return n.saveState(dir) })
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
	state, err := n.savedState()
	if err != nil {
		return err
	}
	if n.saving.writes(dir) {
		err = n.checkSaving()
	} else {
		err = store.CheckNetwork(dir, &n.desc)
	}
	if err == nil {
		err = store.SaveState(dir, &n.desc, state)
	}
	if err != nil {
		return fmt.Errorf("sim: saving the state: %w", err)
	}
	return nil
}

// checkSaving reports a network that has changed since StartSave.
func (n *Network) checkSaving() error {
	fp, err := store.Fingerprint(&n.desc)
	if err == nil && fp != n.saving.fingerprint {
		err = fmt.Errorf("the network that is being saved to %s is another, or this one has changed since: call Save", n.saving.dir)
	}
	return err
}

// savedState returns the state as it can be saved.
func (n *Network) savedState() (*network.State, error) {
	if err := n.engine.Broken(); err != nil {
		return nil, fmt.Errorf("sim: there is no state to save, the simulation stopped within a step: %w", err)
	}
	state := n.engine.State()
	if err := state.Check(&n.desc); err != nil {
		return nil, fmt.Errorf("sim: the state cannot be saved, it could not be opened again: %w", err)
	}
	return state, nil
}

// Open returns the network that was saved in dir, in the state that was saved
// last; if there is no state, it is in its initial state, and Warnings says so.
// Recorders must be connected again. The options Seed and Resolution have no
// effect: the network has its own. With another number of shards than the network
// was saved with, or if an earlier version saved it, its synapses are drawn
// again, and Warnings says so.
//
// Open reads all it needs: the files may then be replaced or removed. They are
// checked before memory is allocated for them, and damaged files, or files that
// do not belong together, are an error.
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
	state, err := store.OpenState(dir, saved.Description)
	if err != nil {
		return nil, fmt.Errorf("sim: opening the state: %w", err)
	}
	n := &Network{calls: new(calls), opts: o, desc: *saved.Description}
	n.adopt()
	if err := n.load(dir, saved); err != nil {
		return nil, fmt.Errorf("sim: opening %s: %w", dir, err)
	}
	if state == nil {
		n.warnings = append(n.warnings, fmt.Errorf("there is no state in %s: the network starts again at 0 ms", dir))
	} else if err := n.engine.SetState(state); err != nil {
		return nil, fmt.Errorf("sim: opening the state in %s: %w", dir, err)
	}
	return n, nil
}

// load makes the engine of a saved network from its rows, or draws them again
// where they are of no use.
func (n *Network) load(dir string, saved *store.Network) (err error) {
	if err := n.checkShare(); err != nil {
		return err
	}
	o := n.engineOptions()
	if o.Exchange != nil {
		_, o.Shards = o.Exchange.Shards()
	}
	var reason string
	switch {
	case o.Shards != 0 && o.Shards != saved.Shards:
		reason = fmt.Sprintf("the network in %s was saved in %d shards: dealing it out anew over %d", dir, saved.Shards, o.Shards)
	case saved.Old:
		o.Shards = saved.Shards
		reason = fmt.Sprintf("the network in %s was saved by an earlier version: its synapses are drawn again; Save keeps them as this version reads them", dir)
	default:
		o.Shards = saved.Shards
		if err := saved.CheckRows(); err != nil {
			return err
		}
		n.engine, err = engine.Load(&n.desc, o, saved.Bounds, saved.Rows)
		return err
	}
	n.warnings = append(n.warnings, errors.New(reason))
	n.engine, err = engine.Build(context.Background(), &n.desc, o)
	return err
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
