package store

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"cortigo/sim/internal/engine"
)

// allocated returns how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// storedFiles saves a small network and its state in dir and returns the contents of
// the files.
func storedFiles(f *testing.F, dir string) (network, rows, state []byte) {
	f.Helper()
	d := storable()
	e, err := engine.Build(f.Context(), d, engine.Options{Threads: 1, Shards: 1})
	if err != nil {
		f.Fatal(err)
	}
	if err := e.Run(f.Context(), 100, nil); err != nil {
		f.Fatal(err)
	}
	if err := SaveNetwork(dir, d, e); err != nil {
		f.Fatal(err)
	}
	if err := SaveState(dir, d, e.State()); err != nil {
		f.Fatal(err)
	}
	var files [3][]byte
	for i, path := range []string{networkPath(dir), rowsPath(dir, 0), statePath(dir)} {
		if files[i], err = os.ReadFile(path); err != nil {
			f.Fatal(err)
		}
	}
	return files[0], files[1], files[2]
}

// slack is what reading may allocate for any file, beside a multiple of its size:
// buffers.
const slack = 4 << 20

// Whatever the files of a network hold, reading, looking at and verifying them
// gives an error or a network, in memory of their size.
func FuzzNetwork(f *testing.F) {
	dir := f.TempDir()
	network, rows, _ := storedFiles(f, dir)
	f.Add(network, rows)
	f.Add(network, rows[:len(rows)/2])
	f.Add(network[:len(network)/2], rows)
	f.Add(bytes.Replace(network, []byte(`"shards": 1`), []byte(`"shards": 65536`), 1), rows)
	f.Add(bytes.Replace(network, []byte(`"shards": 1`), []byte(`"shards": -1`), 1), rows)
	f.Add(bytes.Replace(network, []byte(`"n": 7`), []byte(`"n": 2147483647`), 1), rows)
	f.Add([]byte(`{"format":1,"shards":1,"description":{"populations":[{"name":"a","n":-9223372036854775808}]}}`), []byte(magic))
	f.Fuzz(func(t *testing.T, network, rows []byte) {
		for path, b := range map[string][]byte{networkPath(dir): network, rowsPath(dir, 0): rows} {
			if err := os.WriteFile(path, b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		size := uint64(len(network) + len(rows))
		n := allocated(func() {
			_, _ = InspectNetwork(dir)
			_, _ = InspectFile(rowsPath(dir, 0))
			whole := len(VerifyNetwork(dir)) == 0
			net, err := OpenNetwork(dir)
			if err != nil {
				if whole {
					t.Errorf("verified, not opened: %v", err)
				}
				return
			}
			for s := range min(net.Shards, 2) {
				if _, err := net.Rows(s); whole && err != nil {
					t.Errorf("verified, not read: %v", err)
				}
			}
		})
		// Each of 65,536 shards that are missing is told.
		if n > slack+(64<<20)+1000*size {
			t.Errorf("%d bytes allocated for %d", n, size)
		}
	})
}

// Whatever the file of a state holds, reading and verifying it gives an error or
// a state, in memory of its size.
func FuzzState(f *testing.F) {
	dir := f.TempDir()
	_, _, state := storedFiles(f, dir)
	f.Add(state)
	f.Add(state[:len(state)/2])
	f.Add(state[:80])
	f.Add([]byte(magic))
	f.Add(bytes.Replace(state, []byte(`"step":100`), []byte(`"step":-99`), 1))
	f.Add(bytes.Replace(state, []byte(`"len":7`), []byte(`"len":9`), 1))
	d := storable()
	e, err := engine.Build(f.Context(), d, engine.Options{Threads: 1, Shards: 1})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(filepath.Clean(statePath(dir)), data, 0o644); err != nil {
			t.Fatal(err)
		}
		n := allocated(func() {
			_, _ = InspectFile(statePath(dir))
			whole := len(VerifyState(dir)) == 0
			s, err := OpenState(dir, d)
			if err != nil {
				if whole {
					t.Errorf("verified, not opened: %v", err)
				}
				return
			}
			if s == nil || e.SetState(s) != nil {
				return
			}
			if again := e.State(); again.Step != s.Step || again.Spikes != s.Spikes {
				t.Errorf("%d spikes at step %d, set to %d at %d", again.Spikes, again.Step, s.Spikes, s.Step)
			}
		})
		if n > slack+200*uint64(len(data)) {
			t.Errorf("%d bytes allocated for %d", n, len(data))
		}
	})
}
