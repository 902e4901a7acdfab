package arrowio

import (
	"fmt"
	"path/filepath"
	"slices"

	"cortigo/sim"
)

// A SampleWriter streams a multimeter's samples into the Parquet parts of a
// run: it is what sim's Record writes to. It works like a SpikeWriter.
type SampleWriter struct {
	r *recorder
	n int64
}

// NewSampleWriter starts recording samples. All of a run have the same
// quantities, which become columns; parts that are there already are kept.
func (d *RunDir) NewSampleWriter(opts ...WriterOption) (*SampleWriter, error) {
	r, err := newRecorder(d, VoltagesDir, opts)
	if err != nil {
		return nil, err
	}
	parts, err := listParts(r.part.dir)
	if err == nil && len(parts) > 0 {
		r.part.quantities, err = quantitiesOf(parts[len(parts)-1].path)
	}
	if err != nil {
		_ = r.close()
		return nil, err
	}
	return &SampleWriter{r: r}, nil
}

// WriteSamples takes samples in order of step, then neuron, going on from the
// last call. The slices are copied. Other quantities than before are an error.
func (w *SampleWriter) WriteSamples(s sim.Samples) error {
	if len(s.Step) != len(s.Neuron) || len(s.Quantities) != len(s.Values) {
		return fmt.Errorf("arrowio: %d steps for %d neurons, %d quantities in %d columns",
			len(s.Step), len(s.Neuron), len(s.Quantities), len(s.Values))
	}
	for q, v := range s.Values {
		if len(v) != len(s.Step) {
			return fmt.Errorf("arrowio: %d values of %s for %d steps", len(v), s.Quantities[q], len(s.Step))
		}
	}
	if len(s.Step) == 0 {
		return w.r.ready()
	}
	if h := w.r.part.resolution; s.Resolution != 0 && s.Resolution != h {
		return fmt.Errorf("arrowio: recording to %s: the samples' resolution is %g ms, the run's %g ms", w.r.part.dir, s.Resolution, h)
	}
	p := &w.r.part
	if p.quantities == nil {
		if len(s.Quantities) == 0 {
			return fmt.Errorf("arrowio: recording to %s: samples of no quantity", p.dir)
		}
		if _, err := partSchema(s.Quantities); err != nil {
			return fmt.Errorf("arrowio: recording to %s: %w", p.dir, err)
		}
		// Safe without a lock: the encoder has had no row group yet.
		p.quantities = slices.Clone(s.Quantities)
	}
	if !slices.Equal(p.quantities, s.Quantities) {
		return fmt.Errorf("arrowio: %s records %q, got samples of %q", filepath.Base(p.dir), p.quantities, s.Quantities)
	}
	if err := w.r.write(s.Step, s.Neuron, s.Values); err != nil {
		return err
	}
	w.n += int64(len(s.Step))
	return nil
}

// Rows returns the number of samples taken so far.
func (w *SampleWriter) Rows() int64 { return w.n }

// Flush finishes the part being written: when it returns, all samples taken so
// far are on disk and visible to readers.
func (w *SampleWriter) Flush() error { return w.r.flush() }

// Close flushes and ends the writer.
func (w *SampleWriter) Close() error { return w.r.close() }
