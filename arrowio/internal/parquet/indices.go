package parquet

import (
	"encoding/binary"
	"math/bits"
)

// appendIndices appends a dictionary-encoded page: the bit width of an index
// into a dictionary of n values, then the indices as runs (a count and the
// value) or packed to their width, whichever compresses better. This is Parquet's
// RLE/bit-packing hybrid, https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE,
// of which the writer of the Arrow module makes a general mixture, at some ten
// times the cost per value.
func appendIndices(dst []byte, idx []int32, n int) []byte {
	width := indexWidth(n)
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
	if width == 0 || runs*(runHeader+(width+7)/8) <= len(idx)*width/8/fewRuns {
		return appendRuns(dst, idx, width)
	}
	return appendPacked(dst, idx, width)
}

// fewRuns: compressed, what is packed takes a tenth of its size if runs are long,
// and less than the runs themselves, whose counts are close to random.
const fewRuns = 16

// indexWidth returns how wide indices into a dictionary of n values are written:
// so that a byte has whole indices, or an index whole bytes, which is what a
// compressor can find repetitions in. Readers take any width that is enough.
func indexWidth(n int) int {
	if n <= 1 {
		return 0
	}
	width := bits.Len32(uint32(n - 1))
	if width <= 8 {
		return 1 << bits.Len(uint(width-1))
	}
	return (width + 7) / 8 * 8
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
