// Package reference reads the statistics of microcircuit runs of NEST from the
// JSON files of this project's validation data, and computes the same
// statistics of your own spikes, so that [cortigo/analysis.Verify] can compare
// them.
package reference

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path"
	"regexp"
	"slices"
	"sort"
	"strconv"

	"cortigo/analysis"
	"cortigo/sim/spikes"
)

// MaxBytes is the largest (unpacked) size of a file that [Read] accepts.
const MaxBytes = 256 << 20

// A Run is what a file holds: the settings of a run and its statistics.
type Run struct {
	Source     string              // which simulator and model
	Scale      float64             // of neurons and in-degrees
	Background string              // "dc" or "poisson"
	Seed       int64               // of the simulator
	WarmupMS   float64             // ms simulated before the window
	CCBinMS    float64             // ms, bin of the correlations
	Subsample  int                 // neurons per population that were correlated
	Statistics analysis.Statistics // window and populations, by first id
}

// String returns the settings and the mean rates in a line.
func (r Run) String() string { return r.Statistics.String() }

// GoString is String.
func (r Run) GoString() string { return r.String() }

type file struct {
	Source      string          `json:"source"`
	Scale       float64         `json:"scale"`
	Background  string          `json:"background"`
	Seed        int64           `json:"seed"`
	WarmupMS    float64         `json:"warmup_ms"`
	BeginMS     float64         `json:"begin_ms"`
	EndMS       float64         `json:"end_ms"`
	CC          ccFile          `json:"cc"`
	Populations map[string]*pop `json:"populations"`
}

type ccFile struct {
	BinMS     float64 `json:"bin_ms"`
	Subsample int     `json:"subsample"`
}

type pop struct {
	N          int       `json:"n"`
	FirstID    int64     `json:"first_id"`
	SpikeCount []int     `json:"spike_count"`
	MeanRateHz *float64  `json:"mean_rate_hz"`
	ISICV      []float64 `json:"isi_cv"`
	MeanCV     *float64  `json:"mean_cv"`
	CC         []float64 `json:"cc"`
	MeanCC     *float64  `json:"mean_cc"`
	Synchrony  *float64  `json:"synchrony_3ms"`
}

// Read decodes one run from JSON, plain or packed with gzip. Input that is cut
// short, is followed by more, contradicts itself (numbers of neurons, mean and
// counts, window) or unpacks to more than [MaxBytes] is an error.
func Read(r io.Reader) (*Run, error) {
	b := bufio.NewReader(r)
	in := io.Reader(b)
	if magic, err := b.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("reference: %w", err)
		}
		defer z.Close()
		in = z
	}
	limited := &io.LimitedReader{R: in, N: MaxBytes + 1}
	dec := json.NewDecoder(limited)
	var f file
	err := dec.Decode(&f)
	if err == nil {
		// The end of the input also holds gzip's checksum.
		if _, err = dec.Token(); err == nil {
			err = errors.New("more data after the JSON object")
		} else if err == io.EOF {
			err = nil
		}
	}
	if limited.N <= 0 {
		err = fmt.Errorf("more than %d bytes", MaxBytes)
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF // empty
	}
	if err != nil {
		return nil, fmt.Errorf("reference: %w", err)
	}
	return f.run()
}

// ReadAll reads every file of fsys that matches the pattern (see path.Match),
// in order of name: for example the runs of one scale and background. It is an
// error if there is none.
func ReadAll(fsys fs.FS, pattern string) ([]*Run, error) {
	names, err := fs.Glob(fsys, pattern)
	if err != nil {
		return nil, fmt.Errorf("reference: pattern %q: %w", pattern, err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("reference: no file matches %q", pattern)
	}
	runs := make([]*Run, 0, len(names))
	for _, name := range names {
		run, err := readFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path.Base(name), err)
		}
		runs = append(runs, run)
	}
	return runs, nil
}

// fileName is the name of a run's file: scale, background and seed.
var fileName = regexp.MustCompile(`^pd14_scale([0-9.]+)_([a-z]+)_seed[0-9]+\.json\.gz$`)

// Find reads the runs in a directory of fsys that are of a scale and background,
// one for each seed, in order of name. Files are found by their names, such as
// pd14_scale0.2_dc_seed1.json.gz: reading all takes a second. Having none is no
// error; others says for which scales and backgrounds there are files, such as
// "1 (dc)". A file that holds another run than its name says is an error.
func Find(fsys fs.FS, dir string, scale float64, background string) (runs []*Run, others []string, err error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, nil, fmt.Errorf("reference: %w", err)
	}
	for _, e := range entries {
		m := fileName.FindStringSubmatch(e.Name())
		if m == nil {
			continue
		}
		s, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			return nil, nil, fmt.Errorf("reference: the scale in the name of %s: %w", e.Name(), err)
		}
		if s != scale || m[2] != background {
			if what := fmt.Sprintf("%g (%s)", s, m[2]); !slices.Contains(others, what) {
				others = append(others, what)
			}
			continue
		}
		run, err := readFile(fsys, path.Join(dir, e.Name()))
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", e.Name(), err)
		}
		if run.Scale != scale || run.Background != background {
			return nil, nil, fmt.Errorf("reference: %s holds scale %g with %s background", e.Name(), run.Scale, run.Background)
		}
		runs = append(runs, run)
	}
	return runs, others, nil
}

func readFile(fsys fs.FS, name string) (*Run, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Read(f)
}

// Statistics returns the statistics of runs, for [analysis.Verify].
func Statistics(runs []*Run) []*analysis.Statistics {
	out := make([]*analysis.Statistics, len(runs))
	for i, r := range runs {
		out[i] = &r.Statistics
	}
	return out
}

// Describe returns the same statistics of d as a file has of NEST's spikes: the
// result of [analysis.Describe] with CVs and correlations rounded to the files'
// 5 decimals, because ties change a KS distance. Means are those of the
// unrounded values.
func Describe(d *spikes.Data, seed uint64) (*analysis.Statistics, error) {
	s, err := analysis.Describe(d, seed)
	if err != nil {
		return nil, err
	}
	for i := range s.Populations {
		round5(s.Populations[i].CVs)
		round5(s.Populations[i].Correlations)
	}
	return s, nil
}

func round5(x []float64) {
	for i, v := range x {
		x[i] = math.Round(v*1e5) / 1e5
	}
}

// run checks f and puts it in order.
func (f *file) run() (*Run, error) {
	switch {
	case !(f.Scale > 0):
		return nil, fmt.Errorf("reference: scale is %g, must be > 0", f.Scale)
	case !(f.EndMS > f.BeginMS):
		return nil, fmt.Errorf("reference: window (%g, %g] ms is empty", f.BeginMS, f.EndMS)
	case len(f.Populations) == 0:
		return nil, errors.New("reference: no populations")
	}
	run := &Run{
		Source: f.Source, Scale: f.Scale, Background: f.Background, Seed: f.Seed,
		WarmupMS: f.WarmupMS, CCBinMS: f.CC.BinMS, Subsample: f.CC.Subsample,
		Statistics: analysis.Statistics{
			Label:   fmt.Sprintf("NEST, scale %g, %s, seed %d", f.Scale, f.Background, f.Seed),
			BeginMS: f.BeginMS, EndMS: f.EndMS,
		},
	}
	names := make([]string, 0, len(f.Populations))
	for name, p := range f.Populations {
		if p == nil {
			return nil, fmt.Errorf("reference: population %q is null", name)
		}
		names = append(names, name)
	}
	// A JSON object has no order; ids have.
	sort.Slice(names, func(i, j int) bool {
		a, b := f.Populations[names[i]].FirstID, f.Populations[names[j]].FirstID
		return a < b || a == b && names[i] < names[j]
	})
	for _, name := range names {
		p, err := f.Populations[name].statistics(name, f.EndMS-f.BeginMS)
		if err != nil {
			return nil, err
		}
		run.Statistics.Populations = append(run.Statistics.Populations, *p)
	}
	return run, nil
}

// statistics checks p and converts it.
func (p *pop) statistics(name string, durationMS float64) (*analysis.PopulationStatistics, error) {
	fail := func(format string, args ...any) error {
		return fmt.Errorf("reference: population %q: %s", name, fmt.Sprintf(format, args...))
	}
	switch {
	case p.N < 1:
		return nil, fail("%d neurons, must be at least 1", p.N)
	case len(p.SpikeCount) != p.N:
		return nil, fail("%d spike counts for %d neurons", len(p.SpikeCount), p.N)
	case len(p.ISICV) > p.N:
		return nil, fail("%d CVs for %d neurons", len(p.ISICV), p.N)
	}
	sum, withCV := 0, 0
	for i, c := range p.SpikeCount {
		if c < 0 {
			return nil, fail("spike count %d of neuron %d, must be >= 0", c, i)
		}
		if c >= 3 {
			withCV++
		}
		sum += c
	}
	if len(p.ISICV) != withCV {
		return nil, fail("%d CVs, but %d neurons have 3 spikes or more", len(p.ISICV), withCV)
	}
	for _, r := range p.CC {
		if !(math.Abs(r) <= 1) {
			return nil, fail("correlation %g, must be -1 to 1", r)
		}
	}
	for _, v := range p.ISICV {
		if !(v >= 0) {
			return nil, fail("CV %g, must be >= 0", v)
		}
	}
	s := &analysis.PopulationStatistics{
		Name: name, N: p.N, SpikeCounts: p.SpikeCount, CVs: p.ISICV, Correlations: p.CC,
		MeanRate: value(p.MeanRateHz), MeanCV: value(p.MeanCV),
		MeanCorrelation: value(p.MeanCC), Synchrony: value(p.Synchrony),
	}
	if want := float64(sum) / float64(p.N) / durationMS * 1000; !(math.Abs(s.MeanRate-want) <= 1e-9*(1+want)) {
		return nil, fail("mean rate %g spikes/s, but the counts give %g", s.MeanRate, want)
	}
	return s, nil
}

// value returns NaN for a number that is missing or null.
func value(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}
