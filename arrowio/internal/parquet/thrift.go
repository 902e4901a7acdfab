package parquet

import (
	"encoding/binary"
	"errors"
)

// A thriftReader walks over data in Thrift's compact protocol, in which Parquet's footer
// and page headers are written. It serves to check a file before Arrow's reader, which
// allocates whatever a damaged file claims to contain.
// https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
type thriftReader struct {
	b    []byte
	at   int
	cost int64 // bytes of memory that Arrow's reader takes at least for what was skipped
}

// What Arrow's reader takes for each string and structure, measured: a string of
// eight bytes is read into a buffer of 512, of which it keeps the whole.
const (
	binaryCost = 600
	structCost = 200
)

var (
	errThriftShort = errors.New("the metadata end early")
	errThriftBad   = errors.New("the metadata are damaged")
)

// Types of the compact protocol.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftI16    = 4
	thriftI32    = 5
	thriftI64    = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
)

const maxThriftDepth = 32 // Parquet's own structures go 8 deep

func (t *thriftReader) byte() (byte, error) {
	if t.at >= len(t.b) {
		return 0, errThriftShort
	}
	t.at++
	return t.b[t.at-1], nil
}

func (t *thriftReader) uvarint() (uint64, error) {
	v, n := binary.Uvarint(t.b[t.at:])
	if n == 0 {
		return 0, errThriftShort
	}
	if n < 0 {
		return 0, errThriftBad
	}
	t.at += n
	return v, nil
}

// int reads a zigzag integer (i16, i32, i64).
func (t *thriftReader) int() (int64, error) {
	v, err := t.uvarint()
	return int64(v>>1) ^ -int64(v&1), err
}

// count reads a size and checks that so many elements, of at least a byte
// each, can follow.
func (t *thriftReader) count() (int, error) {
	v, err := t.uvarint()
	if err != nil {
		return 0, err
	}
	if v > uint64(len(t.b)-t.at) {
		return 0, errThriftBad
	}
	return int(v), nil
}

// fields calls field for each field of the present structure; field must
// consume the value, by skip if it does not need it.
func (t *thriftReader) fields(field func(id int64, kind byte) error) error {
	var id int64
	for {
		h, err := t.byte()
		if err != nil {
			return err
		}
		kind := h & 0x0f
		if h == 0 {
			return nil
		}
		if d := h >> 4; d != 0 {
			id += int64(d)
		} else if id, err = t.int(); err != nil {
			return err
		}
		if err := field(id, kind); err != nil {
			return err
		}
	}
}

// list reads the header of a list and calls element for each.
func (t *thriftReader) list(element func(kind byte) error) (n int, err error) {
	h, err := t.byte()
	if err != nil {
		return 0, err
	}
	if n = int(h >> 4); n == 15 {
		if n, err = t.count(); err != nil {
			return 0, err
		}
	}
	if n > len(t.b)-t.at {
		return 0, errThriftBad
	}
	for range n {
		if err := element(h & 0x0f); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// skip passes over a value. In a list a boolean takes a byte; as a field it is
// in the header.
func (t *thriftReader) skip(kind byte, inField bool, depth int) (err error) {
	if depth > maxThriftDepth {
		return errThriftBad
	}
	switch kind {
	case thriftTrue, thriftFalse:
		if !inField {
			_, err = t.byte()
		}
	case thriftByte:
		_, err = t.byte()
	case thriftI16, thriftI32, thriftI64:
		_, err = t.uvarint()
	case thriftDouble:
		if len(t.b)-t.at < 8 {
			return errThriftShort
		}
		t.at += 8
	case thriftBinary:
		var n int
		n, err = t.count()
		t.at += n
		t.cost += binaryCost + int64(n)
	case thriftList, thriftSet:
		_, err = t.list(func(kind byte) error { return t.skip(kind, false, depth+1) })
	case thriftMap:
		err = t.skipMap(depth)
	case thriftStruct:
		t.cost += structCost
		err = t.fields(func(_ int64, kind byte) error { return t.skip(kind, true, depth+1) })
	default:
		return errThriftBad
	}
	return err
}

func (t *thriftReader) skipMap(depth int) error {
	n, err := t.count()
	if err != nil || n == 0 {
		return err
	}
	kinds, err := t.byte()
	if err != nil {
		return err
	}
	for range n {
		if err := t.skip(kinds>>4, false, depth+1); err != nil {
			return err
		}
		if err := t.skip(kinds&0x0f, false, depth+1); err != nil {
			return err
		}
	}
	return nil
}
