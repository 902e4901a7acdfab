package runs

import (
	"slices"
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
	if err := FileTable(t.TempDir()); err == nil {
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
