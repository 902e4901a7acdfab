package sim_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/kernel"
	"cortigo/sim/neuron"
	"cortigo/sim/spikes"
)

// zoo is a small active network with every model, device, rule and form of
// synapse.
func zoo(t testing.TB, opts ...sim.Option) *sim.Network {
	t.Helper()
	net := sim.New(append([]sim.Option{sim.Seed(12)}, opts...)...)
	create := func(name string, n int, m neuron.Model) *sim.Nodes { return net.Create(name, n, m) }
	merged := neuron.DefaultIafPscExp()
	split := neuron.DefaultIafPscExp()
	split.TauSynIn = 3
	delta := neuron.DefaultIafPscDelta()
	delta.RefractoryInput = true
	a := create("merged", 203, merged)
	b := create("split", 101, split)
	c := create("alpha", 67, neuron.DefaultIafPscAlpha())
	d := create("delta", 50, delta)
	p := create("parrot", 9, neuron.Parrot{})
	a.Set(sim.Params{"V_m": connect.Normal{Mean: -60, SD: 5}})
	b.Set(sim.Params{"V_m": connect.Uniform{Min: -70, Max: -56}})
	delay := connect.Above(connect.Normal{Mean: 1.5, SD: 0.75}, 0.05)
	for _, post := range []*sim.Nodes{a, b, c} {
		net.Connect(a, post, connect.FixedTotalNumber{N: 9000}, connect.Synapse{Weight: connect.Above(connect.Normal{Mean: 60, SD: 6}, 0), Delay: delay})
		net.Connect(b, post, connect.FixedInDegree{N: 30}, connect.Synapse{Weight: connect.Below(connect.Normal{Mean: -200, SD: 20}, 0), Delay: connect.Uniform{Min: 0.3, Max: 4}})
	}
	net.Connect(a, d, connect.FixedInDegree{N: 40}, connect.Synapse{Weight: connect.Constant(0.2), Delay: connect.Constant(1.5)})
	net.Connect(p, a, connect.AllToAll{}, connect.Synapse{Weight: connect.Constant(10), Delay: delay})
	r := rand.New(rand.NewPCG(1, 2))
	list := connect.List{}
	for range 2000 {
		list.Pre = append(list.Pre, int32(r.IntN(67)))
		list.Post = append(list.Post, int32(r.IntN(101)))
		list.Weight = append(list.Weight, r.NormFloat64()*40)
		list.Delay = append(list.Delay, 0.1+r.Float64()*9)
	}
	net.Connect(c, b, list)
	net.Connect(d.Slice(0, 9), p, connect.OneToOne{})
	must(t, drive(net, device.Poisson{Rate: 9000}, a, connect.Synapse{Weight: connect.Constant(40), Delay: connect.Constant(1.5)}))
	must(t, drive(net, device.Poisson{Rate: 8000}, b, connect.Synapse{Weight: connect.Normal{Mean: 60, SD: 5}, Delay: connect.Uniform{Min: 0.5, Max: 3}}))
	must(t, drive(net, device.Poisson{Rate: 9000}, c, connect.Synapse{Weight: connect.Constant(25)}))
	must(t, drive(net, device.Poisson{Rate: 9000}, d, connect.Synapse{Weight: connect.Constant(0.2)}))
	must(t, drive(net, device.Poisson{Rate: 3000, Active: device.Active{Start: 20, Stop: 60}}, p, connect.Synapse{}))
	must(t, drive(net, device.DC{Amplitude: 100, Active: device.Active{Start: 10, Stop: 70}}, b.Slice(10, 60), connect.Synapse{}))
	must(t, drive(net, device.SpikeGenerator{Times: []float64{5, 5, 30, 61.7}, Multiplicities: []int{1, 2, 3, 1}}, c, connect.Synapse{Weight: connect.Constant(300)}))
	return net
}

const zooMS = 120

func digestOf(t testing.TB, m *memory) string {
	t.Helper()
	if len(m.step) < 1000 {
		t.Fatalf("only %d spikes: nothing to compare", len(m.step))
	}
	return spikes.DigestOf(&spikes.Data{Step: m.step, Neuron: m.neuron})
}

func newMemory() *memory { return &memory{samples: map[[2]int64][]float64{}} }

func runZoo(t testing.TB, record bool, pieces []float64, opts ...sim.Option) string {
	t.Helper()
	net := zoo(t, opts...)
	m := newMemory()
	net.Record(device.SpikeRecorder{}).WriteSpikesTo(m)
	if record {
		for name, q := range map[string][]string{"merged": {device.Vm, device.ISynEx, device.ISynIn}, "split": {device.ISynEx}, "delta": nil} {
			p, err := net.Nodes(name)
			if err != nil {
				t.Fatal(err)
			}
			net.Record(device.Multimeter{Interval: 0.7, Quantities: q}, p).WriteSamplesTo(newMemory())
		}
	}
	for _, ms := range pieces {
		if err := net.Simulate(context.Background(), ms); err != nil {
			t.Fatal(err)
		}
	}
	return digestOf(t, m)
}

// The same seed gives the same spikes whatever the workers, shards, pieces and
// recorders.
func TestSameSpikes(t *testing.T) {
	want := runZoo(t, false, []float64{zooMS}, sim.Threads(1), sim.Shards(1))
	for _, c := range []struct {
		threads, shards int
		record          bool
		pieces          []float64
	}{
		{2, 2, false, []float64{zooMS}},
		{3, 3, false, []float64{zooMS}},
		{8, 8, false, []float64{zooMS}},
		{2, 5, false, []float64{zooMS}},
		{1, 16, false, []float64{zooMS}},
		{3, 64, true, []float64{zooMS}},
		{1, 1, true, []float64{zooMS}},
		{2, 3, false, []float64{0.1, 50, 0, 33.3, zooMS - 83.4}},
		{0, 0, false, []float64{zooMS}},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			if got := runZoo(t, c.record, c.pieces, sim.Threads(c.threads), sim.Shards(c.shards)); got != want {
				t.Errorf("digest %s, want %s", got, want)
			}
		})
	}
	if other := runZoo(t, false, []float64{zooMS}, sim.Seed(13)); other == want {
		t.Error("another seed gives the same spikes")
	}
}

// What a seed means is part of the interface. A change of this digest changes
// everyone's results: say so in the CHANGELOG.
func TestGoldenSpikes(t *testing.T) {
	const golden = "280d946430e4708008d3a6f1ce6c84bdf95c1d5783d52c4232192f89f1de1a57"
	if got := runZoo(t, false, []float64{zooMS}); got != golden {
		t.Errorf("digest %s, want %s", got, golden)
	}
}

// Every set of instructions that the inner loops are written for gives the same
// spikes.
func TestSameSpikesOnAnyProcessor(t *testing.T) {
	best := kernel.Using()
	t.Cleanup(func() {
		if err := kernel.Use(best); err != nil {
			t.Error(err)
		}
	})
	want := runZoo(t, false, []float64{zooMS})
	for _, name := range kernel.Available() {
		if err := kernel.Use(name); err != nil {
			t.Fatal(err)
		}
		for _, shards := range []int{2, 64} {
			if got := runZoo(t, false, []float64{zooMS}, sim.Threads(2), sim.Shards(shards)); got != want {
				t.Errorf("%s, %d shards: digest %s, want %s", name, shards, got, want)
			}
		}
	}
}

// A network that was saved goes on with the same spikes, on any number of
// shards.
func TestSaveAndOpen(t *testing.T) {
	ctx := context.Background()
	want := runZoo(t, false, []float64{zooMS})
	for _, c := range []struct{ save, open, threads int }{{2, 0, 0}, {3, 3, 2}, {2, 5, 1}, {4, 1, 8}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			dir := t.TempDir()
			m := newMemory()
			net := zoo(t, sim.Shards(c.save))
			if err := net.Build(ctx); err != nil {
				t.Fatal(err)
			}
			if err := net.Save(dir); err != nil {
				t.Fatal(err)
			}
			for i, ms := range []float64{0, 47.3, 20, zooMS - 67.3} {
				net, err := sim.Open(dir, sim.Shards(c.open), sim.Threads(c.threads))
				if err != nil {
					t.Fatal(err)
				}
				if resharded := c.open != 0 && c.open != c.save; (len(net.Warnings()) > 0) != resharded {
					t.Errorf("warnings %v", net.Warnings())
				}
				net.Record(device.SpikeRecorder{}).WriteSpikesTo(m)
				if err := net.Simulate(ctx, ms); err != nil {
					t.Fatal(err)
				}
				if err := net.SaveState(dir); err != nil {
					t.Fatalf("piece %d: %v", i, err)
				}
			}
			if got := digestOf(t, m); got != want {
				t.Errorf("digest %s, want %s", got, want)
			}
		})
	}
}

// A damaged file is an error that names it, never a panic.
func TestOpenDamaged(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	net := zoo(t, sim.Shards(2))
	if err := net.Build(ctx); err != nil {
		t.Fatal(err)
	}
	if err := net.Save(dir); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(dir + "/*/*")
	if err != nil || len(files) != 4 {
		t.Fatalf("files %v, %v", files, err)
	}
	for _, path := range files {
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(1, uint64(len(whole))))
		for i := range 40 {
			b := append([]byte(nil), whole...)
			if i%2 == 0 {
				b = b[:r.IntN(len(b))]
			} else {
				b[r.IntN(len(b))] ^= byte(1 + r.IntN(255))
			}
			// A mapped file must not be cut short in place: replace it.
			if err := os.WriteFile(path+".new", b, 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(path+".new", path); err != nil {
				t.Fatal(err)
			}
			net, err := sim.Open(dir)
			if err == nil {
				// What does not matter may differ: padding, white space.
				err = net.Simulate(ctx, 5)
				if err != nil {
					t.Errorf("%s, change %d: opened, then %v", filepath.Base(path), i, err)
				}
				continue
			}
			if !strings.Contains(err.Error(), dir) {
				t.Errorf("%s, change %d: the error does not say where: %v", filepath.Base(path), i, err)
			}
		}
		if err := os.WriteFile(path+".new", whole, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := sim.Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no network was saved") {
		t.Errorf("empty directory: %v", err)
	}
}

// A stopped run has handed on what it recorded and can go on to the same end.
func TestStopAndGoOn(t *testing.T) {
	want := runZoo(t, false, []float64{zooMS})
	ctx, cancel := context.WithCancel(context.Background())
	net := zoo(t, sim.Progress(func(done, total float64) {
		if done > 0 {
			cancel()
		}
	}), sim.Threads(2))
	m := newMemory()
	net.Record(device.SpikeRecorder{}).WriteSpikesTo(m)
	cancelEarly, stop := context.WithCancel(context.Background())
	stop()
	if err := net.Simulate(cancelEarly, 10); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	for net.TimeMS() < zooMS {
		left := zooMS - net.TimeMS()
		err := net.Simulate(ctx, math.Round(left*10)/10)
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		ctx = context.Background()
	}
	if got := digestOf(t, m); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}

type failing struct{ err error }

func (f failing) WriteSpikes([]int64, []int32) error { return f.err }

// An error of a recorder stops the run and comes out.
func TestRecorderError(t *testing.T) {
	full := errors.New("disk full")
	net := zoo(t)
	net.Record(device.SpikeRecorder{}).WriteSpikesTo(failing{full})
	if err := net.Simulate(context.Background(), 2000); !errors.Is(err, full) {
		t.Errorf("error %v", err)
	}
}

// failsOnce takes nothing in its second call.
type failsOnce struct {
	memory
	calls int
}

func (f *failsOnce) WriteSpikes(step []int64, neuron []int32) error {
	if f.calls++; f.calls == 2 {
		return errors.New("no room")
	}
	return f.memory.WriteSpikes(step, neuron)
}

// Going on after a recorder's error leaves no gap.
func TestRecorderErrorLeavesNoGap(t *testing.T) {
	want := runZoo(t, false, []float64{zooMS})
	net := zoo(t)
	w := &failsOnce{}
	net.Record(device.SpikeRecorder{}).WriteSpikesTo(w)
	failures := 0
	for _, ms := range []float64{40, 40, 40} {
		if err := net.Simulate(context.Background(), ms); err != nil {
			failures++
		}
	}
	if left := zooMS - net.TimeMS(); left > 0.05 {
		if err := net.Simulate(context.Background(), math.Round(left*10)/10); err != nil {
			t.Fatal(err)
		}
	}
	if failures != 1 {
		t.Errorf("%d failures, want 1", failures)
	}
	if got := digestOf(t, &w.memory); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}
