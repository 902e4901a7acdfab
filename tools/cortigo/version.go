package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"cortigo/sim"
	"cortigo/sim/neuron"
)

// A versionReport is what `cortigo version --json` prints.
type versionReport struct {
	Cortigo string `json:"cortigo"`
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
	Kernel  string `json:"kernel"` // the instructions that the inner loops use here
	CPU     string `json:"cpu"`
	CPUs    int    `json:"cpus"`
}

// newVersionCmd returns the command "version".
func newVersionCmd() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the version, and what simulations use of this machine",
		Example: "  cortigo version\n  cortigo version --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			kernel, err := kernelHere(cmd)
			if err != nil {
				return err
			}
			v := versionReport{sim.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, kernel, cpuName(), runtime.NumCPU()}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), v)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "cortigo %s\n%s %s/%s\n%s kernels on %d × %s\n", v.Cortigo, v.Go, v.OS, v.Arch, v.Kernel, v.CPUs, v.CPU)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as one JSON object on stdout: cortigo, go, os, arch, kernel, cpu, cpus")
	return cmd
}

// kernelHere asks a network of one neuron which kernels it uses.
func kernelHere(cmd *cobra.Command) (string, error) {
	net := sim.New()
	net.Create("neuron", 1, neuron.DefaultIafPscExp())
	if err := net.Build(cmd.Context()); err != nil {
		return "", err
	}
	return net.Stats().Kernel, nil
}
