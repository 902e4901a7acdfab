package arrowio

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// Whatever run.json holds, opening, reading and checking the run gives an error
// or its spikes.
func FuzzRun(f *testing.F) {
	d := newTestRun(f)
	writeSpikes(f, d, testSpikes(50, 3), 10)
	path := filepath.Join(d.Path(), RunFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	for _, text := range []string{
		"", "{}", "null", "[]", `{"format_version":1,"resolution_ms":1e-320,"populations":[{"name":"E","first_id":1,"n":100}]}`,
		`{"format_version":1,"resolution_ms":0.1,"populations":[{"name":"E","first_id":2147483647,"n":9223372036854775807}]}`,
		`{"format_version":1,"resolution_ms":0.1,"recorded":{"begin_step":-9223372036854775808,"end_step":9223372036854775807},"populations":[{"name":"E","n":1}]}`,
		`{"format_version":1,"resolution_ms":1e308,"populations":[{"name":"E","first_id":1,"n":2000000000}]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		n := allocated(func() {
			rd, err := OpenRun(d.Path())
			if err != nil {
				return
			}
			if r := rd.Run(); r.Validate() != nil {
				t.Error("opened what is not valid")
			}
			_, _ = ReadSpikes(d.Path(), InWindow(0, 1e6))
			_, _ = ReadSamples(d.Path())
			_, _ = Digest(d.Path())
			if _, err := Inspect(d.Path()); err != nil && !errors.Is(err, ErrDamaged) {
				t.Error(err)
			}
			if _, err := Check(d.Path()); err != nil {
				t.Error(err)
			}
		})
		// Five readings of a small part, and what JSON takes.
		if n > 16<<20+500*uint64(len(b)) {
			t.Errorf("%d bytes allocated for %d", n, len(b))
		}
	})
}
