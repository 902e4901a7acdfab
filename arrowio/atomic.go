package arrowio

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// tempOf returns the pattern of the names under which writeAtomic writes.
func tempOf(name string) string { return "." + name + "-*" + tempSuffix }

// writeAtomic replaces path with data: a reader sees the old file or the new
// one, whole, also after a crash.
func writeAtomic(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), tempOf(filepath.Base(path)))
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
	return syncDir(filepath.Dir(path))
}

// syncDir makes renames in dir durable. Not every system can do it (Windows
// cannot open a directory): the rename itself has succeeded, so that is no
// error.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return nil
	}
	_ = d.Sync()
	return d.Close()
}
