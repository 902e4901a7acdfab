package arrowio

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"cortigo/arrowio/internal/parquet"
	"cortigo/arrowio/internal/populations"
)

// Parts are the parts of a run as run.json lists them, by number. The run's
// writers keep the list: a finished part is in it the next time that run.json is
// written, at the latest when its writer is closed.
type Parts struct {
	Spikes   []Part `json:"spikes,omitempty"`
	Voltages []Part `json:"voltages,omitempty"`
}

// A Part is what run.json says of a part, so that a missing, damaged or
// exchanged one can be recognised.
type Part struct {
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	CRC32C uint32 `json:"crc32c"` // of the Parquet footer, which has those of all columns
}

// of returns the list of a subdirectory.
func (p *Parts) of(sub string) *[]Part {
	if sub == VoltagesDir {
		return &p.Voltages
	}
	return &p.Spikes
}

// metadata returns what the parts of a run repeat of it: all but the list of them.
func (r *Run) metadata() (string, error) {
	c := *r
	c.Parts = Parts{}
	b, err := json.Marshal(c)
	return string(b), err
}

// A shelf is the parts in a subdirectory of a run, which it compares with run.json
// while they are opened in order. Differences are ErrDamaged, except rows after
// the recorded window: a program that is running, or was killed, recorded them
// since it last wrote run.json.
type shelf struct {
	run   *Run
	dir   string // of the run
	sub   string
	parts []part
	rules *rowRules // for parts without checksums

	next         int     // part to be opened
	last         float64 // ms, time of the last row of the parts so far
	least, most  int64   // rows in the recorded window
	withChecksum bool
}

func newShelf(dir string, run *Run, sub string) (*shelf, error) {
	parts, err := listParts(filepath.Join(dir, sub))
	if err != nil {
		return nil, err
	}
	rules, err := newRowRules(run)
	if err != nil {
		return nil, fmt.Errorf("arrowio: %s: %w", filepath.Join(dir, RunFile), err)
	}
	return &shelf{run: run, dir: dir, sub: sub, parts: parts, rules: rules, withChecksum: run.FormatVersion > 1}, nil
}

// missing returns an error for each part that should be there and is not.
func (s *shelf) missing() []error {
	var errs []error
	missing := func(n int, why string, args ...any) {
		errs = append(errs, parquet.Damaged(filepath.Join(s.dir, s.sub, partName(n)), "missing, "+why, args...))
	}
	next := 0
	for _, p := range s.parts {
		if p.n > next {
			missing(next, "%s is there", partName(p.n))
		}
		next = p.n + 1
	}
	if n := len(*s.run.Parts.of(s.sub)); n > next {
		missing(next, "%s lists %d parts", RunFile, n)
	}
	return errs
}

// open opens the next part and returns with it what is wrong. The part is nil if
// it cannot be opened. The caller closes it.
func (s *shelf) open(mem parquet.Allocator) (p *parquet.Reader, wrong []error, err error) {
	pt := s.parts[s.next]
	s.next++
	if p, err = parquet.Open(pt.path, s.sub == VoltagesDir, mem); err != nil {
		return nil, nil, err
	}
	p.CheckRows = s.rules.check
	list := *s.run.Parts.of(s.sub)
	var entry *Part
	if pt.n < len(list) {
		entry = &list[pt.n]
	}
	wrong, err = s.compare(p, entry)
	if err != nil {
		_ = p.Close()
		return nil, nil, err
	}
	return p, wrong, nil
}

// compare returns what is wrong with a part.
func (s *shelf) compare(p *parquet.Reader, entry *Part) (wrong []error, err error) {
	bad := func(format string, args ...any) {
		wrong = append(wrong, parquet.Damaged(p.Path, format, args...))
	}
	switch {
	case entry == nil && s.withChecksum && !p.Checksummed():
		bad("it has no checksums and %s does not list it: it is none of the run's", RunFile)
	case entry == nil:
	case entry.Rows != p.Rows() || entry.Bytes != p.Size:
		bad("it has %d rows in %d bytes, that in %s %d in %d: it is another part, or has been changed",
			p.Rows(), p.Size, RunFile, entry.Rows, entry.Bytes)
	case entry.CRC32C != p.FooterSum:
		bad("the checksum of its metadata is %08x, that in %s %08x: it is another part, or has been changed", p.FooterSum, RunFile, entry.CRC32C)
	}
	of, err := origin(p)
	switch {
	case err != nil:
		wrong = append(wrong, err)
	case of == nil && s.withChecksum && entry == nil:
		bad("it has no metadata %q", MetadataKey)
	case of != nil:
		for _, d := range of.differences(s.run) {
			bad("it is of another run: its %s is %s, that in %s %s", d.what, populations.Short(d.got), RunFile, populations.Short(d.want))
		}
	}
	rows := int64(0)
	for g := range p.Groups() {
		n := p.GroupRows(g)
		if n < 0 || n > p.Rows()-rows {
			bad("row group %d has %d rows of %d", g, n, p.Rows())
			return wrong, nil
		}
		rows += n
		sp, err := p.Span(g)
		if err != nil {
			return nil, err
		}
		if text := s.place(sp, n, p.Checksummed()); text != "" {
			bad("row group %d: %s", g, text)
		}
	}
	if rows != p.Rows() {
		bad("its row groups have %d rows of %d", rows, p.Rows())
	}
	return wrong, nil
}

// place counts the n rows of a row group with these statistics, and returns what is
// wrong with where they lie.
func (s *shelf) place(g parquet.Span, n int64, checked bool) string {
	if math.IsInf(g.FirstMS, 0) || math.IsInf(g.LastMS, 0) { // another program's, without statistics
		s.most += n
		return ""
	}
	h, w := s.run.ResolutionMS, s.run.Recorded
	first, last := parquet.FloorStep(g.FirstMS, h), parquet.FloorStep(g.LastMS, h)
	before := s.last
	s.last = g.LastMS
	if first <= w.End {
		s.most += n
	}
	if last <= w.End {
		s.least += n
	}
	switch ends := s.rules.last; {
	case min(first, last) < s.rules.first:
		return fmt.Sprintf("a row is of step %d, before the recorded window, which begins at step %d", min(first, last), s.rules.first-1)
	case first > last || g.LowestID > g.HighestID:
		return fmt.Sprintf("statistics of %v to %v ms, neurons %d to %d", g.FirstMS, g.LastMS, g.LowestID, g.HighestID)
	case !checked && last > ends:
		return fmt.Sprintf("a row is of step %d, after the end of the run, step %d", last, ends)
	case checked && g.FirstMS < before:
		return fmt.Sprintf("it begins at %v ms, after rows of %v ms", g.FirstMS, before)
	}
	if lo, hi := s.rules.idx.IDs(); g.LowestID < lo || g.HighestID > hi {
		return fmt.Sprintf("neurons %d to %d, but the run's are %d to %d", g.LowestID, g.HighestID, lo, hi)
	}
	return ""
}

// counted reports, after the last part, spikes that are missing or too many.
func (s *shelf) counted() error {
	n := s.run.Spikes
	if s.sub != SpikesDir || n <= 0 || n >= s.least && n <= s.most {
		return nil
	}
	have := fmt.Sprint(s.most)
	if s.least < s.most {
		have = fmt.Sprintf("%d to %d", s.least, s.most)
	}
	return parquet.Damaged(filepath.Join(s.dir, RunFile), "it counts %d spikes until step %d, the parts have %s", n, s.run.Recorded.End, have)
}

// each opens the parts in their order, has fn look at each, and returns the first
// error.
func (s *shelf) each(mem parquet.Allocator, fn func(*parquet.Reader) error) error {
	if errs := s.missing(); errs != nil {
		return errs[0]
	}
	for range s.parts {
		p, wrong, err := s.open(mem)
		if err != nil {
			return err
		}
		if wrong != nil {
			err = wrong[0]
		} else {
			err = fn(p)
		}
		if cerr := p.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return err
		}
	}
	return s.counted()
}

// list returns the list of the parts in a subdirectory, which must not be damaged,
// including those that run.json does not list yet.
func (d *RunDir) list(sub string) ([]Part, error) {
	s, err := newShelf(d.dir, &d.run, sub)
	if err != nil {
		return nil, err
	}
	var list []Part
	err = s.each(nil, func(p *parquet.Reader) error {
		list = append(list, Part{Rows: p.Rows(), Bytes: p.Size, CRC32C: p.FooterSum})
		return nil
	})
	return list, err
}

// listed makes sure that run.json lists its parts: one of an earlier version has
// no list, but the parts that it gets from now on need one.
func (d *RunDir) listed() error {
	if d.run.FormatVersion > 1 {
		return nil
	}
	spikes, err := d.list(SpikesDir)
	if err != nil {
		return err
	}
	voltages, err := d.list(VoltagesDir)
	if err != nil {
		return err
	}
	return d.Update(func(r *Run) { r.FormatVersion, r.Parts = FormatVersion, Parts{spikes, voltages} })
}

// unlist takes the parts that have rows after step off the list and cuts the
// recorded window, before those parts are changed: if the program is killed
// meanwhile, the list must still fit the parts.
func (d *RunDir) unlist(step int64) error {
	if err := d.listed(); err != nil {
		return err
	}
	var keep Parts
	for _, sub := range []string{SpikesDir, VoltagesDir} {
		s, err := newShelf(d.dir, &d.run, sub)
		if err != nil {
			return err
		}
		list, kept := *d.run.Parts.of(sub), 0
		err = s.each(nil, func(p *parquet.Reader) error {
			if kept == s.next-1 && kept < len(list) && s.last <= (float64(step)+0.5)*d.run.ResolutionMS {
				kept++
			}
			return nil
		})
		if err != nil {
			return err
		}
		*keep.of(sub) = list[:kept:kept]
	}
	w := d.run.Recorded
	if w.End <= step && len(keep.Spikes) == len(d.run.Parts.Spikes) && len(keep.Voltages) == len(d.run.Parts.Voltages) {
		return nil
	}
	return d.Update(func(r *Run) {
		r.Parts = keep
		if w.End > step {
			r.Recorded, r.Spikes = Window{min(w.Begin, step), step}, 0
		}
		if r.Checkpoint != nil && *r.Checkpoint > step {
			r.Checkpoint = &step
		}
	})
}

// relist lists the existing parts, and counts their spikes if count is set.
func (d *RunDir) relist(count bool) error {
	var now Parts
	var spikes int64
	for _, sub := range []string{SpikesDir, VoltagesDir} {
		list, err := d.list(sub)
		if err != nil {
			return err
		}
		*now.of(sub) = list
	}
	for _, p := range now.Spikes {
		spikes += p.Rows
	}
	if !count && slices.Equal(now.Spikes, d.run.Parts.Spikes) && slices.Equal(now.Voltages, d.run.Parts.Voltages) {
		return nil
	}
	return d.Update(func(r *Run) {
		r.Parts = now
		if count {
			r.Spikes = spikes
		}
	})
}

// origin returns the run that a part says it is of, nil if it does not.
func origin(p *parquet.Reader) (*Run, error) {
	text := p.Metadata()
	if text == nil {
		return nil, nil
	}
	run, err := parseRun([]byte(*text))
	if err != nil {
		return nil, parquet.Damaged(p.Path, "metadata %q: %w", MetadataKey, err)
	}
	return run, nil
}

// rowRules are what rows must fulfil in parts without checksums, those of format
// version 1 and of other programs. In parts with checksums rows are as they were
// written, and were checked then.
type rowRules struct {
	idx         *populations.Index
	first, last int64 // steps
	at          []int32
}

func newRowRules(run *Run) (*rowRules, error) {
	idx, err := populations.New(run.Populations)
	if err != nil {
		return nil, err
	}
	r := &rowRules{idx: idx, first: 1, last: math.MaxInt64}
	if w := run.Recorded; w.End > w.Begin {
		r.first = max(1, w.Begin+1)
	}
	if run.PlannedEndMS > 0 { // what a run that was killed has recorded before that
		planned := parquet.FloorStep(run.PlannedEndMS, run.ResolutionMS)
		r.last = max(run.Recorded.End, planned)
	}
	return r, nil
}

// check reports the first impossible row.
func (r *rowRules) check(step []int64, neuron []int32) error {
	for i, s := range step {
		if s < r.first {
			return fmt.Errorf("neuron %d at step %d: before the recorded window, which begins at step %d", neuron[i], s, r.first-1)
		}
		if s > r.last {
			return fmt.Errorf("neuron %d at step %d: after the end of the run, step %d", neuron[i], s, r.last)
		}
	}
	r.at = slices.Grow(r.at[:0], len(neuron))[:len(neuron)]
	return r.idx.Assign(r.at, neuron)
}
