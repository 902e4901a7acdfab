package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"cortigo/arrowio"
	"cortigo/sim"
	"cortigo/sim/microcircuit"
)

// A stoppedError is the reason for which a run ended early.
type stoppedError struct {
	err  error
	kept string // what of the run there is
}

// Error says both.
func (e *stoppedError) Error() string { return e.err.Error() + "; " + e.kept }

// Unwrap returns the cause.
func (e *stoppedError) Unwrap() error { return e.err }

// stopped adds to an error the time that the simulation reached and what was kept.
func (s *simulation) stopped(ctx context.Context, err error) error {
	if err == nil || s.model == nil {
		return err
	}
	net := s.model.Net()
	at := fmt.Sprintf("at %s of %s", ms(net.TimeMS()), ms(s.until()))
	built := net.SynapseCount() > 0 || s.count != nil
	if !built {
		at = "while the network was being built"
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = otherThan(ctx.Err(), err, fmt.Errorf("%w %s", errInterrupted, at))
	}
	switch {
	case s.replace:
		return &stoppedError{err, fmt.Sprintf("the run that was in %s is untouched", s.out)}
	case s.dir == nil:
		return err
	}
	if !exists(filepath.Join(s.out, arrowio.RunFile)) || s.partsGone() {
		return &stoppedError{err, fmt.Sprintf("what was in %s is gone: somebody removed it", s.out)}
	}
	kept := fmt.Sprintf("nothing was recorded in %s", s.out)
	switch r := s.dir.Run(); {
	case s.params.Record.Spikes && r.Recorded.End > r.Recorded.Begin:
		kept = fmt.Sprintf("%s holds the spikes of %s", s.out, windowMS(&r))
	case s.params.Record.Voltages && net.Step() > 0:
		kept = fmt.Sprintf("%s holds what was recorded until then", s.out)
	}
	if (s.save || s.resumedFrom != nil) && s.params.Record.Spikes && s.resumable() {
		kept += fmt.Sprintf("; to go on: cortigo run --resume %s", shellQuoted(s.out))
	}
	return &stoppedError{err, kept}
}

// partsGone reports whether somebody has removed parts of the recording.
func (s *simulation) partsGone() bool {
	files, err := os.ReadDir(filepath.Join(s.out, arrowio.SpikesDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	there := 0
	for _, f := range files {
		if strings.HasPrefix(f.Name(), "part-") {
			there++
		}
	}
	return there < len(s.dir.Run().Parts.Spikes)
}

// until returns the time at which the simulation is to end, in ms.
func (s *simulation) until() float64 {
	if s.end > 0 {
		return roundMS(float64(s.end) * s.params.Resolution)
	}
	return s.params.TPresim + s.params.TSim
}

// resumable reports whether network and state are where the run can go on from,
// as far as one sees without reading them.
func (s *simulation) resumable() bool {
	info, err := sim.Inspect(s.out)
	return err == nil && info.State != nil && s.model.Net().CheckSaved(s.out) == nil && microcircuit.Verify(s.out) == nil
}

// windowMS returns what was recorded of a run.
func windowMS(r *arrowio.Run) string {
	begin, end := r.RecordedMS()
	return fmt.Sprintf("(%s, %s] ms", decimal(begin), decimal(end))
}

// otherThan puts others, among joined errors, in the place of the one that is
// because of cause.
func otherThan(cause, err error, others ...error) error {
	errs := others
	if err == nil {
		return errors.Join(errs...)
	}
	for _, l := range leaves(err) {
		if !errors.Is(l.err, cause) {
			errs = append(errs, l.err)
		}
	}
	return errors.Join(errs...)
}

// roundMS removes the rounding errors of multiples of the resolution.
func roundMS(t float64) float64 { return math.Round(t*1000) / 1000 }

// decimal writes a time as in parameters.
func decimal(t float64) string { return strconv.FormatFloat(roundMS(t), 'f', -1, 64) }

func ms(t float64) string { return decimal(t) + " ms" }
