package analysis

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// The criterion of [Verify].
const (
	// MaxQ is the largest q at which a row passes.
	MaxQ = 2.5
	// KSMean is the expected distance of two samples of n values of one
	// distribution, times sqrt(n/2): the mean of Kolmogorov's distribution,
	// sqrt(pi/2) * ln 2.
	KSMean = 0.8687
	// MinReferences is how many reference runs it takes to use the distances
	// between them.
	MinReferences = 3
)

// The statistics that are compared, one row per population each.
const (
	FiringRate   = "rate"
	Irregularity = "CV"
	Correlation  = "correlation"
)

// A Row compares one statistic of one population with the reference.
type Row struct {
	Population string
	Statistic  string  // FiringRate, Irregularity or Correlation
	N          int     // n of the sampling term
	Distance   float64 // mean KS distance of ours to the reference runs
	Spread     float64 // mean KS distance of the pairs of reference runs; NaN if not used
	Sampling   float64 // KSMean*sqrt(2/n)
	Q          float64 // Distance / max(Spread, Sampling); NaN if a sample is empty
	Pass       bool    // Q <= MaxQ
}

// A Verification is the result of [Verify].
type Verification struct {
	Rows         []Row
	References   int     // reference runs
	SamplingOnly bool    // fewer than MinReferences: their own spread was not used
	Failed       int     // rows that did not pass
	Allowed      int     // rows that may fail: 2 of 24, in proportion
	Pass         bool    // Failed <= Allowed
	Warnings     []error // what limits the result without invalidating it
}

// String returns the verdict in a line.
func (v Verification) String() string {
	verdict := "failed"
	if v.Pass {
		verdict = "passed"
	}
	return fmt.Sprintf("%s: %d of %d rows failed, %d may; %d reference runs, %d warnings", verdict, v.Failed, len(v.Rows), v.Allowed, v.References, len(v.Warnings))
}

// Verify compares a run with runs of a reference implementation that differ in
// their seed. Networks with different seeds really differ, so the test uses
// distances, not p-values, per population and statistic (firing rates, CVs,
// correlations):
//
//	q = mean D(ours, ref_i) / max(mean D(ref_i, ref_j), 0.8687*sqrt(2/n))
//
// with D the [KSDistance] and n the size of our sample. A row passes at
// q <= 2.5, a run with at most 2 failed rows of 24. Rates are compared as spike
// counts, which are exact. An empty sample gives q NaN, which does not pass.
//
// With fewer than three reference runs only the sampling term is used. It
// assumes independent values. Correlations of pairs that share neurons are not
// independent: for them n is the number of neurons in the pairs, as otherwise
// the reference would not pass against itself. The result says so in Warnings.
//
// Input, such as the thalamic neurons of the microcircuit, is compared if the
// references have it, too. Windows of different length, a population that is
// missing, or no references are errors.
func Verify(ours *Statistics, refs []*Statistics) (*Verification, error) {
	ours = withoutInput(ours, refs)
	if err := checkComparable(ours, refs); err != nil {
		return nil, err
	}
	v := &Verification{References: len(refs), SamplingOnly: len(refs) < MinReferences}
	if v.SamplingOnly {
		v.Warnings = append(v.Warnings, fmt.Errorf("%d reference runs, fewer than %d: only the sampling term was used, with the correlations' n the number of neurons (a weak test of correlations)", len(refs), MinReferences))
	}
	for i := range ours.Populations {
		p := &ours.Populations[i]
		others := make([]*PopulationStatistics, len(refs))
		for k, r := range refs {
			others[k], _ = r.Population(p.Name) // checkComparable has checked it
			if others[k].N != p.N {
				v.Warnings = append(v.Warnings, fmt.Errorf("population %s has %d neurons, in %s %d", p.Name, p.N, r.Label, others[k].N))
			}
		}
		for _, statistic := range []string{FiringRate, Irregularity, Correlation} {
			row := compare(sampleOf(p, statistic), samplesOf(others, statistic))
			row.Population, row.Statistic = p.Name, statistic
			row.judge(v.SamplingOnly)
			if !row.Pass {
				v.Failed++
			}
			v.Rows = append(v.Rows, row)
		}
	}
	v.Allowed = len(v.Rows) * 2 / 24
	v.Pass = v.Failed <= v.Allowed
	return v, nil
}

// withoutInput returns s without the input that not all of refs have.
func withoutInput(s *Statistics, refs []*Statistics) *Statistics {
	if s == nil {
		return nil
	}
	own := *s
	own.Populations = slices.DeleteFunc(slices.Clone(s.Populations), func(p PopulationStatistics) bool {
		return p.Input && slices.ContainsFunc(refs, func(r *Statistics) bool {
			if r == nil {
				return false
			}
			_, err := r.Population(p.Name)
			return err != nil
		})
	})
	return &own
}

// judge fills in the sampling term, q and the verdict.
func (r *Row) judge(samplingOnly bool) {
	if samplingOnly {
		r.Spread = math.NaN()
		if r.Statistic == Correlation {
			r.N = neuronsOfPairs(r.N)
		}
	}
	r.Sampling = KSMean * math.Sqrt(2/float64(r.N))
	scale := r.Sampling
	if r.Spread > scale {
		scale = r.Spread
	}
	r.Q = r.Distance / scale
	r.Pass = r.Q <= MaxQ // false for NaN
}

// compare returns a row with the mean distances of sorted samples.
func compare(ours []float64, refs [][]float64) Row {
	row := Row{N: len(ours)}
	pairs := 0
	for i, a := range refs {
		row.Distance += ksSorted(ours, a) / float64(len(refs))
		for _, b := range refs[i+1:] {
			row.Spread += ksSorted(a, b)
			pairs++
		}
	}
	row.Spread /= float64(pairs) // NaN without pairs
	return row
}

// neuronsOfPairs returns the m of which m*(m-1)/2 is pairs.
func neuronsOfPairs(pairs int) int {
	if pairs == 0 {
		return 0
	}
	return int(math.Round((1 + math.Sqrt(1+8*float64(pairs))) / 2))
}

// sampleOf returns the sorted values that are compared.
func sampleOf(p *PopulationStatistics, statistic string) []float64 {
	switch statistic {
	case FiringRate:
		x := make([]float64, len(p.SpikeCounts))
		for i, c := range p.SpikeCounts {
			x[i] = float64(c)
		}
		slices.Sort(x)
		return x
	case Irregularity:
		return sortedWithoutNaN(p.CVs)
	default:
		return sortedWithoutNaN(p.Correlations)
	}
}

func samplesOf(ps []*PopulationStatistics, statistic string) [][]float64 {
	out := make([][]float64, len(ps))
	for i, p := range ps {
		out[i] = sampleOf(p, statistic)
	}
	return out
}

// checkComparable reports why ours cannot be compared with refs.
func checkComparable(ours *Statistics, refs []*Statistics) error {
	if ours == nil || len(ours.Populations) == 0 {
		return errors.New("analysis: nothing to verify: no populations")
	}
	if len(refs) == 0 {
		return errors.New("analysis: no reference runs to compare with")
	}
	for i, r := range refs {
		if r == nil {
			return fmt.Errorf("analysis: reference run %d is nil", i)
		}
		if d, want := ours.DurationMS(), r.DurationMS(); !(math.Abs(d-want) <= 1e-9*want) {
			return fmt.Errorf("analysis: windows of different length: %s has %g ms, %s has %g ms", ours.Label, d, r.Label, want)
		}
		if len(r.Populations) != len(ours.Populations) {
			return fmt.Errorf("analysis: %s has %d populations, %s has %d", ours.Label, len(ours.Populations), r.Label, len(r.Populations))
		}
		for j := range ours.Populations {
			if _, err := r.Population(ours.Populations[j].Name); err != nil {
				return err
			}
		}
	}
	return nil
}
