package main

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func write(t *testing.T, name, text string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// What was asked for and cannot be had: an error that names it, and no files.
func TestBadFlags(t *testing.T) {
	out := tempRun(t)
	for _, tt := range []struct {
		args []string
		want []string
	}{
		{[]string{"--scale", "0"}, []string{"--scale is 0", "allowed: > 0"}},
		{[]string{"--scale", "-0.1"}, []string{"--scale is -0.1", "allowed: > 0"}},
		{[]string{"--scale", "NaN"}, []string{"--scale is NaN", "allowed: a finite number"}},
		{[]string{"--scale", "x"}, []string{`"x"`, "--scale", "invalid syntax", "cortigo run --help"}},
		{[]string{"--n-scaling", "-1"}, []string{"--n-scaling is -1", "allowed: > 0"}},
		{[]string{"--n-scaling", "0.00001"}, []string{"population", "--n-scaling is 1e-05", "large enough"}},
		{[]string{"--k-scaling", "0"}, []string{"--k-scaling is 0", "allowed: > 0"}},
		{[]string{"--t-sim", "10.05"}, []string{"--t-sim is 10.05", "multiples of the resolution, 0.1 ms"}},
		{[]string{"--t-sim", "0"}, []string{"--t-sim is 0", "allowed: > 0"}},
		{[]string{"--t-sim", "-5"}, []string{"--t-sim is -5", "allowed: > 0"}},
		{[]string{"--t-sim", "1e300"}, []string{"--t-sim is 1e+300", "allowed: 0 to 1e+12 ms"}},
		{[]string{"--t-presim", "-1"}, []string{"--t-presim is -1", "allowed: 0 to"}},
		{[]string{"--t-presim", "0.01"}, []string{"--t-presim is 0.01", "multiples of the resolution"}},
		{[]string{"--threads", "-1"}, []string{"threads is -1", "[0, 4096]"}},
		{[]string{"--threads", "5000"}, []string{"threads is 5000", "[0, 4096]"}},
		{[]string{"--max-memory", "0"}, []string{"--max-memory is 0", "> 0 GB, or inf"}},
		{[]string{"--max-memory", "nan"}, []string{"--max-memory is NaN", "> 0 GB, or inf"}},
		{[]string{"--max-memory", "0.01"}, []string{"the network needs about ", "10 MB are available (the limit that was set)", "--max-memory inf"}},
		{[]string{"--n-scaling", "300"}, []string{" of memory, of which ", "--max-memory inf"}},
		{[]string{"--shards", "-2"}, []string{"shards is -2", "[0, 4096]"}},
		{[]string{"--threads", "two"}, []string{`"two"`, "--threads"}},
		{[]string{"--seed", "-1"}, []string{`"-1"`, "--seed"}},
		{[]string{"--background", "noise"}, []string{`--background is "noise"`, `"dc", "poisson"`}},
		{[]string{"--v0", "x"}, []string{`--v0 is "x"`, `"optimized", "original"`}},
		{[]string{"--record", "spike"}, []string{`--record is "spike"`, "allowed: spikes, thalamus, voltages"}},
		{[]string{"--record", "none,spikes"}, []string{"--record none"}},
		{[]string{"--record", ""}, []string{`--record is ""`}},
		{[]string{"--record", "spikes,"}, []string{`--record is ""`}},
		{[]string{"--recrod", "none"}, []string{"--recrod", "cortigo run --help"}},
		{[]string{"data"}, []string{`"data"`, "cortigo run --help"}},
		{[]string{"--params", filepath.Join(out, "none.json")}, []string{"--params", "none.json", "no such file"}},
		{[]string{"--params", ""}, []string{"--params", "no such file"}},
	} {
		wantError(t, slices.Concat([]string{"run", "--out", out}, tt.args), tt.want...)
	}
	if _, stderr, status := cli(t, "run", "--out", out, "--scale", "Inf"); status != statusFailed || !strings.HasPrefix(stderr, "cortigo: parameter --scale is +Inf; allowed: a finite number\n") {
		t.Errorf("status %d, %q", status, stderr)
	}
	wantError(t, []string{"run"}, "--out DIR", "--record none")
	wantError(t, []string{"run", "--record", "none", "--save"}, "--save needs --out DIR")
	wantError(t, []string{"runn"}, `unknown command "runn"`, "did you mean run?", "cortigo --help")
	wantError(t, []string{"digest"}, "one argument", "cortigo digest --help")
	wantError(t, []string{"digest", "a", "b"}, "one argument", `"a" "b"`)
	wantError(t, []string{"verify", out}, "--reference FILE")
	if _, err := os.Stat(out); err == nil {
		t.Error("a directory was made")
	}
}

func TestBadParameterFile(t *testing.T) {
	out := tempRun(t)
	for _, tt := range []struct {
		text string
		want []string
	}{
		{`{"scale": 1}`, []string{`unknown key "scale"`, "n_scaling"}},
		{"{\n\"neuron\": {\"tau_m\": 3}}", []string{"line 2", "in neuron", `unknown key "tau_m"`, "tau_m_ms"}},
		{`{"full_neurons": {"L7E": 4}}`, []string{"in full_neurons", `unknown population "L7E"`, "L23E, L23I"}},
		{`{"n_scaling": 0}`, []string{"n_scaling is 0", "> 0"}},
		{`{"n_scaling": "a"}`, []string{"n_scaling", `found "a"`, "a number"}},
		{`{"t_sim_ms": 3.33}`, []string{"t_sim_ms is 3.33", "multiples"}},
		{`{"n_scaling": 1`, []string{"unexpected end"}},
		{``, []string{"empty"}},
	} {
		path := write(t, "p.json", tt.text)
		wantError(t, []string{"run", "--params", path, "--out", out}, append(tt.want, "--params "+path)...)
	}
	// Several at once: a line each.
	path := write(t, "p.json", `{"n_scaling": -1, "t_sim_ms": 3.33}`)
	_, stderr, _ := cli(t, "run", "--params", path, "--out", out)
	if want := "cortigo: --params " + path + ": parameter n_scaling is -1; allowed: > 0\n" +
		"cortigo: --params " + path + ": parameter t_sim_ms is 3.33; allowed: multiples of the resolution, 0.1 ms\n"; stderr != want {
		t.Errorf("%q, want %q", stderr, want)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a directory was made")
	}
}

// A fullDisk is a file on a full disk.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// What cannot be printed is an error, of every command.
func TestFullStdout(t *testing.T) {
	t.Parallel()
	dir := tempRun(t)
	run(t, "--out", dir, "--save")
	for _, args := range [][]string{
		{"digest", dir}, {"digest", dir, "--json"}, {"check", dir}, {"check", dir, "--json"}, {"info", dir}, {"info", dir, "--json"},
		{"plot", dir, "--out", t.TempDir()}, {"config"}, {"version"}, {"version", "--json"}, {"--help"}, {"run", "--help"},
		slices.Concat([]string{"run", "--out", tempRun(t)}, small),
		slices.Concat([]string{"run", "--record", "none", "--json"}, small),
		slices.Concat([]string{"bench"}, small), slices.Concat([]string{"bench", "--json"}, small),
	} {
		var log bytes.Buffer
		status := execute(t.Context(), args, fullDisk{}, &log)
		if lines := strings.Split(strings.TrimSpace(log.String()), "\n"); status != statusFailed ||
			lines[len(lines)-1] != "cortigo: not all results could be printed: "+syscall.ENOSPC.Error() {
			t.Errorf("%q: status %d, %q", args, status, log.String())
		}
	}
}

// Larger than published is allowed, with a warning.
func TestScaleAboveOne(t *testing.T) {
	t.Parallel()
	m := run(t, "--record", "none", "--n-scaling", "0.01", "--k-scaling", "1.2")
	text := ""
	for _, w := range m["warnings"].([]any) {
		text += w.(string) + "\n"
	}
	if !strings.Contains(text, "k_scaling is 1.2") {
		t.Errorf("warnings %q", text)
	}
	_, stderr, _ := cli(t, slices.Concat([]string{"run", "--record", "none"}, small, []string{"--n-scaling", "0.01", "--k-scaling", "1.2"})...)
	if !strings.Contains(stderr, "Warning: Parameter k_scaling is 1.2") {
		t.Errorf("stderr %q", stderr)
	}
}

// files reads all files below dir.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	m := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		m[path], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestExistingRun(t *testing.T) {
	t.Parallel()
	dir := tempRun(t)
	first := run(t, "--out", dir, "--save")
	mine := filepath.Join(dir, "notes.txt")
	other := filepath.Join(dir, "spikes", "mine.csv")
	for _, path := range []string{mine, other} {
		if err := os.WriteFile(path, []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	before := files(t, dir)
	wantError(t, slices.Concat([]string{"run", "--out", dir}, small), dir, "already holds a run (run.json, spikes", "--overwrite")
	wantError(t, slices.Concat([]string{"bench", "--record", "spikes", "--out", dir}, small), dir, "already holds a run")
	// Wrong parameters are found out before anything is removed.
	wantError(t, slices.Concat([]string{"run", "--out", dir, "--overwrite", "--threads", "-1"}, small), "threads is -1")
	if !maps.EqualFunc(before, files(t, dir), bytes.Equal) {
		t.Error("files changed without --overwrite")
	}

	// So is what cannot be removed, before the network is built.
	for _, sub := range []string{"spikes", "network", "state"} {
		path, away := filepath.Join(dir, sub), filepath.Join(t.TempDir(), "away")
		if err := errors.Join(os.Rename(path, away), os.Symlink(away, path)); err != nil {
			t.Fatal(err)
		}
		_, stderr, status := cli(t, slices.Concat([]string{"run", "--out", dir, "--overwrite"}, small)...)
		if status != statusFailed || !strings.Contains(stderr, path+" is a symbolic link") || strings.Contains(stderr, "built in") {
			t.Errorf("%s is a link: status %d, %s", sub, status, stderr)
		}
		if err := errors.Join(os.Remove(path), os.Rename(away, path)); err != nil {
			t.Fatal(err)
		}
	}
	if os.Geteuid() != 0 { // root can write everywhere
		state := filepath.Join(dir, "state")
		if err := os.Chmod(state, 0o555); err != nil {
			t.Fatal(err)
		}
		wantError(t, slices.Concat([]string{"run", "--out", dir, "--overwrite"}, small), state, "is not writable")
		if err := os.Chmod(state, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if !maps.EqualFunc(before, files(t, dir), bytes.Equal) {
		t.Error("files changed by an --overwrite that was refused")
	}

	second := run(t, "--out", dir, "--overwrite", "--seed", "2")
	if second["spike_sha256"] == first["spike_sha256"] || must(t, "digest", dir) != second["spike_sha256"].(string)+"\n" {
		t.Error("the run was not replaced")
	}
	after := files(t, dir)
	if string(after[mine]) != "mine" || string(after[other]) != "mine" {
		t.Error("files of the user's are gone")
	}
	for path := range after {
		if strings.Contains(path, "network") || strings.Contains(path, "state") {
			t.Errorf("%s is left of the first run", path)
		}
	}
	// A directory of the user's is no run.
	empty := t.TempDir()
	if err := os.WriteFile(filepath.Join(empty, "notes.txt"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, "--out", empty)
}

func TestBadDirectory(t *testing.T) {
	file := write(t, "file", "mine")
	wantError(t, slices.Concat([]string{"run", "--out", file}, small), file, "it is a file")
	wantError(t, slices.Concat([]string{"run", "--out", filepath.Join(file, "run")}, small), file, "not a directory")
	wantError(t, slices.Concat([]string{"run", "--overwrite", "--out", file}, small), file, "it is a file")
	if b, err := os.ReadFile(file); err != nil || string(b) != "mine" {
		t.Error("the file changed")
	}
	if runtime.GOOS != "linux" {
		return
	}
	wantError(t, slices.Concat([]string{"run", "--out", "/proc/run"}, small), "/proc/run") // nobody can write there
	if os.Geteuid() == 0 {
		return // root can write everywhere else
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	wantError(t, slices.Concat([]string{"run", "--out", dir}, small), dir, "permission denied")
}

func TestNoRun(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{{"digest", dir}, {"plot", dir}, {"run", "--resume", dir}, {"digest", filepath.Join(dir, "none")}} {
		wantError(t, args, args[len(args)-1], "is not the directory of a run")
	}
	for _, args := range [][]string{{"digest", ""}, {"plot"}} {
		wantError(t, args, "one argument")
	}
}

// A part that was cut short is named by whatever reads it.
func TestPartCutShort(t *testing.T) {
	t.Parallel()
	dir := tempRun(t)
	run(t, "--out", dir, "--save")
	part := filepath.Join(dir, "spikes", "part-00000.parquet")
	b, err := os.ReadFile(part)
	if err != nil {
		t.Fatal(err)
	}
	ref := filepath.Join("..", "..", "testdata", "nest", "pd14", "pd14_scale0.2_dc_seed123450.json.gz")
	for _, n := range []int{0, 3, len(b) / 2, len(b) - 1} {
		if err := os.WriteFile(part, b[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{
			{"digest", dir}, {"plot", dir}, {"verify", dir, "--reference", ref, "--begin", "0"}, {"run", "--resume", dir, "--t-sim", "10"},
		} {
			wantError(t, args, part)
		}
	}
}
