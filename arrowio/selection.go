package arrowio

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"cortigo/arrowio/internal/parquet"
	"cortigo/arrowio/internal/populations"
	"cortigo/sim/spikes"
)

type readConfig struct {
	windowed   bool
	begin, end float64 // ms
	pops       []string
	mem        parquet.Allocator
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

func newSelection(dir, sub string, opts []ReadOption) (*selection, error) {
	run, err := readRun(dir)
	if err != nil {
		return nil, err
	}
	s := &selection{run: run, pops: run.Populations, all: true, begin: math.MinInt64, end: math.MaxInt64}
	for _, o := range opts {
		o(&s.cfg)
	}
	if len(s.cfg.pops) > 0 {
		s.all = false
		if s.pops, err = populations.Pick(run.Populations, s.cfg.pops); err != nil {
			return nil, fmt.Errorf("arrowio: reading %s: %w", dir, err)
		}
		for _, p := range s.pops {
			if p.NotRecorded && sub == SpikesDir {
				return nil, fmt.Errorf("arrowio: reading %s: the spikes of population %q were not recorded", dir, p.Name)
			}
		}
	}
	if s.cfg.windowed {
		if !(s.cfg.begin <= s.cfg.end) { // NaN too
			return nil, fmt.Errorf("arrowio: reading %s: the window (%v, %v] ms ends before it begins", dir, s.cfg.begin, s.cfg.end)
		}
		s.windowed = true
		s.begin, s.end = parquet.FloorStep(s.cfg.begin, run.ResolutionMS), parquet.FloorStep(s.cfg.end, run.ResolutionMS)
	}
	return s, nil
}

// wants reports whether a row group with these statistics can hold rows of the
// selection.
func (s *selection) wants(g parquet.Span) bool {
	h := s.run.ResolutionMS
	if s.windowed && s.begin >= s.end {
		return false
	}
	if s.windowed && (g.LastMS < (float64(s.begin)+0.5)*h || g.FirstMS > (float64(s.end)+0.5)*h) {
		return false
	}
	if s.all {
		return true
	}
	for _, p := range s.pops {
		if p.N > 0 && g.HighestID >= p.First && int64(g.LowestID) < int64(p.First)+int64(p.N) {
			return true
		}
	}
	return false
}

// filter moves the selected rows to the front and returns them.
func (s *selection) filter(r *parquet.Rows) *parquet.Rows {
	if s.all && !s.windowed {
		return r
	}
	n := 0
	for i, t := range r.Step {
		if t <= s.begin || t > s.end || !s.has(r.Neuron[i]) {
			continue
		}
		r.Step[n], r.Neuron[n] = t, r.Neuron[i]
		for _, v := range r.Values {
			v[n] = v[i]
		}
		n++
	}
	return r.Head(n)
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

func (e *extent) add(g parquet.Span, h float64) {
	if !math.IsInf(g.FirstMS, 0) && !math.IsInf(g.LastMS, 0) {
		e.first, e.last = min(e.first, parquet.FloorStep(g.FirstMS, h)), max(e.last, parquet.FloorStep(g.LastMS, h))
	}
}

// stream calls fn with the selected rows of the parts in the subdirectory sub of
// the run in dir, part by part. The quantities of samples must be the same in all
// parts.
func (s *selection) stream(dir, sub string, quantities *[]string, fn func(*parquet.Rows) error) (extent, error) {
	ext := extent{math.MaxInt64, math.MinInt64}
	parts, err := newShelf(dir, s.run, sub)
	if err != nil {
		return ext, err
	}
	return ext, parts.each(s.cfg.mem, func(p *parquet.Reader) error { return s.streamPart(p, quantities, &ext, fn) })
}

func (s *selection) streamPart(p *parquet.Reader, quantities *[]string, ext *extent, fn func(*parquet.Rows) error) error {
	if quantities != nil { // samples
		if *quantities == nil {
			*quantities = p.Quantities
		}
		if !slices.Equal(*quantities, p.Quantities) {
			return fmt.Errorf("arrowio: reading %s: it has the quantities %q, the parts before it %q", p.Path, p.Quantities, *quantities)
		}
	}
	for g := range p.Groups() {
		sp, err := p.Span(g)
		if err != nil {
			return err
		}
		ext.add(sp, s.run.ResolutionMS)
		read := s.wants(sp)
		if s.cfg.group != nil {
			s.cfg.group(p.Path, g, read)
		}
		if !read {
			continue
		}
		if err := p.Read(g, s.run.ResolutionMS, func(r *parquet.Rows) error { return fn(s.filter(r)) }); err != nil {
			return err
		}
	}
	return nil
}
