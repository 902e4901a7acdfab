package arrowio

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cortigo/arrowio/internal/parquet"
	"cortigo/sim"
	"cortigo/sim/spikes"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet/file"
)

var (
	_ sim.SpikeWriter  = (*SpikeWriter)(nil)
	_ sim.SampleWriter = (*SampleWriter)(nil)
)

// testRun has two populations with a gap of ids between them.
func testRun() Run {
	return Run{
		Model: "test", Seed: 7, ResolutionMS: 0.1, Parameters: []byte(`{"scale":0.1}`),
		Populations: []spikes.Population{{Name: "E", First: 1, N: 80}, {Name: "I", First: 101, N: 20}},
	}
}

func newTestRun(t testing.TB) *RunDir {
	t.Helper()
	d, err := CreateRun(filepath.Join(t.TempDir(), "run"), testRun(), false)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// testSpikes returns sorted spikes of testRun's neurons, some twice in a step.
func testSpikes(n int, seed uint64) parquet.Rows {
	r := rand.New(rand.NewPCG(seed, 1))
	var out parquet.Rows
	for s := int64(1); out.Len() < n; s++ {
		ids := []int32{}
		for range r.IntN(4) {
			id := 1 + r.Int32N(100)
			if id > 80 {
				id += 20
			}
			ids = append(ids, id)
		}
		slices.Sort(ids)
		for _, id := range ids {
			out.Step, out.Neuron = append(out.Step, s), append(out.Neuron, id)
		}
	}
	return *out.Head(n)
}

func writeSpikes(t testing.TB, d *RunDir, r parquet.Rows, call int, opts ...WriterOption) {
	t.Helper()
	w, err := d.NewSpikeWriter(opts...)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < r.Len(); i += call {
		j := min(i+call, r.Len())
		if err := w.WriteSpikes(r.Step[i:j], r.Neuron[i:j]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func withAllocator(m parquet.Allocator) WriterOption { return func(c *recorderConfig) { c.mem = m } }

func readAllocator(m parquet.Allocator) ReadOption { return func(c *readConfig) { c.mem = m } }

func TestSpikesRoundTrip(t *testing.T) {
	for _, tt := range []struct{ n, call, group, part int }{
		{1, 1, 10, 100},
		{9, 3, 1, 1},
		{1000, 7, 64, 200},
		{1000, 1000, 1000, 1000},
		{40000, 999, parquet.ReadRows + 1, 1 << 20},
	} {
		t.Run(fmt.Sprint(tt), func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
			defer mem.AssertSize(t, 0)
			d := newTestRun(t)
			want := testSpikes(tt.n, 3)
			writeSpikes(t, d, want, tt.call, RowGroupRows(tt.group), PartRows(tt.part), withAllocator(mem))
			got, err := ReadSpikes(d.Path(), readAllocator(mem))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Step, want.Step) || !slices.Equal(got.Neuron, want.Neuron) {
				t.Fatalf("got %d spikes back, not the %d written", got.Len(), want.Len())
			}
			if got.Begin != 0 || got.End != want.Step[tt.n-1] || got.Resolution != 0.1 || !slices.Equal(got.Populations, testRun().Populations) {
				t.Errorf("window (%d, %d], resolution %v, populations %v", got.Begin, got.End, got.Resolution, got.Populations)
			}
			sum, err := Digest(d.Path())
			if err != nil || sum != spikes.DigestOf(got) {
				t.Errorf("digest %s, %v, want %s", sum, err, spikes.DigestOf(got))
			}
			parts, err := listParts(filepath.Join(d.Path(), SpikesDir))
			if rows := (tt.part + tt.group - 1) / tt.group * tt.group; err != nil || len(parts) != (tt.n+rows-1)/rows {
				t.Errorf("%d parts, %v", len(parts), err)
			}
		})
	}
}

func TestWindowAndPopulations(t *testing.T) {
	d := newTestRun(t)
	all := testSpikes(3000, 5)
	writeSpikes(t, d, all, 100, RowGroupRows(100), PartRows(1000))
	last := all.Step[all.Len()-1]
	if err := d.setRecorded(0, last+50); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		begin, end float64
		pops       []string
	}{
		{0, 1e9, nil}, {0, 1e9, []string{"I"}}, {10, 20, nil}, {10.05, 20.04, []string{"E"}},
		{20, 20, nil}, {1e6, 2e6, nil}, {10, 20, []string{"I", "E"}}, {0.3, 0.7, nil}, {-5, 0.1, nil},
	} {
		t.Run(fmt.Sprint(tt), func(t *testing.T) {
			var read, pruned int
			got, err := ReadSpikes(d.Path(), InWindow(tt.begin, tt.end), InPopulations(tt.pops...),
				func(c *readConfig) {
					c.group = func(_ string, _ int, r bool) {
						if r {
							read++
						} else {
							pruned++
						}
					}
				})
			if err != nil {
				t.Fatal(err)
			}
			var step []int64
			var neuron []int32
			groups := map[int]bool{}
			for i, s := range all.Step {
				// The window in exact tenths of a millisecond.
				if 100*s <= int64(tt.begin*1000+0.5) || 100*s > int64(tt.end*1000+0.5) {
					continue
				}
				groups[i/100] = true
				id := all.Neuron[i]
				if tt.pops == nil || slices.Contains(tt.pops, map[bool]string{true: "E", false: "I"}[id <= 80]) {
					step, neuron = append(step, s), append(neuron, id)
				}
			}
			if !slices.Equal(got.Step, step) || !slices.Equal(got.Neuron, neuron) {
				t.Errorf("%d spikes, want %d", got.Len(), len(step))
			}
			if read != len(groups) || read+pruned != 30 {
				t.Errorf("read %d of %d row groups, want %d of 30", read, read+pruned, len(groups))
			}
			whole := &spikes.Data{Resolution: 0.1, Begin: 0, End: last + 50}
			if w := whole.Window(tt.begin, tt.end); got.Begin != w.Begin || got.End != w.End {
				t.Errorf("window (%d, %d]", got.Begin, got.End)
			}
		})
	}
	if _, err := ReadSpikes(d.Path(), InPopulations("L7")); err == nil || !strings.Contains(err.Error(), `"L7"`) || !strings.Contains(err.Error(), "E (1-80), I (101-120)") {
		t.Errorf("unknown population: %v", err)
	}
	if _, err := ReadSpikes(d.Path(), InWindow(2, 1)); err == nil {
		t.Error("a window that ends before it begins passed")
	}
}

// Row groups of one population are pruned by their ids; the pruned ones are
// not even looked at: their pages may be garbage.
func TestPrunedRowGroupsAreNotRead(t *testing.T) {
	d := newTestRun(t)
	r := parquet.Rows{}
	for s := int64(1); s <= 200; s++ {
		id := int32(5)
		if s > 100 {
			id = 105
		}
		r.Step, r.Neuron = append(r.Step, s), append(r.Neuron, id)
	}
	writeSpikes(t, d, r, 50, RowGroupRows(100))
	path := filepath.Join(d.Path(), SpikesDir, partName(0))
	p, err := file.OpenParquetFile(path, false)
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.RowGroup(1).MetaData().ColumnChunk(0) // of the times
	if err != nil {
		t.Fatal(err)
	}
	begin := c.DictionaryPageOffset()
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := begin; i < begin+100; i++ {
		b[i] ^= 0xff
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSpikes(d.Path()); err == nil || !strings.Contains(err.Error(), partName(0)) || !strings.Contains(err.Error(), "row group 1") {
		t.Errorf("damaged row group: %v", err)
	}
	for name, opt := range map[string]ReadOption{"window": InWindow(0, 10), "population": InPopulations("E")} {
		if got, err := ReadSpikes(d.Path(), opt); err != nil || got.Len() != 100 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSeveralSimulateCallsAppend(t *testing.T) {
	d := newTestRun(t)
	all := testSpikes(900, 9)
	for i := 0; i < 900; i += 300 {
		// A call begins with a step of its own.
		r := parquet.Rows{Step: all.Step[i : i+300], Neuron: all.Neuron[i : i+300]}
		for k := range r.Step {
			r.Step[k] += int64(i)
		}
		writeSpikes(t, d, r, 100)
	}
	got, err := ReadSpikes(d.Path())
	if err != nil || got.Len() != 900 || !got.Sorted() {
		t.Fatal(got.Len(), err)
	}
	w, err := d.NewSpikeWriter()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.WriteSpikes([]int64{got.End}, []int32{1}); err != nil {
		t.Fatal(err) // found out by the encoder
	}
	if err := w.Flush(); err == nil || !strings.Contains(err.Error(), "Rewind") {
		t.Errorf("recording a step again: %v", err)
	}
	if err := w.Close(); err == nil {
		t.Error("Close forgot the error")
	}
}

func TestFlushMakesVisible(t *testing.T) {
	d := newTestRun(t)
	w, err := d.NewSpikeWriter()
	if err != nil {
		t.Fatal(err)
	}
	for k := int64(1); k <= 3; k++ {
		if err := w.WriteSpikes([]int64{k}, []int32{1}); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadSpikes(d.Path()); err != nil || int64(got.Len()) != k {
			t.Fatalf("after flush %d: %v", k, err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err) // nothing new: no part
	}
	if err := errors.Join(w.Close(), w.Close()); err != nil {
		t.Error(err)
	}
	if err := w.WriteSpikes([]int64{9}, []int32{1}); !errors.Is(err, errClosed) {
		t.Errorf("write after Close: %v", err)
	}
	if parts, _ := listParts(filepath.Join(d.Path(), SpikesDir)); len(parts) != 3 {
		t.Errorf("%d parts", len(parts))
	}
}

func TestSamplesRoundTrip(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	d := newTestRun(t)
	want := sim.Samples{Resolution: 0.1, Quantities: []string{"V_m", "I_syn_ex"}, Values: make([][]float64, 2)}
	for s := int64(1); s <= 100; s++ {
		for _, id := range []int32{1, 50, 101} {
			want.Step, want.Neuron = append(want.Step, s*10), append(want.Neuron, id)
			want.Values[0] = append(want.Values[0], -65+float64(id)/float64(s))
			want.Values[1] = append(want.Values[1], float64(s))
		}
	}
	w, err := d.NewSampleWriter(RowGroupRows(70), withAllocator(mem))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.WriteSamples(want), w.Close()); err != nil {
		t.Fatal(err)
	}
	got, err := ReadSamples(d.Path(), readAllocator(mem))
	if err != nil || !reflect.DeepEqual(*got, want) {
		t.Fatalf("not what was written: %v", err)
	}
	got, err = ReadSamples(d.Path(), InWindow(50, 51), InPopulations("I"))
	if err != nil || len(got.Step) != 1 || got.Values[0][0] != want.Values[0][50*3+2] {
		t.Errorf("%v, %v", got, err)
	}

	w, err = d.NewSampleWriter()
	if err != nil {
		t.Fatal(err)
	}
	want.Quantities = []string{"V_m", "I_syn_in"}
	if err := w.WriteSamples(want); err == nil || !strings.Contains(err.Error(), "I_syn_in") {
		t.Errorf("other quantities: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}

func TestRewind(t *testing.T) {
	all := testSpikes(1000, 11)
	for _, step := range []int64{0, 1, all.Step[250], all.Step[499], all.Step[999], 1 << 30} {
		d := newTestRun(t)
		writeSpikes(t, d, all, 100, RowGroupRows(50), PartRows(200))
		if err := d.setRecorded(0, all.Step[999]); err != nil {
			t.Fatal(err)
		}
		if err := d.rewind(step); err != nil {
			t.Fatal(err)
		}
		got, err := ReadSpikes(d.Path())
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for n < 1000 && all.Step[n] <= step {
			n++
		}
		if !slices.Equal(got.Step, all.Step[:n]) || !slices.Equal(got.Neuron, all.Neuron[:n]) || got.End != min(step, all.Step[999]) {
			t.Errorf("step %d: %d spikes, window to %d, want %d spikes", step, got.Len(), got.End, n)
		}
		if step > all.Step[999] {
			continue
		}
		writeSpikes(t, d, parquet.Rows{Step: all.Step[n:], Neuron: all.Neuron[n:]}, 100)
		if got, err = ReadSpikes(d.Path()); err != nil || !slices.Equal(got.Step, all.Step) {
			t.Errorf("step %d: going on: %v", step, err)
		}
	}
}
