package sim

import (
	"context"
	"errors"
	"fmt"
	"os"

	"cortigo/sim/internal/clock"
	"cortigo/sim/internal/param"
	"cortigo/sim/internal/store"
	"cortigo/sim/spikes"
)

// Info is what is known of a network on disk without reading its synapses.
type Info struct {
	Seed        uint64
	Resolution  float64 // ms
	Populations []PopulationInfo
	Synapses    int64
	Shards      int
	Bytes       int64      // of the network's files
	State       *StateInfo // nil: no state was saved
}

// PopulationInfo is a population of a network on disk; its ids start at First.
type PopulationInfo struct {
	spikes.Population
	Model string // "iaf_psc_exp"
}

// StateInfo is what is known of a state on disk.
type StateInfo struct {
	Step   int64   // that it was saved at
	TimeMS float64 // the same in ms; 0 if the resolution is not known
	Spikes int64   // emitted until then
	Bytes  int64   // of the file
}

// NeuronCount returns the number of neurons.
func (i *Info) NeuronCount() int {
	if i == nil {
		return 0
	}
	n := 0
	for _, p := range i.Populations {
		n += p.N
	}
	return n
}

// Inspect tells what network and state Save wrote in dir. It reads no synapses
// and compares no checksums (Verify does), so it is fast for any size. If there
// is no network, the error wraps fs.ErrNotExist.
func Inspect(dir string) (Info, error) {
	if err := named(dir); err != nil {
		return Info{}, err
	}
	n, err := store.InspectNetwork(dir)
	if err != nil {
		return Info{}, fmt.Errorf("sim: %w", err)
	}
	info := Info{Seed: n.Seed, Resolution: n.Resolution, Synapses: n.Synapses, Shards: n.Shards, Bytes: n.Bytes}
	for _, p := range n.Populations {
		info.Populations = append(info.Populations, PopulationInfo{spikes.Population{Name: p.Name, First: p.First, N: p.N, Label: p.Label, Kind: spikes.Kind(p.Kind), Group: p.Group}, p.Model})
	}
	f, err := store.InspectFile(store.StatePath(dir))
	if errors.Is(err, os.ErrNotExist) {
		return info, nil
	}
	if err == nil && f.Kind != "state" {
		err = fmt.Errorf("%s: it holds %q, not a state", store.StatePath(dir), f.Kind)
	}
	if err == nil && f.Fingerprint != n.Fingerprint {
		err = fmt.Errorf("%s: belongs to another network", store.StatePath(dir))
	}
	if err != nil {
		return info, fmt.Errorf("sim: %w", err)
	}
	info.State = &StateInfo{f.Step, clock.MS(f.Step, n.Resolution), f.Spikes, f.Bytes}
	return info, nil
}

// FileInfo is what is known of a single file of a network or state.
type FileInfo struct {
	Kind     string     // "rows" (a shard's synapses) or "state"
	Shard    int        // of rows
	Synapses int64      // of rows
	State    *StateInfo // of a state
	Bytes    int64
}

// InspectFile tells what is in a single file that Save wrote.
func InspectFile(path string) (FileInfo, error) {
	f, err := store.InspectFile(path)
	if err != nil {
		return FileInfo{}, fmt.Errorf("sim: %w", err)
	}
	info := FileInfo{Kind: f.Kind, Shard: f.Shard, Synapses: f.Synapses, Bytes: f.Bytes}
	if f.Kind == "state" {
		info.State = &StateInfo{Step: f.Step, Spikes: f.Spikes, Bytes: f.Bytes}
	}
	return info, nil
}

// ErrUnregistered is wrapped by the errors of Open and Verify about a neuron model, a
// device, a rule, a distribution or a kind of synapses that this program does not
// know: one that the program that saved the network had registered.
var ErrUnregistered = param.ErrUnregistered

// ErrEarlier is wrapped by the errors of Open and Verify about a network that was
// saved by an earlier version, and that this one would draw otherwise: its weights
// come from distributions.
var ErrEarlier = store.ErrEarlier

// Verify reads all that Save wrote in dir and compares checksums, fingerprints
// and numbers. The error joins everything that is wrong; nil means that the
// network and its state, if there is one, are as they were saved. If an error
// wraps ErrUnregistered or ErrEarlier, the checksums were compared, but not what the files
// say.
func Verify(dir string) error {
	if err := named(dir); err != nil {
		return err
	}
	var errs []error
	for _, err := range append(store.VerifyNetwork(dir), store.VerifyState(dir)...) {
		errs = append(errs, fmt.Errorf("sim: %w", err))
	}
	return errors.Join(errs...)
}

// CheckSaved returns nil if the network that Save wrote in dir is this one, with
// all its files, or if StartSave is writing it there. If there is no network,
// the error wraps fs.ErrNotExist. It reads no synapses.
func (n *Network) CheckSaved(dir string) error {
	return n.working("CheckSaved", func() error { return n.checkSaved(dir) })
}

func (n *Network) checkSaved(dir string) error {
	if err := named(dir); err != nil {
		return err
	}
	if n.saving.writes(dir) {
		if err := n.checkSaving(); err != nil {
			return fmt.Errorf("sim: %w", err)
		}
		return nil
	}
	saved, err := store.Present(dir)
	if err == nil && (n.engine == nil || n.change != unchanged) {
		err = n.ready(context.Background())
	}
	var fp string
	if err == nil {
		fp, err = store.Fingerprint(&n.desc)
	}
	if err == nil && fp != saved.Fingerprint {
		err = fmt.Errorf("the network saved in %s has other parameters or synapses", dir)
	}
	if err != nil {
		return fmt.Errorf("sim: %w", err)
	}
	return nil
}
