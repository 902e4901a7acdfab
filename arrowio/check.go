package arrowio

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"cortigo/arrowio/internal/parquet"
	"cortigo/arrowio/internal/populations"
)

// ErrDamaged is wrapped by errors about a run whose files are not what was
// recorded: changed bits, parts that are missing, belong to another run or have
// changed places, impossible rows. A run that is still being written, or whose
// program was killed, is not damaged.
var ErrDamaged = parquet.ErrDamaged

// A CheckReport is what Check found in a run.
type CheckReport struct {
	Parts    int     // that were read
	Spikes   int64   // in them
	Samples  int64   // in them
	Problems []error // what is wrong, each with the file it is about
	Notes    []string
}

// Check reads every part of the run in dir and reports what is wrong: parts that
// cannot be read or are missing, rows out of order in a part or from part to
// part, neurons of no population or under another one's name, rows after or
// before the recorded window, metadata that are another run's, fewer spikes than
// were counted. A run that was killed is not damaged, but rows after its last
// checkpoint are noted. An error is about dir itself. For a run that is being
// written, Check may report problems that do not exist.
func Check(dir string) (*CheckReport, error) {
	run, err := readRun(dir)
	if err != nil {
		return nil, err
	}
	c := &checker{dir: dir, run: run}
	if c.idx, err = populations.New(run.Populations); err != nil {
		return nil, fmt.Errorf("arrowio: %s: %w", filepath.Join(dir, RunFile), err)
	}
	if pid, writing := WriterPID(dir); writing {
		c.note("%s is being written by process %d", dir, pid)
	}
	left, err := unfinished(dir)
	if err != nil {
		return nil, err
	}
	for _, path := range left {
		c.note("%s was not finished; going on with the run removes it", path)
	}
	if err := c.parts(SpikesDir, &c.report.Spikes); err != nil {
		return nil, err
	}
	if err := c.parts(VoltagesDir, &c.report.Samples); err != nil {
		return nil, err
	}
	// Count exactly, since metadata alone do not tell.
	if n := run.Spikes; n > 0 && c.inWindow != n && len(c.report.Problems) == 0 {
		c.problem("%s: it counts %d spikes until step %d, the parts have %d", filepath.Join(dir, RunFile), n, run.Recorded.End, c.inWindow)
	}
	return &c.report, nil
}

type checker struct {
	dir      string
	run      *Run
	idx      *populations.Index
	report   CheckReport
	inWindow int64 // spikes in the recorded window
}

func (c *checker) problem(format string, args ...any) {
	c.report.Problems = append(c.report.Problems, parquet.Damage(fmt.Errorf("arrowio: "+format, args...)))
}

func (c *checker) note(format string, args ...any) {
	c.report.Notes = append(c.report.Notes, fmt.Sprintf(format, args...))
}

// place is where a row stands in time.
type place struct {
	step   int64
	neuron int32
}

// parts checks all parts of a subdirectory.
func (c *checker) parts(sub string, n *int64) error {
	parts, err := newShelf(c.dir, c.run, sub)
	if err != nil {
		return err
	}
	missing := parts.missing()
	c.report.Problems = append(c.report.Problems, missing...)
	last := place{math.MinInt64, 0}
	var quantities []string
	for range parts.parts {
		c.report.Parts++
		p, wrong, err := parts.open(nil)
		c.report.Problems = append(c.report.Problems, wrong...)
		if err == nil {
			err = c.part(p, &quantities, &last, n)
			_ = p.Close()
		}
		if err != nil {
			c.report.Problems = append(c.report.Problems, err)
			last = place{math.MinInt64, 0} // what follows is looked at for itself
		}
	}
	if err := parts.counted(); err != nil && missing == nil {
		c.report.Problems = append(c.report.Problems, err)
	}
	return nil
}

// part checks one part, whose rows must come after last.
func (c *checker) part(p *parquet.Reader, quantities *[]string, last *place, n *int64) error {
	path, samples := p.Path, p.Quantities != nil
	p.CheckRows = nil // what they find is found here, all of it
	if p.Metadata() == nil {
		c.problem("%s has no metadata %q", path, MetadataKey)
	}
	if *quantities == nil {
		*quantities = p.Quantities
	}
	if !slices.Equal(*quantities, p.Quantities) {
		c.problem("%s has the quantities %q, the parts before it %q", path, p.Quantities, *quantities)
	}
	seen := map[string]bool{} // kinds of problems, each once a part
	once := func(kind, format string, args ...any) {
		if !seen[kind] {
			seen[kind] = true
			c.problem("%s: "+format, append([]any{path}, args...)...)
		}
	}
	h, w := c.run.ResolutionMS, c.run.Recorded
	after := false
	for g := range p.Groups() {
		s, err := p.Span(g)
		if err != nil {
			return err
		}
		names, err := p.PopulationNames(g)
		if err != nil {
			return err
		}
		at := 0
		err = p.Read(g, h, func(r *parquet.Rows) error {
			for i, step := range r.Step {
				id := r.Neuron[i]
				if step < last.step || step == last.step && id < last.neuron {
					once("order", "step %d, neuron %d comes after step %d, neuron %d", step, id, last.step, last.neuron)
				}
				*last = place{step, id}
				if t := float64(step) * h; t < s.FirstMS-h/2 || t > s.LastMS+h/2 || id < s.LowestID || id > s.HighestID {
					once("span", "step %d, neuron %d lies outside of what the statistics of row group %d say", step, id, g)
				}
				if step <= w.Begin {
					once("window", "step %d, neuron %d lies before the recorded window, which begins at step %d", step, id, w.Begin)
				}
				after = after || step > w.End
				if !samples && step <= w.End {
					c.inWindow++
				}
			}
			idx := make([]int32, r.Len())
			if err := c.idx.Assign(idx, r.Neuron); err != nil {
				once("neuron", "%v", err)
			} else {
				for i, k := range idx {
					if name := names[at+i]; name != c.idx.All()[k].Name {
						once("population", "neuron %d is named as one of %q, it is of %q", r.Neuron[i], name, c.idx.All()[k].Name)
					}
					if p := &c.idx.All()[k]; p.NotRecorded && !samples {
						once("recorded", "has spikes of %q, which %s says was not recorded", p.Name, RunFile)
					}
				}
			}
			at += r.Len()
			*n += int64(r.Len())
			return nil
		})
		if err != nil {
			return err
		}
	}
	if after {
		c.note("%s goes on after step %d, the last that %s says is recorded; going on with the run removes that and simulates it again", path, w.End, RunFile)
	}
	return nil
}
