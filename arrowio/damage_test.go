package arrowio

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cortigo/arrowio/internal/files"
	"cortigo/arrowio/internal/parquet"
	"cortigo/arrowio/internal/populations"
	"cortigo/sim"
	"cortigo/sim/spikes"
)

// wholeRun has four parts of spikes, to step 2000, and one of samples.
func wholeRun(t testing.TB) *RunDir {
	t.Helper()
	d := newTestRun(t)
	writeSpikes(t, d, testSpikes(1000, 4), 100, PartRows(300), RowGroupRows(100))
	w, err := d.NewSampleWriter()
	if err != nil {
		t.Fatal(err)
	}
	s := sim.Samples{Quantities: []string{"V_m"}, Step: []int64{10, 20}, Neuron: []int32{1, 101}, Values: [][]float64{{-70, -65}}}
	err = errors.Join(w.WriteSamples(s), w.Close(), d.Update(func(r *Run) {
		r.Recorded, r.Spikes, r.PlannedEndMS = Window{0, 2000}, 1000, 200
	}))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// uses are all ways to read a run or to go on with it.
var uses = map[string]func(dir string) error{
	"ReadSpikes": func(dir string) error { _, err := ReadSpikes(dir); return err },
	"window":     func(dir string) error { _, err := ReadSpikes(dir, InWindow(0, 5)); return err },
	"Digest":     func(dir string) error { _, err := Digest(dir); return err },
	"Inspect":    func(dir string) error { _, err := Inspect(dir); return err },
	"Check": func(dir string) error {
		r, err := Check(dir)
		if err != nil {
			return err
		}
		return errors.Join(r.Problems...)
	},
	"Rewind": func(dir string) error {
		d, err := OpenRun(dir)
		if err != nil {
			return err
		}
		return d.rewind(2000)
	},
	"NewSpikeWriter": func(dir string) error {
		d, err := OpenRun(dir)
		if err != nil {
			return err
		}
		w, err := d.NewSpikeWriter()
		if err != nil {
			return err
		}
		return w.Close()
	},
}

// contents returns all files in dir.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		all[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Parts that are missing, of another run or in another's place are told by all
// that read a run or go on with it, which leaves it as it is.
func TestDamagedRun(t *testing.T) {
	part := func(d *RunDir, n int) string { return filepath.Join(d.Path(), SpikesDir, partName(n)) }
	other := func(t *testing.T, change func(*Run)) *RunDir {
		run := testRun()
		change(&run)
		d, err := CreateRun(filepath.Join(t.TempDir(), "other"), run, false)
		if err != nil {
			t.Fatal(err)
		}
		writeSpikes(t, d, testSpikes(1000, 4), 100, PartRows(300), RowGroupRows(100))
		return d
	}
	whole := wholeRun(t)
	for use, fn := range uses {
		if err := fn(whole.Path()); err != nil {
			t.Fatalf("%s of a whole run: %v", use, err)
		}
	}
	move := func(from, to string) error {
		b, err := os.ReadFile(from)
		return errors.Join(err, os.WriteFile(to, b, 0o644))
	}
	for name, tt := range map[string]struct {
		harm func(t *testing.T, d *RunDir) error
		want string
	}{
		"first missing":  {func(t *testing.T, d *RunDir) error { return os.Remove(part(d, 0)) }, partName(0) + ": missing"},
		"middle missing": {func(t *testing.T, d *RunDir) error { return os.Remove(part(d, 2)) }, partName(2) + ": missing"},
		"last missing":   {func(t *testing.T, d *RunDir) error { return os.Remove(part(d, 3)) }, partName(3) + ": missing, run.json lists 4 parts"},
		"all missing":    {func(t *testing.T, d *RunDir) error { return os.RemoveAll(filepath.Join(d.Path(), SpikesDir)) }, partName(0) + ": missing"},
		"exchanged": {func(t *testing.T, d *RunDir) error {
			return errors.Join(os.Rename(part(d, 1), part(d, 9)), os.Rename(part(d, 2), part(d, 1)), os.Rename(part(d, 9), part(d, 2)))
		}, partName(1) + ": "},
		"one twice":     {func(t *testing.T, d *RunDir) error { return move(part(d, 1), part(d, 2)) }, partName(2) + ": "},
		"one more":      {func(t *testing.T, d *RunDir) error { return move(part(d, 3), part(d, 4)) }, partName(4) + ": "},
		"one of before": {func(t *testing.T, d *RunDir) error { return move(part(d, 0), part(d, 4)) }, partName(4) + ": "},
		"of another seed": {func(t *testing.T, d *RunDir) error {
			return move(part(other(t, func(r *Run) { r.Seed++ }), 2), part(d, 2))
		}, partName(2) + ": "},
		"of another model": {func(t *testing.T, d *RunDir) error {
			return move(part(other(t, func(r *Run) { r.Model = "x" }), 3), part(d, 3))
		}, partName(3) + ": "},
		"of another run, after": {func(t *testing.T, d *RunDir) error {
			return move(part(other(t, func(r *Run) { r.Seed++ }), 3), part(d, 4))
		}, "its seed is 8, that in run.json 7"},
		"cut short": {func(t *testing.T, d *RunDir) error { return os.Truncate(part(d, 1), 700) }, partName(1) + ": the Parquet file is cut short"},
		"empty":     {func(t *testing.T, d *RunDir) error { return os.Truncate(part(d, 1), 0) }, partName(1)},
		"other seed in run.json": {func(t *testing.T, d *RunDir) error {
			return d.Update(func(r *Run) { r.Seed++ })
		}, "its seed is 7, that in run.json 8"},
		"other name in run.json": {func(t *testing.T, d *RunDir) error {
			return d.Update(func(r *Run) { r.Populations = slices.Clone(r.Populations); r.Populations[0].Name = "X" })
		}, "its list of populations is"},
		"fewer neurons in run.json": {func(t *testing.T, d *RunDir) error {
			return d.Update(func(r *Run) { r.Populations = slices.Clone(r.Populations); r.Populations[1].N = 5 })
		}, "its list of populations is"},
		"more neurons in run.json": {func(t *testing.T, d *RunDir) error {
			return d.Update(func(r *Run) { r.Populations = slices.Clone(r.Populations); r.Populations[1].N = 2e7 })
		}, "its list of populations is"},
		"later window": {func(t *testing.T, d *RunDir) error { return d.setRecorded(50, 2000) }, "before the recorded window, which begins at step 50"},
		"other count":  {func(t *testing.T, d *RunDir) error { return d.Update(func(r *Run) { r.Spikes = 999 }) }, "it counts 999 spikes until step 2000, the parts have 1000"},
	} {
		t.Run(name, func(t *testing.T) {
			copied := filepath.Join(t.TempDir(), "run")
			if err := os.CopyFS(copied, os.DirFS(whole.Path())); err != nil {
				t.Fatal(err)
			}
			d, err := OpenRun(copied)
			if err != nil {
				t.Fatal(err)
			}
			if err := tt.harm(t, d); err != nil {
				t.Fatal(err)
			}
			before := contents(t, d.Path())
			for use, fn := range uses {
				err := fn(d.Path())
				if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("%s: %v, want %q", use, err, tt.want)
				}
				if err != nil && use != "Check" && strings.Contains(err.Error(), "\n") {
					t.Errorf("%s: several errors: %v", use, err)
				}
			}
			for path, b := range contents(t, d.Path()) {
				if before[path] != b {
					t.Errorf("%s was changed", path)
				}
			}
		})
	}
}

// Of single bits that change, none changes spikes or samples unnoticed, and none
// passes Check: in parts and in what run.json says of them.
func TestBitFlips(t *testing.T) {
	d := wholeRun(t)
	want, err := Digest(d.Path())
	if err != nil {
		t.Fatal(err)
	}
	samples, err := ReadSamples(d.Path())
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, sub := range []string{SpikesDir, VoltagesDir} {
		ps, err := listParts(filepath.Join(d.Path(), sub))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range ps {
			parts = append(parts, p.path)
		}
	}
	r := rand.New(rand.NewPCG(29, 1))
	for i := range 200 {
		path := parts[i%len(parts)]
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		at, bit := r.IntN(len(b)), byte(1)<<r.IntN(8)
		b[at] ^= bit
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		if got, err := Digest(d.Path()); err == nil && got != want {
			t.Errorf("%s, byte %d, bit %#x: other spikes", path, at, bit)
		}
		if got, err := ReadSamples(d.Path()); err == nil && !slices.Equal(got.Values[0], samples.Values[0]) {
			t.Errorf("%s, byte %d, bit %#x: other samples", path, at, bit)
		}
		if c, err := Check(d.Path()); err != nil || len(c.Problems) == 0 {
			t.Errorf("%s, byte %d, bit %#x: passed the check, %v", path, at, bit, err)
		}
		b[at] ^= bit
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	wantWhole(t, d.Path())
}

// A part that is not listed yet, of a program that is running or was killed, is
// read, and its checksums count as well.
func TestUnlistedPart(t *testing.T) {
	d := newTestRun(t)
	all := testSpikes(1000, 4)
	w, err := d.NewSpikeWriter(PartRows(300), RowGroupRows(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.WriteSpikes(all.Step, all.Neuron), w.Flush()); err != nil {
		t.Fatal(err)
	}
	if n := len(d.Run().Parts.Spikes); n != 0 {
		t.Fatalf("%d parts are listed already", n)
	}
	copied := filepath.Join(t.TempDir(), "killed")
	if err := os.CopyFS(copied, os.DirFS(d.Path())); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadSpikes(copied); err != nil || got.Len() != 1000 {
		t.Errorf("%d spikes, %v", got.Len(), err)
	}
	if r := wantWhole(t, copied); len(r.Notes) == 0 {
		t.Error("no note")
	}
	path := filepath.Join(copied, SpikesDir, partName(2))
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 4; at < len(b); at += 31 {
		b[at] ^= 4
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		if c, err := Check(copied); err != nil || len(c.Problems) == 0 {
			t.Errorf("byte %d: passed the check, %v", at, err)
		}
		b[at] ^= 4
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if n := len(d.Run().Parts.Spikes); n != 4 {
		t.Errorf("%d parts are listed in the end", n)
	}
	wantWhole(t, d.Path())
}

// version1 returns a copy of a run that Cortigo 0.1.0 wrote, before there were
// checksums: spikes in three parts until step 341, samples, run.json.
func version1(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "version1"))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// version1Digest is what Cortigo 0.1.0 printed for it.
const version1Digest = "077e666167f0d8a1a99a43782bad326545ded556afff091a210db4871c057354"

// Runs of the version before are read, checked and gone on with.
func TestVersion1(t *testing.T) {
	dir := version1(t)
	if sum, err := Digest(dir); err != nil || sum != version1Digest {
		t.Errorf("digest %s, %v", sum, err)
	}
	for use, fn := range uses {
		if err := fn(dir); err != nil && use != "Rewind" && use != "NewSpikeWriter" {
			t.Errorf("%s: %v", use, err)
		}
	}
	if s, err := ReadSamples(dir); err != nil || len(s.Step) != 60 || s.Resolution != 0.1 || math.Abs(s.Values[0][1]-31.1) > 1e-12 {
		t.Errorf("%+v, %v", s, err)
	}
	d, err := OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.rewind(300); err != nil {
		t.Fatal(err)
	}
	if r := d.Run(); r.FormatVersion != FormatVersion || len(r.Parts.Spikes) != 3 || len(r.Parts.Voltages) != 1 || r.Recorded.End != 300 {
		t.Errorf("%+v", r)
	}
	wantWhole(t, dir)
	w, err := d.NewSpikeWriter()
	if err != nil {
		t.Fatal(err)
	}
	all := testSpikes(500, 8) // what the run has
	k, _ := slices.BinarySearch(all.Step, 301)
	if err := errors.Join(w.WriteSpikes(all.Step[k:], all.Neuron[k:]), w.Close(), d.setRecorded(0, 341)); err != nil {
		t.Fatal(err)
	}
	if sum, err := Digest(dir); err != nil || sum != version1Digest {
		t.Errorf("digest %s, %v", sum, err)
	}
	wantWhole(t, dir)
	for n := range 3 {
		path := filepath.Join(dir, SpikesDir, partName(n))
		if err := os.Rename(path, path+".away"); err != nil {
			t.Fatal(err)
		}
		if _, err := Digest(dir); !errors.Is(err, ErrDamaged) {
			t.Errorf("without part %d: %v", n, err)
		}
		if err := os.Rename(path+".away", path); err != nil {
			t.Fatal(err)
		}
	}
}

// In runs without checksums the count of the spikes and the rows themselves tell.
func TestDamagedVersion1(t *testing.T) {
	part := func(dir string, n int) string { return filepath.Join(dir, SpikesDir, partName(n)) }
	// instead writes the third part anew, with these rows after its own.
	instead := func(step int64, neuron int32) func(dir string) error {
		return func(dir string) error {
			d, err := OpenRun(dir)
			if err != nil {
				return err
			}
			idx, err := populations.New([]spikes.Population{{Name: "E", First: 0, N: 101}, {Name: "I", First: 101, N: 200}})
			if err != nil {
				return err
			}
			all := testSpikes(500, 8)
			r := parquet.Rows{Step: append(all.Step[400:499:499], step), Neuron: append(all.Neuron[400:499:499], neuron)}
			if err := os.Remove(part(dir, 2)); err != nil {
				return err
			}
			c := &parquet.Config{Populations: idx, Resolution: 0.1, CreatedBy: "x", Compression: parquet.DefaultCompression}
			w, err := parquet.NewWriter(c, part(dir, 2), part(dir, 2)+files.TempSuffix, d.meta, &parquet.Scratch{})
			if err != nil {
				return err
			}
			if err := errors.Join(w.Write(&r), w.Finish()); err != nil {
				return err
			}
			b, err := os.ReadFile(part(dir, 2))
			if err != nil {
				return err
			}
			return os.WriteFile(part(dir, 2), bytes.ReplaceAll(b, []byte(parquet.ChecksumKey), []byte("another.crc32c"[:len(parquet.ChecksumKey)])), 0o644)
		}
	}
	for name, tt := range map[string]struct {
		harm func(dir string) error
		want string
	}{
		"last missing":   {func(dir string) error { return os.Remove(part(dir, 2)) }, "it counts 500 spikes until step 341, the parts have 400"},
		"middle missing": {func(dir string) error { return os.Remove(part(dir, 1)) }, partName(1) + ": missing"},
		"one twice": {func(dir string) error {
			b, err := os.ReadFile(part(dir, 1))
			return errors.Join(err, os.WriteFile(part(dir, 3), b, 0o644))
		}, "it counts 500 spikes until step 341, the parts have 700"},
		"unknown id":           {instead(341, 200), "neurons 2 to 200, but the run's are 1 to 120"},
		"id between":           {instead(341, 90), "neuron 90 belongs to none of the populations E (1-80), I (101-120)"},
		"time 0":               {instead(0, 1), "a row is of step 0, before the recorded window, which begins at step 0"},
		"negative time":        {instead(-3, 1), "a row is of step -3"},
		"beyond the end":       {instead(1e7, 1), "a row is of step 10000000, after the end of the run, step 341"},
		"before the last part": {instead(341, 1), ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := version1(t)
			if err := tt.harm(dir); err != nil {
				t.Fatal(err)
			}
			for _, use := range []string{"ReadSpikes", "Digest", "Check", "Inspect", "NewSpikeWriter"} {
				err := uses[use](dir)
				if use == "Inspect" && name == "id between" || use == "NewSpikeWriter" && name == "id between" {
					continue // metadata alone do not tell
				}
				if tt.want == "" {
					if err != nil {
						t.Errorf("%s: %v", use, err)
					}
				} else if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("%s: %v, want %q", use, err, tt.want)
				}
			}
		})
	}
}

// What run.json holds of a run that another one was copied from is not taken for
// the new one's.
func TestCreateRunOfAnother(t *testing.T) {
	run := wholeRun(t).Run()
	run.FormatVersion = 1
	d, err := CreateRun(filepath.Join(t.TempDir(), "new"), run, false)
	if err != nil {
		t.Fatal(err)
	}
	if r := d.Run(); r.FormatVersion != FormatVersion || len(r.Parts.Spikes) != 0 {
		t.Errorf("%+v", r)
	}
	var meta Run
	if err := json.Unmarshal([]byte(d.meta), &meta); err != nil || meta.Parts.Spikes != nil {
		t.Errorf("%v, %v", meta.Parts, err)
	}
}
