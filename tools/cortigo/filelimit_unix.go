//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// With this, a file that would exceed the user's limit (ulimit -f) is an error
// of the write, as on a full disk, and does not end the program.
func init() { signal.Ignore(syscall.SIGXFSZ) }
