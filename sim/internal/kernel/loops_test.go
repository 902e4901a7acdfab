package kernel

import (
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

// forEach runs a test for every implementation but the specification.
func forEach(t *testing.T, test func(t *testing.T, l loops)) {
	for _, l := range available {
		if l.name != "scalar" {
			t.Run(l.name, func(t *testing.T) { test(t, l) })
		}
	}
}

func TestUse(t *testing.T) {
	before := Using()
	if want := Available()[len(available)-1]; before != want {
		t.Errorf("Using() = %q at the start, want the fastest, %q", before, want)
	}
	for _, name := range Available() {
		if err := Use(name); err != nil || Using() != name {
			t.Errorf("Use(%q): %v, Using() = %q", name, err, Using())
		}
	}
	if err := Use("sse9"); err == nil {
		t.Error("Use of an unknown implementation is no error")
	}
	if err := Use(before); err != nil {
		t.Error(err)
	}
}

// .ci/run turns instructions off and says which loops must be in use then.
func TestKernelExpected(t *testing.T) {
	want := os.Getenv("CORTIGO_EXPECT_KERNEL")
	if want == "" {
		t.Skip("CORTIGO_EXPECT_KERNEL is not set")
	}
	if Using() != want {
		t.Errorf("%q is in use, %q was to be", Using(), want)
	}
}

// lengths are all around multiples of the lanes (8, 16) and a long one.
func lengths() []int {
	var n []int
	for k := range 4*16 + 2 {
		n = append(n, k)
	}
	return append(n, 1003)
}

const zone = 16 // elements on either side that must stay as they are

// A field is an array in the middle of a larger one.
type field[T comparable] struct{ all, x []T }

func newField[T comparable](n, offset int, guard T, draw func() T) field[T] {
	all := make([]T, n+2*zone+offset)
	for k := range all {
		all[k] = guard
	}
	f := field[T]{all, all[zone+offset : zone+offset+n : zone+offset+n]}
	for k := range f.x {
		f.x[k] = draw()
	}
	return f
}

func (f field[T]) clone() field[T] {
	all := slices.Clone(f.all)
	from := (len(all) - len(f.x)) - zone
	return field[T]{all, all[from : from+len(f.x) : from+len(f.x)]}
}

func same[T comparable](t *testing.T, name string, got, want field[T]) {
	t.Helper()
	for k := range want.all {
		g, w := any(got.all[k]), any(want.all[k])
		if x, ok := w.(float64); ok {
			g, w = math.Float64bits(g.(float64)), math.Float64bits(x)
		}
		if g != w {
			t.Fatalf("%s[%d] of %d is %v, the scalar loop gives %v", name, k-(len(want.all)-len(want.x)-zone), len(want.x), got.all[k], want.all[k])
		}
	}
}

// edgy returns a draw of normal numbers with scale, with zeros of both signs,
// subnormal and large numbers among them, and often exactly at.
func edgy(r *rand.Rand, scale, at float64) func() float64 {
	return func() float64 {
		switch r.IntN(12) {
		case 0:
			return 0
		case 1:
			return math.Copysign(0, -1)
		case 2:
			return math.Float64frombits(uint64(r.IntN(1 << 20)))
		case 3:
			return -math.Float64frombits(uint64(r.IntN(1 << 20)))
		case 4:
			return at
		case 5:
			return math.Nextafter(at, math.Inf(-1))
		case 6:
			return 1e300 * r.NormFloat64()
		}
		return scale * r.NormFloat64()
	}
}

func drawReady(r *rand.Rand, often int) func() uint8 {
	return func() (bits uint8) {
		for l := range 8 {
			if r.IntN(often) != 0 {
				bits |= 1 << l
			}
		}
		return bits
	}
}

func drawSum(r *rand.Rand) func() int32 {
	return func() int32 {
		switch r.IntN(6) {
		case 0:
			return 0
		case 1:
			return []int32{math.MinInt32, math.MaxInt32, 1, -1}[r.IntN(4)]
		}
		return int32(r.IntN(20001) - 10000)
	}
}
