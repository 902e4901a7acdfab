package arrowio

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

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
	if _, err := CreateRun(dir, RunOf(net), false); err != nil {
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

// What a program recorded behind its last state before it was killed is
// removed and comes again.
func TestSessionKilled(t *testing.T) {
	want := uninterrupted(t, 100)
	for _, noted := range []bool{false, true} { // whether run.json was written before
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
		if err := net.Simulate(t.Context(), 40); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if noted {
			if err := s.Run().SetRecorded(0, net.Step()); err != nil {
				t.Fatal(err)
			}
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
	other := RunOf(more)
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
