package engine

import (
	"errors"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"cortigo/sim/internal/delivery"
)

// Rows that cannot be read any more are an error, of whoever reads them.
func TestUnreadableRows(t *testing.T) {
	for _, threads := range []int{1, 2} {
		e := buildSmall(t, Options{Threads: 1, Shards: 2})
		var memory [][]byte
		mapped := func(s int) (delivery.Rows, error) {
			r := e.Rows(s)
			r.Syn, r.SynWide, r.SynRing = outside(t, r.Syn, &memory), outside(t, r.SynWide, &memory), outside(t, r.SynRing, &memory)
			return r, nil
		}
		f, err := Load(small(), Options{Threads: 1, Shards: 2}, e.Bounds(), mapped)
		if err != nil {
			t.Fatal(err)
		}
		f.threads = threads
		advance(t, f, 200)
		for _, b := range memory {
			if err := unix.Mprotect(b, unix.PROT_NONE); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Run(t.Context(), 2000, nil); !errors.Is(err, errUnreadable) {
			t.Errorf("%d threads: %v", threads, err)
		}
		if err := f.Broken(); !errors.Is(err, errUnreadable) {
			t.Errorf("%d threads: broken by %v", threads, err)
		}
		err = Guard(func() error {
			for s := range 2 {
				r := f.Rows(s)
				for _, w := range r.Syn {
					if w == 1<<31 {
						return nil
					}
				}
				for _, w := range r.SynRing {
					if w == 1<<31 {
						return nil
					}
				}
			}
			return nil
		})
		if !errors.Is(err, errUnreadable) {
			t.Errorf("guarded: %v", err)
		}
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a nil pointer is taken for rows")
			}
		}()
		var e *Engine
		_ = Guard(func() error { e.step++; return nil })
	}()
}

// outside returns a copy of x in memory that is not Go's.
func outside[W ~uint32 | ~uint64](t *testing.T, x []W, all *[][]byte) []W {
	t.Helper()
	if len(x) == 0 {
		return nil
	}
	b, err := unix.Mmap(-1, 0, len(x)*int(unsafe.Sizeof(x[0])), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Munmap(b) })
	*all = append(*all, b)
	y := unsafe.Slice((*W)(unsafe.Pointer(unsafe.SliceData(b))), len(x))
	copy(y, x)
	return y
}
