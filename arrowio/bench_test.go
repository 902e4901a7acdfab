//go:build unix

package arrowio

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"cortigo/sim/spikes"
)

// fullScaleRun has the populations of the full-scale microcircuit.
func fullScaleRun(b *testing.B) *RunDir {
	b.Helper()
	d, err := CreateRun(filepath.Join(b.TempDir(), "run"), Run{ResolutionMS: 0.1, Populations: pd14()}, false)
	if err != nil {
		b.Fatal(err)
	}
	return d
}

// processorTime returns what the process has used, all threads, in ns.
func processorTime(b *testing.B) float64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkSpikeWriter records spikes as a simulation hands them over, step by
// step, and reports the processor time of all goroutines, files and disk
// included, per spike.
func BenchmarkSpikeWriter(b *testing.B) {
	const n = 3_000_000 // 10 s of the full-scale microcircuit
	all := asyncSpikes(n)
	var used, bytes float64
	for b.Loop() {
		b.StopTimer()
		d := fullScaleRun(b)
		w, err := d.NewSpikeWriter()
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		before := processorTime(b)
		for i := 0; i < n; {
			j := i + 1
			for j < n && all.Step[j] == all.Step[i] {
				j++
			}
			if err := w.WriteSpikes(all.Step[i:j], all.Neuron[i:j]); err != nil {
				b.Fatal(err)
			}
			i = j
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
		used += processorTime(b) - before
		fi, err := os.Stat(filepath.Join(d.Path(), SpikesDir, partName(0)))
		if err != nil {
			b.Fatal(err)
		}
		bytes = float64(fi.Size())
	}
	b.ReportMetric(used/float64(b.N)/n, "cpu-ns/spike")
	b.ReportMetric(bytes/n, "B/spike")
}

func BenchmarkReadSpikes(b *testing.B) {
	const n = 1_000_000
	d := fullScaleRun(b)
	writeSpikes(b, d, asyncSpikes(n), 1000)
	for _, tt := range []struct {
		name string
		opts []ReadOption
	}{{"all", nil}, {"window", []ReadOption{InWindow(500, 600)}}, {"population", []ReadOption{InPopulations("L5I")}}} {
		b.Run(tt.name, func(b *testing.B) {
			var got *spikes.Data
			for b.Loop() {
				var err error
				if got, err = ReadSpikes(d.Path(), tt.opts...); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(got.Len()), "ns/spike")
		})
	}
}
