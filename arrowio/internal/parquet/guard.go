package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
)

// Limits for what a part may claim. Pages of other writers are about a
// megabyte; ours hold a row group's column.
const (
	maxFooter  = 256 << 20
	maxDecoded = 1 << 29  // bytes of memory for them: some 40,000 row groups
	MaxPage    = 64 << 20 // bytes, uncompressed
	maxHeader  = 1 << 20  // bytes of a page header, with its statistics
)

// tailSize is what stands after the footer: its length and the magic number.
const tailSize = 8

// footer returns the metadata of the Parquet file f of the given size, after
// checking that they are whole and that their lists are as long as they say.
func footer(f io.ReaderAt, size int64) ([]byte, error) {
	const tail = tailSize
	if size < int64(len(Magic))+tail {
		return nil, fmt.Errorf("not a Parquet file: %d bytes", size)
	}
	var head [4]byte
	var end [tail]byte
	if _, err := f.ReadAt(head[:], 0); err != nil {
		return nil, err
	}
	if _, err := f.ReadAt(end[:], size-tail); err != nil {
		return nil, err
	}
	switch {
	case string(head[:]) != string(Magic):
		return nil, errors.New("not a Parquet file: it does not begin with PAR1")
	case string(end[4:]) != string(Magic):
		return nil, errors.New("the Parquet file is cut short: it does not end with PAR1")
	}
	n := int64(binary.LittleEndian.Uint32(end[:]))
	if n > size-tail-int64(len(Magic)) || n > maxFooter {
		return nil, fmt.Errorf("the Parquet file is damaged: metadata of %d bytes in a file of %d", n, size)
	}
	b := make([]byte, n)
	if _, err := f.ReadAt(b, size-tail-n); err != nil {
		return nil, err
	}
	if err := checkFooter(b); err != nil {
		return nil, fmt.Errorf("the Parquet file is damaged: %w", err)
	}
	return b, nil
}

// checkFooter walks over a FileMetaData. Field 2 is the schema, a tree as a
// list in which each node (field 5) says how many children follow.
func checkFooter(b []byte) error {
	t := &thriftReader{b: b}
	err := t.fields(func(id int64, kind byte) error {
		if id != 2 || kind != thriftList {
			return t.skip(kind, true, 0)
		}
		var most, sum int64
		n, err := t.list(func(kind byte) error {
			if kind != thriftStruct {
				return errThriftBad
			}
			return t.fields(func(id int64, kind byte) error {
				if id != 5 || kind != thriftI32 {
					return t.skip(kind, true, 0)
				}
				c, err := t.int()
				if c < 0 || c > math.MaxInt32 {
					return errThriftBad
				}
				most, sum = max(most, c), sum+c
				return err
			})
		})
		if err == nil && (most >= int64(n) || sum != int64(n)-1) {
			return errors.New("the schema's tree does not add up")
		}
		t.cost += int64(n) * structCost
		return err
	})
	if err == nil && t.cost > maxDecoded {
		err = fmt.Errorf("its metadata would take %d MB of memory, at most %d MB are allowed", t.cost>>20, maxDecoded>>20)
	}
	return err
}

// A pageHeader is what the guard needs to know of one.
type pageHeader struct {
	kind                     int64 // 0 data, 2 dictionary, 3 data V2
	uncompressed, compressed int64
	values                   int64
	encoding                 int64
	levels                   int64 // bytes of levels, V2
	plainV2                  bool  // V2: not compressed
}

func parsePageHeader(b []byte) (h pageHeader, n int, err error) {
	h.kind, h.uncompressed, h.compressed, h.values = -1, -1, -1, -1
	t := &thriftReader{b: b}
	number := func(dst *int64) error {
		v, err := t.int()
		*dst = v
		return err
	}
	err = t.fields(func(id int64, kind byte) error {
		switch {
		case id == 1 && kind == thriftI32:
			return number(&h.kind)
		case id == 2 && kind == thriftI32:
			return number(&h.uncompressed)
		case id == 3 && kind == thriftI32:
			return number(&h.compressed)
		case (id == 5 || id == 7 || id == 8) && kind == thriftStruct:
			encodingID := int64(2)
			if id == 8 {
				encodingID = 4
			}
			return t.fields(func(sub int64, kind byte) error {
				switch {
				case sub == 1 && kind == thriftI32:
					return number(&h.values)
				case sub == encodingID && kind == thriftI32:
					return number(&h.encoding)
				case id == 8 && (sub == 5 || sub == 6) && kind == thriftI32:
					v, err := t.int()
					if v < 0 {
						return errThriftBad
					}
					h.levels += v
					return err
				case id == 8 && sub == 7:
					h.plainV2 = kind == thriftFalse
					return t.skip(kind, true, 0)
				}
				return t.skip(kind, true, 0)
			})
		}
		return t.skip(kind, true, 0)
	})
	return h, t.at, err
}

// a chunk is where a column of a row group is in the file.
type chunk struct {
	start, size int64
	values      int64
	codec       compress.Compression
	kind        parquet.Type
	nulls       bool // its pages begin with levels that say which values there are
}

// check walks over the pages of a column chunk and reports what a reader must
// not be given: sizes that do not fit the file or each other, more than
// MaxPage, encodings that this package does not expect.
//
// The pages of differences of ids, which deltaColumn reads, are returned; a
// column has only such or none.
func (c chunk) check(f io.ReaderAt) (deltas []pageAt, err error) {
	var values int64
	others := false
	at, end := c.start, c.start+c.size
	for at < end {
		h, n, err := readPageHeader(f, at, end)
		if err != nil {
			return nil, err
		}
		at += n
		if h.compressed < 0 || h.compressed > min(end-at, MaxPage) || h.uncompressed < 0 || h.uncompressed > MaxPage {
			return nil, fmt.Errorf("damaged page: %d bytes, %d uncompressed, in %d bytes", h.compressed, h.uncompressed, end-at)
		}
		if h.values < 0 || h.values > math.MaxInt32 {
			return nil, fmt.Errorf("damaged page: %d values", h.values)
		}
		if err := c.checkPage(f, h, at); err != nil {
			return nil, err
		}
		if h.kind != pageDictionary {
			values += h.values
		}
		if c.deltas(h) {
			deltas = append(deltas, pageAt{at, h.compressed, h.values})
		} else {
			others = true
		}
		at += h.compressed
	}
	if values != c.values {
		return nil, fmt.Errorf("damaged column: its pages have %d values, not %d", values, c.values)
	}
	if deltas != nil && others {
		return nil, fmt.Errorf("encoding %v is not supported beside others", parquet.Encodings.DeltaBinaryPacked)
	}
	return deltas, nil
}

// deltas reports whether a page is one that deltaColumn reads.
func (c chunk) deltas(h pageHeader) bool {
	return h.kind == pageData && h.encoding == encDelta && c.kind == parquet.Types.Int32 && c.codec == compress.Codecs.Uncompressed && !c.nulls
}

// Page types and encodings as Parquet numbers them.
const (
	pageData       = 0
	pageDictionary = 2
	pageDataV2     = 3

	encPlain          = 0
	encPlainDict      = 2
	encDelta          = 5 // of integers
	encRLEDictionary  = 8
	bytesInt32        = 4
	bytesDouble       = 8
	bytesStringLength = 4
)

func readPageHeader(f io.ReaderAt, at, end int64) (pageHeader, int64, error) {
	for size := int64(1 << 9); ; size *= 8 {
		b := make([]byte, min(size, end-at))
		if _, err := f.ReadAt(b, at); err != nil && !errors.Is(err, io.EOF) {
			return pageHeader{}, 0, err
		}
		h, n, err := parsePageHeader(b)
		if err == nil {
			return h, int64(n), nil
		}
		if int64(len(b)) == end-at || size >= maxHeader {
			return h, 0, fmt.Errorf("damaged page header: %w", err)
		}
	}
}

// checkPage checks what is special to the kind of page; the data are at at.
func (c chunk) checkPage(f io.ReaderAt, h pageHeader, at int64) error {
	switch h.kind {
	case pageData, pageDataV2:
		if h.encoding == encDelta && c.deltas(h) {
			break
		}
		if h.encoding != encPlain && h.encoding != encPlainDict && h.encoding != encRLEDictionary {
			return fmt.Errorf("encoding %v is not supported: must be plain, a dictionary, or uncompressed differences of required integers", parquet.Encoding(h.encoding))
		}
	case pageDictionary:
		least := int64(bytesStringLength)
		switch c.kind {
		case parquet.Types.Double, parquet.Types.Int64:
			least = bytesDouble
		case parquet.Types.Int32:
			least = bytesInt32
		}
		if h.values*least > h.uncompressed {
			return fmt.Errorf("damaged dictionary: %d values in %d bytes", h.values, h.uncompressed)
		}
	default:
		return fmt.Errorf("damaged page: it is of type %d", h.kind)
	}
	if h.kind == pageDataV2 && h.levels > min(h.compressed, h.uncompressed) {
		return fmt.Errorf("damaged page: %d bytes of levels in %d", h.levels, h.uncompressed)
	}
	if h.kind == pageDataV2 && h.plainV2 || c.codec == compress.Codecs.Uncompressed {
		if h.compressed != h.uncompressed {
			return fmt.Errorf("damaged page: %d bytes for %d without compression", h.compressed, h.uncompressed)
		}
		return nil
	}
	data := make([]byte, h.compressed-h.levels)
	if _, err := f.ReadAt(data, at+h.levels); err != nil {
		return err
	}
	return checkCompressed(c.codec, data, h.uncompressed-h.levels)
}

// An Allocator gives Arrow its memory; tests count with one.
type Allocator = memory.Allocator

// allocator returns a, or Arrow's own if it is nil.
func allocator(a Allocator) Allocator {
	if a == nil {
		return memory.DefaultAllocator
	}
	return a
}

// A boundedAllocator refuses allocations that no whole part asks for, by a
// panic that recovered turns into an error.
type boundedAllocator struct {
	memory.Allocator
	most int
}

func (a boundedAllocator) Allocate(size int) []byte {
	a.mustFit(size)
	return a.Allocator.Allocate(size)
}

func (a boundedAllocator) Reallocate(size int, b []byte) []byte {
	a.mustFit(size)
	return a.Allocator.Reallocate(size, b)
}

func (a boundedAllocator) mustFit(size int) {
	if size > a.most {
		panic(fmt.Errorf("damaged data ask for %d bytes of memory at once, more than %d", size, a.most))
	}
}

// recovered calls f and turns a panic into an error: Arrow and Parquet panic on
// some broken input. A panic with an error, such as the refusal of an
// allocation, keeps it for errors.Is.
func recovered(f func() error) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case runtime.Error:
			err = fmt.Errorf("damaged data (%v)", r)
		case error:
			err = r
		default:
			err = fmt.Errorf("%v", r)
		}
	}()
	return f()
}
