package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
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
	if s.out == "" {
		return errors.New("--resume is empty; allowed: the directory of a run")
	}
	dir, err := arrowio.OpenRun(s.out)
	if err != nil {
		return err
	}
	// From here on the state that is opened is the last one there is.
	if err := dir.Lock(); err != nil {
		return err
	}
	defer dir.Unlock()
	if err := s.open(ctx, dir); err != nil {
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
		return advise(s.out, err)
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

// advise adds to an error of going on with a run what one can do about it.
func advise(dir string, err error) error {
	anew := fmt.Sprintf("to simulate it anew: cortigo run --params %s --out DIR", shellQuoted(filepath.Join(dir, arrowio.RunFile)))
	switch {
	case errors.Is(err, arrowio.ErrStateLost), errors.Is(err, arrowio.ErrOtherNetwork):
		return fmt.Errorf("%w; nothing was removed; %s", err, anew)
	case errors.Is(err, arrowio.ErrHole):
		return fmt.Errorf("%w; %s", err, anew)
	}
	return err
}

// open opens the saved network, at its state.
func (s *simulation) open(ctx context.Context, dir *arrowio.RunDir) error {
	start := time.Now()
	s.progress = newProgress(s.log, "building", s.events)
	model, err := microcircuit.Open(s.out, s.withProgress()...)
	if err != nil {
		model, err = s.recover(ctx, dir.Run(), err)
	}
	s.progress.clear()
	if err != nil {
		return err
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

// recover returns the microcircuit of a run that cannot be opened because of
// err, where run.json has what it takes: a run that was killed before its
// network was saved begins again, and parameters that are missing or damaged
// beside a network are written again.
func (s *simulation) recover(ctx context.Context, run arrowio.Run, err error) (*microcircuit.Microcircuit, error) {
	network := exists(filepath.Join(s.out, arrowio.NetworkDir, "network.json"))
	missing := errors.Is(err, fs.ErrNotExist) // for whom is told
	if !network {
		err = fmt.Errorf("--resume %s: no network is saved there: a run can go on that was made with --save", s.out)
	}
	if run.Checkpoint == nil && !network {
		return nil, err
	}
	if !network && *run.Checkpoint > 0 {
		return nil, fmt.Errorf("--resume %s: the network that was saved there is gone", s.out)
	}
	p, perr := microcircuit.Decode(bytes.NewReader(run.Parameters))
	if perr != nil || run.Model != "microcircuit" || len(run.Parameters) == 0 {
		return nil, err
	}
	switch {
	case !network:
		s.progress.clear()
		fmt.Fprintf(s.log, "The network was not saved yet when the run in %s ended: building it again\n", s.out)
		return s.buildAgain(ctx, p)
	case microcircuit.Verify(s.out) != nil:
		if err := microcircuit.SaveParameters(s.out, p); err != nil {
			return nil, err
		}
		model, err := microcircuit.Open(s.out, s.withProgress()...)
		if err == nil {
			s.progress.clear()
			fmt.Fprintf(s.log, "The parameters beside the network in %s were %s: written again from %s\n", s.out,
				map[bool]string{true: "missing", false: "damaged"}[missing], arrowio.RunFile)
		}
		return model, err
	}
	return nil, err
}

// buildAgain builds the network of the parameters and saves it.
func (s *simulation) buildAgain(ctx context.Context, p microcircuit.Parameters) (*microcircuit.Microcircuit, error) {
	model, err := microcircuit.New(p, s.withProgress()...)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(model.Create(), model.Connect(ctx)); err != nil {
		return nil, err
	}
	return model, model.Save(s.out)
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
	s.end = s.steps(end)
	if s.end <= s.model.Net().Step() {
		return fmt.Errorf("--resume %s: the run is at %s, its end: --t-sim MS says for how long to go on", s.out, ms(now))
	}
	inWarmup := ""
	if end > s.params.TPresim {
		s.params.TSim = roundMS(end - s.params.TPresim)
	} else { // what comes after it stays planned
		inWarmup = fmt.Sprintf(", within the warm-up of %s", ms(s.params.TPresim))
	}
	fmt.Fprintf(s.log, "Going on with the run in %s at %s, until %s%s\n", s.out, ms(now), ms(end), inWarmup)
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
