package microcircuit

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"cortigo/sim"
	"cortigo/sim/device"
	"cortigo/sim/spikes"
)

// built returns a microcircuit that is ready to simulate.
func built(t *testing.T, p Parameters, opts ...sim.Option) *Microcircuit {
	t.Helper()
	m, err := New(p, opts...)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Create(); err != nil {
		t.Fatal(err)
	}
	if err := m.Connect(context.Background()); err != nil {
		t.Fatal(err)
	}
	return m
}

func simulate(t *testing.T, m *Microcircuit, ms float64) {
	t.Helper()
	if err := m.Simulate(context.Background(), ms); err != nil {
		t.Fatal(err)
	}
}

// trains keeps all spikes.
type trains struct {
	step   []int64
	neuron []int32
}

func (w *trains) WriteSpikes(step []int64, neuron []int32) error {
	w.step = append(w.step, step...)
	w.neuron = append(w.neuron, neuron...)
	return nil
}

func (w *trains) digest() string {
	g := spikes.NewDigest()
	g.Add(w.step, w.neuron)
	return g.Hex()
}

// rates returns the mean rate of each population over ms, in spikes/s.
func (w *trains) rates(m *Microcircuit, ms float64) PerPopulation[float64] {
	var r PerPopulation[float64]
	for _, id := range w.neuron {
		for i, p := range m.Populations() {
			if id >= p.First() && int(id-p.First()) < p.Len() {
				r[i] += 1000 / ms / float64(p.Len())
			}
		}
	}
	return r
}

func record(t *testing.T, m *Microcircuit) *trains {
	t.Helper()
	w := new(trains)
	of := m.Recorded()
	if len(of) == 0 {
		of = m.Populations()
	}
	m.net.Record(device.SpikeRecorder{}, of...).WriteSpikesTo(w)
	return w
}

func TestOrder(t *testing.T) {
	p := small()
	m, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for name, err := range map[string]error{
		"Connect":  m.Connect(ctx),
		"Simulate": m.Simulate(ctx, 1),
	} {
		if !errors.Is(err, ErrOrder) {
			t.Errorf("%s before Create: %v", name, err)
		}
	}
	if err := m.Create(); err != nil {
		t.Fatal(err)
	}
	if err := m.Create(); !errors.Is(err, ErrOrder) {
		t.Errorf("Create twice: %v", err)
	}
	if err := m.Simulate(ctx, 1); !errors.Is(err, ErrOrder) {
		t.Errorf("Simulate before Connect: %v", err)
	}
	if err := m.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	if err := m.Connect(ctx); !errors.Is(err, ErrOrder) {
		t.Errorf("Connect twice: %v", err)
	}
	p.NScaling = 0
	var e *ParameterError
	if _, err := New(p); !errors.As(err, &e) {
		t.Errorf("New with n_scaling 0: %v", err)
	}
}

// small is a circuit that builds and runs in milliseconds.
func small() Parameters {
	p := Default()
	p.NScaling, p.KScaling = 0.02, 0.1
	p.Background = BackgroundPoisson
	return p
}

func TestSizesOfNetwork(t *testing.T) {
	p := small()
	p.Thalamus.On = true
	m := built(t, p)
	recurrent, thalamic := m.d.TotalSynapses(), int64(0)
	for i, k := range m.d.ThalamicSynapses {
		thalamic += k
		if got := m.Populations()[i].Len(); got != m.d.Neurons[i] {
			t.Errorf("%s has %d neurons, want %d", names[i], got, m.d.Neurons[i])
		}
	}
	if got := m.Net().SynapseCount(); got != recurrent+thalamic {
		t.Errorf("%d synapses, want %d + %d", got, recurrent, thalamic)
	}
	tc, err := m.Net().Nodes(Thalamus)
	if err != nil {
		t.Fatal(err)
	}
	if tc.Len() != 902 || int(tc.First()) != m.d.TotalNeurons()+1 {
		t.Errorf("%s: %d neurons from id %d, want 902 after the circuit's %d", Thalamus, tc.Len(), tc.First(), m.d.TotalNeurons())
	}
	if first := m.Populations()[0].First(); first != 1 {
		t.Errorf("ids count from %d, want 1", first)
	}
}

// Splitting a run, and how many do it, change nothing; the seed does.
func TestSameSpikes(t *testing.T) {
	p := small()
	p.Thalamus.On, p.Thalamus.Start = true, 20
	p.DCTransient.On, p.DCTransient.Start, p.DCTransient.Duration = true, 50, 20
	run := func(p Parameters, split []float64, opts ...sim.Option) string {
		m := built(t, p, opts...)
		w := record(t, m)
		for _, ms := range split {
			simulate(t, m, ms)
		}
		if len(w.step) == 0 {
			t.Fatal("no spikes")
		}
		return w.digest()
	}
	want := run(p, []float64{100}, sim.Threads(1))
	for name, got := range map[string]string{
		"split":                 run(p, []float64{0.1, 49.9, 50}, sim.Threads(1)),
		"2 threads":             run(p, []float64{100}, sim.Threads(2)),
		"3 threads, 5 shards":   run(p, []float64{100}, sim.Threads(3), sim.Shards(5)),
		"a seed in the options": run(p, []float64{100}, sim.Seed(1)),
	} {
		if got != want {
			t.Errorf("%s: other spikes", name)
		}
	}
	p.Seed++
	if run(p, []float64{100}) == want {
		t.Error("another seed, the same spikes")
	}
}

// What a seed means, on every processor: 200 ms of a small circuit. Potentials
// show a last bit long before spikes do. Where .ci/run says which loops must have
// run, others are an error.
func TestGolden(t *testing.T) {
	for background, want := range golden {
		p := Default()
		p.NScaling, p.KScaling = 0.05, 0.2
		p.Background = background
		m := built(t, p)
		w := record(t, m)
		simulate(t, m, 200)
		if len(w.step) < 1000 {
			t.Fatalf("%s: only %d spikes: nothing to compare", background, len(w.step))
		}
		h := fnv.New64a()
		for _, pop := range m.Populations() {
			v, err := pop.Get("V_m")
			if err != nil {
				t.Fatal(err)
			}
			binary.Write(h, binary.LittleEndian, v)
		}
		if got := (digests{w.digest(), h.Sum64()}); got != want {
			t.Errorf("%s: digests %q, %#x, want %q, %#x", background, got.spikes, got.potentials, want.spikes, want.potentials)
		}
		if loops := os.Getenv("CORTIGO_EXPECT_KERNEL"); loops != "" && m.Net().Stats().Kernel != loops {
			t.Errorf("%s: %q ran, %q was to", background, m.Net().Stats().Kernel, loops)
		}
	}
}

// digests are of all spikes and of the potentials at the end.
type digests struct {
	spikes     string
	potentials uint64
}

// A change of these changes everyone's results: say so in the CHANGELOG.
var golden = map[string]digests{
	BackgroundDC:      {"1506095355241e794e5a1c22fb8da326f82400aaf46d183bee02891c9f88da49", 0x23d66bf76cac3ec6},
	BackgroundPoisson: {"39df52b7575c41c9998e5c93f8f192d852ab7a7f2c77b9cb2ff054de70ccf275", 0x21b6ff4a899e1a55},
}

// The current step makes neurons fire more while it lasts, and the thalamic
// pulse those of L4 and L6.
func TestStimuli(t *testing.T) {
	p := small()
	p.NScaling = 0.05
	window := func(p Parameters) PerPopulation[float64] {
		m := built(t, p)
		simulate(t, m, 100)
		w := record(t, m)
		simulate(t, m, 20)
		return w.rates(m, 20)
	}
	rest := window(p)
	step := p
	step.DCTransient.On, step.DCTransient.Start, step.DCTransient.Duration = true, 100, 20
	pulse := p
	pulse.Thalamus.On, pulse.Thalamus.Start = true, 100
	stepped, pulsed := window(step), window(pulse)
	for i := range Count {
		if stepped[i] <= rest[i] {
			t.Errorf("%s: %g spikes/s with the current step, %g without", names[i], stepped[i], rest[i])
		}
	}
	for _, i := range []Population{L4E, L4I, L6E, L6I} {
		if pulsed[i] <= rest[i] {
			t.Errorf("%s: %g spikes/s with the thalamic pulse, %g without", i, pulsed[i], rest[i])
		}
	}
}

// voltages keeps samples.
type voltages struct {
	step   []int64
	neuron []int32
	v      []float64
}

func (w *voltages) WriteSamples(s sim.Samples) error {
	w.step = append(w.step, s.Step...)
	w.neuron = append(w.neuron, s.Neuron...)
	w.v = append(w.v, s.Values[0]...)
	return nil
}

// Initial potentials have the mean and SD that were asked for. The first sample
// comes one step after them, without input but the constant current; a threshold
// out of reach keeps neurons that start above it from being reset.
func TestInitialPotentialsDrawn(t *testing.T) {
	for _, kind := range []string{V0Optimized, V0Original} {
		p := Default()
		p.V0.Type = kind
		p.Neuron.Vth = 100
		m := built(t, p)
		w := new(voltages)
		m.Net().Record(device.Multimeter{Interval: 0.1}, m.Populations()...).WriteSamplesTo(w)
		simulate(t, m, 0.1)
		if len(w.v) != m.d.TotalNeurons() {
			t.Fatalf("%d samples of %d neurons", len(w.v), m.d.TotalNeurons())
		}
		n := p.Neuron
		decay := math.Exp(-p.Resolution / n.TauM)
		for i, pop := range m.Populations() {
			var sum, squares, count float64
			for k, id := range w.neuron {
				if id < pop.First() || int(id-pop.First()) >= pop.Len() {
					continue
				}
				v0 := n.EL + (w.v[k]-n.EL-m.d.DC[i]*n.TauM/n.Cm*(1-decay))/decay
				sum += v0
				squares += v0 * v0
				count++
			}
			mean := sum / count
			sd := math.Sqrt(squares/count - mean*mean)
			near(t, kind+" mean of "+names[i], mean, m.d.V0Mean[i], 4*m.d.V0SD[i]/math.Sqrt(count))
			near(t, kind+" SD of "+names[i], sd, m.d.V0SD[i], 4*m.d.V0SD[i]/math.Sqrt(2*count))
		}
	}
}

func TestDescribe(t *testing.T) {
	p := Default()
	p.NScaling, p.KScaling = 0.2, 0.2
	p.Thalamus.On, p.DCTransient.On = true, true
	m, err := New(p, sim.Threads(2), sim.Shards(2))
	if err != nil {
		t.Fatal(err)
	}
	bytes, err := p.EstimateMemory(sim.Threads(2), sim.Shards(2))
	if err != nil {
		t.Fatal(err)
	}
	want := `Data directory: data/run
  Directory already existed. Old data will be overwritten.
Neurons: 15,435 of 77,169, their numbers are scaled by a factor of 0.200
Synapses: 11,955,239
In-degrees are scaled by a factor of 0.200.
  To make up for it, weights are multiplied by 2.236 and the constant input current is adjusted.
Memory: about ` + sim.FormatBytes(bytes) + ` to build and run it
Background input: constant current (dc)
Thalamic stimulus: 902 neurons at 120 spikes/s from 700 to 710 ms, synapses "scaled"
Transient DC stimulus: 0.3 pA per external synapse from 650 to 750 ms
Seed of the random numbers: 55
Workers: 2 (threads), the network in 2 shards
Warning: Population L23E is sub-threshold with downscaled DC input amplitude and may not fire.
Warning: Population L23I is sub-threshold with downscaled DC input amplitude and may not fire.
`
	if got := m.Describe("data/run", true); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	m, err = New(p) // as many workers as the machine has processors: the same before and after Create
	if err != nil {
		t.Fatal(err)
	}
	before := m.Describe("", false)
	if err := m.Create(); err != nil {
		t.Fatal(err)
	}
	if after := m.Describe("", false); before != after {
		t.Errorf("before Create:\n%s\nafter it:\n%s", before, after)
	}
	p = Default()
	p.NScaling, p.KScaling, p.Background = 1, 1, BackgroundPoisson
	if m, err = New(p); err != nil {
		t.Fatal(err)
	}
	got := m.Describe("", false)
	for _, absent := range []string{"irectory", "scaled", "Warning", "timulus"} {
		if strings.Contains(got, absent) {
			t.Errorf("full scale: %q in\n%s", absent, got)
		}
	}
	if !strings.Contains(m.Describe("x", false), "Data directory: x\n  Directory was created.\n") || !strings.Contains(got, "77,169") {
		t.Errorf("got:\n%s", got)
	}
}

// A build that was stopped can be made again, and is the same network.
func TestConnectAgain(t *testing.T) {
	m, err := New(small())
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Create(); err != nil {
		t.Fatal(err)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := m.Connect(canceled); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want that of the context", err)
	}
	if err := m.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := m.Net().SynapseCount(), built(t, small()).Net().SynapseCount(); got != want {
		t.Errorf("%d synapses, want %d", got, want)
	}
	simulate(t, m, 1)
}

// What the package itself tries, and what it is refused, is not remembered by a
// network that goes on; what its caller does with the network is.
func TestRefusedCall(t *testing.T) {
	m := built(t, small())
	m.Describe("", false)
	if err := m.Save(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if err := m.Net().Err(); err != nil {
		t.Errorf("the network remembers %v", err)
	}
	m.Net().Record(nil)
	var refused *sim.CallError
	if err := m.Simulate(t.Context(), 1); !errors.As(err, &refused) || refused.Call != "Record" || !strings.Contains(refused.File, "microcircuit") {
		t.Errorf("error %v, want that of Record", err)
	}
	if err := m.Net().Err(); !errors.As(err, &refused) {
		t.Errorf("Err: %v", err)
	}
	simulate(t, m, 1)
}

// Methods of a microcircuit that is not there return errors.
func TestNil(t *testing.T) {
	for _, m := range []*Microcircuit{nil, {}} {
		v := reflect.ValueOf(m)
		for i := range v.NumMethod() {
			f := v.Method(i)
			var args []reflect.Value
			for k := range f.Type().NumIn() {
				args = append(args, reflect.Zero(f.Type().In(k)))
			}
			out := f.Call(args)
			if last := len(out) - 1; out[last].Type() == reflect.TypeFor[error]() && out[last].IsNil() {
				t.Errorf("%s: no error", v.Type().Method(i).Name)
			}
		}
	}
	if _, err := Open(""); err == nil || !strings.Contains(err.Error(), "no name") {
		t.Errorf("Open: %v", err)
	}
	m := built(t, small())
	for _, err := range []error{m.Save(""), m.SaveState("")} {
		if err == nil || !strings.Contains(err.Error(), "no name") {
			t.Errorf("Save: %v", err)
		}
	}
}

// The thalamic neurons are recorded when that is asked for, and input in any
// case.
func TestRecorded(t *testing.T) {
	p := small()
	p.Thalamus.On, p.Thalamus.Start = true, 0
	for _, c := range []struct {
		record Recorders
		want   int
	}{{Recorders{Spikes: true}, 8}, {Recorders{Spikes: true, Thalamus: true}, 9}, {Recorders{}, 0}} {
		p.Record = c.record
		m, err := New(p)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Recorded(); got != nil {
			t.Errorf("%v before Create", got)
		}
		if err := m.Create(); err != nil {
			t.Fatal(err)
		}
		if got := m.Recorded(); len(got) != c.want || len(m.Populations()) != Count {
			t.Errorf("%+v: %d populations, want %d of %d", c.record, len(got), c.want, Count)
		}
		for i, p := range m.Net().SpikePopulations() {
			if p.Input != (i == Count) {
				t.Errorf("%+v", p)
			}
		}
	}
	p.Record = Recorders{Spikes: true, Thalamus: true}
	m := built(t, p)
	w := record(t, m)
	simulate(t, m, 20)
	first, n := int32(m.d.TotalNeurons()+1), 0
	for _, id := range w.neuron {
		if id >= first {
			n++
		}
	}
	// 902 neurons at 120 spikes/s for 10 ms: 1082 with a Poisson SD of 33.
	if n < 900 || n > 1270 {
		t.Errorf("%d thalamic spikes", n)
	}
}
