package main

import (
	"errors"
	"fmt"
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
	cmd                  *cobra.Command
	defaultTSim          float64 // where neither a flag nor a file says, if not 0
	defaultRecordNothing bool
}

func (f *modelFlags) register(cmd *cobra.Command) {
	d := microcircuit.Default()
	f.cmd = cmd
	fl := cmd.Flags()
	fl.StringVar(&f.params, "params", "", "read parameters from a JSON `FILE`, such as a run.json; flags override it")
	fl.Float64Var(&f.scale, "scale", d.NScaling, "scale neurons and in-degrees")
	fl.Float64Var(&f.nScaling, "n-scaling", d.NScaling, "scale the number of neurons (default: --scale)")
	fl.Float64Var(&f.kScaling, "k-scaling", d.KScaling, "scale the in-degrees (default: --scale)")
	fl.Uint64Var(&f.seed, "seed", d.Seed, "seed of everything random")
	fl.Float64Var(&f.tPresim, "t-presim", d.TPresim, "warm-up, `ms`")
	tSim := d.TSim
	if f.defaultTSim != 0 {
		tSim = f.defaultTSim
	}
	fl.Float64Var(&f.tSim, "t-sim", tSim, "simulation time after the warm-up, `ms`")
	fl.StringVar(&f.background, "background", d.Background, "external input: dc or poisson")
	fl.StringVar(&f.v0, "v0", d.V0.Type, "initial membrane potentials: optimized or original")
	fl.BoolVar(&f.thalamus, "thalamus", d.Thalamus.On, "thalamic stimulus")
	fl.BoolVar(&f.dc, "dc-transient", d.DCTransient.On, "transient DC stimulus")
	record := "spikes"
	if f.defaultRecordNothing {
		record = "none"
	}
	fl.StringSliceVar(&f.record, "record", []string{record}, "what to record: spikes, voltages or both, or none")
	fl.IntVar(&f.threads, "threads", 0, "workers (default: as many as there are processors and work for)")
	fl.IntVar(&f.shards, "shards", 0, "parts the network is cut into (default: one a worker)")
}

// parameters returns what the file and the flags say.
func (f *modelFlags) parameters() (microcircuit.Parameters, error) {
	p := microcircuit.Default()
	if f.params != "" {
		file, err := os.Open(f.params)
		if err != nil {
			return p, fmt.Errorf("--params: %w", err)
		}
		defer file.Close()
		if p, err = microcircuit.Decode(file); err != nil {
			return p, fmt.Errorf("--params %s: %w", f.params, err)
		}
	}
	set := f.cmd.Flags().Changed
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
	if set("t-sim") || (f.defaultTSim != 0 && f.params == "") {
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
		if err := recorders(f.record, &p.Record); err != nil {
			return p, err
		}
	}
	return p, p.Validate()
}

func recorders(names []string, r *microcircuit.Recorders) error {
	r.Spikes, r.Voltages = false, false
	for _, name := range names {
		switch strings.TrimSpace(name) {
		case "spikes":
			r.Spikes = true
		case "voltages":
			r.Voltages = true
		case "none", "":
			if len(names) > 1 {
				return errors.New("--record none goes with nothing else")
			}
		default:
			return fmt.Errorf("--record %s: must be spikes, voltages, or none", name)
		}
	}
	return nil
}

func (f *modelFlags) options() []sim.Option {
	return []sim.Option{sim.Threads(f.threads), sim.Shards(f.shards)}
}
