package arrowio

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"cortigo/arrowio/internal/files"
	"cortigo/arrowio/internal/parquet"
	"cortigo/arrowio/internal/populations"
	"cortigo/sim/spikes"
)

// FormatVersion is the version of a run's directory that this package writes. It
// reads and continues all versions since 1, see the package's documentation; a
// run that is continued gets this version.
const FormatVersion = 3

// A Window is the time (Begin, End] in steps of the resolution.
type Window struct {
	Begin int64 `json:"begin_step"`
	End   int64 `json:"end_step"`
}

// Versions name what made a run.
type Versions struct {
	Cortigo string `json:"cortigo,omitempty"`
	Go      string `json:"go"`   // as runtime.Version
	OS      string `json:"os"`   // GOOS
	Arch    string `json:"arch"` // GOARCH, with the instruction set used if known
}

// ThisBuild returns the versions of the running program; cortigo is the version
// of Cortigo itself.
func ThisBuild(cortigo string) Versions {
	return Versions{Cortigo: cortigo, Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
}

// A Run is what is known about a simulation: everything needed to repeat it,
// and the time it took. It is the content of run.json, and every Parquet part
// repeats it under the key [MetadataKey].
type Run struct {
	FormatVersion int                 `json:"format_version"` // of a new run FormatVersion
	Created       time.Time           `json:"created"`        // zero: the time of CreateRun
	Model         string              `json:"model"`
	Parameters    json.RawMessage     `json:"parameters,omitempty"` // the model's own, any JSON
	Seed          uint64              `json:"seed"`
	ResolutionMS  float64             `json:"resolution_ms"`             // > 0
	Populations   []spikes.Population `json:"populations"`               // at least one, ids not overlapping
	Recorded      Window              `json:"recorded"`                  // what the spikes cover
	AnalyseFromMS float64             `json:"analyse_from_ms,omitempty"` // what is before is a warm-up, recorded but not to be analysed
	PlannedEndMS  float64             `json:"planned_end_ms,omitempty"`  // until when it is to be simulated; 0: not known
	Threads       int                 `json:"threads,omitempty"`
	Shards        int                 `json:"shards,omitempty"`
	Processes     int                 `json:"processes,omitempty"`
	Synapses      int64               `json:"synapses,omitempty"`
	Spikes        int64               `json:"spikes,omitempty"`          // recorded until Recorded.End; 0: not counted
	Parts         Parts               `json:"parts"`                     // kept by the writers of the run
	Checkpoint    *int64              `json:"checkpoint_step,omitempty"` // a state of this step at least was saved; nil: not known
	Versions      Versions            `json:"versions"`
	Timings       map[string]float64  `json:"timings_s,omitempty"` // seconds of wall clock by name, such as "build"
	Extra         map[string]any      `json:"extra,omitempty"`     // anything else
}

// Validate reports what makes the run unusable for reading spikes back: a
// resolution that is not a positive number, no populations, a population
// without a name or with a name or ids that another one has, a window that ends
// before it starts, a format that this package does not know.
func (r *Run) Validate() error {
	if r.FormatVersion < 1 || r.FormatVersion > FormatVersion {
		return fmt.Errorf("format_version is %d, this Cortigo reads 1 to %d", r.FormatVersion, FormatVersion)
	}
	if !(r.ResolutionMS > 0) || math.IsInf(r.ResolutionMS, 0) {
		return fmt.Errorf("resolution_ms is %v, must be a positive number", r.ResolutionMS)
	}
	if r.Recorded.End < r.Recorded.Begin {
		return fmt.Errorf("the recorded window (%d, %d] ends before it begins", r.Recorded.Begin, r.Recorded.End)
	}
	if r.Checkpoint != nil && *r.Checkpoint < 0 {
		return fmt.Errorf("checkpoint_step is %d, must not be negative", *r.Checkpoint)
	}
	_, err := populations.New(r.Populations)
	return err
}

// RecordedMS returns the window that the spikes cover, in ms.
func (r *Run) RecordedMS() (begin, end float64) {
	scale := parquet.NewTimeScale(r.ResolutionMS)
	return scale.MS(r.Recorded.Begin), scale.MS(r.Recorded.End)
}

// UnmarshalJSON reads a run of any version. Up to version 2 there were separate
// members for the warm-up and the time after it.
func (r *Run) UnmarshalJSON(b []byte) error {
	type plain Run
	if err := json.Unmarshal(b, (*plain)(r)); err != nil {
		return err
	}
	if r.FormatVersion > 2 {
		return nil
	}
	var old struct {
		TPresimMS float64 `json:"t_presim_ms"`
		TSimMS    float64 `json:"t_sim_ms"`
	}
	if err := json.Unmarshal(b, &old); err != nil {
		return err
	}
	if r.AnalyseFromMS == 0 {
		r.AnalyseFromMS = old.TPresimMS
	}
	if r.PlannedEndMS == 0 && old.TSimMS > 0 {
		r.PlannedEndMS = old.TPresimMS + old.TSimMS
	}
	return nil
}

// ErrExists is wrapped by the error of CreateRun for a directory that already
// holds a run.
var ErrExists = errors.New("already holds a run")

// A RunDir is the directory of one run. Its methods are not for use by several
// goroutines at once.
type RunDir struct {
	dir  string
	run  Run
	idx  *populations.Index
	meta string // the run as parts carry it

	writers map[string]*recorder // by subdirectory, those that are open

	lock  *os.File // see Lock
	locks int
}

// CreateRun makes dir the directory of a new run and writes run.json. The
// directory is made if it does not exist; other files in it stay. If there are
// data of an earlier run (run.json, or anything in spikes, voltages, network or
// state), nothing is changed and the error wraps [ErrExists], unless overwrite
// is set: then Cortigo's own files of that run are removed, no others. Files of
// another run or program that have our names are an error before anything is
// removed, and so is a subdirectory that is a symbolic link. The directory must
// not be locked (see [RunDir.Lock]).
func CreateRun(dir string, run Run, overwrite bool) (*RunDir, error) {
	if run.FormatVersion >= 0 && run.FormatVersion < FormatVersion {
		run.FormatVersion = FormatVersion
	}
	run.Parts = Parts{} // if it was copied from another run's
	if run.Created.IsZero() {
		run.Created = time.Now().UTC().Truncate(time.Second)
	}
	if run.Versions == (Versions{}) {
		run.Versions = ThisBuild("")
	}
	if err := run.Validate(); err != nil {
		return nil, fmt.Errorf("arrowio: creating a run in %s: %w", dir, err)
	}
	if err := makeDir(dir); err != nil {
		return nil, err
	}
	// A directory that cannot be written to is noticed here, before anything is
	// removed.
	f, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	defer unlock(f)
	if err := noLinks(dir); err != nil {
		return nil, err
	}
	found, err := existing(dir)
	if err != nil {
		return nil, err
	}
	if len(found) > 0 {
		if !overwrite {
			return nil, fmt.Errorf("arrowio: the directory %s %w (%s)", dir, ErrExists, strings.Join(found, ", "))
		}
		if err := removeRun(dir); err != nil {
			return nil, err
		}
	}
	rd := &RunDir{dir: dir}
	if err := rd.set(run); err != nil {
		return nil, err
	}
	return rd, nil
}

// OpenRun opens the directory of an existing run.
func OpenRun(dir string) (*RunDir, error) {
	run, err := readRun(dir)
	if err != nil {
		return nil, err
	}
	idx, err := populations.New(run.Populations)
	if err != nil {
		return nil, fmt.Errorf("arrowio: %s: %w", filepath.Join(dir, RunFile), err)
	}
	meta, err := run.metadata()
	if err != nil {
		return nil, fmt.Errorf("arrowio: %s: %w", filepath.Join(dir, RunFile), err)
	}
	return &RunDir{dir: dir, run: *run, idx: idx, meta: meta}, nil
}

// Path returns the directory's path.
func (d *RunDir) Path() string { return d.dir }

// Run returns what run.json says. Its slices and maps are not to be changed;
// use Update.
func (d *RunDir) Run() Run { return d.run }

// Update changes run.json and replaces the file atomically: a reader sees the
// old content or the new. Writers that are open already keep the resolution and
// the populations that they were opened with; their next part has the new
// content.
func (d *RunDir) Update(change func(*Run)) error {
	run := d.run
	run.Timings, run.Extra = maps.Clone(run.Timings), maps.Clone(run.Extra)
	change(&run)
	return d.set(run)
}

// SetRecorded notes in run.json that the window (beginMS, endMS] was recorded;
// both are multiples of the resolution. A number of spikes that was counted in
// another window is forgotten.
func (d *RunDir) SetRecorded(beginMS, endMS float64) error {
	var step [2]int64
	if err := parquet.ToSteps(step[:], []float64{beginMS, endMS}, d.run.ResolutionMS); err != nil {
		return fmt.Errorf("arrowio: the recorded window of %s: %w", d.dir, err)
	}
	return d.setRecorded(step[0], step[1])
}

func (d *RunDir) setRecorded(begin, end int64) error {
	return d.Update(func(r *Run) {
		if w := (Window{begin, end}); r.Recorded != w {
			r.Recorded, r.Spikes = w, 0
		}
	})
}

// set validates run and writes it.
func (d *RunDir) set(run Run) error {
	path := filepath.Join(d.dir, RunFile)
	if run.FormatVersion > 1 { // the parts of version 1 must be listed first, see listed
		run.FormatVersion = FormatVersion
	}
	if err := run.Validate(); err != nil {
		return fmt.Errorf("arrowio: writing %s: %w", path, err)
	}
	idx, err := populations.New(run.Populations)
	if err != nil {
		return fmt.Errorf("arrowio: writing %s: %w", path, err)
	}
	for sub, r := range d.writers {
		*run.Parts.of(sub) = r.finished()
	}
	meta, err := run.metadata()
	if err != nil {
		return fmt.Errorf("arrowio: writing %s: %w", path, err)
	}
	b, err := json.MarshalIndent(run, "", "  ")
	if err != nil {
		return fmt.Errorf("arrowio: writing %s: %w", path, err)
	}
	if err := files.Replace(path, append(b, '\n')); err != nil {
		return err
	}
	d.run, d.idx, d.meta = run, idx, meta
	return nil
}

// ErrNoDir is wrapped by errors about a run whose directory is named "".
var ErrNoDir = errors.New("the run's directory has no name")

func makeDir(dir string) error {
	if dir == "" {
		return fmt.Errorf("arrowio: creating a run: %w", ErrNoDir)
	}
	fi, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if to, err := os.Readlink(dir); err == nil {
			return fmt.Errorf("arrowio: cannot create the run directory %s: it is a symbolic link to %s, which is not there", dir, to)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("arrowio: creating the run directory %s: %w", dir, err)
		}
		return nil
	case err != nil:
		return fmt.Errorf("arrowio: creating the run directory %s: %w", dir, err)
	case !fi.IsDir():
		return fmt.Errorf("arrowio: cannot create the run directory %s: it is a file", dir)
	}
	return nil
}

// maxRunFile bounds what is read of a run.json. Parameters that list every
// connection belong elsewhere.
const maxRunFile = 16 << 20

func readRun(dir string) (*Run, error) {
	if dir == "" {
		return nil, fmt.Errorf("arrowio: reading a run: %w", ErrNoDir)
	}
	path := filepath.Join(dir, RunFile)
	f, err := files.OpenRegular(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("arrowio: %s is not the directory of a run: %w", dir, err)
		}
		return nil, fmt.Errorf("arrowio: reading %s: %w", path, err)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxRunFile+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("arrowio: reading %s: %w", path, err)
	}
	if len(b) > maxRunFile {
		return nil, fmt.Errorf("arrowio: %s is larger than the %d bytes that a run file can have", path, maxRunFile)
	}
	run, err := parseRun(b)
	if err != nil {
		return nil, fmt.Errorf("arrowio: %s: %w", path, err)
	}
	return run, nil
}

// parseRun reads what run.json or a part's metadata say of a run.
func parseRun(b []byte) (*Run, error) {
	if len(b) > maxRunFile {
		return nil, fmt.Errorf("the description of the run has %d bytes, at most %d are allowed", len(b), maxRunFile)
	}
	if len(bytes.TrimSpace(b)) == 0 {
		return nil, errors.New("the description of the run is empty")
	}
	var run Run
	if err := json.Unmarshal(b, &run); err != nil {
		return nil, fmt.Errorf("not the description of a run: %w", err)
	}
	if err := run.Validate(); err != nil {
		return nil, err
	}
	return &run, nil
}

// A difference is something in which two runs differ.
type difference struct {
	what      string
	got, want any
}

// differences returns how r differs from other in what never changes.
func (r *Run) differences(other *Run) []difference {
	var ds []difference
	for _, d := range []struct {
		difference
		same bool
	}{
		{difference{"model", r.Model, other.Model}, r.Model == other.Model},
		{difference{"seed", r.Seed, other.Seed}, r.Seed == other.Seed},
		{difference{"resolution", r.ResolutionMS, other.ResolutionMS}, r.ResolutionMS == other.ResolutionMS},
		{difference{"time of creation", r.Created, other.Created}, r.Created.Equal(other.Created)},
		{difference{"list of populations", populations.Describe(r.Populations), populations.Describe(other.Populations)}, slices.EqualFunc(r.Populations, other.Populations, populations.SameNeurons)},
	} {
		if !d.same {
			ds = append(ds, d.difference)
		}
	}
	return ds
}

// differs says how r differs from another run, "" if they are the same run at
// different times.
func (r *Run) differs(other *Run) string {
	for _, d := range r.differences(other) {
		return fmt.Sprintf("its %s is %v, not %v", d.what, populations.Short(d.got), populations.Short(d.want))
	}
	return ""
}
