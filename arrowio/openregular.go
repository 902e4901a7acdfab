package arrowio

import (
	"fmt"
	"os"
)

// openRegular opens a file to read. A pipe, a terminal or a device is an error at
// once: opening one waits for somebody else, and what it holds has no end.
func openRegular(path string) (*os.File, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !fi.Mode().IsRegular() {
		return nil, fmt.Errorf("not a file but %s", kindOf(fi.Mode()))
	}
	return os.Open(path)
}

func kindOf(m os.FileMode) string {
	switch {
	case m.IsDir():
		return "a directory"
	case m&os.ModeNamedPipe != 0:
		return "a pipe"
	case m&os.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}
