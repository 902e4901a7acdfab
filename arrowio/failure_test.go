package arrowio

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"cortigo/arrowio/internal/parquet"
	"cortigo/sim"
)

// fullDisk is a file on a disk with room for so many bytes.
type fullDisk struct {
	*os.File
	room int
}

func (f *fullDisk) Write(b []byte) (int, error) {
	n := min(len(b), f.room)
	f.room -= n
	n, err := f.File.Write(b[:n])
	if err == nil && n < len(b) {
		err = &os.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
	}
	return n, err
}

func onFullDisk(room int) WriterOption {
	return func(c *recorderConfig) {
		c.create = func(path string) (parquet.File, error) {
			f, err := parquet.CreateOS(path)
			if err != nil {
				return nil, err
			}
			return &fullDisk{f.(*os.File), room}, nil
		}
	}
}

// A full disk, wherever in the file it strikes, is reported with its cause by
// the next calls; parts finished before stay readable and nothing half-written
// stays.
func TestDiskFull(t *testing.T) {
	all := testSpikes(60000, 4)
	for _, room := range []int{0, 3, 10, 50_000, 100_000} {
		d := newTestRun(t)
		first := parquet.Rows{Step: all.Step[:100], Neuron: all.Neuron[:100]}
		writeSpikes(t, d, first, 100)
		w, err := d.NewSpikeWriter(onFullDisk(room), RowGroupRows(20000))
		if err != nil {
			t.Fatal(err)
		}
		shift := parquet.Rows{Step: make([]int64, 0, all.Len()), Neuron: all.Neuron[100:]}
		for _, s := range all.Step[100:] {
			shift.Step = append(shift.Step, s+1000)
		}
		var werr error
		for i := 0; i < shift.Len() && werr == nil; i += 1000 {
			j := min(i+1000, shift.Len())
			werr = w.WriteSpikes(shift.Step[i:j], shift.Neuron[i:j])
		}
		ferr := w.Flush()
		cerr := w.Close()
		for _, err := range []error{ferr, cerr} {
			if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), partName(1)) {
				t.Errorf("room %d: %v", room, err)
			}
		}
		es, err := os.ReadDir(filepath.Join(d.Path(), SpikesDir))
		if err != nil || len(es) != 1 {
			t.Errorf("room %d: left behind %v, %v", room, es, err)
		}
		if got, err := ReadSpikes(d.Path()); err != nil || got.Len() != 100 {
			t.Errorf("room %d: %v", room, err)
		}
	}
}

func TestWriterRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		step   []int64
		neuron []int32
		want   string
	}{
		"stranger": {[]int64{1}, []int32{90}, "neuron 90"},
		"below":    {[]int64{1}, []int32{0}, "neuron 0"},
		"above":    {[]int64{1}, []int32{121}, "neuron 121"},
		"time":     {[]int64{2, 1}, []int32{1, 1}, "order"},
		"id":       {[]int64{2, 2}, []int32{2, 1}, "order"},
		"lengths":  {[]int64{2, 2}, []int32{2}, "2 steps for 1 neurons"},
	} {
		w, err := newTestRun(t).NewSpikeWriter()
		if err != nil {
			t.Fatal(err)
		}
		err = errors.Join(w.WriteSpikes(tt.step, tt.neuron), w.Close())
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := newTestRun(t).NewSpikeWriter(RowGroupRows(0)); err == nil {
		t.Error("row groups of no rows passed")
	}
}

// A killed writer leaves a temporary file: readers do not see it, the next
// writer removes it, and only it.
func TestKilledWriter(t *testing.T) {
	d := newTestRun(t)
	all := testSpikes(100, 4)
	writeSpikes(t, d, all, 10)
	dir := filepath.Join(d.Path(), SpikesDir)
	left, mine := filepath.Join(dir, tempName(1)), filepath.Join(dir, "mine.tmp")
	for _, f := range []string{left, mine} {
		if err := os.WriteFile(f, []byte("PAR1half"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := ReadSpikes(d.Path()); err != nil || got.Len() != 100 {
		t.Fatal(err)
	}
	w, err := d.NewSpikeWriter()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	if _, err := os.Stat(left); err == nil {
		t.Error("the temporary file is still there")
	}
	if _, err := os.Stat(mine); err != nil {
		t.Error(err)
	}
}

// Another program's part is not replaced.
func TestPartIsNotReplaced(t *testing.T) {
	d := newTestRun(t)
	w, err := d.NewSpikeWriter()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(d.Path(), SpikesDir, partName(0))
	if err := os.WriteFile(path, []byte("theirs"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.WriteSpikes([]int64{1}, []int32{1}), w.Close()); err == nil || !strings.Contains(err.Error(), "another program") {
		t.Errorf("%v", err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "theirs" {
		t.Error("replaced")
	}
}

// Samples that do not fit each other, the run or what was recorded before are refused,
// and nothing of them is written.
func TestSampleWriterRefuses(t *testing.T) {
	good := sim.Samples{Resolution: 0.1, Quantities: []string{"V_m"}, Step: []int64{5, 5}, Neuron: []int32{1, 2}, Values: [][]float64{{1, 2}}}
	for name, tt := range map[string]struct {
		change func(s *sim.Samples)
		want   string
	}{
		"neurons":       {func(s *sim.Samples) { s.Neuron = s.Neuron[:1] }, "2 steps for 1 neurons, 1 quantities in 1 columns"},
		"columns":       {func(s *sim.Samples) { s.Quantities = []string{"V_m", "I_syn_ex"} }, "2 quantities in 1 columns"},
		"values":        {func(s *sim.Samples) { s.Values = [][]float64{{1}} }, "1 values of V_m for 2 steps"},
		"resolution":    {func(s *sim.Samples) { s.Resolution = 0.2 }, "the samples' resolution is 0.2 ms, the run's 0.1 ms"},
		"no quantity":   {func(s *sim.Samples) { s.Quantities, s.Values = nil, nil }, "samples of no quantity"},
		"a column name": {func(s *sim.Samples) { s.Quantities = []string{"neuron"} }, `quantity "neuron" is empty, there twice or the name of another column`},
		"an empty name": {func(s *sim.Samples) { s.Quantities = []string{""} }, `quantity "" is empty`},
		"a stranger":    {func(s *sim.Samples) { s.Neuron = []int32{1, 90} }, "neuron 90 belongs to none"},
		"order":         {func(s *sim.Samples) { s.Step = []int64{5, 4} }, "must be in order"},
		"step 0":        {func(s *sim.Samples) { s.Step = []int64{0, 1} }, "steps count from 1"},
	} {
		d := newTestRun(t)
		w, err := d.NewSampleWriter()
		if err != nil {
			t.Fatal(err)
		}
		s := good
		tt.change(&s)
		if err := errors.Join(w.WriteSamples(s), w.Close()); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
		if parts, err := listParts(filepath.Join(d.Path(), VoltagesDir)); err != nil || len(parts) > 0 {
			t.Errorf("%s: parts %v, %v", name, parts, err)
		}
	}
	d := newTestRun(t)
	w, err := d.NewSampleWriter()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.WriteSamples(sim.Samples{}), w.WriteSamples(good), w.Flush(), w.Close()); err != nil || w.Rows() != 2 {
		t.Errorf("%d rows, %v", w.Rows(), err)
	}
	if err := w.WriteSamples(good); !errors.Is(err, errClosed) {
		t.Errorf("after Close: %v", err)
	}
}
