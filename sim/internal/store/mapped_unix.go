//go:build unix

package store

import (
	"fmt"
	"os"
	"syscall"
)

// readFile returns the contents of a file, as a private mapping if mapped.
func readFile(path string, mapped bool) ([]byte, error) {
	if !mapped {
		return os.ReadFile(path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() || info.Size() == 0 {
		return nil, fmt.Errorf("%s: not a file of a network or state", path)
	}
	b, err := syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_PRIVATE)
	if err != nil {
		return nil, fmt.Errorf("%s: mapping it: %w", path, err)
	}
	return b, nil
}
