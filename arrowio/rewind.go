package arrowio

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Rewind removes what was recorded after step: a run that was killed has
// recorded more than its last checkpoint, and going on from there records
// those steps again. Files that were being written are removed, too. No writer
// may be open. Parts that lie after step as a
// whole are deleted, one that step cuts is written again and replaced in one
// go; the recorded window is cut too. Being killed in the middle does no
// harm: Rewind again. Before anything is removed all parts are looked at: one
// that is missing, damaged or another run's is an error.
func (d *RunDir) Rewind(step int64) error {
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
	p, err := openPart(pt.path, samples, memory.DefaultAllocator)
	if err != nil {
		return err
	}
	defer func() { _ = p.close() }()
	h := d.run.ResolutionMS
	cut := false
	for g := range p.r.NumRowGroups() {
		s, err := p.span(g)
		if err != nil {
			return err
		}
		if s.t1 > (float64(step)+0.5)*h {
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
	return w.finishAs(func(temp, path string) error {
		if err := os.Rename(temp, path); err != nil {
			return err
		}
		return syncDir(dir)
	})
}

// copyUpTo starts a new part with the rows of p up to step, or returns nil if
// there are none.
func (d *RunDir) copyUpTo(dir string, p *partReader, n int, step int64) (w *partWriter, err error) {
	c := &partConfig{
		dir: dir, quantities: p.quantities, pops: d.idx, resolution: d.run.ResolutionMS,
		createdBy: createdBy(d.run.Versions), codec: defaultCompression, mem: memory.DefaultAllocator, create: createOS,
	}
	defer func() {
		if err != nil && w != nil {
			w.abandon()
			w = nil
		}
	}()
	group := rows{values: make([][]float64, len(p.quantities))}
	put := func() error {
		if group.len() == 0 {
			return nil
		}
		if w == nil {
			if w, err = newPartWriter(c, n, d.meta, &scratch{}); err != nil {
				return err
			}
		}
		err := w.write(&group)
		group.step, group.neuron = group.step[:0], group.neuron[:0]
		for q := range group.values {
			group.values[q] = group.values[q][:0]
		}
		return err
	}
	errEnd := errors.New("past the step")
	for g := range p.r.NumRowGroups() {
		err := p.read(g, d.run.ResolutionMS, func(r *rows) error {
			k, _ := slices.BinarySearch(r.step, step+1)
			group.step = append(group.step, r.step[:k]...)
			group.neuron = append(group.neuron, r.neuron[:k]...)
			for q, v := range r.values {
				group.values[q] = append(group.values[q], v[:k]...)
			}
			if k < r.len() {
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
