package sim_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// burster is a neuron model that lives here: a potential with two ports, an
// adaptation w that is solved with a step size of its own kept in the state, noise
// from a stream of its own, and several spikes in a step.
type burster struct {
	Vth   float64 `json:"V_th" unit:"mV" default:"10" allowed:"> 0" help:"threshold, above the rest"`
	Vm    float64 `json:"V_m" unit:"mV" default:"1" allowed:"finite" help:"initial potential"`
	W     float64 `json:"w" unit:"mV" default:"0" allowed:"finite" help:"initial adaptation"`
	Tau   float64 `json:"tau" unit:"ms" default:"8" allowed:"> 0" help:"decay of both"`
	Gain  float64 `json:"gain" unit:"mV/pA" default:"0.01" allowed:">= 0" help:"what a current adds in a step"`
	Sigma float64 `json:"sigma" unit:"mV" default:"0.3" allowed:">= 0" help:"noise in a step"`
	Most  int     `json:"most" default:"3" allowed:">= 1" help:"largest burst"`
	Rest  float64 `json:"rest" unit:"mV" default:"-60" allowed:"finite" help:"what V_m is relative to"`
}

func (burster) ModelName() string { return "test_burster" }
func (m burster) Validate() error { return neuron.CheckTable(m) }

// bursters are a group of them.
type bursters struct {
	config    *neuron.Config
	model     []burster
	v, w, h   []float64
	bursts    []uint16
	rest, pA  []float64
	follow    bool
	positive  []float64 // what excitation came, followed on demand
	stepCalls int
}

func newBursters(c *neuron.Config) (neuron.Group, error) {
	n := c.Parameters.Len()
	g := &bursters{config: c, v: make([]float64, n), w: make([]float64, n), h: make([]float64, n), bursts: make([]uint16, n), pA: []float64{0}, rest: make([]float64, n)}
	err := c.Parameters.Each(func(k int, m neuron.Model) error {
		g.model = append(g.model, m.(burster))
		g.rest[k], g.h[k] = m.(burster).Rest, 0.5
		return nil
	})
	return g, err
}

func (g *bursters) Columns() []neuron.Column {
	c := []neuron.Column{{Name: "V_m", Values: g.v, Rest: g.rest}, {Name: "w", Values: g.w}, {Name: "step size", Values: g.h}, {Name: "bursts", Counts: g.bursts}}
	if g.follow {
		c = append(c, neuron.Column{Name: "excitation", Values: g.positive})
	}
	return c
}

func (g *bursters) Step(in *neuron.Input, out *neuron.Spikes) {
	g.stepCalls++
	for k := range g.v {
		m := &g.model[k]
		s := g.config.Random(k, in.Step)
		noise := m.Sigma * (s.Float64() - 0.5)
		x := in.Ports[0].Take(k)
		if g.follow {
			g.positive[k] += x
		}
		x += in.Ports[1].Take(k)
		current := g.pA[0]
		if len(g.pA) > 1 {
			current = g.pA[k]
		}
		decay := g.config.Clock.H / m.Tau
		g.v[k] += float64((x-float64(decay*g.v[k]))-g.w[k]) + float64(m.Gain*current) + noise
		g.w[k] -= float64(decay * g.w[k] * g.h[k])
		g.h[k] = 0.5 + 0.5*g.h[k]
		if n := int(g.v[k] / m.Vth); n >= 1 {
			n = min(n, m.Most)
			g.v[k], g.w[k], g.h[k] = 0, g.w[k]+0.125*float64(n), 0.5
			g.bursts[k]++
			out.Add(k, n)
		}
	}
}

func (g *bursters) SetCurrent(pA []float64) { g.pA = slices.Clone(pA) }

func (g *bursters) Derive(name string) func(k int) float64 {
	if name != "headroom" {
		return nil
	}
	return func(k int) float64 { return g.model[k].Vth - g.v[k] }
}

func (g *bursters) Follows(name string) bool { return name != "excitation" || g.follow }

func (g *bursters) Follow(string) { g.follow, g.positive = true, make([]float64, len(g.v)) }

func (g *bursters) Restored() error {
	for k, n := range g.bursts {
		if n > 60000 {
			return fmt.Errorf("neuron %d has had %d bursts", k, n)
		}
	}
	return nil
}

// clumsy makes what no model may.
type clumsy struct {
	What string    `json:"what" default:"" help:"what it does wrong"`
	List []float64 `json:"list" unit:"mV" help:"what all of a population share"`
	Most float64   `json:"most" unit:"mV" default:"+inf" allowed:"a number or +Inf" help:"of each"`
	Min  float64   `json:"min" unit:"mV" default:"-inf" allowed:"a number or -Inf" help:"of each"`
}

func (clumsy) ModelName() string { return "test_clumsy" }
func (clumsy) Validate() error   { return nil }

type clumsyGroup struct {
	what string
	v    []float64
}

func (g *clumsyGroup) Columns() []neuron.Column {
	switch g.what {
	case "columns":
		return []neuron.Column{{Name: "V_m", Values: g.v}, {Name: "V_m", Values: g.v}}
	case "short":
		return []neuron.Column{{Name: "V_m", Values: g.v[1:]}}
	case "recordable", "silent":
		return nil
	case "fresh":
		return []neuron.Column{{Name: "V_m", Values: slices.Clone(g.v)}}
	}
	return []neuron.Column{{Name: "V_m", Values: g.v}}
}

func (g *clumsyGroup) Step(_ *neuron.Input, out *neuron.Spikes) {
	switch g.what {
	case "spikes":
		out.Add(1, 1)
		out.Add(0, 1)
	case "times":
		out.Neuron, out.Times = []uint16{0, 1}, []int32{1}
	case "twice":
		out.Add(2, 2)
	case "negative":
		out.Add(2, -3)
	case "outside":
		out.Add(1<<16, 1) // 0, if it were cut to 16 bits
	case "":
		out.Add(2, 0) // not at all
		out.Add(2, 1)
	}
}

func init() {
	ports := func(neuron.Model) []neuron.Port {
		return []neuron.Port{{Name: "excitation", Unit: "mV"}, {Name: "inhibition", Unit: "mV"}}
	}
	for _, s := range []neuron.Spec{
		{
			Defaults: neuron.Defaults[burster](), Ports: ports,
			Recordables: func(neuron.Model) []neuron.Recordable {
				return []neuron.Recordable{{Name: "V_m", Unit: "mV", Help: "potential"}, {Name: "w", Unit: "mV", Help: "adaptation"},
					{Name: "headroom", Unit: "mV", Help: "up to the threshold"}, {Name: "excitation", Unit: "mV", Help: "all that came"}}
			},
			MostSpikes: func(m neuron.Model, _ neuron.Clock) float64 { return float64(m.(burster).Most) },
			Check: func(m neuron.Model, c neuron.Clock) error {
				if tau := m.(burster).Tau; tau < c.H {
					return fmt.Errorf("tau is %g ms, must be at least the resolution (%g ms)", tau, c.H)
				}
				return nil
			},
			New: newBursters,
		},
		{
			Defaults: neuron.Defaults[clumsy](), Ports: func(m neuron.Model) []neuron.Port {
				return make([]neuron.Port, map[bool]int{false: 1, true: 3}[m.(clumsy).What == "ports"])
			},
			Recordables: func(m neuron.Model) []neuron.Recordable {
				if m.(clumsy).What == "silent" {
					return nil
				}
				return []neuron.Recordable{{Name: "V_m", Unit: "mV"}}
			},
			New: func(c *neuron.Config) (neuron.Group, error) {
				m := c.Parameters.Shared().(clumsy)
				switch m.What {
				case "new":
					return nil, errors.New("no group today")
				case "nothing":
					return nil, nil
				}
				return &clumsyGroup{m.What, make([]float64, c.Parameters.Len())}, nil
			},
		},
	} {
		if err := neuron.Register(s); err != nil {
			panic(err)
		}
	}
}

// bursterNetwork is bursters and neurons of the package, recurrent, with generators of
// both kinds and recorders.
func bursterNetwork(t testing.TB, opts ...sim.Option) (net *sim.Network, b *sim.Nodes, record func(*sim.Network) *strings.Builder) {
	t.Helper()
	net = mustNew(t, opts...)
	b = net.Create("own", 37, neuron.Defaults[burster](), sim.Params{"V_m": connect.Uniform{Min: -60, Max: -55}, "V_th": connect.Normal{Mean: 12, SD: 0.5}, "most": 2})
	e := net.Create("exp", 20, neuron.DefaultIafPscExp(), sim.Params{"V_th": -68})
	p := net.Create("parrots", 3, neuron.Parrot{})
	g := net.Create("poisson", 1, device.Poisson{Rate: 6000})
	dc := net.Create("dc", 1, device.DC{Amplitude: 20, Active: device.Active{Start: 3}})
	b.Slice(5, 10).Set(sim.Params{"sigma": 1.5, "w": []float64{0.1, 0.2, 0.3, 0.4, 0.5}})
	net.Connect(g, b, connect.Synapse{Weight: 2})
	net.Connect(dc, b.Slice(0, 20), connect.Synapse{Weight: connect.Uniform{Min: 0.5, Max: 1}})
	net.Connect(b, b, connect.FixedInDegree{N: 5}, connect.Synapse{Weight: -0.5, Delay: connect.Uniform{Min: 0.5, Max: 4}})
	net.Connect(b, sim.Join(e, p), connect.FixedInDegree{N: 6}, connect.Synapse{Weight: 150, Delay: 1.5})
	net.Connect(p, b, connect.PairwiseBernoulli{P: 0.3}, connect.Synapse{Weight: connect.Normal{Mean: 0.3, SD: 0.1}})
	record = func(net *sim.Network) *strings.Builder {
		text := &strings.Builder{}
		net.Record(device.SpikeRecorder{}).WriteSpikesTo(spikeText{text})
		own, err := net.Nodes("own")
		must(t, err)
		net.Record(device.Multimeter{Interval: 0.5, Quantities: []string{"V_m", "w", "headroom", "excitation"}}, own).WriteSamplesTo(sampleText{text})
		return text
	}
	return net, b, record
}

type spikeText struct{ *strings.Builder }

func (s spikeText) WriteSpikes(step []int64, id []int32) error {
	for i := range step {
		fmt.Fprintf(s, "s %d %d\n", step[i], id[i])
	}
	return nil
}

type sampleText struct{ *strings.Builder }

func (s sampleText) WriteSamples(x sim.Samples) error {
	for i := range x.Step {
		fmt.Fprintf(s, "m %d %d", x.Step[i], x.Neuron[i])
		for _, v := range x.Values {
			fmt.Fprintf(s, " %x", math.Float64bits(v[i]))
		}
		fmt.Fprintln(s)
	}
	return nil
}

func digestOfLines(texts ...*strings.Builder) string {
	h := sha256.New()
	var lines []string
	for _, text := range texts {
		lines = append(lines, strings.Split(strings.TrimSpace(text.String()), "\n")...)
	}
	slices.Sort(lines) // spikes and samples come in batches of their own
	for _, l := range lines {
		fmt.Fprintln(h, l)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// A model of one's own goes through all that the package's own do, and gives the
// same bits on any threads and shards, in one run or several, saved and opened in
// between, with parameters and state changed on the way.
func TestOwnNeuron(t *testing.T) {
	change := func(net *sim.Network) {
		own, err := net.Nodes("own")
		must(t, err)
		own.At(3).Set(sim.Params{"V_m": -57.5, "w": -0.25}) // the state
		own.Slice(10, 20).Set(sim.Params{"tau": 6.0, "rest": -61.0})
		own.Every(7).Set(sim.Params{"gain": connect.Uniform{Min: 0, Max: 0.02}})
		equal(t, "w", get(t, own.At(3), "w"), []float64{-0.25})
		equal(t, "V_m", get(t, own.At(3), "V_m"), []float64{-57.5})
	}
	want := ""
	for _, c := range []struct{ threads, shards, openShards int }{{1, 1, 0}, {2, 2, 2}, {3, 3, 5}, {1, 5, 1}, {2, 4, 3}, {3, 1, 2}} {
		net, _, record := bursterNetwork(t, sim.Threads(c.threads), sim.Shards(c.shards), sim.Seed(5))
		texts := []*strings.Builder{record(net)}
		simulate(t, net, 40, 0.3, 19.7)
		if c.openShards > 0 {
			dir := t.TempDir()
			must(t, net.Save(dir))
			must(t, sim.Verify(dir))
			var err error
			net, err = sim.Open(dir, sim.Threads(c.threads), sim.Shards(c.openShards))
			must(t, err)
			texts = append(texts, record(net))
		}
		change(net)
		simulate(t, net, 30)
		spikes := 0
		for _, text := range texts {
			spikes += strings.Count(text.String(), "s ")
		}
		if spikes < 200 {
			t.Fatalf("%d spikes: nothing to see", spikes)
		}
		if got := digestOfLines(texts...); want == "" {
			want = got
		} else if got != want {
			t.Errorf("%+v: digest %s, of the first %s", c, got, want)
		}
	}
}

// Several spikes in a step arrive as so many, and a burst is in the recorder as
// often as the neuron spiked.
func TestOwnNeuronBursts(t *testing.T) {
	net := mustNew(t)
	g := net.Create("g", 1, device.SpikeGenerator{Times: []float64{1, 5}})
	b := net.Create("b", 1, burster{Vth: 10, Tau: 8, Most: 3, Vm: 0, Rest: 0})
	p := net.Create("p", 1, neuron.Parrot{})
	r := net.Create("r", 1, device.SpikeRecorder{})
	net.Connect(g, b, connect.Synapse{Weight: 25, Delay: 1})
	net.Connect(b, p, connect.Synapse{Delay: 1})
	net.Connect(sim.Join(b, p), r)
	simulate(t, net, 10)
	data, err := r.Spikes()
	must(t, err)
	// 25 mV are two thresholds at first, one after 4 ms of adaptation by 0.25 mV a step.
	equal(t, "spikes", fmt.Sprint(data.Step, data.Neuron), fmt.Sprint([]int64{20, 20, 30, 30, 60, 70}, []int32{2, 2, 3, 3, 2, 3}))
}

// A model is asked by name, with its table, and refused with it.
func TestOwnNeuronParameters(t *testing.T) {
	net, b, _ := bursterNetwork(t)
	equal(t, "most", get(t, b, "most")[0], 2)
	short := neuron.Defaults[burster]()
	short.Tau = 0.05
	net.Create("short", 1, short)
	wantError(t, net.Err(), `"short": tau is 0.05 ms, must be at least the resolution (0.1 ms)`)
	structs, err := sim.Get[burster](b)
	must(t, err)
	if structs[7].Sigma != 1.5 || structs[7].W != 0.3 || structs[11].Sigma != 0.3 || structs[0].Vth == structs[1].Vth {
		t.Errorf("%+v", structs[5:8])
	}
	for _, c := range []struct {
		p    sim.Params
		want string
	}{
		{sim.Params{"V_th": -1.0}, "V_th is -1, must be > 0"},
		{sim.Params{"V_thh": 1.0}, `no parameter "V_thh", did you mean V_th?`},
		{sim.Params{"tau": 0.05}, "tau is 0.05 ms, must be at least the resolution"},
		{sim.Params{"most": 1.5}, "most is 1.5, must be a whole number"},
	} {
		b.Set(c.p)
		wantError(t, net.Err(), c.want)
	}
	net.Record(device.Multimeter{Quantities: []string{"I_syn_ex"}}, b)
	wantError(t, net.Err(), "test_burster has no I_syn_ex to record, only V_m, w, headroom, excitation")
	simulate(t, net, 1)
	_, err = b.Get("excitation") // which is followed only for a recorder
	wantError(t, err, "excitation is kept only")
}

// What a model of one's own gets wrong is an error that names it.
func TestClumsyNeurons(t *testing.T) {
	for _, c := range []struct{ what, want string }{
		{"columns", `test_clumsy: a group has a column "V_m" twice`},
		{"short", "column V_m of a group has"},
		{"recordable", "recordable V_m is neither a column of its group nor derived by it"},
		{"new", "no group today"},
		{"spikes", "test_clumsy: neuron 0 of a group of 4 spikes after neuron 1, must ascend"},
		{"times", "2 neurons spike and there are 1 numbers of spikes"},
		{"ports", "test_clumsy: Ports returns 3 ports, must be 1 or 2"},
		{"nothing", "test_clumsy: New returned no group and no error"},
		{"fresh", `Columns gives column "V_m" other slices at each call`},
		{"twice", `population "c": test_clumsy: neuron 2 of a group of 4 spikes 2 times at once, must be from 1 to 1 (see MostSpikes)`},
		{"negative", "neuron 2 of a group of 4 spikes -1 times at once"},
		{"outside", "neuron 65535 of a group of 4 spikes"},
	} {
		net := mustNew(t, sim.Threads(1))
		net.Create("c", 4, clumsy{What: c.what})
		wantError(t, net.Simulate(context.Background(), 1), c.want)
	}
	net := mustNew(t)
	net.Create("c", 4, unregistered{})
	wantError(t, net.Err(), "unregistered", "registered")
}

// What a model has to record may follow from its parameters; it may have no state.
func TestNeuronsWithoutState(t *testing.T) {
	net := mustNew(t)
	silent, loud := net.Create("silent", 4, clumsy{What: "silent"}), net.Create("loud", 4, clumsy{})
	r := net.Record(device.SpikeRecorder{}, silent, loud)
	net.Record(device.Multimeter{Quantities: []string{"V_m"}}, silent)
	wantError(t, net.Err(), "test_clumsy has no V_m to record")
	simulate(t, net, 1)
	equal(t, "spikes", len(spikesOf(t, r).Step), 10)
	dir := t.TempDir()
	must(t, net.Save(dir))
	_, err := sim.Open(dir)
	must(t, err)
}

// Infinities come back from files, also where only some neurons have them; texts that
// files do not hold are refused.
func TestParametersInFiles(t *testing.T) {
	net := mustNew(t)
	c := net.Create("c", 3, neuron.Defaults[clumsy]())
	c.Set(sim.Params{"most": []float64{1, math.Inf(1), 0.1}, "min": []float64{math.Inf(-1), -1, 0}})
	simulate(t, net, 1)
	dir := t.TempDir()
	must(t, net.Save(dir))
	must(t, sim.Verify(dir))
	opened, err := sim.Open(dir)
	must(t, err)
	equal(t, "most", get(t, named(t, opened, "c"), "most"), []float64{1, math.Inf(1), 0.1})
	equal(t, "min", get(t, named(t, opened, "c"), "min"), []float64{math.Inf(-1), -1, 0})
	c.Set(sim.Params{"what": "\xff"})
	must(t, net.Err())
	wantError(t, net.Save(t.TempDir()), `what: "\xff" is no UTF-8`)
}

// drawn has a parameter that files could not hold.
type drawn struct {
	clumsy
	D connect.Distribution `json:"d"`
}

func TestRegisterDistribution(t *testing.T) {
	s := *neuron.Find("test_clumsy")
	s.Defaults = drawn{}
	wantError(t, neuron.Register(s), "d: a distribution is no part of")
}

// Texts and lists are parameters of a whole population.
func TestParametersThatAreNoNumbers(t *testing.T) {
	net := mustNew(t)
	c := net.Create("c", 4, clumsy{List: []float64{1, 2}})
	c.Slice(0, 2).Set(sim.Params{"list": []float64{3}})
	wantError(t, net.Err(), `c: test_clumsy: list is set to [3] for 2 of 4 neurons, must be the same for all of "c", since it is no number`)
	c.Set(sim.Params{"list": [][]float64{{3}, {3}, {4}, {3}}})
	wantError(t, net.Err(), "list is [3] and [4], must be the same")
	c.Set(sim.Params{"what": []string{"a", "b", "a", "a"}})
	wantError(t, net.Err(), "what is a and b, must be the same")
	structs := func() clumsy {
		all, err := sim.Get[clumsy](c)
		must(t, err)
		return all[3]
	}
	equal(t, "what was refused", fmt.Sprint(structs()), fmt.Sprint(clumsy{List: []float64{1, 2}}))
	sim.Set(c.Slice(0, 2), structs()) // changes nothing
	c.Set(sim.Params{"list": []float64{3, 4, 5}, "what": "silent"})
	must(t, net.Err())
	equal(t, "parameters", fmt.Sprint(structs()), fmt.Sprint(clumsy{What: "silent", List: []float64{3, 4, 5}}))
	simulate(t, net, 1)
	c.Set(sim.Params{"list": [][]float64{{6}, {6}, {6}, {6}}})
	simulate(t, net, 1)
	equal(t, "parameters", fmt.Sprint(structs()), fmt.Sprint(clumsy{What: "silent", List: []float64{6}}))
}

type unregistered struct{}

func (unregistered) ModelName() string { return "test_unregistered" }
func (unregistered) Validate() error   { return nil }
