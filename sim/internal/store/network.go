package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"cortigo/sim/internal/engine"
)

// networkFormat and formatVersion count the changes of the format of network
// files and of states.
const (
	networkFormat = 2
	formatVersion = 1
)

type networkJSON struct {
	Format      int              `json:"format"`
	Shards      int              `json:"shards"`
	Fingerprint string           `json:"fingerprint"` // of the description
	Synapses    int64            `json:"synapses"`
	Bounds      engine.Bounds    `json:"bounds"`
	Description *descriptionJSON `json:"description"`
}

type rowsHeader struct {
	Fingerprint string `json:"fingerprint"`
	Shard       int    `json:"shard"`
	Count       int64  `json:"synapses"`
	CountWide   int64  `json:"synapses_wide"`
	CountRing   int64  `json:"synapses_ring"`
}

// maxShards is more than ids of neurons need.
const maxShards = 1 << 16

const rowsKind = "rows"

func networkPath(dir string) string { return filepath.Join(dir, "network", "network.json") }

func rowsPath(dir string, shard int) string {
	return filepath.Join(dir, "network", fmt.Sprintf("shard-%04d.rows", shard))
}

// Fingerprint returns a digest of everything that a description says.
func Fingerprint(d *engine.Description) (string, error) {
	j, err := encodeDescription(d)
	if err != nil {
		return "", err
	}
	b, err := json.Marshal(j)
	if err != nil {
		return "", err
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:]), nil
}

// ForgetNetwork makes room in dir for a network that is to be saved there: until
// it is whole there is none.
func ForgetNetwork(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, "network"), 0o755); err != nil {
		return err
	}
	if err := os.Remove(networkPath(dir)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// SaveNetwork writes a built network to dir/network. The file that names the
// others is written last.
func SaveNetwork(dir string, desc *engine.Description, e *engine.Engine) error {
	j, err := encodeDescription(desc)
	if err != nil {
		return err
	}
	fp, err := Fingerprint(desc)
	if err != nil {
		return err
	}
	if err := ForgetNetwork(dir); err != nil {
		return err
	}
	errs := make([]error, e.Shards())
	var wg sync.WaitGroup
	limit := make(chan struct{}, writers)
	for s := range e.Shards() {
		limit <- struct{}{}
		wg.Go(func() {
			defer func() { <-limit }()
			errs[s] = saveRows(dir, fp, e, s)
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for s := e.Shards(); ; s++ { // of an earlier network with more shards
		if os.Remove(rowsPath(dir, s)) != nil {
			break
		}
	}
	b, err := json.MarshalIndent(networkJSON{networkFormat, e.Shards(), fp, e.Synapses(), e.Bounds(), j}, "", " ")
	if err != nil {
		return err
	}
	return Replace(networkPath(dir), func(w io.Writer) error {
		_, err := w.Write(append(b, '\n'))
		return err
	})
}

// writers is how many files are written at a time.
const writers = 4

func saveRows(dir, fingerprint string, e *engine.Engine, s int) error {
	r := e.Rows(s)
	return writeContainer(rowsPath(dir, s), rowsKind, rowsHeader{fingerprint, s, r.Count, r.CountWide, r.CountRing}, []array{
		newArray("entry", r.Entry), newArray("synapses", r.Syn),
		newArray("entry_wide", r.EntryWide), newArray("synapses_wide", r.SynWide),
		newArray("entry_ring", r.EntryRing), newArray("synapses_ring", r.SynRing),
	})
}

// A Network is a network as it was found on disk.
type Network struct {
	Description *engine.Description
	Shards      int
	Bounds      engine.Bounds
	fingerprint string
	dir         string
}

// OpenNetwork reads the description of the network in dir.
func OpenNetwork(dir string) (*Network, error) {
	path := networkPath(dir)
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: no network was saved there (%s is missing)", dir, path)
	}
	if err != nil {
		return nil, err
	}
	var j networkJSON
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(&j); err != nil {
		return nil, fmt.Errorf("%s: damaged: %w", path, err)
	}
	if j.Format != networkFormat {
		return nil, fmt.Errorf("%s: format %d, this version reads %d", path, j.Format, networkFormat)
	}
	if j.Description == nil {
		return nil, fmt.Errorf("%s: damaged: no description", path)
	}
	if j.Shards < 1 || j.Shards > maxShards {
		return nil, fmt.Errorf("%s: damaged: %d shards, must be in [1, %d]", path, j.Shards, maxShards)
	}
	desc, err := j.Description.decode()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	fp, err := Fingerprint(desc)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if fp != j.Fingerprint {
		return nil, fmt.Errorf("%s: damaged: the description is not the one that was saved", path)
	}
	return &Network{desc, j.Shards, j.Bounds, fp, dir}, nil
}

// Rows returns the synapses onto shard s, mapped from the disk.
func (n *Network) Rows(s int) (engine.Rows, error) {
	var r engine.Rows
	c, err := readContainer(rowsPath(n.dir, s), rowsKind, true)
	if err != nil {
		return r, err
	}
	var h rowsHeader
	if err := c.header(&h); err != nil {
		return r, err
	}
	if h.Fingerprint != n.fingerprint || h.Shard != s {
		return r, fmt.Errorf("%s: belongs to another network", c.path)
	}
	r.Count, r.CountWide, r.CountRing = h.Count, h.CountWide, h.CountRing
	if r.Entry, err = take[uint64](c, "entry"); err != nil {
		return r, err
	}
	if r.Syn, err = take[uint32](c, "synapses"); err != nil {
		return r, err
	}
	if r.EntryWide, err = take[uint64](c, "entry_wide"); err != nil {
		return r, err
	}
	if r.SynWide, err = take[uint64](c, "synapses_wide"); err != nil {
		return r, err
	}
	if r.EntryRing, err = take[uint64](c, "entry_ring"); err != nil {
		return r, err
	}
	r.SynRing, err = take[uint32](c, "synapses_ring")
	return r, err
}
