package notebook

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// checkWritable makes sure, before anything is run, that the executed notebook
// can be written.
func checkWritable(path string) error {
	dir := filepath.Dir(target(path))
	f, err := os.CreateTemp(dir, ".cortigo-*")
	if err != nil {
		return fmt.Errorf("the executed notebook cannot be written to %s: %w", path, err)
	}
	f.Close()
	return os.Remove(f.Name())
}

// target returns the file that a path means: what a symbolic link points to.
func target(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	return path
}

// writeFile replaces a file as a whole: by renaming, so that nobody ever sees
// half of it. The file's permissions stay.
func writeFile(path string, data []byte) (err error) {
	path = target(path)
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".cortigo-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
			err = fmt.Errorf("writing the executed notebook: %w", err)
		}
	}()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(mode), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// Check says what is wrong with a notebook that cannot be run, if anything.
func Check(path string) error {
	_, err := readFile(path)
	return err
}
