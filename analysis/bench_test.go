package analysis

import "testing"

// All statistics of 1000 neurons over 10 s.
func BenchmarkDescribe(b *testing.B) {
	d := poisson(1000, 100000, 4, 1)
	for b.Loop() {
		if _, err := Describe(d, 1); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*d.Len()), "ns/spike")
}
