package arrowio

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/neuron"
)

// content reads everything below dir: files, and where links lead to.
func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	m := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		if e.Type()&fs.ModeSymlink != 0 {
			m[path], err = os.Readlink(path)
			return err
		}
		b, err := os.ReadFile(path)
		m[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// wantUntouched checks that dir holds what it held.
func wantUntouched(t *testing.T, dir string, before map[string]string) {
	t.Helper()
	after := content(t, dir)
	for path := range before {
		if after[path] != before[path] {
			t.Errorf("%s was changed or removed", path)
		}
	}
	for path := range after {
		if _, ok := before[path]; !ok {
			t.Errorf("%s was made", path)
		}
	}
}

func mustDo(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// recorded100 returns the directory of a run of 100 ms with five checkpoints, a
// part each.
func recorded100(t *testing.T) string {
	t.Helper()
	dir := newSessionDir(t, sessionNet(t, 3))
	net, err := sim.Open(dir, sim.Threads(1))
	mustDo(t, err)
	s, err := Resume(dir, net)
	mustDo(t, err)
	mustDo(t, s.CheckpointEvery(20), s.SimulateUntil(t.Context(), 100), s.Close())
	return dir
}

// Whatever is wrong with a run or with the network that is to go on with it,
// nothing of what was recorded is removed.
func TestResumeLosesNothing(t *testing.T) {
	want := uninterrupted(t, 120)
	open := func(t *testing.T, dir string) *sim.Network {
		net, err := sim.Open(dir, sim.Threads(1))
		mustDo(t, err)
		return net
	}
	state := func(dir string) string { return filepath.Join(dir, StateDir, "state.cortigo") }
	first := func(dir string) string { return filepath.Join(dir, SpikesDir, partName(0)) }
	last := func(dir string) string { return filepath.Join(dir, SpikesDir, partName(4)) }
	other := recorded100(t)
	for name, tt := range map[string]struct {
		harm func(t *testing.T, dir string) (*sim.Network, error)
		want string
		is   error
	}{
		"state removed": {func(t *testing.T, dir string) (*sim.Network, error) {
			err := os.Remove(state(dir))
			return open(t, dir), err
		}, "was saved at step 1000, the network is at step 0", ErrStateLost},
		"state removed, not noted": {func(t *testing.T, dir string) (*sim.Network, error) {
			d, err := OpenRun(dir)
			mustDo(t, err, d.Update(func(r *Run) { r.Checkpoint = nil }))
			mustDo(t, os.Remove(state(dir)))
			return open(t, dir), nil
		}, "no state is saved", ErrStateLost},
		"state a dangling link": {func(t *testing.T, dir string) (*sim.Network, error) {
			err := errors.Join(os.Remove(state(dir)), os.Symlink("nowhere", state(dir)))
			return open(t, dir), err
		}, "network is at step 0", ErrStateLost},
		"network built anew": {func(t *testing.T, _ string) (*sim.Network, error) {
			return sessionNet(t, 3), nil
		}, "network is at step 0", ErrStateLost},
		"an earlier state": {func(t *testing.T, dir string) (*sim.Network, error) {
			net := sessionNet(t, 3)
			err := errors.Join(net.Simulate(t.Context(), 50), net.SaveState(dir))
			return open(t, dir), err
		}, "network is at step 500", ErrStateLost},
		"other weights": {func(t *testing.T, _ string) (*sim.Network, error) {
			net := sim.New(sim.Seed(3), sim.Threads(1))
			exc := net.Create("E", 40, neuron.DefaultIafPscExp())
			net.Create("I", 10, neuron.DefaultIafPscExp())
			net.Connect(exc, exc, connect.FixedTotalNumber{N: 10})
			return net, net.Simulate(t.Context(), 100)
		}, "other parameters", ErrOtherNetwork},
		"parameters set": {func(t *testing.T, dir string) (*sim.Network, error) {
			net := open(t, dir)
			n, err := net.Nodes("E")
			mustDo(t, err)
			n.Set(sim.Params{"C_m": 300})
			return net, net.Err()
		}, "other parameters", ErrOtherNetwork},
		"another seed": {func(t *testing.T, _ string) (*sim.Network, error) {
			return sessionNet(t, 4), nil
		}, "seed", ErrOtherNetwork},
		"a hole": {func(t *testing.T, dir string) (*sim.Network, error) {
			net := open(t, dir)
			return net, net.Simulate(t.Context(), 20)
		}, "recording ends at step 1000, but the network is at step 1200", ErrHole},
		"spikes a link": {func(t *testing.T, dir string) (*sim.Network, error) {
			err := errors.Join(os.RemoveAll(filepath.Join(dir, SpikesDir)), os.Symlink(filepath.Join(other, SpikesDir), filepath.Join(dir, SpikesDir)))
			return open(t, dir), err
		}, "spikes is a symbolic link", nil},
		"state a link": {func(t *testing.T, dir string) (*sim.Network, error) {
			err := errors.Join(os.RemoveAll(filepath.Join(dir, StateDir)), os.Symlink(filepath.Join(other, StateDir), filepath.Join(dir, StateDir)))
			return open(t, dir), err
		}, "state is a symbolic link", nil},
		"a part of another run": {func(t *testing.T, dir string) (*sim.Network, error) {
			d, err := OpenRun(dir)
			mustDo(t, err)
			run := d.Run()
			run.Created, run.Recorded, run.Spikes = run.Created.Add(-time.Hour), Window{}, 0
			from, err := CreateRun(filepath.Join(t.TempDir(), "other"), run, false)
			mustDo(t, err)
			late := testSpikes(10, 1)
			for i := range late.Step {
				late.Step[i], late.Neuron[i] = 5000, 1
			}
			writeSpikes(t, from, late, 10)
			b, err := os.ReadFile(filepath.Join(from.Path(), SpikesDir, partName(0)))
			mustDo(t, err, os.WriteFile(filepath.Join(dir, SpikesDir, partName(5)), b, 0o644))
			return open(t, dir), nil
		}, partName(5) + ": it is of another run: its time of creation", nil},
		"the last part damaged": {func(t *testing.T, dir string) (*sim.Network, error) {
			return open(t, dir), os.Truncate(last(dir), 100)
		}, partName(4), nil},
		"the first part damaged": {func(t *testing.T, dir string) (*sim.Network, error) {
			return open(t, dir), os.Truncate(first(dir), 100)
		}, partName(0), nil},
		"another one's lock": {func(t *testing.T, dir string) (*sim.Network, error) {
			return open(t, dir), os.WriteFile(filepath.Join(dir, LockFile), []byte("mine"), 0o644)
		}, LockFile + " is not Cortigo's", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := recorded100(t)
			net, err := tt.harm(t, dir)
			mustDo(t, err)
			before, beside := content(t, dir), content(t, other)
			s, err := Resume(dir, net)
			if err == nil {
				_ = s.Close()
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%v, want %q", err, tt.want)
			}
			wantUntouched(t, dir, before)
			wantUntouched(t, other, beside)
		})
	}
	t.Run("nothing wrong", func(t *testing.T) {
		dir := recorded100(t)
		mustDo(t, goOn(t.Context(), dir, 120))
		checkRun(t, dir, 1200, want)
	})
}

// A program that is killed while it rewinds leaves fewer parts, and perhaps
// files that it was writing: the next one rewinds again.
func TestKilledInRewind(t *testing.T) {
	want := uninterrupted(t, 100)
	dir := newSessionDir(t, sessionNet(t, 3))
	mustDo(t, goOn(t.Context(), dir, 30))
	net, err := sim.Open(dir)
	mustDo(t, err)
	s, err := Resume(dir, net)
	mustDo(t, err)
	for range 4 { // parts after the state of 30 ms
		mustDo(t, net.Simulate(t.Context(), 10), s.flush())
	}
	mustDo(t, s.dir.Update(func(r *Run) { r.Recorded.End, r.Spikes = 700, s.SpikeCount() }), s.Close())
	for removed := range 5 {
		killed := filepath.Join(t.TempDir(), "killed")
		mustDo(t, os.CopyFS(killed, os.DirFS(dir)))
		d, err := OpenRun(killed)
		mustDo(t, err, d.unlist(300)) // which is done first
		for n := range removed {
			mustDo(t, os.Remove(filepath.Join(killed, SpikesDir, partName(4-n))))
		}
		mustDo(t, os.WriteFile(filepath.Join(killed, SpikesDir, tempName(4-removed)), []byte("PAR1 half"), 0o644))
		mustDo(t, goOn(t.Context(), killed, 100))
		checkRun(t, killed, 1000, want)
		wantWhole(t, killed)
	}
}

// What --overwrite may remove is Cortigo's and this run's; before anything goes,
// all is looked at.
func TestOverwriteLosesNothing(t *testing.T) {
	other := recorded100(t)
	for name, tt := range map[string]struct {
		harm func(dir string) error
		want string
	}{
		"spikes a link": {func(dir string) error {
			return errors.Join(os.RemoveAll(filepath.Join(dir, SpikesDir)), os.Symlink(filepath.Join(other, SpikesDir), filepath.Join(dir, SpikesDir)))
		}, "spikes is a symbolic link to " + other},
		"network a link": {func(dir string) error {
			return errors.Join(os.RemoveAll(filepath.Join(dir, NetworkDir)), os.Symlink(filepath.Join(other, NetworkDir), filepath.Join(dir, NetworkDir)))
		}, "network is a symbolic link"},
		"voltages a link to nowhere": {func(dir string) error { return os.Symlink("nowhere", filepath.Join(dir, VoltagesDir)) }, "voltages is a symbolic link to nowhere"},
		"a part of another run": {func(dir string) error {
			b, err := os.ReadFile(filepath.Join(other, SpikesDir, partName(1)))
			return errors.Join(err, os.WriteFile(filepath.Join(dir, SpikesDir, partName(9)), b, 0o644))
		}, partName(9) + " is not of the run, its time of creation"},
		"a text": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, SpikesDir, partName(9)), []byte("mine"), 0o644)
		}, partName(9)},
		"a state": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, StateDir, "state.cortigo"), []byte("mine"), 0o644)
		}, "state.cortigo is not of the run"},
		"rows": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, NetworkDir, "shard-0007.rows"), []byte("mine"), 0o644)
		}, "shard-0007.rows is not of the run"},
		"a run.json":    {func(dir string) error { return os.WriteFile(filepath.Join(dir, RunFile), []byte("mine"), 0o644) }, "run.json is not of the run"},
		"a lock":        {func(dir string) error { return os.WriteFile(filepath.Join(dir, LockFile), []byte("mine"), 0o644) }, LockFile},
		"a linked lock": {func(dir string) error { return os.Symlink(filepath.Join(other, RunFile), filepath.Join(dir, LockFile)) }, LockFile},
		"a directory":   {func(dir string) error { return os.Mkdir(filepath.Join(dir, LockFile), 0o755) }, LockFile},
	} {
		t.Run(name, func(t *testing.T) {
			dir := recorded100(t)
			d, err := OpenRun(dir)
			mustDo(t, err)
			if name == "a part of another run" {
				// run.json and its parts, made an hour later than the other run.
				r := d.run
				r.Created, r.Recorded, r.Spikes, r.Parts = r.Created.Add(time.Hour), Window{}, 0, Parts{}
				mustDo(t, os.RemoveAll(filepath.Join(dir, SpikesDir)), d.set(r))
				w, err := d.NewSpikeWriter()
				mustDo(t, err, w.WriteSpikes([]int64{1}, []int32{1}), w.Close())
			}
			mustDo(t, tt.harm(dir))
			before, beside := content(t, dir), content(t, other)
			if _, err := CreateRun(dir, testRun(), true); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
			wantUntouched(t, dir, before)
			wantUntouched(t, other, beside)
		})
	}
	// Left alone, what was a run is replaced whole; damage of its own is no obstacle.
	dir := recorded100(t)
	mustDo(t, os.Truncate(filepath.Join(dir, SpikesDir, partName(1)), 100))
	if _, err := CreateRun(dir, testRun(), true); err != nil {
		t.Error(err)
	}
	if now := slices.Collect(maps.Keys(content(t, dir))); len(now) != 1 {
		t.Errorf("%q are there, want %s alone", now, RunFile)
	}
}

// Copies with hard links (cp -al) share no more than they did: nothing is
// written into a file.
func TestHardLinks(t *testing.T) {
	dir := recorded100(t)
	mustDo(t, os.WriteFile(filepath.Join(dir, LockFile), []byte("12345\n"), 0o644)) // of a program that was killed
	copied := t.TempDir()
	for path := range content(t, dir) {
		to := filepath.Join(copied, strings.TrimPrefix(path, dir))
		mustDo(t, os.MkdirAll(filepath.Dir(to), 0o755), os.Link(path, to))
	}
	before := content(t, copied)
	mustDo(t, goOn(t.Context(), dir, 120))
	wantUntouched(t, copied, before)
	if _, err := CreateRun(dir, testRun(), true); err != nil {
		t.Error(err)
	}
	wantUntouched(t, copied, before)
}

// Between being opened and locked a run may have gone on, or be another one.
func TestLockReadsAgain(t *testing.T) {
	want := uninterrupted(t, 120)
	dir := recorded100(t)
	d, err := OpenRun(dir)
	mustDo(t, err, goOn(t.Context(), dir, 110))
	net, err := sim.Open(dir, sim.Threads(1))
	mustDo(t, err)
	s, err := d.Resume(net)
	mustDo(t, err)
	mustDo(t, s.SimulateUntil(t.Context(), 120), s.Close())
	checkRun(t, dir, 1200, want)

	other := d.Run()
	other.Seed++
	_, err = CreateRun(dir, other, true)
	mustDo(t, err)
	before := content(t, dir)
	if err := d.Lock(); err == nil || !strings.Contains(err.Error(), "its seed is 4, not 3") {
		t.Errorf("another run in its place: %v", err)
	}
	wantUntouched(t, dir, before)
}

// A run without a name is not the one in the current directory.
func TestNoDirectory(t *testing.T) {
	dir := recorded100(t)
	t.Chdir(dir)
	before := content(t, ".")
	for name, do := range map[string]func() error{
		"create": func() error { _, err := CreateRun("", testRun(), true); return err },
		"open":   func() error { _, err := OpenRun(""); return err },
		"check":  func() error { _, err := Check(""); return err },
		"read":   func() error { _, err := ReadSpikes(""); return err },
	} {
		if err := do(); !errors.Is(err, ErrNoDir) {
			t.Errorf("%s: %v", name, err)
		}
	}
	wantUntouched(t, ".", before)
	mustDo(t, os.Symlink("nowhere", "link"))
	if _, err := CreateRun("link", testRun(), true); err == nil || !strings.Contains(err.Error(), "link to nowhere, which is not there") {
		t.Errorf("a dangling link: %v", err)
	}
	if b, err := os.ReadFile(RunFile); err != nil || !bytes.Equal(b, []byte(before[RunFile])) {
		t.Error("changed")
	}
}
