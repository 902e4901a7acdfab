package delivery

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// PreferHugePages asks for large pages under x, before it is touched: rows are
// read all over the place, and small pages then miss the processor's cache of
// translations. It is a hint; that it is refused does no harm.
func PreferHugePages[W any](x []W) {
	const page = 2 << 20
	if len(x) == 0 {
		return
	}
	begin := uintptr(unsafe.Pointer(unsafe.SliceData(x)))
	skip := int((page - begin%page) % page / unsafe.Sizeof(x[0]))
	if skip >= len(x) {
		return
	}
	x = x[skip:]
	n := len(x) * int(unsafe.Sizeof(x[0])) / page * page
	if n == 0 {
		return
	}
	_ = unix.Madvise(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), n), unix.MADV_HUGEPAGE)
}
