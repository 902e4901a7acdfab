package jupyter

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// ipcSockets says that Unix sockets are used between client and kernel.
const ipcSockets = false

// tempDirVariables are what programs find their temporary directory by.
var tempDirVariables = []string{"TMP", "TEMP"}

// ownGroup starts a process in a group of its own.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// lockThread does nothing where a child does not depend on its parent thread.
func lockThread() (unlock func()) { return func() {} }

// interruptGroup fails: Windows has no SIGINT to send, kernels are interrupted
// by message there.
func interruptGroup(*os.Process) error {
	return errors.New("no signals on Windows: the kernel must be interrupted by message")
}

// killGroup kills p with the processes that it started.
func killGroup(p *os.Process) {
	_ = exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(p.Pid)).Run()
	_ = p.Kill()
}

// waitGroup does nothing: taskkill has ended the tree.
func waitGroup(*os.Process, time.Duration) {}
