package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"cortigo/analysis"
	"cortigo/analysis/plots"
	"cortigo/analysis/reference"
	"cortigo/arrowio"
)

// newPlotCmd returns the command "plot".
func newPlotCmd() *cobra.Command {
	var out, theme string
	var begin, end, rasterMS float64
	var files []string
	cmd := &cobra.Command{
		Use:   "plot DIR",
		Short: "Draw a run's raster, rate histogram and box plot of rates",
		Long: `Draw the spikes of a run: activity.png (raster with population rate histogram, of the first --raster ms of
the window) and rates.svg (box plot of all neurons' rates over the window), and print the rate table.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir, err := arrowio.OpenRun(args[0])
			if err != nil {
				return err
			}
			if out == "" {
				out = args[0]
			}
			run := dir.Run()
			if !cmd.Flags().Changed("begin") {
				begin = run.TPresimMS
			}
			if !cmd.Flags().Changed("end") {
				end = float64(run.Recorded.End) * run.ResolutionMS
			}
			if end <= begin {
				return fmt.Errorf("the window (%g, %g] ms is empty: recorded are (%g, %g] ms", begin, end,
					float64(run.Recorded.Begin)*run.ResolutionMS, float64(run.Recorded.End)*run.ResolutionMS)
			}
			th, err := plots.ThemeByName(theme)
			if err != nil {
				return err
			}
			d, err := arrowio.ReadSpikes(args[0], arrowio.InWindow(begin, end))
			if err != nil {
				return err
			}
			rows, err := analysis.RateSummaries(d)
			if err != nil {
				return err
			}
			steps := int64(rasterMS/d.Resolution + 0.5)
			activity, err := plots.ActivityFigure(d.Window(d.Begin, d.Begin+steps), plots.WithTheme(th))
			if err != nil {
				return err
			}
			rates, err := plots.RatesOf(d)
			if err != nil {
				return err
			}
			var ref *plots.Reference
			if len(files) > 0 {
				var runs []*reference.Run
				for _, path := range files {
					r, err := readReference(path)
					if err != nil {
						return err
					}
					runs = append(runs, r)
				}
				r := plots.RatesReference("NEST", reference.Statistics(runs))
				ref = &r
			}
			box, err := plots.BoxPlotFigure(rates, ref, plots.WithTheme(th))
			if err != nil {
				return err
			}
			if err := os.MkdirAll(out, 0o755); err != nil {
				return err
			}
			png, err := activity.PNG()
			if err != nil {
				return err
			}
			svg, err := box.SVG()
			if err != nil {
				return err
			}
			writeRates(cmd.OutOrStdout(), rows)
			return errors.Join(
				writePicture(cmd, filepath.Join(out, "activity.png"), png),
				writePicture(cmd, filepath.Join(out, "rates.svg"), svg))
		},
	}
	fl := cmd.Flags()
	fl.StringVarP(&out, "out", "o", "", "write the pictures to the directory `DIR` (default: the run's)")
	fl.Float64Var(&begin, "begin", 0, "begin of the window, `ms` (default: after the warm-up)")
	fl.Float64Var(&end, "end", 0, "end of the window, `ms` (default: all that was recorded)")
	fl.Float64Var(&rasterMS, "raster", 400, "length of the raster, `ms`")
	fl.StringVar(&theme, "theme", "default", "colours: default, pd14 or paper")
	fl.StringArrayVar(&files, "reference", nil, "draw the rates of NEST's run in `FILE` beside them; can be given several times")
	return cmd
}

func writePicture(cmd *cobra.Command, path string, b []byte) error {
	if err := os.WriteFile(path, b, 0o644); err != nil {
		return err
	}
	fmt.Fprintln(cmd.ErrOrStderr(), "cortigo:", path)
	return nil
}
