package arrowio

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// LockFile exists while a program writes to a run; it holds the program's
// process id and nothing else. The lock on it, not the file itself, keeps other
// programs out: a file that a killed program left locks nobody out.
const LockFile = ".cortigo-lock"

// ErrLocked is wrapped by errors about a run that another program writes to.
var ErrLocked = errors.New("is being written")

// Lock keeps other programs, and other RunDirs of this one, from writing to the
// run until Unlock has been called as often as Lock. Writers, Rewind and
// CreateRun take the lock themselves; a program that does several of these in a
// row may want to hold it all the time. If the run is locked already, the error
// wraps [ErrLocked] and names the process.
//
// Then run.json is read again, since another program may have changed it; it is
// an error if it describes another run by now. So is a subdirectory of the run
// that is a symbolic link: it may lead to somebody else's data.
//
// The lock is flock(2) on [LockFile]; it ends with the process, however that
// ends. Readers need none. Where flock does not exist (Windows, some network
// file systems) there is no lock, and users must take care themselves.
func (d *RunDir) Lock() error {
	if d.locks == 0 {
		f, err := lockDir(d.dir)
		if err != nil {
			return err
		}
		if err := errors.Join(noLinks(d.dir), d.reread()); err != nil {
			unlock(f)
			return err
		}
		d.lock = f
	}
	d.locks++
	return nil
}

// reread reads run.json again, which must be of the same run.
func (d *RunDir) reread() error {
	now, err := OpenRun(d.dir)
	if err != nil {
		return err
	}
	if diff := now.run.differs(&d.run); diff != "" {
		return fmt.Errorf("arrowio: the run in %s was replaced by another one meanwhile: %s", d.dir, diff)
	}
	d.run, d.idx, d.meta = now.run, now.idx, now.meta
	return nil
}

// Unlock ends what Lock began.
func (d *RunDir) Unlock() {
	if d.locks == 0 {
		return
	}
	if d.locks--; d.locks == 0 {
		unlock(d.lock)
		d.lock = nil
	}
}

// errNoLocks is returned by flock if the system or the file system has no locks.
var errNoLocks = errors.New("no file locks here")

// If a lock is held, it is tried again a few times.
const (
	lockTries = 5
	lockPause = 5 * time.Millisecond
)

// lockDir locks the run in dir; nil where there are no locks. A file of this
// name that is not ours is an error. An existing file is never written to: a
// new lock file is made each time, so that a link to the old one keeps its
// content.
func lockDir(dir string) (*os.File, error) {
	path := filepath.Join(dir, LockFile)
	fail := func(err error) (*os.File, error) {
		return nil, fmt.Errorf("arrowio: locking the run in %s: %w", dir, err)
	}
	for try := 0; ; {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o644)
		made := err == nil
		if errors.Is(err, fs.ErrExist) {
			if f, err = openLock(path, os.O_RDWR); errors.Is(err, fs.ErrNotExist) {
				continue // removed since
			}
		}
		if err != nil {
			return fail(err)
		}
		switch err := flock(f); {
		case errors.Is(err, errNoLocks):
			_ = f.Close()
			if made {
				_ = os.Remove(path)
			}
			return nil, nil
		case errors.Is(err, ErrLocked):
			_ = f.Close()
			if try++; try <= lockTries { // it may be WriterPID, which only looks
				time.Sleep(lockPause)
				continue
			}
			return nil, fmt.Errorf("arrowio: the run in %s %w by %s: wait until it ends, or stop it", dir, ErrLocked, holder(path))
		case err != nil:
			_ = f.Close()
			return fail(err)
		}
		// The last holder may have removed the file after we opened it and
		// before we locked it: then nobody else will find the file that we
		// locked.
		if !isAt(f, path) {
			_ = f.Close()
			continue
		}
		if made {
			// For messages only; a full disk is no reason not to lock.
			_, _ = f.WriteString(strconv.Itoa(os.Getpid()) + "\n")
			return f, nil
		}
		err = os.Remove(path) // of a program that was killed
		_ = f.Close()
		if err != nil {
			return fail(err)
		}
	}
}

// maxLock is more bytes than a process id has.
const maxLock = 32

// openLock opens a lock file that is there, if it is one of ours.
func openLock(path string, flags int) (*os.File, error) {
	foreign := func(why string) error {
		return fmt.Errorf("%s is not Cortigo's, %s: move it away", path, why)
	}
	fi, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !fi.Mode().IsRegular() {
		return nil, foreign("it is no plain file")
	}
	f, err := os.OpenFile(path, flags|noFollow, 0)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, maxLock+1))
	if err == nil && (len(b) > maxLock || strings.Trim(string(b), "0123456789\n") != "") {
		err = foreign("it holds something else than a process id")
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// isAt reports whether path names the open file f.
func isAt(f *os.File, path string) bool {
	here, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(path)
	return err == nil && os.SameFile(here, there)
}

// unlock removes the lock file and, with it, the lock.
func unlock(f *os.File) {
	if f == nil {
		return
	}
	if isAt(f, f.Name()) {
		_ = os.Remove(f.Name())
	}
	_ = f.Close()
}

// holder names who holds a lock.
func holder(path string) string {
	b, err := os.ReadFile(path)
	pid := strings.TrimSpace(string(b))
	switch {
	case err != nil || pid == "":
		return "another program"
	case pid == strconv.Itoa(os.Getpid()):
		return "this program (process " + pid + ")"
	}
	return "process " + pid
}

// WriterPID returns the id of the process that is writing to the run in dir;
// false if none is, or if it is not known.
func WriterPID(dir string) (pid int, writing bool) {
	path := filepath.Join(dir, LockFile)
	f, err := openLock(path, os.O_RDONLY)
	if err != nil {
		return 0, false
	}
	defer func() { _ = f.Close() }()
	if !errors.Is(flock(f), ErrLocked) {
		return 0, false // closing it ends the lock again
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	pid, err = strconv.Atoi(strings.TrimSpace(string(b)))
	return pid, err == nil
}
