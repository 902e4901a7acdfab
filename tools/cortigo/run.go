package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"cortigo/sim/microcircuit"
)

// newRunCmd returns the command "run".
func newRunCmd() *cobra.Command {
	f := modelFlags{defaultBackground: microcircuit.BackgroundPoisson}
	var out, resume string
	var overwrite, save, asJSON bool
	var every float64
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Simulate the microcircuit of Potjans & Diesmann (2014)",
		Long: `Simulate the microcircuit of Potjans & Diesmann (2014) and write its spikes as Parquet.

By default the external input is Poisson spike trains, as in NEST's documentation of the model; with
--background dc it is constant currents, as in NEST's example of the model. With DC, most populations are silent
below a scale of about 0.2.

The directory gets run.json (every parameter, versions, timings) and spikes/part-*.parquet while the
simulation runs. ^C stops between steps and keeps what was recorded. A second ^C kills. The same
seed gives the same spikes with any --threads and --shards.

With --save the network is kept in DIR too, and its state: at every checkpoint, on ^C or kill (SIGTERM), and at
the end. There is a checkpoint every --checkpoint-every ms of model time; by default every 10 s, in runs of more
than 500 s after every fiftieth of the run. Spikes are written in several files (parts): a checkpoint finishes
one, and so do 33 million spikes (80 MB). A saved run can be continued, also one that was killed or stopped by a
full disk: --resume DIR simulates it for --t-sim more or, without that flag, to its planned end. Parts from before
the last checkpoint stay as they are; what was recorded after it is simulated again. A run is locked while a
program writes to it.

` + jsonKeys,
		Example: `  cortigo run --out data/a                             scale 0.1, 1 s after a warm-up of 500 ms
  cortigo run --scale 1 --t-sim 10000 --out data/full  the whole circuit
  cortigo run --scale 0.2 --background dc --out data/dc
  cortigo run --scale 0.2 --thalamus --out data/th
  cortigo run --params data/a/run.json --out data/b    the same run again
  cortigo run --params data/a/run.json --seed 2 --out data/c
  cortigo run --save --out data/d && cortigo run --resume data/d --t-sim 5000
  cortigo run --t-sim 900000 --checkpoint-every 30000 --out data/long
  cortigo run --record none --json                     only count spikes`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s := &simulation{options: f.options(), memory: f.memoryLimit(), out: out, overwrite: overwrite, save: save, log: cmd.ErrOrStderr(), events: asJSON}
			var err error
			if cmd.Flags().Changed("checkpoint-every") {
				if !(every > 0) {
					return fmt.Errorf("--checkpoint-every is %v; allowed: > 0 ms", every)
				}
				s.every, s.save = every, true
			}
			if resume != "" || cmd.Flags().Changed("resume") {
				if err := onlyForResume(cmd); err != nil {
					return err
				}
				s.out = resume
				var more *float64
				if cmd.Flags().Changed("t-sim") {
					more = &f.tSim
				}
				err = s.resume(cmd.Context(), more)
			} else {
				if s.params, err = f.parameters(cmd.Context()); err != nil {
					return err
				}
				if out == "" && cmd.Flags().Changed("out") {
					return errors.New("--out is empty; allowed: the name of a directory")
				}
				if out == "" && (s.params.Record.Spikes || s.params.Record.Voltages) {
					return errors.New("--out DIR says where to record to; or pass --record none")
				}
				if s.save && out == "" {
					if save {
						return errors.New("--save needs --out DIR")
					}
					return errors.New("--checkpoint-every needs --out DIR")
				}
				if s.save && !s.params.Record.Spikes {
					return errors.New("--save needs --record spikes: a run goes on with what it recorded")
				}
				if err := s.checkEvery(); err != nil {
					return err
				}
				err = s.run(cmd.Context())
			}
			if s.model == nil {
				return err
			}
			r := s.report()
			if err != nil {
				r.Error = message(err)
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
	fl.BoolVar(&overwrite, "overwrite", false, "replace a run that is in DIR already, when the network is built")
	fl.BoolVar(&save, "save", false, "also keep the network and its state in DIR, so that the run can be continued")
	fl.Float64Var(&every, "checkpoint-every", 0, "with --save, which it implies: save the state every `MS` milliseconds of model time (default: see above)")
	fl.StringVar(&resume, "resume", "", "continue the run in `DIR`, made with --save")
	fl.BoolVar(&asJSON, "json", false, "print the result as one JSON object on stdout")
	markDirs(cmd, "out", "resume")
	return cmd
}

// markDirs makes the shell complete directories.
func markDirs(cmd *cobra.Command, flags ...string) {
	for _, name := range flags {
		if err := cmd.MarkFlagDirname(name); err != nil {
			panic(fmt.Sprintf("flag --%s of %s: %v", name, cmd.Name(), err)) // not defined: a programmer's error
		}
	}
}
