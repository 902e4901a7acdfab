// Package files opens plain files and replaces them atomically.
package files

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// TempSuffix ends the names of files that are being written.
const TempSuffix = ".tmp"

// OpenRegular opens a file to read. A pipe, a terminal or a device is an error at
// once: opening one may wait for another program, and its data may have no end.
func OpenRegular(path string) (*os.File, error) {
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

// Replace replaces path with data: a reader sees the old file or the new one,
// whole, also after a crash. It is written under the name .NAME-NUMBER.tmp.
func Replace(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*"+TempSuffix)
	if err != nil {
		return fmt.Errorf("arrowio: writing %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, werr := f.Write(data)
	if err := errors.Join(werr, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("arrowio: writing %s: %w", path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("arrowio: writing %s: %w", path, err)
	}
	return SyncDir(filepath.Dir(path))
}

// SyncDir makes renames in dir durable. Not every system can do it (Windows
// cannot open a directory): the rename itself has succeeded, so that is no
// error.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return nil
	}
	_ = d.Sync()
	return d.Close()
}
