package arrowio

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

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/metadata"
	"github.com/apache/arrow/go/v17/parquet/schema"
)

// A partWriter writes one Parquet file, a row group at a time. The file has a
// temporary name until finish renames it.
//
// It makes the pages itself and leaves page headers and footer to the Arrow
// module: that module's column writers find out by hashing and counting what
// is known here (the times are in order, a neuron's id gives its population),
// for some five times the cost.
type partWriter struct {
	path, temp string
	sink       *sink
	pops       *populationIndex
	scale      timeScale
	codec      compression
	props      *parquet.WriterProperties
	meta       *metadata.FileMetaDataBuilder
	mem        memory.Allocator
	groups     int // row groups so far
	n          int // rows so far
	sums       checksums
	footerSum  uint32 // once it is written
	scratch    *scratch
}

// createFile opens a new file; tests replace it to fail.
type createFile func(path string) (partFile, error)

type partFile interface {
	io.WriteCloser
	Sync() error
}

func createOS(path string) (partFile, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
}

// partConfig is what the parts of one writer have in common.
type partConfig struct {
	dir        string
	quantities []string
	pops       *populationIndex
	resolution float64
	createdBy  string
	codec      compression
	mem        memory.Allocator
	create     createFile
}

var magic = []byte("PAR1")

// newPartWriter starts part n of c.dir; run is the metadata.
func newPartWriter(c *partConfig, n int, run string, s *scratch) (_ *partWriter, err error) {
	p := &partWriter{
		path: filepath.Join(c.dir, partName(n)), temp: filepath.Join(c.dir, tempName(n)),
		pops: c.pops, scale: newTimeScale(c.resolution), codec: c.codec, mem: c.mem, scratch: s,
		props: c.codec.properties(c.mem, c.createdBy),
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("arrowio: writing %s: %w", p.path, err)
		}
	}()
	sc, err := partSchema(c.quantities)
	if err != nil {
		return nil, err
	}
	kv := metadata.NewKeyValueMetadata()
	if err := errors.Join(kv.Append(MetadataKey, run), kv.Append(arrowSchemaKey, arrowSchema(c.quantities))); err != nil {
		return nil, err
	}
	p.meta = metadata.NewFileMetadataBuilder(schema.NewSchema(sc), p.props, kv)
	f, err := c.create(p.temp)
	if err != nil {
		return nil, err
	}
	p.sink = &sink{f: f, w: bufio.NewWriterSize(f, 1<<18)}
	if _, err := p.sink.Write(magic); err != nil {
		p.abandon()
		return nil, err
	}
	return p, nil
}

// write adds r, which must not be empty, as a row group.
func (p *partWriter) write(r *rows) error {
	err := recovered(func() error { return p.writeGroup(r) })
	if err == nil {
		err = p.sink.err
	}
	if err != nil {
		return fmt.Errorf("arrowio: writing %s: %w", p.path, err)
	}
	p.groups++
	p.n += r.len()
	return nil
}

func (p *partWriter) writeGroup(r *rows) error {
	rg := p.meta.AppendRowGroup()
	var total int64
	put := func(c column) error {
		// Ids as differences have nothing left to compress, nor have quantities.
		c.codec = compression{codec: compress.Codecs.Uncompressed}
		if c.dict != nil {
			c.codec = p.codec
		}
		p.sink.sum = 0
		n, err := c.put(p, rg, r.len())
		p.sums = append(p.sums, p.sink.sum)
		total += n
		return err
	}
	if err := put(p.scratch.times(r.step, p.scale)); err != nil {
		return err
	}
	if err := put(p.scratch.neurons(r.neuron)); err != nil {
		return err
	}
	c, err := p.scratch.populations(p.pops, r.neuron)
	if err != nil {
		return err
	}
	if err := put(c); err != nil {
		return err
	}
	for _, v := range r.values {
		if err := put(p.scratch.floats(v)); err != nil {
			return err
		}
	}
	rg.SetNumRows(r.len())
	return rg.Finish(total, int16(p.groups))
}

// finish writes the footer, makes the file durable and gives it its name. On
// an error the temporary file is removed.
func (p *partWriter) finish() error { return p.finishAs(renameNew) }

func (p *partWriter) finishAs(rename func(from, to string) error) error {
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

func (p *partWriter) writeFooter() error {
	if err := p.meta.AppendKeyValueMetadata(checksumKey, p.sums.String()); err != nil {
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
	_, err = p.sink.Write(append(b, magic...))
	return err
}

// entry returns what run.json says of the part, which must be finished.
func (p *partWriter) entry() Part {
	return Part{Rows: int64(p.n), Bytes: p.sink.n, CRC32C: p.footerSum}
}

// abandon drops an unfinished part.
func (p *partWriter) abandon() {
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
	return syncDir(filepath.Dir(to))
}

// A sink is a buffered file that counts bytes and remembers the first error.
type sink struct {
	f   partFile
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
