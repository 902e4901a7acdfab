package arrowio

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Parts are the parts of a run as run.json lists them, by number. Its writers
// keep the list: a part that is finished is in it as soon as run.json is written
// for whatever reason, at the latest when its writer is closed.
type Parts struct {
	Spikes   []Part `json:"spikes,omitempty"`
	Voltages []Part `json:"voltages,omitempty"`
}

// A Part is what run.json says of a part, so that one that is missing, damaged,
// or another one, is told from what was recorded.
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
// while they are opened in their order. What is found is ErrDamaged. Rows that
// lie behind the recorded window are none: they are what a program recorded since
// it last wrote run.json, which is running or was killed.
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
		errs = append(errs, damaged(filepath.Join(s.dir, s.sub, partName(n)), "missing, "+why, args...))
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

// open opens the next part and returns with it what is wrong, nil if there is no
// telling since it cannot be opened. The caller closes it.
func (s *shelf) open(mem memory.Allocator) (p *partReader, wrong []error, err error) {
	pt := s.parts[s.next]
	s.next++
	if p, err = openPart(pt.path, s.sub == VoltagesDir, mem); err != nil {
		return nil, nil, err
	}
	p.rules = s.rules
	list := *s.run.Parts.of(s.sub)
	var entry *Part
	if pt.n < len(list) {
		entry = &list[pt.n]
	}
	wrong, err = s.compare(p, entry)
	if err != nil {
		_ = p.close()
		return nil, nil, err
	}
	return p, wrong, nil
}

// compare returns what is wrong with a part.
func (s *shelf) compare(p *partReader, entry *Part) (wrong []error, err error) {
	bad := func(format string, args ...any) {
		wrong = append(wrong, damaged(p.path, format, args...))
	}
	switch {
	case entry == nil && s.withChecksum && p.sums == nil:
		bad("it has no checksums and %s does not list it: it is none of the run's", RunFile)
	case entry == nil:
	case entry.Rows != p.r.NumRows() || entry.Bytes != p.size:
		bad("it has %d rows in %d bytes, that in %s %d in %d: it is another part, or has been changed",
			p.r.NumRows(), p.size, RunFile, entry.Rows, entry.Bytes)
	case entry.CRC32C != p.footerSum:
		bad("the checksum of its metadata is %08x, that in %s %08x: it is another part, or has been changed", p.footerSum, RunFile, entry.CRC32C)
	}
	of, err := p.origin()
	switch {
	case err != nil:
		wrong = append(wrong, err)
	case of == nil && s.withChecksum && entry == nil:
		bad("it has no metadata %q", MetadataKey)
	case of != nil:
		for _, d := range of.differences(s.run) {
			bad("it is of another run: its %s is %s, that in %s %s", d.what, short(d.got), RunFile, short(d.want))
		}
	}
	rows := int64(0)
	for g := range p.r.NumRowGroups() {
		n := p.r.RowGroup(g).NumRows()
		if n < 0 || n > p.r.NumRows()-rows {
			bad("row group %d has %d rows of %d", g, n, p.r.NumRows())
			return wrong, nil
		}
		rows += n
		sp, err := p.span(g)
		if err != nil {
			return nil, err
		}
		if text := s.place(sp, n, p.sums != nil); text != "" {
			bad("row group %d: %s", g, text)
		}
	}
	if rows != p.r.NumRows() {
		bad("its row groups have %d rows of %d", rows, p.r.NumRows())
	}
	return wrong, nil
}

// place counts the n rows of a row group with these statistics, and returns what is
// wrong with where they lie.
func (s *shelf) place(g span, n int64, checked bool) string {
	if math.IsInf(g.t0, 0) || math.IsInf(g.t1, 0) { // another program's, without statistics
		s.most += n
		return ""
	}
	h, w := s.run.ResolutionMS, s.run.Recorded
	first, last := floorStep(g.t0, h), floorStep(g.t1, h)
	before := s.last
	s.last = g.t1
	if first <= w.End {
		s.most += n
	}
	if last <= w.End {
		s.least += n
	}
	switch ends := s.rules.last; {
	case min(first, last) < s.rules.first:
		return fmt.Sprintf("a row is of step %d, before the recorded window, which begins at step %d", min(first, last), s.rules.first-1)
	case first > last || g.n0 > g.n1:
		return fmt.Sprintf("statistics of %v to %v ms, neurons %d to %d", g.t0, g.t1, g.n0, g.n1)
	case !checked && last > ends:
		return fmt.Sprintf("a row is of step %d, after the end of the run, step %d", last, ends)
	case checked && g.t0 < before:
		return fmt.Sprintf("it begins at %v ms, after rows of %v ms", g.t0, before)
	}
	if lo, hi := s.rules.ids(); g.n0 < lo || g.n1 > hi {
		return fmt.Sprintf("neurons %d to %d, but the run's are %d to %d", g.n0, g.n1, lo, hi)
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
	return damaged(filepath.Join(s.dir, RunFile), "it counts %d spikes until step %d, the parts have %s", n, s.run.Recorded.End, have)
}

// each opens the parts in their order, has fn look at each, and returns the first
// error.
func (s *shelf) each(mem memory.Allocator, fn func(*partReader) error) error {
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
		if cerr := p.close(); err == nil {
			err = cerr
		}
		if err != nil {
			return err
		}
	}
	return s.counted()
}

// list returns the list of the parts in a subdirectory, which must be whole, those
// included that run.json does not list yet.
func (d *RunDir) list(sub string) ([]Part, error) {
	s, err := newShelf(d.dir, &d.run, sub)
	if err != nil {
		return nil, err
	}
	var list []Part
	err = s.each(memory.DefaultAllocator, func(p *partReader) error {
		list = append(list, Part{Rows: p.r.NumRows(), Bytes: p.size, CRC32C: p.footerSum})
		return nil
	})
	return list, err
}

// listed makes sure that run.json lists its parts: one of a version before has no
// list, and from here on gets parts that need one.
func (d *RunDir) listed() error {
	if d.run.FormatVersion == FormatVersion {
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
// recorded window, before those parts are changed: being killed meanwhile must not
// leave a list that they do not fit.
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
		err = s.each(memory.DefaultAllocator, func(p *partReader) error {
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

// relist lists the parts that there are; count: their spikes, too.
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

// origin returns the run that the part says it is of, nil if it does not.
func (p *partReader) origin() (*Run, error) {
	text := p.meta()
	if text == nil {
		return nil, nil
	}
	run, err := parseRun([]byte(*text))
	if err != nil {
		return nil, damaged(p.path, "metadata %q: %w", MetadataKey, err)
	}
	return run, nil
}

// rowRules are what rows must keep to in parts that have no checksums, those of
// format version 1 and of other programs. Where there are some, rows are what was
// written, and that was checked then.
type rowRules struct {
	idx         *populationIndex
	first, last int64 // steps
	at          []int32
}

func newRowRules(run *Run) (*rowRules, error) {
	idx, err := newPopulationIndex(run.Populations)
	if err != nil {
		return nil, err
	}
	r := &rowRules{idx: idx, first: 1, last: math.MaxInt64}
	if w := run.Recorded; w.End > w.Begin {
		r.first = max(1, w.Begin+1)
	}
	if run.TSimMS > 0 { // what a run that was killed has recorded before that
		planned := floorStep(run.TPresimMS+run.TSimMS, run.ResolutionMS)
		r.last = max(run.Recorded.End, planned)
	}
	return r, nil
}

// ids returns the lowest and the highest id of the populations.
func (r *rowRules) ids() (lo, hi int32) {
	n := len(r.idx.byFirst)
	if n == 0 {
		return 1, 0
	}
	last := r.idx.pops[r.idx.byFirst[n-1]]
	return int32(r.idx.firsts[0]), int32(int64(last.First) + int64(last.N) - 1)
}

// check reports the first row that cannot be.
func (r *rowRules) check(step []int64, neuron []int32) error {
	if r == nil {
		return nil
	}
	for i, s := range step {
		if s < r.first {
			return fmt.Errorf("neuron %d at step %d: before the recorded window, which begins at step %d", neuron[i], s, r.first-1)
		}
		if s > r.last {
			return fmt.Errorf("neuron %d at step %d: after the end of the run, step %d", neuron[i], s, r.last)
		}
	}
	r.at = grow(r.at, len(neuron))
	return r.idx.assign(r.at, neuron)
}
