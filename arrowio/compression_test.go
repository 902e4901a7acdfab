package arrowio

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"cortigo/arrowio/internal/files"
	"cortigo/arrowio/internal/parquet"
	"cortigo/arrowio/internal/populations"
	"cortigo/sim/spikes"

	"github.com/apache/arrow/go/v17/parquet/compress"
)

// pd14 are the populations of the full-scale microcircuit.
func pd14() []spikes.Population {
	var pops []spikes.Population
	first := int32(1)
	for _, p := range []struct {
		name string
		n    int
	}{{"L23E", 20683}, {"L23I", 5834}, {"L4E", 21915}, {"L4I", 5479}, {"L5E", 4850}, {"L5I", 1065}, {"L6E", 14395}, {"L6I", 2948}} {
		pops = append(pops, spikes.Population{Name: p.name, First: first, N: p.n})
		first += int32(p.n)
	}
	return pops
}

// asyncSpikes returns n spikes of 77,169 neurons, 30 a step: the full-scale
// microcircuit's 300,000 spikes per second at 0.1 ms.
func asyncSpikes(n int) parquet.Rows {
	r := rand.New(rand.NewPCG(1, 2))
	out := parquet.Rows{Step: make([]int64, n), Neuron: make([]int32, n)}
	for i := 0; i < n; {
		k := min(20+r.IntN(21), n-i)
		s := int64(1)
		if i > 0 {
			s = out.Step[i-1] + 1
		}
		for j := i; j < i+k; j++ {
			out.Step[j], out.Neuron[j] = s, 1+r.Int32N(77169)
		}
		slices.Sort(out.Neuron[i : i+k])
		i += k
	}
	return out
}

// BenchmarkCompression measures what a spike costs in processor time and bytes in
// the encodings to choose from.
func BenchmarkCompression(b *testing.B) {
	for _, codec := range []compress.Compression{compress.Codecs.Uncompressed, compress.Codecs.Snappy, compress.Codecs.Zstd} {
		b.Run(codec.String(), func(b *testing.B) {
			benchmarkCompression(b, parquet.Compression{Codec: codec, Level: map[bool]int{true: 1}[codec == compress.Codecs.Zstd]})
		})
	}
}

func benchmarkCompression(b *testing.B, codec parquet.Compression) {
	const n = 1 << 18
	r := asyncSpikes(n)
	idx, err := populations.New(pd14())
	if err != nil {
		b.Fatal(err)
	}
	c := &parquet.Config{Populations: idx, Resolution: 0.1, Compression: codec}
	path := filepath.Join(b.TempDir(), "part")
	p, err := parquet.NewWriter(c, path, path+files.TempSuffix, "{}", &parquet.Scratch{})
	if err != nil {
		b.Fatal(err)
	}
	groups := 0
	for b.Loop() {
		if err := p.Write(&r); err != nil {
			b.Fatal(err)
		}
		groups++
	}
	b.StopTimer()
	if err := p.Finish(); err != nil {
		b.Fatal(err)
	}
	fi, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(groups*n), "ns/spike")
	b.ReportMetric(float64(fi.Size())/float64(groups*n), "B/spike")
}

// What a spike takes on disk, of the full-scale microcircuit.
func TestBytesPerSpike(t *testing.T) {
	const n = 1 << 18
	d, err := CreateRun(filepath.Join(t.TempDir(), "run"), Run{ResolutionMS: 0.1, Populations: pd14()}, false)
	if err != nil {
		t.Fatal(err)
	}
	writeSpikes(t, d, asyncSpikes(n), 1000)
	i, err := InspectPart(filepath.Join(d.Path(), SpikesDir, partName(0)))
	if err != nil {
		t.Fatal(err)
	}
	// 17 bits of an id; the rest is times and populations.
	if per := float64(i.Bytes) / n; per < 17.0/8 || per > 2.5 {
		t.Errorf("%.2f bytes per spike, want at most 2.5", per)
	}
}
