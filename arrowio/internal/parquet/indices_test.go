package parquet

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
)

// decodeIndices is Parquet's RLE/bit-packing hybrid read bit by bit, from its
// specification.
func decodeIndices(b []byte, n int) []int32 {
	width := int(b[0])
	b = b[1:]
	var out []int32
	for len(out) < n {
		h, k := binary.Uvarint(b)
		b = b[k:]
		if h&1 == 0 {
			v := int32(0)
			for i := range (width + 7) / 8 {
				v |= int32(b[i]) << (8 * i)
			}
			b = b[(width+7)/8:]
			for range h >> 1 {
				out = append(out, v)
			}
			continue
		}
		bytes := int(h>>1) * width
		for i := range int(h>>1) * 8 {
			v := int32(0)
			for k := range width {
				bit := i*width + k
				v |= int32(b[bit/8]>>(bit%8)&1) << k
			}
			out = append(out, v)
		}
		b = b[bytes:]
	}
	if len(b) != 0 {
		return nil
	}
	return out[:n]
}

func TestIndices(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, values := range []int{1, 2, 3, 8, 9, 255, 256, 257, 1 << 15, 1<<15 + 1, 1 << 18} {
		for _, run := range []int{1, 3, 40, 20000} {
			for _, n := range []int{1, 7, 8, 9, 1000, 20001} {
				idx := make([]int32, n)
				for i := range idx {
					if i > 0 && r.IntN(run) > 0 {
						idx[i] = idx[i-1]
					} else {
						idx[i] = r.Int32N(int32(values))
					}
				}
				for _, b := range [][]byte{
					appendIndices(nil, idx, values),
					appendIndices([]byte{9, 9, 9}, idx, values)[3:],
				} {
					if got := decodeIndices(b, n); !slices.Equal(got, idx) {
						t.Fatalf("%d indices of %d values, runs of %d", n, values, run)
					}
					if most := 1 + 10 + n*24/8 + 24; len(b) > most { // three bytes an index
						t.Errorf("%d indices of %d values take %d bytes", n, values, len(b))
					}
				}
			}
		}
	}
}
