package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"slices"
)

// How deltas are grouped: larger blocks than usual, since all of a recording's
// are alike, for fewer headers.
const (
	deltaBlock = 1024
	deltaMini  = 256 // values of a miniblock
)

// appendDeltas appends ids as Parquet's DELTA_BINARY_PACKED, which see,
// https://parquet.apache.org/docs/file-format/data-pages/encodings/#DELTAENC: the
// first id, then the differences of each to the one before, in blocks: the
// smallest difference, and how much larger each one is, packed to the width of
// the largest of a miniblock.
//
// Ids ascend within a step and fall back at the next one, so that a difference
// takes as many bits as an id, and one more where steps have few spikes: 15 for
// 15,000 neurons, 17 for 77,000. Dictionaries of ids take one bit less there, and
// themselves.
func appendDeltas(dst []byte, id []int32) []byte {
	dst = binary.AppendUvarint(dst, deltaBlock)
	dst = binary.AppendUvarint(dst, deltaBlock/deltaMini)
	dst = binary.AppendUvarint(dst, uint64(len(id)))
	if len(id) == 0 {
		return binary.AppendVarint(dst, 0)
	}
	dst = binary.AppendVarint(dst, int64(id[0]))
	var delta [deltaBlock]int64
	for last, rest := id[0], id[1:]; len(rest) > 0; {
		n := min(len(rest), deltaBlock)
		for i, x := range rest[:n] {
			delta[i] = int64(x) - int64(last)
			last = x
		}
		rest = rest[n:]
		dst = appendDeltaBlock(dst, delta[:n])
	}
	return dst
}

// appendDeltaBlock appends a block of up to deltaBlock differences, which it
// changes. Miniblocks that are not needed have a width and no values, the last
// one is filled up with zeros.
func appendDeltaBlock(dst []byte, delta []int64) []byte {
	least := slices.Min(delta)
	dst = binary.AppendVarint(dst, least)
	widths := len(dst)
	dst = append(dst, make([]byte, deltaBlock/deltaMini)...)
	for m := 0; m*deltaMini < len(delta); m++ {
		mini := delta[m*deltaMini : min((m+1)*deltaMini, len(delta))]
		var all uint64
		for i := range mini {
			mini[i] -= least
			all |= uint64(mini[i])
		}
		width := bits.Len64(all)
		dst[widths+m] = byte(width)
		end := len(dst) + deltaMini*width/8
		var acc uint64
		n := 0
		for _, v := range mini {
			acc |= uint64(v) << n
			if n += width; n >= 32 {
				dst = binary.LittleEndian.AppendUint32(dst, uint32(acc))
				acc >>= 32
				n -= 32
			}
		}
		for ; n > 0; n -= 8 {
			dst = append(dst, byte(acc))
			acc >>= 8
		}
		dst = append(dst, make([]byte, end-len(dst))...)
	}
	return dst
}

// A deltaColumn reads a column of ids whose pages are encoded as appendDeltas
// does. The decoder of the Arrow module takes memory that it does not give back,
// and some ten times as long.
type deltaColumn struct {
	f     io.ReaderAt
	pages []pageAt
	page  deltaPage
	buf   []byte
}

// A pageAt is a data page of a column chunk.
type pageAt struct {
	at, size, values int64
}

// fill reads len(dst) ids.
func (c *deltaColumn) fill(dst []int32) error {
	for len(dst) > 0 {
		if c.page.left == 0 {
			if len(c.pages) == 0 {
				return errors.New("ends early")
			}
			p := c.pages[0]
			c.pages = c.pages[1:]
			if int64(cap(c.buf)) < p.size {
				c.buf = make([]byte, p.size)
			}
			b := c.buf[:p.size]
			if _, err := c.f.ReadAt(b, p.at); err != nil {
				return err
			}
			if err := c.page.begin(b, p.values); err != nil {
				return err
			}
			continue
		}
		n, err := c.page.read(dst)
		if err != nil {
			return err
		}
		dst = dst[n:]
	}
	return nil
}

// maxDeltaBlock bounds the blocks that are read; other writers have 128.
const maxDeltaBlock = 1 << 12

var errDeltas = errors.New("damaged page: no differences of ids")

// A deltaPage is what is left of a page of differences.
type deltaPage struct {
	b           []byte
	left        int64 // values
	first       bool  // the next value is the first one
	mini, minis int   // values of a miniblock, miniblocks of a block
	value       int64 // the last one
	least       int64 // difference in the block
	widths      []byte
	ready       []int32 // values of the miniblock at hand
	miniblock   [maxDeltaBlock]int32
}

func (p *deltaPage) uvarint() (uint64, error) {
	v, k := binary.Uvarint(p.b)
	if k <= 0 {
		return 0, errDeltas
	}
	p.b = p.b[k:]
	return v, nil
}

func (p *deltaPage) varint() (int64, error) {
	v, k := binary.Varint(p.b)
	if k <= 0 {
		return 0, errDeltas
	}
	p.b = p.b[k:]
	return v, nil
}

// begin takes a page of n values.
func (p *deltaPage) begin(b []byte, n int64) error {
	p.b, p.left, p.first, p.widths, p.ready = b, n, true, nil, nil
	block, err := p.uvarint()
	if err != nil || block == 0 || block%128 != 0 || block > maxDeltaBlock {
		return errDeltas
	}
	minis, err := p.uvarint()
	if err != nil || minis == 0 || block%minis != 0 || block/minis%32 != 0 {
		return errDeltas
	}
	p.mini, p.minis = int(block/minis), int(minis)
	if total, err := p.uvarint(); err != nil || total != uint64(n) {
		return fmt.Errorf("damaged page: %d differences of ids, not %d", total, n)
	}
	p.value, err = p.varint()
	return err
}

// read sets at least one of dst, if there is a value left, and returns how many.
func (p *deltaPage) read(dst []int32) (int, error) {
	if p.left == 0 || len(dst) == 0 {
		return 0, nil
	}
	if p.first {
		p.first = false
		p.left--
		dst[0] = int32(p.value)
		return 1, nil
	}
	if len(p.ready) == 0 {
		if err := p.unpack(); err != nil {
			return 0, err
		}
	}
	n := copy(dst, p.ready)
	p.ready = p.ready[n:]
	p.left -= int64(n)
	return n, nil
}

// unpack decodes the next miniblock.
func (p *deltaPage) unpack() error {
	if len(p.widths) == 0 {
		var err error
		if p.least, err = p.varint(); err != nil || len(p.b) < p.minis {
			return errDeltas
		}
		p.widths, p.b = p.b[:p.minis], p.b[p.minis:]
	}
	width := int(p.widths[0])
	p.widths = p.widths[1:]
	size := p.mini * width / 8
	if width > 32 || size > len(p.b) {
		return errDeltas
	}
	packed := p.b[:size]
	p.b = p.b[size:]
	values := p.miniblock[:min(int64(p.mini), p.left)]
	var acc uint64
	n, mask := 0, uint64(1)<<width-1
	for i := range values {
		for n < width { // a multiple of 32 values fills whole bytes
			acc |= uint64(packed[0]) << n
			packed = packed[1:]
			n += 8
		}
		p.value = int64(int32(p.value + p.least + int64(acc&mask)))
		acc >>= width
		n -= width
		values[i] = int32(p.value)
	}
	p.ready = values
	return nil
}
