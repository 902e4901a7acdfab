package arrowio

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"cortigo/arrowio/internal/parquet"
	"cortigo/sim"
	"cortigo/sim/spikes"

	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet/compress"
)

// partBytes returns a whole part and a run to put it in.
func partBytes(t testing.TB, codec compress.Compression) (*RunDir, string, []byte) {
	t.Helper()
	d := newTestRun(t)
	writeSpikes(t, d, testSpikes(500, 8), 100, RowGroupRows(200),
		func(c *recorderConfig) { c.codec = parquet.Compression{Codec: codec} })
	path := filepath.Join(d.Path(), SpikesDir, partName(0))
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// As of version 1: without checksums, which would find all damage first.
	b = []byte(strings.ReplaceAll(string(b), parquet.ChecksumKey, "x"+parquet.ChecksumKey[1:]))
	if err := errors.Join(os.WriteFile(path, b, 0o644), asVersion1(d)); err != nil {
		t.Fatal(err)
	}
	return d, path, b
}

// asVersion1 takes a run back to the version before parts had checksums.
func asVersion1(d *RunDir) error {
	return d.Update(func(r *Run) { r.FormatVersion, r.Parts = 1, Parts{} })
}

// allocated returns how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// maxReading is more than reading a part of 500 spikes may allocate, however
// damaged: four times the largest page that is let through.
const maxReading = 4 * parquet.MaxPage

func TestCutShort(t *testing.T) {
	d, path, b := partBytes(t, compress.Codecs.Uncompressed)
	for n := 0; n < len(b); n += 1 + n/50 {
		if err := os.WriteFile(path, b[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadSpikes(d.Path()); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
}

func TestNotParquet(t *testing.T) {
	d, path, whole := partBytes(t, compress.Codecs.Uncompressed)
	footer := func(n uint32) string {
		return "PAR1" + strings.Repeat("x", 20) + string(binary.LittleEndian.AppendUint32(nil, n)) + "PAR1"
	}
	for name, tt := range map[string]struct{ content, want string }{
		"empty":         {"", "not a Parquet file"},
		"text":          {"sender\ttime_ms\n1\t0.1\n", "not a Parquet file"},
		"no footer":     {"PAR1" + strings.Repeat("x", 20), "cut short"},
		"long footer":   {footer(1 << 31), "damaged"},
		"empty footer":  {footer(0), "damaged"},
		"nonsense":      {footer(20), "damaged"},
		"cut in middle": {string(whole[:len(whole)/2]), "cut short"},
	} {
		if err := os.WriteFile(path, []byte(tt.content), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadSpikes(d.Path()); err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Digest(d.Path()); err == nil {
			t.Errorf("%s: digest of it", name)
		}
		if _, err := d.NewSpikeWriter(); err == nil {
			t.Errorf("%s: went on recording after it", name)
		}
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(t.TempDir(), path); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSpikes(d.Path()); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("directory: %v", err)
	}
}

// sealed sets the checksum of a part's footer anew: somebody meant to change it.
// The footer lies between its checksum, of four bytes, and its length and "PAR1".
func sealed(b []byte) []byte {
	tail := len(b) - 8
	at := tail - int(binary.LittleEndian.Uint32(b[tail:]))
	binary.LittleEndian.PutUint32(b[at-4:], crc32.Checksum(b[at:tail], crc32.MakeTable(crc32.Castagnoli)))
	return b
}

func TestWrongColumns(t *testing.T) {
	d := newTestRun(t)
	w, err := d.NewSampleWriter()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.WriteSamples(sim.Samples{Quantities: []string{"V_m"}, Step: []int64{1}, Neuron: []int32{1}, Values: [][]float64{{1}}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	writeSpikes(t, d, testSpikes(10, 1), 10)
	spikesPart := filepath.Join(d.Path(), SpikesDir, partName(0))
	samplesPart := filepath.Join(d.Path(), VoltagesDir, partName(0))
	if _, err := parquet.Open(spikesPart, true, memory.DefaultAllocator); err == nil || !strings.Contains(err.Error(), "no quantity among the columns time_ms, neuron, population") {
		t.Errorf("spikes as samples: %v", err)
	}
	b, err := os.ReadFile(samplesPart)
	if err != nil {
		t.Fatal(err)
	}
	// The names of columns have their length in front of them: same length, other name.
	for old, name := range map[string]string{TimeColumn: "time_xx", NeuronColumn: "senders"[:6], PopulationColumn: "publishers"} {
		c := sealed([]byte(strings.ReplaceAll(string(b), old, name)))
		if err := os.WriteFile(samplesPart, c, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadSamples(d.Path()); err == nil || !strings.Contains(err.Error(), old) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", old, err)
		}
	}
}

// Damage anywhere gives an error or other spikes, never a panic and never more
// memory than a page may have.
func TestDamaged(t *testing.T) {
	for _, codec := range []compress.Compression{compress.Codecs.Uncompressed, compress.Codecs.Snappy, compress.Codecs.Zstd} {
		d, path, b := partBytes(t, codec)
		if got, err := ReadSpikes(d.Path()); err != nil || got.Len() != 500 {
			t.Fatalf("%v: %v", codec, err)
		}
		r := rand.New(rand.NewPCG(1, uint64(codec)))
		for range 1500 {
			c := slices.Clone(b)
			i := r.IntN(len(c))
			if r.IntN(2) == 0 {
				i = len(c) - 1 - r.IntN(len(c)/3) // footer
			}
			for k := range 1 + r.IntN(5) {
				if i+k < len(c) {
					c[i+k] = []byte{0, 0xff, 0x7f, byte(r.Uint32())}[r.IntN(4)]
				}
			}
			if err := os.WriteFile(path, c, 0o644); err != nil {
				t.Fatal(err)
			}
			if n := allocated(func() { readAll(t, d.Path(), path) }); n > maxReading {
				t.Errorf("%v: damage at %d: %d bytes allocated", codec, i, n)
			}
		}
	}
}

func readAll(t testing.TB, dir, path string) {
	d, err := ReadSpikes(dir)
	if err != nil {
		if !strings.Contains(err.Error(), path) {
			t.Errorf("an error without the file: %v", err)
		}
		return
	}
	if len(d.Step) != len(d.Neuron) || !d.Sorted() {
		t.Error("columns of different length or out of order")
	}
}

func FuzzReadPart(f *testing.F) {
	for _, codec := range []compress.Compression{compress.Codecs.Uncompressed, compress.Codecs.Snappy, compress.Codecs.Zstd} {
		_, _, b := partBytes(f, codec)
		f.Add(b)
	}
	d := newTestRun(f)
	path := filepath.Join(d.Path(), SpikesDir, partName(0))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		f.Fatal(err)
	}
	if err := asVersion1(d); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		if n := allocated(func() { readAll(t, d.Path(), path) }); n > maxReading+100*uint64(len(b)) {
			t.Errorf("%d bytes allocated", n)
		}
		// The metadata alone, and all of it with the column that is not read for
		// spikes.
		_, _ = InspectPart(path)
		if n := allocated(func() {
			if _, err := Check(d.Path()); err != nil {
				t.Errorf("%v: want it among the problems", err)
			}
		}); n > 2*maxReading+200*uint64(len(b)) {
			t.Errorf("%d bytes allocated by Check", n)
		}
	})
}

// FuzzSpikes writes spikes made of the bytes and reads them back.
func FuzzSpikes(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 0, 0, 255, 255}, uint8(3))
	f.Add([]byte{}, uint8(0))
	f.Fuzz(func(t *testing.T, b []byte, group uint8) {
		var want parquet.Rows
		s := int64(1)
		for i := 0; i+1 < len(b); i += 2 {
			id := 1 + int32(b[i+1])%80
			if gap := int64(b[i]) * int64(b[i]); gap > 0 || want.Len() > 0 && id < want.Neuron[want.Len()-1] {
				s += gap + 1
			}
			want.Step, want.Neuron = append(want.Step, s), append(want.Neuron, id)
		}
		d := newTestRun(t)
		writeSpikes(t, d, want, 7, RowGroupRows(1+int(group)))
		got, err := ReadSpikes(d.Path())
		if err != nil || !slices.Equal(got.Step, want.Step) || !slices.Equal(got.Neuron, want.Neuron) {
			t.Fatalf("%d spikes back of %d, %v", got.Len(), want.Len(), err)
		}
		if sum, err := Digest(d.Path()); err != nil || sum != spikes.DigestOf(got) {
			t.Error(err)
		}
	})
}
