package main

import (
	"bytes"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cortigo/analysis/plots"
	"cortigo/arrowio"
)

func nestRun(name string) string {
	return filepath.Join("..", "..", "testdata", "nest", "pd14", name)
}

func TestPlot(t *testing.T) {
	t.Parallel()
	dir := tempRun(t)
	run(t, "--out", dir)
	stdout := must(t, "plot", dir)
	if !strings.Contains(stdout, "L6I ") || strings.Count(stdout, "\n") != 9 {
		t.Errorf("stdout %q", stdout)
	}
	out := filepath.Join(t.TempDir(), "new", "pictures")
	_, stderr, status := cli(t, "plot", dir, "--out", out, "--begin", "10", "--end", "60", "--raster", "30", "--theme", "paper",
		"--reference", nestRun("pd14_scale0.2_dc_seed123450.json.gz"))
	if status != 0 || !strings.Contains(stderr, filepath.Join(out, "activity.png")) || !strings.Contains(stderr, filepath.Join(out, "rates.svg")) {
		t.Fatalf("status %d, %s", status, stderr)
	}
	for _, dir := range []string{dir, out} {
		b, err := os.ReadFile(filepath.Join(dir, "activity.png"))
		if err != nil {
			t.Fatal(err)
		}
		if img, err := png.Decode(bytes.NewReader(b)); err != nil || img.Bounds().Dx() < 400 {
			t.Errorf("%v", err)
		}
		if b, err := os.ReadFile(filepath.Join(dir, "rates.svg")); err != nil || !bytes.Contains(b, []byte("<svg")) || !bytes.Contains(b, []byte("</svg>")) {
			t.Errorf("%v", err)
		}
	}
	sample := files(t, dir)[filepath.Join(dir, "activity.png")]
	must(t, "plot", dir, "--density")
	if density := files(t, dir)[filepath.Join(dir, "activity.png")]; string(density) == string(sample) {
		t.Error("the density is the picture of the sample")
	}
	if !strings.Contains(string(files(t, out)[filepath.Join(out, "rates.svg")]), "NEST") {
		t.Error("the reference is not in the picture")
	}
	for _, tt := range []struct{ args, want []string }{
		{[]string{"--raster", "-1"}, []string{"--raster is -1 ms", "0.1 ms"}},
		{[]string{"--raster", "NaN"}, []string{"--raster is NaN"}},
		{[]string{"--begin", "100"}, []string{"recorded (0, 100] ms", "nothing after 100 ms", "--begin"}},
		{[]string{"--begin", "nan"}, []string{"--begin is NaN; allowed: 0 ms or more"}},
		{[]string{"--begin", "-1"}, []string{"--begin is -1; allowed: 0 ms or more"}},
		{[]string{"--end", "nan"}, []string{"--end is NaN; allowed: 0 ms or more"}},
		{[]string{"--end", "Inf"}, []string{"--end is +Inf; allowed: 0 ms or more"}},
		{[]string{"--begin", "50", "--end", "50"}, []string{"(50, 50] ms is empty"}},
		{[]string{"--density", "--neurons", "5"}, []string{"--neurons does not go with --density"}},
		{[]string{"--theme", "dark"}, []string{`"dark"`, "default, pd14 and paper"}},
		{[]string{"--reference", "none"}, []string{"--reference", "none", "no such file"}},
		{[]string{"--reference", filepath.Join(dir, "run.json")}, []string{"--reference", "run.json"}},
		{[]string{"--out", filepath.Join(dir, "run.json")}, []string{"writing pictures", "run.json"}},
	} {
		wantError(t, append([]string{"plot", dir}, tt.args...), tt.want...)
	}
}

// A picture is not written through a link to a file of the user's.
func TestPlotOverLink(t *testing.T) {
	t.Parallel()
	dir := tempRun(t)
	run(t, "--out", dir)
	for _, name := range []string{"activity.png", "rates.svg"} {
		out := t.TempDir()
		mine := filepath.Join(out, "mine")
		if err := os.WriteFile(mine, []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(mine, filepath.Join(out, name)); err != nil {
			t.Skip(err)
		}
		wantError(t, []string{"plot", dir, "--out", out}, name, "no plain file", "--out")
		if b, err := os.ReadFile(mine); err != nil || string(b) != "mine" {
			t.Errorf("%s: %d bytes, %v", name, len(b), err)
		}
	}
}

// Without run.json's help, after a kill, the spikes say what is there to draw.
func TestPlotKilled(t *testing.T) {
	t.Parallel()
	dir := tempRun(t)
	run(t, "--out", dir)
	d, err := arrowio.OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Update(func(r *arrowio.Run) { r.Recorded, r.Spikes = arrowio.Window{}, 0 }); err != nil {
		t.Fatal(err)
	}
	must(t, "plot", dir, "--out", t.TempDir())
	must(t, "digest", dir)
}

func TestVerify(t *testing.T) {
	t.Parallel()
	dir := tempRun(t)
	run(t, "--out", dir, "--t-sim", "10000")
	args := []string{"verify", dir, "--begin", "20"}
	for _, seed := range []string{"0", "1", "2"} {
		args = append(args, "--reference", nestRun("pd14_scale0.2_dc_seed12345"+seed+".json.gz"))
	}
	// A network of 385 neurons is not one of 15,435.
	stdout, stderr, status := cli(t, append(slices.Clone(args), "--json")...)
	if status != statusFailed || !strings.Contains(stderr, "rows failed") {
		t.Errorf("status %d, %s", status, stderr)
	}
	m := object(t, stdout)
	wantKeys(t, m, "pass", "failed", "allowed", "references", "sampling_only", "rows", "warnings", "error")
	rows := m["rows"].([]any)
	if m["pass"] != false || m["references"] != 3.0 || m["allowed"] != 2.0 || m["sampling_only"] != false || len(rows) != 24 ||
		"cortigo: "+m["error"].(string)+"\n" != stderr {
		t.Errorf("%v, stderr %s", m, stderr)
	}
	failed := 0.0
	for _, row := range rows {
		r := row.(map[string]any)
		wantKeys(t, r, "population", "statistic", "distance", "q", "pass")
		if q, ok := r["q"].(float64); r["pass"] != (ok && q <= 2.5) {
			t.Errorf("%v", r)
		}
		if r["pass"] == false {
			failed++
		}
	}
	if m["failed"] != failed {
		t.Errorf("failed %v, counted %v", m["failed"], failed)
	}
	stdout, _, _ = cli(t, args...)
	if strings.Count(stdout, "FAILED") != int(failed) || !strings.Contains(stdout, "rows failed, 2 may") {
		t.Errorf("stdout %s", stdout)
	}
	wantError(t, []string{"verify", dir, "--reference", nestRun("pd14_scale0.2_dc_seed123450.json.gz")},
		dir, "recorded (0, 10020] ms", "not the whole window (500, 10500] ms")
	wantError(t, []string{"verify", dir, "--reference", args[5], "--end", "3000"}, "window")
	wantError(t, []string{"verify", dir, "--reference", args[5], "--begin", "-1"}, "the window is (-1, ")
	wantError(t, []string{"verify", dir, "--reference", dir}, "--reference", dir)
}

// NEST's statistics are met at scale 0.2: takes some seconds, -run Full.
func TestFullVerify(t *testing.T) {
	full(t)
	for _, background := range []string{"dc", "poisson"} {
		dir := tempRun(t)
		must(t, "run", "--scale", "0.2", "--t-sim", "10000", "--background", background, "--out", dir)
		args := []string{"verify", dir}
		paths, err := filepath.Glob(nestRun("pd14_scale0.2_" + background + "_seed*.json.gz"))
		if err != nil || len(paths) < 2 {
			t.Fatalf("%q, %v", paths, err)
		}
		for _, path := range paths {
			args = append(args, "--reference", path)
		}
		t.Log(must(t, args...))
	}
}

// The colours of the microcircuit's reference implementation are the command's to
// know.
func TestThemeCalled(t *testing.T) {
	for name, want := range map[string]color.RGBA{
		"default": plots.Default().Excitatory, "paper": plots.Paper().Excitatory, "pd14": {0x59, 0x52, 0x89, 0xff},
	} {
		theme, err := themeCalled(name)
		if err != nil || theme.Name != name || theme.Excitatory != want || theme.Lines[0] != want {
			t.Errorf("%s: %+v, %v, want excitatory %v", name, theme, err, want)
		}
	}
}
