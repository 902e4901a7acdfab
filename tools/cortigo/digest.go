package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"cortigo/arrowio"
	"cortigo/sim/spikes"
)

// A digestReport is what `cortigo digest --json` prints.
type digestReport struct {
	Spikes      int64  `json:"spikes"`
	SpikeSHA256 string `json:"spike_sha256"`
}

// newDigestCmd returns the command "digest".
func newDigestCmd() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "digest DIR",
		Short: "Print the SHA-256 of a run's spikes",
		Long: `Print the SHA-256 of all spikes recorded in DIR, sorted by step, then neuron id, each as a little-endian
64-bit step and 32-bit id (ids count from 1 over the populations in their order). Two runs with the same
digest had the same spikes.`,
		Example:           "  cortigo digest data/a\n  cortigo digest --json data/a",
		Args:              oneRun,
		ValidArgsFunction: completeRun,
		RunE: abandonable(func(cmd *cobra.Command, args []string) error {
			r, err := digestOf(args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), r)
			}
			fmt.Fprintln(cmd.OutOrStdout(), r.SpikeSHA256)
			return nil
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as one JSON object on stdout: spikes, spike_sha256")
	return cmd
}

// digestOf reads the spikes in dir in order, in bounded memory; if another
// program has changed the order, it reads everything at once.
func digestOf(dir string) (digestReport, error) {
	var r digestReport
	g := spikes.NewDigest()
	err := arrowio.StreamSpikes(dir, func(step []int64, neuron []int32) error {
		g.Add(step, neuron)
		r.Spikes += int64(len(step))
		return nil
	})
	r.SpikeSHA256 = g.Hex()
	if errors.Is(err, arrowio.ErrUnsorted) {
		d, err := arrowio.ReadSpikes(dir)
		if err != nil {
			return r, err
		}
		return digestReport{int64(d.Len()), spikes.DigestOf(d)}, nil
	}
	if err == nil && r.Spikes == 0 {
		err = recordedSpikes(dir)
	}
	return r, err
}

// recordedSpikes reports that the run in dir did not record spikes, which is
// not the same as that there were none.
func recordedSpikes(dir string) error {
	d, err := arrowio.OpenRun(dir)
	if err != nil {
		return err
	}
	if w := d.Run().Recorded; w.End <= w.Begin {
		if pid, writing := arrowio.WriterPID(dir); writing {
			return fmt.Errorf("the run in %s has no spikes in a finished part yet: it is being written by process %d", dir, pid)
		}
		return fmt.Errorf("the run in %s recorded no spikes: it was made with --record none or voltages, or was stopped before it began", dir)
	}
	return nil
}

// completeRun makes the shell complete the one directory.
func completeRun(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveFilterDirs
}
