package arrowio

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"cortigo/sim/spikes"
)

func TestRunRoundTrip(t *testing.T) {
	d := newTestRun(t)
	err := d.Update(func(r *Run) {
		r.Timings = map[string]float64{"build": 1.5}
		r.Recorded = Window{5000, 15000}
		r.Threads, r.Shards = 2, 2
	})
	if err != nil {
		t.Fatal(err)
	}
	o, err := OpenRun(d.Path())
	if err != nil {
		t.Fatal(err)
	}
	got, want := o.Run(), d.Run()
	var p map[string]float64
	if err := json.Unmarshal(got.Parameters, &p); err != nil || p["scale"] != 0.1 {
		t.Errorf("parameters %s, %v", got.Parameters, err)
	}
	got.Parameters, want.Parameters = nil, nil // indented in the file
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got.Versions.Go != runtime.Version() || got.Created.IsZero() || got.FormatVersion != FormatVersion {
		t.Errorf("defaults %+v", got)
	}
	es, err := os.ReadDir(d.Path())
	if err != nil || len(es) != 1 {
		t.Errorf("left behind: %v, %v", es, err)
	}
}

func TestUpdateRefusesNonsense(t *testing.T) {
	d := newTestRun(t)
	for name, change := range map[string]func(*Run){
		"resolution": func(r *Run) { r.ResolutionMS = 0 },
		"window":     func(r *Run) { r.Recorded = Window{2, 1} },
		"nothing":    func(r *Run) { r.Populations = nil },
		"no name":    func(r *Run) { r.Populations = []spikes.Population{{First: 1, N: 1}} },
		"twice": func(r *Run) {
			r.Populations = []spikes.Population{{Name: "E", First: 1, N: 1}, {Name: "E", First: 2, N: 1}}
		},
		"overlap": func(r *Run) {
			r.Populations = []spikes.Population{{Name: "E", First: 5, N: 3}, {Name: "I", First: 1, N: 5}}
		},
		"negative":   func(r *Run) { r.Populations = []spikes.Population{{Name: "E", First: 1, N: -1}} },
		"too many":   func(r *Run) { r.Populations = []spikes.Population{{Name: "E", First: 1 << 30, N: 1 << 31}} },
		"parameters": func(r *Run) { r.Parameters = []byte("{") },
	} {
		if err := d.Update(change); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if o, err := OpenRun(d.Path()); err != nil || !slices.Equal(o.Run().Populations, testRun().Populations) {
		t.Errorf("run.json was changed: %v", err)
	}
}

// Without overwrite nothing is touched; with it only Cortigo's files go.
func TestExistingData(t *testing.T) {
	for _, name := range []string{"run.json", "spikes/part-00000.parquet", "voltages/part-00000.parquet", "network/network.json", "network/shard-0001.rows", "state/state.cortigo", "state/.state.cortigo.123.tmp"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			content := func(f string) string { // as ours begin, damaged after that
				begin := map[string]string{".parquet": "PAR1", ".json": "{", ".rows": "CORTIGO1", ".cortigo": "CORTIGO1"}
				return begin[filepath.Ext(f)] + f
			}
			files := []string{name, "notes.txt", "spikes/notes.txt", "spikes/my-part-00000.parquet", "network/notes.txt", "part-00000.parquet",
				// Names that are like ours and never given.
				"spikes/part-1.parquet", "spikes/part-000002.parquet", "spikes/.part-mine.tmp", "spikes/.part-00001.parquet.tmp.tmp", "network/shard-mine.rows", "network/shard-1.rows",
				"network/shard-00001.rows", "network/.network.json.mine.tmp", "state/.state.cortigo.tmp", ".run.json-mine.tmp", ".lock"}
			if strings.HasPrefix(name, "voltages") {
				files = append(files, "voltages/.part-00001.parquet.tmp")
			}
			for _, f := range files {
				path := filepath.Join(dir, f)
				if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content(f)), 0o644)); err != nil {
					t.Fatal(err)
				}
			}
			_, err := CreateRun(dir, testRun(), false)
			if !errors.Is(err, ErrExists) || !strings.Contains(err.Error(), dir) {
				t.Fatalf("no or wrong error: %v", err)
			}
			for _, f := range files {
				if b, err := os.ReadFile(filepath.Join(dir, f)); err != nil || string(b) != content(f) {
					t.Fatalf("%s was touched: %v", f, err)
				}
			}
			if _, err := CreateRun(dir, testRun(), true); err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				b, err := os.ReadFile(filepath.Join(dir, f))
				mine := f == name || f == "voltages/.part-00001.parquet.tmp"
				if mine && err == nil && string(b) == content(f) {
					t.Errorf("%s is still there", f)
				}
				if !mine && (err != nil || string(b) != content(f)) {
					t.Errorf("%s of the user's is gone: %v", f, err)
				}
			}
		})
	}
}

func TestEmptyDirectoriesAreNoRun(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "spikes"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := CreateRun(dir, testRun(), false); err != nil {
		t.Error(err)
	}
}

func TestCreateRunWhereItCannot(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := CreateRun(file, testRun(), true); err == nil || !strings.Contains(err.Error(), "it is a file") {
		t.Errorf("file in place of the directory: %v", err)
	}
	if _, err := CreateRun(filepath.Join(file, "run"), testRun(), true); !errors.Is(err, syscall.ENOTDIR) {
		t.Errorf("file in the path: %v", err)
	}
	if os.Geteuid() == 0 {
		// Root may write anywhere but here.
		if _, err := CreateRun("/proc/cortigo", testRun(), false); err == nil || !strings.Contains(err.Error(), "/proc/cortigo") {
			t.Errorf("not writable: %v", err)
		}
		return
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{dir, filepath.Join(dir, "run")} {
		if _, err := CreateRun(d, testRun(), false); !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), d) {
			t.Errorf("not writable: %v", err)
		}
	}
}

func TestOpenRunErrors(t *testing.T) {
	dir := t.TempDir()
	if _, err := OpenRun(dir); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), RunFile) {
		t.Errorf("no run.json: %v", err)
	}
	for _, content := range []string{"", "{", "[]", "{}", `{"format_version": 99, "resolution_ms": 0.1}`,
		`{"format_version": 1, "resolution_ms": 0.1, "populations": []}`} {
		if err := os.WriteFile(filepath.Join(dir, RunFile), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		for name, open := range map[string]func() error{
			"OpenRun":    func() error { _, err := OpenRun(dir); return err },
			"ReadSpikes": func() error { _, err := ReadSpikes(dir); return err },
			"Digest":     func() error { _, err := Digest(dir); return err },
		} {
			if err := open(); err == nil || !strings.Contains(err.Error(), RunFile) {
				t.Errorf("%s of %q: %v", name, content, err)
			}
		}
	}
}

func TestPartRun(t *testing.T) {
	d := newTestRun(t)
	if err := d.Update(func(r *Run) { r.Model = "mailed" }); err != nil {
		t.Fatal(err)
	}
	writeSpikes(t, d, testSpikes(10, 1), 10)
	mailed := filepath.Join(t.TempDir(), "anything.parquet")
	if err := os.Rename(filepath.Join(d.Path(), SpikesDir, partName(0)), mailed); err != nil {
		t.Fatal(err)
	}
	run, err := PartRun(mailed)
	if err != nil || run.Model != "mailed" || run.Seed != 7 || string(run.Parameters) != `{"scale":0.1}` {
		t.Errorf("%+v, %v", run, err)
	}
}

// The warm-up and the end of versions 1 and 2, which had the time after the warm-up
// in its place, are read as what they are now, and written so.
func TestTimesOfOldVersions(t *testing.T) {
	for _, tt := range []struct {
		members   string
		from, end float64
	}{
		{`"format_version": 1, "t_presim_ms": 500, "t_sim_ms": 1000`, 500, 1500},
		{`"format_version": 2, "t_presim_ms": 500, "t_sim_ms": 1000`, 500, 1500},
		{`"format_version": 2, "t_presim_ms": 0, "t_sim_ms": 0.1`, 0, 0.1},
		{`"format_version": 2, "t_presim_ms": 500`, 500, 0}, // of no known length
		{`"format_version": 2`, 0, 0},
		{`"format_version": 1, "analyse_from_ms": 20, "planned_end_ms": 30`, 20, 30}, // once read and written
		{`"format_version": 3, "analyse_from_ms": 20, "planned_end_ms": 30, "t_presim_ms": 500, "t_sim_ms": 1000`, 20, 30},
		{`"format_version": 3, "planned_end_ms": 30`, 0, 30},
	} {
		text := `{` + tt.members + `, "resolution_ms": 0.1, "populations": [{"name": "E", "first_id": 1, "n": 10}]}`
		run, err := parseRun([]byte(text))
		if err != nil || run.AnalyseFromMS != tt.from || run.PlannedEndMS != tt.end {
			t.Errorf("%s: from %v until %v ms, %v", tt.members, run.AnalyseFromMS, run.PlannedEndMS, err)
			continue
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, RunFile), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		d, err := OpenRun(dir)
		if err == nil {
			err = d.Update(func(r *Run) { r.Synapses++ })
		}
		if err != nil {
			t.Fatal(err)
		}
		// Version 1 stays until its parts are listed.
		if d, err = OpenRun(dir); err != nil || d.Run().AnalyseFromMS != tt.from || d.Run().PlannedEndMS != tt.end || (d.Run().FormatVersion == FormatVersion) != (run.FormatVersion > 1) {
			t.Errorf("%s: written as %+v, %v", tt.members, d.Run(), err)
		}
	}
	for _, bad := range []string{`"format_version": 4`, `"format_version": 0`, `"format_version": 2, "t_sim_ms": "long"`} {
		if _, err := parseRun([]byte(`{` + bad + `, "resolution_ms": 0.1, "populations": [{"name": "E", "first_id": 1, "n": 10}]}`)); err == nil {
			t.Errorf("%s passed", bad)
		}
	}
}

// What figures show of populations is kept in run.json and in every part, and comes
// back with the data; runs without have none.
func TestLabelsAreKept(t *testing.T) {
	run := testRun()
	run.Populations[0].Label, run.Populations[0].Kind, run.Populations[0].Group = "L2/3E", spikes.Excitatory, "L2/3"
	d, err := CreateRun(filepath.Join(t.TempDir(), "run"), run, false)
	if err != nil {
		t.Fatal(err)
	}
	writeSpikes(t, d, testSpikes(100, 1), 10)
	part, err := PartRun(filepath.Join(d.Path(), SpikesDir, partName(0)))
	if err != nil {
		t.Fatal(err)
	}
	data, err := ReadSpikes(d.Path())
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string][]spikes.Population{"run.json": d.Run().Populations, "part": part.Populations, "data": data.Populations} {
		if !slices.Equal(got, run.Populations) {
			t.Errorf("%s: %+v, want %+v", name, got, run.Populations)
		}
	}
	old, err := ReadSpikes(version1(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range old.Populations {
		if p.Label != "" || p.Kind != "" || p.Group != "" || p.DisplayName() != p.Name {
			t.Errorf("%+v of a run without labels", p)
		}
	}
}
