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

// A Session is the one way a run is simulated and recorded: a network, and the
// directory in which its spikes are recorded and its state is kept. It starts a
// run or continues it; the next program or notebook cell continues where the last
// one stopped:
//
//	net, err := sim.Open(dir)
//	s, err := arrowio.Resume(dir, net)
//	err = s.SimulateUntil(ctx, 1000)
//	err = errors.Join(err, s.Close())
//
// Recording and state always belong together: spikes are on disk before the
// state after them is, and Resume removes what was recorded after the last
// state.
type Session struct {
	dir     *RunDir
	net     *sim.Network
	spikes  *SpikeWriter // nil: they are not recorded
	samples *SampleWriter
	begin   int64 // first step of the recorded window
	every   int64 // steps between checkpoints; 0: CheckpointInterval
	seconds float64
	kept    int64        // step of the last checkpoint
	saved   bool         // the network is in the directory, or was
	saving  func() error // waits for the network that is being saved; nil: none is
	closed  bool
}

type sessionConfig struct {
	pops     []*sim.Nodes
	noSpikes bool
}

// A SessionOption chooses what a session records.
type SessionOption func(*sessionConfig)

// SpikesOf makes the session record the spikes of these populations. Default,
// and without populations: of all.
func SpikesOf(pops ...*sim.Nodes) SessionOption {
	return func(c *sessionConfig) { c.pops = append(c.pops, pops...) }
}

// NoSpikes makes the session record no spikes, if only samples are of interest,
// see Session.Record.
func NoSpikes() SessionOption { return func(c *sessionConfig) { c.noSpikes = true } }

// minCheckpoint and maxCheckpoints are what CheckpointInterval keeps to.
const (
	minCheckpoint  = 10000 // ms
	maxCheckpoints = 50
)

// CheckpointInterval returns the default interval between checkpoints, in ms of
// model time, of a run of totalMS: 10 s, or in long runs a fiftieth of the run.
// Then checkpoints make no more than about fifty parts, in addition to those
// that DefaultPartRows ends, and a program that is killed loses at most 2 % of
// its run or 10 s. It is a multiple of 10 s.
func CheckpointInterval(totalMS float64) float64 {
	if !(totalMS <= minCheckpoint*float64(1<<40)) { // too long for any run, or NaN
		totalMS = 0
	}
	return minCheckpoint * max(1, math.Ceil(totalMS/(minCheckpoint*maxCheckpoints)))
}

// Resume starts the run in dir, which CreateRun made, or continues it from the
// step that net is at: the state that was saved last, if net was opened from dir.
// Spikes are recorded from there on, of all populations unless an option says
// otherwise. Spikes that a killed program recorded after that step are removed;
// they will be simulated again.
//
// It is an error, and nothing is removed, if the run is another network's or
// the network saved in dir is another one (ErrOtherNetwork), if net is not as
// far as the state that was saved last, so that what was recorded until then
// would be lost (ErrStateLost), and if the recording ends before the step that
// net is at: it would have a hole (ErrHole). A population that is not recorded is
// noted as such in run.json and in each part; once something was recorded, it is
// an error to name other populations.
//
// Until Close no other program can write to the run, see [RunDir.Lock].
func Resume(dir string, net *sim.Network, opts ...SessionOption) (*Session, error) {
	d, err := OpenRun(dir)
	if err != nil {
		return nil, err
	}
	return d.Resume(net, opts...)
}

// Errors that Resume wraps.
var (
	ErrOtherNetwork = errors.New("the network is another one")
	ErrStateLost    = errors.New("the state that was saved last is not the network's")
	ErrHole         = errors.New("what lies between was not recorded")
)

// Resume is the function Resume for a directory that is open already. It may be
// locked, so that no other program changes the state after it was opened.
func (d *RunDir) Resume(net *sim.Network, opts ...SessionOption) (_ *Session, err error) {
	var c sessionConfig
	for _, o := range opts {
		o(&c)
	}
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
	recorded, err := d.recordedOf(net, c)
	if err != nil {
		return nil, fmt.Errorf("arrowio: going on with the run in %s: %w", d.dir, err)
	}
	step := net.Step()
	if err := d.rewind(step); err != nil {
		return nil, err
	}
	s := &Session{dir: d, net: net, begin: step, kept: -1, saved: !errors.Is(net.CheckSaved(d.dir), fs.ErrNotExist)}
	if r := d.run.Recorded; r.End > r.Begin {
		s.begin = r.Begin
	}
	if now := net.SynapseCount(); !slices.Equal(recorded, d.run.Populations) || now != d.run.Synapses {
		if err := d.Update(func(r *Run) { r.Populations, r.Synapses = recorded, now }); err != nil {
			return nil, err
		}
	}
	if c.noSpikes {
		return s, nil
	}
	if s.spikes, err = d.NewSpikeWriter(); err != nil {
		return nil, err
	}
	recorder := net.Record(device.SpikeRecorder{}, c.pops...)
	recorder.WriteSpikesTo(s.spikes)
	if err := recorder.Err(); err != nil {
		return nil, errors.Join(err, s.spikes.Close())
	}
	return s, nil
}

// fits reports why net cannot continue the run. It changes nothing.
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
	// Not known: then the existing state tells where to continue.
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

// belongsTo reports why net is not the network of the run, or not the one that
// is saved with it.
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

// SaveState saves the state of net in the directory, where the network must be
// saved, and notes its step in run.json: Resume removes nothing that was
// recorded before that step.
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

// Directory returns the run's directory, for what a Session does not do.
func (s *Session) Directory() *RunDir { return s.dir }

// SaveNetwork saves the network in the directory while the simulation goes on: the
// first checkpoint waits for it, and from then on checkpoints save the state. The
// function start does it, for example the StartSave of a model; if it is nil,
// [sim.Network.StartSave]. A network that is in the directory already need not be
// saved.
func (s *Session) SaveNetwork(start func(dir string) (wait func() error, err error)) error {
	if start == nil {
		start = func(dir string) (func() error, error) { return s.net.StartSave(dir) }
	}
	if err := s.finishSaving(); err != nil {
		return err
	}
	wait, err := start(s.dir.dir)
	if err != nil {
		return err
	}
	s.saving = wait
	return nil
}

// finishSaving waits for the network to be on the disk.
func (s *Session) finishSaving() error {
	if s.saving == nil {
		return nil
	}
	err := s.saving()
	s.saving, s.saved = nil, err == nil
	return err
}

// Record records from now on what a multimeter reads of some populations, or of
// all if none are named. Only one multimeter can be recorded at a time.
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

// CheckpointEvery makes the session write a checkpoint whenever the model time is
// a multiple of ms, which must be a multiple of the resolution; 0, the default,
// takes the CheckpointInterval for the time that AdvanceUntil or SimulateUntil is
// asked for.
func (s *Session) CheckpointEvery(ms float64) error {
	h := s.net.Resolution()
	k := math.Round(ms / h)
	if ms < 0 || math.IsNaN(ms) || math.IsInf(ms, 0) || k < 1 && ms != 0 || math.Abs(k*h-ms) > 1e-6*h {
		return fmt.Errorf("arrowio: checkpoints every %v ms: must be a multiple of the resolution, %v ms, or 0", ms, h)
	}
	s.every = int64(k)
	return nil
}

// SimulateUntil advances the network until its time is ms (a multiple of the
// resolution, counted from the start of the run). It does nothing if that time
// has been reached already, so that a program that calls it can be run again,
// whether it was finished or stopped. A progress function of the network gets
// the progress of all of it.
//
// It writes checkpoints, see CheckpointEvery, and one more when it returns, also
// when ctx ended. A program that is killed continues from its last checkpoint
// when it runs again.
func (s *Session) SimulateUntil(ctx context.Context, ms float64) error {
	from := s.net.Step()
	err := s.AdvanceUntil(ctx, ms)
	if s.net.Step() == from || err != nil && !errors.Is(err, ctx.Err()) {
		return err
	}
	return errors.Join(err, s.Checkpoint())
}

// AdvanceUntil is SimulateUntil without the checkpoint at the end: for a part of
// a run that another one follows.
func (s *Session) AdvanceUntil(ctx context.Context, ms float64) error {
	h := s.net.Resolution()
	if err := checkUntil(ms, h); err != nil {
		return err
	}
	scale := parquet.NewTimeScale(h)
	from, end := s.net.Step(), int64(math.Round(ms/h))
	if end <= from {
		return nil
	}
	every := s.every
	if every == 0 {
		every = max(1, int64(math.Round(CheckpointInterval(scale.MS(end-from))/h)))
	}
	before := 0.0
	if show := s.net.SetProgress(nil); show != nil {
		s.net.SetProgress(func(done, _ float64) { show(scale.Whole(before+done), scale.MS(end-from)) })
		defer func() { s.net.SetProgress(show) }()
	}
	for s.net.Step() < end {
		step := s.net.Step()
		before = scale.MS(step - from)
		next := min(end, (step/every+1)*every)
		start := time.Now()
		err := s.net.Simulate(ctx, scale.MS(next-step))
		s.seconds += time.Since(start).Seconds()
		if err != nil {
			return err
		}
		if next%every == 0 {
			if err := s.Checkpoint(); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkUntil reports a time that no simulation can reach in steps of h ms.
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

// SpikeCount returns how many spikes the run has so far, those of earlier sessions
// included; 0 if none are recorded. A progress function of the network may call
// it.
func (s *Session) SpikeCount() int64 {
	if s.spikes == nil {
		return 0
	}
	return s.spikes.Total()
}

// Checkpoint puts everything up to the present step on disk, in an order in which
// nothing is lost if the program is killed in between: first the recording, in
// finished parts that do not change any more; then the recorded window and the
// seconds of wall clock spent so far ("simulate") in run.json; then, if the
// network is saved there, the state, which replaces the last one when it is
// complete. It is an error if the network was there and is gone. If a spike could
// not be written, the state is not saved either, so that it is never ahead of the
// recording. If nothing was simulated since the last checkpoint, Checkpoint does
// nothing.
func (s *Session) Checkpoint() error {
	if s.kept == s.net.Step() {
		return nil
	}
	if err := s.flush(); err != nil {
		return err
	}
	if err := s.note(s.net.Step(), s.SpikeCount()); err != nil {
		return err
	}
	if err := s.finishSaving(); err != nil {
		return err
	}
	if !s.saved {
		// A state without its network is useless.
		if err := s.net.CheckSaved(s.dir.dir); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		s.saved = true
	}
	if err := s.dir.SaveState(s.net); err != nil {
		return err
	}
	s.kept = s.net.Step()
	return nil
}

// note notes in run.json the number of spikes recorded until step end; 0: they
// were not counted.
func (s *Session) note(end, spikes int64) error {
	return s.dir.Update(func(r *Run) {
		if s.spikes != nil {
			r.Recorded, r.Spikes = Window{s.begin, end}, spikes
		}
		if s.seconds > 0 {
			if r.Timings == nil {
				r.Timings = map[string]float64{}
			}
			r.Timings["simulate"] += s.seconds
			s.seconds = 0
		}
	})
}

func (s *Session) flush() error {
	var err error
	if s.spikes != nil {
		err = s.spikes.Flush()
	}
	if s.samples != nil {
		err = errors.Join(err, s.samples.Flush())
	}
	return err
}

// Close ends the recording and notes how far it goes: if spikes could not be
// written, to the last step whose spikes are all there. It waits for a network
// that is being saved. After Close the session cannot simulate the network any
// more.
func (s *Session) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	defer s.dir.Unlock()
	var lost, err error
	if s.spikes != nil {
		lost = s.spikes.Close()
	}
	if s.samples != nil {
		err = s.samples.Close()
	}
	end, n := s.net.Step(), s.SpikeCount()
	if lost != nil {
		end, n = s.dir.lastWholeStep()
		if r := s.dir.run; r.Recorded.End > end { // the last checkpoint, after which nothing was recorded
			end, n = r.Recorded.End, r.Spikes
		}
	}
	err, end = errors.Join(lost, err), max(end, s.begin)
	if r := s.dir.run.Recorded; s.seconds > 0 || s.spikes != nil && end > s.begin && r.End != end {
		err = errors.Join(err, s.note(end, n))
	}
	return errors.Join(err, s.finishSaving())
}

// lastWholeStep returns, after a spike could not be written, the step up to which
// the parts hold all spikes, and their number: a part may end in the middle of a
// step.
func (d *RunDir) lastWholeStep() (last, n int64) {
	in := int64(0) // of n, those in the step after last
	err := StreamSpikes(d.dir, func(step []int64, _ []int32) error {
		for _, t := range step {
			if t-1 != last {
				last, in = t-1, 0
			}
			in++
		}
		n += int64(len(step))
		return nil
	})
	if err != nil {
		return 0, 0 // readers find out more from the parts themselves
	}
	return last, n - in
}
