package arrowio

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"cortigo/arrowio/internal/parquet"
)

// The columns of a part. Spikes have the first three; samples have a column
// more for each quantity, named after it.
const (
	TimeColumn       = parquet.TimeColumn       // double: end of the step in ms
	NeuronColumn     = parquet.NeuronColumn     // int32: id, counted over the populations
	PopulationColumn = parquet.PopulationColumn // string, dictionary-encoded
)

// MetadataKey is the key of a part's metadata under which it repeats run.json.
const MetadataKey = parquet.MetadataKey

// A PartInfo is what the metadata of a Parquet part say, without its rows.
type PartInfo struct {
	Path       string
	Bytes      int64
	Rows       int64
	RowGroups  int
	FirstMS    float64 // time of the first and of the last row, NaN if it is not known
	LastMS     float64
	Quantities []string // of samples; none: spikes
	CreatedBy  string
	Run        *Run  // nil: it does not say, or RunErr says why not
	RunErr     error // what is wrong with the description of the run
}

// InspectPart reads the metadata of the Parquet part at path.
func InspectPart(path string) (PartInfo, error) {
	p, err := parquet.Open(path, false, nil)
	if err != nil {
		return PartInfo{Path: path}, err
	}
	defer func() { _ = p.Close() }()
	return inspect(p)
}

// PartRun returns the run that a Parquet part says it comes from; it needs
// nothing but the file.
func PartRun(path string) (*Run, error) {
	p, err := parquet.Open(path, false, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = p.Close() }()
	m := p.Metadata()
	if m == nil {
		return nil, fmt.Errorf("arrowio: %s has no metadata %q: it was not written by Cortigo, or something else wrote it again", path, MetadataKey)
	}
	run, err := parseRun([]byte(*m))
	if err != nil {
		return nil, fmt.Errorf("arrowio: %s, metadata %q: %w", path, MetadataKey, err)
	}
	return run, nil
}

// inspect reads the metadata of a part.
func inspect(p *parquet.Reader) (PartInfo, error) {
	i := PartInfo{Path: p.Path, FirstMS: math.NaN(), LastMS: math.NaN()}
	i.Bytes, i.RowGroups, i.CreatedBy = p.Size, p.Groups(), p.CreatedBy()
	for _, name := range p.Columns() {
		switch name {
		case TimeColumn, NeuronColumn, PopulationColumn:
		default:
			i.Quantities = append(i.Quantities, name)
		}
	}
	for g := range i.RowGroups {
		n := p.GroupRows(g)
		if n < 0 || n > math.MaxInt64-i.Rows {
			return i, parquet.Damaged(p.Path, "row group %d: damaged: %d rows", g, n)
		}
		i.Rows += n
		s, err := p.Span(g)
		if err != nil {
			return i, err
		}
		if math.IsInf(s.FirstMS, 0) || math.IsInf(s.LastMS, 0) {
			continue
		}
		if !(i.FirstMS <= s.FirstMS) {
			i.FirstMS = s.FirstMS
		}
		if !(i.LastMS >= s.LastMS) {
			i.LastMS = s.LastMS
		}
	}
	if text := p.Metadata(); text != nil {
		i.Run, i.RunErr = parseRun([]byte(*text))
	}
	return i, nil
}

// A RunInfo is what is in the directory of a run, by metadata alone.
type RunInfo struct {
	Run
	Spikes, Voltages []PartInfo // in order of number
	Unfinished       []string   // files of a part or state that was being written
	WriterPID        int        // process that is writing to the run, 0 if none is
}

// SpikeRows returns the number of spikes and the bytes of their files.
func (i *RunInfo) SpikeRows() (rows, bytes int64) { return total(i.Spikes) }

// VoltageRows returns the number of samples and the bytes of their files.
func (i *RunInfo) VoltageRows() (rows, bytes int64) { return total(i.Voltages) }

func total(parts []PartInfo) (rows, bytes int64) {
	for _, p := range parts {
		rows += p.Rows
		bytes += p.Bytes
	}
	return rows, bytes
}

// Inspect tells what is in the directory of a run. It reads run.json and the
// metadata of every part, but no rows, so it is fast for any size. Damage that
// they show is an error, see [ErrDamaged].
func Inspect(dir string) (*RunInfo, error) {
	run, err := readRun(dir)
	if err != nil {
		return nil, err
	}
	i := &RunInfo{Run: *run}
	i.WriterPID, _ = WriterPID(dir)
	if i.Spikes, err = inspectParts(dir, run, SpikesDir); err != nil {
		return nil, err
	}
	if i.Voltages, err = inspectParts(dir, run, VoltagesDir); err != nil {
		return nil, err
	}
	i.Unfinished, err = unfinished(dir)
	return i, err
}

func inspectParts(dir string, run *Run, sub string) ([]PartInfo, error) {
	parts, err := newShelf(dir, run, sub)
	if err != nil {
		return nil, err
	}
	var infos []PartInfo
	err = parts.each(nil, func(p *parquet.Reader) error {
		i, err := inspect(p)
		infos = append(infos, i)
		return err
	})
	return infos, err
}

// unfinished returns the temporary files of run.json, parts, network and state.
func unfinished(dir string) ([]string, error) {
	var found []string
	for _, sub := range []string{"", SpikesDir, VoltagesDir, NetworkDir, StateDir} {
		es, err := os.ReadDir(filepath.Join(dir, sub))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("arrowio: looking at %s: %w", dir, err)
		}
		for _, e := range es {
			if e.Name()[0] == '.' && e.Type().IsRegular() && owned(sub, e.Name()) {
				found = append(found, filepath.Join(dir, sub, e.Name()))
			}
		}
	}
	return found, nil
}
