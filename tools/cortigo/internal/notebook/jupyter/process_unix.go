//go:build unix

package jupyter

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// ipcSockets says that Unix sockets are used between client and kernel.
const ipcSockets = true

// tempDirVariables are what programs find their temporary directory by.
var tempDirVariables = []string{"TMPDIR"}

// interruptGroup sends SIGINT to the process group that p leads.
func interruptGroup(p *os.Process) error {
	return syscall.Kill(-p.Pid, syscall.SIGINT)
}

// killGroup kills the process group that p leads. Nothing is left to kill when
// it fails.
func killGroup(p *os.Process) {
	_ = syscall.Kill(-p.Pid, syscall.SIGKILL)
}

// waitGroup waits until no process of p's group is left, at most for the given
// time: a child that was killed is gone only when somebody has waited for it.
func waitGroup(p *os.Process, most time.Duration) {
	for end := time.Now().Add(most); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if errors.Is(syscall.Kill(-p.Pid, 0), syscall.ESRCH) {
			return
		}
	}
}
