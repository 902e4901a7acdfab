package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"cortigo/arrowio"
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
	saved     bool // network and state are in the directory, and belong to what was recorded
	log       io.Writer

	model    *microcircuit.Microcircuit
	replace  bool            // the directory holds a run, which goes when the network is built
	dir      *arrowio.RunDir // nil: keep nothing, or not yet
	spikes   *arrowio.SpikeWriter
	voltages *arrowio.SampleWriter
	count    *counter
	progress *progress

	buildS, warmupS, simS float64   // wall clock
	simMS                 float64   // model time in simS
	before, after         sim.Stats // around the time after the warm-up
}

// run does everything. What was recorded until an error or ^C is kept.
func (s *simulation) run(ctx context.Context) (err error) {
	defer secondSignalKills(ctx)()
	defer func() { err = s.stopped(ctx, err) }()
	if err := s.build(ctx); err != nil {
		return err
	}
	if err := s.attachRecorders(); err != nil {
		return errors.Join(err, s.finish())
	}
	err = s.simulate(ctx, s.advance)
	return errors.Join(err, s.finish())
}

// build makes the network and its directory. A run that is to be replaced is
// removed last: until then nothing is lost if something goes wrong.
func (s *simulation) build(ctx context.Context) (err error) {
	s.model, err = microcircuit.New(s.params, s.withProgress()...)
	if err != nil {
		return err
	}
	start := time.Now()
	if err := s.model.Create(); err != nil {
		return err
	}
	if s.out != "" {
		if err := s.createRun(); err != nil {
			return err
		}
	}
	fmt.Fprint(s.log, s.model.Describe("", false))
	s.progress = newProgress(s.log, "building")
	err = s.model.Connect(ctx)
	s.progress.clear()
	if err != nil {
		return err
	}
	if s.replace {
		if err := s.replaceRun(); err != nil {
			return err
		}
	}
	s.buildS = time.Since(start).Seconds()
	net := s.model.Net()
	fmt.Fprintf(s.log, "cortigo: %d neurons and %d synapses built in %.2f s\n", net.Neurons(), net.Synapses(), s.buildS)
	return nil
}

// withProgress returns the options, with progress shown by s.progress.
func (s *simulation) withProgress() []sim.Option {
	return append(s.options[:len(s.options):len(s.options)],
		sim.BuildProgress(func(share float64) { s.progress.share(share) }),
		sim.Progress(func(done, _ float64) { s.progress.modelTime(done) }))
}

// startCounting has everything counted that is recorded.
func (s *simulation) startCounting() error {
	var pops []spikes.Population
	for _, p := range s.model.Populations() {
		pops = append(pops, p.Spikes())
	}
	s.count = newCounter(pops, s.steps(s.params.TPresim), s.steps(s.params.TPresim+s.params.TSim))
	return s.model.RecordSpikes(s.count)
}

func (s *simulation) steps(ms float64) int64 { return int64(math.Round(ms / s.params.Resolution)) }

func (s *simulation) attachRecorders() error {
	if err := s.startCounting(); err != nil {
		return err
	}
	if s.dir == nil {
		return nil
	}
	err := s.dir.Update(func(r *arrowio.Run) { r.Synapses = s.model.Net().Synapses() })
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
		return s.model.RecordVoltages(s.voltages)
	}
	return nil
}

// keepMS is after how much model time what was recorded is put on disk, whole: a
// program that is killed, or a disk that is full, costs no more than that.
const keepMS = 10000

// simulate goes on to the end of the warm-up, then to the end of the run.
func (s *simulation) simulate(ctx context.Context, advance func(ctx context.Context, ms float64) error) error {
	net := s.model.Net()
	until := func(label string, end int64) (wall, model float64, err error) {
		start, from := time.Now(), net.Step()
		if end <= from {
			return 0, 0, nil
		}
		h := s.params.Resolution
		s.progress = newProgress(s.log, label)
		s.progress.total = roundMS(float64(end-from) * h)
		defer s.progress.close()
		for err == nil && net.Step() < end {
			s.progress.before = float64(net.Step()-from) * h
			next := end
			if keep := s.steps(keepMS); s.dir != nil && keep > 0 {
				next = min(end, (net.Step()/keep+1)*keep)
			}
			err = advance(ctx, roundMS(float64(next-net.Step())*h))
		}
		return time.Since(start).Seconds(), float64(net.Step()-from) * h, err
	}
	var err error
	if s.warmupS, _, err = until("warm-up", s.count.begin); err != nil {
		return err
	}
	s.before = net.Stats()
	s.simS, s.simMS, err = until("simulating", s.count.end)
	s.after = net.Stats()
	return err
}

// advance simulates, and puts on disk what was recorded if it is time to.
func (s *simulation) advance(ctx context.Context, ms float64) error {
	if err := s.model.Simulate(ctx, ms); err != nil || s.dir == nil {
		return err
	}
	end := s.model.Net().Step()
	if end%max(s.steps(keepMS), 1) != 0 {
		return nil
	}
	if s.voltages != nil {
		if err := s.voltages.Flush(); err != nil {
			return err
		}
	}
	if s.spikes == nil {
		return nil
	}
	return errors.Join(s.spikes.Flush(), s.dir.SetRecorded(0, end))
}

// finish closes the files and notes what was recorded.
func (s *simulation) finish() error {
	if s.dir == nil {
		return nil
	}
	var spikesErr, err error
	if s.spikes != nil {
		spikesErr = s.spikes.Close()
	}
	if s.voltages != nil {
		err = s.voltages.Close()
	}
	err = errors.Join(spikesErr, err)
	net := s.model.Net()
	end := net.Step()
	if spikesErr != nil {
		end = lastWholeStep(s.out)
	}
	update := s.dir.Update(func(r *arrowio.Run) {
		if s.spikes != nil {
			r.Recorded = arrowio.Window{Begin: 0, End: end}
		}
		r.Timings = map[string]float64{"build": s.buildS, "warmup": s.warmupS, "sim": s.simS}
	})
	if err = errors.Join(err, update); err == nil && s.save {
		fmt.Fprintf(s.log, "cortigo: saving the network and its state in %s\n", s.out)
		err = s.model.Save(s.out)
		s.saved = err == nil
	}
	return err
}
