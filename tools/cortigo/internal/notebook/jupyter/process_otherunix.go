//go:build unix && !linux

package jupyter

import "syscall"

// ownGroup starts a process in a group of its own.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

// lockThread does nothing where a child does not depend on its parent thread.
func lockThread() (unlock func()) { return func() {} }
