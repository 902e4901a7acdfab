package jupyter

import (
	"runtime"
	"syscall"
)

// ownGroup starts a process in a group of its own. On Linux it also gets
// SIGTERM when the thread that started it ends, so that no kernel stays behind
// when this program is killed; that thread must be held for as long (see
// lockThread).
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}

// lockThread keeps the calling goroutine on its thread, and the thread alive,
// until the returned function is called.
func lockThread() (unlock func()) {
	runtime.LockOSThread()
	return runtime.UnlockOSThread
}
