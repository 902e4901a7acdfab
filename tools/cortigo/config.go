package main

import (
	"github.com/spf13/cobra"
)

// newConfigCmd returns the command "config".
func newConfigCmd() *cobra.Command {
	var f modelFlags
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Print the parameters of a run as JSON",
		Long: `Print the parameters that "run" would use with the same flags, by default the published ones at
scale 0.1, as JSON. The output is a parameter file: edit it and pass it with --params.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := f.parameters()
			if err != nil {
				return err
			}
			return p.Encode(cmd.OutOrStdout())
		},
	}
	f.register(cmd)
	return cmd
}
