//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package arrowio

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// One writes, all others are told who does; when the last writer is closed the
// next one may.
func TestLock(t *testing.T) {
	d := newTestRun(t)
	w, err := d.NewSpikeWriter()
	if err != nil {
		t.Fatal(err)
	}
	v, err := d.NewSampleWriter() // the same run: no conflict
	if err != nil {
		t.Fatal(err)
	}
	if pid, writing := WriterPID(d.Path()); !writing || pid != os.Getpid() {
		t.Errorf("written by process %d, want %d", pid, os.Getpid())
	}
	other, err := OpenRun(d.Path())
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what string) {
		t.Helper()
		_, spikesErr := other.NewSpikeWriter()
		_, samplesErr := other.NewSampleWriter()
		_, createErr := CreateRun(d.Path(), testRun(), true)
		for name, err := range map[string]error{"spikes": spikesErr, "samples": samplesErr, "rewind": other.rewind(0), "create": createErr, "lock": other.Lock()} {
			if !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), fmt.Sprintf("process %d", os.Getpid())) || !strings.Contains(err.Error(), d.Path()) {
				t.Errorf("%s, %s: %v", what, name, err)
			}
		}
	}
	refused("two writers")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	refused("one writer")
	if err := errors.Join(v.Close(), v.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(d.Path(), LockFile)); err == nil {
		t.Error("the lock file is left")
	}
	if pid, writing := WriterPID(d.Path()); writing || pid != 0 {
		t.Errorf("written by process %d, want none", pid)
	}
	if err := other.Lock(); err != nil {
		t.Fatal(err)
	}
	defer other.Unlock()
	if _, err := d.NewSpikeWriter(); !errors.Is(err, ErrLocked) {
		t.Errorf("%v", err)
	}
}

// The file that a killed program leaves locks nobody out.
func TestLockFileAlone(t *testing.T) {
	d := newTestRun(t)
	if err := os.WriteFile(filepath.Join(d.Path(), LockFile), []byte("12345\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if pid, writing := WriterPID(d.Path()); writing || pid != 0 {
		t.Errorf("written by process %d, want none", pid)
	}
	if err := d.Lock(); err != nil {
		t.Fatal(err)
	}
	if pid, writing := WriterPID(d.Path()); !writing || pid != os.Getpid() {
		t.Errorf("written by process %d, want this one", pid)
	}
	d.Unlock()
	d.Unlock() // once too often: nothing
}

// However locking, unlocking and the removal of the file mix, no two hold the
// lock at once.
func TestLockExcludes(t *testing.T) {
	d := newTestRun(t)
	var held, got sync.Mutex
	locked := 0
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				f, err := lockDir(d.Path())
				if errors.Is(err, ErrLocked) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if !held.TryLock() {
					t.Error("two hold the lock")
					return
				}
				got.Lock()
				locked++
				got.Unlock()
				held.Unlock()
				unlock(f)
			}
		})
	}
	all.Wait()
	if locked < 8 {
		t.Errorf("locked %d times", locked)
	}
}
