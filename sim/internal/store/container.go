package store

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"unsafe"
)

// A container is a file: the magic, the length of a JSON table, the table, and
// the arrays it names, little-endian, each at a multiple of 64 bytes.
const magic = "CORTIGO1"

type table struct {
	Kind   string          `json:"kind"`
	Header json.RawMessage `json:"header"`
	Arrays []arrayInfo     `json:"arrays"`
}

type arrayInfo struct {
	Name   string `json:"name"`
	Type   string `json:"type"` // "uint32", "uint64", "float64"
	Len    int64  `json:"len"`
	Offset int64  `json:"offset"` // from the end of the table, aligned
	CRC    uint32 `json:"crc32c"`
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

type element interface{ ~uint32 | ~uint64 | ~float64 }

func typeName[T element]() string {
	var x T
	switch any(x).(type) {
	case uint32:
		return "uint32"
	case uint64:
		return "uint64"
	}
	return "float64"
}

// An array is something to write under a name.
type array struct {
	name, typ string
	n         int
	bytes     []byte
}

// newArray names x, whose memory is used as it is.
func newArray[T element](name string, x []T) array {
	return array{name, typeName[T](), len(x), bytesOf(x)}
}

func bytesOf[T element](x []T) []byte {
	if len(x) == 0 {
		return nil
	}
	var t T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*int(unsafe.Sizeof(t)))
}

const align = 64

func padding(n int64) int64 { return (align - n%align) % align }

var errByteOrder = errors.New("networks and states are stored little-endian, which this machine is not")

func littleEndian() bool { return binary.NativeEndian.Uint16([]byte{1, 0}) == 1 }

// writeContainer writes a container in place of path.
func writeContainer(path, kind string, header any, arrays []array) (err error) {
	if !littleEndian() {
		return errByteOrder
	}
	h, err := json.Marshal(header)
	if err != nil {
		return err
	}
	t := table{Kind: kind, Header: h}
	offset := int64(0)
	for _, a := range arrays {
		t.Arrays = append(t.Arrays, arrayInfo{a.name, a.typ, int64(a.n), offset, crc32.Checksum(a.bytes, castagnoli)})
		offset += int64(len(a.bytes)) + padding(int64(len(a.bytes)))
	}
	head, err := json.Marshal(t)
	if err != nil {
		return err
	}
	return Replace(path, func(w io.Writer) error {
		b := append([]byte(magic), binary.LittleEndian.AppendUint64(nil, uint64(len(head)))...)
		b = append(b, head...)
		b = append(b, make([]byte, padding(int64(len(b))))...)
		if _, err := w.Write(b); err != nil {
			return err
		}
		for _, a := range arrays {
			if _, err := w.Write(a.bytes); err != nil {
				return err
			}
			if _, err := w.Write(make([]byte, padding(int64(len(a.bytes))))); err != nil {
				return err
			}
		}
		return nil
	})
}

// Replace writes a file under another name and renames it to path when it is
// whole and on the disk.
func Replace(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	w := bufio.NewWriterSize(f, 1<<20)
	if err = write(w); err != nil {
		return err
	}
	if err = w.Flush(); err != nil {
		return err
	}
	if err = f.Chmod(0o644); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// A container that was read. Its arrays share the file's memory.
type container struct {
	path  string
	table table
	body  []byte
}

// readContainer reads path, mapping it if mapped is set: then its memory stays
// as long as the process. Checksums are verified when an array is taken.
func readContainer(path, kind string, mapped bool) (*container, error) {
	if !littleEndian() {
		return nil, errByteOrder
	}
	data, err := readFile(path, mapped)
	if err != nil {
		return nil, err
	}
	c, err := parse(data, kind)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	c.path = path
	return c, nil
}

func parse(data []byte, kind string) (*container, error) {
	const fixed = len(magic) + 8
	if len(data) < fixed || string(data[:len(magic)]) != magic {
		return nil, errors.New("not a file of a network or state")
	}
	n := binary.LittleEndian.Uint64(data[len(magic):])
	if n > uint64(len(data)-fixed) {
		return nil, errors.New("cut short within its table")
	}
	c := &container{}
	if err := json.Unmarshal(data[fixed:fixed+int(n)], &c.table); err != nil {
		return nil, fmt.Errorf("its table is damaged: %w", err)
	}
	if c.table.Kind != kind {
		return nil, fmt.Errorf("it holds a %q, not a %q", c.table.Kind, kind)
	}
	at := int64(fixed) + int64(n)
	at += padding(at)
	if at > int64(len(data)) {
		at = int64(len(data))
	}
	c.body = data[at:]
	return c, nil
}

// header decodes the container's header.
func (c *container) header(into any) error {
	if err := json.Unmarshal(c.table.Header, into); err != nil {
		return fmt.Errorf("%s: its header is damaged: %w", c.path, err)
	}
	return nil
}

// take returns the array called name; nil if there is none.
func take[T element](c *container, name string) ([]T, error) {
	var t T
	size := int64(unsafe.Sizeof(t))
	for _, a := range c.table.Arrays {
		if a.Name != name {
			continue
		}
		if a.Type != typeName[T]() {
			return nil, fmt.Errorf("%s: array %q is of type %q, not %q", c.path, name, a.Type, typeName[T]())
		}
		if a.Offset < 0 || a.Offset%align != 0 || a.Len < 0 || a.Len > math.MaxInt64/16 || a.Offset > int64(len(c.body)) || a.Len*size > int64(len(c.body))-a.Offset {
			return nil, fmt.Errorf("%s: cut short within array %q", c.path, name)
		}
		b := c.body[a.Offset : a.Offset+a.Len*size]
		if crc32.Checksum(b, castagnoli) != a.CRC {
			return nil, fmt.Errorf("%s: array %q is damaged (its checksum is wrong)", c.path, name)
		}
		if len(b) == 0 {
			return nil, nil
		}
		if uintptr(unsafe.Pointer(unsafe.SliceData(b)))%unsafe.Alignof(t) != 0 {
			b = append(make([]byte, 0, len(b)+align), b...)
		}
		return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), int(a.Len)), nil
	}
	return nil, nil
}
