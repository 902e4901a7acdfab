package parquet

import (
	"fmt"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/file"
)

// ReadRows is how many rows are decoded at a time.
const ReadRows = 1 << 14

// Read decodes row group g and calls fn with some of its rows at a time, up to
// ReadRows; the slices are used again. An error of fn ends it and is returned.
func (p *Reader) Read(g int, resolution float64, fn func(*Rows) error) error {
	var stop error
	err := recovered(func() error {
		return p.readGroup(g, resolution, func(r *Rows) error {
			stop = fn(r)
			return stop
		})
	})
	if err != nil && stop == nil {
		err = p.groupError(g, err)
	}
	return err
}

func (p *Reader) readGroup(g int, resolution float64, fn func(*Rows) error) error {
	rg := p.r.RowGroup(g)
	n := rg.NumRows()
	readers := make([]file.ColumnChunkReader, len(p.cols))
	var deltas *deltaColumn // the neurons, if they are encoded so
	for k, c := range p.cols {
		if k == populationAt {
			continue // a neuron's id gives its population
		}
		pages, err := p.checkChunk(rg, g, c, n)
		if err != nil {
			return fmt.Errorf("column %q: %w", p.r.MetaData().Schema.Column(c).Name(), err)
		}
		if k == neuronAt && pages != nil {
			deltas = &deltaColumn{f: p.f, pages: pages}
			continue
		}
		if pages != nil {
			return fmt.Errorf("column %q: encoding %v is not supported there", p.r.MetaData().Schema.Column(c).Name(), parquet.Encodings.DeltaBinaryPacked)
		}
		if readers[k], err = rg.Column(c); err != nil {
			return err
		}
	}
	size := int(min(n, ReadRows))
	times, levels := make([]float64, size), make([]int16, size)
	b := Rows{Step: make([]int64, size), Neuron: make([]int32, size), Values: make([][]float64, len(p.Quantities))}
	for q := range b.Values {
		b.Values[q] = make([]float64, size)
	}
	for n > 0 {
		k := int(min(n, ReadRows))
		n -= int64(k)
		if err := fill(readers[timeAt], times[:k], levels); err != nil {
			return fmt.Errorf("column %q: %w", TimeColumn, err)
		}
		if err := ToSteps(b.Step[:k], times[:k], resolution); err != nil {
			return err
		}
		if deltas != nil {
			if err := deltas.fill(b.Neuron[:k]); err != nil {
				return fmt.Errorf("column %q: %w", NeuronColumn, err)
			}
		} else if err := fill(readers[neuronAt], b.Neuron[:k], levels); err != nil {
			return fmt.Errorf("column %q: %w", NeuronColumn, err)
		}
		if p.sums == nil && p.CheckRows != nil {
			if err := p.CheckRows(b.Step[:k], b.Neuron[:k]); err != nil {
				return err
			}
		}
		for q := range b.Values {
			if err := fill(readers[valuesAt+q], b.Values[q][:k], levels); err != nil {
				return fmt.Errorf("column %q: %w", p.Quantities[q], err)
			}
		}
		if err := fn(b.Head(k)); err != nil {
			return err
		}
	}
	return nil
}

// checkChunk makes sure that column col of row group g has its checksum, if
// there is one, and that Arrow's reader can read it safely, or returns the
// pages that deltaColumn has to read.
func (p *Reader) checkChunk(rg *file.RowGroupReader, g, col int, n int64) ([]pageAt, error) {
	m, err := rg.MetaData().ColumnChunk(col)
	if err != nil {
		return nil, err
	}
	c := chunk{
		start: m.DataPageOffset(), size: m.TotalCompressedSize(),
		values: m.NumValues(), codec: m.Compression(), kind: m.Type(),
		nulls: p.r.MetaData().Schema.Column(col).MaxDefinitionLevel() > 0,
	}
	if m.HasDictionaryPage() && m.DictionaryPageOffset() > 0 && m.DictionaryPageOffset() < c.start {
		c.start = m.DictionaryPageOffset()
	}
	if c.values != n || n < 0 {
		return nil, fmt.Errorf("damaged: %d values in %d rows", c.values, n)
	}
	if c.start < 0 || c.size < 0 || c.start > p.Size || c.size > p.Size-c.start {
		return nil, fmt.Errorf("damaged: %d bytes at %d in a file of %d", c.size, c.start, p.Size)
	}
	if m.Type() != p.r.MetaData().Schema.Column(col).PhysicalType() {
		return nil, fmt.Errorf("damaged: type %v", m.Type())
	}
	if p.sums != nil {
		if p.sumBuffer == nil {
			p.sumBuffer = make([]byte, checksumBuffer)
		}
		sum, err := checksumOf(p.f, c.start, c.size, p.sumBuffer)
		if err != nil {
			return nil, err
		}
		if sum != p.sums[g*p.r.MetaData().Schema.NumColumns()+col] {
			return nil, errChecksum
		}
	}
	return c.check(p.f)
}

// fill reads len(dst) values, none of which may be null.
func fill[T int32 | float64](c file.ColumnChunkReader, dst []T, levels []int16) error {
	for len(dst) > 0 {
		var total int64
		var n int
		var err error
		l := levels[:min(len(levels), len(dst))]
		switch d := any(dst).(type) {
		case []int32:
			total, n, err = c.(*file.Int32ColumnChunkReader).ReadBatch(int64(len(d)), d, l, nil)
		case []float64:
			total, n, err = c.(*file.Float64ColumnChunkReader).ReadBatch(int64(len(d)), d, l, nil)
		}
		if err != nil {
			return err
		}
		if int64(n) != total {
			return fmt.Errorf("has a null or undecodable value")
		}
		if n == 0 {
			return fmt.Errorf("ends early")
		}
		dst = dst[n:]
	}
	return nil
}

// Head returns the first n rows.
func (r *Rows) Head(n int) *Rows {
	h := &Rows{Step: r.Step[:n], Neuron: r.Neuron[:n]}
	for _, v := range r.Values {
		h.Values = append(h.Values, v[:n])
	}
	return h
}

// PopulationNames reads the population column of row group g: the name of each row.
func (p *Reader) PopulationNames(g int) (names []string, err error) {
	err = recovered(func() error {
		rg := p.r.RowGroup(g)
		n := rg.NumRows()
		col := p.cols[populationAt]
		if _, err := p.checkChunk(rg, g, col, n); err != nil {
			return fmt.Errorf("column %q: %w", PopulationColumn, err)
		}
		reader, err := rg.Column(col)
		if err != nil {
			return err
		}
		r, ok := reader.(*file.ByteArrayColumnChunkReader)
		if !ok {
			return fmt.Errorf("column %q has another type", PopulationColumn)
		}
		known := map[string]string{} // so that each name is kept once
		b, levels := make([]parquet.ByteArray, min(n, ReadRows)), make([]int16, min(n, ReadRows))
		for int64(len(names)) < n {
			total, k, err := r.ReadBatch(min(int64(len(b)), n-int64(len(names))), b, levels, nil)
			if err != nil {
				return err
			}
			if k == 0 || int64(k) != total {
				return fmt.Errorf("column %q ends early or has a null", PopulationColumn)
			}
			for _, v := range b[:k] {
				name, ok := known[string(v)]
				if !ok {
					name = string(v)
					known[name] = name
				}
				names = append(names, name)
			}
		}
		return nil
	})
	if err != nil {
		err = p.groupError(g, err)
	}
	return names, err
}
