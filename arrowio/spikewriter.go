package arrowio

import "fmt"

// A SpikeWriter streams spikes into the Parquet parts of a run: it is what
// sim's RecordSpikes writes to. Its methods are for one goroutine at a time;
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
