//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package arrowio

import (
	"errors"
	"os"
	"syscall"
)

// noFollow makes opening fail for a symbolic link, and for a pipe whose other
// end nobody has opened.
const noFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// flock locks f for this open file, without waiting.
func flock(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK):
			return ErrLocked
		case errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.ENOLCK), errors.Is(err, syscall.ENOSYS):
			return errNoLocks
		}
		return err
	}
}
