package arrowio

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"

	"cortigo/arrowio/internal/parquet"
	"cortigo/sim"
	"cortigo/sim/spikes"
)

// ReadSpikes reads the spikes of the run in dir, or those in a window and of
// some populations; row groups whose statistics exclude them are not read. The
// result has the chosen populations (by default all, also those that were not
// recorded, which say so); its window is the recorded one, clipped to the
// chosen one. If the parts contain more than run.json says, as in a run that
// was killed, the window extends to the last spike. A run without spikes is not
// an error.
func ReadSpikes(dir string, opts ...ReadOption) (*spikes.Data, error) {
	s, err := newSelection(dir, SpikesDir, opts)
	if err != nil {
		return nil, err
	}
	d := &spikes.Data{Resolution: s.run.ResolutionMS, Populations: s.pops}
	ext, err := s.stream(dir, SpikesDir, nil, func(r *parquet.Rows) error {
		d.Step = append(d.Step, r.Step...)
		d.Neuron = append(d.Neuron, r.Neuron...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	d.Begin, d.End = s.window(ext)
	if !d.Sorted() {
		d.Sort()
	}
	return d, nil
}

// window returns the part of the selection that the recording covers.
func (s *selection) window(ext extent) (begin, end int64) {
	begin, end = s.run.Recorded.Begin, s.run.Recorded.End
	if ext.first <= ext.last {
		begin, end = min(begin, ext.first-1), max(end, ext.last)
	}
	if s.windowed {
		begin, end = min(max(begin, s.begin), end), min(end, s.end)
		end = max(begin, end)
	}
	return begin, end
}

// ReadSamples reads what the multimeters of the run in dir recorded, or the
// samples in a window and of some populations, sorted by step, then neuron.
func ReadSamples(dir string, opts ...ReadOption) (*sim.Samples, error) {
	s, err := newSelection(dir, VoltagesDir, opts)
	if err != nil {
		return nil, err
	}
	out := &sim.Samples{Resolution: s.run.ResolutionMS}
	_, err = s.stream(dir, VoltagesDir, &out.Quantities, func(r *parquet.Rows) error {
		out.Step = append(out.Step, r.Step...)
		out.Neuron = append(out.Neuron, r.Neuron...)
		if out.Values == nil {
			out.Values = make([][]float64, len(r.Values))
		}
		for q, v := range r.Values {
			out.Values[q] = append(out.Values[q], v...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if out.Values == nil {
		out.Values = make([][]float64, len(out.Quantities))
	}
	out.Sort()
	return out, nil
}

// StreamSpikes calls fn with the spikes of the run in dir, or those chosen, in
// order of step, then neuron, some thousand at a time. Its memory is bounded,
// however long the run is. The slices are reused after fn returns. An error of
// fn ends the stream and is returned.
func StreamSpikes(dir string, fn func(step []int64, neuron []int32) error, opts ...ReadOption) error {
	s, err := newSelection(dir, SpikesDir, opts)
	if err != nil {
		return err
	}
	lastStep, lastNeuron := int64(math.MinInt64), int32(0)
	_, err = s.stream(dir, SpikesDir, nil, func(r *parquet.Rows) error {
		for i, t := range r.Step {
			if t < lastStep || t == lastStep && r.Neuron[i] < lastNeuron {
				return fmt.Errorf("arrowio: reading %s: %w: step %d, neuron %d comes after step %d, neuron %d",
					filepath.Join(dir, SpikesDir), ErrUnsorted, t, r.Neuron[i], lastStep, lastNeuron)
			}
			lastStep, lastNeuron = t, r.Neuron[i]
		}
		if r.Len() == 0 {
			return nil
		}
		return fn(r.Step, r.Neuron)
	})
	return err
}

// Digest returns the digest of all spikes recorded in dir (see
// [spikes.Digest]), as lower-case hexadecimal, in bounded memory. Only if
// another program has put rows out of order, everything is read at once.
func Digest(dir string) (string, error) {
	g := spikes.NewDigest()
	err := StreamSpikes(dir, func(step []int64, neuron []int32) error {
		g.Add(step, neuron)
		return nil
	})
	if errors.Is(err, ErrUnsorted) {
		d, err := ReadSpikes(dir)
		if err != nil {
			return "", err
		}
		return spikes.DigestOf(d), nil
	}
	if err != nil {
		return "", err
	}
	return g.Hex(), nil
}
