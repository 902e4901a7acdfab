package store

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"cortigo/sim/internal/engine"
)

// maxTable bounds the table that is read of a container; one of a network of
// thousands of populations has some MB.
const maxTable = 256 << 20

// readTable reads the table of the container f without its arrays, and returns
// where they begin and how long the file is.
func readTable(f *os.File) (t table, begin, size int64, err error) {
	info, err := f.Stat()
	if err != nil {
		return t, 0, 0, err
	}
	if !info.Mode().IsRegular() {
		return t, 0, 0, errors.New("not a file of a network or state")
	}
	const fixed = int64(len(magic)) + 8
	head := make([]byte, fixed)
	if _, err := io.ReadFull(f, head); err != nil || string(head[:len(magic)]) != magic {
		return t, 0, 0, errors.New("not a file of a network or state")
	}
	size = info.Size()
	n := binary.LittleEndian.Uint64(head[len(magic):])
	if n > uint64(size-fixed) {
		return t, 0, 0, errors.New("cut short within its table")
	}
	if n > maxTable {
		return t, 0, 0, fmt.Errorf("its table has %d bytes, more than the %d one can have", n, maxTable)
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(f, b); err != nil {
		return t, 0, 0, fmt.Errorf("its table cannot be read: %w", err)
	}
	if err := strict(b, &t); err != nil {
		return t, 0, 0, fmt.Errorf("its table is damaged: %w", err)
	}
	begin = fixed + int64(n)
	return t, min(begin+padding(begin), size), size, nil
}

// strict decodes JSON in which every name must be known: a damaged name would
// otherwise hide what it stands for.
func strict(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

// FileInfo is what the table of a file of a network or state says.
type FileInfo struct {
	Kind        string // "rows" or "state"
	Fingerprint string // of the network's description
	Shard       int    // of rows
	Synapses    int64  // of rows, of all widths
	Step        int64  // of a state
	Spikes      int64  // of a state: emitted until then
	Bytes       int64
}

// InspectFile reads what a file of a network or state is, without its arrays.
func InspectFile(path string) (FileInfo, error) {
	f, err := os.Open(path)
	if err != nil {
		return FileInfo{}, err
	}
	defer f.Close()
	t, _, size, err := readTable(f)
	if err != nil {
		return FileInfo{}, fmt.Errorf("%s: %w", path, err)
	}
	info, err := t.info(size)
	if err != nil {
		return FileInfo{}, fmt.Errorf("%s: its header is damaged: %w", path, err)
	}
	return info, nil
}

func (t *table) info(size int64) (FileInfo, error) {
	info := FileInfo{Kind: t.Kind, Bytes: size}
	var err error
	switch t.Kind {
	case rowsKind:
		var h rowsHeader
		err = strict(t.Header, &h)
		info.Fingerprint, info.Shard, info.Synapses = h.Fingerprint, h.Shard, h.Count+h.CountWide+h.CountRing
	case stateKind:
		var h stateHeader
		err = strict(t.Header, &h)
		info.Fingerprint, info.Step, info.Spikes = h.Fingerprint, h.Step, h.Spikes
	default:
		err = fmt.Errorf("it holds a %q, neither %q nor %q", t.Kind, rowsKind, stateKind)
	}
	return info, err
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
}

// CheckNetwork reports a network in dir that is not what a description says. No
// network at all is no error.
func CheckNetwork(dir string, desc *engine.Description) error {
	saved, err := InspectNetwork(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
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

// InspectNetwork reads what network is in dir, without its synapses. The
// description is taken as it stands: VerifyNetwork checks it.
func InspectNetwork(dir string) (NetworkInfo, error) {
	path := networkPath(dir)
	b, err := os.ReadFile(path)
	if err != nil {
		return NetworkInfo{}, err
	}
	var j struct {
		Format, Shards int
		Fingerprint    string
		Synapses       int64
		Description    struct {
			Seed        uint64
			Resolution  float64 `json:"resolution_ms"`
			Populations []struct {
				Name  string
				First int32 `json:"first_id"`
				N     int
				Model struct{ Type string }
			}
		}
	}
	if err := json.Unmarshal(b, &j); err != nil {
		return NetworkInfo{}, fmt.Errorf("%s: damaged: %w", path, err)
	}
	info := NetworkInfo{Format: j.Format, Shards: j.Shards, Fingerprint: j.Fingerprint, Synapses: j.Synapses,
		Seed: j.Description.Seed, Resolution: j.Description.Resolution, Bytes: int64(len(b))}
	neurons, next := 0, int32(1)
	for _, p := range j.Description.Populations {
		if p.N < 1 || p.N > math.MaxInt32-neurons {
			return info, fmt.Errorf("%s: damaged: population %q of %d neurons", path, p.Name, p.N)
		}
		neurons += p.N
		if p.First != 0 { // else it follows the one before
			next = p.First
		}
		info.Populations = append(info.Populations, PopulationInfo{p.Name, next, p.N, p.Model.Type})
		next += int32(p.N)
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "shard-*.rows"))
	if err != nil {
		return info, err
	}
	for _, f := range files {
		if i, err := os.Stat(f); err == nil {
			info.Bytes += i.Size()
		}
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
	n, err := OpenNetwork(dir)
	if err != nil {
		return []error{err}
	}
	b, err := os.ReadFile(networkPath(dir))
	if err != nil {
		return []error{err}
	}
	var said networkJSON
	if err := strict(b, &said); err != nil {
		return []error{fmt.Errorf("%s: damaged: %w", networkPath(dir), err)}
	}
	var errs []error
	synapses := int64(0)
	for s := range n.Shards {
		path := rowsPath(dir, s)
		info, err := verifyFile(path, rowsKind, knownRows)
		switch {
		case errors.Is(err, os.ErrNotExist):
			errs = append(errs, fmt.Errorf("%s is missing, one of %d shards", path, n.Shards))
		case err != nil:
			errs = append(errs, err)
		case info.Fingerprint != n.fingerprint || info.Shard != s:
			errs = append(errs, fmt.Errorf("%s: belongs to another network", path))
		}
		synapses += info.Synapses
	}
	if len(errs) == 0 && synapses != said.Synapses {
		errs = append(errs, fmt.Errorf("%s: %d synapses, its shards have %d", networkPath(dir), said.Synapses, synapses))
	}
	return errs
}

// VerifyState reads the state in dir, checks its checksums and that it is of the
// network there, and returns what is wrong; nothing if there is no state.
func VerifyState(dir string) []error {
	info, err := verifyFile(statePath(dir), stateKind, knownState)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return []error{err}
	}
	n, err := OpenNetwork(dir)
	if err != nil {
		return nil // VerifyNetwork says it
	}
	if info.Fingerprint != n.fingerprint {
		return []error{fmt.Errorf("%s: belongs to another network", statePath(dir))}
	}
	if _, err := OpenState(dir, n.Description); err != nil {
		return []error{err}
	}
	return nil
}

// knownRows reports whether Network.Rows reads an array of this name.
func knownRows(name string) bool {
	return slices.Contains([]string{"entry", "synapses", "entry_wide", "synapses_wide", "entry_ring", "synapses_ring"}, name)
}

// knownState reports whether OpenState reads an array of this name.
func knownState(name string) bool {
	var p, c int
	if n, err := fmt.Sscanf(name, "%d/%d", &p, &c); n == 2 && err == nil {
		return name == columnName(p, c) && c < len((&engine.PopulationState{}).Columns())
	}
	return slices.Contains([]string{"recent/neuron", "recent/multiplicity", "recent/step", "arrivals/neuron", "arrivals/value", "arrivals/step"}, name)
}

// verifyFile reads a container of the given kind, whose arrays must have known
// names, and compares all checksums.
func verifyFile(path, kind string, known func(name string) bool) (FileInfo, error) {
	f, err := os.Open(path)
	if err != nil {
		return FileInfo{}, err
	}
	defer f.Close()
	t, begin, size, err := readTable(f)
	if err != nil {
		return FileInfo{}, fmt.Errorf("%s: %w", path, err)
	}
	if t.Kind != kind {
		return FileInfo{}, fmt.Errorf("%s: it holds a %q, not a %q", path, t.Kind, kind)
	}
	info, err := t.info(size)
	if err != nil {
		return info, fmt.Errorf("%s: its header is damaged: %w", path, err)
	}
	buf := make([]byte, 1<<20)
	for _, a := range t.Arrays {
		if !known(a.Name) {
			return info, fmt.Errorf("%s: it holds an array %q, which is not part of a %s file", path, a.Name, kind)
		}
		if err := a.verify(f, begin, size, buf); err != nil {
			return info, fmt.Errorf("%s: %w", path, err)
		}
	}
	return info, nil
}

// elementSizes are the bytes of an array's elements, by the name of the type.
var elementSizes = map[string]int64{"uint32": 4, "uint64": 8, "float64": 8}

// verify reads the array from f, whose arrays begin at begin, through buf.
func (a *arrayInfo) verify(f io.ReaderAt, begin, size int64, buf []byte) error {
	width, ok := elementSizes[a.Type]
	if !ok {
		types := []string{}
		for name := range elementSizes {
			types = append(types, name)
		}
		slices.Sort(types)
		return fmt.Errorf("array %q is of type %q, none of %q", a.Name, a.Type, types)
	}
	room := size - begin
	if a.Offset < 0 || a.Offset%align != 0 || a.Len < 0 || a.Offset > room || a.Len > (room-a.Offset)/width {
		return fmt.Errorf("cut short within array %q", a.Name)
	}
	sum := crc32.New(castagnoli)
	if _, err := io.CopyBuffer(sum, io.NewSectionReader(f, begin+a.Offset, a.Len*width), buf); err != nil {
		return fmt.Errorf("array %q cannot be read: %w", a.Name, err)
	}
	if sum.Sum32() != a.CRC {
		return fmt.Errorf("array %q is damaged (its checksum is wrong)", a.Name)
	}
	return nil
}
