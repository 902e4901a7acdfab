package arrowio

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"sort"

	"cortigo/sim"
	"cortigo/sim/spikes"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

type readConfig struct {
	windowed   bool
	begin, end float64 // ms
	pops       []string
	mem        memory.Allocator
	group      func(path string, g int, read bool) // told of each row group
}

// A ReadOption chooses what is read.
type ReadOption func(*readConfig)

// InWindow chooses the time stamps begin < t <= end, in ms. Default: all.
func InWindow(begin, end float64) ReadOption {
	return func(c *readConfig) { c.windowed, c.begin, c.end = true, begin, end }
}

// InPopulations chooses the populations with these names. Default, and with no
// names: all.
func InPopulations(populationNames ...string) ReadOption {
	return func(c *readConfig) { c.pops = append(c.pops, populationNames...) }
}

// ErrUnsorted is wrapped by the error of StreamSpikes for files that are not in
// order of step, then neuron. Cortigo writes none; other programs may.
var ErrUnsorted = errors.New("spikes are not in order of step, then neuron")

// A selection is a ReadOption's choice in terms of a run.
type selection struct {
	run        *Run
	pops       []spikes.Population
	all        bool  // all populations
	begin, end int64 // steps
	windowed   bool
	cfg        readConfig
}

func newSelection(dir string, opts []ReadOption) (*selection, error) {
	run, err := readRun(dir)
	if err != nil {
		return nil, err
	}
	s := &selection{run: run, pops: run.Populations, all: true, begin: math.MinInt64, end: math.MaxInt64}
	s.cfg.mem = memory.DefaultAllocator
	for _, o := range opts {
		o(&s.cfg)
	}
	if len(s.cfg.pops) > 0 {
		s.all = false
		if s.pops, err = pick(run.Populations, s.cfg.pops); err != nil {
			return nil, fmt.Errorf("arrowio: reading %s: %w", dir, err)
		}
	}
	if s.cfg.windowed {
		if !(s.cfg.begin <= s.cfg.end) { // NaN too
			return nil, fmt.Errorf("arrowio: reading %s: the window (%v, %v] ms ends before it begins", dir, s.cfg.begin, s.cfg.end)
		}
		s.windowed = true
		s.begin, s.end = floorStep(s.cfg.begin, run.ResolutionMS), floorStep(s.cfg.end, run.ResolutionMS)
	}
	return s, nil
}

// floorStep returns the last step that ends at or before t ms; a t that is a
// step up to rounding is that step.
func floorStep(t, resolution float64) int64 {
	s := math.Floor(t/resolution + 1e-6)
	return int64(max(-1<<62, min(s, 1<<62)))
}

// wants reports whether a row group with these statistics can hold rows of the
// selection.
func (s *selection) wants(g span) bool {
	h := s.run.ResolutionMS
	if s.windowed && s.begin >= s.end {
		return false
	}
	if s.windowed && (g.t1 < (float64(s.begin)+0.5)*h || g.t0 > (float64(s.end)+0.5)*h) {
		return false
	}
	if s.all {
		return true
	}
	for _, p := range s.pops {
		if p.N > 0 && g.n1 >= p.First && int64(g.n0) < int64(p.First)+int64(p.N) {
			return true
		}
	}
	return false
}

// filter moves the selected rows to the front and returns them.
func (s *selection) filter(r *rows) *rows {
	if s.all && !s.windowed {
		return r
	}
	n := 0
	for i, t := range r.step {
		if t <= s.begin || t > s.end || !s.has(r.neuron[i]) {
			continue
		}
		r.step[n], r.neuron[n] = t, r.neuron[i]
		for _, v := range r.values {
			v[n] = v[i]
		}
		n++
	}
	return r.head(n)
}

func (s *selection) has(id int32) bool {
	if s.all {
		return true
	}
	for _, p := range s.pops {
		if p.Contains(id) {
			return true
		}
	}
	return false
}

// An extent is the steps that statistics say are recorded, first and last.
type extent struct{ first, last int64 }

func (e *extent) add(g span, h float64) {
	if !math.IsInf(g.t0, 0) && !math.IsInf(g.t1, 0) {
		e.first, e.last = min(e.first, floorStep(g.t0, h)), max(e.last, floorStep(g.t1, h))
	}
}

// stream calls fn with the selected rows of the parts in dir, part by part.
// The quantities of samples must be the same in all parts.
func (s *selection) stream(dir string, samples bool, quantities *[]string, fn func(*rows) error) (extent, error) {
	ext := extent{math.MaxInt64, math.MinInt64}
	parts, err := listParts(dir)
	if err != nil {
		return ext, err
	}
	for _, p := range parts {
		if err := s.streamPart(p.path, samples, quantities, &ext, fn); err != nil {
			return ext, err
		}
	}
	return ext, nil
}

func (s *selection) streamPart(path string, samples bool, quantities *[]string, ext *extent, fn func(*rows) error) error {
	p, err := openPart(path, samples, s.cfg.mem)
	if err != nil {
		return err
	}
	defer func() { _ = p.close() }()
	if samples {
		if *quantities == nil {
			*quantities = p.quantities
		}
		if !slices.Equal(*quantities, p.quantities) {
			return fmt.Errorf("arrowio: reading %s: it has the quantities %q, the parts before it %q", path, p.quantities, *quantities)
		}
	}
	for g := range p.r.NumRowGroups() {
		sp, err := p.span(g)
		if err != nil {
			return err
		}
		ext.add(sp, s.run.ResolutionMS)
		read := s.wants(sp)
		if s.cfg.group != nil {
			s.cfg.group(path, g, read)
		}
		if !read {
			continue
		}
		if err := p.read(g, s.run.ResolutionMS, func(r *rows) error { return fn(s.filter(r)) }); err != nil {
			return err
		}
	}
	return nil
}

// ReadSpikes reads the spikes of the run in dir, or those in a window and of
// some populations; row groups whose statistics exclude them are not read.
// The result's populations are those chosen, its window is the recorded one,
// clipped to the chosen. Where run.json lags behind the parts, as it does in
// a run that was killed, the window extends to the last spike. A run without
// spikes is no error.
func ReadSpikes(dir string, opts ...ReadOption) (*spikes.Data, error) {
	s, err := newSelection(dir, opts)
	if err != nil {
		return nil, err
	}
	d := &spikes.Data{Resolution: s.run.ResolutionMS, Populations: s.pops}
	ext, err := s.stream(filepath.Join(dir, SpikesDir), false, nil, func(r *rows) error {
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
		begin, end = max(begin, s.begin), min(end, s.end)
		end = max(begin, end)
	}
	return begin, end
}

// ReadSamples reads what the multimeters of the run in dir recorded, or the
// samples in a window and of some populations, sorted by step, then neuron.
func ReadSamples(dir string, opts ...ReadOption) (*sim.Samples, error) {
	s, err := newSelection(dir, opts)
	if err != nil {
		return nil, err
	}
	out := &sim.Samples{}
	_, err = s.stream(filepath.Join(dir, VoltagesDir), true, &out.Quantities, func(r *rows) error {
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
	s, err := newSelection(dir, opts)
	if err != nil {
		return err
	}
	lastStep, lastNeuron := int64(math.MinInt64), int32(0)
	_, err = s.stream(filepath.Join(dir, SpikesDir), false, nil, func(r *rows) error {
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
