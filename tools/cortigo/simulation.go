package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"cortigo/arrowio"
	"cortigo/notebooks/nb"
	"cortigo/sim"
	"cortigo/sim/microcircuit"
	"cortigo/sim/spikes"
)

// A simulation is a run of the microcircuit from its parameters to the files.
type simulation struct {
	params    microcircuit.Parameters
	options   []sim.Option
	out       string // directory; empty: keep nothing
	overwrite bool
	save      bool
	log       io.Writer

	model    *microcircuit.Microcircuit
	dir      *arrowio.RunDir
	spikes   *arrowio.SpikeWriter
	voltages *arrowio.SampleWriter
	count    *counter
	progress *nb.Progress

	buildS, warmupS, simS float64
	before, after         sim.Stats // around the time after the warm-up
}

// counter counts recorded spikes by population, behind a step, and digests
// them.
type counter struct {
	populations []spikes.Population
	behind      int64
	total       int64
	byPop       []int64
	digest      *spikes.Digest
}

// WriteSpikes counts.
func (c *counter) WriteSpikes(step []int64, neuron []int32) error {
	c.total += int64(len(step))
	if c.digest != nil {
		c.digest.Add(step, neuron)
	}
	for i, id := range neuron {
		if step[i] <= c.behind {
			continue
		}
		for p := range c.populations {
			if c.populations[p].Contains(id) {
				c.byPop[p]++
				break
			}
		}
	}
	return nil
}

// run does everything. What was recorded until an error or ^C is kept.
func (s *simulation) run(ctx context.Context) (err error) {
	if err := s.prepare(); err != nil {
		return err
	}
	start := time.Now()
	if err := s.model.Create(); err != nil {
		return err
	}
	if err := s.openRun(); err != nil {
		return err
	}
	if err := s.model.Connect(ctx); err != nil {
		return err
	}
	s.buildS = time.Since(start).Seconds()
	net := s.model.Net()
	fmt.Fprintf(s.log, "cortigo: %d neurons and %d synapses built in %.2f s\n", net.Neurons(), net.Synapses(), s.buildS)
	if err := s.attachRecorders(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.finish()) }()
	if s.warmupS, err = s.simulate(ctx, "warm-up", s.params.TPresim); err != nil {
		return err
	}
	s.before = net.Stats()
	s.simS, err = s.simulate(ctx, "simulating", s.params.TSim)
	s.after = net.Stats()
	return err
}

// prepare checks everything that can be checked before time is spent.
func (s *simulation) prepare() error {
	var err error
	progress := func(done, total float64) {
		if s.progress != nil {
			s.progress.Update(done, total)
		}
	}
	s.model, err = microcircuit.New(s.params, append(s.options, sim.Progress(progress))...)
	return err
}

func (s *simulation) openRun() error {
	if s.out == "" {
		fmt.Fprint(s.log, s.model.Describe("", false))
		return nil
	}
	_, err := os.Stat(s.out)
	existed := err == nil
	run := arrowio.RunOf(s.model.Net())
	run.Model, run.TPresimMS, run.TSimMS = "microcircuit", s.params.TPresim, s.params.TSim
	var b bytes.Buffer
	if err := s.params.Encode(&b); err != nil {
		return err
	}
	run.Parameters = json.RawMessage(b.Bytes())
	if s.dir, err = arrowio.CreateRun(s.out, run, s.overwrite); err != nil {
		if errors.Is(err, arrowio.ErrExists) {
			return fmt.Errorf("%w; pass --overwrite to replace it", err)
		}
		return err
	}
	fmt.Fprint(s.log, s.model.Describe(s.out, existed))
	return nil
}

func (s *simulation) attachRecorders() error {
	net := s.model.Net()
	var pops []spikes.Population
	for _, p := range s.model.Populations() {
		pops = append(pops, p.Spikes())
	}
	s.count = &counter{populations: pops, behind: int64(s.params.TPresim/net.Resolution() + 0.5), byPop: make([]int64, len(pops))}
	if s.params.Record.Spikes {
		s.count.digest = spikes.NewDigest()
	}
	if err := s.model.RecordSpikes(s.count); err != nil {
		return err
	}
	if s.dir == nil {
		return nil
	}
	err := s.dir.Update(func(r *arrowio.Run) { r.Synapses = net.Synapses() })
	if err != nil {
		return err
	}
	if s.params.Record.Spikes {
		if s.spikes, err = s.dir.NewSpikeWriter(); err != nil {
			return err
		}
		if err := s.model.RecordSpikes(s.spikes); err != nil {
			return err
		}
	}
	if s.params.Record.Voltages {
		if s.voltages, err = s.dir.NewSampleWriter(); err != nil {
			return err
		}
		if err := s.model.RecordVoltages(s.voltages); err != nil {
			return err
		}
	}
	return nil
}

func (s *simulation) simulate(ctx context.Context, label string, ms float64) (seconds float64, err error) {
	s.progress = nb.NewProgress(label)
	defer s.progress.Close()
	start := time.Now()
	err = s.model.Simulate(ctx, ms)
	return time.Since(start).Seconds(), err
}

// finish closes the files and notes what was recorded.
func (s *simulation) finish() error {
	if s.dir == nil {
		return nil
	}
	var errs error
	if s.spikes != nil {
		errs = errors.Join(errs, s.spikes.Close())
	}
	if s.voltages != nil {
		errs = errors.Join(errs, s.voltages.Close())
	}
	net := s.model.Net()
	errs = errors.Join(errs, s.dir.Update(func(r *arrowio.Run) {
		if s.params.Record.Spikes {
			r.Recorded = arrowio.Window{Begin: 0, End: net.Step()}
		}
		r.Timings = map[string]float64{"build": s.buildS, "warmup": s.warmupS, "sim": s.simS}
	}))
	if s.save {
		errs = errors.Join(errs, net.Save(s.out))
	}
	return errs
}

// A runReport is what `cortigo run --json` prints.
type runReport struct {
	BuildS      float64            `json:"build_s"`
	WarmupS     float64            `json:"warmup_s"`
	SimS        float64            `json:"sim_s"`
	RTF         float64            `json:"rtf"` // wall clock per model time, after the warm-up
	PeakRSSMB   float64            `json:"peak_rss_mb"`
	Neurons     int                `json:"neurons"`
	Synapses    int64              `json:"synapses"`
	Spikes      int64              `json:"spikes"` // recorded
	Threads     int                `json:"threads"`
	Shards      int                `json:"shards"`
	Processes   int                `json:"processes"`
	RatesHz     map[string]float64 `json:"rates_hz"`
	SpikeSHA256 string             `json:"spike_sha256,omitempty"`
	Out         string             `json:"out,omitempty"`
	Warnings    []string           `json:"warnings,omitempty"`
	Error       string             `json:"error,omitempty"`
}

func (s *simulation) report() runReport {
	net := s.model.Net()
	r := runReport{BuildS: s.buildS, WarmupS: s.warmupS, SimS: s.simS, PeakRSSMB: peakRSS(),
		Neurons: net.Neurons(), Synapses: net.Synapses(), Threads: net.Threads(), Shards: net.Shards(), Processes: 1, Out: s.out}
	if s.params.TSim > 0 {
		r.RTF = s.simS / (s.params.TSim / 1000)
	}
	r.RatesHz = s.rates()
	if s.count != nil && s.count.digest != nil {
		r.Spikes = s.count.total
		r.SpikeSHA256 = s.count.digest.Hex()
	}
	for _, w := range s.model.Warnings {
		r.Warnings = append(r.Warnings, w.Error())
	}
	return r
}

// rates returns the mean rate of each population after the warm-up.
func (s *simulation) rates() map[string]float64 {
	rates := map[string]float64{}
	if s.count == nil || s.params.TSim == 0 {
		return rates
	}
	for i, p := range s.count.populations {
		rates[p.Name] = float64(s.count.byPop[i]) / float64(p.N) / (s.params.TSim / 1000)
	}
	return rates
}
