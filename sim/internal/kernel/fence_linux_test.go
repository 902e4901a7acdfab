package kernel

import (
	"syscall"
	"testing"
	"unsafe"
)

// fenced returns a copy of x whose first element follows, and whose last
// element is followed by, a page that faults: twice, since it can touch only one
// of the two if it does not fill pages. The copy alternates between them.
func fenced[W any](t *testing.T, x []W) ([]W, func()) {
	t.Helper()
	size := len(x) * int(unsafe.Sizeof(x[0]))
	page := syscall.Getpagesize()
	inner := (size + page - 1) / page * page
	b, err := syscall.Mmap(-1, 0, inner+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	at := page
	if fences++; fences%2 == 0 {
		at += inner - size
	}
	y := unsafe.Slice((*W)(unsafe.Pointer(&b[at])), len(x))
	copy(y, x)
	for _, fence := range [][]byte{b[:page], b[page+inner:]} {
		if err := syscall.Mprotect(fence, syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	return y, func() {
		if err := syscall.Munmap(b); err != nil {
			t.Error(err)
		}
	}
}

var fences int

// sparse returns n words of zeros that take no memory until they are written.
func sparse[W any](t *testing.T, n int) ([]W, func()) {
	t.Helper()
	size := n * int(unsafe.Sizeof(*new(W)))
	b, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE|syscall.MAP_NORESERVE)
	if err != nil {
		t.Skipf("no room for %d bytes of addresses: %v", size, err)
	}
	return unsafe.Slice((*W)(unsafe.Pointer(&b[0])), n), func() {
		if err := syscall.Munmap(b); err != nil {
			t.Error(err)
		}
	}
}
