package runs

import (
	"fmt"
	"io/fs"

	"cortigo/analysis"
	"cortigo/analysis/plots"
	"cortigo/analysis/reference"
	"cortigo/sim/microcircuit"
)

// NESTFiles is the pattern of the files with NEST's results, from the
// project's folder.
const NESTFiles = "testdata/nest/pd14/pd14_scale*_seed*.json.gz"

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
		return &Reference{Note: "No comparison with NEST: the parameters are not the published ones at one scale for neurons and in-degrees."}, nil
	}
	all, err := reference.ReadAll(fsys, NESTFiles)
	if err != nil {
		return nil, err
	}
	r := &Reference{}
	for _, run := range all {
		if run.Scale == p.NScaling && run.Background == p.Background {
			r.Runs = append(r.Runs, run)
		}
	}
	if len(r.Runs) == 0 {
		r.Note = fmt.Sprintf("No comparison with NEST: there is no reference for scale %g with %s background. There is one for: %s.",
			p.NScaling, p.Background, settings(all))
		return r, nil
	}
	s := r.Runs[0].Statistics
	r.Note = fmt.Sprintf("Compared with NEST at scale %g with %s background: %d seeds, %g to %g ms of model time.",
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

// settings lists scales and backgrounds of runs.
func settings(runs []*reference.Run) string {
	var text string
	seen := map[string]bool{}
	for _, r := range runs {
		s := fmt.Sprintf("%g (%s)", r.Scale, r.Background)
		if seen[s] {
			continue
		}
		if seen[s] = true; text != "" {
			text += ", "
		}
		text += s
	}
	return text
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
