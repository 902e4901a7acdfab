// Command cortigo builds, runs, measures and inspects simulations of spiking
// neural networks.
package main

import (
	"context"
	"os"
	"os/signal"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), stopSignals()...)
	status := execute(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

func newRootCmd() *cobra.Command {
	root := &cobra.Command{
		Use:   "cortigo",
		Short: "Simulate spiking neural networks",
		Long: `Simulate spiking neural networks: run, measure and inspect the cortical microcircuit of Potjans &
Diesmann (2014), and run notebooks of Go cells.

Results go to stdout, everything else to stderr. The exit status is 0 if all went well, 130 after ^C, else 1;
commands with --json then print an object with the member "error".`,
		Example: `  cortigo run --scale 0.2 --out data/a        simulate, record spikes
  cortigo plot data/a                         draw them
  cortigo run --params data/a/run.json --out data/b
  cortigo info data/a                         what is in it
  cortigo check data/a                        whether it is undamaged
  cortigo digest data/b                       the same as that of data/a
  cortigo notebook run notebooks/microcircuit.ipynb
  source <(cortigo completion bash)           complete commands and flags in this shell`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(newRunCmd(), newConfigCmd(), newInfoCmd(), newCheckCmd(), newDigestCmd(), newVerifyCmd(), newPlotCmd(), newBenchCmd(), newNotebookCmd(), newVersionCmd())
	return root
}
