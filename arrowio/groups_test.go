package arrowio

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cortigo/arrowio/internal/files"
	"cortigo/arrowio/internal/parquet"
)

// manyGroups writes part 0 of d's spikes with n row groups of a row each.
func manyGroups(t testing.TB, d *RunDir, n int) string {
	t.Helper()
	w, err := d.NewSpikeWriter()
	if err != nil {
		t.Fatal(err)
	}
	c := w.r.part
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	c.Compression = parquet.Uncompressed // Zstandard's encoders take a while
	path := filepath.Join(d.Path(), SpikesDir, partName(0))
	p, err := parquet.NewWriter(&c, path, path+files.TempSuffix, d.meta, &parquet.Scratch{})
	if err != nil {
		t.Fatal(err)
	}
	for k := range n {
		if err := p.Write(&parquet.Rows{Step: []int64{int64(k + 1)}, Neuron: []int32{1}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Finish(); err != nil {
		t.Fatal(err)
	}
	return path
}

// Metadata that take much memory to read are refused before it is taken.
func TestManyGroups(t *testing.T) {
	for n, want := range map[int]string{1000: "", 50000: "its metadata would take"} {
		d := newTestRun(t)
		path := manyGroups(t, d, n)
		var err error
		b := allocated(func() { _, err = InspectPart(path) })
		if want == "" && err != nil || want != "" && (!errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), want)) {
			t.Errorf("%d row groups: %v, want %q", n, err, want)
		}
		// The footer itself, of some 500 bytes a row group, and twice the estimate.
		if limit := uint64(n) * 40000; b > limit || want != "" && b > 64<<20 {
			t.Errorf("%d row groups: %d bytes allocated", n, b)
		}
	}
}

// A part's writer begins another one before its metadata are that large.
func TestManyGroupsWritten(t *testing.T) {
	d := newTestRun(t)
	w, err := d.NewSpikeWriter(RowGroupRows(1), func(c *recorderConfig) { c.codec = parquet.Uncompressed })
	if err != nil {
		t.Fatal(err)
	}
	r := parquet.Rows{}
	for k := range maxGroups + 1 {
		r.Step, r.Neuron = append(r.Step, int64(k+1)), append(r.Neuron, 1)
	}
	if err := errors.Join(w.WriteSpikes(r.Step, r.Neuron), w.Close()); err != nil {
		t.Fatal(err)
	}
	i, err := Inspect(d.Path())
	if err != nil || len(i.Spikes) != 2 || i.Spikes[0].RowGroups != maxGroups {
		t.Errorf("%d parts, %v", len(i.Spikes), err)
	}
}

// Populations that no computer holds are refused before anything is as large.
func TestHugePopulations(t *testing.T) {
	d := wholeRun(t)
	path := filepath.Join(d.Path(), RunFile)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b = bytes.Replace(b, []byte(`"n": 20`), []byte(`"n": 2000000000`), 1)
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, use := range uses {
		if err := use(d.Path()); err == nil || !strings.Contains(err.Error(), `population "I": 2000000000 neurons are more than the 100000000 that a run can have`) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
