package store

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A mapping is a file mapped into memory. A program that writes to the file or
// cuts it short would change the synapses of a running simulation, or end it by
// SIGBUS; therefore a mapping has a lease on the file. The system makes a
// program that opens the file for writing wait until the lease is given back;
// before that, the mapping is replaced by a copy at the same address.
type mapping struct {
	at   unsafe.Pointer
	size uintptr

	mu   sync.Mutex
	file *os.File // nil: the memory is a copy
}

// minMapped is the size of a file that is worth a mapping.
const minMapped = 1 << 20

// errNoLease is the reason for copying a file: somebody writes to it, it
// belongs to another user, or the file system has no leases.
var errNoLease = errors.New("no lease")

// mapFile maps a file of size bytes, and keeps it open. The memory is unmapped
// when keep is no longer referenced.
func mapFile(f *os.File, size int64) (data []byte, keep any, err error) {
	if size < minMapped || int64(int(size)) != size {
		return nil, nil, errNoLease
	}
	if _, err := unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_RDLCK); err != nil {
		return nil, nil, errNoLease
	}
	free := func() { _, _ = unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_UNLCK) }
	if info, err := f.Stat(); err != nil || info.Size() != size { // nobody changes it from here on
		free()
		return nil, nil, fmt.Errorf("it is being written to")
	}
	at, err := unix.MmapPtr(int(f.Fd()), 0, nil, uintptr(size), unix.PROT_READ, unix.MAP_PRIVATE)
	if err != nil {
		free()
		return nil, nil, errNoLease
	}
	data = unsafe.Slice((*byte)(at), int(size))
	_ = unix.Madvise(data, unix.MADV_HUGEPAGE) // a hint, which most file systems do not take
	m := &mapping{at: at, size: uintptr(size), file: f}
	leases.add(m)
	owner := &struct{ m *mapping }{m}
	runtime.AddCleanup(owner, (*mapping).end, m)
	return data, owner, nil
}

// end gives the memory back.
func (m *mapping) end() {
	leases.remove(m)
	m.mu.Lock()
	defer m.mu.Unlock()
	_ = unix.MunmapPtr(m.at, m.size)
	m.release()
}

// release gives the lease back. m.mu is held.
func (m *mapping) release() {
	if m.file != nil {
		_, _ = unix.FcntlInt(m.file.Fd(), unix.F_SETLEASE, unix.F_UNLCK)
		_ = m.file.Close() // nothing was written
		m.file = nil
	}
}

// asked reports whether somebody waits for the lease.
func (m *mapping) asked() bool {
	kind, err := unix.FcntlInt(m.file.Fd(), unix.F_GETLEASE, 0)
	return err != nil || kind != unix.F_RDLCK
}

// settle replaces the mapping by a copy if somebody waits for the lease, and
// reports whether it has done so. Code that reads the memory meanwhile notices
// nothing.
func (m *mapping) settle() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.file == nil {
		return true
	}
	if !m.asked() {
		return false
	}
	to, err := unix.MmapPtr(-1, 0, nil, m.size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return false // tried again, until the system's patience ends
	}
	dst := unsafe.Slice((*byte)(to), int(m.size))
	_ = unix.Madvise(dst, unix.MADV_HUGEPAGE)
	copy(dst, unsafe.Slice((*byte)(m.at), int(m.size)))
	if _, err := unix.MremapPtr(to, m.size, m.at, m.size, unix.MREMAP_MAYMOVE|unix.MREMAP_FIXED); err != nil {
		_ = unix.MunmapPtr(to, m.size)
		return false
	}
	m.release()
	return true
}

// leases are the mappings of this process that are not copies.
var leases leaseList

type leaseList struct {
	mu      sync.Mutex
	list    map[*mapping]bool
	watched bool
}

// lookEvery is how often leases are checked; a program that wants to write
// waits up to that long. The system itself would wait 45 s
// (/proc/sys/fs/lease-break-time).
const lookEvery = 200 * time.Millisecond

func (l *leaseList) add(m *mapping) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.list == nil {
		l.list = map[*mapping]bool{}
	}
	l.list[m] = true
	if !l.watched {
		l.watched = true
		go l.watch()
	}
}

func (l *leaseList) remove(m *mapping) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.list, m)
}

// watch settles mappings until there are none left.
func (l *leaseList) watch() {
	for {
		time.Sleep(lookEvery)
		l.mu.Lock()
		all := make([]*mapping, 0, len(l.list))
		for m := range l.list {
			all = append(all, m)
		}
		l.watched = len(all) > 0
		l.mu.Unlock()
		if len(all) == 0 {
			return
		}
		for _, m := range all {
			if m.settle() {
				l.remove(m)
			}
		}
	}
}
