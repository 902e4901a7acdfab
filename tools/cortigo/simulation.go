package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"time"

	"cortigo/arrowio"
	"cortigo/arrowio/pd14"
	"cortigo/sim"
	"cortigo/sim/device"
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
	every     float64 // ms of model time between checkpoints; 0: as many as arrowio.CheckpointInterval says
	log       io.Writer
	events    bool  // progress as JSON
	memory    int64 // limit in bytes, see sim.MemoryLimit

	model    *microcircuit.Microcircuit
	replace  bool             // the directory holds a run, which goes when the network is built
	dir      *arrowio.RunDir  // nil: keep nothing, or not yet
	session  *arrowio.Session // nil: keep nothing, or not yet
	count    *counter
	progress *display

	buildS, warmupS, simS float64   // wall clock
	simMS                 float64   // model time in simS
	before, after         sim.Stats // around the time after the warm-up

	end         int64    // step at which to stop; 0: where the parameters say
	resumedFrom *float64 // ms, where the run went on from
}

// run builds and simulates. What was recorded until an error or ^C is kept.
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
	return s.record(ctx)
}

// record simulates until the end, in a session unless nothing is kept.
func (s *simulation) record(ctx context.Context) (err error) {
	advance := func(ctx context.Context, ms float64) error {
		return s.model.Simulate(ctx, roundMS(ms-s.model.Net().TimeMS()))
	}
	if s.dir != nil {
		if s.session, err = pd14.Resume(s.dir, s.model, s.params); err != nil {
			return advise(s.out, err)
		}
		advance = s.session.AdvanceUntil
		defer func() { err = errors.Join(err, s.session.Close(), s.noteTimings()) }()
		if s.save {
			fmt.Fprintf(s.log, "cortigo: saving the network in %s\n", s.out)
			if err := s.session.SaveNetwork(s.model.StartSave); err != nil {
				return err
			}
		}
	}
	if err := s.startCounting(); err != nil {
		return err
	}
	if s.end == 0 {
		s.end = s.count.end
	}
	if s.session != nil {
		every := s.every
		if every == 0 {
			every = arrowio.CheckpointInterval(float64(s.end-s.model.Net().Step()) * s.params.Resolution)
		}
		if err := s.session.CheckpointEvery(every); err != nil {
			return err
		}
	}
	err = s.simulate(ctx, advance)
	if s.session != nil && (err == nil || errors.Is(err, ctx.Err())) {
		err = errors.Join(err, s.session.Checkpoint())
	}
	return err
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

// checkMemory reports a network for which there is not enough memory, before
// anything is written.
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
		sim.Progress(func(done, total float64) { s.progress.modelTime(done, total) }))
}

// startCounting counts everything that is recorded, and was recorded before, so
// that the report is about the whole run.
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
	if s.resumedFrom != nil {
		if err := arrowio.StreamSpikes(s.out, s.count.WriteSpikes); err != nil {
			return err
		}
	}
	recorder := s.model.Net().Record(device.SpikeRecorder{}, recorded...)
	recorder.WriteSpikesTo(s.count)
	return recorder.Err()
}

func (s *simulation) steps(ms float64) int64 { return int64(math.Round(ms / s.params.Resolution)) }

// simulate goes on to the end of the warm-up, then to the end of the run. advance
// simulates until a time in ms.
func (s *simulation) simulate(ctx context.Context, advance func(ctx context.Context, ms float64) error) error {
	net, h := s.model.Net(), s.params.Resolution
	until := func(label string, end int64) (wall, model float64, err error) {
		start, from := time.Now(), net.Step()
		if end <= from {
			return 0, 0, nil
		}
		s.progress = newProgress(s.log, label, s.events)
		s.progress.meter.CountSpikes(func() int64 { return s.count.total })
		defer s.progress.close()
		err = advance(ctx, roundMS(float64(end)*h))
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

// noteTimings adds to run.json what this part of the run took.
func (s *simulation) noteTimings() error {
	return s.dir.Update(func(r *arrowio.Run) {
		t := map[string]float64{}
		maps.Copy(t, r.Timings)
		if s.resumedFrom == nil {
			t["build"] = s.buildS
		}
		t["warmup"] += s.warmupS
		t["sim"] += s.simS
		r.Timings = t
	})
}
