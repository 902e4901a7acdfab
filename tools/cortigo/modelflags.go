package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"cortigo/sim"
	"cortigo/sim/microcircuit"
)

// modelFlags are the flags of the commands that simulate the microcircuit.
type modelFlags struct {
	params               string
	scale, nScaling      float64
	kScaling             float64
	seed                 uint64
	tPresim, tSim        float64
	background, v0       string
	thalamus, dc         bool
	record               []string
	threads, shards      int
	memory               float64 // GB
	cmd                  *cobra.Command
	defaultTSim          float64 // where neither a flag nor a file says, if not 0
	defaultBackground    string  // likewise, if not empty
	defaultRecordNothing bool
}

// defaults returns the parameters where neither a flag nor a file says.
func (f *modelFlags) defaults() microcircuit.Parameters {
	p := microcircuit.Default()
	if f.defaultBackground != "" {
		p.Background = f.defaultBackground
	}
	if f.defaultTSim != 0 {
		p.TSim = f.defaultTSim
	}
	return p
}

func (f *modelFlags) register(cmd *cobra.Command) {
	d := f.defaults()
	f.cmd = cmd
	fl := cmd.Flags()
	fl.StringVar(&f.params, "params", "", "read parameters from a JSON `FILE`, such as a run.json; flags override it")
	fl.Float64Var(&f.scale, "scale", d.NScaling, "scale neurons and in-degrees by the factor `S`")
	fl.Float64Var(&f.nScaling, "n-scaling", d.NScaling, "scale the number of neurons by the factor `S`, whatever --scale says")
	fl.Float64Var(&f.kScaling, "k-scaling", d.KScaling, "scale the in-degrees by the factor `S`, whatever --scale says")
	fl.Uint64Var(&f.seed, "seed", d.Seed, "seed of everything random, a whole number `N` >= 0")
	fl.Float64Var(&f.tPresim, "t-presim", d.TPresim, "warm-up of `MS` milliseconds")
	fl.Float64Var(&f.tSim, "t-sim", d.TSim, "simulate `MS` milliseconds after the warm-up")
	fl.StringVar(&f.background, "background", d.Background, "external input: dc or poisson")
	fl.StringVar(&f.v0, "v0", d.V0.Type, "initial membrane potentials: optimized or original")
	fl.BoolVar(&f.thalamus, "thalamus", d.Thalamus.On, "thalamic stimulus")
	fl.BoolVar(&f.dc, "dc-transient", d.DCTransient.On, "transient DC stimulus")
	record := "spikes"
	if f.defaultRecordNothing {
		record = "none"
	}
	fl.StringSliceVar(&f.record, "record", []string{record}, "what to record, separated by commas: spikes, thalamus (with --thalamus), voltages; or none")
	fl.IntVar(&f.threads, "threads", 0, "`N` workers (default: one per processor, fewer for a small network)")
	fl.Float64Var(&f.memory, "max-memory", 0, "refuse a network that is estimated to need more than `GB` of memory; inf: refuse none (default: the available memory)")
	fl.IntVar(&f.shards, "shards", 0, "divide the network into `N` parts (default: one per worker)")
	f.completions()
}

// completions makes the shell complete the values of flags.
func (f *modelFlags) completions() {
	for name, values := range map[string][]string{
		"background": {microcircuit.BackgroundDC, microcircuit.BackgroundPoisson},
		"v0":         {microcircuit.V0Optimized, microcircuit.V0Original},
		"record":     {"spikes", "spikes,thalamus", "voltages", "spikes,voltages", "none"},
	} {
		if err := f.cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)); err != nil {
			panic(fmt.Sprintf("flag --%s of %s: %v", name, f.cmd.Name(), err)) // not defined: a programmer's error
		}
	}
	if err := f.cmd.MarkFlagFilename("params", "json"); err != nil {
		panic(fmt.Sprintf("flag --params of %s: %v", f.cmd.Name(), err))
	}
}

// parameters returns the parameters from the file and the flags. If the file is
// a terminal or a pipe that nobody writes to, the end of ctx ends the waiting.
func (f *modelFlags) parameters(ctx context.Context) (microcircuit.Parameters, error) {
	p := f.defaults()
	set := f.cmd.Flags().Changed
	if set("params") {
		err := abandon(ctx, func() (err error) {
			p, err = readParameters(f.params, p)
			return err
		})
		if err != nil {
			return f.defaults(), err
		}
	}
	if set("max-memory") && !(f.memory*1e9 >= 1) {
		return p, fmt.Errorf("--max-memory is %v; allowed: > 0 GB, or inf", f.memory)
	}
	if set("scale") {
		p.NScaling, p.KScaling = f.scale, f.scale
	}
	if set("n-scaling") {
		p.NScaling = f.nScaling
	}
	if set("k-scaling") {
		p.KScaling = f.kScaling
	}
	if set("seed") {
		p.Seed = f.seed
	}
	if set("t-presim") {
		p.TPresim = f.tPresim
	}
	if set("t-sim") {
		p.TSim = f.tSim
	}
	if set("background") {
		p.Background = f.background
	}
	if set("v0") {
		p.V0.Type = f.v0
	}
	if set("thalamus") {
		p.Thalamus.On = f.thalamus
	}
	if set("dc-transient") {
		p.DCTransient.On = f.dc
	}
	if set("record") || f.defaultRecordNothing {
		if err := recorders(f.record, p.Thalamus.On, &p.Record); err != nil {
			return p, err
		}
	}
	return p, f.inFlags(p.Validate())
}

// readParameters reads a parameter file; parameters that it does not name are
// as in base.
func readParameters(path string, base microcircuit.Parameters) (microcircuit.Parameters, error) {
	file, err := os.Open(path)
	if err != nil {
		return base, fmt.Errorf("--params: %w", err)
	}
	defer file.Close()
	p, err := microcircuit.DecodeOver(base, file)
	if err != nil {
		return base, fmt.Errorf("--params %s: %w", path, err)
	}
	return p, nil
}

// inFlags names parameters that are wrong by the flags that set them.
func (f *modelFlags) inFlags(err error) error {
	if err == nil {
		return nil
	}
	flags := map[string][]string{ // the first that was given
		"n_scaling": {"n-scaling", "scale"}, "k_scaling": {"k-scaling", "scale"},
		"t_presim_ms": {"t-presim"}, "t_sim_ms": {"t-sim"}, "background": {"background"}, "v0.type": {"v0"},
	}
	var errs []error
	for _, l := range leaves(err) {
		e := l.err
		var p *microcircuit.ParameterError
		if errors.As(e, &p) {
			for _, name := range flags[p.Parameter] {
				if f.cmd.Flags().Changed(name) {
					named := *p
					named.Parameter = "--" + name
					e = &named
					break
				}
			}
		}
		errs = append(errs, e)
	}
	return errors.Join(errs...)
}

func recorders(names []string, thalamus bool, r *microcircuit.Recorders) error {
	r.Spikes, r.Thalamus, r.Voltages = false, false, false
	if len(names) == 0 {
		names = []string{""}
	}
	for _, name := range names {
		switch strings.TrimSpace(name) {
		case "spikes":
			r.Spikes = true
		case "thalamus":
			r.Thalamus = true
		case "voltages":
			r.Voltages = true
		case "none":
			if len(names) > 1 {
				return errors.New("--record none goes with nothing else")
			}
		default:
			return fmt.Errorf("--record is %q; allowed: spikes, thalamus, voltages, or several separated by commas, or none", name)
		}
	}
	if r.Thalamus && !r.Spikes {
		return errors.New("--record thalamus goes with spikes: --record spikes,thalamus")
	}
	if r.Thalamus && !thalamus {
		return errors.New("--record thalamus goes with --thalamus: there are no thalamic neurons otherwise")
	}
	return nil
}

func (f *modelFlags) options() []sim.Option {
	return []sim.Option{sim.Threads(f.threads), sim.Shards(f.shards), sim.MemoryLimit(f.memoryLimit())}
}

// memoryLimit returns --max-memory in bytes, 0 where it was not given.
func (f *modelFlags) memoryLimit() int64 {
	if f.memory >= math.MaxInt64/1e9 {
		return math.MaxInt64
	}
	return int64(f.memory * 1e9)
}

// newConfigCmd returns the command "config".
func newConfigCmd() *cobra.Command {
	f := modelFlags{defaultBackground: microcircuit.BackgroundPoisson}
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Print the parameters of a run as JSON",
		Long: `Print the parameters that "run" would use with the same flags, by default the published ones at
scale 0.1 with Poisson background, as JSON. The output is a parameter file: edit it and pass it with --params. It need not name all
parameters; the others have their default.`,
		Example: `  cortigo config > my.json
  cortigo config --scale 1 --background dc > full.json
  cortigo config --params data/a/run.json      what made the run in data/a`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := f.parameters(cmd.Context())
			if err != nil {
				return err
			}
			return p.Encode(cmd.OutOrStdout())
		},
	}
	f.register(cmd)
	return cmd
}
