package arrowio

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"cortigo/sim"
	"cortigo/sim/device"
)

// A Session is a run that goes on: a network, and the directory in which its
// spikes are recorded and its state is kept. What one program or notebook cell
// leaves there, the next one goes on from:
//
//	net, err := sim.Open(dir)
//	s, err := arrowio.Resume(dir, net)
//	err = s.SimulateUntil(ctx, 1000)
//	err = errors.Join(err, s.Close())
//
// Recording and state always belong together: spikes are on disk before the
// state behind them is, and Resume removes what was recorded after the last
// state.
type Session struct {
	dir     *RunDir
	net     *sim.Network
	spikes  *SpikeWriter
	samples *SampleWriter
	begin   int64 // first step of the recorded window
}

// Resume goes on with the run in dir, which CreateRun made, from the step that
// net is at: the state that was saved last, if net was opened from dir. The
// spikes of pops, or of all populations if none are named, are recorded from
// there on. Spikes that a killed program recorded after that step are removed;
// they will come again.
//
// It is an error if the run is another network's, and if the recording ends
// before that step: it would have a hole.
func Resume(dir string, net *sim.Network, pops ...*sim.Population) (*Session, error) {
	d, err := OpenRun(dir)
	if err != nil {
		return nil, err
	}
	if err := d.belongsTo(net); err != nil {
		return nil, fmt.Errorf("arrowio: going on with the run in %s: %w", dir, err)
	}
	step := net.Step()
	if err := d.Rewind(step); err != nil {
		return nil, err
	}
	s := &Session{dir: d, net: net, begin: step}
	if r := d.run.Recorded; r.End > r.Begin {
		if r.End < step {
			return nil, fmt.Errorf("arrowio: going on with the run in %s: its recording ends at step %d, but the network is at step %d: what lies between was not recorded; record to another directory",
				dir, r.End, step)
		}
		s.begin = r.Begin
	}
	if s.spikes, err = d.NewSpikeWriter(); err != nil {
		return nil, err
	}
	if err := net.RecordSpikes(s.spikes, pops...); err != nil {
		return nil, errors.Join(err, s.spikes.Close())
	}
	return s, nil
}

// belongsTo reports what tells that net is not the network of the run.
func (d *RunDir) belongsTo(net *sim.Network) error {
	switch r := &d.run; {
	case r.Seed != net.Seed():
		return fmt.Errorf("its seed is %d, the network's %d", r.Seed, net.Seed())
	case r.ResolutionMS != net.Resolution():
		return fmt.Errorf("its resolution is %g ms, the network's %g ms", r.ResolutionMS, net.Resolution())
	case !slices.Equal(r.Populations, net.SpikePopulations()):
		return fmt.Errorf("its populations are %v, the network's %v", r.Populations, net.SpikePopulations())
	}
	return nil
}

// Run returns the run's directory, for what a Session does not do.
func (s *Session) Run() *RunDir { return s.dir }

// Record has what a multimeter reads of some populations, or of all if none
// are named, recorded from now on. One multimeter can be recorded at a time.
func (s *Session) Record(m device.Multimeter, pops ...*sim.Population) error {
	if s.samples != nil {
		return errors.New("arrowio: the session records a multimeter already")
	}
	w, err := s.dir.NewSampleWriter()
	if err != nil {
		return err
	}
	if err := s.net.Record(w, m, pops...); err != nil {
		return errors.Join(err, w.Close())
	}
	s.samples = w
	return nil
}

// SimulateUntil advances the network until its time is ms (a multiple of the
// resolution, counted from the run's beginning), or does nothing if it is as
// far already: a program that calls it can be run again, whether it was
// finished or stopped.
//
// When it returns, also with the error of a ctx that ended, everything up to
// the step reached is on disk: the spikes, the recorded window and the seconds
// of wall clock spent so far ("simulate") in run.json, the state. A program
// that is killed instead goes on from where its last call ended. If a spike
// could not be written the state is not saved either, so that it never is
// ahead of the recording.
func (s *Session) SimulateUntil(ctx context.Context, ms float64) error {
	left := ms - s.net.TimeMS()
	if left < s.net.Resolution()/2 {
		return nil
	}
	start := time.Now()
	err := s.net.Simulate(ctx, left)
	return errors.Join(err, s.keep(time.Since(start).Seconds()))
}

// keep writes everything to disk, in an order in which being killed in between
// does no harm.
func (s *Session) keep(seconds float64) error {
	if err := s.flush(); err != nil {
		return err
	}
	err := s.dir.Update(func(r *Run) {
		r.Recorded = Window{s.begin, s.net.Step()}
		if r.Timings == nil {
			r.Timings = map[string]float64{}
		}
		r.Timings["simulate"] += seconds
	})
	if err != nil {
		return err
	}
	return s.net.SaveState(s.dir.dir)
}

func (s *Session) flush() error {
	err := s.spikes.Flush()
	if s.samples != nil {
		err = errors.Join(err, s.samples.Flush())
	}
	return err
}

// Close ends the recording. The network can be simulated no further after it.
func (s *Session) Close() error {
	err := s.spikes.Close()
	if s.samples != nil {
		err = errors.Join(err, s.samples.Close())
	}
	return err
}
