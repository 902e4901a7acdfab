package sim_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// A caller makes random calls on a network, sensible ones and others, and writes
// down what comes of them.
type caller struct {
	t     *testing.T
	r     *rand.Rand
	opts  []sim.Option
	net   *sim.Network
	names []string
	mem   *memory
	log   strings.Builder
}

func choose[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// number is sensible most of the time.
func (c *caller) number(sensible ...float64) float64 {
	if c.r.IntN(40) == 0 {
		return choose(c.r, math.NaN(), math.Inf(1), math.Inf(-1), -1, 0, 1e-300, 1e300, 0.04)
	}
	return choose(c.r, sensible...)
}

// pool is some nodes, most of the time of this network.
func (c *caller) pool() *sim.Nodes {
	if len(c.names) == 0 || c.r.IntN(100) == 0 {
		return choose(c.r, nil, &sim.Nodes{}, sim.Join())
	}
	p, err := c.net.Nodes(choose(c.r, c.names...))
	if err != nil {
		return nil
	}
	switch c.r.IntN(8) {
	case 0:
		return p.Slice(c.r.IntN(4), c.r.IntN(p.Len()+2))
	case 1:
		return p.Every(c.r.IntN(4))
	case 2:
		return sim.Join(p, c.pool())
	case 3:
		return p.At(c.r.IntN(p.Len() + 1))
	case 4:
		k := c.r.IntN(7)
		return p.Where(func(i int) bool { return i*k%7 < 3 })
	}
	return p
}

func (c *caller) model() sim.Model {
	return choose[sim.Model](c.r, c.someNeuron(), c.someNeuron(), c.someNeuron(), neuron.Parrot{}, device.Poisson{Rate: c.number(1000, 5000)}, device.DC{Amplitude: c.number(500, 800)}, device.Noise{Mean: 400, Std: c.number(100)},
		device.SpikeGenerator{Times: []float64{1, c.number(2, 2.5), 7}}, device.StepCurrent{Times: []float64{1, 4}, Values: []float64{600, c.number(0)}},
		device.InhomogeneousPoisson{RateTimes: []float64{1, 3}, RateValues: []float64{c.number(5000), 500}}, device.SpikeRecorder{}, device.DefaultVoltmeter(),
		device.Multimeter{Interval: c.number(0.1, 1), Quantities: []string{choose(c.r, "V_m", "I_syn_ex", "g_ex")}}, nil, &neuron.IafPscExp{})
}

// params are some that the model has, most of the time.
func (c *caller) params(m sim.Model) sim.Params {
	p := sim.Params{}
	if m == nil {
		return p
	}
	names := map[string]func() any{
		"V_m": func() any { return choose[any](c.r, c.number(-60, -54), connect.Uniform{Min: -65, Max: -55}) }, "E_L": func() any { return c.number(-70, -68) },
		"I_e": func() any { return choose[any](c.r, c.number(0, 400, 700), connect.Normal{Mean: 400, SD: 50}) }, "tau_m": func() any { return c.number(10, 12) },
		"t_ref": func() any { return c.number(0.5, 2, 3) }, "V_th": func() any { return c.number(-55, -56) }, "C_m": func() any { return c.number(250, 200) },
		"tau_syn_ex": func() any { return c.number(2, 1) }, "tau_syn_in": func() any { return c.number(2, 3) },
	}
	order := []string{"V_m", "E_L", "I_e", "tau_m", "t_ref", "V_th", "C_m", "tau_syn_ex", "tau_syn_in"}
	switch m.ModelName() {
	case "iaf_psc_delta":
		names["refractory_input"] = func() any { return c.r.IntN(2) == 0 }
		order = append(order[:7:7], "refractory_input")
	case "poisson_generator":
		names, order = map[string]func() any{"rate": func() any { return c.number(0, 3000) }, "start": func() any { return c.number(0, 2) }, "stop": func() any { return c.number(5, 9) }}, []string{"rate", "start", "stop"}
	case "dc_generator":
		names, order = map[string]func() any{"amplitude": func() any { return c.number(0, 700) }}, []string{"amplitude"}
	case "noise_generator":
		names, order = map[string]func() any{"mean": func() any { return c.number(300, 600) }, "dt": func() any { return c.number(1, 0.3) }}, []string{"mean", "dt"}
	case "spike_generator":
		names, order = map[string]func() any{"spike_times": func() any { return []float64{1.5, c.number(3, 6), 8, 9} }}, []string{"spike_times"}
	case "multimeter":
		names, order = map[string]func() any{"interval": func() any { return c.number(0.1, 0.5) }, "record_from": func() any { return choose(c.r, "V_m", "I_syn_ex") }}, []string{"interval", "record_from"}
	}
	for range 1 + c.r.IntN(2) {
		name := choose(c.r, order...)
		p[name] = names[name]()
		if c.r.IntN(30) == 0 {
			p[choose(c.r, "tau", "V_min", "stop", name)] = choose[any](c.r, nil, "x", []float64{1, 2}, true, connect.Values{1}, 3)
		}
	}
	return p
}

// first returns the model of the first node; nil without one.
func first(c *sim.Nodes) sim.Model {
	if m := c.Models(); len(m) > 0 {
		return m[0]
	}
	return nil
}

func (c *caller) rule() connect.Rule {
	n := choose(c.r, 0, 1, 2, 3, 5, 5, 5, 5, 30, 30, -1)
	f := connect.Forbid{Autapses: c.r.IntN(2) == 0, Multapses: c.r.IntN(2) == 0}
	return choose[connect.Rule](c.r, nil, nil, nil, connect.FixedInDegree{N: 5}, connect.FixedInDegree{N: 3}, connect.AllToAll{Forbid: f}, connect.AllToAll{Symmetric: true}, connect.OneToOne{Forbid: f}, connect.OneToOne{Symmetric: true},
		connect.FixedInDegree{N: n, Forbid: f}, connect.FixedOutDegree{N: n, Forbid: f}, connect.FixedTotalNumber{N: int64(n), Forbid: f}, connect.PairwiseBernoulli{P: c.number(0.1, 0.5, 1), Forbid: f},
		connect.SymmetricPairwiseBernoulli{P: c.number(0.2)}, connect.List{Pre: []int32{0, 1, 0}, Post: []int32{1, int32(c.r.IntN(9) - 1), 1}}, &connect.OneToOne{})
}

func (c *caller) value(sensible ...float64) connect.Distribution {
	x := c.number(sensible...)
	return choose[connect.Distribution](c.r, nil, nil, nil, nil, nil, connect.Constant(x), connect.Constant(x), connect.Constant(x), connect.Constant(x), connect.Normal{Mean: x, SD: math.Abs(x) / 20}, connect.Uniform{Min: x, Max: x * 1.5},
		connect.LogNormal{Mean: 0, SD: 0.3}, connect.Values{x, x, x}, (*connect.Normal)(nil))
}

// kind returns 1 for generators and meters, 2 for spike recorders, else 0.
func (c *caller) kind(nodes *sim.Nodes) int {
	switch m := first(nodes).(type) {
	case device.SpikeRecorder:
		return 2
	case device.Device:
		if _, ok := m.(neuron.Model); ok && strings.HasPrefix(m.ModelName(), "iaf") || m.ModelName() == "parrot_neuron" {
			return 0
		}
		return 1
	}
	return 0
}

// parrots reports whether any of the nodes repeat spikes: chains of them would
// multiply without end.
func parrots(nodes *sim.Nodes) bool {
	for _, m := range nodes.Models() {
		if m.ModelName() == "parrot_neuron" {
			return true
		}
	}
	return false
}

// described is everything that a refused call must not change.
func (c *caller) described() string {
	var s strings.Builder
	for _, name := range c.names {
		p, err := c.net.Nodes(name)
		if err != nil {
			continue // a recorder, which was not saved
		}
		fmt.Fprint(&s, p, p.Models())
		v, err := p.Get("V_m")
		fmt.Fprintln(&s, v, err)
	}
	fmt.Fprint(&s, c.net.SynapseModels())
	return s.String()
}

// begin makes a network that is alive.
func (c *caller) begin() {
	a := nodes(c.t, c.net, "a", 30, neuron.DefaultIafPscExp(), sim.Params{"I_e": connect.Uniform{Min: 350, Max: 600}, "V_m": connect.Uniform{Min: -65, Max: -55}})
	g := nodes(c.t, c.net, "g", 8, device.Poisson{Rate: 3000})
	b := nodes(c.t, c.net, "b", 20, c.someNeuron())
	join(c.t, c.net, a, sim.Join(a, b), connect.FixedInDegree{N: 8}, 40, 1.5)
	join(c.t, c.net, g, a, connect.FixedInDegree{N: 2}, 60, 1)
	r := recorderOf(c.t, c.net, a)
	c.net.Record(device.SpikeRecorder{}).WriteSpikesTo(c.mem)
	c.names = append(c.names, "a", "g", "b", r.Name())
}

func (c *caller) someNeuron() sim.Model {
	split := neuron.DefaultIafPscExp()
	split.TauSynEx = 1
	return choose[sim.Model](c.r, neuron.DefaultIafPscExp(), split, neuron.DefaultIafPscAlpha(), neuron.DefaultIafPscDelta())
}

// call makes a call and returns what it was, its error, and whether an error
// leaves everything as it was.
func (c *caller) call() (what string, whole bool, err error) {
	ctx := context.Background()
	switch k := c.r.IntN(20); {
	case k < 4 && c.net.NeuronCount() < 150:
		name, m := fmt.Sprint("n", c.r.IntN(90)), c.model()
		if c.r.IntN(3) == 0 {
			m = neuron.DefaultIafPscExp()
		}
		p := c.net.Create(name, choose(c.r, 1, 3, 10, 20, 40, 3, 10, 20, 0), m, c.params(m))
		if err = c.net.Err(); err == nil {
			c.names = append(c.names, name)
			if _, get := p.Get("C_m"); get == nil || parrots(p) {
				c.net.Record(device.SpikeRecorder{}, p).WriteSpikesTo(c.mem)
			}
		}
		return "Create", true, err
	case k < 9:
		pre, post, rule := c.pool(), c.pool(), c.rule()
		if c.r.IntN(3) > 0 { // what is sensible
			pre, post = named(c.t, c.net, choose(c.r, "a", "b", "g")), named(c.t, c.net, choose(c.r, "a", "b"))
			from := c.r.IntN(6)
			pre, post = choose(c.r, pre, pre.Slice(from, pre.Len()), pre.Every(1+from/2)), choose(c.r, post, post.Slice(0, 9), post.Every(1+from/3))
		}
		if first(post) != nil && c.kind(post) == 1 && c.r.IntN(4) > 0 {
			pre, post = post, pre // generators are sources, meters too
		}
		if first(pre) != nil && first(pre).ModelName() == "spike_recorder" && c.r.IntN(4) > 0 {
			pre, post = post, pre
		}
		syn := connect.Synapse{Weight: c.value(60, 100, -80), Delay: c.value(1, 1.5, 0.1, 8), Model: choose(c.r, "", "", "", "", "", "", "m0", "m9")}
		if parrots(pre) && parrots(post) || parrots(sim.Join(post)) && c.r.IntN(3) > 0 {
			return "skip", false, nil
		}
		if rule == nil {
			c.net.Connect(pre, post, syn)
		} else {
			c.net.Connect(pre, post, syn, rule)
		}
		return "Connect", true, c.net.Err()
	case k < 11:
		p := c.pool()
		p.Set(c.params(first(p)))
		return "Set", true, c.net.Err()
	case k < 13:
		cs, err := c.net.Connections(sim.ConnectionQuery{Source: c.pool(), Target: c.pool(), Model: choose(c.r, "", "", "static_synapse", "m1", "m9")})
		if err != nil {
			return "Connections", true, err
		}
		fmt.Fprint(&c.log, len(cs))
		cs = cs[:min(len(cs), c.r.IntN(50))]
		w := choose[any](c.r, c.number(50, 20), c.value(40), []float64{1, 2}, "x", nil)
		if c.r.IntN(3) == 0 {
			c.net.SetDelays(cs, choose[any](c.r, c.number(1, 2), c.number(0.1, 0.01), c.value(3)))
			return "SetDelays", true, c.net.Err()
		}
		c.net.SetWeights(cs, w)
		return "SetWeights", true, c.net.Err()
	case k == 18 && c.r.IntN(2) == 0:
		c.net.CopyModel(fmt.Sprint("m", c.r.IntN(3)), connect.Synapse{Weight: c.value(30), Delay: c.value(2), Model: choose(c.r, "", "m0")})
		return "CopyModel", true, c.net.Err()
	case k == 13 && c.r.IntN(3) == 0:
		c.net.Reset()
		return "Reset", true, c.net.Err()
	case k == 14 && c.r.IntN(3) == 0 && c.net.NeuronCount() > 0:
		dir := c.t.TempDir()
		if err := c.net.Build(ctx); err != nil {
			return "Build", false, err
		}
		must(c.t, c.net.Save(dir))
		opened, err := sim.Open(dir, c.opts...)
		must(c.t, err)
		c.net = opened
		opened.Record(device.SpikeRecorder{}).WriteSpikesTo(c.mem)
		return "Save and Open", true, nil
	case k == 15:
		p := c.pool()
		x, err := p.Get(choose(c.r, "V_m", "I_syn_ex", "C_m", "rate", "n_events", "x"))
		fmt.Fprint(&c.log, x)
		if d, err := p.Spikes(); err == nil {
			fmt.Fprint(&c.log, d.Step, d.Neuron)
		}
		if s, err := p.Samples(); err == nil {
			fmt.Fprint(&c.log, s)
		}
		return "Get", true, err
	case k == 16 && c.r.IntN(3) == 0:
		c.pool().Clear()
		return "Clear", false, c.net.Err()
	case k == 17:
		if c.net.NeuronCount() == 0 {
			return "skip", false, nil
		}
		return "Simulate", true, c.net.Simulate(ctx, choose(c.r, -1, 0.05, math.NaN(), math.Inf(1)))
	}
	if c.net.NeuronCount() == 0 {
		return "skip", false, nil
	}
	err = c.net.Simulate(ctx, choose(c.r, 0.1, 0.7, 3, 6, 0))
	if err != nil {
		c.t.Errorf("the network cannot go on: %v", err)
	}
	return "Simulate", false, err
}

// Whatever is called in whatever order: there is no panic, what is refused
// changes nothing, the network can always go on, and all is the same for any
// threads and shards.
func TestRandomCalls(t *testing.T) {
	sequences, calls := uint64(150), 16
	if testing.Short() {
		sequences = 40
	}
	did, spikes := map[string]int{}, 0
	for seed := range sequences {
		var logs [2]string
		for i, opts := range [][]sim.Option{{sim.Threads(1), sim.Shards(1)}, {sim.Threads(2), sim.Shards(2 + int(seed%3))}} {
			c := &caller{t: t, r: rand.New(rand.NewPCG(seed, 3)), opts: opts, mem: newMemory()}
			c.net = mustNew(t, append(opts, sim.Seed(seed))...)
			c.begin()
			for n := range calls {
				before := ""
				if i == 0 {
					before = c.described()
				}
				what, whole, err := c.call()
				if err != nil && whole && i == 0 && c.described() != before {
					t.Errorf("sequence %d, call %d: %s was refused (%v) and left\n%s\nfrom\n%s", seed, n, what, err, c.described(), before)
				}
				fmt.Fprintln(&c.log, what, err, len(c.mem.step))
				if err == nil {
					did[what]++
				} else {
					did[what+" refused"]++
				}
				if t.Failed() {
					t.Fatalf("sequence %d:\n%.3000s", seed, c.log.String())
				}
			}
			fmt.Fprintln(&c.log, c.mem.step, c.mem.neuron)
			spikes += len(c.mem.step)
			logs[i] = c.log.String()
		}
		if logs[0] != logs[1] {
			t.Fatalf("sequence %d: one worker\n%.3000s\nseveral\n%.3000s", seed, logs[0], logs[1])
		}
	}
	t.Log(did, spikes, "spikes")
	for _, what := range []string{"Create", "Connect", "Set", "SetWeights", "SetDelays", "CopyModel", "Reset", "Save and Open", "Get", "Simulate"} {
		if did[what] < int(sequences)/8 || what != "Reset" && what != "Clear" && what != "Save and Open" && did[what+" refused"] == 0 {
			t.Errorf("%s was done %d times, refused %d times", what, did[what], did[what+" refused"])
		}
	}
	if spikes < 30*int(sequences) {
		t.Errorf("only %d spikes", spikes)
	}
}
