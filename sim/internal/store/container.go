package store

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"unsafe"

	"cortigo/sim/internal/brief"
	"cortigo/sim/internal/delivery"
)

// A container is a file: a magic, the length and the checksum of a JSON table, the
// table, and the arrays that it names, little-endian, one after the other, each at
// a multiple of 64 bytes. Files of the first version have no checksum of the
// table.
const (
	magic      = "CORTIGO2"
	magicFirst = "CORTIGO1"
)

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

// A seal identifies a container: its length, and the checksum of its table,
// which has the checksums of all arrays.
type seal struct {
	Bytes int64  `json:"bytes"`
	CRC   uint32 `json:"table_crc32c"`
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

type element interface {
	~uint16 | ~uint32 | ~uint64 | ~float64
}

func typeName[T element]() string {
	var x T
	switch any(x).(type) {
	case uint16:
		return "uint16"
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
func writeContainer(path, kind string, header any, arrays []array) (seal, error) {
	if !littleEndian() {
		return seal{}, errByteOrder
	}
	h, err := json.Marshal(header)
	if err != nil {
		return seal{}, err
	}
	t := table{Kind: kind, Header: h}
	offset := int64(0)
	for _, a := range arrays {
		t.Arrays = append(t.Arrays, arrayInfo{a.name, a.typ, int64(a.n), offset, crc32.Checksum(a.bytes, castagnoli)})
		offset += int64(len(a.bytes)) + padding(int64(len(a.bytes)))
	}
	head, crc, err := encodeTable(&t)
	if err != nil {
		return seal{}, err
	}
	err = Replace(path, func(w io.Writer) error {
		if _, err := w.Write(head); err != nil {
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
	return seal{int64(len(head)) + offset, crc}, err
}

// encodeTable returns the bytes of a container before the arrays, and the
// checksum in them.
func encodeTable(t *table) ([]byte, uint32, error) {
	body, err := json.Marshal(t)
	if err != nil {
		return nil, 0, err
	}
	b := binary.LittleEndian.AppendUint64([]byte(magic), uint64(len(body)))
	crc := crc32.Update(crc32.Checksum(b, castagnoli), castagnoli, body)
	b = append(binary.LittleEndian.AppendUint64(b, uint64(crc)), body...)
	return append(b, make([]byte, padding(int64(len(b))))...), crc, nil
}

// makeDir makes a directory, and those above it, if it does not exist. A symbolic
// link that leads nowhere has an error of its own, because the system only says
// that the file exists.
func makeDir(path string) error {
	err := os.MkdirAll(path, 0o755)
	if err == nil {
		return nil
	}
	for p := path; ; p = filepath.Dir(p) {
		if to, notLink := os.Readlink(p); notLink == nil {
			if _, gone := os.Stat(p); errors.Is(gone, os.ErrNotExist) {
				return fmt.Errorf("%s is a symbolic link to %s, which is not there", p, to)
			}
		}
		if p == filepath.Dir(p) {
			return err
		}
	}
}

// Replace writes a file under another name and renames it to path when it is
// complete and on disk.
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

// A container is open for reading. Its table has been checked: the arrays have
// known types and different names, and fill the file.
type container struct {
	path  string
	table table
	seal  seal
	begin int64 // of the arrays

	file  io.ReaderAt
	close func() error

	memory []byte // the file as it is mapped; nil: it is read
	keep   any    // keeps memory from being unmapped
}

// maxTable bounds the table of a container by its kind. Rows have six arrays; a
// state has up to nine columns for each of 65,535 populations.
var maxTable = map[string]int64{rowsKind: 1 << 16, stateKind: 1 << 26}

// openContainer opens the container at path, which must be of a kind, and reads
// its table. It must be closed.
func openContainer(path, kind string) (*container, error) {
	if !littleEndian() {
		return nil, errByteOrder
	}
	f, size, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	c, err := readTable(f, size, kind)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	c.path, c.close = path, f.Close
	return c, nil
}

// mapIt makes arrays be used as they are in the file, if that is safe; otherwise
// they are copied.
func (c *container) mapIt() error {
	f, ok := c.file.(*os.File)
	if !ok {
		return nil
	}
	memory, keep, err := mapFile(f, c.seal.Bytes)
	if errors.Is(err, errNoLease) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.path, err)
	}
	c.memory, c.keep = memory, keep
	c.close = func() error { return nil } // whoever keeps the memory keeps the file
	return nil
}

// openRegular opens a regular file, and no pipe or device, whose data may come
// late or have no end.
func openRegular(path string) (f *os.File, size int64, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%s: not a regular file", path)
	}
	if f, err = os.Open(path); err != nil {
		return nil, 0, err
	}
	if info, err = f.Stat(); err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// Close ends reading.
func (c *container) Close() { _ = c.close() } // nothing was written

// readTable reads the table of a container of size bytes and checks it. The kind
// may be "": any.
func readTable(f io.ReaderAt, size int64, kind string) (*container, error) {
	errNone := errors.New("not a file of a network or state")
	fixed := int64(len(magic)) + 8
	head := make([]byte, fixed+8)
	n, err := f.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if int64(n) < fixed {
		return nil, errNone
	}
	first := string(head[:len(magic)]) == magicFirst
	switch {
	case first:
		head = head[:fixed]
	case string(head[:len(magic)]) != magic:
		return nil, errNone
	case n < len(head):
		return nil, errors.New("cut short within its table")
	}
	begin := int64(len(head))
	length := binary.LittleEndian.Uint64(head[len(magic):])
	if length > uint64(size-begin) {
		return nil, errors.New("cut short within its table")
	}
	limit := maxTable[stateKind]
	if l, ok := maxTable[kind]; ok {
		limit = l
	}
	if length > uint64(limit) {
		return nil, fmt.Errorf("damaged: its table has %d bytes, must be at most %d", length, limit)
	}
	b := make([]byte, length)
	if n, err := f.ReadAt(b, begin); n < len(b) {
		return nil, fmt.Errorf("its table cannot be read: %w", err)
	}
	c := &container{file: f, seal: seal{Bytes: size, CRC: crc32.Checksum(b, castagnoli)}, begin: begin + int64(length)}
	if !first {
		c.seal.CRC = crc32.Update(crc32.Checksum(head[:fixed], castagnoli), castagnoli, b)
		if binary.LittleEndian.Uint64(head[fixed:]) != uint64(c.seal.CRC) {
			return nil, errors.New("its table is damaged (its checksum is wrong)")
		}
	}
	if err := strict(b, &c.table); err != nil {
		return nil, fmt.Errorf("its table is damaged: %w", err)
	}
	if kind != "" && c.table.Kind != kind {
		return nil, fmt.Errorf("it holds a %q, not a %q", brief.String(c.table.Kind), kind)
	}
	c.begin += padding(c.begin)
	return c, c.layOut(size)
}

// elementSizes are the bytes of an array's elements, by the name of the type.
var elementSizes = map[string]int64{"uint16": 2, "uint32": 4, "uint64": 8, "float64": 8}

// layOut checks that the arrays fill a file of size bytes, each at the right place.
func (c *container) layOut(size int64) error {
	at := c.begin
	seen := map[string]bool{}
	for _, a := range c.table.Arrays {
		width, ok := elementSizes[a.Type]
		if !ok {
			return fmt.Errorf("array %q is of type %q, none of %q", brief.String(a.Name), brief.String(a.Type), slices.Sorted(maps.Keys(elementSizes)))
		}
		if seen[a.Name] {
			return fmt.Errorf("damaged: two arrays are called %q", brief.String(a.Name))
		}
		seen[a.Name] = true
		if a.Offset != at-c.begin {
			return fmt.Errorf("damaged: array %q at byte %d after the table, must be at %d", brief.String(a.Name), a.Offset, at-c.begin)
		}
		if a.Len < 0 || a.Len > (size-at)/width {
			return fmt.Errorf("cut short within array %q: it has %d elements of %d bytes, the file %d bytes from there on", brief.String(a.Name), a.Len, width, max(0, size-at))
		}
		at += a.Len * width
		at += padding(at)
	}
	if at != size {
		return fmt.Errorf("damaged: %d bytes long, must be %d", size, at)
	}
	return nil
}

// strict decodes JSON in which every name must be known, and after which
// nothing may follow: otherwise a damaged name would be taken for a missing
// one.
func strict(b []byte, into any) error { return strictFrom(bytes.NewReader(b), into) }

func strictFrom(r io.Reader, into any) error {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("there is something after its end, at byte %d", d.InputOffset())
	}
	return nil
}

// header decodes the container's header.
func (c *container) header(into any) error {
	if err := strict(c.table.Header, into); err != nil {
		return fmt.Errorf("%s: its header is damaged: %w", c.path, err)
	}
	return nil
}

// array returns what the table says of an array; nil if there is none.
func (c *container) array(name string) *arrayInfo {
	for i := range c.table.Arrays {
		if a := &c.table.Arrays[i]; a.Name == name {
			return a
		}
	}
	return nil
}

// length returns how many elements an array has; 0 if there is none.
func (c *container) length(name string) int64 {
	if a := c.array(name); a != nil {
		return a.Len
	}
	return 0
}

// chunk is how much is read at a time, so that what is read is still in the cache
// when its checksum is computed.
const chunk = 1 << 18

// read fills dst, which is as long as the array, and compares the checksum.
// Without dst it only compares.
func (c *container) read(a *arrayInfo, dst []byte) error {
	var crc uint32
	rest := a.Len * elementSizes[a.Type]
	buf := dst
	if dst == nil {
		buf = make([]byte, min(rest, chunk))
	}
	for at := c.begin + a.Offset; rest > 0; {
		b := buf[:min(rest, chunk)]
		if n, err := c.file.ReadAt(b, at); n < len(b) {
			return fmt.Errorf("%s: array %q cannot be read at byte %d: %w", c.path, brief.String(a.Name), at+int64(n), err)
		}
		crc = crc32.Update(crc, castagnoli, b)
		at += int64(len(b))
		rest -= int64(len(b))
		if dst != nil {
			buf = buf[len(b):]
		}
	}
	if crc != a.CRC {
		return c.damaged(a)
	}
	return nil
}

// take returns the array called name; nil if there is none, or it is empty.
func take[T element](c *container, name string) ([]T, error) {
	a := c.array(name)
	if a == nil {
		return nil, nil
	}
	if a.Type != typeName[T]() {
		return nil, fmt.Errorf("%s: array %q is of type %q, not %q", c.path, name, a.Type, typeName[T]())
	}
	var x []T
	switch {
	case a.Len == 0:
	case c.memory != nil:
		b := c.memory[c.begin+a.Offset:][:a.Len*elementSizes[a.Type]]
		if crc32.Checksum(b, castagnoli) != a.CRC {
			return nil, c.damaged(a)
		}
		return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), int(a.Len)), nil
	default:
		x = make([]T, a.Len)
		delivery.PreferHugePages(x)
	}
	return x, c.read(a, bytesOf(x))
}

func (c *container) damaged(a *arrayInfo) error {
	return fmt.Errorf("%s: array %q is damaged (its checksum is wrong)", c.path, brief.String(a.Name))
}
