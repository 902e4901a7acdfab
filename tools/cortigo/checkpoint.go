package main

import (
	"errors"
	"fmt"
	"math"

	"cortigo/arrowio"
)

// startSaving begins to save the network, beside the simulation, and saves the
// state it is in.
func (s *simulation) startSaving() (err error) {
	fmt.Fprintf(s.log, "cortigo: saving the network in %s\n", s.out)
	s.saving, err = s.model.StartSave(s.out)
	return err
}

// finishSaving waits for the network to be on the disk.
func (s *simulation) finishSaving() error {
	if s.saving == nil {
		return nil
	}
	err := s.saving()
	s.saving, s.saved = nil, err == nil
	return err
}

// checkEvery reports a --checkpoint-every that steps do not meet.
func (s *simulation) checkEvery() error {
	if h := s.params.Resolution; math.Abs(float64(s.steps(s.every))*h-s.every) > 1e-6*h {
		return fmt.Errorf("--checkpoint-every is %v; allowed: multiples of the resolution, %v ms", s.every, h)
	}
	return nil
}

// checkpoint puts everything on disk, in an order in which being killed in
// between does no harm: what was recorded, how far that is, the state.
func (s *simulation) checkpoint() error {
	if s.voltages != nil {
		if err := s.voltages.Flush(); err != nil {
			return err
		}
	}
	if s.spikes != nil {
		if err := s.spikes.Flush(); err != nil {
			return err
		}
		if err := s.noteRecorded(s.model.Net().Step(), s.spikes.Total()); err != nil {
			return err
		}
	}
	if err := s.finishSaving(); err != nil || !s.saved {
		return err
	}
	return s.dir.SaveState(s.model.Net())
}

// noteRecorded notes in run.json that there are so many spikes until step end;
// 0: nobody counted them.
func (s *simulation) noteRecorded(end, spikes int64) error {
	return s.dir.Update(func(r *arrowio.Run) { r.Recorded, r.Spikes = arrowio.Window{Begin: 0, End: end}, spikes })
}

// finish closes the files and notes what was recorded. whole: the network is in
// a state from which it can go on.
func (s *simulation) finish(whole bool) error {
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
	var spikes int64
	end := s.model.Net().Step()
	switch {
	case spikesErr != nil:
		end, spikes = lastWholeStep(s.out)
		if r := s.dir.Run(); r.Recorded.End > end { // the last checkpoint, after which nothing was recorded
			end, spikes = r.Recorded.End, r.Spikes
		}
	case s.spikes != nil:
		spikes = s.spikes.Total()
	}
	update := s.dir.Update(func(r *arrowio.Run) {
		if s.spikes != nil {
			r.Recorded, r.Spikes = arrowio.Window{Begin: 0, End: end}, spikes
		}
		r.Timings = map[string]float64{"build": s.buildS, "warmup": s.warmupS, "sim": s.simS}
	})
	if err = errors.Join(err, update, s.finishSaving()); err == nil && s.saved && whole {
		err = s.dir.SaveState(s.model.Net())
	}
	return err
}
