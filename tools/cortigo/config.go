package main

import (
	"github.com/spf13/cobra"

	"cortigo/sim/microcircuit"
)

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
