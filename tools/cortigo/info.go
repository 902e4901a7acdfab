package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"

	"cortigo/arrowio"
	"cortigo/arrowio/nest"
	"cortigo/sim"
	"cortigo/sim/spikes"

	"github.com/spf13/cobra"
)

// An infoReport is what `cortigo info --json` prints; members that do not apply
// are left out.
type infoReport struct {
	Kind          string           `json:"kind"` // run, part, network, state, rows, nest
	Path          string           `json:"path"`
	Bytes         int64            `json:"bytes"` // of the files looked at
	Model         string           `json:"model,omitempty"`
	Seed          *uint64          `json:"seed,omitempty"`
	ResolutionMS  float64          `json:"resolution_ms,omitempty"`
	Neurons       int              `json:"neurons,omitempty"`
	Synapses      int64            `json:"synapses,omitempty"`
	Shard         *int             `json:"shard,omitempty"`
	Shards        int              `json:"shards,omitempty"`
	Populations   []infoPopulation `json:"populations,omitempty"`
	RecordedMS    *[2]float64      `json:"recorded_ms,omitempty"` // begin and end
	TPresimMS     float64          `json:"t_presim_ms,omitempty"`
	TSimMS        float64          `json:"t_sim_ms,omitempty"`
	Spikes        *int64           `json:"spikes,omitempty"`
	Parts         int              `json:"parts,omitempty"`
	BytesPerSpike float64          `json:"bytes_per_spike,omitempty"`
	Samples       *int64           `json:"samples,omitempty"` // of multimeters
	SampleParts   int              `json:"sample_parts,omitempty"`
	RowGroups     int              `json:"row_groups,omitempty"`
	FirstMS       *float64         `json:"first_ms,omitempty"` // of a part's rows
	LastMS        *float64         `json:"last_ms,omitempty"`
	Columns       []string         `json:"columns,omitempty"`
	StateMS       *float64         `json:"state_ms,omitempty"` // model time of the state
	StateStep     *int64           `json:"state_step,omitempty"`
	StateSpikes   *int64           `json:"state_spikes,omitempty"` // emitted until then
	Created       string           `json:"created,omitempty"`
	Versions      any              `json:"versions,omitempty"` // of the programs that wrote it
	Unfinished    []string         `json:"unfinished,omitempty"`
	Writer        int              `json:"writer_pid,omitempty"`
	Warnings      []string         `json:"warnings,omitempty"`
}

type infoPopulation struct {
	spikes.Population
	Model string `json:"model,omitempty"`
}

// state says what is special about a population, "" for nothing.
func (p *infoPopulation) state() string {
	switch {
	case p.NotRecorded && p.Input:
		return "input, spikes not recorded"
	case p.NotRecorded:
		return "spikes not recorded"
	case p.Input:
		return "input"
	}
	return ""
}

// newInfoCmd returns the command "info".
func newInfoCmd() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "info DIR|FILE",
		Short: "Tell what is in a run, a network, a part, a state or a NEST file",
		Long: `Tell what is in the directory of a run or of a saved network, in a Parquet part, in a file of a network or
state, or in an ASCII file of NEST. Only metadata are read, so it is fast for any size. (A NEST file has
no metadata; its lines are counted.) "cortigo check" reads everything.

The object of --json: kind (run, network, part, state, rows or nest), path, bytes, and, where they apply, model,
seed, resolution_ms, neurons, synapses, shard, shards, populations (name, first_id, n, model, input,
not_recorded), recorded_ms (begin and end), t_presim_ms, t_sim_ms, spikes, parts, bytes_per_spike, samples,
sample_parts, row_groups, first_ms, last_ms, columns, state_ms, state_step, state_spikes, created, versions,
unfinished (files that a program is writing, or was when it was killed), writer_pid, warnings, error.`,
		Example: "  cortigo info data/a\n  cortigo info data/a/spikes/part-00000.parquet\n  cortigo info --json data/a",
		Args:    onePath,
		RunE: abandonable(func(cmd *cobra.Command, args []string) error {
			r, err := infoOf(args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), r)
			}
			return r.write(cmd.OutOrStdout())
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as one JSON object on stdout")
	return cmd
}

// onePath takes a file or directory as the only argument.
func onePath(cmd *cobra.Command, args []string) error {
	if len(args) != 1 || args[0] == "" {
		return fmt.Errorf("%s takes one argument, a directory or a file, got %q; see '%s --help'", cmd.Name(), args, cmd.CommandPath())
	}
	return nil
}

// infoOf finds out what path is and reads about it.
func infoOf(path string) (*infoReport, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	switch base := filepath.Base(path); {
	case fi.IsDir():
		return infoOfDir(path)
	case !fi.Mode().IsRegular():
		return nil, fmt.Errorf("%s is neither a file nor a directory", path)
	case base == arrowio.RunFile:
		return infoOfRun(filepath.Dir(path))
	case base == "network.json":
		return infoOfNetwork(filepath.Dir(filepath.Dir(path)))
	}
	head, err := beginOf(path)
	if err != nil {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("PAR1")):
		return infoOfPart(path)
	case bytes.HasPrefix(head, []byte("CORTIGO")):
		return infoOfFile(path)
	}
	n, err := nest.Inspect(path)
	if err != nil {
		return nil, fmt.Errorf("%s is nothing that is known here: no Parquet part, no file of a network or state, and not of NEST: %w", path, err)
	}
	r := &infoReport{Kind: "nest", Path: path, Bytes: n.Bytes, Columns: n.Columns, Spikes: &n.Rows}
	if n.Version != "" {
		r.Versions = map[string]string{"nest": n.Version}
	}
	for _, c := range n.Columns {
		if c != "sender" && !strings.HasPrefix(c, "time_") { // a multimeter's
			r.Samples, r.Spikes = r.Spikes, nil
			break
		}
	}
	return r, nil
}

// beginOf returns the first bytes of a file.
func beginOf(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := make([]byte, 16)
	n, err := io.ReadFull(f, b)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	return b[:n], nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func infoOfDir(dir string) (*infoReport, error) {
	switch {
	case exists(filepath.Join(dir, arrowio.RunFile)):
		return infoOfRun(dir)
	case exists(filepath.Join(dir, "network", "network.json")):
		return infoOfNetwork(dir)
	case exists(filepath.Join(dir, "network.json")):
		return infoOfNetwork(filepath.Dir(filepath.Clean(dir)))
	}
	return nil, fmt.Errorf("%s is neither the directory of a run (%s is missing) nor of a network", dir, arrowio.RunFile)
}

func infoOfRun(dir string) (*infoReport, error) {
	i, err := arrowio.Inspect(dir)
	if err != nil {
		return nil, err
	}
	r := &infoReport{Kind: "run", Path: dir, Unfinished: i.Unfinished, Writer: i.WriterPID, Parts: len(i.Spikes), SampleParts: len(i.Voltages)}
	r.describe(&i.Run)
	spikes, bytes := i.SpikeRows()
	r.Spikes, r.Bytes = &spikes, bytes
	if spikes > 0 {
		r.BytesPerSpike = float64(bytes) / float64(spikes)
	}
	if len(i.Voltages) > 0 {
		samples, bytes := i.VoltageRows()
		r.Samples, r.Bytes = &samples, r.Bytes+bytes
	}
	net, err := sim.Inspect(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		r.Warnings = append(r.Warnings, message(err))
		return r, nil
	}
	r.network(&net)
	return r, nil
}

// describe fills in what run.json says.
func (r *infoReport) describe(run *arrowio.Run) {
	r.Model, r.Seed, r.ResolutionMS, r.Synapses, r.Shards = run.Model, &run.Seed, run.ResolutionMS, run.Synapses, run.Shards
	r.TPresimMS, r.Versions = run.AnalyseFromMS, run.Versions
	r.TSimMS = max(0, roundMS(run.PlannedEndMS-run.AnalyseFromMS))
	r.Created = run.Created.Format("2006-01-02T15:04:05Z07:00")
	begin, end := run.RecordedMS()
	r.RecordedMS = &[2]float64{roundMS(begin), roundMS(end)}
	for _, p := range run.Populations {
		r.Populations = append(r.Populations, infoPopulation{Population: p})
		r.Neurons += p.N
	}
}

// network fills in what is known of a saved network and its state.
func (r *infoReport) network(n *sim.Info) {
	r.Seed, r.ResolutionMS, r.Neurons, r.Synapses, r.Shards = &n.Seed, n.Resolution, n.NeuronCount(), n.Synapses, n.Shards
	r.Bytes += n.Bytes
	described := r.Populations // in run.json, which knows what was recorded
	r.Populations = nil
	for i, p := range n.Populations {
		q := infoPopulation{p.Population, p.Model}
		if i < len(described) && described[i].Name == p.Name {
			q.NotRecorded, q.Input = described[i].NotRecorded, described[i].Input
		}
		r.Populations = append(r.Populations, q)
	}
	if s := n.State; s != nil {
		at := roundMS(s.TimeMS)
		r.StateMS, r.StateStep, r.StateSpikes = &at, &s.Step, &s.Spikes
		r.Bytes += s.Bytes
	}
}

func infoOfNetwork(dir string) (*infoReport, error) {
	n, err := sim.Inspect(dir)
	if err != nil && n.Shards == 0 {
		return nil, err
	}
	r := &infoReport{Kind: "network", Path: dir}
	if err != nil {
		r.Warnings = append(r.Warnings, message(err))
	}
	r.network(&n)
	return r, nil
}

func infoOfPart(path string) (*infoReport, error) {
	p, err := arrowio.InspectPart(path)
	if err != nil {
		return nil, err
	}
	r := &infoReport{Kind: "part", Path: path}
	if p.Run != nil {
		r.describe(p.Run)
		r.RecordedMS = nil // that of the whole when the part was begun
	}
	if p.RunErr != nil {
		r.Warnings = append(r.Warnings, message(p.RunErr))
	}
	r.Bytes, r.RowGroups = p.Bytes, p.RowGroups
	r.Columns = append([]string{arrowio.TimeColumn, arrowio.NeuronColumn, arrowio.PopulationColumn}, p.Quantities...)
	if len(p.Quantities) > 0 {
		r.Samples = &p.Rows
	} else {
		r.Spikes = &p.Rows
		if p.Rows > 0 {
			r.BytesPerSpike = float64(p.Bytes) / float64(p.Rows)
		}
	}
	if !math.IsNaN(p.FirstMS) {
		r.FirstMS, r.LastMS = &p.FirstMS, &p.LastMS
	}
	return r, nil
}

func infoOfFile(path string) (*infoReport, error) {
	f, err := sim.InspectFile(path)
	if err != nil {
		return nil, err
	}
	r := &infoReport{Kind: f.Kind, Path: path, Bytes: f.Bytes}
	if s := f.State; s != nil {
		r.StateStep, r.StateSpikes = &s.Step, &s.Spikes
		// The resolution is in the network next to it.
		if n, err := sim.Inspect(filepath.Dir(filepath.Dir(path))); err == nil && n.State != nil {
			at := roundMS(n.State.TimeMS)
			r.StateMS = &at
		}
		return r, nil
	}
	r.Shard, r.Synapses = &f.Shard, f.Synapses
	return r, nil
}
