package parquet

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"

	"cortigo/arrowio/internal/files"
	"cortigo/arrowio/internal/populations"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/metadata"
	"github.com/apache/arrow/go/v17/parquet/schema"
)

// A Writer writes one Parquet file, a row group at a time. The file has a
// temporary name until Finish renames it.
//
// It makes the pages itself and leaves page headers and footer to the Arrow
// module. That module's column writers would take about five times as long:
// they find out by hashing and counting what is known here (the times are in
// order, a neuron's id gives its population).
type Writer struct {
	path, temp string
	sink       *sink
	c          *Config
	scale      TimeScale
	props      *parquet.WriterProperties
	meta       *metadata.FileMetaDataBuilder
	groups     int   // row groups so far
	rows       int64 // so far
	sums       checksums
	footerSum  uint32 // once it is written
	scratch    *Scratch
}

// CreateFile opens a new file; tests replace it to fail.
type CreateFile func(path string) (File, error)

// A File is what a part is written to.
type File interface {
	io.WriteCloser
	Sync() error
}

// CreateOS opens a new file of the operating system's; one that is there is an
// error.
func CreateOS(path string) (File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
}

// Config is what the parts of one recording have in common.
type Config struct {
	Quantities  []string // of samples, their columns; none: spikes
	Populations *populations.Index
	Resolution  float64 // ms per step
	CreatedBy   string  // the program, for the footer
	Compression Compression
	Memory      Allocator  // nil: DefaultAllocator
	Create      CreateFile // nil: CreateOS
}

// Magic is how a Parquet file starts and ends.
var Magic = []byte("PAR1")

// NewWriter starts a part that is written under the name temp, in the directory of
// path, and gets the name path when it is finished. run is its metadata under
// MetadataKey; s may be used by one writer at a time.
func NewWriter(c *Config, path, temp, run string, s *Scratch) (_ *Writer, err error) {
	p := &Writer{path: path, temp: temp, c: c, scale: NewTimeScale(c.Resolution), scratch: s,
		props: c.Compression.properties(allocator(c.Memory), c.CreatedBy)}
	defer func() {
		if err != nil {
			err = fmt.Errorf("arrowio: writing %s: %w", p.path, err)
		}
	}()
	sc, err := partSchema(c.Quantities)
	if err != nil {
		return nil, err
	}
	kv := metadata.NewKeyValueMetadata()
	if err := errors.Join(kv.Append(MetadataKey, run), kv.Append(arrowSchemaKey, arrowSchema(c.Quantities))); err != nil {
		return nil, err
	}
	p.meta = metadata.NewFileMetadataBuilder(schema.NewSchema(sc), p.props, kv)
	create := c.Create
	if create == nil {
		create = CreateOS
	}
	f, err := create(p.temp)
	if err != nil {
		return nil, err
	}
	p.sink = &sink{f: f, w: bufio.NewWriterSize(f, 1<<18)}
	if _, err := p.sink.Write(Magic); err != nil {
		p.Abandon()
		return nil, err
	}
	return p, nil
}

// Write adds r, which must not be empty, as a row group.
func (p *Writer) Write(r *Rows) error {
	err := recovered(func() error { return p.writeGroup(r) })
	if err == nil {
		err = p.sink.err
	}
	if err != nil {
		return fmt.Errorf("arrowio: writing %s: %w", p.path, err)
	}
	p.groups++
	p.rows += int64(r.Len())
	return nil
}

func (p *Writer) writeGroup(r *Rows) error {
	rg := p.meta.AppendRowGroup()
	var total int64
	put := func(c column) error {
		// Ids as differences have nothing left to compress, nor have quantities.
		c.codec = Uncompressed
		if c.dict != nil {
			c.codec = p.c.Compression
		}
		p.sink.sum = 0
		n, err := c.put(p, rg, r.Len())
		p.sums = append(p.sums, p.sink.sum)
		total += n
		return err
	}
	if err := put(p.scratch.times(r.Step, p.scale)); err != nil {
		return err
	}
	if err := put(p.scratch.neurons(r.Neuron)); err != nil {
		return err
	}
	c, err := p.scratch.populations(p.c.Populations, r.Neuron)
	if err != nil {
		return err
	}
	if err := put(c); err != nil {
		return err
	}
	for _, v := range r.Values {
		if err := put(p.scratch.floats(v)); err != nil {
			return err
		}
	}
	rg.SetNumRows(r.Len())
	return rg.Finish(total, int16(p.groups))
}

// Finish writes the footer, makes the file durable and gives it its name. On
// an error the temporary file is removed.
func (p *Writer) Finish() error { return p.FinishAs(renameNew) }

// FinishAs is Finish with another way to rename the file, from its temporary name
// to its own.
func (p *Writer) FinishAs(rename func(from, to string) error) error {
	err := recovered(p.writeFooter)
	if serr := p.sink.finish(); serr != nil {
		err = serr // the cause, if both failed
	}
	if err == nil {
		err = rename(p.temp, p.path)
	}
	if err != nil {
		_ = os.Remove(p.temp)
		return fmt.Errorf("arrowio: writing %s: %w", p.path, err)
	}
	return nil
}

func (p *Writer) writeFooter() error {
	if err := p.meta.AppendKeyValueMetadata(ChecksumKey, p.sums.String()); err != nil {
		return err
	}
	m, err := p.meta.Finish()
	if err != nil {
		return err
	}
	var footer bytes.Buffer
	if _, err := m.WriteTo(&footer, nil); err != nil {
		return err
	}
	p.footerSum = crc32.Checksum(footer.Bytes(), castagnoli)
	b := binary.LittleEndian.AppendUint32(nil, p.footerSum)
	b = append(b, footer.Bytes()...)
	b = binary.LittleEndian.AppendUint32(b, uint32(footer.Len()))
	_, err = p.sink.Write(append(b, Magic...))
	return err
}

// Rows returns the number of rows so far.
func (p *Writer) Rows() int64 { return p.rows }

// Groups returns the number of row groups so far.
func (p *Writer) Groups() int { return p.groups }

// Bytes returns the size of the file so far.
func (p *Writer) Bytes() int64 { return p.sink.n }

// FooterSum returns the CRC-32C of the footer of a part that is finished.
func (p *Writer) FooterSum() uint32 { return p.footerSum }

// Abandon drops an unfinished part.
func (p *Writer) Abandon() {
	_ = p.sink.f.Close()
	_ = os.Remove(p.temp)
}

// renameNew is a rename that replaces nothing.
func renameNew(from, to string) error {
	if _, err := os.Lstat(to); err == nil {
		return fmt.Errorf("%s already exists: is another program recording into this run?", to)
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return files.SyncDir(filepath.Dir(to))
}

// A sink is a buffered file that counts bytes and remembers the first error.
type sink struct {
	f   File
	w   *bufio.Writer
	n   int64
	sum uint32 // CRC-32C of what was written since it was set to 0
	err error
}

func (s *sink) Write(b []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.w.Write(b)
	s.n += int64(n)
	s.sum = crc32.Update(s.sum, castagnoli, b[:n])
	s.err = err
	return n, err
}

// Tell returns the number of bytes written.
func (s *sink) Tell() int64 { return s.n }

// finish flushes and closes the file.
func (s *sink) finish() error {
	err := s.err
	if err == nil {
		err = s.w.Flush()
	}
	if err == nil {
		err = s.f.Sync()
	}
	return errors.Join(err, s.f.Close())
}
