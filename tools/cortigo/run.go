package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"cortigo/analysis"
	"cortigo/arrowio"
)

// newRunCmd returns the command "run".
func newRunCmd() *cobra.Command {
	var f modelFlags
	var out string
	var overwrite, save, asJSON bool
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Simulate the microcircuit of Potjans & Diesmann (2014)",
		Long: `Simulate the microcircuit of Potjans & Diesmann (2014) and write what it does as Parquet.

The directory gets run.json (every parameter, versions, timings) and spikes/part-*.parquet while the
simulation runs. ^C stops between steps; what was recorded until then is whole. The same seed gives the
same spikes whatever --threads and --shards are.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := f.parameters()
			if err != nil {
				return err
			}
			if out == "" && (p.Record.Spikes || p.Record.Voltages) {
				return errors.New("--out DIR says where to record to; or pass --record none")
			}
			if save && out == "" {
				return errors.New("--save needs --out DIR")
			}
			s := &simulation{params: p, options: f.options(), out: out, overwrite: overwrite, save: save, log: cmd.ErrOrStderr()}
			err = s.run(cmd.Context())
			if s.model == nil {
				return err
			}
			r := s.report()
			if err != nil {
				r.Error = err.Error()
			}
			if asJSON {
				return errors.Join(err, writeJSON(cmd.OutOrStdout(), r))
			}
			if err != nil {
				return err
			}
			return s.summarise(cmd.OutOrStdout(), r)
		},
	}
	f.register(cmd)
	fl := cmd.Flags()
	fl.StringVarP(&out, "out", "o", "", "write the run to the directory `DIR`")
	fl.BoolVar(&overwrite, "overwrite", false, "replace a run that is in DIR already")
	fl.BoolVar(&save, "save", false, "also keep the network and its last state in DIR")
	fl.BoolVar(&asJSON, "json", false, "print the result as one JSON object on stdout")
	return cmd
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// summarise prints times and, from the files, the rates.
func (s *simulation) summarise(w io.Writer, r runReport) error {
	fmt.Fprintf(w, "build %.2f s, warm-up %.2f s, simulation %.2f s (real-time factor %.3f), peak memory %.0f MB\n",
		r.BuildS, r.WarmupS, r.SimS, r.RTF, r.PeakRSSMB)
	if !s.params.Record.Spikes || s.params.TSim == 0 {
		return nil
	}
	d, err := arrowio.ReadSpikes(s.out, arrowio.InWindow(s.params.TPresim, s.params.TPresim+s.params.TSim))
	if err != nil {
		return err
	}
	rows, err := analysis.RateSummaries(d)
	if err != nil {
		return err
	}
	writeRates(w, rows)
	fmt.Fprintf(w, "%d spikes in %s, sha256 %s\n", r.Spikes, s.out, r.SpikeSHA256)
	return nil
}

func writeRates(w io.Writer, rows []analysis.RateSummary) {
	fmt.Fprintf(w, "%-12s %8s %8s %10s %10s\n", "population", "neurons", "silent", "mean", "SD")
	for _, r := range rows {
		fmt.Fprintf(w, "%-12s %8d %8d %10.3f %10.3f  spikes/s\n", r.Population, r.N, r.Silent, r.Mean, r.SD)
	}
}
