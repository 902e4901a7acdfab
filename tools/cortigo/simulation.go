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
	saved     bool         // network and a state are in the directory, and belong to what was recorded
	saving    func() error // waits for the network that is being saved; nil: none is
	every     float64      // ms of model time between checkpoints; 0: as many as arrowio.CheckpointInterval says
	log       io.Writer
	events    bool  // progress as JSON
	memory    int64 // limit in bytes, see sim.MemoryLimit

	model    *microcircuit.Microcircuit
	replace  bool            // the directory holds a run, which goes when the network is built
	dir      *arrowio.RunDir // nil: keep nothing, or not yet
	spikes   *arrowio.SpikeWriter
	voltages *arrowio.SampleWriter
	count    *counter
	progress *display

	buildS, warmupS, simS float64   // wall clock
	simMS                 float64   // model time in simS
	before, after         sim.Stats // around the time after the warm-up

	everySteps  int64
	end         int64    // step at which to stop; 0: where the parameters say
	resumedFrom *float64 // ms, where the run went on from
}

// run does everything. What was recorded until an error or ^C is kept.
func (s *simulation) run(ctx context.Context) (err error) {
	defer secondSignalKills(ctx)()
	defer func() { err = s.stopped(ctx, err) }()
	defer func() {
		if s.dir != nil {
			s.dir.Unlock()
		}
	}()
	if err := s.build(ctx); err != nil {
		return err
	}
	if s.save {
		if err := s.startSaving(); err != nil {
			return err
		}
	}
	if err := s.attachRecorders(); err != nil {
		return errors.Join(err, s.finish(false))
	}
	err = s.simulate(ctx, s.advance)
	return errors.Join(err, s.finish(err == nil || errors.Is(err, ctx.Err())))
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
	if err := s.checkMemory(); err != nil {
		return err
	}
	if s.out != "" {
		if err := s.createRun(); err != nil {
			return err
		}
	}
	fmt.Fprint(s.log, s.model.Describe("", false))
	s.progress = newProgress(s.log, "building", s.events)
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
	fmt.Fprintf(s.log, "cortigo: %s and %s built in %.2f s\n", counted(net.NeuronCount(), "neuron"), counted(net.SynapseCount(), "synapse"), s.buildS)
	return nil
}

// checkMemory reports a network that there is no room for, before anything is
// written.
func (s *simulation) checkMemory() error {
	needed, err := s.params.EstimateMemory(s.options...)
	if err != nil {
		return nil // building says what is wrong
	}
	if err := sim.CheckMemory(needed, s.memory); err != nil {
		return fmt.Errorf("%w; a smaller --scale needs less, --max-memory inf builds it all the same", err)
	}
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
	recorded := s.model.Recorded()
	if len(recorded) == 0 { // nothing is kept, but rates are told
		recorded = s.model.Populations()
	}
	for _, p := range recorded {
		pops = append(pops, p.SpikePopulations()...)
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
	err := s.dir.Update(func(r *arrowio.Run) { r.Synapses = s.model.Net().SynapseCount() })
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

// simulate goes on to the end of the warm-up, then to the end of the run.
func (s *simulation) simulate(ctx context.Context, advance func(ctx context.Context, ms float64) error) error {
	net := s.model.Net()
	if s.end == 0 {
		s.end = s.count.end
	}
	if s.every == 0 {
		s.every = arrowio.CheckpointInterval(float64(s.end-net.Step()) * s.params.Resolution)
	}
	s.everySteps = max(s.steps(s.every), 1)
	until := func(label string, end int64) (wall, model float64, err error) {
		start, from := time.Now(), net.Step()
		if end <= from {
			return 0, 0, nil
		}
		h := s.params.Resolution
		s.progress = newProgress(s.log, label, s.events)
		s.progress.meter.CountSpikes(func() int64 { return s.count.total })
		s.progress.total = roundMS(float64(end-from) * h)
		defer s.progress.close()
		for err == nil && net.Step() < end {
			s.progress.before = float64(net.Step()-from) * h
			next := end
			if s.dir != nil {
				next = min(end, (net.Step()/s.everySteps+1)*s.everySteps)
			}
			err = advance(ctx, roundMS(float64(next-net.Step())*h))
		}
		return time.Since(start).Seconds(), float64(net.Step()-from) * h, err
	}
	var err error
	if s.warmupS, _, err = until("warm-up", min(s.count.begin, s.end)); err != nil {
		return err
	}
	s.before = net.Stats()
	s.simS, s.simMS, err = until("simulating", s.end)
	s.after = net.Stats()
	return err
}

// advance simulates, and writes a checkpoint if it is time to.
func (s *simulation) advance(ctx context.Context, ms float64) error {
	if err := s.model.Simulate(ctx, ms); err != nil || s.dir == nil {
		return err
	}
	if s.model.Net().Step()%s.everySteps != 0 {
		return nil
	}
	return s.checkpoint()
}
