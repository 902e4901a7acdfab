package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"cortigo/arrowio"
	"cortigo/arrowio/pd14"
	"cortigo/sim"
	"cortigo/sim/microcircuit"
)

// A checkReport is what `cortigo check --json` prints.
type checkReport struct {
	OK       bool     `json:"ok"`
	Problems []string `json:"problems"`
	Notes    []string `json:"notes"`
	Parts    int      `json:"parts"`
	Spikes   int64    `json:"spikes"`
	Samples  int64    `json:"samples"`
	Network  bool     `json:"network"` // there is one
	Error    string   `json:"error,omitempty"`
}

// newCheckCmd returns the command "check".
func newCheckCmd() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check DIR",
		Short: "Read everything in a run or a network and say whether it is undamaged",
		Long: `Read everything in the directory of a run, or of a saved network, and list what is wrong: parts that cannot be
read or are missing, spikes out of order in a part or from part to part, neurons of no population or under
another one's name, metadata of another run, fewer spikes than were counted, wrong checksums of the
network or its state, a state later than the recording. Ends with an error if anything is wrong.

Rows that a killed run has after its last checkpoint are reported as a note, not as a problem. So are models, rules
and devices of your own, which this command does not know, and networks of earlier versions, whose weights were drawn
otherwise: then only checksums are compared.

The object of --json: ok, problems, notes (lists of texts), parts, spikes, samples (that were read), network
(whether there is one), and if something is wrong error.`,
		Example:           "  cortigo check data/a\n  cortigo check --json data/a",
		Args:              oneRun,
		ValidArgsFunction: completeRun,
		RunE: abandonable(func(cmd *cobra.Command, args []string) error {
			r, err := check(args[0])
			if err != nil {
				return err
			}
			if !r.OK {
				err = fmt.Errorf("%s: %s", args[0], counted(len(r.Problems), "problem"))
				r.Error = err.Error()
			}
			w := cmd.OutOrStdout()
			if asJSON {
				return errors.Join(err, writeJSON(w, r))
			}
			for _, text := range r.Notes {
				fmt.Fprintln(w, "note:", text)
			}
			for _, text := range r.Problems {
				fmt.Fprintln(w, "problem:", text)
			}
			if r.OK {
				fmt.Fprintf(w, "%s is whole: %s with %s and %s%s\n", args[0], counted(r.Parts, "part"), counted(r.Spikes, "spike"), counted(r.Samples, "sample"),
					map[bool]string{true: ", the network and its state"}[r.Network])
			}
			return err
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as one JSON object on stdout")
	return cmd
}

// check looks at a run, or at a network without one.
func check(dir string) (*checkReport, error) {
	r := &checkReport{Problems: []string{}, Notes: []string{}}
	run, err := arrowio.Check(dir)
	switch {
	case err == nil:
		r.Parts, r.Spikes, r.Samples = run.Parts, run.Spikes, run.Samples
		r.Notes = append(r.Notes, run.Notes...)
		r.add(errors.Join(run.Problems...))
	case exists(filepath.Join(dir, arrowio.RunFile)):
		r.add(err) // run.json itself
	case !exists(filepath.Join(dir, arrowio.NetworkDir)):
		return nil, err
	}
	var kept *int64 // step of the state that there should be
	microcircuits := false
	if d, err := arrowio.OpenRun(dir); err == nil {
		kept, microcircuits = d.Run().Checkpoint, d.Run().Model == pd14.Model
	}
	info, err := sim.Inspect(dir)
	switch missing := errors.Is(err, fs.ErrNotExist) && !exists(filepath.Join(dir, arrowio.NetworkDir, "network.json")); {
	case missing && kept != nil && *kept == 0:
		r.Notes = append(r.Notes, fmt.Sprintf("%s: the run ended before its network was saved; going on with it builds it again", dir))
	case missing && kept != nil:
		r.add(fmt.Errorf("%s: the network that was saved there is gone", dir))
	case missing && !exists(filepath.Join(dir, arrowio.StateDir)):
	default:
		r.Network = true
		r.add(sim.Verify(dir))
		if microcircuits {
			r.add(microcircuit.Verify(dir))
		}
		if run != nil && err == nil {
			r.add(agree(dir, &info))
		}
	}
	r.OK = len(r.Problems) == 0
	return r, nil
}

// add takes up what is wrong; what only the program that saved the network knows
// is no problem.
func (r *checkReport) add(err error) {
	if err == nil {
		return
	}
	var wrong []error
	for _, l := range leaves(err) {
		if err := fmt.Errorf("%s%w", l.around, l.err); errors.Is(err, sim.ErrUnregistered) || errors.Is(err, sim.ErrEarlier) {
			if note := message(err) + "; of this network only checksums were compared"; !slices.Contains(r.Notes, note) {
				r.Notes = append(r.Notes, note)
			}
		} else {
			wrong = append(wrong, err)
		}
	}
	if len(wrong) > 0 {
		r.Problems = append(r.Problems, distinct(problems(errors.Join(wrong...)))...)
	}
}

// agree reports where the saved network and state do not fit the recording.
func agree(dir string, net *sim.Info) error {
	d, err := arrowio.OpenRun(dir)
	if err != nil {
		return err
	}
	run := d.Run()
	var errs []error
	wrong := func(what string, network, recorded any) {
		errs = append(errs, fmt.Errorf("%s: %s of the saved network is %v, that in %s is %v", dir, what, network, arrowio.RunFile, recorded))
	}
	if net.Seed != run.Seed {
		wrong("the seed", net.Seed, run.Seed)
	}
	if net.Resolution != run.ResolutionMS {
		wrong("the resolution", net.Resolution, run.ResolutionMS)
	}
	if run.Synapses != 0 && net.Synapses != run.Synapses {
		wrong("the number of synapses", net.Synapses, run.Synapses)
	}
	same := len(net.Populations) == len(run.Populations)
	for i := 0; same && i < len(run.Populations); i++ {
		n, r := net.Populations[i], run.Populations[i] // what was recorded is not the network's to know
		same = n.Name == r.Name && n.First == r.First && n.N == r.N
	}
	if !same {
		wrong("the list of populations", net.Populations, run.Populations)
	}
	if w := run.Recorded; net.State != nil && w.End > w.Begin && net.State.Step > w.End {
		errs = append(errs, fmt.Errorf("%s: the state is at step %d, but what was recorded ends at step %d: nothing can go on from there without a hole",
			dir, net.State.Step, w.End))
	}
	if c := run.Checkpoint; c != nil && *c > 0 {
		switch {
		case net.State == nil:
			errs = append(errs, fmt.Errorf("%s: the state of step %d, which %s says was saved, is not there", dir, *c, arrowio.RunFile))
		case net.State.Step < *c:
			errs = append(errs, fmt.Errorf("%s: the state is of step %d, %s says that one of step %d was saved", dir, net.State.Step, arrowio.RunFile, *c))
		}
	}
	return errors.Join(errs...)
}
