package store

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"cortigo/sim/connect"
	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/delivery"
	"cortigo/sim/internal/engine"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/internal/network"
)

// networkFormat is the version of network files. Of those of formats 2 and 3 only
// the description is read, and only where no weights are drawn from distributions,
// which was done otherwise then; format 2 had no digest.
const (
	networkFormat = 4
	oldFormat     = 2
)

type networkJSON struct {
	Format      int              `json:"format"`
	Shards      int              `json:"shards"`
	Fingerprint string           `json:"fingerprint"` // of the description
	Synapses    int64            `json:"synapses"`
	Stateful    int64            `json:"synapses_with_state,omitempty"` // of these, which the state has
	Bounds      delivery.Bounds  `json:"bounds"`
	Rows        []seal           `json:"rows,omitempty"`   // the file of each shard
	Digest      string           `json:"digest,omitempty"` // of all but this and the description, which the fingerprint stands for
	Description *descriptionJSON `json:"description"`
}

// digest returns the SHA-256 of everything but the digest and the description.
func (j networkJSON) digest() (string, error) {
	j.Digest, j.Description = "", nil
	b, err := json.Marshal(j)
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:]), err
}

type rowsHeader struct {
	Fingerprint string `json:"fingerprint"`
	Shard       int    `json:"shard"`
	Count       int64  `json:"synapses"`
	CountPacked int64  `json:"synapses_packed"`
	CountWide   int64  `json:"synapses_wide"`
	CountRing   int64  `json:"synapses_ring"`
}

// synapses returns the number of synapses of all forms; -1 for invalid numbers.
func (h *rowsHeader) synapses() int64 {
	sum := int64(0)
	for _, n := range []int64{h.Count, h.CountPacked, h.CountWide, h.CountRing} {
		if n < 0 || n > math.MaxInt64-sum {
			return -1
		}
		sum += n
	}
	return sum
}

const rowsKind = "rows"

func networkPath(dir string) string { return filepath.Join(dir, "network", "network.json") }

func rowsPath(dir string, shard int) string {
	return filepath.Join(dir, "network", fmt.Sprintf("shard-%04d.rows", shard))
}

// Fingerprint returns a digest of everything that a description says, except
// labels: they change no result, so a network with other labels is the same.
func Fingerprint(d *network.Description) (string, error) {
	j, err := encodeDescription(d)
	if err != nil {
		return "", err
	}
	return j.fingerprint()
}

func (j descriptionJSON) fingerprint() (string, error) {
	j.Populations, j.Generators = slices.Clone(j.Populations), slices.Clone(j.Generators)
	for i := range j.Populations {
		j.Populations[i].Labels = network.Labels{}
	}
	for i := range j.Generators {
		j.Generators[i].Labels = network.Labels{}
	}
	b, err := json.Marshal(j)
	if err != nil {
		return "", err
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:]), nil
}

// ForgetNetwork removes the network in dir before another is saved there: until
// that one is complete, there is none.
func ForgetNetwork(dir string) error {
	if err := makeDir(filepath.Join(dir, "network")); err != nil {
		return err
	}
	if err := os.Remove(networkPath(dir)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// SaveNetwork writes a built network to dir/network. The file that names the
// others is written last.
func SaveNetwork(dir string, desc *network.Description, e *engine.Engine) error {
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
	seals, errs := make([]seal, e.Shards()), make([]error, e.Shards())
	var wg sync.WaitGroup
	limit := make(chan struct{}, writers)
	for s := range e.Shards() {
		limit <- struct{}{}
		wg.Go(func() {
			defer func() { <-limit }()
			errs[s] = engine.Guard(func() (err error) { seals[s], err = saveRows(dir, fp, e, s); return err })
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
	all := networkJSON{networkFormat, e.Shards(), fp, e.Synapses(), e.StatefulSynapses(), e.Bounds(), seals, "", j}
	if all.Digest, err = all.digest(); err != nil {
		return err
	}
	b, err := json.MarshalIndent(all, "", " ")
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

func saveRows(dir, fingerprint string, e *engine.Engine, s int) (seal, error) {
	r := e.Rows(s)
	defer runtime.KeepAlive(e)
	return writeContainer(rowsPath(dir, s), rowsKind, rowsHeader{fingerprint, s, r.Count, r.CountPacked, r.CountWide, r.CountRing}, []array{
		newArray("entry", r.Entry), newArray("synapses", r.Syn),
		newArray("entry_packed", r.EntryPacked), newArray("synapses_packed", r.SynPacked), newArray("weights_packed", r.Weights),
		newArray("entry_wide", r.EntryWide), newArray("synapses_wide", r.SynWide),
		newArray("entry_ring", r.EntryRing), newArray("synapses_ring", r.SynRing),
	})
}

// A Network is a network on disk.
type Network struct {
	Description *network.Description
	Shards      int
	Bounds      delivery.Bounds
	Old         bool  // of an earlier format: its rows are not read
	synapses    int64 // in rows
	seals       []seal
	fingerprint string
	dir         string
}

// readNetwork decodes network.json; it stops reading where the file is no longer JSON.
func readNetwork(dir string) (*networkJSON, error) {
	path := networkPath(dir)
	f, _, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	j := &networkJSON{}
	if err := strictFrom(bufio.NewReader(f), j); err != nil {
		return nil, fmt.Errorf("%s: damaged: %w", path, err)
	}
	switch {
	case j.Format < oldFormat || j.Format > networkFormat:
		return nil, fmt.Errorf("%s: format %d, this version reads %d to %d", path, j.Format, oldFormat, networkFormat)
	case j.Format == oldFormat && (j.Rows != nil || j.Digest != ""):
		return nil, fmt.Errorf("%s: damaged: format %d with a digest", path, j.Format)
	case j.Description == nil:
		return nil, fmt.Errorf("%s: damaged: no description", path)
	case j.Stateful < 0 || j.Stateful > j.Synapses:
		return nil, fmt.Errorf("%s: damaged: %d of %d synapses have state", path, j.Stateful, j.Synapses)
	case j.Shards < 1:
		return nil, fmt.Errorf("%s: damaged: %d shards, must be at least 1", path, j.Shards)
	}
	if j.Format != oldFormat {
		if sum, err := j.digest(); err != nil || sum != j.Digest {
			return nil, fmt.Errorf("%s: damaged: its numbers are not those that were saved (the digest is wrong)", path)
		}
		if len(j.Rows) != j.Shards {
			return nil, fmt.Errorf("%s: damaged: files of %d shards, must be %d", path, len(j.Rows), j.Shards)
		}
	}
	return j, nil
}

// OpenNetwork reads the description of the network in dir.
func OpenNetwork(dir string) (*Network, error) {
	path := networkPath(dir)
	j, err := readNetwork(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: no network was saved there (%s is missing): %w", dir, path, fs.ErrNotExist)
	}
	if err != nil {
		return nil, err
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
	if i := drawnWeights(desc); j.Format != networkFormat && i >= 0 {
		pr := &desc.Projections[i]
		return nil, fmt.Errorf("%s: format %d, of %w, as those of %s -> %s: build the network again, which gives other weights of the same distribution, or go on with the version that saved it",
			path, j.Format, ErrEarlier, desc.Names(pr.Pre), desc.Names(pr.Post))
	}
	if most := delivery.MaxShards(desc.Neurons()); j.Shards > most {
		return nil, fmt.Errorf("%s: damaged: %d shards, must be in [1, %d]", path, j.Shards, most)
	}
	return j.network(desc, fp, dir), nil
}

// ErrEarlier is wrapped by errors about networks that this version would draw
// otherwise.
var ErrEarlier = errors.New("an earlier version, which drew weights from distributions otherwise")

// drawnWeights returns the first projection whose weights are drawn from a
// distribution; -1 if there is none.
func drawnWeights(desc *network.Description) int {
	return slices.IndexFunc(desc.Projections, func(pr network.Projection) bool {
		_, constant := connect.IsConstant(pr.Weight)
		_, listed := pr.WeightValues()
		return !constant && !listed
	})
}

func (j *networkJSON) network(desc *network.Description, fingerprint, dir string) *Network {
	return &Network{desc, j.Shards, j.Bounds, j.Format != networkFormat, j.Synapses - j.Stateful, j.Rows, fingerprint, dir}
}

// openRows opens the file of a shard, and checks by its table that it was saved
// with the network.
func (n *Network) openRows(s int) (*container, *rowsHeader, error) {
	path := rowsPath(n.dir, s)
	c, err := openContainer(path, rowsKind)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil, fmt.Errorf("%s is missing, one of %d shards: %w", path, n.Shards, fs.ErrNotExist)
	}
	if err != nil {
		return nil, nil, err
	}
	h := &rowsHeader{}
	if err = c.header(h); err == nil {
		err = n.fits(c, h, s)
	}
	if err != nil {
		c.Close()
		return nil, nil, err
	}
	return c, h, nil
}

// fits reports a file of rows that does not belong to shard s.
func (n *Network) fits(c *container, h *rowsHeader, s int) error {
	switch {
	case h.Fingerprint != n.fingerprint:
		return fmt.Errorf("%s: belongs to another network", c.path)
	case h.Shard != s:
		return fmt.Errorf("%s: belongs to shard %d", c.path, h.Shard)
	case !n.Old && c.seal != n.seals[s]:
		return fmt.Errorf("%s: belongs to another network, or to this one as it was saved another time: it is not the file that %s names", c.path, networkPath(n.dir))
	case h.synapses() < 0:
		return fmt.Errorf("%s: damaged: %d, %d, %d and %d synapses", c.path, h.Count, h.CountPacked, h.CountWide, h.CountRing)
	}
	for _, a := range c.table.Arrays {
		if !knownRows(a.Name) {
			return fmt.Errorf("%s: damaged: it holds an array %q, which is not part of a file of rows", c.path, brief.String(a.Name))
		}
	}
	for _, x := range []struct {
		entry, words string
		count        int64
	}{{"entry", "synapses", h.Count}, {"entry_packed", "synapses_packed", h.CountPacked}, {"entry_wide", "synapses_wide", h.CountWide}, {"entry_ring", "synapses_ring", h.CountRing}} {
		rows, words := c.length(x.entry), c.length(x.words)
		if rows != 0 && rows != int64(n.Description.Neurons()) {
			return fmt.Errorf("%s: damaged: %d rows for %d neurons", c.path, rows, n.Description.Neurons())
		}
		// Every segment has at least one synapse, and one word more than synapses;
		// a packed one of a single synapse has up to five, its link included.
		most := 2 * x.count
		if x.entry == "entry_packed" && rows > 0 {
			most = 5*x.count + kernel.PackedMargin
		}
		if x.count > words || words > most {
			return fmt.Errorf("%s: damaged: %d synapses in %d words", c.path, x.count, words)
		}
	}
	return nil
}

// CheckRows checks, before memory is allocated, that the files of all shards exist
// and were saved with the network. It reads no synapses.
func (n *Network) CheckRows() error {
	synapses := int64(0)
	for s := range n.Shards {
		c, h, err := n.openRows(s)
		if err != nil {
			return err
		}
		c.Close()
		synapses += h.synapses()
	}
	if synapses != n.synapses {
		return fmt.Errorf("%s: damaged: %d synapses in rows, its shards have %d", networkPath(n.dir), n.synapses, synapses)
	}
	return nil
}

// Rows returns the synapses onto shard s: mapped from disk if nobody can change
// the file meanwhile, else a copy. Later changes of the file do not matter.
func (n *Network) Rows(s int) (delivery.Rows, error) {
	var r delivery.Rows
	c, h, err := n.openRows(s)
	if err != nil {
		return r, err
	}
	if err := c.mapIt(); err != nil {
		c.Close()
		return r, err
	}
	defer c.Close()
	r.Keep = c.keep
	r.Count, r.CountPacked, r.CountWide, r.CountRing = h.Count, h.CountPacked, h.CountWide, h.CountRing
	if r.Entry, err = take[uint64](c, "entry"); err != nil {
		return r, err
	}
	if r.Syn, err = take[uint32](c, "synapses"); err != nil {
		return r, err
	}
	if r.EntryPacked, err = take[uint64](c, "entry_packed"); err != nil {
		return r, err
	}
	if r.SynPacked, err = take[uint16](c, "synapses_packed"); err != nil {
		return r, err
	}
	if r.Weights, err = take[uint32](c, "weights_packed"); err != nil {
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
