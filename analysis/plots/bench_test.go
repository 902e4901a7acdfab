package plots

import "testing"

// A raster of the full microcircuit's spikes in 1 s, drawn and encoded.
func BenchmarkDensityPNG(b *testing.B) {
	d := poisson(1, 1000, 0.5)
	b.ReportMetric(float64(d.Len()), "spikes")
	for b.Loop() {
		f, err := RasterFigure(d, WithMode(Density))
		if err != nil {
			b.Fatal(err)
		}
		p, err := f.PNG()
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(p)), "bytes")
	}
}
