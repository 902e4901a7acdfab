package arrowio

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"time"

	"cortigo/arrowio/internal/parquet"
	"cortigo/arrowio/internal/populations"
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
	begin   int64   // first step of the recorded window
	every   float64 // ms between checkpoints; 0: CheckpointInterval
	saved   bool    // the network is in the directory, or was
	closed  bool
}

// minCheckpoint and maxCheckpoints are what CheckpointInterval keeps to.
const (
	minCheckpoint  = 10000 // ms
	maxCheckpoints = 50
)

// CheckpointInterval returns after how many ms of model time a run of totalMS
// should write a checkpoint, unless told otherwise: every 10 s, in long runs
// every fiftieth of the run, so that there are no more than about fifty parts
// beside those that DefaultPartRows ends, and a program that is killed loses
// 2 % of its run or 10 s. It is a multiple of 10 s.
func CheckpointInterval(totalMS float64) float64 {
	if !(totalMS <= minCheckpoint*float64(1<<40)) { // too long for any run, or NaN
		totalMS = 0
	}
	return minCheckpoint * max(1, math.Ceil(totalMS/(minCheckpoint*maxCheckpoints)))
}

// Resume goes on with the run in dir, which CreateRun made, from the step that
// net is at: the state that was saved last, if net was opened from dir. The
// spikes of pops, or of all populations if none are named, are recorded from
// there on. Spikes that a killed program recorded after that step are removed;
// they will come again.
//
// It is an error, and nothing is removed, if the run is another network's or
// the network saved in dir is another one (ErrOtherNetwork), if net is not as
// far as the state that was saved last, so that what was recorded until then
// would be lost (ErrStateLost), and if the recording ends before the step that
// net is at: it would have a hole (ErrHole). A population that no node of pops is
// of is noted in run.json and in each part as not recorded; once something was
// recorded, it is an error to name other populations.
//
// Until Close no other program can write to the run, see [RunDir.Lock].
func Resume(dir string, net *sim.Network, pops ...*sim.Nodes) (*Session, error) {
	d, err := OpenRun(dir)
	if err != nil {
		return nil, err
	}
	return d.Resume(net, pops...)
}

// Errors that Resume wraps.
var (
	ErrOtherNetwork = errors.New("the network is another one")
	ErrStateLost    = errors.New("the state that was saved last is not the network's")
	ErrHole         = errors.New("what lies between was not recorded")
)

// Resume is the function Resume for a directory that is open already, and may
// be locked, so that no other program changes the state between opening it and
// going on from it.
func (d *RunDir) Resume(net *sim.Network, pops ...*sim.Nodes) (_ *Session, err error) {
	if err := d.Lock(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			d.Unlock()
		}
	}()
	if err := d.fits(net); err != nil {
		return nil, fmt.Errorf("arrowio: going on with the run in %s: %w", d.dir, err)
	}
	recorded, err := d.recordedOf(net, pops)
	if err != nil {
		return nil, fmt.Errorf("arrowio: going on with the run in %s: %w", d.dir, err)
	}
	step := net.Step()
	if err := d.Rewind(step); err != nil {
		return nil, err
	}
	s := &Session{dir: d, net: net, begin: step, saved: !errors.Is(net.CheckSaved(d.dir), fs.ErrNotExist)}
	if r := d.run.Recorded; r.End > r.Begin {
		s.begin = r.Begin
	}
	if !slices.Equal(recorded, d.run.Populations) {
		if err := d.Update(func(r *Run) { r.Populations = recorded }); err != nil {
			return nil, err
		}
	}
	if s.spikes, err = d.NewSpikeWriter(); err != nil {
		return nil, err
	}
	recorder := net.Record(device.SpikeRecorder{}, pops...)
	recorder.WriteSpikesTo(s.spikes)
	if err := recorder.Err(); err != nil {
		return nil, errors.Join(err, s.spikes.Close())
	}
	return s, nil
}

// fits reports why the run cannot go on with net. It only looks.
func (d *RunDir) fits(net *sim.Network) error {
	if err := d.belongsTo(net); err != nil {
		return err
	}
	r, step := d.run.Recorded, net.Step()
	if r.End > r.Begin && r.End < step {
		return fmt.Errorf("its recording ends at step %d, but the network is at step %d: %w", r.End, step, ErrHole)
	}
	if c := d.run.Checkpoint; c != nil {
		if step < *c {
			return fmt.Errorf("%w: it was saved at step %d, the network is at step %d, and what was recorded between would be lost", ErrStateLost, *c, step)
		}
		return nil
	}
	if r.End <= step {
		return nil
	}
	// Not known: then the state that is there tells where to go on.
	switch info, err := sim.Inspect(d.dir); {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case err != nil || info.State == nil:
		return fmt.Errorf("%w: spikes until step %d were recorded, no state is saved, and the network is at step %d", ErrStateLost, r.End, step)
	case info.State.Step != step:
		return fmt.Errorf("%w: it was saved at step %d, the network is at step %d, and spikes until step %d were recorded", ErrStateLost, info.State.Step, step, r.End)
	}
	return nil
}

// belongsTo reports what tells that net is not the network of the run, or not
// the one that is saved with it.
func (d *RunDir) belongsTo(net *sim.Network) error {
	var err error
	switch r := &d.run; {
	case r.Seed != net.Seed():
		err = fmt.Errorf("its seed is %d, the network's %d", r.Seed, net.Seed())
	case r.ResolutionMS != net.Resolution():
		err = fmt.Errorf("its resolution is %g ms, the network's %g ms", r.ResolutionMS, net.Resolution())
	case !slices.EqualFunc(r.Populations, net.SpikePopulations(), populations.SameNeurons):
		err = fmt.Errorf("its populations are %s, the network's %s", populations.Describe(r.Populations), populations.Describe(net.SpikePopulations()))
	default:
		err = net.CheckSaved(d.dir)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // none is saved
		}
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOtherNetwork, err)
	}
	return nil
}

// SaveState saves the state of net beside the network, which must be saved in
// the directory, and notes in run.json of which step it is: Resume removes
// nothing that was recorded before.
func (d *RunDir) SaveState(net *sim.Network) error {
	err := net.CheckSaved(d.dir)
	if err == nil {
		err = net.SaveState(d.dir)
	}
	if err != nil {
		return fmt.Errorf("arrowio: saving the state in %s: %w", d.dir, err)
	}
	step := net.Step()
	return d.Update(func(r *Run) { r.Checkpoint = &step })
}

// Run returns the run's directory, for what a Session does not do.
func (s *Session) Run() *RunDir { return s.dir }

// Record has what a multimeter reads of some populations, or of all if none
// are named, recorded from now on. One multimeter can be recorded at a time.
func (s *Session) Record(m device.Multimeter, pops ...*sim.Nodes) error {
	if s.samples != nil {
		return errors.New("arrowio: the session records a multimeter already")
	}
	w, err := s.dir.NewSampleWriter()
	if err != nil {
		return err
	}
	recorder := s.net.Record(m, pops...)
	recorder.WriteSamplesTo(w)
	if err := recorder.Err(); err != nil {
		return errors.Join(err, w.Close())
	}
	s.samples = w
	return nil
}

// CheckpointEvery has SimulateUntil write a checkpoint whenever the model time
// is a multiple of ms, which must be one of the resolution; 0, the default,
// chooses by CheckpointInterval from what SimulateUntil is asked for.
func (s *Session) CheckpointEvery(ms float64) error {
	if err := checkInterval(ms, s.net.Resolution()); err != nil {
		return err
	}
	s.every = ms
	return nil
}

// checkInterval reports an interval that is no multiple of the resolution h.
func checkInterval(ms, h float64) error {
	k := math.Round(ms / h)
	if ms < 0 || math.IsNaN(ms) || math.IsInf(ms, 0) || k < 1 && ms != 0 || math.Abs(k*h-ms) > 1e-6*h {
		return fmt.Errorf("arrowio: checkpoints every %v ms: must be a multiple of the resolution, %v ms, or 0", ms, h)
	}
	return nil
}

// SimulateUntil advances the network until its time is ms (a multiple of the
// resolution, counted from the run's beginning), or does nothing if it is as
// far already: a program that calls it can be run again, whether it was
// finished or stopped. A progress function that the network has is told of
// the whole of it.
//
// On the way it writes checkpoints, see CheckpointEvery; one more when it
// returns, also with the error of a ctx that ended. With a checkpoint
// everything up to the step reached is on disk: the spikes, in parts that are
// finished and change no more; the recorded window and the seconds of wall
// clock spent so far ("simulate") in run.json; the state, which replaces the
// one before it when it is whole, if the network was saved there. A network
// that was there and is gone is an error. A program that is killed goes on from its
// last checkpoint. If a spike could not be written the state is not saved
// either, so that it never is ahead of the recording.
func (s *Session) SimulateUntil(ctx context.Context, ms float64) error {
	h := s.net.Resolution()
	if err := checkUntil(ms, h); err != nil {
		return err
	}
	left := ms - s.net.TimeMS()
	if left < h/2 {
		return nil
	}
	every := s.every
	if every == 0 {
		every = CheckpointInterval(left)
	}
	before := 0.0
	if show := s.net.SetProgress(nil); show != nil {
		s.net.SetProgress(func(done, _ float64) { show(before+done, left) })
		defer func() { s.net.SetProgress(show) }()
	}
	from := s.net.TimeMS()
	for {
		before = s.net.TimeMS() - from
		left := ms - s.net.TimeMS()
		if left < h/2 {
			return nil
		}
		// To the next multiple, unless it is hardly there.
		next := (math.Floor(s.net.TimeMS()/every+1e-9) + 1) * every
		start := time.Now()
		err := s.net.Simulate(ctx, parquet.NewTimeScale(h).Whole(min(left, next-s.net.TimeMS())))
		if err := errors.Join(err, s.keep(time.Since(start).Seconds())); err != nil {
			return err
		}
	}
}

// checkUntil reports a time that no simulation reaches in steps of h ms.
func checkUntil(ms, h float64) error {
	last := parquet.NewTimeScale(h).Whole(float64(sim.MaxSteps) * h)
	if math.IsNaN(ms) || math.IsInf(ms, 0) || ms > last {
		return fmt.Errorf("arrowio: simulating until %v ms: must be at most %v ms, the last there can be at a resolution of %v ms", ms, last, h)
	}
	if ms > 0 && (ms < h/2 || math.Abs(math.Round(ms/h)*h-ms) > h/100+1e-12*ms) {
		return fmt.Errorf("arrowio: simulating until %v ms: must be a multiple of the resolution, %v ms", ms, h)
	}
	return nil
}

// Spikes returns how many spikes the run has so far, those of earlier sessions
// included. A progress function of the network may call it.
func (s *Session) Spikes() int64 { return s.spikes.Total() }

// keep writes everything to disk, in an order in which being killed in between
// does no harm.
func (s *Session) keep(seconds float64) error {
	if err := s.flush(); err != nil {
		return err
	}
	err := s.dir.Update(func(r *Run) {
		r.Recorded = Window{s.begin, s.net.Step()}
		r.Spikes = s.spikes.Total()
		if r.Timings == nil {
			r.Timings = map[string]float64{}
		}
		r.Timings["simulate"] += seconds
	})
	if err != nil {
		return err
	}
	if !s.saved {
		// A state without its network is of use to nobody.
		if err := s.net.CheckSaved(s.dir.dir); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		s.saved = true
	}
	return s.dir.SaveState(s.net)
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
	if !s.closed {
		s.closed = true
		defer s.dir.Unlock()
	}
	if s.samples != nil {
		err = errors.Join(err, s.samples.Close())
	}
	return err
}
