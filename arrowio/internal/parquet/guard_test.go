package parquet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
)

// thriftI32Field is a field of a structure in Thrift's compact protocol: the distance
// to the one before, the type, a zigzag varint.
func thriftI32Field(b []byte, distance byte, v int64) []byte {
	return binary.AppendVarint(append(b, distance<<4|thriftI32), v)
}

// dataPage is a page header of version 1 as https://parquet.apache.org/docs/file-format/metadata/
// has it: type, sizes, and in field 5 the number of values and the encodings.
func dataPage(kind, uncompressed, compressed, values, encoding int64) []byte {
	b := thriftI32Field(nil, 1, kind)
	b = thriftI32Field(b, 1, uncompressed)
	b = thriftI32Field(b, 1, compressed)
	field := byte(2) // field 5, of data pages
	if kind == pageDictionary {
		field = 4 // field 7
	}
	b = append(b, field<<4|thriftStruct)
	b = thriftI32Field(b, 1, values)
	b = thriftI32Field(b, 1, encoding)
	return append(b, 0, 0)
}

// What a reader must not be given is refused by its header alone.
func TestChunkCheck(t *testing.T) {
	double := chunk{codec: compress.Codecs.Uncompressed, kind: parquet.Types.Double}
	int32s := chunk{codec: compress.Codecs.Uncompressed, kind: parquet.Types.Int32}
	nulls := int32s
	nulls.nulls = true
	zstds := double
	zstds.codec = compress.Codecs.Zstd
	gzip := double
	gzip.codec = compress.Codecs.Gzip
	data := func(n int) []byte { return make([]byte, n) }
	join := func(b ...[]byte) []byte { return slices.Concat(b...) }
	for name, tt := range map[string]struct {
		c      chunk
		values int64
		b      []byte
		want   string
	}{
		"plain":                  {double, 2, join(dataPage(pageData, 16, 16, 2, encPlain), data(16)), ""},
		"two pages":              {double, 3, join(dataPage(pageData, 16, 16, 2, encPlain), data(16), dataPage(pageData, 8, 8, 1, encPlain), data(8)), ""},
		"dictionary":             {double, 9, join(dataPage(pageDictionary, 16, 16, 2, encPlain), data(16), dataPage(pageData, 3, 3, 9, encRLEDictionary), data(3)), ""},
		"differences":            {int32s, 9, join(dataPage(pageData, 30, 30, 9, encDelta), data(30)), ""},
		"values are missing":     {double, 3, join(dataPage(pageData, 16, 16, 2, encPlain), data(16)), "its pages have 2 values, not 3"},
		"negative values":        {double, 2, join(dataPage(pageData, 16, 16, -2, encPlain), data(16)), "damaged page: -2 values"},
		"longer than the chunk":  {double, 2, join(dataPage(pageData, 17, 17, 2, encPlain), data(16)), "damaged page: 17 bytes, 17 uncompressed, in 16 bytes"},
		"negative size":          {double, 2, join(dataPage(pageData, 16, -1, 2, encPlain), data(16)), "damaged page: -1 bytes"},
		"huge":                   {zstds, 2, join(dataPage(pageData, MaxPage+1, 16, 2, encPlain), data(16)), "damaged page: 16 bytes, 67108865 uncompressed"},
		"other size":             {double, 2, join(dataPage(pageData, 24, 16, 2, encPlain), data(16)), "16 bytes for 24 without compression"},
		"large dictionary":       {double, 9, join(dataPage(pageDictionary, 16, 16, 3, encPlain), data(16)), "damaged dictionary: 3 values in 16 bytes"},
		"an index page":          {double, 0, dataPage(1, 0, 0, 0, 0), "damaged page: it is of type 1"},
		"other encoding":         {double, 2, join(dataPage(pageData, 16, 16, 2, 9), data(16)), "is not supported: must be plain, a dictionary"},
		"differences of doubles": {double, 9, join(dataPage(pageData, 30, 30, 9, encDelta), data(30)), "is not supported: must be plain, a dictionary"},
		"differences with nulls": {nulls, 9, join(dataPage(pageData, 30, 30, 9, encDelta), data(30)), "is not supported: must be plain, a dictionary"},
		"differences and others": {int32s, 10, join(dataPage(pageData, 30, 30, 9, encDelta), data(30), dataPage(pageData, 4, 4, 1, encPlain), data(4)), "is not supported beside others"},
		"no header":              {double, 2, data(0), "its pages have 0 values, not 2"},
		"half a header":          {double, 2, dataPage(pageData, 16, 16, 2, encPlain)[:4], "damaged page header"},
		"other compression":      {gzip, 2, join(dataPage(pageData, 32, 16, 2, encPlain), data(16)), "compression GZIP is not supported: must be none, Snappy or Zstandard"},
		"no Zstandard":           {zstds, 2, join(dataPage(pageData, 32, 16, 2, encPlain), data(16)), "damaged page: no Zstandard frame"},
	} {
		tt.c.size, tt.c.values = int64(len(tt.b)), tt.values
		_, err := tt.c.check(bytes.NewReader(tt.b))
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

// What encoders make passes, with the size that it has and no other; cut short or
// with more after it, it does not.
func TestCheckCompressed(t *testing.T) {
	encoder := func(opts ...zstd.EOption) *zstd.Encoder {
		e, err := zstd.NewWriter(nil, append(opts, zstd.WithEncoderConcurrency(1))...)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	plain, checked, single := encoder(zstd.WithEncoderCRC(false)), encoder(zstd.WithEncoderCRC(true)), encoder(zstd.WithSingleSegment(true))
	for _, n := range []int{1, 200, 300, 70_000, 1 << 20} {
		content := make([]byte, n)
		for i := range content {
			content[i] = byte(i * i >> 3)
		}
		for name, tt := range map[string]struct {
			codec compress.Compression
			b     []byte
		}{
			"snappy":         {compress.Codecs.Snappy, snappy.Encode(nil, content)},
			"zstd":           {compress.Codecs.Zstd, plain.EncodeAll(content, nil)},
			"zstd, checksum": {compress.Codecs.Zstd, checked.EncodeAll(content, nil)},
			"zstd, single":   {compress.Codecs.Zstd, single.EncodeAll(content, nil)},
			"zstd of zeros":  {compress.Codecs.Zstd, plain.EncodeAll(make([]byte, n), nil)},
		} {
			if err := checkCompressed(tt.codec, tt.b, int64(n)); err != nil {
				t.Errorf("%s of %d bytes: %v", name, n, err)
			}
			if n < 256 && strings.HasPrefix(name, "zstd") && name != "zstd, single" {
				continue // the frame does not say how large its content is
			}
			for _, other := range []int64{0, int64(n) - 1, int64(n) + 1, 1 << 40} {
				if err := checkCompressed(tt.codec, tt.b, other); err == nil {
					t.Errorf("%s of %d bytes passed as %d", name, n, other)
				}
			}
			if tt.codec == compress.Codecs.Snappy {
				continue // its decoder finds the rest, it allocates no more
			}
			if err := checkCompressed(tt.codec, append(slices.Clone(tt.b), 0, 0, 0), int64(n)); err == nil {
				t.Errorf("%s of %d bytes with more after it passed", name, n)
			}
			for _, k := range []int{0, 4, 5, 7, len(tt.b) - 1} {
				if err := checkCompressed(tt.codec, tt.b[:k], int64(n)); err == nil && k < len(tt.b) {
					t.Errorf("%s of %d bytes cut to %d of %d passed", name, n, k, len(tt.b))
				}
			}
		}
	}
}

// A walk over a structure ends where it ends, whatever it holds, and refuses what
// does not fit.
func TestThriftSkip(t *testing.T) {
	nested := bytes.Repeat([]byte{1<<4 | thriftStruct}, maxThriftDepth+5) // each holds the next
	for name, tt := range map[string]struct {
		b    []byte
		want error
	}{
		"empty":               {[]byte{0}, nil},
		"all kinds":           {[]byte{1<<4 | thriftTrue, 1<<4 | thriftFalse, 1<<4 | thriftByte, 7, 1<<4 | thriftI16, 3, 1<<4 | thriftI64, 0x80, 1, 1<<4 | thriftDouble, 1, 2, 3, 4, 5, 6, 7, 8, 1<<4 | thriftBinary, 2, 'a', 'b', 1<<4 | thriftList, 2<<4 | thriftI32, 1, 1, 1<<4 | thriftSet, 1<<4 | thriftTrue, 1, 1<<4 | thriftMap, 1, thriftByte<<4 | thriftByte, 1, 2, 1<<4 | thriftMap, 0, 1<<4 | thriftStruct, 0, 0}, nil},
		"field by number":     {[]byte{thriftByte, 40, 7, 0}, nil},
		"no end":              {[]byte{1<<4 | thriftByte, 7}, errThriftShort},
		"short double":        {[]byte{1<<4 | thriftDouble, 1, 2, 0}, errThriftShort},
		"text beyond the end": {[]byte{1<<4 | thriftBinary, 9, 'a', 0}, errThriftBad},
		"list beyond the end": {[]byte{1<<4 | thriftList, 15<<4 | thriftI32, 0x80, 0x80, 4, 0}, errThriftBad},
		"map beyond the end":  {[]byte{1<<4 | thriftMap, 100, thriftByte<<4 | thriftByte, 1}, errThriftBad},
		"no such type":        {[]byte{1<<4 | 13, 0}, errThriftBad},
		"varint of 11 bytes":  {append([]byte{1<<4 | thriftI64}, bytes.Repeat([]byte{0xff}, 11)...), errThriftBad},
		"too deep":            {nested, errThriftBad},
	} {
		r := &thriftReader{b: tt.b}
		err := r.skip(thriftStruct, true, 0)
		if !errors.Is(err, tt.want) || tt.want == nil && (err != nil || r.at != len(tt.b)) {
			t.Errorf("%s: %v at byte %d of %d, want %v", name, err, r.at, len(tt.b), tt.want)
		}
	}
}

// What Arrow wants for damaged data is refused, and an error.
func TestBoundedAllocator(t *testing.T) {
	a := boundedAllocator{allocator(nil), 100}
	for name, ask := range map[string]func(){
		"new":  func() { a.Allocate(101) },
		"more": func() { a.Reallocate(101, a.Allocate(100)) },
	} {
		if err := recovered(func() error { ask(); return nil }); err == nil || !strings.Contains(err.Error(), "ask for 101 bytes of memory at once, more than 100") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, p := range []any{errors.New("a"), "a"} {
		if err := recovered(func() error { panic(p) }); err == nil || err.Error() != "a" {
			t.Errorf("%v", err)
		}
	}
	if err := recovered(func() error { return []error{}[len(a.Allocate(1))] }); err == nil || !strings.HasPrefix(err.Error(), "damaged data (runtime error") {
		t.Errorf("%v", err)
	}
}
