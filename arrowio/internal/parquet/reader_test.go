package parquet

import (
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cortigo/arrowio/internal/populations"
	"cortigo/sim/spikes"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// testRows returns spikes in order, of 80 neurons of "E" from id 1 and 20 of "I"
// from 101.
func testRows(n int, seed uint64) Rows {
	r := rand.New(rand.NewPCG(seed, 1))
	var out Rows
	for s := int64(1); out.Len() < n; s++ {
		ids := make([]int32, r.IntN(4))
		for i := range ids {
			if ids[i] = 1 + r.Int32N(100); ids[i] > 80 {
				ids[i] += 20
			}
		}
		slices.Sort(ids)
		for _, id := range ids {
			out.Step, out.Neuron = append(out.Step, s), append(out.Neuron, id)
		}
	}
	return *out.Head(n)
}

func testConfig(t testing.TB, quantities ...string) *Config {
	t.Helper()
	idx, err := populations.New([]spikes.Population{{Name: "E", First: 1, N: 80}, {Name: "I", First: 101, N: 20}})
	if err != nil {
		t.Fatal(err)
	}
	return &Config{Quantities: quantities, Populations: idx, Resolution: 0.1, CreatedBy: "test", Compression: DefaultCompression}
}

// newPart starts a part in a directory of its own.
func newPart(t testing.TB, c *Config) (w *Writer, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "a.parquet")
	w, err := NewWriter(c, path, path+".tmp", `{"model":"test"}`, &Scratch{})
	if err != nil {
		t.Fatal(err)
	}
	return w, path
}

// writePart writes rows in groups of so many.
func writePart(t testing.TB, r Rows, group int) (path string) {
	t.Helper()
	w, path := newPart(t, testConfig(t))
	for i := 0; i < r.Len(); i += group {
		j := min(i+group, r.Len())
		if err := w.Write(&Rows{Step: r.Step[i:j], Neuron: r.Neuron[i:j]}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Finish(); err != nil {
		t.Fatal(err)
	}
	return path
}

func openPart(t testing.TB, path string) *Reader {
	t.Helper()
	p, err := Open(path, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// What a part says of itself without its rows is what was written, and so are the
// rows, all memory being given back.
func TestPart(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	c := testConfig(t, "V_m", "I_syn_ex")
	c.Memory = mem
	w, path := newPart(t, c)
	want := testRows(2500, 9)
	want.Values = [][]float64{make([]float64, 2500), make([]float64, 2500)}
	for i := range 2500 {
		want.Values[0][i], want.Values[1][i] = -65+1/float64(i+1), float64(i)
	}
	want.Values[0][7] = math.NaN()
	for i := 0; i < 2500; i += 1000 {
		j := min(i+1000, 2500)
		if err := w.Write(&Rows{want.Step[i:j], want.Neuron[i:j], [][]float64{want.Values[0][i:j], want.Values[1][i:j]}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Finish(); err != nil {
		t.Fatal(err)
	}
	fi, err := os.Stat(path)
	if err != nil || fi.Size() != w.Bytes() {
		t.Errorf("%v, %v, the writer says %d bytes", fi, err, w.Bytes())
	}
	p, err := Open(path, true, mem)
	if err != nil {
		t.Fatal(err)
	}
	if p.Rows() != 2500 || p.Groups() != 3 || p.GroupRows(2) != 500 || p.Size != w.Bytes() || p.FooterSum != w.FooterSum() || !p.Checksummed() ||
		p.CreatedBy() != "test" || *p.Metadata() != `{"model":"test"}` || !slices.Equal(p.Quantities, c.Quantities) ||
		!slices.Equal(p.Columns(), []string{"time_ms", "neuron", "population", "V_m", "I_syn_ex"}) {
		t.Errorf("%d rows in %d groups of %d bytes by %q: %q, columns %q", p.Rows(), p.Groups(), p.Size, p.CreatedBy(), *p.Metadata(), p.Columns())
	}
	if s, err := p.LastStep(0.1); err != nil || s != want.Step[2499] {
		t.Errorf("last step %d, %v, want %d", s, err, want.Step[2499])
	}
	at := 0
	for g := range p.Groups() {
		s, err := p.Span(g)
		n := int(p.GroupRows(g))
		if err != nil || math.Abs(s.FirstMS-float64(want.Step[at])/10) > 1e-9 || math.Abs(s.LastMS-float64(want.Step[at+n-1])/10) > 1e-9 ||
			s.LowestID != slices.Min(want.Neuron[at:at+n]) || s.HighestID != slices.Max(want.Neuron[at:at+n]) {
			t.Errorf("group %d: %+v, %v", g, s, err)
		}
		names, err := p.PopulationNames(g)
		if err != nil {
			t.Fatal(err)
		}
		err = p.Read(g, 0.1, func(r *Rows) error {
			for i := range r.Len() {
				if r.Step[i] != want.Step[at] || r.Neuron[i] != want.Neuron[at] || r.Values[1][i] != want.Values[1][at] ||
					r.Values[0][i] != want.Values[0][at] && at != 7 || names[at%1000] != map[bool]string{true: "I", false: "E"}[r.Neuron[i] > 100] {
					t.Fatalf("row %d: step %d, neuron %d of %s", at, r.Step[i], r.Neuron[i], names[at%1000])
				}
				at++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if at != 2500 {
		t.Errorf("%d rows", at)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

// A function that ends the reading has its error back as it is; what looks at rows
// is asked of parts without checksums alone.
func TestReadEnds(t *testing.T) {
	p := openPart(t, writePart(t, testRows(100, 1), 100))
	enough := errors.New("enough")
	p.CheckRows = func([]int64, []int32) error { return errors.New("asked") }
	if err := p.Read(0, 0.1, func(*Rows) error { return enough }); err != enough {
		t.Errorf("%v, want %v", err, enough)
	}
	p.sums = nil
	if err := p.Read(0, 0.1, func(*Rows) error { return enough }); err == nil || !strings.Contains(err.Error(), "asked") {
		t.Errorf("%v, want that the rows were looked at", err)
	}
	if err := p.Read(0, 0.3, func(*Rows) error { return nil }); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), "multiple of the resolution, 0.3 ms") {
		t.Errorf("another resolution: %v", err)
	}
}

// Every bit of a part is under a checksum or a magic number: whichever changes, it
// cannot be opened, or the column that has it cannot be read. Where the name of the
// checksums changes there seem to be none; then that of the footer, which run.json
// repeats, is another one.
func TestEveryByte(t *testing.T) {
	path := writePart(t, testRows(300, 2), 150)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	footer := openPart(t, path).FooterSum
	r := rand.New(rand.NewPCG(3, 4))
	for at := range whole {
		b := slices.Clone(whole)
		b[at] ^= 1 << r.IntN(8)
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		err := func() error {
			p, err := Open(path, false, nil)
			if err != nil {
				return err
			}
			defer func() { _ = p.Close() }()
			if !p.Checksummed() && p.FooterSum != footer {
				return Damaged(path, "another footer")
			}
			for g := range p.Groups() {
				_, err := p.PopulationNames(g)
				if err := errors.Join(err, p.Read(g, 0.1, func(*Rows) error { return nil })); err != nil {
					return err
				}
			}
			return nil
		}()
		if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), path) {
			t.Errorf("byte %d of %d: %v", at, len(whole), err)
		}
	}
}

// A part that fails or is given up leaves no file; one that is there is not
// replaced.
func TestNoPart(t *testing.T) {
	for name, end := range map[string]func(w *Writer) error{
		"abandoned": func(w *Writer) error { w.Abandon(); return nil },
		"not renamed": func(w *Writer) error {
			_ = w.FinishAs(func(string, string) error { return errors.New("no") })
			return nil
		},
		"a stranger": func(w *Writer) error {
			err := w.Write(&Rows{Step: []int64{1}, Neuron: []int32{90}})
			w.Abandon()
			return err
		},
		"of quantities": func(w *Writer) error {
			w.Abandon()
			return CheckQuantities([]string{"V_m", "V_m"})
		},
	} {
		w, path := newPart(t, testConfig(t))
		err := end(w)
		switch name {
		case "a stranger":
			if err == nil || !strings.Contains(err.Error(), "neuron 90 belongs to none of the populations E (1-80), I (101-120)") {
				t.Errorf("%s: %v", name, err)
			}
		case "of quantities":
			if err == nil || !strings.Contains(err.Error(), `"V_m" is empty, there twice`) {
				t.Errorf("%s: %v", name, err)
			}
		default:
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if es, err := os.ReadDir(filepath.Dir(path)); err != nil || len(es) != 0 {
			t.Errorf("%s: left %v, %v", name, es, err)
		}
	}
	w, path := newPart(t, testConfig(t))
	if err := os.WriteFile(path, []byte("theirs"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(&Rows{Step: []int64{1}, Neuron: []int32{1}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Finish(); err == nil || !strings.Contains(err.Error(), "already exists") {
		t.Errorf("replaced: %v", err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "theirs" {
		t.Errorf("%q, %v", b, err)
	}
}
