package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"cortigo/arrowio"
	"cortigo/sim/spikes"
)

// newDigestCmd returns the command "digest".
func newDigestCmd() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "digest DIR",
		Short: "Print the SHA-256 of a run's spikes",
		Long: `Print the SHA-256 of all spikes recorded in DIR, sorted by step, then neuron id, each as a little-endian
64-bit step and 32-bit id. Two runs with the same digest had the same spikes.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			g := spikes.NewDigest()
			n := 0
			err := arrowio.StreamSpikes(args[0], func(step []int64, neuron []int32) error {
				g.Add(step, neuron)
				n += len(step)
				return cmd.Context().Err()
			})
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), map[string]any{"spikes": n, "spike_sha256": g.Hex()})
			}
			fmt.Fprintln(cmd.OutOrStdout(), g.Hex())
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as one JSON object on stdout")
	return cmd
}
