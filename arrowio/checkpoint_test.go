package arrowio

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cortigo/sim"
)

func TestCheckpointInterval(t *testing.T) {
	for _, c := range []struct{ total, want float64 }{
		{0, 10000}, {1000, 10000}, {500_000, 10000}, {500_001, 20000}, {900_000, 20000}, {36_000_000, 720_000},
	} {
		if got := CheckpointInterval(c.total); got != c.want {
			t.Errorf("every %g ms of %g, want %g", got, c.total, c.want)
		}
	}
	s := &Session{net: sessionNet(t, 3)}
	for _, ms := range []float64{-1, 0.05, 1.23} {
		if err := s.CheckpointEvery(ms); err == nil || !strings.Contains(err.Error(), "multiple of the resolution, 0.1 ms") {
			t.Errorf("every %g ms: %v", ms, err)
		}
	}
}

// Each checkpoint is one from which the run goes on to the same spikes, finishes
// a part that stays as it is, and the progress is that of the whole.
func TestSessionCheckpoints(t *testing.T) {
	want := uninterrupted(t, 100)
	dir := newSessionDir(t, sessionNet(t, 3))
	var shown [][2]float64
	net, err := sim.Open(dir, sim.Threads(1), sim.Progress(func(done, total float64) { shown = append(shown, [2]float64{done, total}) }))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Resume(dir, net)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CheckpointEvery(30.3); err != nil {
		t.Fatal(err)
	}
	// After each checkpoint: a copy of the directory.
	var copies []string
	keep := net.SetProgress(nil)
	net.SetProgress(func(done, total float64) {
		keep(done, total)
		if net.Step()%303 == 0 && net.Step() > 0 && len(copies) < int(net.Step()/303) {
			c := filepath.Join(t.TempDir(), "copy")
			if err := os.CopyFS(c, os.DirFS(dir)); err != nil {
				t.Error(err)
			}
			copies = append(copies, c)
		}
	})
	if err := errors.Join(s.SimulateUntil(t.Context(), 80), s.Close()); err != nil {
		t.Fatal(err)
	}
	if s.SpikeCount() == 0 || s.Directory().Run().Spikes != s.SpikeCount() {
		t.Errorf("%d spikes, run.json says %d", s.SpikeCount(), s.Directory().Run().Spikes)
	}
	parts, err := listParts(filepath.Join(dir, SpikesDir))
	if err != nil || len(parts) != 3 { // until 30.3, 60.6, 80 ms
		t.Fatalf("parts %v, %v", parts, err)
	}
	for i, p := range parts {
		info, err := InspectPart(p.path)
		if err != nil {
			t.Fatal(err)
		}
		if lo, hi := 30.3*float64(i), min(30.3*float64(i+1), 80); info.FirstMS <= lo || info.LastMS > hi+1e-9 {
			t.Errorf("part %d is of %g to %g ms, want (%g, %g]", i, info.FirstMS, info.LastMS, lo, hi)
		}
	}
	for i, x := range shown {
		if x[1] != 80 || i > 0 && x[0] < shown[i-1][0] {
			t.Errorf("shown %v", shown)
		}
	}
	if len(shown) < 3 || shown[len(shown)-1] != [2]float64{80, 80} {
		t.Errorf("shown %v", shown)
	}
	first, err := os.ReadFile(parts[0].path)
	if err != nil {
		t.Fatal(err)
	}
	if len(copies) != 2 {
		t.Fatalf("%d copies", len(copies))
	}
	// The first copy was made at 30.3 ms, just before the checkpoint there: it goes
	// on from 0. The second goes on from the first checkpoint.
	for i, dir := range append(copies, dir) {
		if err := goOn(t.Context(), dir, 100); err != nil {
			t.Fatal(err)
		}
		checkRun(t, dir, 1000, want)
		again, err := os.ReadFile(filepath.Join(dir, SpikesDir, partName(0)))
		if err != nil || i > 0 && !slices.Equal(first, again) {
			t.Errorf("the first part changed, %v", err)
		}
		wantWhole(t, dir)
	}
}

// wantWhole checks that Check has nothing to say against a run.
func wantWhole(t *testing.T, dir string) *CheckReport {
	t.Helper()
	r, err := Check(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.Problems {
		t.Error(p)
	}
	return r
}

// Whatever a killed program was writing is noted and removed when the run goes on.
func TestUnfinishedFiles(t *testing.T) {
	want := uninterrupted(t, 100)
	dir := newSessionDir(t, sessionNet(t, 3))
	if err := goOn(t.Context(), dir, 50); err != nil {
		t.Fatal(err)
	}
	left := []string{".run.json-123.tmp", filepath.Join(SpikesDir, tempName(7)), filepath.Join(StateDir, ".state.cortigo.55.tmp")}
	for _, name := range append(left, "mine.tmp") {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("half"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if r := wantWhole(t, dir); len(r.Notes) != 3 || !strings.Contains(r.Notes[0], "not finished") {
		t.Errorf("notes %q", r.Notes)
	}
	if err := goOn(t.Context(), dir, 100); err != nil {
		t.Fatal(err)
	}
	for _, name := range left {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s is left", name)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "mine.tmp")); err != nil {
		t.Error(err)
	}
	checkRun(t, dir, 1000, want)
	if r := wantWhole(t, dir); len(r.Notes) != 0 {
		t.Errorf("notes %q", r.Notes)
	}
}

// Where a program is killed while it writes a checkpoint - before the parts are
// finished, before run.json, before the state - the run goes on.
func TestKilledWithinCheckpoint(t *testing.T) {
	want := uninterrupted(t, 100)
	for stage := range 3 {
		dir := newSessionDir(t, sessionNet(t, 3))
		if err := goOn(t.Context(), dir, 30); err != nil {
			t.Fatal(err)
		}
		net, err := sim.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Resume(dir, net)
		if err != nil {
			t.Fatal(err)
		}
		if err := net.Simulate(context.Background(), 40); err != nil {
			t.Fatal(err)
		}
		if stage > 0 {
			err = s.flush()
		}
		if stage > 1 {
			err = errors.Join(err, s.dir.Update(func(r *Run) { r.Recorded.End, r.Spikes = 700, s.SpikeCount() }))
		}
		if err != nil {
			t.Fatal(err)
		}
		copied := filepath.Join(t.TempDir(), "killed") // while the program is still at it
		if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		wantWhole(t, copied)
		if err := goOn(t.Context(), copied, 100); err != nil {
			t.Fatal(err)
		}
		checkRun(t, copied, 1000, want)
		if r := wantWhole(t, copied); r.Spikes == 0 || len(r.Notes) > 0 {
			t.Errorf("stage %d: %+v", stage, r)
		}
	}
}

func TestInspectRun(t *testing.T) {
	d := newTestRun(t)
	all := testSpikes(1000, 4)
	writeSpikes(t, d, all, 100, PartRows(300), RowGroupRows(100))
	if err := d.Update(func(r *Run) { r.Recorded, r.Spikes = Window{0, 2000}, 1000 }); err != nil {
		t.Fatal(err)
	}
	i, err := Inspect(d.Path())
	if err != nil {
		t.Fatal(err)
	}
	rows, bytes := i.SpikeRows()
	if len(i.Spikes) != 4 || rows != 1000 || bytes < 4000 || len(i.Voltages) != 0 || i.WriterPID != 0 || i.Seed != 7 {
		t.Errorf("%+v", i)
	}
	first, last := i.Spikes[0], i.Spikes[3]
	if first.Rows != 300 || first.RowGroups != 3 || first.FirstMS != float64(all.Step[0])/10 || last.LastMS != float64(all.Step[999])/10 {
		t.Errorf("first %+v, last %+v", first, last)
	}
	if first.Run == nil || first.RunErr != nil || !reflect.DeepEqual(first.Run.Populations, i.Populations) {
		t.Errorf("run %+v, %v", first.Run, first.RunErr)
	}
}

// What is wrong is found and named.
func TestCheckFinds(t *testing.T) {
	part := func(d *RunDir, n int) string { return filepath.Join(d.Path(), SpikesDir, partName(n)) }
	for name, tt := range map[string]struct {
		harm func(t *testing.T, d *RunDir) error
		want string
	}{
		"nothing":  {func(*testing.T, *RunDir) error { return nil }, ""},
		"missing":  {func(t *testing.T, d *RunDir) error { return os.Remove(part(d, 1)) }, partName(1) + ": missing"},
		"the last": {func(t *testing.T, d *RunDir) error { return os.Remove(part(d, 3)) }, partName(3) + ": missing, run.json lists 4 parts"},
		"exchanged": {func(t *testing.T, d *RunDir) error {
			return errors.Join(os.Rename(part(d, 1), part(d, 9)), os.Rename(part(d, 2), part(d, 1)), os.Rename(part(d, 9), part(d, 2)))
		}, partName(2) + ": step"},
		"cut": {func(t *testing.T, d *RunDir) error { return os.Truncate(part(d, 2), 800) }, partName(2) + ": the Parquet file is cut short"},
		"of another run": {func(t *testing.T, d *RunDir) error {
			return d.Update(func(r *Run) { r.Seed++ })
		}, "its seed is 7, that in run.json 8"},
		"other names": {func(t *testing.T, d *RunDir) error {
			return d.Update(func(r *Run) { r.Populations = slices.Clone(r.Populations); r.Populations[0].Name = "X" })
		}, `neuron`},
		"early": {func(t *testing.T, d *RunDir) error { return d.setRecorded(50, 2000) }, "before the recorded window, which begins at step 50"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newTestRun(t)
			writeSpikes(t, d, testSpikes(1000, 4), 100, PartRows(300), RowGroupRows(100))
			if err := d.Update(func(r *Run) { r.Recorded, r.Spikes = Window{0, 2000}, 1000 }); err != nil {
				t.Fatal(err)
			}
			if err := tt.harm(t, d); err != nil {
				t.Fatal(err)
			}
			r, err := Check(d.Path())
			if err != nil {
				t.Fatal(err)
			}
			text := errors.Join(r.Problems...)
			if tt.want == "" && text != nil || tt.want != "" && (text == nil || !strings.Contains(text.Error(), tt.want)) {
				t.Errorf("%v, want %q", text, tt.want)
			}
		})
	}
	if _, err := Check(t.TempDir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no run: %v", err)
	}
}

// Every byte of a part that is changed is found, or changes nothing that is read.
func TestCheckDamaged(t *testing.T) {
	d := newTestRun(t)
	writeSpikes(t, d, testSpikes(300, 4), 100)
	if err := d.Update(func(r *Run) { r.Recorded, r.Spikes = Window{0, 2000}, 300 }); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(d.Path(), SpikesDir, partName(0))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(whole); i += 7 {
		b := slices.Clone(whole)
		b[i] ^= 0x11
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		r, err := Check(d.Path())
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Problems) > 0 {
			continue
		}
		// A neuron may have become another one of its population that fits in order:
		// Parquet's pages have no checksums here.
		got, err := ReadSpikes(d.Path())
		if err != nil || got.Len() != 300 {
			t.Errorf("byte %d: passed, but cannot be read: %v", i, err)
		}
	}
}
