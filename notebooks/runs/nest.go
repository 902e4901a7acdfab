package runs

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cortigo/analysis"
	"cortigo/analysis/plots"
	"cortigo/analysis/reference"
	"cortigo/sim/microcircuit"
)

// nestDir holds NEST's results, from the project's folder, one file for each
// scale, background and seed.
const nestDir = "testdata/nest/pd14"

var nestFile = regexp.MustCompile(`^pd14_scale([0-9.]+)_([a-z]+)_seed[0-9]+\.json\.gz$`)

// A Reference is the results of NEST for the same microcircuit; none when there
// are none to compare with.
type Reference struct {
	Runs []*reference.Run // one for each seed
	Note string           // what they are, or why there are none
}

// NEST returns the results that fsys, the project's folder, has of NEST for
// the microcircuit with parameters p, but for the seed and the times. Having
// none is no error.
func NEST(fsys fs.FS, p microcircuit.Parameters) (*Reference, error) {
	if !published(p) {
		return &Reference{Note: "No comparison with NEST: the parameters are not the published ones, at one scale for neurons and in-degrees."}, nil
	}
	files, others, err := findNEST(fsys, p.NScaling, p.Background)
	if err != nil {
		return nil, err
	}
	r := &Reference{}
	for _, file := range files {
		runs, err := reference.ReadAll(fsys, file)
		if err != nil {
			return nil, err
		}
		if run := runs[0]; run.Scale != p.NScaling || run.Background != p.Background {
			return nil, fmt.Errorf("runs: %s holds scale %g with %s background", file, run.Scale, run.Background)
		}
		r.Runs = append(r.Runs, runs[0])
	}
	if len(r.Runs) == 0 {
		r.Note = fmt.Sprintf("No comparison with NEST: there is no reference for scale %g with %s background. There is one for: %s.",
			p.NScaling, p.Background, strings.Join(others, ", "))
		return r, nil
	}
	s := r.Runs[0].Statistics
	r.Note = fmt.Sprintf("NEST: scale %g, %s background, %d seeds, %g to %g ms.",
		p.NScaling, p.Background, len(r.Runs), s.BeginMS, s.EndMS)
	return r, nil
}

// published says whether NEST's results are about p, but for the scale and the
// background.
func published(p microcircuit.Parameters) bool {
	q := microcircuit.Default()
	q.NScaling, q.KScaling, q.Background = p.NScaling, p.NScaling, p.Background
	q.Seed, q.TPresim, q.TSim, q.Record = p.Seed, p.TPresim, p.TSim, p.Record
	return p == q
}

// findNEST returns the files whose names say that they are of this scale and
// background, and which ones there are others of. Reading them all to find out
// would take a second.
func findNEST(fsys fs.FS, scale float64, background string) (files, others []string, err error) {
	entries, err := fs.ReadDir(fsys, nestDir)
	if err != nil {
		return nil, nil, fmt.Errorf("runs: NEST's results: %w", err)
	}
	for _, e := range entries {
		m := nestFile.FindStringSubmatch(e.Name())
		if m == nil {
			continue
		}
		s, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			return nil, nil, fmt.Errorf("runs: NEST's results: the scale in the name of %s: %w", e.Name(), err)
		}
		if s == scale && m[2] == background {
			files = append(files, path.Join(nestDir, e.Name()))
		} else if what := fmt.Sprintf("%g (%s)", s, m[2]); !slices.Contains(others, what) {
			others = append(others, what)
		}
	}
	return files, others, nil
}

// Rates returns the reference's firing rates for plots.BoxPlotFigure, the
// neurons of all seeds together; nil when there is none.
func (r *Reference) Rates() *plots.Reference {
	if len(r.Runs) == 0 {
		return nil
	}
	ref := plots.RatesReference(fmt.Sprintf("NEST, %d seeds", len(r.Runs)), reference.Statistics(r.Runs))
	return &ref
}

// meanRates returns the mean rate of a population in each run, in spikes/s.
func (r *Reference) meanRates(population string) []float64 {
	var means []float64
	for _, run := range r.Runs {
		if p, err := run.Statistics.Population(population); err == nil {
			mean, _ := analysis.MeanSD(p.Rates(run.Statistics.DurationMS()))
			means = append(means, mean)
		}
	}
	return means
}
