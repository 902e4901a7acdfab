package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/spf13/cobra"

	"cortigo/arrowio"
	"cortigo/sim/device"
	"cortigo/sim/microcircuit"
)

// notWithResume are the flags that a run which goes on cannot have: it keeps
// its parameters and its directory.
var notWithResume = []string{"params", "scale", "n-scaling", "k-scaling", "seed", "t-presim", "background", "v0",
	"thalamus", "dc-transient", "record", "out", "overwrite"}

func onlyForResume(cmd *cobra.Command) error {
	var errs []error
	for _, name := range notWithResume {
		if cmd.Flags().Changed(name) {
			errs = append(errs, fmt.Errorf("--%s does not go with --resume: the run keeps its parameters and its directory", name))
		}
	}
	return errors.Join(errs...)
}

// resume goes on with the run in s.out from the state that was saved there
// last, for more ms, or, if nil, to where the run was to end.
func (s *simulation) resume(ctx context.Context, more *float64) (err error) {
	defer secondSignalKills(ctx)()
	dir, err := arrowio.OpenRun(s.out)
	if err != nil {
		return err
	}
	// From here on the state that is opened is the last one there is.
	if err := dir.Lock(); err != nil {
		return err
	}
	defer dir.Unlock()
	if err := s.open(dir); err != nil {
		return err
	}
	if err := s.plan(more); err != nil {
		s.model = nil // nothing was done
		return err
	}
	defer func() { err = s.stopped(ctx, err) }()
	from := roundMS(s.model.Net().TimeMS())
	s.resumedFrom = &from
	session, err := dir.Resume(s.model.Net(), s.model.Recorded()...)
	if err != nil {
		return err
	}
	s.dir, s.saved = session.Run(), true
	defer func() {
		err = errors.Join(err, session.Close(), s.noteTimings())
	}()
	if err := s.countAgain(); err != nil {
		return err
	}
	if err := s.notePlan(); err != nil {
		return err
	}
	if s.params.Record.Voltages {
		meter := device.Multimeter{Interval: s.params.Record.VoltageInterval, Quantities: []string{device.Vm}}
		if err := session.Record(meter, s.model.Populations()...); err != nil {
			return err
		}
	}
	return s.simulate(ctx, func(ctx context.Context, ms float64) error {
		if err := session.CheckpointEvery(s.every); err != nil {
			return err
		}
		return session.SimulateUntil(ctx, s.model.Net().TimeMS()+ms)
	})
}

// open opens the saved network, at its state.
func (s *simulation) open(dir *arrowio.RunDir) error {
	start := time.Now()
	s.progress = newProgress(s.log, "building", s.events)
	model, err := microcircuit.Open(s.out, s.withProgress()...)
	s.progress.clear()
	if err != nil {
		return fmt.Errorf("--resume goes on with a run that was made with --save: %w", err)
	}
	s.buildS = time.Since(start).Seconds()
	s.params = model.Parameters()
	s.params.TSim = dir.Run().TSimMS // may have been prolonged
	if !s.params.Record.Spikes {
		return fmt.Errorf("--resume %s: the run does not record spikes, so there is nothing to go on with", s.out)
	}
	s.model = model
	return nil
}

// plan sets until when to simulate.
func (s *simulation) plan(more *float64) error {
	if err := s.checkEvery(); err != nil {
		return err
	}
	now, end := s.model.Net().TimeMS(), s.params.TPresim+s.params.TSim
	if more != nil {
		p := s.params
		p.TSim = *more
		if err := p.Validate(); err != nil {
			return fmt.Errorf("--t-sim: %w", err)
		}
		end = now + *more
	}
	if s.steps(end) <= s.model.Net().Step() {
		return fmt.Errorf("--resume %s: the run is at %s, its end: --t-sim MS says for how long to go on", s.out, ms(now))
	}
	if end > s.params.TPresim {
		s.params.TSim = roundMS(end - s.params.TPresim)
	}
	fmt.Fprintf(s.log, "Going on with the run in %s at %s, until %s\n", s.out, ms(now), ms(end))
	return s.warnAgain()
}

// warnAgain warns of what is wrong with the run as it is to be now, as of
// stimuli behind its end.
func (s *simulation) warnAgain() error {
	d, err := s.params.Derive()
	if err != nil {
		return err
	}
	s.model.Warnings = d.Warnings
	for _, w := range d.Warnings {
		var stimulus *microcircuit.StimulusWarning
		if errors.As(w, &stimulus) {
			fmt.Fprintf(s.log, "Warning: %s\n", w)
		}
	}
	return nil
}

// countAgain counts what was recorded before, so that the report is about the
// whole run.
func (s *simulation) countAgain() error {
	if err := s.startCounting(); err != nil {
		return err
	}
	return arrowio.StreamSpikes(s.out, s.count.WriteSpikes)
}

func (s *simulation) notePlan() error {
	parameters, err := s.parametersJSON()
	if err != nil {
		return err
	}
	return s.dir.Update(func(r *arrowio.Run) {
		r.TSimMS, r.Parameters = s.params.TSim, parameters
		r.Threads, r.Shards = s.model.Net().Threads(), s.model.Net().Shards()
	})
}

// noteTimings adds what this part of the run took.
func (s *simulation) noteTimings() error {
	return s.dir.Update(func(r *arrowio.Run) {
		t := map[string]float64{}
		maps.Copy(t, r.Timings)
		t["warmup"] += s.warmupS
		t["sim"] += s.simS
		r.Timings = t
	})
}
