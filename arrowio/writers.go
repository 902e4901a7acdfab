package arrowio

import (
	"fmt"
	"path/filepath"
	"slices"

	"cortigo/arrowio/internal/parquet"
	"cortigo/sim"
)

// A SpikeWriter streams spikes into the Parquet parts of a run: it is what
// a spike recorder writes to. Its methods are for one goroutine at a time;
// encoding and writing happen in another one, in memory bounded by three row
// groups, so that the simulation only waits if the disk cannot keep up.
// A failure to write, such as a full disk, is reported by the next call.
type SpikeWriter struct {
	r *recorder
	n int64
}

// NewSpikeWriter starts recording spikes. Parts that are there already are
// kept, new ones are numbered on; spikes must be later than theirs (see
// Rewind). What a killed writer left half-written is removed.
func (d *RunDir) NewSpikeWriter(opts ...WriterOption) (*SpikeWriter, error) {
	r, err := newRecorder(d, SpikesDir, opts)
	if err != nil {
		return nil, err
	}
	return &SpikeWriter{r: r}, nil
}

// WriteSpikes takes spikes in order of step, then neuron, going on from the
// last call; a neuron may stand twice in a step. The slices are copied. A
// neuron of none of the run's populations and spikes out of order are errors;
// like those of the disk they may be reported by a later call.
func (w *SpikeWriter) WriteSpikes(step []int64, neuron []int32) error {
	if len(step) != len(neuron) {
		return fmt.Errorf("arrowio: %d steps for %d neurons", len(step), len(neuron))
	}
	if err := w.r.write(step, neuron, nil); err != nil {
		return err
	}
	w.n += int64(len(step))
	return nil
}

// Rows returns the number of spikes taken so far.
func (w *SpikeWriter) Rows() int64 { return w.n }

// Total returns the number of spikes taken so far and in the parts that were
// there before. A progress function of the network that is recorded may call
// it.
func (w *SpikeWriter) Total() int64 { return w.r.before + w.n }

// Flush finishes the part being written: when it returns, all spikes taken so
// far are on disk and visible to readers.
func (w *SpikeWriter) Flush() error { return w.r.flush() }

// Close flushes and ends the writer.
func (w *SpikeWriter) Close() error { return w.r.close() }

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
	parts, err := listParts(r.dir)
	if err == nil && len(parts) > 0 {
		r.part.Quantities, err = quantitiesOf(parts[len(parts)-1].path)
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
	if h := w.r.part.Resolution; s.Resolution != 0 && s.Resolution != h {
		return fmt.Errorf("arrowio: recording to %s: the samples' resolution is %g ms, the run's %g ms", w.r.dir, s.Resolution, h)
	}
	p := &w.r.part
	if p.Quantities == nil {
		if len(s.Quantities) == 0 {
			return fmt.Errorf("arrowio: recording to %s: samples of no quantity", w.r.dir)
		}
		if err := parquet.CheckQuantities(s.Quantities); err != nil {
			return fmt.Errorf("arrowio: recording to %s: %w", w.r.dir, err)
		}
		// Safe without a lock: the encoder has had no row group yet.
		p.Quantities = slices.Clone(s.Quantities)
	}
	if !slices.Equal(p.Quantities, s.Quantities) {
		return fmt.Errorf("arrowio: %s records %q, got samples of %q", filepath.Base(w.r.dir), p.Quantities, s.Quantities)
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
