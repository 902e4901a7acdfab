package main

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"cortigo/analysis"
	"cortigo/analysis/plots"
	"cortigo/analysis/reference"
	"cortigo/arrowio"
	"cortigo/arrowio/pd14"
	"cortigo/sim/spikes"
)

// A plotting is what the command "plot" draws.
type plotting struct {
	dir        string // of the run
	out, theme string
	begin, end float64 // ms; NaN: the run's
	rasterMS   float64
	neurons    int // about how many the raster shows
	density    bool
	references []string
}

// newPlotCmd returns the command "plot".
func newPlotCmd() *cobra.Command {
	p := plotting{begin: math.NaN(), end: math.NaN()}
	var begin, end float64
	cmd := &cobra.Command{
		Use:   "plot DIR",
		Short: "Draw a run's raster, rate histogram and box plot of rates",
		Long: `Draw the spikes of a run: activity.png (raster with population rate histogram, of the first --raster ms of
the window) and rates.svg (box plot of all neurons' rates over the window), and print the rate table.`,
		Example: `  cortigo plot data/a
  cortigo plot data/a --begin 1000 --raster 200 --theme paper --out pictures
  cortigo plot data/a --reference testdata/nest/pd14/pd14_scale0.2_dc_seed123450.json.gz`,
		Args:              oneRun,
		ValidArgsFunction: completeRun,
		RunE: abandonable(func(cmd *cobra.Command, args []string) error {
			p.dir = args[0]
			if err := errors.Join(windowFlag(cmd, "begin", begin, &p.begin), windowFlag(cmd, "end", end, &p.end)); err != nil {
				return err
			}
			return p.draw(cmd)
		}),
	}
	fl := cmd.Flags()
	fl.StringVarP(&p.out, "out", "o", "", "write the pictures to the directory `DIR` (default: the run's)")
	fl.Float64Var(&begin, "begin", 0, "start of the window in milliseconds `MS` (default: after the warm-up)")
	fl.Float64Var(&end, "end", 0, "end of the window in milliseconds `MS` (default: all that was recorded)")
	fl.Float64Var(&p.rasterMS, "raster", 400, "length of the raster in milliseconds `MS`")
	fl.IntVar(&p.neurons, "neurons", 2000, "the raster shows about `N` neurons, the same share of each population; if they have more than 100,000 spikes, it shows the density of all neurons")
	fl.BoolVar(&p.density, "density", false, "show the density of the spikes of all neurons")
	fl.StringVar(&p.theme, "theme", "default", "colours: default, pd14 or paper")
	fl.StringArrayVar(&p.references, "reference", nil, "also draw the rates of NEST's run in `FILE`; can be given several times")
	markDirs(cmd, "out")
	return cmd
}

// windowFlag sets the bound of the window that a flag gives, if it was given.
func windowFlag(cmd *cobra.Command, name string, value float64, to *float64) error {
	if !cmd.Flags().Changed(name) {
		return nil
	}
	if !(value >= 0) || math.IsInf(value, 0) {
		return fmt.Errorf("--%s is %v; allowed: 0 ms or more", name, value)
	}
	*to = value
	return nil
}

// themeCalled returns one of the themes of package plots, or "pd14": the colours
// of equal luminance in which the reference implementation of the microcircuit
// draws (van Albada et al., PD14 for PyNEST: #595289 and #af143c).
func themeCalled(name string) (plots.Theme, error) {
	t := plots.Default()
	if name != "pd14" {
		var err error
		if t, err = plots.ThemeByName(name); err != nil {
			err = fmt.Errorf("--theme is %q; allowed: default, pd14 and paper", name)
		}
		return t, err
	}
	t.Name = name
	t.Excitatory, t.Inhibitory = color.RGBA{0x59, 0x52, 0x89, 0xff}, color.RGBA{0xaf, 0x14, 0x3c, 0xff}
	t.Mark = color.RGBA{0xe6, 0xe6, 0xe6, 0xff}
	t.Lines[0], t.Lines[1] = t.Excitatory, t.Inhibitory
	return t, nil
}

// draw writes the pictures and prints the table.
func (p *plotting) draw(cmd *cobra.Command) error {
	theme, err := themeCalled(p.theme)
	if err != nil {
		return err
	}
	refs, err := readReferences(p.references)
	if err != nil {
		return err
	}
	d, model, err := p.spikes()
	if err != nil {
		return err
	}
	if end := d.EndMS(); p.end > end+d.Resolution/2 {
		fmt.Fprintf(cmd.ErrOrStderr(), "cortigo: the recording ends at %s, before --end %s ms\n", ms(end), decimal(p.end))
	}
	rows, err := analysis.RateSummaries(d)
	if err != nil {
		return err
	}
	if p.density && cmd.Flags().Changed("neurons") {
		return errors.New("--neurons does not go with --density, which is of all neurons")
	}
	if p.neurons < 1 {
		return fmt.Errorf("--neurons is %d; allowed: at least 1", p.neurons)
	}
	if !(p.rasterMS >= d.Resolution*(1-1e-6)) {
		return fmt.Errorf("--raster is %g ms; allowed: at least the resolution, %g ms", p.rasterMS, d.Resolution)
	}
	mode := plots.Auto
	if p.density {
		mode = plots.Density
	}
	options := []plots.Option{plots.WithTheme(theme), plots.WithNeurons(p.neurons), plots.WithMode(mode)}
	if model == pd14.Model {
		options = append(options, plots.WithGroupName("layer"))
	}
	activity, err := plots.ActivityFigure(d.Window(d.BeginMS(), d.BeginMS()+p.rasterMS), options...)
	if err != nil {
		return err
	}
	box, err := rateBoxes(d, refs, theme)
	if err != nil {
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
	out := p.out
	if out == "" {
		out = p.dir
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("writing pictures: %w", err)
	}
	activityFile, ratesFile := filepath.Join(out, "activity.png"), filepath.Join(out, "rates.svg")
	if err := errors.Join(replaceable(activityFile), replaceable(ratesFile)); err != nil {
		return err
	}
	writeRates(cmd.OutOrStdout(), rows)
	return errors.Join(writePicture(cmd, activityFile, png), writePicture(cmd, ratesFile, svg))
}

// spikes reads the window, and tells which model it is of. Where a run was killed, run.json does not know its
// end, but the spikes do.
func (p *plotting) spikes() (d *spikes.Data, model string, err error) {
	dir, err := arrowio.OpenRun(p.dir)
	if err != nil {
		return nil, "", err
	}
	run := dir.Run()
	begin, end := p.begin, p.end
	if math.IsNaN(begin) {
		begin = run.AnalyseFromMS
	}
	if math.IsNaN(end) {
		end = math.MaxFloat64
	}
	if begin >= end {
		return nil, "", fmt.Errorf("the window (%g, %g] ms is empty; allowed: --begin < --end", begin, end)
	}
	if d, err = arrowio.ReadSpikes(p.dir, arrowio.InWindow(begin, end)); err != nil {
		return nil, "", err
	}
	if d.End <= d.Begin {
		if err := recordedSpikes(p.dir); err != nil {
			return nil, "", err
		}
		return nil, "", fmt.Errorf("the run in %s recorded %s, nothing after %g ms: --begin MS chooses what to draw", p.dir, windowMS(&run), begin)
	}
	return d, run.Model, nil
}

// rateBoxes draws the rates of all neurons, with those of the reference.
func rateBoxes(d *spikes.Data, refs []*reference.Run, theme plots.Theme) (*plots.Figure, error) {
	rates, err := plots.RatesOf(d)
	if err != nil {
		return nil, err
	}
	var ref *plots.Reference
	if len(refs) > 0 {
		r := plots.RatesReference("NEST", reference.Statistics(refs))
		ref = &r
	}
	return plots.BoxPlotFigure(rates, ref, plots.WithTheme(theme))
}

// replaceable reports whether a picture can be written to path, replacing an
// earlier one. A link is not followed, since it does not lead to a picture of
// the run, and a pipe would wait forever.
func replaceable(path string) error {
	if i, err := os.Lstat(path); err == nil && !i.Mode().IsRegular() {
		return fmt.Errorf("writing pictures: %s is there and no plain file: move it away first, or choose another directory with --out DIR", path)
	}
	return nil
}

func writePicture(cmd *cobra.Command, path string, b []byte) error {
	if err := os.WriteFile(path, b, 0o644); err != nil {
		return fmt.Errorf("writing pictures: %w", err)
	}
	fmt.Fprintln(cmd.ErrOrStderr(), "cortigo:", path)
	return nil
}
