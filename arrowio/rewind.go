package arrowio

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"cortigo/arrowio/internal/files"
	"cortigo/arrowio/internal/parquet"
)

// Rewind removes what was recorded after ms, a multiple of the resolution: a run that was
// killed has recorded more than its last checkpoint, and a run that continues from there
// records those steps again. Unfinished files are removed, too. No writer may be open.
// Parts that lie wholly after ms are deleted; one that ms cuts is written again and
// replaced atomically; the recorded window is cut, too. If Rewind is killed in the middle,
// nothing is lost: call it again. Before anything is removed all parts are checked: one
// that is missing, damaged or another run's is an error.
func (d *RunDir) Rewind(ms float64) error {
	var step [1]int64
	if err := parquet.ToSteps(step[:], []float64{ms}, d.run.ResolutionMS); err != nil {
		return fmt.Errorf("arrowio: rewinding %s: %w", d.dir, err)
	}
	return d.rewind(step[0])
}

func (d *RunDir) rewind(step int64) error {
	if err := d.Lock(); err != nil {
		return err
	}
	defer d.Unlock()
	counted := d.run.Spikes > 0 && d.run.Recorded.End > step
	if err := d.unlist(step); err != nil {
		return fmt.Errorf("arrowio: rewinding %s: %w", d.dir, err)
	}
	if err := d.cleanKept(); err != nil {
		return err
	}
	for _, sub := range []string{SpikesDir, VoltagesDir} {
		dir := filepath.Join(d.dir, sub)
		parts, err := listParts(dir)
		if err != nil {
			return err
		}
		if len(parts) > 0 {
			if err := cleanTemps(dir); err != nil {
				return err
			}
		}
		slices.Reverse(parts) // so that the parts have no gap in time if it is cut short
		for _, p := range parts {
			if err := d.rewindPart(dir, sub == VoltagesDir, p, step); err != nil {
				return err
			}
		}
	}
	return d.relist(counted)
}

func (d *RunDir) rewindPart(dir string, samples bool, pt part, step int64) error {
	p, err := parquet.Open(pt.path, samples, nil)
	if err != nil {
		return err
	}
	defer func() { _ = p.Close() }()
	h := d.run.ResolutionMS
	cut := false
	for g := range p.Groups() {
		s, err := p.Span(g)
		if err != nil {
			return err
		}
		if s.LastMS > (float64(step)+0.5)*h {
			cut = true
		}
	}
	if !cut {
		return nil
	}
	w, err := d.copyUpTo(dir, p, pt.n, step)
	if err != nil {
		return err
	}
	if w == nil {
		if err := os.Remove(pt.path); err != nil {
			return fmt.Errorf("arrowio: rewinding %s: %w", d.dir, err)
		}
		return nil
	}
	return w.FinishAs(func(temp, path string) error {
		if err := os.Rename(temp, path); err != nil {
			return err
		}
		return files.SyncDir(dir)
	})
}

// copyUpTo starts a new part with the rows of p up to step, or returns nil if
// there are none.
func (d *RunDir) copyUpTo(dir string, p *parquet.Reader, n int, step int64) (w *parquet.Writer, err error) {
	c := &parquet.Config{
		Quantities: p.Quantities, Populations: d.idx, Resolution: d.run.ResolutionMS,
		CreatedBy: createdBy(d.run.Versions), Compression: parquet.DefaultCompression,
	}
	defer func() {
		if err != nil && w != nil {
			w.Abandon()
			w = nil
		}
	}()
	group := parquet.Rows{Values: make([][]float64, len(p.Quantities))}
	put := func() error {
		if group.Len() == 0 {
			return nil
		}
		if w == nil {
			if w, err = parquet.NewWriter(c, filepath.Join(dir, partName(n)), filepath.Join(dir, tempName(n)), d.meta, &parquet.Scratch{}); err != nil {
				return err
			}
		}
		err := w.Write(&group)
		group.Step, group.Neuron = group.Step[:0], group.Neuron[:0]
		for q := range group.Values {
			group.Values[q] = group.Values[q][:0]
		}
		return err
	}
	errEnd := errors.New("past the step")
	for g := range p.Groups() {
		err := p.Read(g, d.run.ResolutionMS, func(r *parquet.Rows) error {
			k, _ := slices.BinarySearch(r.Step, step+1)
			group.Step = append(group.Step, r.Step[:k]...)
			group.Neuron = append(group.Neuron, r.Neuron[:k]...)
			for q, v := range r.Values {
				group.Values[q] = append(group.Values[q], v[:k]...)
			}
			if k < r.Len() {
				return errEnd
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnd) {
			return w, err
		}
		if perr := put(); perr != nil {
			return w, perr
		}
		if err != nil {
			break
		}
	}
	return w, nil
}
