package notebook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"cortigo/tools/cortigo/internal/notebook/ipynb"
)

// maxSize bounds what is read as a notebook, in bytes: far more than one with
// pictures has, far less than a machine's memory.
const maxSize = 200 << 20

// Check says what is wrong with a notebook that cannot be run, if anything.
func Check(path string) error {
	_, _, err := readFile(path)
	return err
}

// readFile reads a notebook and checks that its language is Go. It also returns
// the file as it is.
func readFile(path string) (*ipynb.Notebook, []byte, error) {
	data, err := readAll(path)
	if err != nil {
		return nil, nil, err
	}
	nb, err := ipynb.Read(data)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	if language, kernel := nb.Language(); language != "" && !strings.EqualFold(language, "go") {
		return nil, nil, fmt.Errorf("%s: a notebook for %s (kernel %q), only Go notebooks can be run", path, language, kernel)
	}
	return nb, data, nil
}

// readAll reads a regular file of a bearable size: a pipe would be waited for,
// and a device may have no end.
func readAll(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is %s; allowed: the file of a notebook", path, kindOf(info.Mode()))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxSize {
		return nil, fmt.Errorf("%s: %d bytes are too many for a notebook; allowed: up to %d", path, max(info.Size(), int64(len(data))), maxSize)
	}
	return data, nil
}

// kindOf says what a path that is no file stands for.
func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

// CheckOutput makes sure, before anything is run, that the executed notebook
// can be written to path, and that nothing else is lost by it: a directory, a
// device, or a file that is no notebook is refused.
func CheckOutput(path string) error {
	refuse := func(format string, args ...any) error {
		return fmt.Errorf("the executed notebook cannot be written to %s: %w", path, fmt.Errorf(format, args...))
	}
	real, err := target(path)
	if err != nil {
		return refuse("%w", err)
	}
	switch info, err := os.Stat(real); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return refuse("%w", err)
	case !info.Mode().IsRegular():
		return refuse("it is %s; allowed: the name of a file", kindOf(info.Mode()))
	case info.Size() > 0:
		data, err := readAll(real)
		if err == nil {
			_, err = ipynb.Read(data)
		}
		if err != nil {
			return refuse("there is a file that is no notebook (%w); allowed: a new file, an empty one, or another notebook", err)
		}
	}
	f, err := os.CreateTemp(filepath.Dir(real), ".cortigo-*")
	if err != nil {
		return refuse("%w", err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// target returns the file that a path means: what a symbolic link points to.
func target(path string) (string, error) {
	info, err := os.Lstat(path)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return path, nil
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", fmt.Errorf("it is a symbolic link that leads nowhere: %w", err)
	}
	return real, nil
}

// writeOutput writes the executed notebook to the file out. read is what was
// read of the notebook at path: where that is the same file and somebody has
// changed it since, the result goes beside it. Where the file cannot be written,
// the result goes to a temporary one. It returns the file that was written; the
// error says why it is another.
func writeOutput(out, path string, read, data []byte) (string, error) {
	var why error
	if sameFile(out, path) {
		if now, err := readAll(path); err == nil && !bytes.Equal(now, read) {
			beside, err := unused(strings.TrimSuffix(out, ".ipynb") + ".executed")
			if err == nil {
				if err = writeFile(beside, data); err == nil {
					return beside, fmt.Errorf("%s was changed while it ran and stays as it is; the executed notebook is %s", path, beside)
				}
			}
			why = fmt.Errorf("%s was changed while it ran: %w", path, err)
		}
	}
	if why == nil {
		if why = writeFile(out, data); why == nil {
			return out, nil
		}
	}
	f, err := os.CreateTemp("", "cortigo-*.ipynb")
	if err != nil {
		return "", errors.Join(why, err)
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(why, err)
	}
	return f.Name(), fmt.Errorf("%w; the executed notebook is %s", why, f.Name())
}

// sameFile says whether two paths mean one file that exists.
func sameFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// unused returns a name of a notebook that nobody has: name.ipynb, name-2.ipynb, ...
func unused(name string) (string, error) {
	for n := 1; ; n++ {
		path := name + ".ipynb"
		if n > 1 {
			path = fmt.Sprintf("%s-%d.ipynb", name, n)
		}
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			return path, nil
		} else if err != nil {
			return "", err
		}
	}
}

// writeFile replaces a file as a whole: by renaming, so that nobody ever sees
// half of it. The file's permissions stay.
func writeFile(path string, data []byte) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("writing the executed notebook: %w", err)
		}
	}()
	if path, err = target(path); err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%s is %s", path, kindOf(info.Mode()))
		}
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".cortigo-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(mode), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
