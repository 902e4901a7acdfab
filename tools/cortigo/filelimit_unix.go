//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// A file that would get larger than the user's limit (ulimit -f) is then an
// error of the write, as on a disk that is full, and not the program's end.
func init() { signal.Ignore(syscall.SIGXFSZ) }
