package arrowio

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"strings"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/file"
	"github.com/apache/arrow/go/v17/parquet/metadata"
	"github.com/apache/arrow/go/v17/parquet/schema"
)

// A partReader reads one Parquet part.
type partReader struct {
	path       string
	f          *os.File
	size       int64
	r          *file.Reader
	cols       []int    // where the columns time, neuron, population and the quantities are
	quantities []string // in the order of the file

	footerSum uint32    // CRC-32C of the footer
	sums      checksums // of the column chunks; nil: the part has none
	sumBuffer []byte
	rules     *rowRules // what rows without checksums must keep to; nil: not looked at
}

// openPart opens a part and checks that it has the columns of spikes or, if
// samples is set, of samples. Columns may stand in any order. The caller
// closes it.
func openPart(path string, samples bool, mem memory.Allocator) (p *partReader, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("arrowio: reading %s: %w", path, err)
		}
	}()
	f, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	p = &partReader{path: path, f: f}
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

func (p *partReader) open(mem memory.Allocator, samples bool) error {
	fi, err := p.f.Stat()
	if err != nil {
		return err
	}
	p.size = fi.Size()
	b, err := footer(p.f, p.size)
	if err != nil {
		return err
	}
	p.footerSum = crc32.Checksum(b, castagnoli)
	m, err := metadata.NewFileMetaData(b, nil)
	if err != nil {
		return fmt.Errorf("the Parquet file is damaged: %w", err)
	}
	if m.Schema == nil {
		return fmt.Errorf("the Parquet file is damaged: no schema")
	}
	if n := m.NumRows; n < 0 || n > maxRowsPerByte*p.size {
		return fmt.Errorf("the Parquet file is damaged: %d rows in %d bytes", n, p.size)
	}
	if err := p.readChecksums(m, int64(len(b))); err != nil {
		return err
	}
	props := parquet.NewReaderProperties(boundedAllocator{mem, 2 * maxPage})
	if p.r, err = file.NewParquetReader(p.f, file.WithReadProps(props), file.WithMetadata(m)); err != nil {
		return err
	}
	return p.findColumns(m.Schema, samples)
}

// readChecksums reads those of the column chunks, and checks that of the footer, of
// n bytes.
func (p *partReader) readChecksums(m *metadata.FileMetaData, n int64) (err error) {
	text := m.KeyValueMetadata().FindValue(checksumKey)
	if text == nil {
		return nil
	}
	if p.sums, err = parseChecksums(*text); err != nil {
		return err
	}
	if want := len(m.RowGroups) * m.Schema.NumColumns(); len(p.sums) != want {
		return fmt.Errorf("metadata %q: %d checksums of %d column chunks", checksumKey, len(p.sums), want)
	}
	var b [checksumSize]byte
	if _, err := p.f.ReadAt(b[:], p.size-tailSize-n-checksumSize); err != nil {
		return err
	}
	if binary.LittleEndian.Uint32(b[:]) != p.footerSum {
		return fmt.Errorf("metadata: %w", errChecksum)
	}
	return nil
}

// errNotRecording is wrapped by errors about Parquet files of something else.
var errNotRecording = errors.New("this is no recording")

func (p *partReader) findColumns(s *schema.Schema, samples bool) error {
	at := map[string]int{}
	for i := range s.NumColumns() {
		c := s.Column(i)
		if c.MaxRepetitionLevel() > 0 || len(c.ColumnPath()) != 1 {
			return fmt.Errorf("column %q is nested: %w", c.Path(), errNotRecording)
		}
		at[c.Name()] = i
	}
	for _, want := range []struct {
		name string
		kind parquet.Type
	}{{TimeColumn, parquet.Types.Double}, {NeuronColumn, parquet.Types.Int32}, {PopulationColumn, parquet.Types.ByteArray}} {
		i, ok := at[want.name]
		if !ok {
			return fmt.Errorf("no column %q among %s: %w", want.name, columnNames(s), errNotRecording)
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
		p.quantities = append(p.quantities, c.Name())
	}
	if len(p.quantities) == 0 {
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

func (p *partReader) close() error { return p.f.Close() }

// meta returns what the part says of its run, nil if it does not.
func (p *partReader) meta() *string {
	return p.r.MetaData().KeyValueMetadata().FindValue(MetadataKey)
}

// A span is what statistics say of a row group: the range of its times and ids.
// Without statistics it is unbounded.
type span struct {
	t0, t1 float64 // ms
	n0, n1 int32
}

// span returns the statistics of row group g.
func (p *partReader) span(g int) (s span, err error) {
	s = span{math.Inf(-1), math.Inf(1), math.MinInt32, math.MaxInt32}
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
					s.t0, s.t1 = st.Min(), st.Max()
				}
			case *metadata.Int32Statistics:
				if st.HasMinMax() {
					s.n0, s.n1 = st.Min(), st.Max()
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

func (p *partReader) groupError(g int, err error) error {
	return damage{fmt.Errorf("arrowio: reading %s: row group %d: %w", p.path, g, err)}
}

// lastStep returns the step of the latest row of a part, by its statistics.
func lastStep(path string, resolution float64) (int64, error) {
	p, err := openPart(path, false, memory.DefaultAllocator)
	if err != nil {
		return 0, err
	}
	defer func() { _ = p.close() }()
	last := math.Inf(-1)
	for g := range p.r.NumRowGroups() {
		s, err := p.span(g)
		if err != nil {
			return 0, err
		}
		last = max(last, s.t1)
	}
	var step [1]int64
	if err := toSteps(step[:], []float64{last}, resolution); err != nil {
		return 0, fmt.Errorf("arrowio: reading %s: no usable statistics: %w", path, err)
	}
	return step[0], nil
}

// quantitiesOf returns the quantities that a part of samples has.
func quantitiesOf(path string) ([]string, error) {
	p, err := openPart(path, true, memory.DefaultAllocator)
	if err != nil {
		return nil, err
	}
	return p.quantities, p.close()
}

// PartRun returns the run that a Parquet part says it comes from; it needs
// nothing but the file.
func PartRun(path string) (*Run, error) {
	p, err := openPart(path, false, memory.DefaultAllocator)
	if err != nil {
		return nil, err
	}
	defer func() { _ = p.close() }()
	m := p.meta()
	if m == nil {
		return nil, fmt.Errorf("arrowio: %s has no metadata %q: it was not written by Cortigo, or something else wrote it again", path, MetadataKey)
	}
	run, err := parseRun([]byte(*m))
	if err != nil {
		return nil, fmt.Errorf("arrowio: %s, metadata %q: %w", path, MetadataKey, err)
	}
	return run, nil
}
