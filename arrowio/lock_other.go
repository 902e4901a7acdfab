//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package arrowio

import "os"

func flock(*os.File) error { return errNoLocks }
