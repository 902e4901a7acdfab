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

// Rules and distributions of a user's own, by exported names alone.

// ring connects each source to its neighbours, up to Reach positions on, each with
// probability P: it names connections one by one.
type ring struct {
	Reach int
	P     float64
}

func (r ring) Validate(pre, post int) error {
	if pre != post || r.Reach < 0 || r.Reach >= post {
		return fmt.Errorf("ring: %d sources, %d targets and a reach of %d, must be as many and a reach below it", pre, post, r.Reach)
	}
	return nil
}

func (r ring) Size(pre, post int) connect.Size {
	n := r.P * float64(pre) * float64(r.Reach)
	return connect.Size{Synapses: n, Largest: float64(r.Reach), Bytes: 12*float64(post) + 4*n, Values: -1}
}

func (r ring) Wire(p *connect.Plan) error {
	return p.Collect(func(add func(source, target int)) {
		for source := range p.Sources() {
			s := p.SourceStream(source)
			for k := range r.Reach {
				if s.Float64() < r.P {
					add(source, (source+1+k)%p.Targets())
				}
			}
		}
	})
}

// near gives each target N sources of the Reach that come after its position: it
// draws them when they are needed, with no autapses.
type near struct{ N, Reach int }

func (r near) Validate(int, int) error { return nil }

func (r near) Fit(p connect.Pools) error {
	if r.Reach >= p.Sources() {
		return fmt.Errorf("near: a reach of %d with %d sources, must be less", r.Reach, p.Sources())
	}
	return nil
}

func (r near) Size(_, post int) connect.Size {
	return connect.Size{Synapses: float64(r.N * post), Largest: float64(r.N), Values: int64(r.N * post), ValuesAre: "N for each target"}
}

func (r near) Wire(p *connect.Plan) error {
	p.Degree, p.Forbid.Autapses = r.N, true
	p.Draw = func(target int, s *connect.Stream, sources []uint32) {
		for k := range sources {
			sources[k] = (uint32(target) + s.Below(uint32(r.Reach))) % uint32(p.Allowed(target))
		}
	}
	return nil
}

// mutual connects pairs in both directions.
type mutual struct{ P float64 }

func (mutual) Validate(int, int) error { return nil }

func (mutual) Reverse() bool { return true }

func (r mutual) Size(pre, post int) connect.Size {
	n := 2 * r.P * float64(pre*post)
	return connect.Size{Synapses: n, Largest: float64(pre + post), Bytes: 12*float64(pre+post) + 4*n, Values: -1}
}

func (r mutual) Wire(p *connect.Plan) error {
	return p.Collect(func(add func(source, target int)) {
		for t := range p.Targets() {
			stream := p.TargetStream(t)
			for s := range p.Sources() {
				if stream.Float64() < r.P {
					add(s, t)
					add(p.Sources()+t, p.Targets()+s)
				}
			}
		}
	})
}

// weighed connects each neuron to the next with a weight of its own.
type weighed struct{ Weights []float64 }

func (weighed) Validate(int, int) error                      { return nil }
func (r weighed) SynapseValues() (weights, delays []float64) { return r.Weights, nil }

func (r weighed) Size(pre, post int) connect.Size {
	return connect.Size{Synapses: float64(post), Largest: 1, Values: int64(post), ValuesAre: "one for each target"}
}

func (r weighed) Wire(p *connect.Plan) error {
	return p.Collect(func(add func(source, target int)) {
		for t := range p.Targets() {
			add((t+1)%p.Sources(), t)
		}
	})
}

// uneven gives targets degrees drawn from one stream.
type uneven struct{ Most int }

func (uneven) Validate(int, int) error { return nil }

func (r uneven) Size(_, post int) connect.Size {
	return connect.Size{Synapses: float64(r.Most*post) / 2, Largest: float64(r.Most), Bytes: 4 * float64(post), Values: -1}
}

func (r uneven) Wire(p *connect.Plan) error {
	p.Degrees, p.Choose = make([]uint32, p.Targets()), connect.ChooseDistinct
	s := p.Stream()
	for t := range p.Degrees {
		p.Degrees[t] = s.Below(uint32(r.Most + 1))
	}
	return nil
}

// oneOf is one of some values.
type oneOf struct{ Of []float64 }

func (d oneOf) Validate() error {
	if len(d.Of) == 0 {
		return fmt.Errorf("oneOf: no values")
	}
	return nil
}

func (d oneOf) Bounds() (lo, hi float64) { return connect.Values(d.Of).Bounds() }

func (d oneOf) Sample(s *connect.Stream) (float64, error) {
	return d.Of[s.Below(uint32(len(d.Of)))], nil
}

// triangle has a density that rises from Lo to Hi, and a CDF.
type triangle struct{ Lo, Hi float64 }

func (d triangle) Validate() error          { return nil }
func (d triangle) Bounds() (lo, hi float64) { return d.Lo, d.Hi }
func (d triangle) Spread() float64          { return (d.Hi - d.Lo) / math.Sqrt(18) }
func (d triangle) Sample(s *connect.Stream) (float64, error) {
	return d.Lo + (d.Hi-d.Lo)*math.Sqrt(s.Float64()), nil
}
func (d triangle) CDF(x float64) float64 {
	u := min(1, max(0, (x-d.Lo)/(d.Hi-d.Lo)))
	return u * u
}

func init() {
	for _, err := range []error{
		connect.RegisterRule[ring]("ring"), connect.RegisterRule[near]("near"), connect.RegisterRule[mutual]("mutual"), connect.RegisterRule[weighed]("weighed"),
		connect.RegisterRule[uneven]("uneven"), connect.RegisterDistribution[oneOf]("one_of"), connect.RegisterDistribution[triangle]("triangle"),
	} {
		if err != nil {
			panic(err)
		}
	}
}

// ownNetwork uses all of them, between simple, joined and scattered collections, from
// generators and for parameters.
func ownNetwork(t *testing.T, opts ...sim.Option) *sim.Network {
	t.Helper()
	net := mustNew(t, append(opts, sim.Seed(7))...)
	potentials := []float64{-66, -58}
	a := nodes(t, net, "a", 90, neuron.DefaultIafPscExp(), sim.Params{"V_m": triangle{-70, -52}, "I_e": connect.Add(oneOf{[]float64{380, 420, 500}}, connect.Uniform{Min: 0, Max: 9})})
	b := nodes(t, net, "b", 60, neuron.DefaultIafPscAlpha(), sim.Params{"V_m": oneOf{potentials}, "I_e": connect.Within(oneOf{[]float64{300, 400, 450}}, 350, 460)})
	of := []float64{1, 2.5}
	weights := make([]float64, 60)
	for i := range weights {
		weights[i] = float64(i - 20)
	}
	scattered := a.At(3)
	for i := 5; i < 90; i += 4 {
		scattered = sim.Join(scattered, a.At(i))
	}
	noise := nodes(t, net, "noise", 12, device.Poisson{Rate: 900})
	net.Connect(a, a, ring{Reach: 9, P: 0.5}, connect.Synapse{Weight: triangle{20, 60}, Delay: oneOf{of}})
	net.Connect(sim.Join(a, b), b, near{N: 7, Reach: 5}, connect.Synapse{Weight: oneOf{[]float64{-30, 40}}, Delay: connect.Above(triangle{0.5, 3}, 1)})
	net.Connect(a, b, mutual{P: 0.1}, connect.Synapse{Weight: connect.Within(triangle{-60, 60}, -10, 30)})
	net.Connect(b, b, weighed{weights}, connect.Synapse{Delay: triangle{0.2, 2}})
	net.Connect(a, scattered, uneven{Most: 6}, connect.Synapse{Weight: connect.Mul(oneOf{[]float64{1, 2}}, connect.Constant(20))})
	net.Connect(noise, a, near{N: 3, Reach: 4}, connect.Synapse{Weight: triangle{10, 30}})
	net.Connect(nodes(t, net, "more", 2, device.Poisson{Rate: 100}), b, connect.Synapse{Weight: connect.Mul(oneOf{of}, oneOf{of}), Delay: connect.Below(oneOf{of}, 2)})
	must(t, net.Err())
	of[0], of[1], weights[5], potentials[0] = 999, 998, math.NaN(), 1e9 // remain the caller's
	must(t, net.Err())
	return net
}

func TestOwnRulesAndDistributions(t *testing.T) {
	run := func(net *sim.Network, ms float64) string {
		t.Helper()
		a := named(t, net, "a")
		r := recorderOf(t, net, a, named(t, net, "b"))
		must(t, net.Simulate(context.Background(), ms))
		d := spikesOf(t, r)
		return fmt.Sprint(d.Step, d.Neuron)
	}
	whole := ownNetwork(t, sim.Threads(1))
	connections := show(t, whole, sim.ConnectionQuery{})
	for _, x := range get(t, named(t, whole, "b"), "V_m") {
		if x != -66 && x != -58 {
			t.Fatalf("V_m %g", x)
		}
	}
	for _, c := range query(t, whole, named(t, whole, "more"), named(t, whole, "b")) {
		if c.Weight != 1 && c.Weight != 2.5 && c.Weight != 6.25 || c.Delay != 1 {
			t.Fatalf("%+v", c)
		}
	}
	want := run(whole, 120)
	if n := strings.Count(want, " "); n < 200 {
		t.Fatalf("hardly any spikes: %.200s", want)
	}
	for threads := 1; threads <= 3; threads++ {
		if got := run(ownNetwork(t, sim.Threads(threads), sim.Shards(2*threads-1+threads%2)), 120); got != want {
			t.Errorf("%d workers: other spikes", threads)
		}
	}
	saved := ownNetwork(t, sim.Threads(2), sim.Shards(2))
	simulate(t, saved, 40)
	dir := t.TempDir()
	must(t, saved.Save(dir))
	rest := run(saved, 80)
	for _, shards := range []int{2, 3} {
		net, err := sim.Open(dir, sim.Threads(2), sim.Shards(shards))
		must(t, err)
		if got := show(t, net, sim.ConnectionQuery{}); got != connections {
			t.Errorf("%d shards: other connections", shards)
		}
		if got := run(net, 80); got != rest {
			t.Errorf("%d shards: other spikes after opening", shards)
		}
	}
	check := func(net *sim.Network) {
		t.Helper()
		a, b := named(t, net, "a"), named(t, net, "b")
		first, second := a.IDs()[0], b.IDs()[0]
		ones := map[[2]int32]bool{}
		n := map[int32]int{}
		for _, c := range query(t, net, a, a) {
			switch d := (c.Target - c.Source + 90) % 90; {
			case c.Weight == 20 || c.Weight == 40: // uneven's
			case d < 1 || d > 9 || c.Weight < 20-0.2 || c.Weight > 60+0.2 || c.Delay != 1 && c.Delay != 2.5:
				t.Fatalf("ring: %+v", c)
			}
		}
		for _, c := range query(t, net, nil, b) {
			if source := int(c.Source - first); c.Weight == -30 || c.Weight == 40 {
				// Sources of target k are positions k..k+4 of all but itself.
				k := int(c.Target - second)
				if c.Source >= second {
					source = 90 + int(c.Source-second)
				}
				if source > 90+k {
					source--
				}
				if d := (source - k + 149) % 149; d > 4 || c.Delay < 1-0.05 {
					t.Fatalf("near: target %d has source %d: %+v", k, source, c)
				}
				n[c.Target]++
			}
		}
		for _, c := range query(t, net, a, b) {
			ones[[2]int32{c.Source, c.Target}] = true
		}
		for _, c := range query(t, net, b, a) {
			if !ones[[2]int32{c.Target, c.Source}] {
				t.Fatalf("mutual: nothing runs back: %+v", c)
			}
		}
		if len(n) != 60 {
			t.Errorf("near: %d targets", len(n))
		}
		sum, of := 0.0, 0
		for _, c := range query(t, net, b, b) {
			if c.Source == second+(c.Target-second+1)%60 && c.Weight == float64(c.Target-second-20) {
				of++
			}
			sum += c.Weight
		}
		if of != 60 {
			t.Errorf("weighed: %d of 60", of)
		}
		for _, x := range get(t, b, "I_e") {
			if x != 400 && x != 450 {
				t.Errorf("I_e %g", x)
			}
		}
	}
	check(whole)
}

// query returns the connections between two collections.
func query(t *testing.T, net *sim.Network, pre, post *sim.Nodes) []sim.Connection {
	t.Helper()
	cs, err := net.Connections(sim.ConnectionQuery{Source: pre, Target: post})
	must(t, err)
	return cs
}

// bad is a rule that does one thing wrong.
type bad struct{ Kind string }

func (bad) Validate(int, int) error { return nil }

func (r bad) Reverse() bool { return r.Kind == "reverse" }

func (r bad) SynapseValues() (weights, delays []float64) {
	switch r.Kind {
	case "fewer weights":
		return []float64{1, 2}, nil
	case "NaN":
		return []float64{1, 2, math.NaN()}, nil
	case "fewer connections":
		return []float64{1, 2, 3}, nil
	}
	return nil, nil
}

func (r bad) Size(_, post int) connect.Size {
	s := connect.Size{Synapses: 10, Largest: 5, Values: int64(post)}
	switch r.Kind {
	case "size":
		s.Largest = math.NaN()
	case "many":
		s.Largest = 1e9
	}
	return s
}

func (r bad) Wire(p *connect.Plan) error {
	once := true
	switch r.Kind {
	case "error":
		return fmt.Errorf("no wires left")
	case "source":
		return p.Collect(func(add func(source, target int)) { add(p.Sources(), 0) })
	case "target":
		return p.Collect(func(add func(source, target int)) { add(0, -1) })
	case "another":
		return p.Collect(func(add func(source, target int)) {
			if once {
				add(0, 1)
			} else {
				add(0, 2)
			}
			once = false
		})
	case "fewer", "fewer connections":
		return p.Collect(func(add func(source, target int)) {
			add(0, 0)
			if once && r.Kind == "fewer" {
				add(0, 1)
			}
			once = false
		})
	case "degrees":
		p.Degrees = make([]uint32, 2)
	case "negative":
		p.Degree = -1
	case "distinct":
		p.Degree, p.Choose = 5, connect.ChooseDistinct
	case "all":
		p.Degree, p.Choose = 3, connect.ChooseAll
	case "same":
		p.Degree, p.Choose = 2, connect.ChooseSame
	case "listed":
		p.Degree, p.Choose = 2, connect.ChooseListed
	case "larger":
		p.Degree = 6
	case "largest":
		p.Degrees = []uint32{0, 1 << 30, 0}
	case "many":
		p.Degree = 341
	case "draw":
		p.Degree = 2
		p.Draw = func(_ int, _ *connect.Stream, sources []uint32) { sources[1] = 4 }
	}
	return nil
}

// hider has what files do not keep.
type hider struct{ n int }

func (hider) Validate(int, int) error      { return nil }
func (hider) Size(_, _ int) connect.Size   { return connect.Size{} }
func (r hider) Wire(p *connect.Plan) error { p.Degree = r.n; return nil }

// Rules that do not keep to the contract are refused, or building says so.
func TestBadRules(t *testing.T) {
	must(t, connect.RegisterRule[bad]("bad"))
	must(t, connect.RegisterRule[hider]("hider"))
	for _, c := range []struct {
		rule connect.Rule
		want []string
	}{
		{hider{2}, []string{"sim_test.hider is lost in files", "export its fields"}}, {bad{"size"}, []string{"its Size is", "NaN"}}, {bad{"fewer weights"}, []string{"weight", "2 values, must be 3"}}, {bad{"NaN"}, []string{"value 2 is NaN"}},
		{bad{"error"}, []string{"no wires left"}}, {bad{"source"}, []string{"from source 4 to target 0", "4 sources and 3 targets"}}, {bad{"target"}, []string{"target -1"}},
		{bad{"another"}, []string{"connection 0 is another"}}, {bad{"fewer"}, []string{"1 connections", "the same 2"}}, {bad{"fewer connections"}, []string{"made 1 connections", "3 values"}},
		{bad{"degrees"}, []string{"Degrees has 2 entries, must have 3"}}, {bad{"negative"}, []string{"Degree is -1"}}, {bad{"distinct"}, []string{"target 0 has 5 synapses, must have at most 4"}},
		{bad{"all"}, []string{"must have all its 4"}}, {bad{"same"}, []string{"2 synapses", "at most 1"}}, {bad{"listed"}, []string{"nothing was collected"}}, {bad{"draw"}, []string{"chooses source 4 of target 0", "[0, 4)"}},
		{bad{"reverse"}, []string{"reverse connections must Collect"}}, {bad{"larger"}, []string{"a target has 6 synapses", "its Size says that Largest is 5"}},
		{bad{"largest"}, []string{"target 1 has 1073741824 synapses", "Largest is 5"}}, {bad{"many"}, []string{"there are 1023 synapses, its Size says that there are 10 on average"}},
	} {
		net := mustNew(t)
		a, b := create(t, net, "a", 4, neuron.DefaultIafPscExp()), create(t, net, "b", 3, neuron.DefaultIafPscExp())
		net.Connect(a, b, c.rule)
		err := net.Err()
		if err == nil {
			err = net.Simulate(context.Background(), 1)
		}
		t.Run(fmt.Sprint(c.rule), func(t *testing.T) { wantError(t, err, c.want...) })
	}
}
