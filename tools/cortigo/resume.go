package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"cortigo/arrowio"
	"cortigo/arrowio/pd14"
	"cortigo/sim/microcircuit"
)

// notWithResume are the flags that are refused for a run that is continued: it
// keeps its parameters and its directory.
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

// resume continues the run in s.out from the state that was saved there last,
// for more ms or, if more is nil, to the planned end of the run.
func (s *simulation) resume(ctx context.Context, more *float64) (err error) {
	defer secondSignalKills(ctx)()
	if s.out == "" {
		return errors.New("--resume is empty; allowed: the directory of a run")
	}
	dir, err := arrowio.OpenRun(s.out)
	if err != nil {
		return err
	}
	// From here on the state that is opened is the last one.
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
	s.dir = dir
	if err := s.notePlan(); err != nil {
		return err
	}
	return s.record(ctx)
}

// advise adds to an error of resuming a run what the user can do about it.
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
	if t := roundMS(dir.Run().PlannedEndMS - s.params.TPresim); t > 0 {
		s.params.TSim = t // may have been prolonged
	}
	if !s.params.Record.Spikes {
		return fmt.Errorf("--resume %s: the run does not record spikes, so there is nothing to go on with", s.out)
	}
	s.model = model
	return nil
}

// recover returns the microcircuit of a run that cannot be opened because of
// err, if run.json is sufficient: a run that was killed before its network was
// saved starts again, and parameters that are missing or damaged in a saved
// network are written again.
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
	if perr != nil || run.Model != pd14.Model || len(run.Parameters) == 0 {
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

// checkEvery reports a --checkpoint-every that is not a multiple of the resolution.
func (s *simulation) checkEvery() error {
	if h := s.params.Resolution; math.Abs(float64(s.steps(s.every))*h-s.every) > 1e-6*h {
		return fmt.Errorf("--checkpoint-every is %v; allowed: multiples of the resolution, %v ms", s.every, h)
	}
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

// warnAgain warns of what is wrong with the run as it is planned now, such as
// stimuli after its end.
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

// notePlan notes until when the run is to go on.
func (s *simulation) notePlan() error {
	plan, err := pd14.Plan(s.params)
	if err != nil {
		return err
	}
	return s.dir.Update(func(r *arrowio.Run) {
		plan(r)
		r.Threads, r.Shards = s.model.Net().Threads(), s.model.Net().Shards()
	})
}
