package runs

import (
	"errors"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestFileRows(t *testing.T) {
	file := func(n int) *fstest.MapFile { return &fstest.MapFile{Data: make([]byte, n)} }
	rows, err := fileRows(fstest.MapFS{
		"network/shard-0000.rows":           file(1_500_000),
		"run.json":                          file(5120),
		"voltages/part-00000.parquet":       file(10),
		"spikes/part-00001.parquet":         file(2000),
		"spikes/part-00000.parquet":         file(999_600),
		"spikes/.part-00002.parquet-1.tmp":  file(7),
		"notes.txt":                         file(7),
		"state/state.cortigo":               file(0),
		"network/sub/more.rows":             file(1000),
		"spikes-of-another-run/any.parquet": file(1),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"spikes/part-00000.parquet", "1.0 MB", "recorded spikes"},
		{"spikes/part-00001.parquet", "2.0 kB", "recorded spikes"},
		{"voltages/part-00000.parquet", "0.0 kB", "recorded membrane potentials and currents"},
		{"run.json", "5.1 kB", "parameters, seed, populations, versions, timings"},
		{"network/shard-0000.rows", "1.5 MB", "the built network"},
		{"network/sub/more.rows", "1.0 kB", "the built network"},
		{"state/state.cortigo", "0.0 kB", "the state reached, to go on from"},
	}
	if !slices.EqualFunc(rows, want, slices.Equal) {
		t.Errorf("%q, want %q", rows, want)
	}
	if _, err := filesOf(t.TempDir()); err == nil {
		t.Error("no error for a directory without a run")
	}
	if got := size(1_220_000_000); got != "1.22 GB" {
		t.Errorf("%q", got)
	}
}

func TestPlace(t *testing.T) {
	if got := Place("/nowhere/near"); got != "/nowhere/near" {
		t.Errorf("%q", got)
	}
}

// What cannot be shown ends the cell, and names the cell's line, not one of this
// package.
func TestTablesEndTheCell(t *testing.T) {
	const act = "CORTIGO_TEST_TABLE"
	switch os.Getenv(act) {
	case "files":
		FileTable("nowhere")
	case "rates":
		RateTable(nil, nil)
	case "spread":
		SpreadTable("x", []Measured{{Name: "rate"}})
	}
	for name, says := range map[string]string{"files": "nowhere", "rates": "no data", "spread": "rate: analysis: spread of 0 runs"} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestTablesEndTheCell$")
		cmd.Env = append(os.Environ(), act+"="+name)
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), says) || !regexp.MustCompile(`\n    at \S+files_test\.go:\d+\n`).Match(out) {
			t.Errorf("%s: %v, %q, want an error with a line of this file that says %q", name, err, out, says)
		}
	}
}
