package sim_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

func mustNew(t testing.TB, opts ...sim.Option) *sim.Network {
	t.Helper()
	net := sim.New(opts...)
	must(t, net.Err())
	return net
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func create(t testing.TB, net *sim.Network, name string, n int, m neuron.Model) *sim.Nodes {
	t.Helper()
	p := net.Create(name, n, m)
	must(t, p.Err())
	return p
}

// drive creates a generator and connects it to all of targets.
func drive(net *sim.Network, dev device.Device, targets *sim.Nodes, syn connect.Synapse) error {
	net.Connect(net.Create("", 1, dev), targets, syn)
	return net.Err()
}

// forgive has a network go on after calls that a test has it refuse.
func forgive(t testing.TB, net *sim.Network) {
	t.Helper()
	if net.Err() == nil {
		t.Error("no call was refused")
	}
}

// wantError checks that an error says everything in parts.
func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one with %q", parts)
		return
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("error %q does not say %q", err, p)
		}
	}
}

func TestOptionErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		opt  sim.Option
		want []string
	}{
		{"resolution 0", sim.Resolution(0), []string{"resolution", "0 ms", "(0, 1000]"}},
		{"resolution off the microsecond", sim.Resolution(0.0001), []string{"resolution", "0.0001", "microseconds"}},
		{"resolution NaN", sim.Resolution(math.NaN()), []string{"resolution", "NaN"}},
		{"resolution negative", sim.Resolution(-0.1), []string{"-0.1"}},
		{"resolution infinite", sim.Resolution(math.Inf(1)), []string{"Inf"}},
		{"threads", sim.Threads(-1), []string{"threads", "-1", "[0, 4096]"}},
		{"shards", sim.Shards(5000), []string{"shards", "5000", "[0, 4096]"}},
		{"share", sim.Share(1, nil), []string{"share", "1", "[2, 4096]"}},
		{"share's rates", sim.Share(2, []float64{-1}), []string{"rate", "-1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			net := sim.New(c.opt)
			for range 2 { // it never runs, also when it was told
				wantError(t, net.Err(), append(c.want, "New at ")...)
				wantError(t, net.Simulate(t.Context(), 1), c.want...)
			}
		})
	}
}

func TestCreateErrors(t *testing.T) {
	net := mustNew(t)
	create(t, net, "a", 3, neuron.DefaultIafPscExp())
	bad := neuron.DefaultIafPscExp()
	bad.TauM = -1
	for _, c := range []struct {
		name  string
		pop   string
		n     int
		model neuron.Model
		want  []string
	}{
		{"duplicate", "a", 1, neuron.Parrot{}, []string{`"a"`, "already"}},
		{"no neurons", "b", 0, neuron.Parrot{}, []string{`"b"`, "0 nodes", "[1, "}},
		{"negative", "b", -4, neuron.Parrot{}, []string{"-4 nodes"}},
		{"more than ids", "b", math.MaxInt32 - 3, neuron.Parrot{}, []string{"2147483644 nodes", "[1, 2147483643]"}},
		{"bytes", "\xff\xfe", 1, neuron.Parrot{}, []string{`"\xff\xfe"`, "the name is no UTF-8"}},
		{"no model", "b", 1, nil, []string{`"b"`, "no model"}},
		{"pointer", "b", 1, &neuron.IafPscExp{}, []string{`"b"`, "*neuron.IafPscExp", "pointer"}},
		{"nil pointer", "b", 1, (*neuron.IafPscExp)(nil), []string{`"b"`, "*neuron.IafPscExp"}},
		{"parameter", "b", 1, bad, []string{`"b"`, "iaf_psc_exp", "tau_m", "-1", "> 0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantError(t, net.Create(c.pop, c.n, c.model).Err(), c.want...)
			wantError(t, net.Err(), c.want...)
		})
	}
	if len(net.Neurons()) != 1 || net.NeuronCount() != 3 {
		t.Errorf("%d populations, %d neurons after errors, want 1 and 3", len(net.Neurons()), net.NeuronCount())
	}
	_, err := net.Nodes("z")
	wantError(t, err, `"z"`, `"a"`)
}

// far is a distribution that nobody registered.
type far struct{ lo, hi float64 }

func (far) Validate() error                             { return nil }
func (d far) Bounds() (float64, float64)                { return d.lo, d.hi }
func (d far) Sample(s *connect.Stream) (float64, error) { return d.lo, nil }

// endless is registered and reaches too far.
type endless struct{ Lo, hidden float64 }

func (endless) Validate() error                             { return nil }
func (d endless) Bounds() (float64, float64)                { return d.Lo, math.Inf(1) }
func (d endless) Sample(s *connect.Stream) (float64, error) { return d.Lo + d.hidden, nil }

func init() {
	if err := connect.RegisterDistribution[endless]("endless"); err != nil {
		panic(err)
	}
}

type strangeRule struct{}

func (strangeRule) Validate(_, _ int) error         { return nil }
func (strangeRule) Size(pre, post int) connect.Size { return connect.Size{} }
func (strangeRule) Wire(*connect.Plan) error        { return nil }

func TestConnectErrors(t *testing.T) {
	net := mustNew(t)
	a := create(t, net, "a", 3, neuron.DefaultIafPscExp())
	b := create(t, net, "b", 4, neuron.DefaultIafPscExp())
	other := create(t, mustNew(t), "c", 3, neuron.DefaultIafPscExp())
	c, inf := connect.Constant(1), math.Inf(1)
	for _, x := range []struct {
		name string
		pre  *sim.Nodes
		rule connect.Rule
		syn  connect.Synapse
		want []string
	}{
		{"another network's", other, connect.AllToAll{}, connect.Synapse{}, []string{"c with 3 nodes", "another network"}},
		{"nil population", nil, connect.AllToAll{}, connect.Synapse{}, []string{"nil"}},
		{"pointer rule", a, &connect.FixedTotalNumber{N: 5}, connect.Synapse{}, []string{"*connect.FixedTotalNumber", "pointer"}},
		{"nil pointer rule", a, (*connect.List)(nil), connect.Synapse{}, []string{"*connect.List"}},
		{"unknown rule", a, strangeRule{}, connect.Synapse{}, []string{"sim_test.strangeRule", "not registered", "connect.RegisterRule[sim_test.strangeRule]"}},
		{"negative number", a, connect.FixedTotalNumber{N: -1}, connect.Synapse{}, []string{"N is -1", ">= 0"}},
		{"more than 32 bits count", a, connect.FixedTotalNumber{N: 4 << 32}, connect.Synapse{}, []string{"17179869184", "4 targets", "2147483647"}},
		{"in-degree beyond 32 bits", a, connect.FixedInDegree{N: 1 << 32}, connect.Synapse{}, []string{"4294967296", "2147483647"}},
		{"no sources", a.Slice(1, 1), connect.FixedTotalNumber{N: 1}, connect.Synapse{}, []string{"1 synapses", "0 sources"}},
		{"in-degree of no sources", a.Slice(1, 1), connect.FixedInDegree{N: 2}, connect.Synapse{}, []string{"N is 2", "no sources"}},
		{"one to one", a, connect.OneToOne{}, connect.Synapse{}, []string{"3 sources", "4 targets"}},
		{"list out of range", a, connect.List{Pre: []int32{3}, Post: []int32{0}}, connect.Synapse{}, []string{"row 0", "source 3", "[0, 3)"}},
		{"list of NaN", a, connect.List{Pre: []int32{0}, Post: []int32{0}, Weight: []float64{math.NaN()}}, connect.Synapse{}, []string{"weight of row 0", "NaN"}},
		{"list delay 0", a, connect.List{Pre: []int32{0, 0}, Post: []int32{0, 0}, Delay: []float64{1, 0.04}}, connect.Synapse{}, []string{"row 1", "0.04", "0.05"}},
		{"weight NaN", a, connect.AllToAll{}, connect.Synapse{Weight: connect.Constant(math.NaN())}, []string{"a -> b", "weight", "NaN", "finite"}},
		{"weight beyond float64", a, connect.AllToAll{}, connect.Synapse{Weight: connect.Normal{Mean: 1e308, SD: 1e308}}, []string{"weight", "Inf"}},
		{"uniform beyond float64", a, connect.AllToAll{}, connect.Synapse{Weight: connect.Uniform{Min: -1.7e308, Max: 1.7e308}}, []string{"weight", "1.7e+308"}},
		{"pointer weight", a, connect.AllToAll{}, connect.Synapse{Weight: &connect.Normal{Mean: 1}}, []string{"weight", "*connect.Normal", "pointer"}},
		{"own weight that is not registered", a, connect.AllToAll{}, connect.Synapse{Weight: far{0, inf}}, []string{"weight", "sim_test.far", "not registered", "connect.RegisterDistribution[sim_test.far]"}},
		{"own weight without end", a, connect.AllToAll{}, connect.Synapse{Weight: endless{Lo: 1}}, []string{"weight", "+Inf", "finite"}},
		{"own weight that files lose", a, connect.AllToAll{}, connect.Synapse{Weight: endless{Lo: 1, hidden: 2}}, []string{"weight", "sim_test.endless", "export its fields"}},
		{"delay 0", a, connect.AllToAll{}, connect.Synapse{Weight: c, Delay: connect.Constant(0.04)}, []string{"delay", "0.04", "0.05"}},
		{"delay negative", a, connect.AllToAll{}, connect.Synapse{Delay: connect.Constant(-1)}, []string{"delay", "-1", "0.1"}},
		{"delay too long", a, connect.AllToAll{}, connect.Synapse{Delay: connect.Constant(3276.8)}, []string{"3276.8", "3276.7"}},
		{"drawn delay below half a step", a, connect.AllToAll{}, connect.Synapse{Delay: connect.Normal{Mean: 1.5, SD: 0.75}}, []string{"delay", "0.05", "connect.Above"}},
		{"drawn delay too long", a, connect.AllToAll{}, connect.Synapse{Delay: connect.Uniform{Min: 1, Max: 5000}}, []string{"5000", "3276.7"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			net.Connect(x.pre, b, x.rule, x.syn)
			wantError(t, net.Err(), x.want...)
		})
	}
}

func TestGeneratorErrors(t *testing.T) {
	net := mustNew(t)
	a := create(t, net, "a", 3, neuron.DefaultIafPscExp())
	p := create(t, net, "p", 2, neuron.Parrot{})
	other := create(t, mustNew(t), "c", 3, neuron.DefaultIafPscExp())
	for _, x := range []struct {
		name string
		dev  device.Device
		to   *sim.Nodes
		syn  connect.Synapse
		want []string
	}{
		{"no device", nil, a, connect.Synapse{}, []string{"no model"}},
		{"pointer", &device.Poisson{Rate: 1}, a, connect.Synapse{}, []string{"*device.Poisson", "pointer"}},
		{"nil pointer", (*device.DC)(nil), a, connect.Synapse{}, []string{"*device.DC"}},
		{"another network's", device.DC{}, other, connect.Synapse{}, []string{"another network"}},
		{"rate", device.Poisson{Rate: -1}, a, connect.Synapse{}, []string{"poisson_generator", "rate", "-1", ">= 0"}},
		{"rate too high", device.Poisson{Rate: 1e11}, a, connect.Synapse{}, []string{"rate", "1e+11", "at most 1e+10"}},
		{"off the grid", device.DC{Active: device.Active{Start: 0.15}}, a, connect.Synapse{}, []string{"start", "0.15", "0.1 ms"}},
		{"stop before start", device.DC{Active: device.Active{Start: 5, Stop: 4}}, a, connect.Synapse{}, []string{"stop 4", "start 5"}},
		{"spike off the grid", device.SpikeGenerator{Times: []float64{1, 2.05}}, a, connect.Synapse{}, []string{"spike_times[1]", "2.05", "0.1 ms"}},
		{"spike after any end", device.SpikeGenerator{Times: []float64{1, 1e12}}, a, connect.Synapse{}, []string{"spike_times[1] is 1e+12 ms, must be within 8.58", "e+08 ms"}},
		{"spike at 0", device.SpikeGenerator{Times: []float64{0}}, a, connect.Synapse{}, []string{"spike_times[0]", "> 0"}},
		{"spike that rounds to 0", device.SpikeGenerator{Times: []float64{1e-5}}, a, connect.Synapse{}, []string{"spike_times[0]", "1e-05"}},
		{"multiplicity", device.SpikeGenerator{Times: []float64{1}, Multiplicities: []int{1 << 20}}, a, connect.Synapse{}, []string{"spike_multiplicities[0]", "1048576", "32768"}},
		{"amplitude time off the grid", device.StepCurrent{Times: []float64{0.25}, Values: []float64{1}}, a, connect.Synapse{}, []string{"amplitude_times", "0.25"}},
		{"current into parrots", device.DC{Amplitude: 1}, p, connect.Synapse{}, []string{"dc_generator", "p", "parrot_neuron"}},
		{"steps into parrots", device.StepCurrent{}, p, connect.Synapse{}, []string{"step_current_generator", "parrot_neuron"}},
		{"delay", device.DC{}, a, connect.Synapse{Delay: connect.Constant(0)}, []string{"delay", "0 ms"}},
		{"weight", device.DC{}, a, connect.Synapse{Weight: connect.Constant(math.Inf(1))}, []string{"weight", "Inf"}},
		{"own distribution", device.DC{}, a, connect.Synapse{Weight: far{0, 1}}, []string{"weight", "sim_test.far"}},
	} {
		t.Run(x.name, func(t *testing.T) { wantError(t, drive(net, x.dev, x.to, x.syn), x.want...) })
	}
	// Nothing of all that stands in the way.
	must(t, net.Simulate(context.Background(), 1))
}

func TestRecordErrors(t *testing.T) {
	empty := mustNew(t)
	empty.Record(device.SpikeRecorder{}).WriteSpikesTo(newMemory())
	wantError(t, empty.Err(), "no neurons")
	net := mustNew(t)
	a := create(t, net, "a", 3, neuron.DefaultIafPscExp())
	d := create(t, net, "d", 3, neuron.DefaultIafPscDelta())
	p := create(t, net, "p", 2, neuron.Parrot{})
	other := create(t, mustNew(t), "c", 3, neuron.DefaultIafPscExp())
	for _, m := range []sim.Model{nil, &device.SpikeRecorder{}, device.Poisson{}, neuron.Parrot{}} {
		wantError(t, net.Record(m, a).Err(), fmt.Sprintf("Record with a %T", m), "device.SpikeRecorder")
		wantError(t, net.Err(), "Record at ")
	}
	wantError(t, net.Record(device.SpikeRecorder{}, net.Create("dc", 1, device.DC{})).Err(), "generators")
	wantError(t, net.Err(), "Record at ")
	net.Record(device.SpikeRecorder{}, a, other).WriteSpikesTo(newMemory())
	wantError(t, net.Err(), "c with 3 nodes", "another network")
	for _, x := range []struct {
		name string
		m    device.Multimeter
		pop  *sim.Nodes
		want []string
	}{
		{"interval off the grid", device.Multimeter{Interval: 0.25}, a, []string{"multimeter", "interval", "0.25", "0.1 ms"}},
		{"interval NaN", device.Multimeter{Interval: math.NaN()}, a, []string{"interval", "NaN"}},
		{"interval negative", device.Multimeter{Interval: -1}, a, []string{"interval", "-1", "> 0"}},
		{"interval below a microsecond", device.Multimeter{Interval: 1e-5}, a, []string{"interval", "1e-05", "0.1 ms"}},
		{"offset", device.Multimeter{Offset: 0.01}, a, []string{"offset", "0.01"}},
		{"quantity", device.Multimeter{Quantities: []string{"V"}}, a, []string{`"V"`, `"V_m"`}},
		{"currents of delta", device.Multimeter{Quantities: []string{device.ISynEx}}, d, []string{`"d"`, "iaf_psc_delta", "I_syn_ex"}},
		{"parrots", device.Multimeter{}, p, []string{`"p"`, "parrot_neuron", "V_m"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			net.Record(x.m, x.pop).WriteSamplesTo(newMemory())
			wantError(t, net.Err(), x.want...)
		})
	}
	must(t, net.Simulate(context.Background(), 1))
	// Currents are kept apart only when asked to from the first step on, whatever the size.
	m := device.Multimeter{Quantities: []string{device.ISynEx}}
	net.Record(m, a).WriteSamplesTo(newMemory())
	wantError(t, net.Err(), `"a"`, "I_syn_ex", "before the first step")
	large := mustNew(t)
	b := create(t, large, "b", 1001, neuron.DefaultIafPscExp())
	must(t, large.Simulate(context.Background(), 1))
	large.Record(m, b).WriteSamplesTo(newMemory())
	wantError(t, large.Err(), `"b"`, "I_syn_ex", "before the first step")
	meter := large.Create("meter", 1, m)
	large.Connect(meter, b)
	wantError(t, large.Err(), "meter -> b", "I_syn_ex", "before the first step")
	must(t, large.Simulate(context.Background(), 1))
}

func TestSimulateErrors(t *testing.T) {
	ctx := context.Background()
	wantError(t, mustNew(t).Simulate(ctx, 1), "no neurons")
	net := mustNew(t)
	wantError(t, net.Save(t.TempDir()), "Save before", "Build")
	wantError(t, net.SaveState(t.TempDir()), "SaveState before", "Build")
	a := create(t, net, "a", 1, neuron.DefaultIafPscExp())
	a.Set(sim.Params{"V_m": nil})
	wantError(t, a.Network().Err(), "a", "V_m")
	a.Set(sim.Params{"V_m": connect.Uniform{Min: 2, Max: 1}})
	wantError(t, a.Network().Err(), "a", "V_m", "Min 2", "Max 1")
	for _, x := range []struct {
		ms   float64
		want []string
	}{
		{0.15, []string{"simulation time", "0.15", "0.1 ms"}}, {-1, []string{"-1 ms", ">= 0"}}, {-1e-300, []string{"-1e-300", ">= 0"}}, {1e-300, []string{"1e-300", "0.1 ms"}}, {math.NaN(), []string{"NaN"}},
		{math.Inf(1), []string{"Inf"}}, {1e12, []string{"1e+12"}},
	} {
		wantError(t, net.Simulate(ctx, x.ms), x.want...)
	}
	must(t, net.Simulate(ctx, 0.1))
	wantError(t, net.Simulate(ctx, 0.1*math.Pow(2, 33)), "last")
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	fresh := zoo(t)
	wantError(t, fresh.Build(canceled), "context canceled")
	must(t, fresh.Build(ctx))
}

// Slices and joins that make no sense are errors of what is done with them.
func TestCollectionErrors(t *testing.T) {
	net := mustNew(t)
	a := create(t, net, "a", 3, neuron.DefaultIafPscExp())
	b := create(t, net, "b", 3, neuron.DefaultIafPscExp())
	other := create(t, mustNew(t), "c", 3, neuron.Parrot{})
	dc := net.Create("dc", 1, device.DC{})
	for _, x := range []struct {
		c    *sim.Nodes
		want string
	}{
		{a.Slice(-1, 2), "slice [-1, 2) of a with 3 nodes, must be within [0, 3)"},
		{a.Slice(2, 1), "slice [2, 1) of a"},
		{a.Slice(0, 4), "slice [0, 4) of a"},
		{sim.Join(a, b).Slice(2, 7), "slice [2, 7) of a+b with 6 nodes"},
		{a.Slice(0, 4).Slice(0, 1), "slice [0, 4) of a"},
		{a.At(3), "node 3 of a with 3 nodes, must be in [0, 3)"},
		{a.Every(0), "every 0-th of a"},
		{sim.Join(a, a.Slice(1, 2)), "node 2 (a) is there twice"},
		{sim.Join(a, other), "c with 3 nodes is of another network"},
		{sim.Join(a, nil), "collection 1 is nil"},
		{sim.Join(a, dc), "a are neurons, dc are generators"},
	} {
		wantError(t, x.c.Err(), x.want)
		net.Connect(a, x.c)
		wantError(t, net.Err(), x.want)
		net.Record(device.SpikeRecorder{}, x.c).WriteSpikesTo(newMemory())
		wantError(t, net.Err(), x.want)
		x.c.Set(sim.Params{"I_e": 1})
		wantError(t, x.c.Network().Err(), x.want)
		_, err := x.c.Get("V_m")
		wantError(t, err, x.want)
		if x.c.Len() != 0 || len(x.c.IDs()) != 0 {
			t.Errorf("%s: %d nodes", x.want, x.c.Len())
		}
	}
	if s := a.Slice(1, 3).Slice(1, 2); s.First() != 3 || s.Len() != 1 || s.Name() != "a" {
		t.Errorf("slice of a slice: first %d, %d neurons", s.First(), s.Len())
	}
	must(t, net.Simulate(context.Background(), 1)) // the network is as it was
}

// Projections without synapses build, whatever else is missing.
func TestEmptyProjections(t *testing.T) {
	net := mustNew(t)
	a := create(t, net, "a", 3, neuron.DefaultIafPscExp())
	none := a.Slice(0, 0)
	for _, r := range []connect.Rule{connect.FixedTotalNumber{}, connect.FixedInDegree{}, connect.AllToAll{}, connect.OneToOne{}, connect.List{}, connect.List{Delay: []float64{}, Weight: []float64{}}} {
		net.Connect(none, none, r)
	}
	for _, r := range []connect.Rule{connect.FixedTotalNumber{}, connect.FixedInDegree{}, connect.AllToAll{}} {
		net.Connect(none, a, r)
		net.Connect(a.Slice(0, 2), none, r)
	}
	net.Connect(a, none, connect.FixedInDegree{N: 7})
	must(t, drive(net, device.DC{Amplitude: 1}, none, connect.Synapse{}))
	must(t, net.Simulate(context.Background(), 5))
	if net.SynapseCount() != 0 {
		t.Errorf("%d synapses", net.SynapseCount())
	}
}

// What a list overrides is not looked at; that its weights differ by orders of
// magnitude from what the Synapse says costs nothing.
func TestListOverridesSynapse(t *testing.T) {
	net := mustNew(t)
	a := create(t, net, "a", 3, neuron.DefaultIafPscExp())
	l := connect.List{Pre: []int32{0}, Post: []int32{1}, Weight: []float64{1e-9}, Delay: []float64{2}}
	syn := connect.Synapse{Weight: connect.Normal{Mean: 100, SD: 10}, Delay: connect.Normal{Mean: 1.5, SD: 0.75}}
	net.Connect(a, a, l, syn)
	must(t, net.Simulate(context.Background(), 5))
}

// Columns remain the caller's: what becomes of them after the call is no matter.
func TestColumnsAreCopied(t *testing.T) {
	run := func(spoil bool) string {
		net := mustNew(t)
		a := create(t, net, "a", 40, neuron.DefaultIafPscExp())
		l := connect.List{}
		for i := range int32(40) {
			l.Pre, l.Post, l.Weight, l.Delay = append(l.Pre, i), append(l.Post, (i+1)%40), append(l.Weight, 2000), append(l.Delay, 1)
		}
		g := device.SpikeGenerator{Times: []float64{1, 7.7}, Weights: []float64{2, 3}, Multiplicities: []int{1, 2}}
		s := device.StepCurrent{Times: []float64{1, 9}, Values: []float64{500, 0}}
		q := []string{device.Vm}
		net.Connect(a, a, l)
		must(t, drive(net, g, a, connect.Synapse{Weight: connect.Constant(700)}))
		must(t, drive(net, s, a.Slice(0, 10), connect.Synapse{}))
		m, v := newMemory(), newMemory()
		net.Record(device.SpikeRecorder{}).WriteSpikesTo(m)
		net.Record(device.Multimeter{Quantities: q}, a).WriteSamplesTo(v)
		if spoil {
			for i := range l.Pre {
				l.Pre[i], l.Post[i], l.Weight[i], l.Delay[i] = -1, 99, math.NaN(), -3
			}
			g.Times[0], g.Weights[0], g.Multiplicities[0] = -7, math.NaN(), -1
			s.Times[0], s.Values[0], q[0] = 0.05, math.NaN(), "nonsense"
		}
		must(t, net.Simulate(context.Background(), 100))
		if len(m.step) < 40 {
			t.Fatalf("only %d spikes: nothing to compare", len(m.step))
		}
		return fmt.Sprint(m.step, m.neuron)
	}
	if run(true) != run(false) {
		t.Error("a change of the caller's columns changes the network")
	}
}
