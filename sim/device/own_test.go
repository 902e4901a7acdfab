package device_test

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// The devices of this file are a user's own: they use exported names only.

// ticker sends every target a spike of its own every period, if chance has it.
type ticker struct {
	Period float64 `json:"period" unit:"ms" default:"1" allowed:"> 0; a multiple of the resolution" help:"time between spikes"`
	P      float64 `json:"p,omitempty" unit:"dimensionless" default:"1" allowed:"in [0, 1]" help:"probability of each"`
	device.Active
}

func (ticker) ModelName() string { return "ticker" }

func (d ticker) Validate() error {
	return errors.Join(device.CheckTable(d), d.CheckTimes(d.ModelName()))
}

func (d ticker) Fit(c device.Clock, _ float64) error {
	_, _, _, err := d.Steps(c)
	if err == nil {
		_, err = c.Interval("period", d.Period)
	}
	return err
}

func (d ticker) MostSpikes(device.Clock) float64 { return 1 }

func (d ticker) emission(c *device.Connections) (*device.Emission, error) {
	every, err := c.Clock.Interval("period", d.Period)
	if err != nil {
		return nil, err
	}
	return device.EmitEach(c, d.Active, func(k int, step int64) int {
		if s := c.Stream(k, step); step%every != 0 || s.Float64() > d.P {
			return 0
		}
		return 1
	})
}

func (d ticker) Input(c *device.Connections) (device.Input, error) { return d.emission(c) }
func (d ticker) Train(c *device.Connections) (device.Train, error) { return d.emission(c) }

// wave is a sine of its own phase for every target.
type wave struct {
	Amplitude float64 `json:"amplitude" unit:"pA" allowed:"finite" help:"amplitude of the current"`
	Frequency float64 `json:"frequency" unit:"Hz" allowed:"finite" help:"frequency of the current"`
	device.Active
}

func (wave) ModelName() string { return "wave" }
func (d wave) Validate() error { return errors.Join(device.CheckTable(d), d.CheckTimes("wave")) }
func (d wave) Fit(c device.Clock, weight float64) error {
	_, _, _, err := d.Steps(c)
	return err
}

func (d wave) Current(c *device.Connections) (device.Current, error) {
	phase := make([]float64, c.N)
	for k := range phase {
		s := c.Stream(k, 0)
		phase[k] = s.Float64()
	}
	return device.CurrentEach(c, d.Active, func(k int, step int64) float64 {
		return d.Amplitude * math.Sin(2*math.Pi*(d.Frequency/1000*c.Clock.MS(step)+phase[k]))
	})
}

// pulse is a current for the first millisecond of its activity.
type pulse struct {
	Height float64 `json:"height" unit:"pA" help:"the current"`
	device.Active
}

func (pulse) ModelName() string { return "pulse" }
func (d pulse) Validate() error { return d.CheckTimes("pulse") }
func (d pulse) Fit(c device.Clock, weight float64) error {
	_, err := d.Pieces(c)
	return err
}

func (d pulse) Pieces(c device.Clock) ([]device.Piece, error) {
	begin, end, _, err := d.Steps(c)
	begin = max(begin, 1)
	return []device.Piece{{Begin: begin, End: min(end, begin+c.CeilSteps(1)), Value: d.Height}}, err
}

// unknown is like a ticker, but not registered.
type unknown struct{ ticker }

func (unknown) ModelName() string { return "unknown" }

func registerOwn(t *testing.T) {
	t.Helper()
	for _, d := range []device.Device{ticker{}, wave{}, pulse{}} {
		if err := device.Register(d); err != nil {
			t.Fatal(err)
		}
	}
}

// A network of a user's own devices goes through all that one of this package's
// does, with the same spikes and potentials on 1 to 3 workers, in any number of
// shards, run in one piece or in several, and from files.
func TestOwnDevices(t *testing.T) {
	registerOwn(t)
	var want string
	for _, c := range []struct {
		threads, shards int
		pieces          []float64 // ms, after the parameters change
		save            bool      // after the first
	}{{1, 1, []float64{30}, false}, {2, 4, []float64{30}, false}, {3, 3, []float64{0.3, 12, 17.7}, false}, {1, 2, []float64{20, 10}, true}, {3, 3, []float64{20, 10}, true}} {
		net := sim.New(sim.Seed(7), sim.Threads(c.threads), sim.Shards(c.shards))
		build(t, net)
		simulate(t, net, 10)
		nodes(t, net, "ticker").Set(sim.Params{"period": 0.3, "p": 0.5})
		nodes(t, net, "wave").Set(sim.Params{"amplitude": 800})
		got := ""
		for i, ms := range c.pieces {
			if c.save && i == 1 {
				got = recorded(t, net)
				net = reopen(t, net, c.threads)
			}
			simulate(t, net, ms)
		}
		got += recorded(t, net) + potentials(t, net)
		if want == "" {
			want = got
		}
		if got != want {
			t.Errorf("%+v: %s\nwant %s", c, got, want)
		}
	}
	// Ticks every ms until 10 ms, at the parrot 1.5 ms later, whatever was set
	// meanwhile; then every 0.3 ms or not.
	for _, spike := range []string{" 10:ticker", " 20:ticker", " 100:ticker", " 25:parrot", " 105:parrot", " 115:parrot"} {
		if !strings.Contains(want, spike) {
			t.Errorf("no%s", spike)
		}
	}
	of := func(name string) (early, late int) {
		for spike := range strings.FieldsSeq(want) {
			var step int
			if n, _ := fmt.Sscanf(spike, "%d:"+name, &step); n == 1 && strings.HasSuffix(spike, ":"+name) {
				if step <= 100 {
					early++
				} else {
					late++
				}
			}
		}
		return early, late
	}
	// What was on its way when the parameters changed arrives, and nothing else.
	for step := 101; step <= 115; step++ {
		if there := strings.Contains(want, fmt.Sprintf(" %d:parrot", step)); there != (step == 105 || step == 115) {
			t.Errorf("the parrot gets something at step %d: %v", step, there)
		}
	}
	// 100 chances of 1/2: 4 standard errors are 20.
	if early, late := of("ticker"); early != 10 || late < 30 || late > 70 {
		t.Errorf("a recorder got %d ticks in 10 ms and %d in 30 ms, want 10 and about 50", early, late)
	}
	if early, late := of("parrot"); early != 8 || late < 30 || late > 70 {
		t.Errorf("the parrot got %d ticks in 10 ms and %d in 30 ms, want 8 and about 50", early, late)
	}
	if _, late := of("exp"); late == 0 {
		t.Error("the neurons are silent")
	}
}

// build makes neurons that a user's own devices drive, through constant and
// drawn weights and delays.
func build(t *testing.T, net *sim.Network) {
	t.Helper()
	create := func(name string, n int, m sim.Model) *sim.Nodes {
		c := net.Create(name, n, m)
		return c
	}
	connected := func(from, onto *sim.Nodes, s connect.Synapse) {
		net.Connect(from, onto, s)
	}
	exp, alpha, parrot := create("exp", 30, neuron.DefaultIafPscExp()), create("alpha", 30, neuron.DefaultIafPscAlpha()), create("parrot", 1, neuron.Parrot{})
	ticks := create("ticker", 1, ticker{Period: 1, P: 1, Active: device.Active{Stop: math.Inf(1)}})
	wave, pulse := create("wave", 1, wave{Amplitude: 700, Frequency: 40}), create("pulse", 1, pulse{Height: 900, Active: device.Active{Start: 2}})
	connected(ticks, exp, connect.Synapse{Weight: connect.Constant(80), Delay: connect.Uniform{Min: 0.5, Max: 3}})
	connected(ticks, alpha, connect.Synapse{Weight: connect.Normal{Mean: 0, SD: 50}, Delay: connect.Constant(1)})
	connected(ticks, parrot, connect.Synapse{Weight: connect.Constant(-7), Delay: connect.Constant(1.5)})
	connected(wave, exp, connect.Synapse{Weight: connect.Uniform{Min: 0.5, Max: 1}, Delay: connect.Uniform{Min: 0.5, Max: 3}})
	connected(pulse, alpha.Slice(3, 20), connect.Synapse{Weight: connect.Constant(1), Delay: connect.Constant(0.2)})
	connected(exp, alpha, connect.Synapse{Weight: connect.Constant(100), Delay: connect.Constant(1.5)})
	record(t, net)
}

// record has a new recorder take all spikes; its id is the last.
func record(t *testing.T, net *sim.Network) {
	t.Helper()
	r := net.Create("recorder", 1, device.SpikeRecorder{})
	for _, name := range []string{"exp", "alpha", "parrot", "ticker"} {
		net.Connect(nodes(t, net, name), r)
	}
}

func nodes(t *testing.T, net *sim.Network, name string) *sim.Nodes {
	t.Helper()
	c, err := net.Nodes(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func simulate(t *testing.T, net *sim.Network, ms float64) {
	t.Helper()
	if err := net.Simulate(t.Context(), ms); err != nil {
		t.Fatal(err)
	}
}

// reopen saves the network and returns what is opened of it, recorded anew.
func reopen(t *testing.T, net *sim.Network, threads int) *sim.Network {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "net")
	if err := net.Save(dir); err != nil {
		t.Fatal(err)
	}
	opened, err := sim.Open(dir, sim.Threads(threads))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(nodes(t, opened, "ticker").Models()); got != "[{0.3 0.5 {0 +Inf 0}}]" && got != "[{0.3 0.5 {0 0 0}}]" {
		t.Errorf("opened: %s", got)
	}
	record(t, opened)
	return opened
}

// recorded returns the spikes of the recorder, "step:population" for each.
func recorded(t *testing.T, net *sim.Network) string {
	t.Helper()
	d, err := nodes(t, net, "recorder").Spikes()
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for i, id := range d.Neuron {
		for _, p := range d.Populations {
			if id >= p.First && int(id) < int(p.First)+p.N {
				text += fmt.Sprintf(" %d:%s", d.Step[i], p.Name)
			}
		}
	}
	return text
}

func potentials(t *testing.T, net *sim.Network) string {
	t.Helper()
	text := ""
	for _, name := range []string{"exp", "alpha"} {
		v, err := nodes(t, net, name).Get("V_m")
		if err != nil {
			t.Fatal(err)
		}
		text += fmt.Sprintf(" %x", v)
	}
	return text
}

// What cannot be used is refused, with what to do.
func TestRegister(t *testing.T) {
	registerOwn(t)
	registerOwn(t) // again
	for _, c := range []struct {
		d    device.Device
		want string
	}{
		{nil, "must be a struct"},
		{&ticker{}, "device of type *device_test.ticker, must be a struct"},
		{anonymous{}, `the name is "", must be of 1 to 100 letters`},
		{meter{}, "is called multimeter, which is a recorder"},
		{silent{}, "must have the methods of one of Emitter, CurrentSource and OwnCurrentSource, has those of 0"},
		{torn{}, "has those of 2"},
		{twin{}, `device_test.twin is called "ticker", as is device_test.ticker`},
		{impostor{}, `device_test.impostor is called "poisson_generator", as is device.Poisson`},
		{odd{}, "field Shape: a map[string]int can be no parameter"},
	} {
		if err := device.Register(c.d); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%T: %v, want %q", c.d, err, c.want)
		}
	}
	net := sim.New()
	for _, c := range []struct {
		d    device.Device
		want string
	}{
		{unknown{}, "device of type device_test.unknown (unknown) is not registered: call device.Register(device_test.unknown{}) first"},
		{&ticker{Period: 1}, "not a pointer"},
		{twin{ticker{Period: 1}}, `device of type device_test.twin is called "ticker", as is the registered device_test.ticker`},
		{ticker{Period: -1}, "ticker: period is -1 ms, must be > 0"},
		{ticker{Period: 0.25}, "period is 0.25 ms, must be a multiple of the resolution (0.1 ms)"},
		{ticker{Period: 1e-4}, "period is 0.0001 ms, must be at least the resolution (0.1 ms)"},
		{ticker{Period: 1, Active: device.Active{Start: 2, Stop: 1}}, "ticker: stop 1 ms is before start 2 ms"},
	} {
		if err := net.Create("d", 1, c.d).Err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Create %T: %v, want %q", c.d, err, c.want)
		}
	}
	if _, err := device.Decode("kicker", nil); err == nil || !strings.Contains(err.Error(), `unknown device "kicker", not registered in this program: if it is one of your own, register it before opening (device.Register)`) {
		t.Error(err)
	}
	if _, _, err := device.Encode(unknown{}); err == nil || !strings.Contains(err.Error(), "is not registered") {
		t.Error(err)
	}
}

// Currents of a user's own do not drive what has no potential, and are no train
// for a recorder.
func TestOwnCurrents(t *testing.T) {
	registerOwn(t)
	net := sim.New()
	build(t, net)
	for _, name := range []string{"wave", "pulse"} {
		net.Connect(nodes(t, net, name), nodes(t, net, "parrot"))
		if err := net.Err(); err == nil || !strings.Contains(err.Error(), name+" cannot drive parrot_neuron") {
			t.Error(err)
		}
		net.Connect(nodes(t, net, name), nodes(t, net, "recorder"))
		if err := net.Err(); err == nil || !strings.Contains(err.Error(), name+" emits no spikes") {
			t.Error(err)
		}
	}
}

// faulty is a device with a mistake.
type faulty struct {
	Mistake string `json:"mistake"`
}

func (d faulty) do(mistake string) {
	if d.Mistake == mistake {
		panic("mistake in " + mistake)
	}
}

func (faulty) ModelName() string                          { return "faulty" }
func (d faulty) Validate() error                          { d.do("Validate"); return nil }
func (d faulty) Fit(c device.Clock, weight float64) error { d.do("Fit"); return nil }
func (d faulty) MostSpikes(c device.Clock) float64 {
	d.do("MostSpikes")
	return math.NaN()
}

func (d faulty) Input(c *device.Connections) (device.Input, error) {
	if d.do("Input"); d.Mistake == "nil Input" {
		return nil, nil
	}
	return d, nil
}

func (d faulty) Train(c *device.Connections) (device.Train, error) {
	if d.do("Train"); d.Mistake == "nil Train" {
		return nil, nil
	}
	return d, nil
}

func (d faulty) Add(to *device.Inbox, step int64) {
	d.do("Add")
	switch d.Mistake {
	case "element":
		to.Add(to.N, 1)
	case "NaN":
		to.Add(0, math.NaN())
	case "much":
		to.Add(0, 1e9)
	}
}

func (d faulty) Spikes(begin, end int64, emit func(step int64, n int)) { d.do("Spikes") }

// crooked is faulty for currents that are constant in pieces.
type crooked struct {
	Mistake string `json:"mistake"`
}

func (crooked) ModelName() string               { return "crooked" }
func (crooked) Validate() error                 { return nil }
func (crooked) Fit(device.Clock, float64) error { return nil }
func (d crooked) Pieces(device.Clock) ([]device.Piece, error) {
	switch d.Mistake {
	case "Pieces":
		panic("mistake in Pieces")
	case "order":
		return []device.Piece{{Begin: 5, End: 9}, {Begin: 8, End: 10}}, nil
	case "backwards":
		return []device.Piece{{Begin: 5, End: 3}}, nil
	case "NaN":
		return []device.Piece{{Begin: 5, End: 9, Value: math.NaN()}}, nil
	}
	return []device.Piece{{Begin: 5, End: 9, Value: math.Inf(1)}}, nil
}

// wrong is faulty for currents of their own.
type wrong struct {
	Mistake string `json:"mistake"`
}

func (wrong) ModelName() string               { return "wrong" }
func (wrong) Validate() error                 { return nil }
func (wrong) Fit(device.Clock, float64) error { return nil }
func (d wrong) Current(*device.Connections) (device.Current, error) {
	if d.Mistake == "nil" {
		return nil, nil
	}
	return d, nil
}

func (d wrong) Add(sum []float64, step int64) int64 {
	if d.Mistake == "Add" {
		panic("mistake in Add")
	}
	sum[0] = math.NaN()
	return step + 1
}

// What a device sends that makes no sense is an error that names it. A panic of a
// device's own reaches whoever called, on whichever goroutine it happened, and no
// other; a network that has such a device is not simulated on.
func TestFaultyDevices(t *testing.T) {
	for _, d := range []device.Device{faulty{}, crooked{}, wrong{}} {
		if err := device.Register(d); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		d    device.Device
		want string
	}{
		{faulty{"Validate"}, "mistake in Validate"}, {faulty{"Fit"}, "mistake in Fit"}, {faulty{"MostSpikes"}, "mistake in MostSpikes"},
		{faulty{"Input"}, "mistake in Input"}, {faulty{"nil Input"}, "faulty: its method Input returned nil and no error"},
		{faulty{"Train"}, "mistake in Train"}, {faulty{"nil Train"}, "faulty: its method Train returned nil and no error"},
		{faulty{"Add"}, "mistake in Add"}, {faulty{"Spikes"}, "mistake in Spikes"},
		{faulty{"element"}, "index out of range"}, {faulty{"NaN"}, "NaN"}, {faulty{"much"}, "spikes at once"}, {faulty{""}, ""},
		{crooked{"Pieces"}, "mistake in Pieces"}, {crooked{"order"}, "crooked: piece 1 of its current is in the steps (8, 10], must be after the one before"},
		{crooked{"backwards"}, "piece 0 of its current is in the steps (5, 3]"}, {crooked{"NaN"}, "piece 0 of its current is NaN"},
		{crooked{""}, "piece 0 of its current reaches +Inf in size, must be at most 1e+40"},
		{wrong{"nil"}, "wrong: its method Current returned nil and no error"}, {wrong{"Add"}, "mistake in Add"}, {wrong{""}, "is NaN at"},
	} {
		for _, threads := range []int{1, 2} {
			net := sim.New(sim.Threads(threads), sim.Shards(threads))
			run := func() (err error) {
				defer func() {
					if p := recover(); p != nil {
						err = fmt.Errorf("panic: %v", p)
					}
				}()
				if net.NeuronCount() > 0 {
					return net.Simulate(t.Context(), 20)
				}
				exp := net.Create("exp", 100, neuron.DefaultIafPscExp())
				d := net.Create("d", 1, c.d)
				net.Connect(d, exp)
				if _, emits := c.d.(device.Emitter); emits {
					net.Connect(d, net.Create("parrot", 3, neuron.Parrot{}))
					net.Connect(d, net.Create("recorder", 1, device.SpikeRecorder{}))
				}
				return net.Simulate(t.Context(), 20)
			}
			err := run()
			created := c.d != device.Device(faulty{"Validate"}) && c.d != device.Device(faulty{"Fit"})
			if c.want != "" && created && run() == nil {
				t.Errorf("%+v, %d threads: simulated on", c.d, threads)
			}
			if err != nil && strings.HasPrefix(err.Error(), "panic: ") != strings.Contains(c.want, "mistake in") && c.want != "index out of range" {
				t.Errorf("%+v, %d threads: %v", c.d, threads, err)
			}
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%+v, %d threads: %v, want %q", c.d, threads, err, c.want)
			}
		}
	}
}

// Types that Register refuses.
type (
	anonymous struct{ ticker }
	meter     struct{ ticker }
	twin      struct{ ticker }
	impostor  struct{ ticker }
	odd       struct {
		ticker
		Shape map[string]int
	}
	silent struct{ device.Active }
	torn   struct{ ticker }
)

func (anonymous) ModelName() string                      { return "" }
func (meter) ModelName() string                          { return "multimeter" }
func (impostor) ModelName() string                       { return "poisson_generator" }
func (odd) ModelName() string                            { return "odd" }
func (silent) ModelName() string                         { return "silent" }
func (silent) Validate() error                           { return nil }
func (silent) Fit(device.Clock, float64) error           { return nil }
func (torn) ModelName() string                           { return "torn" }
func (torn) Pieces(device.Clock) ([]device.Piece, error) { return nil, nil }
