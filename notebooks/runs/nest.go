package runs

import (
	"fmt"
	"io/fs"
	"strings"

	"cortigo/analysis"
	"cortigo/analysis/plots"
	"cortigo/analysis/reference"
	"cortigo/sim/microcircuit"
)

// nestDir holds NEST's results, from the project's folder.
const nestDir = "testdata/nest/pd14"

// A Reference is the results of NEST for the same microcircuit, if there are
// any.
type Reference struct {
	Runs []*reference.Run // one for each seed
	Note string           // what they are, or why there are none
}

// NEST returns NEST's results in fsys, the project's folder, for the
// microcircuit with parameters p, whatever the seed and the times. Having none
// is no error.
func NEST(fsys fs.FS, p microcircuit.Parameters) (*Reference, error) {
	if !p.Published() {
		return &Reference{Note: "No comparison with NEST: the parameters are not the published ones, at one scale for neurons and in-degrees."}, nil
	}
	runs, others, err := reference.Find(fsys, nestDir, p.NScaling, p.Background)
	if err != nil {
		return nil, fmt.Errorf("runs: NEST's results: %w", err)
	}
	r := &Reference{Runs: runs}
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
