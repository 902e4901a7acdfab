package arrowio

import (
	"encoding/binary"
	"math/bits"
)

// appendIndices appends a dictionary-encoded page: the bit width of an index
// into a dictionary of n values, then the indices as runs (a count and the
// value) or packed to their width, whichever is shorter. This is Parquet's
// RLE/bit-packing hybrid, https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE,
// of which the writer of the Arrow module makes a general mixture, at some ten
// times the cost per value.
func appendIndices(dst []byte, idx []int32, n int) []byte {
	width := 0
	if n > 1 {
		width = bits.Len32(uint32(n - 1))
	}
	dst = append(dst, byte(width))
	if len(idx) == 0 {
		return dst
	}
	runs := 1
	for i := 1; i < len(idx); i++ {
		if idx[i] != idx[i-1] {
			runs++
		}
	}
	const runHeader = 2 // bytes: most runs are below 8192 long
	if runs*(runHeader+(width+7)/8) <= len(idx)*width/8 || width == 0 {
		return appendRuns(dst, idx, width)
	}
	return appendPacked(dst, idx, width)
}

// appendRuns: varint(count << 1), then the value in whole bytes.
func appendRuns(dst []byte, idx []int32, width int) []byte {
	for i := 0; i < len(idx); {
		v, j := idx[i], i+1
		for j < len(idx) && idx[j] == v {
			j++
		}
		dst = binary.AppendUvarint(dst, uint64(j-i)<<1)
		for b := 0; b < width; b += 8 {
			dst = append(dst, byte(uint32(v)>>b))
		}
		i = j
	}
	return dst
}

// appendPacked: varint(groups << 1 | 1), then groups of 8 values, each value
// in width bits, the lowest first; the last group is filled up with zeros.
func appendPacked(dst []byte, idx []int32, width int) []byte {
	groups := (len(idx) + 7) / 8
	dst = binary.AppendUvarint(dst, uint64(groups)<<1|1)
	end := len(dst) + groups*width
	var acc uint64
	n := 0
	for _, v := range idx {
		acc |= uint64(uint32(v)) << n
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
	for len(dst) < end {
		dst = append(dst, 0)
	}
	return dst
}
