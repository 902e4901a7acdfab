package store

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/param"
)

// FileInfo is what the table in a file of a network or state says.
type FileInfo struct {
	Kind        string // "rows" or "state"
	Fingerprint string // of the network's description
	Shard       int    // of rows
	Synapses    int64  // of rows, of all widths
	Step        int64  // of a state
	Spikes      int64  // of a state: emitted until then
	Bytes       int64
}

// InspectFile reads what is in a file of a network or state, without its arrays.
func InspectFile(path string) (FileInfo, error) {
	c, err := openContainer(path, "")
	if err != nil {
		return FileInfo{}, err
	}
	defer c.Close()
	return c.info()
}

func (c *container) info() (FileInfo, error) {
	info := FileInfo{Kind: c.table.Kind, Bytes: c.seal.Bytes}
	switch c.table.Kind {
	case rowsKind:
		var h rowsHeader
		if err := c.header(&h); err != nil {
			return info, err
		}
		info.Fingerprint, info.Shard, info.Synapses = h.Fingerprint, h.Shard, h.synapses()
	case stateKind:
		var h stateHeader
		if err := c.header(&h); err != nil {
			return info, err
		}
		info.Fingerprint, info.Step, info.Spikes = h.Fingerprint, h.Step, h.Spikes
	default:
		return info, fmt.Errorf("%s: it holds a %q, neither %q nor %q", c.path, brief.String(c.table.Kind), rowsKind, stateKind)
	}
	return info, nil
}

// NetworkInfo is what network.json says of a network, as far as an overview
// needs it.
type NetworkInfo struct {
	Format, Shards int
	Fingerprint    string
	Synapses       int64
	Seed           uint64
	Resolution     float64
	Populations    []PopulationInfo
	Bytes          int64 // of all files of the network
}

// PopulationInfo is a population as an overview names it.
type PopulationInfo struct {
	Name  string
	First int32 // id of the first neuron
	N     int
	Model string
	network.Labels
}

// CheckNetwork reports that there is no network in dir, or one that does not fit
// a description.
func CheckNetwork(dir string, desc *network.Description) error {
	saved, err := InspectNetwork(dir)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("no network was saved in %s, without which nobody can open its state: call Save: %w", dir, fs.ErrNotExist)
	}
	if err != nil {
		return err
	}
	fp, err := Fingerprint(desc)
	if err == nil && fp != saved.Fingerprint {
		err = fmt.Errorf("the network in %s is another, or this one has changed since: call Save", dir)
	}
	return err
}

// InspectNetwork reads which network is in dir, without its synapses. It does
// not check the description: VerifyNetwork does.
func InspectNetwork(dir string) (NetworkInfo, error) {
	path := networkPath(dir)
	j, err := readNetwork(dir)
	if err != nil {
		return NetworkInfo{}, err
	}
	info := NetworkInfo{Format: j.Format, Shards: j.Shards, Fingerprint: j.Fingerprint, Synapses: j.Synapses,
		Seed: j.Description.Seed, Resolution: j.Description.Resolution}
	neurons, next := 0, int32(1)
	for _, p := range j.Description.Populations {
		if p.N < 1 || p.N > math.MaxInt32-neurons {
			return info, fmt.Errorf("%s: damaged: population %q of %d neurons", path, p.Name, p.N)
		}
		neurons += p.N
		if p.First != 0 { // else it follows the one before
			next = p.First
		}
		info.Populations = append(info.Populations, PopulationInfo{p.Name, next, p.N, p.Model.Type, p.Labels})
		next += int32(p.N)
	}
	if f, err := os.Stat(path); err == nil {
		info.Bytes = f.Size()
	}
	for s := range j.Shards {
		f, err := os.Stat(rowsPath(dir, s))
		if err != nil {
			break // Verify tells
		}
		info.Bytes += f.Size()
	}
	return info, nil
}

// StatePath returns where the state in dir is.
func StatePath(dir string) string { return statePath(dir) }

// VerifyNetwork reads every file of the network in dir and returns what is wrong
// with them: the description, checksums, shards that are missing or another
// network's, synapses that do not add up. It needs little memory however large
// the network is.
func VerifyNetwork(dir string) []error {
	var errs []error
	n, err := OpenNetwork(dir)
	if err != nil {
		if !errors.Is(err, param.ErrUnregistered) && !errors.Is(err, ErrEarlier) {
			return []error{err}
		}
		errs = append(errs, err) // and the files can be compared all the same
		if n, err = openUndescribed(dir); err != nil {
			return []error{err}
		}
	}
	wrong := len(errs)
	synapses, looked := int64(0), 0
	for s := range n.Shards {
		c, h, err := n.openRows(s)
		if err == nil {
			synapses += h.synapses()
			err = c.verify()
			c.Close()
		}
		if err != nil {
			if errs = append(errs, err); len(errs) == maxErrors {
				break
			}
		}
		looked++
	}
	if len(errs) == maxErrors && looked+1 < n.Shards {
		errs = append(errs, fmt.Errorf("%s: the %d shards after that were not checked", networkPath(dir), n.Shards-looked-1))
	}
	if len(errs) == wrong && synapses != n.synapses {
		errs = append(errs, fmt.Errorf("%s: damaged: %d synapses, its shards have %d", networkPath(dir), n.synapses, synapses))
	}
	return errs
}

// openUndescribed is OpenNetwork without what is described, but for how many neurons
// there are.
func openUndescribed(dir string) (*Network, error) {
	j, err := readNetwork(dir)
	if err != nil {
		return nil, err
	}
	if fp, err := j.Description.fingerprint(); err != nil || fp != j.Fingerprint {
		return nil, fmt.Errorf("%s: damaged: the description is not the one that was saved", networkPath(dir))
	}
	desc := &network.Description{}
	for _, p := range j.Description.Populations {
		desc.Populations = append(desc.Populations, network.Population{N: p.N})
	}
	return j.network(desc, j.Fingerprint, dir), nil
}

// maxErrors is the number of damaged shards after which the check ends.
const maxErrors = 20

// VerifyState reads the state in dir, checks its checksums and that it belongs
// to the network there, and returns what is wrong; nothing if there is no state.
func VerifyState(dir string) []error {
	if _, err := os.Stat(statePath(dir)); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	n, err := OpenNetwork(dir)
	if err != nil { // VerifyNetwork says it
		if c, err := openContainer(statePath(dir), stateKind); err != nil {
			return []error{err}
		} else if err := errors.Join(c.verify(), c.close()); err != nil {
			return []error{err}
		}
		return nil
	}
	if _, err := OpenState(dir, n.Description); err != nil {
		return []error{err}
	}
	return nil
}

// knownRows reports whether Network.Rows reads an array of this name.
func knownRows(name string) bool {
	return slices.Contains([]string{"entry", "synapses", "entry_packed", "synapses_packed", "weights_packed", "entry_wide", "synapses_wide", "entry_ring", "synapses_ring"}, name)
}

// verify compares the checksums of all arrays.
func (c *container) verify() error {
	for i := range c.table.Arrays {
		if err := c.read(&c.table.Arrays[i], nil); err != nil {
			return err
		}
	}
	return nil
}
