package arrowio

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"cortigo/arrowio/internal/parquet"
)

// Defaults of the options of writers.
const (
	// DefaultRowGroupRows: a row group of spikes holds about a second of the
	// full-scale microcircuit, 0.6 MB. A reader decodes at least one, and the
	// writer holds up to three in memory.
	DefaultRowGroupRows = 1 << 18
	// DefaultPartRows: a part of spikes is at most about 80 MB; an hour of model
	// time of the full-scale microcircuit makes 33 of them. Parts of samples end at
	// 128 MB.
	DefaultPartRows = 1 << 25
)

type recorderConfig struct {
	groupRows, partRows int
	codec               parquet.Compression
	mem                 parquet.Allocator
	create              parquet.CreateFile
}

// A WriterOption changes how a recording is cut into files.
type WriterOption func(*recorderConfig)

// RowGroupRows sets the number of rows of a row group, at least 1; default
// DefaultRowGroupRows.
func RowGroupRows(n int) WriterOption { return func(c *recorderConfig) { c.groupRows = n } }

// PartRows sets the number of rows, at least 1, after which a part is finished
// and the next one started; a part ends with a row group. Default
// DefaultPartRows.
func PartRows(n int) WriterOption { return func(c *recorderConfig) { c.partRows = n } }

// errClosed is returned for writes after Close.
var errClosed = errors.New("arrowio: the writer is closed")

// queued is how many row groups wait for the encoder at most.
const queued = 2

// A recorder turns rows into parts. The caller's goroutine copies rows into a
// row group and passes full ones through a bounded queue to the encoder, a
// goroutine of its own, which owns the part being written. Row groups come back
// through free and are reused: there are at most queued+1 of them. An error of
// the encoder is kept in err; from then on the encoder only empties the queue,
// and every call reports the error.
type recorder struct {
	run  *RunDir
	dir  string         // of the parts
	part parquet.Config // of each
	cfg  recorderConfig
	sub  string // SpikesDir or VoltagesDir

	cur    *parquet.Rows
	before int64 // rows in the parts that were there
	made   int   // row groups allocated
	free   chan *parquet.Rows
	jobs   chan job
	done   chan struct{}
	closed bool
	err    atomic.Pointer[error]

	mu    sync.Mutex
	parts []Part // finished, with those that were there

	// Owned by the encoder.
	w          *parquet.Writer
	next       int // number of the next part
	scratch    parquet.Scratch
	lastStep   int64
	lastNeuron int32
}

// A job is a row group to write (rows != nil) or the request to finish the
// part and say how it went.
type job struct {
	rows  *parquet.Rows
	meta  string
	flush chan<- error
}

func newRecorder(d *RunDir, sub string, opts []WriterOption) (_ *recorder, err error) {
	cfg := recorderConfig{
		groupRows: DefaultRowGroupRows, partRows: DefaultPartRows,
		codec: parquet.DefaultCompression,
	}
	for _, o := range opts {
		o(&cfg)
	}
	if cfg.groupRows < 1 || cfg.partRows < 1 {
		return nil, fmt.Errorf("arrowio: row groups of %d and parts of %d rows: must be at least 1", cfg.groupRows, cfg.partRows)
	}
	dir := filepath.Join(d.dir, sub)
	if err := d.Lock(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			d.Unlock()
		}
	}()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("arrowio: recording to %s: %w", dir, err)
	}
	if err := cleanTemps(dir); err != nil {
		return nil, err
	}
	if err := d.listed(); err != nil {
		return nil, fmt.Errorf("arrowio: cannot go on recording to %s: %w", dir, err)
	}
	listed, err := d.list(sub)
	if err != nil {
		return nil, fmt.Errorf("arrowio: cannot go on recording to %s: %w", dir, err)
	}
	parts, err := listParts(dir)
	if err != nil {
		return nil, err
	}
	r := &recorder{
		parts: listed,
		run:   d, sub: sub, cfg: cfg,
		dir: dir, part: parquet.Config{
			Populations: d.idx, Resolution: d.run.ResolutionMS, CreatedBy: createdBy(d.run.Versions),
			Compression: cfg.codec, Memory: cfg.mem, Create: cfg.create,
		},
		free: make(chan *parquet.Rows, queued+1), jobs: make(chan job, queued), done: make(chan struct{}),
	}
	if n := len(parts); n > 0 {
		last := parts[n-1]
		r.next = last.n + 1
		if r.lastStep, err = lastStep(last.path, d.run.ResolutionMS); err != nil {
			return nil, fmt.Errorf("arrowio: cannot go on recording to %s: %w", dir, err)
		}
		r.lastNeuron = 1<<31 - 1 // its last step is complete
		for _, p := range listed {
			r.before += p.Rows
		}
	}
	if d.writers == nil {
		d.writers = map[string]*recorder{}
	}
	d.writers[sub] = r
	go r.encode()
	return r, nil
}

func createdBy(v Versions) string {
	if v.Cortigo == "" {
		return "cortigo"
	}
	return "cortigo version " + v.Cortigo
}

// cleanTemps removes what a killed writer left.
func cleanTemps(dir string) error {
	es, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("arrowio: recording to %s: %w", dir, err)
	}
	for _, e := range es {
		if isTemp(e.Name()) && e.Type().IsRegular() {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return fmt.Errorf("arrowio: removing what an earlier run left: %w", err)
			}
		}
	}
	return nil
}

// failed returns the encoder's error so far.
func (r *recorder) failed() error {
	if e := r.err.Load(); e != nil {
		return *e
	}
	return nil
}

// ready returns the error that stops further writing, if there is one.
func (r *recorder) ready() error {
	if r.closed {
		return errClosed
	}
	return r.failed()
}

// write copies rows; q is the number of quantities.
func (r *recorder) write(step []int64, neuron []int32, values [][]float64) error {
	if err := r.ready(); err != nil {
		return err
	}
	for at := 0; at < len(step); {
		if r.cur == nil {
			r.cur = r.empty(len(values))
		}
		c := r.cur
		n := min(len(step)-at, r.cfg.groupRows-c.Len())
		c.Step = append(c.Step, step[at:at+n]...)
		c.Neuron = append(c.Neuron, neuron[at:at+n]...)
		for q, v := range values {
			c.Values[q] = append(c.Values[q], v[at:at+n]...)
		}
		at += n
		if c.Len() == r.cfg.groupRows {
			r.send()
		}
	}
	return nil
}

// empty returns an empty row group; it waits if the encoder has all queued+1 of
// them.
func (r *recorder) empty(quantities int) *parquet.Rows {
	var c *parquet.Rows
	select {
	case c = <-r.free:
	default:
		if r.made <= queued {
			r.made++
			return &parquet.Rows{Values: make([][]float64, quantities)}
		}
		c = <-r.free
	}
	c.Step, c.Neuron = c.Step[:0], c.Neuron[:0]
	for q := range c.Values {
		c.Values[q] = c.Values[q][:0]
	}
	return c
}

func (r *recorder) send() {
	if r.cur == nil || r.cur.Len() == 0 {
		return
	}
	r.jobs <- job{rows: r.cur, meta: r.run.meta}
	r.cur = nil
}

// flush writes what there is and finishes the part.
func (r *recorder) flush() error {
	if err := r.ready(); err != nil {
		return err
	}
	r.send()
	reply := make(chan error, 1)
	r.jobs <- job{flush: reply}
	return <-reply
}

// close is flush and the end of the encoder. It may be called twice.
func (r *recorder) close() error {
	if r.closed {
		return r.failed()
	}
	r.send()
	r.closed = true
	close(r.jobs)
	<-r.done
	err := r.failed()
	if len(r.parts) != len(*r.run.run.Parts.of(r.sub)) {
		err = errors.Join(err, r.run.set(r.run.run))
	}
	if r.run.writers[r.sub] == r {
		delete(r.run.writers, r.sub)
	}
	r.run.Unlock()
	return err
}

// finished returns the parts that are whole and on disk.
func (r *recorder) finished() []Part {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.parts)
}

// encode is the encoder: it takes jobs until the queue is closed.
func (r *recorder) encode() {
	defer close(r.done)
	for j := range r.jobs {
		if j.rows != nil {
			if r.failed() == nil {
				r.fail(r.writeGroup(j.rows, j.meta))
			}
			r.free <- j.rows
			continue
		}
		r.fail(r.finishPart())
		j.flush <- r.failed()
	}
	r.fail(r.finishPart())
}

// fail keeps the first error and drops the part being written.
func (r *recorder) fail(err error) {
	if err == nil || r.failed() != nil {
		return
	}
	if r.w != nil {
		r.w.Abandon()
		r.w = nil
	}
	r.err.Store(&err)
}

func (r *recorder) writeGroup(g *parquet.Rows, meta string) (err error) {
	if err := r.inOrder(g); err != nil {
		return fmt.Errorf("arrowio: recording to %s: %w", r.dir, err)
	}
	if r.w == nil {
		if r.w, err = parquet.NewWriter(&r.part, filepath.Join(r.dir, partName(r.next)), filepath.Join(r.dir, tempName(r.next)), meta, &r.scratch); err != nil {
			return err
		}
	}
	if err := r.w.Write(g); err != nil {
		return err
	}
	if r.w.Rows() >= int64(r.cfg.partRows) || r.w.Bytes() >= maxPartBytes || r.w.Groups() == maxGroups {
		return r.finishPart()
	}
	return nil
}

// maxPartBytes ends parts of samples, whose rows are larger than spikes.
const maxPartBytes = 128 << 20

// maxGroups bounds the memory that a reader needs for a part's metadata, some
// 15 kB a row group. Parts of version 1 have up to 1<<15 - 1.
const maxGroups = 1 << 12

// inOrder checks that g goes on where the last row group ended.
func (r *recorder) inOrder(g *parquet.Rows) error {
	if t := g.Step[0]; t < 1 {
		return fmt.Errorf("step %d, neuron %d: steps count from 1", t, g.Neuron[0])
	}
	s, id := r.lastStep, r.lastNeuron
	for i, t := range g.Step {
		if t < s || t == s && g.Neuron[i] < id {
			if id == 1<<31-1 {
				return fmt.Errorf("step %d comes after step %d, which is already recorded: Rewind the run first", t, s)
			}
			return fmt.Errorf("step %d, neuron %d comes after step %d, neuron %d: must be in order", t, g.Neuron[i], s, id)
		}
		s, id = t, g.Neuron[i]
	}
	r.lastStep, r.lastNeuron = s, id
	return nil
}

func (r *recorder) finishPart() error {
	if r.w == nil {
		return nil
	}
	w := r.w
	r.w = nil
	if err := w.Finish(); err != nil {
		return err
	}
	r.next++
	r.mu.Lock()
	r.parts = append(r.parts, Part{Rows: w.Rows(), Bytes: w.Bytes(), CRC32C: w.FooterSum()})
	r.mu.Unlock()
	return nil
}

// lastStep returns the step of the latest row of a part.
func lastStep(path string, resolution float64) (int64, error) {
	p, err := parquet.Open(path, false, nil)
	if err != nil {
		return 0, err
	}
	defer func() { _ = p.Close() }()
	return p.LastStep(resolution)
}

// quantitiesOf returns the quantities that a part of samples has.
func quantitiesOf(path string) ([]string, error) {
	p, err := parquet.Open(path, true, nil)
	if err != nil {
		return nil, err
	}
	return p.Quantities, p.Close()
}
