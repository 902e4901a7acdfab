package arrowio

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"sort"

	"cortigo/sim"
	"cortigo/sim/spikes"
)

// ReadSpikes reads the spikes of the run in dir, or those in a window and of
// some populations; row groups whose statistics exclude them are not read.
// The result's populations are those chosen (without a choice all, also those
// that were not recorded, which say so), its window is the recorded one,
// clipped to the chosen. Where run.json lags behind the parts, as it does in
// a run that was killed, the window extends to the last spike. A run without
// spikes is no error.
func ReadSpikes(dir string, opts ...ReadOption) (*spikes.Data, error) {
	s, err := newSelection(dir, SpikesDir, opts)
	if err != nil {
		return nil, err
	}
	d := &spikes.Data{Resolution: s.run.ResolutionMS, Populations: s.pops}
	ext, err := s.stream(dir, SpikesDir, nil, func(r *rows) error {
		d.Step = append(d.Step, r.step...)
		d.Neuron = append(d.Neuron, r.neuron...)
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

// window returns what the recording covers of the selection.
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
	_, err = s.stream(dir, VoltagesDir, &out.Quantities, func(r *rows) error {
		out.Step = append(out.Step, r.step...)
		out.Neuron = append(out.Neuron, r.neuron...)
		if out.Values == nil {
			out.Values = make([][]float64, len(r.values))
		}
		for q, v := range r.values {
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
	if b := (bySampleOrder{out}); !sort.IsSorted(b) {
		sort.Stable(b)
	}
	return out, nil
}

type bySampleOrder struct{ *sim.Samples }

func (s bySampleOrder) Len() int { return len(s.Step) }

func (s bySampleOrder) Less(i, j int) bool {
	if s.Step[i] != s.Step[j] {
		return s.Step[i] < s.Step[j]
	}
	return s.Neuron[i] < s.Neuron[j]
}

func (s bySampleOrder) Swap(i, j int) {
	s.Step[i], s.Step[j] = s.Step[j], s.Step[i]
	s.Neuron[i], s.Neuron[j] = s.Neuron[j], s.Neuron[i]
	for _, v := range s.Values {
		v[i], v[j] = v[j], v[i]
	}
}

// StreamSpikes calls fn with the spikes of the run in dir, or those chosen, in
// order of step, then neuron, some thousand at a time, in bounded memory
// however long the run. The slices are used again after fn returns. An error
// of fn ends the stream and is returned.
func StreamSpikes(dir string, fn func(step []int64, neuron []int32) error, opts ...ReadOption) error {
	s, err := newSelection(dir, SpikesDir, opts)
	if err != nil {
		return err
	}
	lastStep, lastNeuron := int64(math.MinInt64), int32(0)
	_, err = s.stream(dir, SpikesDir, nil, func(r *rows) error {
		for i, t := range r.step {
			if t < lastStep || t == lastStep && r.neuron[i] < lastNeuron {
				return fmt.Errorf("arrowio: reading %s: %w: step %d, neuron %d comes after step %d, neuron %d",
					filepath.Join(dir, SpikesDir), ErrUnsorted, t, r.neuron[i], lastStep, lastNeuron)
			}
			lastStep, lastNeuron = t, r.neuron[i]
		}
		if r.len() == 0 {
			return nil
		}
		return fn(r.step, r.neuron)
	})
	return err
}

// Digest returns the digest of all spikes recorded in dir (see
// [spikes.Digest]), as lower-case hexadecimal, in bounded memory. Only files
// that other programs put out of order are read as a whole.
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
