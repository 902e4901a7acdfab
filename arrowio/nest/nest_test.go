package nest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"cortigo/sim/spikes"
)

var nestDir = filepath.Join("..", "..", "testdata", "nest", "ascii")

var pd14Names = []string{"L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I"}

// NEST 3.10's own files: the microcircuit at scale 0.2, 500 to 1500 ms, two
// virtual processes.
func TestReadMicrocircuit(t *testing.T) {
	d, err := ReadDir(nestDir, "spike_recorder", 0.1, pd14Names)
	if err != nil {
		t.Fatal(err)
	}
	// Populations: population_nodeids.dat, as NEST wrote it.
	if p, err := d.Population("L4E"); err != nil || p.First != 5305 || p.N != 9687-5305+1 {
		t.Errorf("L4E %+v, %v", p, err)
	}
	// Every line of the 16 files but the 3 of the header is a spike.
	files, err := Files(nestDir, "spike_recorder")
	if err != nil || len(files) != 16 {
		t.Fatal(len(files), err)
	}
	lines := 0
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		lines += strings.Count(string(b), "\n") - 3
	}
	if d.Len() != lines || !d.Sorted() || d.Step[0] <= 5000 || d.End > 15000 {
		t.Errorf("%d spikes of %d lines, %d to %d", d.Len(), lines, d.Step[0], d.End)
	}
	// First line of spike_recorder-15436-0.dat: 3182 at 505.800.
	i, _ := slices.BinarySearch(d.Step, 5058)
	if !slices.Contains(d.Neuron[i:i+200], 3182) {
		t.Error("no spike of 3182 at 505.8 ms")
	}

	dir := t.TempDir()
	if err := WriteSpikes(dir, "out", 15436, d); err != nil {
		t.Fatal(err)
	}
	back, err := ReadDir(dir, "out", 0.1, pd14Names)
	if err != nil || !reflect.DeepEqual(back, d) {
		t.Errorf("written and read: %v", err)
	}
	want, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "out-15436-0.dat"))
	if err != nil {
		t.Fatal(err)
	}
	// Our one file has the lines of NEST's two, to the byte.
	for _, line := range strings.SplitAfter(string(want), "\n")[3:100] {
		if !strings.Contains(string(got), "\n"+line) {
			t.Fatalf("no line %q", line)
		}
	}
}

// NEST's multimeter of five neurons on two virtual processes.
func TestReadSamples(t *testing.T) {
	files, err := Files(nestDir, "multimeter")
	if err != nil {
		t.Fatal(err)
	}
	s, err := ReadSamples(0.1, files...)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.Quantities, []string{"V_m", "I_syn_ex"}) || len(s.Step) != 401+600-6 {
		t.Fatalf("%q, %d samples", s.Quantities, len(s.Step))
	}
	// The first two lines of each file: all five neurons at 1.000 with V_m -68.569.
	for i := range 5 {
		if s.Step[i] != 10 || s.Neuron[i] != int32(i+1) || s.Values[0][i] != -68.569 || s.Values[1][i] != 0 {
			t.Errorf("sample %d: neuron %d at step %d: %v, %v", i, s.Neuron[i], s.Step[i], s.Values[0][i], s.Values[1][i])
		}
	}
	dir := t.TempDir()
	s.Values[1][3] = 1.0 / 3
	if err := WriteSamples(dir, "m", 6, 0.1, s); err != nil {
		t.Fatal(err)
	}
	back, err := ReadSamples(0.1, filepath.Join(dir, "m-6-0.dat"))
	if err != nil || !reflect.DeepEqual(back, s) {
		t.Errorf("written and read: %v", err)
	}
}

func TestFormats(t *testing.T) {
	for name, tt := range map[string]struct {
		content    string
		resolution float64
		step       []int64
		wrong      string
		line       int
	}{
		"empty":           {"", 0.1, nil, "", 0},
		"header only":     {"# NEST version: 3.10\nsender\ttime_ms\n", 0.1, nil, "", 0},
		"steps":           {"sender\ttime_step\ttime_offset\n1\t123\t0.000\n", 0.1, []int64{123}, "", 0},
		"no header":       {"1\t0.100\n1\t0.300\n", 0.1, []int64{1, 3}, "", 0},
		"other columns":   {"weights\ttime_ms\tsender\n0.5\t2.000\t7\n", 0.1, []int64{20}, "", 0},
		"fine grid":       {"sender\ttime_ms\n1\t0.013\n", 0.0125, []int64{1}, "", 0},
		"precise":         {"sender\ttime_step\ttime_offset\n1\t123\t0.05\n", 0.1, nil, "off the grid", 2},
		"off the grid":    {"# x\nsender\ttime_ms\n1\t0.150\n", 0.1, nil, "no multiple", 3},
		"cut":             {"sender\ttime_ms\n1\t0.1", 0.1, nil, "cut short", 2},
		"short row":       {"sender\ttime_ms\n1\n", 0.1, nil, "1 columns, must be 2", 2},
		"no id":           {"sender\ttime_ms\nx\t1.0\n", 0.1, nil, `"x"`, 2},
		"large id":        {"sender\ttime_ms\n3000000000\t1.0\n", 0.1, nil, "id", 2},
		"no time":         {"sender\ttime_ms\n1\tNaN\n", 0.1, nil, "NaN", 2},
		"negative":        {"sender\ttime_ms\n1\t-1.0\n", 0.1, nil, "-1.0", 2},
		"no such column":  {"sender\tV_m\n1\t-1.0\n", 0.1, nil, "time_ms", 1},
		"column twice":    {"sender\tsender\ttime_ms\n", 0.1, nil, "twice", 1},
		"no resolution":   {"", 0, nil, "resolution", 0},
		"not a text file": {"PAR1" + strings.Repeat("\x00", maxLine), 0.1, nil, "longer", 1},
	} {
		path := filepath.Join(t.TempDir(), "a-1-0.dat")
		if err := os.WriteFile(path, []byte(tt.content), 0o644); err != nil {
			t.Fatal(err)
		}
		d, err := ReadSpikes(tt.resolution, nil, path)
		if tt.wrong == "" {
			if err != nil || !slices.Equal(d.Step, tt.step) {
				t.Errorf("%s: %v, %v", name, d, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.wrong) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
		var pe *ParseError
		if tt.line > 0 && (!errors.As(err, &pe) || pe.Line != tt.line) {
			t.Errorf("%s: not line %d: %v", name, tt.line, err)
		}
	}
}

func TestErrors(t *testing.T) {
	dir := t.TempDir()
	if _, err := Files(dir, "x"); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("no files: %v", err)
	}
	if _, err := ReadSpikes(0.1, nil, filepath.Join(dir, "x")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	ids := filepath.Join(nestDir, NodeIDsFile)
	for _, names := range [][]string{pd14Names[:7], append(slices.Clone(pd14Names), "TH"), make([]string, 8)} {
		if _, err := ReadNodeIDs(ids, names); err == nil || !strings.Contains(err.Error(), ids) {
			t.Errorf("%d names: %v", len(names), err)
		}
	}
	few := []spikes.Population{{Name: "L23E", First: 1, N: 10}}
	if _, err := ReadSpikes(0.1, few, filepath.Join(nestDir, "spikes-7-0.dat"), filepath.Join(nestDir, "spike_recorder-15436-0.dat")); err == nil || !strings.Contains(err.Error(), "3182") {
		t.Errorf("stranger: %v", err)
	}
	a, b := filepath.Join(nestDir, "multimeter-6-0.dat"), filepath.Join(nestDir, "spikes-7-0.dat")
	if _, err := ReadSamples(0.1, a, b); err == nil || !strings.Contains(err.Error(), b) {
		t.Errorf("other columns: %v", err)
	}
	if err := WriteSpikes(dir, "x", 1, &spikes.Data{Resolution: 1.0 / 3, Populations: few}); err == nil {
		t.Error("a third of a ms in three decimals")
	}
	if err := WriteSpikes(filepath.Join(dir, "none"), "x", 1, &spikes.Data{Resolution: 0.1, Populations: few}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"multimeter-6-0.dat", "spikes-7-0.dat"} {
		b, err := os.ReadFile(filepath.Join(nestDir, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b[:min(len(b), 200)])
		f.Add(b[:min(len(b), 100)])
	}
	f.Add([]byte("sender\ttime_step\ttime_offset\n1\t123\t0.000\n"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(dir, "a-1-0.dat")
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		var d *spikes.Data
		var err error
		if n := allocated(func() {
			d, err = ReadSpikes(0.1, nil, path)
		}); n > 1<<20+200*uint64(len(b)) { // buffers, and the columns as they grow
			t.Errorf("%d bytes allocated for %d", n, len(b))
		}
		info, infoErr := Inspect(path)
		if err != nil {
			return
		}
		if infoErr != nil || info.Rows < int64(d.Len()) { // it counts comments and empty lines, too
			t.Errorf("%d rows, %v; there are %d spikes", info.Rows, infoErr, d.Len())
		}
		// What was read is written, and read, as the same.
		if d.Len() > 0 && d.Step[d.Len()-1] < 1<<40 {
			if err := WriteSpikes(dir, "b", 1, d); err != nil {
				t.Fatal(err)
			}
			back, err := ReadDir(dir, "b", 0.1, []string{"neurons"})
			if err != nil || !reflect.DeepEqual(back, d) {
				t.Fatalf("got %v, %v, want %v", back, err, d)
			}
		}
		s, err := ReadSamples(0.1, path)
		if err != nil {
			return
		}
		for q, v := range s.Values {
			if len(v) != len(s.Step) {
				t.Errorf("%d values of %s in %d samples", len(v), s.Quantities[q], len(s.Step))
			}
		}
	})
}

// allocated returns how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A directory without the populations' ids has one population; with damaged ones it
// is not read.
func TestReadDirectory(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("sr-10-0.dat", "sender\ttime_ms\n3\t1.0\n")
	write("sr-9-1.dat", "sender\ttime_ms\n7\t0.5\n")
	write("sr-9-0.dat", "sender\ttime_ms\n5\t0.5\n")
	write("sr-9-0.txt", "no file of NEST's")
	write("other-9-0.dat", "nor of this label")
	files, err := Files(dir, "sr")
	if err != nil || len(files) != 3 || filepath.Base(files[0]) != "sr-9-0.dat" || filepath.Base(files[2]) != "sr-10-0.dat" {
		t.Errorf("%q, %v: want them by recorder, then virtual process", files, err)
	}
	d, err := ReadDir(dir, "sr", 0.1, nil)
	if err != nil || !slices.Equal(d.Neuron, []int32{5, 7, 3}) || !slices.Equal(d.Populations, []spikes.Population{{Name: "neurons", First: 3, N: 5}}) {
		t.Errorf("%v of %v, %v", d.Neuron, d.Populations, err)
	}
	for text, want := range map[string]string{
		"1 10\n5 20\n":   "share the id 5",
		"1\n":            "line 1: 1 columns, must be 2",
		"1 10\n11 x\n":   "line 2: ",
		"10 1\n":         "ids 10 to 1",
		"0 2147483647\n": "ids 0 to 2147483647",
		"1 5\n":          "neuron 7 belongs to none of the populations population 0 (1-5)",
	} {
		write(NodeIDsFile, text)
		if _, err := ReadDir(dir, "sr", 0.1, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// What is in a file is told without reading it; what is no file of NEST's is said so,
// with the line.
func TestInspect(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.dat")
	for _, tt := range []struct {
		text string
		want Info
		err  string
	}{
		{"# NEST version: 3.10\n# RecordingBackendASCII version: 2\nsender\ttime_ms\n1\t0.1\n2\t0.2\n", Info{Version: "3.10", Columns: []string{"sender", "time_ms"}, Rows: 2}, ""},
		{"1\t0.1\n2\t0.2\n3\t0.3\n", Info{Rows: 3}, ""},
		{"", Info{}, ""},
		{"# only a comment\n", Info{}, ""},
		{"a b c\n", Info{}, "line 1: columns"},
		{"sender\ttime_ms\n1\t0.1", Info{}, "the last line has no end"},
		{"1 0.1", Info{}, "line 1: the last line has no end"},
		{"1.5 2\n", Info{}, `line 1: sender "1.5": must be an id`},
	} {
		if err := os.WriteFile(path, []byte(tt.text), 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := Inspect(path)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) || !strings.Contains(err.Error(), path) {
				t.Errorf("%q: %v, want %q", tt.text, err, tt.err)
			}
			continue
		}
		tt.want.Path, tt.want.Bytes = path, int64(len(tt.text))
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q: %+v, %v, want %+v", tt.text, got, err, tt.want)
		}
	}
}
