package parquet

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// readDeltas decodes pages with fill, some values at a time.
func readDeltas(page []byte, n, at int) ([]int32, error) {
	c := &deltaColumn{f: bytes.NewReader(page), pages: []pageAt{{0, int64(len(page)), int64(n)}}}
	out := make([]int32, n)
	for i := 0; i < n; i += at {
		if err := c.fill(out[i:min(i+at, n)]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func TestDeltas(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 256, 257, 1024, 1025, 1026, 5000} {
		for name, next := range map[string]func(i int) int32{
			"constant":   func(int) int32 { return 7 },
			"ascending":  func(i int) int32 { return int32(i) },
			"descending": func(i int) int32 { return int32(n - i) },
			"random":     func(int) int32 { return r.Int32() },
			"extremes":   func(i int) int32 { return []int32{0, math.MaxInt32, 1}[i%3] },
			"steps":      func(i int) int32 { return int32(i%30)*500 + r.Int32N(400) },
		} {
			want := make([]int32, n)
			for i := range want {
				want[i] = next(i)
			}
			page := appendDeltas([]byte{1, 2}, want)[2:]
			for _, at := range []int{n, 1, 100} {
				if got, err := readDeltas(page, n, at); err != nil || !slices.Equal(got, want) {
					t.Fatalf("%d %s: %v", n, name, err)
				}
			}
			for k := range 40 { // cut short anywhere: an error or, at padding, the same
				cut := page[:len(page)*k/40]
				if got, err := readDeltas(cut, n, n); err == nil && !slices.Equal(got, want) {
					t.Fatalf("%d %s, cut to %d bytes: passed", n, name, len(cut))
				}
			}
			if _, err := readDeltas(page, n+1, n+1); err == nil {
				t.Fatalf("%d %s: one more passed", n, name)
			}
		}
	}
	// The example of the Parquet format: 1 to 5 with differences of 1 have a block
	// without bits. Ours: block of 1024 (varint 80 08), 4 miniblocks, 5 values, first
	// 1 (zigzag 2), least 1 (zigzag 2), four widths of 0.
	if got, want := appendDeltas(nil, []int32{1, 2, 3, 4, 5}), []byte{0x80, 8, 4, 5, 2, 2, 0, 0, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	// With blocks of 128 and 4 miniblocks of 32, as others write them: 7, 5, 3, 1, 2, 3, 4, 5
	// have differences -2 -2 -2 1 1 1 1, least -2, packed to two bits: 0 0 0 3 3 3 3.
	page := append([]byte{0x80, 1, 4, 8, 14, 3, 2, 0, 0, 0, 0xc0, 0x3f}, make([]byte, 6)...)
	if got, err := readDeltas(page, 8, 8); err != nil || !slices.Equal(got, []int32{7, 5, 3, 1, 2, 3, 4, 5}) {
		t.Errorf("%v, %v", got, err)
	}
}

// The Arrow module's decoder reads the same ids.
func TestDeltasByArrow(t *testing.T) {
	all := testRows(5000, 4)
	p := openPart(t, writePart(t, all, 3000))
	var got []int32
	for g := range p.Groups() {
		c, err := p.r.RowGroup(g).Column(p.cols[neuronAt])
		if err != nil {
			t.Fatal(err)
		}
		ids := make([]int32, p.GroupRows(g))
		if err := fill(c, ids, make([]int16, len(ids))); err != nil {
			t.Fatal(err)
		}
		got = append(got, ids...)
	}
	if !slices.Equal(got, all.Neuron) {
		t.Error("other ids")
	}
}

// Whatever a page holds, decoding it gives an error or as many ids as asked for.
func FuzzDeltas(f *testing.F) {
	f.Add(appendDeltas(nil, testRows(2000, 1).Neuron), uint16(2000))
	f.Add(appendDeltas(nil, []int32{3}), uint16(1))
	f.Add([]byte{0x80, 1, 4, 8, 14, 3, 2, 0, 0, 0, 0xc0, 0x3f, 0, 0, 0, 0, 0, 0}, uint16(8))
	f.Add([]byte{0x80, 1, 0, 8, 14}, uint16(8))
	f.Fuzz(func(t *testing.T, page []byte, n uint16) {
		if ids, err := readDeltas(page, int(n), 100); err == nil && len(ids) != int(n) {
			t.Errorf("%d ids, want %d", len(ids), n)
		}
	})
}
