package arrowio

import (
	"errors"
	"fmt"
	"math"
	"slices"

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

func newSelection(dir, sub string, opts []ReadOption) (*selection, error) {
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

// stream calls fn with the selected rows of the parts in the subdirectory sub of
// the run in dir, part by part. The quantities of samples must be the same in all
// parts.
func (s *selection) stream(dir, sub string, quantities *[]string, fn func(*rows) error) (extent, error) {
	ext := extent{math.MaxInt64, math.MinInt64}
	parts, err := newShelf(dir, s.run, sub)
	if err != nil {
		return ext, err
	}
	return ext, parts.each(s.cfg.mem, func(p *partReader) error { return s.streamPart(p, quantities, &ext, fn) })
}

func (s *selection) streamPart(p *partReader, quantities *[]string, ext *extent, fn func(*rows) error) error {
	if quantities != nil { // samples
		if *quantities == nil {
			*quantities = p.quantities
		}
		if !slices.Equal(*quantities, p.quantities) {
			return fmt.Errorf("arrowio: reading %s: it has the quantities %q, the parts before it %q", p.path, p.quantities, *quantities)
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
			s.cfg.group(p.path, g, read)
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
