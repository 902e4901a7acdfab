package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"strings"

	"cortigo/arrowio/internal/files"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/metadata"
	"github.com/apache/arrow/go/v17/parquet/schema"
)

// A Reader reads one Parquet part.
type Reader struct {
	Path       string
	Size       int64    // of the file, bytes
	Quantities []string // of samples, in the order of the file
	FooterSum  uint32   // CRC-32C of the footer

	// CheckRows looks at the rows that are read of a part without checksums; nil:
	// nothing does.
	CheckRows func(step []int64, neuron []int32) error

	f         *os.File
	r         *file.Reader
	cols      []int     // where the columns time, neuron, population and the quantities are
	sums      checksums // of the column chunks; nil: the part has none
	sumBuffer []byte
}

// Open opens a part and checks that it has the columns of spikes or, if
// samples is set, of samples. Columns may stand in any order. Memory is taken from
// mem, nil for Arrow's own. The caller closes the part.
func Open(path string, samples bool, mem Allocator) (p *Reader, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("arrowio: reading %s: %w", path, err)
		}
	}()
	f, err := files.OpenRegular(path)
	if err != nil {
		return nil, err
	}
	p = &Reader{Path: path, f: f}
	err = recovered(func() error { return p.open(mem, samples) })
	if err != nil {
		_ = f.Close()
		return nil, damage{err}
	}
	return p, nil
}

// maxRowsPerByte bounds what a file may claim. Where all neurons fire in every
// step there are some fifty.
const maxRowsPerByte = 1000

func (p *Reader) open(mem Allocator, samples bool) error {
	fi, err := p.f.Stat()
	if err != nil {
		return err
	}
	p.Size = fi.Size()
	b, err := footer(p.f, p.Size)
	if err != nil {
		return err
	}
	p.FooterSum = crc32.Checksum(b, castagnoli)
	m, err := metadata.NewFileMetaData(b, nil)
	if err != nil {
		return fmt.Errorf("the Parquet file is damaged: %w", err)
	}
	if m.Schema == nil {
		return fmt.Errorf("the Parquet file is damaged: no schema")
	}
	if n := m.NumRows; n < 0 || n > maxRowsPerByte*p.Size {
		return fmt.Errorf("the Parquet file is damaged: %d rows in %d bytes", n, p.Size)
	}
	if err := p.readChecksums(m, int64(len(b))); err != nil {
		return err
	}
	props := parquet.NewReaderProperties(boundedAllocator{allocator(mem), 2 * MaxPage})
	if p.r, err = file.NewParquetReader(p.f, file.WithReadProps(props), file.WithMetadata(m)); err != nil {
		return err
	}
	return p.findColumns(m.Schema, samples)
}

// readChecksums reads those of the column chunks, and checks that of the footer, of
// n bytes.
func (p *Reader) readChecksums(m *metadata.FileMetaData, n int64) (err error) {
	text := m.KeyValueMetadata().FindValue(ChecksumKey)
	if text == nil {
		return nil
	}
	if p.sums, err = parseChecksums(*text); err != nil {
		return err
	}
	if want := len(m.RowGroups) * m.Schema.NumColumns(); len(p.sums) != want {
		return fmt.Errorf("metadata %q: %d checksums of %d column chunks", ChecksumKey, len(p.sums), want)
	}
	var b [checksumSize]byte
	if _, err := p.f.ReadAt(b[:], p.Size-tailSize-n-checksumSize); err != nil {
		return err
	}
	if binary.LittleEndian.Uint32(b[:]) != p.FooterSum {
		return fmt.Errorf("metadata: %w", errChecksum)
	}
	return nil
}

// ErrNotRecording is wrapped by errors about Parquet files of something else.
var ErrNotRecording = errors.New("this is no recording")

func (p *Reader) findColumns(s *schema.Schema, samples bool) error {
	at := map[string]int{}
	for i := range s.NumColumns() {
		c := s.Column(i)
		if c.MaxRepetitionLevel() > 0 || len(c.ColumnPath()) != 1 {
			return fmt.Errorf("column %q is nested: %w", c.Path(), ErrNotRecording)
		}
		at[c.Name()] = i
	}
	for _, want := range []struct {
		name string
		kind parquet.Type
	}{{TimeColumn, parquet.Types.Double}, {NeuronColumn, parquet.Types.Int32}, {PopulationColumn, parquet.Types.ByteArray}} {
		i, ok := at[want.name]
		if !ok {
			return fmt.Errorf("no column %q among %s: %w", want.name, columnNames(s), ErrNotRecording)
		}
		if k := s.Column(i).PhysicalType(); k != want.kind {
			return fmt.Errorf("column %q has type %v, must be %v", want.name, k, want.kind)
		}
		p.cols = append(p.cols, i)
		delete(at, want.name)
	}
	if !samples {
		return nil
	}
	for i := range s.NumColumns() {
		c := s.Column(i)
		if _, ok := at[c.Name()]; !ok {
			continue
		}
		if k := c.PhysicalType(); k != parquet.Types.Double {
			return fmt.Errorf("column %q has type %v, must be %v", c.Name(), k, parquet.Types.Double)
		}
		p.cols = append(p.cols, i)
		p.Quantities = append(p.Quantities, c.Name())
	}
	if len(p.Quantities) == 0 {
		return fmt.Errorf("no quantity among the columns %s", columnNames(s))
	}
	return nil
}

func columnNames(s *schema.Schema) string {
	names := make([]string, s.NumColumns())
	for i := range names {
		names[i] = s.Column(i).Name()
	}
	return strings.Join(names, ", ")
}

// Close ends the reading.
func (p *Reader) Close() error { return p.f.Close() }

// Metadata returns what the part says of its run, nil if it does not.
func (p *Reader) Metadata() *string {
	return p.r.MetaData().KeyValueMetadata().FindValue(MetadataKey)
}

// A Span is what statistics say of a row group: the range of its times and ids.
// Without statistics it is unbounded.
type Span struct {
	FirstMS, LastMS     float64
	LowestID, HighestID int32
}

// Span returns the statistics of row group g.
func (p *Reader) Span(g int) (s Span, err error) {
	s = Span{math.Inf(-1), math.Inf(1), math.MinInt32, math.MaxInt32}
	err = recovered(func() error {
		m := p.r.RowGroup(g).MetaData()
		for _, c := range p.cols[:populationAt] {
			col, err := m.ColumnChunk(c)
			if err != nil {
				return err
			}
			st, err := col.Statistics()
			if err != nil {
				return err
			}
			switch st := st.(type) {
			case *metadata.Float64Statistics:
				if st.HasMinMax() {
					s.FirstMS, s.LastMS = st.Min(), st.Max()
				}
			case *metadata.Int32Statistics:
				if st.HasMinMax() {
					s.LowestID, s.HighestID = st.Min(), st.Max()
				}
			}
		}
		return nil
	})
	if err != nil {
		err = p.groupError(g, err)
	}
	return s, err
}

func (p *Reader) groupError(g int, err error) error {
	return damage{fmt.Errorf("arrowio: reading %s: row group %d: %w", p.Path, g, err)}
}

// Rows returns the number of rows.
func (p *Reader) Rows() int64 { return p.r.NumRows() }

// Groups returns the number of row groups.
func (p *Reader) Groups() int { return p.r.NumRowGroups() }

// GroupRows returns the number of rows of row group g, as the file claims it.
func (p *Reader) GroupRows(g int) int64 { return p.r.RowGroup(g).NumRows() }

// Checksummed reports whether the part has checksums: then rows that are read are
// those that were written.
func (p *Reader) Checksummed() bool { return p.sums != nil }

// CreatedBy names the program that wrote the file.
func (p *Reader) CreatedBy() string { return p.r.MetaData().GetCreatedBy() }

// Columns returns the names of the columns, in the order of the file.
func (p *Reader) Columns() []string {
	s := p.r.MetaData().Schema
	names := make([]string, s.NumColumns())
	for i := range names {
		names[i] = s.Column(i).Name()
	}
	return names
}

// LastStep returns the step of the latest row, by the statistics.
func (p *Reader) LastStep(resolution float64) (int64, error) {
	last := math.Inf(-1)
	for g := range p.Groups() {
		s, err := p.Span(g)
		if err != nil {
			return 0, err
		}
		last = max(last, s.LastMS)
	}
	var step [1]int64
	if err := ToSteps(step[:], []float64{last}, resolution); err != nil {
		return 0, fmt.Errorf("arrowio: reading %s: no usable statistics: %w", p.Path, err)
	}
	return step[0], nil
}
