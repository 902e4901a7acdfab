package arrowio

import (
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"cortigo/sim/spikes"

	"github.com/apache/arrow/go/v17/arrow/memory"
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
func asyncSpikes(n int) rows {
	r := rand.New(rand.NewPCG(1, 2))
	out := rows{step: make([]int64, n), neuron: make([]int32, n)}
	for i := 0; i < n; {
		k := min(20+r.IntN(21), n-i)
		s := int64(1)
		if i > 0 {
			s = out.step[i-1] + 1
		}
		for j := i; j < i+k; j++ {
			out.step[j], out.neuron[j] = s, 1+r.Int32N(77169)
		}
		slices.Sort(out.neuron[i : i+k])
		i += k
	}
	return out
}

// BenchmarkCompression measures what a spike costs in processor time and bytes in
// the encodings to choose from.
func BenchmarkCompression(b *testing.B) {
	for _, codec := range []compress.Compression{compress.Codecs.Uncompressed, compress.Codecs.Snappy, compress.Codecs.Zstd} {
		b.Run(codec.String(), func(b *testing.B) {
			benchmarkCompression(b, compression{codec: codec, level: map[bool]int{true: 1}[codec == compress.Codecs.Zstd]})
		})
	}
}

func benchmarkCompression(b *testing.B, codec compression) {
	const n = 1 << 18
	r := asyncSpikes(n)
	idx, err := newPopulationIndex(pd14())
	if err != nil {
		b.Fatal(err)
	}
	c := &partConfig{dir: b.TempDir(), pops: idx, resolution: 0.1, codec: codec, mem: memory.DefaultAllocator, create: createOS}
	p, err := newPartWriter(c, 0, "{}", &scratch{})
	if err != nil {
		b.Fatal(err)
	}
	groups := 0
	for b.Loop() {
		if err := p.write(&r); err != nil {
			b.Fatal(err)
		}
		groups++
	}
	b.StopTimer()
	if err := p.finish(); err != nil {
		b.Fatal(err)
	}
	fi, err := os.Stat(p.path)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(groups*n), "ns/spike")
	b.ReportMetric(float64(fi.Size())/float64(groups*n), "B/spike")
}
