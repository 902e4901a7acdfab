package arrowio

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"cortigo/arrowio/internal/parquet"
	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// sessionNet is a small network with random input; 100 ms give some hundred spikes.
func sessionNet(t *testing.T, seed uint64, opts ...sim.Option) *sim.Network {
	t.Helper()
	net := sim.New(append(opts, sim.Seed(seed), sim.Threads(1))...)
	exc := net.Create("E", 40, neuron.DefaultIafPscExp())
	inh := net.Create("I", 10, neuron.DefaultIafPscExp())
	syn := func(w float64) connect.Synapse {
		return connect.Synapse{Weight: w, Delay: 1.5}
	}
	drive(net, device.Poisson{Rate: 16000}, exc, syn(87.8))
	drive(net, device.Poisson{Rate: 16000}, inh, syn(87.8))
	net.Connect(exc, inh, connect.FixedTotalNumber{N: 200}, syn(87.8))
	net.Connect(inh, exc, connect.FixedTotalNumber{N: 200}, syn(-351.2))
	if err := net.Build(t.Context()); err != nil {
		t.Fatal(err)
	}
	return net
}

// newSessionDir returns the directory of a run of the network, saved at its start.
func newSessionDir(t *testing.T, net *sim.Network) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	if _, err := CreateRun(dir, Describe(net), false); err != nil {
		t.Fatal(err)
	}
	if err := net.Save(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

// goOn opens what is in dir and simulates until ms, as one notebook cell does.
func goOn(ctx context.Context, dir string, ms float64, opts ...sim.Option) error {
	net, err := sim.Open(dir, append(opts, sim.Threads(1))...)
	if err != nil {
		return err
	}
	s, err := Resume(dir, net)
	if err != nil {
		return err
	}
	return errors.Join(s.SimulateUntil(ctx, ms), s.Close())
}

// checkRun checks that dir holds exactly the first ms (a multiple of 0.1) of
// the run, which the digest of an uninterrupted run is given for.
func checkRun(t *testing.T, dir string, steps int64, want string) {
	t.Helper()
	got, err := Digest(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
	d, err := ReadSpikes(dir)
	if err != nil {
		t.Fatal(err)
	}
	if d.Begin != 0 || d.End != steps || d.Len() == 0 {
		t.Errorf("%d spikes in (%d, %d], want (0, %d]", d.Len(), d.Begin, d.End, steps)
	}
	net, err := sim.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if net.Step() != steps {
		t.Errorf("the state is that of step %d, want %d", net.Step(), steps)
	}
}

// uninterrupted returns the digest of one session of ms.
func uninterrupted(t *testing.T, ms float64) string {
	t.Helper()
	dir := newSessionDir(t, sessionNet(t, 3))
	if err := goOn(t.Context(), dir, ms); err != nil {
		t.Fatal(err)
	}
	digest, err := Digest(dir)
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

// A run in several sessions is the run in one, also if a session is asked for
// what is there already.
func TestSessionGoesOn(t *testing.T) {
	want := uninterrupted(t, 100)
	dir := newSessionDir(t, sessionNet(t, 3))
	for _, ms := range []float64{20, 20, 57.3, 10, 100} {
		if err := goOn(t.Context(), dir, ms); err != nil {
			t.Fatalf("until %g ms: %v", ms, err)
		}
	}
	checkRun(t, dir, 1000, want)
	d, err := OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	if s := d.Run().Timings["simulate"]; s <= 0 {
		t.Errorf("%g s of simulation noted, want more than 0", s)
	}
}

// A session that is stopped keeps what it recorded, and the next one goes on
// from there.
func TestSessionStopped(t *testing.T) {
	want := uninterrupted(t, 2000)
	dir := newSessionDir(t, sessionNet(t, 3))
	ctx, cancel := context.WithCancel(t.Context())
	err := goOn(ctx, dir, 2000, sim.Progress(func(done, total float64) {
		if done < total {
			cancel()
		}
	}))
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want that it was stopped", err)
	}
	d, err := ReadSpikes(dir)
	if err != nil {
		t.Fatal(err)
	}
	net, err := sim.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if d.End != net.Step() || d.End >= 20000 {
		t.Errorf("recorded until step %d, the state is that of step %d, want the same and less than 20000", d.End, net.Step())
	}
	if err := goOn(t.Context(), dir, 2000); err != nil {
		t.Fatal(err)
	}
	checkRun(t, dir, 20000, want)
}

// What a program recorded after its last state before it was killed is
// removed and comes again: whether run.json knows of it or not.
func TestSessionKilled(t *testing.T) {
	want := uninterrupted(t, 100)
	for _, noted := range []bool{false, true} {
		dir := newSessionDir(t, sessionNet(t, 3))
		if err := goOn(t.Context(), dir, 30); err != nil {
			t.Fatal(err)
		}
		net, err := sim.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Resume(dir, net)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(net.Simulate(t.Context(), 40), s.flush()); err != nil {
			t.Fatal(err)
		}
		killed := filepath.Join(t.TempDir(), "killed")
		if err := os.CopyFS(killed, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		d, err := OpenRun(dir)
		if err != nil {
			t.Fatal(err)
		}
		if r := d.Run(); r.Recorded.End != 700 || r.Spikes != s.SpikeCount() || *r.Checkpoint != 300 {
			t.Errorf("Close noted %+v with %d spikes, the state of step %d", r.Recorded, r.Spikes, *r.Checkpoint)
		}
		if !noted {
			dir = killed
		}
		if err := goOn(t.Context(), dir, 100); err != nil {
			t.Fatal(err)
		}
		checkRun(t, dir, 1000, want)
	}
}

// Where spikes cannot be written the state stays where it was.
func TestSessionDiskFull(t *testing.T) {
	want := uninterrupted(t, 100)
	dir := newSessionDir(t, sessionNet(t, 3))
	if err := goOn(t.Context(), dir, 30); err != nil {
		t.Fatal(err)
	}
	net, err := sim.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	d, err := OpenRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	w, err := d.NewSpikeWriter(onFullDisk(100))
	if err != nil {
		t.Fatal(err)
	}
	net.Record(device.SpikeRecorder{}).WriteSpikesTo(w)
	s := &Session{dir: d, net: net, spikes: w}
	if err := s.SimulateUntil(t.Context(), 70); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("%v, want %v", err, syscall.ENOSPC)
	}
	_ = s.Close() // reports the same
	if err := goOn(t.Context(), dir, 100); err != nil {
		t.Fatal(err)
	}
	checkRun(t, dir, 1000, want)
}

// A multimeter is recorded with the spikes, and rewound with them.
func TestSessionRecord(t *testing.T) {
	dir := newSessionDir(t, sessionNet(t, 3))
	for _, ms := range []float64{20, 50} {
		net, err := sim.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Resume(dir, net)
		if err != nil {
			t.Fatal(err)
		}
		m := device.Multimeter{Interval: 1, Quantities: []string{"V_m"}}
		if err := s.Record(m); err != nil {
			t.Fatal(err)
		}
		if s.Record(m) == nil {
			t.Error("no error for a second multimeter")
		}
		if err := errors.Join(s.SimulateUntil(t.Context(), ms), s.Close()); err != nil {
			t.Fatal(err)
		}
	}
	v, err := ReadSamples(dir)
	if err != nil {
		t.Fatal(err)
	}
	// 50 neurons, every ms of (0, 50]; sim samples at the ends of steps.
	if n := len(v.Step); n != 50*50 || v.Step[0] != 10 || v.Step[n-1] != 500 {
		t.Errorf("%d samples of steps %d to %d, want 2500 of 10 to 500", n, v.Step[0], v.Step[n-1])
	}
}

func TestResumeErrors(t *testing.T) {
	net := sessionNet(t, 3)
	dir := newSessionDir(t, net)
	if err := goOn(t.Context(), dir, 10); err != nil {
		t.Fatal(err)
	}
	if _, err := Resume(filepath.Join(dir, "none"), net); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no run: %v, want %v", err, os.ErrNotExist)
	}
	if _, err := Resume(dir, sessionNet(t, 4)); err == nil || !strings.Contains(err.Error(), "its seed is 3, the network's 4") {
		t.Errorf("another seed: %v", err)
	}
	more := sessionNet(t, 3) // built networks take no more neurons: put another's name down
	other := Describe(more)
	other.Populations[0].Name = "X"
	elsewhere := filepath.Join(t.TempDir(), "other")
	if _, err := CreateRun(elsewhere, other, false); err != nil {
		t.Fatal(err)
	}
	if _, err := Resume(elsewhere, more); err == nil || !strings.Contains(err.Error(), "its populations are") {
		t.Errorf("other populations: %v", err)
	}
	if err := net.Simulate(t.Context(), 30); err != nil { // not recorded
		t.Fatal(err)
	}
	if _, err := Resume(dir, net); err == nil || !strings.Contains(err.Error(), "recording ends at step 100, but the network is at step 300") {
		t.Errorf("a hole: %v", err)
	}
	checkRun(t, dir, 100, uninterrupted(t, 10))
}

// drive creates a generator and connects it to all of targets.
func drive(net *sim.Network, dev device.Device, targets *sim.Nodes, syn connect.Synapse) {
	net.Connect(net.Create("", 1, dev), targets, syn)
}

// A time that no simulation reaches is refused before the work, and leaves the run
// as it is.
func TestSimulateUntilNowhere(t *testing.T) {
	net := sessionNet(t, 1)
	s, err := Resume(newSessionDir(t, net), net)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		ms   float64
		want string
	}{
		{math.Inf(1), "+Inf"}, {math.Inf(-1), "-Inf"}, {math.NaN(), "NaN"}, {1e18, "1e+18 ms: must be at most 8.589934592e+08 ms"},
		{858993459.3, "must be at most"}, {100.05, "100.05 ms: must be a multiple"}, {1e-300, "1e-300 ms: must be a multiple"},
	} {
		if err := s.SimulateUntil(t.Context(), c.ms); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("until %g ms: error %v, want one with %q", c.ms, err, c.want)
		}
	}
	if net.Step() != 0 {
		t.Errorf("the network is at step %d", net.Step())
	}
	if err := errors.Join(s.SimulateUntil(t.Context(), 0.1+0.2), s.SimulateUntil(t.Context(), -1), s.Close()); err != nil {
		t.Error(err)
	}
	if net.TimeMS() != 0.3 {
		t.Errorf("the network is at %v ms, want 0.3", net.TimeMS())
	}
}

// newSession begins a run of a network that is not saved yet.
func newSession(t *testing.T, opts ...SessionOption) (*Session, string) {
	t.Helper()
	net := sessionNet(t, 3)
	dir := filepath.Join(t.TempDir(), "run")
	d, err := CreateRun(dir, Describe(net), false)
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Resume(net, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, dir
}

// A session that saves its network beside the simulation writes no state before the
// network is there, and all of its run goes on from every checkpoint.
func TestSessionSavesNetwork(t *testing.T) {
	want := uninterrupted(t, 100)
	s, dir := newSession(t)
	waited := 0
	err := s.SaveNetwork(func(dir string) (func() error, error) {
		wait, err := s.net.StartSave(dir)
		return func() error { waited++; return wait() }, err
	})
	if err := errors.Join(err, s.CheckpointEvery(20), s.AdvanceUntil(t.Context(), 19.9)); err != nil {
		t.Fatal(err)
	}
	if r := s.Directory().Run(); waited != 0 || r.Recorded.End != 0 || r.Checkpoint != nil {
		t.Errorf("before the first checkpoint: waited %d times, recorded %+v, state %v", waited, r.Recorded, r.Checkpoint)
	}
	if err := s.AdvanceUntil(t.Context(), 30); err != nil {
		t.Fatal(err)
	}
	if r := s.Directory().Run(); waited != 1 || r.Recorded.End != 200 || r.Checkpoint == nil || *r.Checkpoint != 200 {
		t.Errorf("after one checkpoint: waited %d times, recorded %+v, state %v", waited, r.Recorded, r.Checkpoint)
	}
	if err := errors.Join(s.SimulateUntil(t.Context(), 50), s.Checkpoint(), s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	parts, err := listParts(filepath.Join(dir, SpikesDir))
	if err != nil || len(parts) != 3 { // until 20, 40, 50 ms; nothing for the second call at 50
		t.Errorf("%d parts, %v", len(parts), err)
	}
	if _, writing := WriterPID(dir); writing || waited != 1 {
		t.Errorf("after Close: locked %t, waited %d times", writing, waited)
	}
	if err := goOn(t.Context(), dir, 100); err != nil {
		t.Fatal(err)
	}
	checkRun(t, dir, 1000, want)
}

// A network that could not be saved is told when the first checkpoint, or the end,
// needs it; what was recorded is kept.
func TestSessionCannotSave(t *testing.T) {
	full := errors.New("no room")
	for name, end := range map[string]func(*Session) error{
		"checkpoint": (*Session).Checkpoint,
		"close":      (*Session).Close,
		"again":      func(s *Session) error { return s.SaveNetwork(nil) },
	} {
		s, dir := newSession(t)
		if err := s.SaveNetwork(func(string) (func() error, error) { return nil, full }); err != full {
			t.Errorf("%s: %v, want %v", name, err, full)
		}
		if err := s.SaveNetwork(func(string) (func() error, error) { return func() error { return full }, nil }); err != nil {
			t.Fatal(err)
		}
		if err := s.AdvanceUntil(t.Context(), 50); err != nil {
			t.Fatal(err)
		}
		if err := end(s); !errors.Is(err, full) {
			t.Errorf("%s: %v, want %v", name, err, full)
		}
		if err := s.Close(); err != nil {
			t.Errorf("%s: closing: %v", name, err)
		}
		if d, err := ReadSpikes(dir); err != nil || d.End != 500 || d.Len() == 0 {
			t.Errorf("%s: %v, %v", name, d, err)
		}
		if wantWhole(t, dir); name != "again" {
			if _, err := sim.Open(dir); err == nil {
				t.Errorf("%s: there is a network", name)
			}
		}
	}
}

// Samples without spikes: run.json says that nothing is known of the spikes, and
// the samples are those of a run with them.
func TestSessionNoSpikes(t *testing.T) {
	meter := device.Multimeter{Interval: 5, Quantities: []string{"V_m"}}
	record := func(opts ...SessionOption) (*Session, string) {
		s, dir := newSession(t, opts...)
		if err := errors.Join(s.Record(meter), s.CheckpointEvery(20), s.SimulateUntil(t.Context(), 50), s.Close()); err != nil {
			t.Fatal(err)
		}
		return s, dir
	}
	_, both := record()
	s, alone := record(NoSpikes())
	want, err := ReadSamples(both)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ReadSamples(alone); err != nil || len(got.Step) != 500 || !slices.Equal(got.Values[0], want.Values[0]) {
		t.Errorf("%v, %v", got, err)
	}
	r := s.Directory().Run()
	if s.SpikeCount() != 0 || r.Spikes != 0 || r.Recorded != (Window{}) || len(r.Parts.Voltages) != 3 || notRecorded(r) != "E I" {
		t.Errorf("%d spikes, %+v", s.SpikeCount(), r)
	}
	if _, err := os.Stat(filepath.Join(alone, SpikesDir)); err == nil {
		t.Error("there is a directory of spikes")
	}
	wantWhole(t, alone)
}

// Where the disk is full the run ends with the last step of which all spikes are
// there, whatever the parts hold.
func TestSessionLosesSpikes(t *testing.T) {
	for _, parts := range []int{0, 1, 7} { // that there is room for
		s, dir := newSession(t, NoSpikes())
		w, err := s.dir.NewSpikeWriter(RowGroupRows(7), PartRows(7), func(c *recorderConfig) {
			left := parts
			c.create = func(path string) (parquet.File, error) {
				if left--; left < 0 {
					return nil, syscall.ENOSPC
				}
				return parquet.CreateOS(path)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		s.spikes = w
		err = s.dir.Update(func(r *Run) { r.Populations = Describe(s.net).Populations })
		recorder := s.net.Record(device.SpikeRecorder{})
		recorder.WriteSpikesTo(w)
		if err := errors.Join(err, recorder.Err()); err != nil {
			t.Fatal(err)
		}
		if err := s.SimulateUntil(t.Context(), 2000); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("%v, want %v", err, syscall.ENOSPC)
		}
		if err := s.Close(); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("%v, want %v", err, syscall.ENOSPC)
		}
		d, err := ReadSpikes(dir)
		if err != nil || d.Len() != 7*parts {
			t.Fatalf("%v, %v, want %d spikes", d, err, 7*parts)
		}
		r := s.Directory().Run()
		whole, _ := slices.BinarySearch(d.Step, r.Recorded.End+1)
		if last := slices.Max(append(d.Step, 1)) - 1; r.Recorded.End != last || r.Spikes != int64(whole) {
			t.Errorf("room for %d parts: noted %d spikes until step %d, there are %d until step %d", parts, r.Spikes, r.Recorded.End, whole, last)
		}
		wantWhole(t, dir)
	}
}

// Windows are told in ms, and times off the grid of the resolution are refused.
func TestTimesInMS(t *testing.T) {
	d := newTestRun(t)
	all := testSpikes(500, 8)
	writeSpikes(t, d, all, 100)
	if err := d.SetRecorded(0, 0.3); err != nil {
		t.Fatal(err)
	}
	r := d.Run()
	if begin, end := r.RecordedMS(); begin != 0 || end != 0.3 || r.Recorded != (Window{0, 3}) {
		t.Errorf("(%v, %v] ms, %+v", begin, end, r.Recorded)
	}
	if err := errors.Join(d.SetRecorded(0, 100), d.Rewind(20.3)); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadSpikes(d.Path()); err != nil || got.End != 203 || slices.Max(got.Step) > 203 {
		t.Errorf("until %d, %v", got.End, err)
	}
	for _, bad := range []float64{0.05, math.NaN(), math.Inf(1)} {
		if err := d.Rewind(bad); err == nil || !strings.Contains(err.Error(), "multiple of the resolution, 0.1 ms") {
			t.Errorf("Rewind(%v): %v", bad, err)
		}
		if err := d.SetRecorded(0, bad); err == nil || !strings.Contains(err.Error(), "multiple of the resolution, 0.1 ms") {
			t.Errorf("SetRecorded(0, %v): %v", bad, err)
		}
	}
}
