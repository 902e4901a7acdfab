package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/spf13/cobra"

	"cortigo/analysis"
	"cortigo/analysis/reference"
	"cortigo/arrowio"
	"cortigo/sim/spikes"
)

type verifyRow struct {
	Population string   `json:"population"`
	Statistic  string   `json:"statistic"`
	Distance   *float64 `json:"distance"`
	Q          *float64 `json:"q"`
	Pass       bool     `json:"pass"`
}

// A verifyReport is what `cortigo verify --json` prints.
type verifyReport struct {
	Pass         bool        `json:"pass"`
	Failed       int         `json:"failed"`
	Allowed      int         `json:"allowed"`
	References   int         `json:"references"`
	SamplingOnly bool        `json:"sampling_only"`
	Rows         []verifyRow `json:"rows"`
	Warnings     []string    `json:"warnings,omitempty"`
	Error        string      `json:"error,omitempty"`
}

// newVerifyCmd returns the command "verify".
func newVerifyCmd() *cobra.Command {
	var files []string
	var begin, end float64
	var seed uint64
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify DIR --reference FILE [--reference FILE ...]",
		Short: "Compare a run's statistics with NEST's",
		Long: `Compare the rates, irregularity and correlations of a run, population by population, with reference runs of
NEST (JSON files as in testdata/nest/pd14). It compares the run's distances to the reference seeds with the
distances between these seeds. Scale, background and length of the window must be those of the reference. Ends with an
error if more rows fail than the criterion allows.

The object of --json: pass, failed, allowed, references, sampling_only, rows (population, statistic, distance,
q, pass), and where there is something to say: warnings, error.`,
		Example: `  cortigo run --scale 0.2 --background dc --t-sim 10000 --out data/v
  cortigo verify data/v --reference testdata/nest/pd14/pd14_scale0.2_dc_seed123450.json.gz \
    --reference testdata/nest/pd14/pd14_scale0.2_dc_seed123451.json.gz \
    --reference testdata/nest/pd14/pd14_scale0.2_dc_seed123452.json.gz`,
		Args:              oneRun,
		ValidArgsFunction: completeRun,
		RunE: abandonable(func(cmd *cobra.Command, args []string) error {
			if len(files) == 0 {
				return errors.New("--reference FILE names what to compare with, at least once")
			}
			runs, err := readReferences(files)
			if err != nil {
				return err
			}
			first := runs[0].Statistics
			if !cmd.Flags().Changed("begin") {
				begin = first.BeginMS
			}
			if !cmd.Flags().Changed("end") {
				end = begin + first.EndMS - first.BeginMS
			}
			d, err := readWindow(args[0], begin, end)
			if err != nil {
				return err
			}
			ours, err := reference.Describe(d, seed)
			if err != nil {
				return err
			}
			v, err := analysis.Verify(ours, reference.Statistics(runs))
			if err != nil {
				return err
			}
			if !v.Pass {
				err = fmt.Errorf("%s: %d of %d rows failed, %d may", args[0], v.Failed, len(v.Rows), v.Allowed)
			}
			if asJSON {
				return errors.Join(err, writeJSON(cmd.OutOrStdout(), verifyReportOf(v, err)))
			}
			writeVerification(cmd.OutOrStdout(), v)
			return err
		}),
	}
	fl := cmd.Flags()
	fl.StringArrayVar(&files, "reference", nil, "a reference run's `FILE`")
	fl.Float64Var(&begin, "begin", 0, "start of the window in milliseconds `MS` (default: the reference's)")
	fl.Float64Var(&end, "end", 0, "end of the window in milliseconds `MS` (default: the window is as long as the reference's)")
	fl.Uint64Var(&seed, "sample-seed", 1, "seed `N` of the subsample whose correlations are compared")
	fl.BoolVar(&asJSON, "json", false, "print the result as one JSON object on stdout")
	return cmd
}

// readWindow reads the spikes of a window that the run must cover.
func readWindow(dir string, begin, end float64) (*spikes.Data, error) {
	if !(begin >= 0 && end > begin) || math.IsInf(end, 0) {
		return nil, fmt.Errorf("the window is (%g, %g] ms; allowed: 0 <= begin < end", begin, end)
	}
	d, err := arrowio.ReadSpikes(dir, arrowio.InWindow(begin, end))
	if err != nil {
		return nil, err
	}
	if d.Len() == 0 {
		if err := recordedSpikes(dir); err != nil {
			return nil, err
		}
	}
	if h := d.Resolution; float64(d.Begin)*h > begin+h/2 || float64(d.End)*h < end-h/2 {
		run, err := arrowio.OpenRun(dir)
		if err != nil {
			return nil, err
		}
		r := run.Run()
		return nil, fmt.Errorf("the run in %s recorded %s, not the whole window (%g, %g] ms", dir, windowMS(&r), begin, end)
	}
	return d, nil
}

func readReferences(paths []string) ([]*reference.Run, error) {
	var runs []*reference.Run
	for _, path := range paths {
		r, err := readReference(path)
		if err != nil {
			return nil, fmt.Errorf("--reference: %w", err)
		}
		runs = append(runs, r)
	}
	return runs, nil
}

func readReference(path string) (*reference.Run, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := reference.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

func verifyReportOf(v *analysis.Verification, err error) verifyReport {
	r := verifyReport{Pass: v.Pass, Failed: v.Failed, Allowed: v.Allowed, References: v.References, SamplingOnly: v.SamplingOnly}
	number := func(x float64) *float64 { // JSON has no NaN
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil
		}
		return &x
	}
	for _, x := range v.Rows {
		r.Rows = append(r.Rows, verifyRow{x.Population, x.Statistic, number(x.Distance), number(x.Q), x.Pass})
	}
	for _, w := range v.Warnings {
		r.Warnings = append(r.Warnings, w.Error())
	}
	if err != nil {
		r.Error = message(err)
	}
	return r
}

func writeVerification(w io.Writer, v *analysis.Verification) {
	fmt.Fprintf(w, "%-12s %-14s %10s %8s\n", "population", "statistic", "distance", "q")
	for _, r := range v.Rows {
		verdict := "ok"
		if !r.Pass {
			verdict = "FAILED"
		}
		fmt.Fprintf(w, "%-12s %-14s %10.4f %8.2f  %s\n", r.Population, r.Statistic, r.Distance, r.Q, verdict)
	}
	for _, x := range v.Warnings {
		fmt.Fprintln(w, "warning:", x)
	}
	fmt.Fprintf(w, "%d of %d rows failed, %d may\n", v.Failed, len(v.Rows), v.Allowed)
}
