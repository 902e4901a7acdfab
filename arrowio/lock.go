package arrowio

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// LockFile is there while a program writes to a run; it holds the program's
// process id. It is the lock on it, not the file, that keeps others out: what a
// killed program leaves locks nobody out.
const LockFile = ".lock"

// ErrLocked is wrapped by errors about a run that another program writes to.
var ErrLocked = errors.New("is being written")

// Lock keeps other programs, and other RunDirs of this one, from writing to the
// run until Unlock, which must follow as often. Writers, Rewind and CreateRun,
// where it replaces a run, hold the lock by themselves; a program that does
// several of these in a row may want to hold it throughout. If the run is
// locked the error wraps [ErrLocked] and names the process.
//
// The lock is flock(2)'s on [LockFile]; it ends with the process, however that
// ends. Readers need none. Where there is no flock (Windows, some network file
// systems) there is no lock: it is then up to the user.
func (d *RunDir) Lock() error {
	if d.locks == 0 {
		f, err := lockDir(d.dir)
		if err != nil {
			return err
		}
		d.lock = f
	}
	d.locks++
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

// errNoLocks is returned by flock where the system or the file system has none.
var errNoLocks = errors.New("no file locks here")

// A lock that is held is asked for again a few times.
const (
	lockTries = 5
	lockPause = 5 * time.Millisecond
)

// lockDir locks the run in dir; nil where there are no locks.
func lockDir(dir string) (*os.File, error) {
	path := filepath.Join(dir, LockFile)
	for try := 0; ; try++ {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
		if err != nil {
			return nil, fmt.Errorf("arrowio: locking the run in %s: %w", dir, err)
		}
		switch err := flock(f); {
		case errors.Is(err, errNoLocks):
			_ = f.Close()
			_ = os.Remove(path)
			return nil, nil
		case err != nil:
			_ = f.Close()
			if errors.Is(err, ErrLocked) {
				if try < lockTries { // it may be Writer, which only looks
					time.Sleep(lockPause)
					continue
				}
				return nil, fmt.Errorf("arrowio: the run in %s %w by %s: wait until it ends, or stop it", dir, ErrLocked, holder(path))
			}
			return nil, fmt.Errorf("arrowio: locking the run in %s: %w", dir, err)
		}
		// Its last holder may have removed the file between our opening and
		// locking it: then the lock is on a file that nobody else will find.
		here, err1 := f.Stat()
		there, err2 := os.Stat(path)
		if err1 == nil && err2 == nil && os.SameFile(here, there) {
			// For messages only; a full disk is no reason not to lock.
			_ = f.Truncate(0)
			_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
			return f, nil
		}
		_ = f.Close()
		if err2 != nil && !errors.Is(err2, fs.ErrNotExist) {
			return nil, fmt.Errorf("arrowio: locking the run in %s: %w", dir, err2)
		}
	}
}

// unlock removes the lock file and, with it, the lock.
func unlock(f *os.File) {
	if f == nil {
		return
	}
	_ = os.Remove(f.Name())
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

// Writer returns which process is writing to the run in dir, 0 if none is or it
// cannot be known.
func Writer(dir string) int {
	path := filepath.Join(dir, LockFile)
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer func() { _ = f.Close() }()
	if !errors.Is(flock(f), ErrLocked) {
		return 0 // closing it ends the lock again
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		return 0
	}
	return pid
}
