package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v17/parquet/compress"
)

// checkCompressed compares the size at the start of the compressed data, which
// a decompressor allocates at once, with the page's.
func checkCompressed(codec compress.Compression, data []byte, want int64) error {
	switch codec {
	case compress.Codecs.Snappy:
		if v, n := binary.Uvarint(data); n <= 0 || v != uint64(want) {
			return fmt.Errorf("damaged page: %d bytes once uncompressed, not %d", v, want)
		}
		return nil
	case compress.Codecs.Zstd:
		return checkZstd(data, want)
	}
	return fmt.Errorf("compression %v is not supported: must be none, Snappy or Zstandard", codec)
}

// checkZstd checks that data are one Zstandard frame whose content has the
// size want or does not say; then its blocks, of up to 128 KiB each, must be
// few enough. RFC 8878, sections 3.1.1 and 3.1.1.2.
func checkZstd(data []byte, want int64) error {
	bad := errors.New("damaged page: no Zstandard frame")
	if len(data) < 5 || binary.LittleEndian.Uint32(data) != 0xFD2FB528 {
		return bad
	}
	flags := data[4]
	b := data[5:]
	single := flags&0x20 != 0
	skip := []int{0, 1, 2, 4}[flags&3] // dictionary id
	if !single {
		skip++ // window
	}
	n := []int{0, 2, 4, 8}[flags>>6]
	if n == 0 && single {
		n = 1
	}
	if len(b) < skip+n {
		return bad
	}
	var le [8]byte
	copy(le[:], b[skip:skip+n])
	size := binary.LittleEndian.Uint64(le[:])
	if n == 2 {
		size += 256
	}
	if n > 0 && size != uint64(want) {
		return fmt.Errorf("damaged page: %d bytes once uncompressed, not %d", size, want)
	}
	b = b[skip+n:]
	const block = 128 << 10
	most := want/1024 + 2 // no encoder makes blocks this small but at the end
	for last := false; !last; most-- {
		if len(b) < 3 || most == 0 {
			return bad
		}
		h := uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16
		last = h&1 != 0
		length := int(h >> 3)
		if length > block {
			return bad
		}
		if h>>1&3 == 1 { // one byte, repeated
			length = 1
		}
		if len(b) < 3+length {
			return bad
		}
		b = b[3+length:]
	}
	if flags&4 != 0 && len(b) == 4 { // checksum
		b = nil
	}
	if len(b) > 0 {
		return bad
	}
	return nil
}
