package sim_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// lively is a network with generators of several kinds, columns, a synapse
// model and changed weights, whose nodes are created in mixed order.
func lively(t testing.TB, opts ...sim.Option) *sim.Network {
	t.Helper()
	net := mustNew(t, append([]sim.Option{sim.Seed(8)}, opts...)...)
	g := nodes(t, net, "g", 20, device.Poisson{Rate: 1500}, sim.Params{"rate": connect.Uniform{Min: 1000, Max: 2000}})
	a := nodes(t, net, "a", 60, neuron.DefaultIafPscExp(), sim.Params{"V_m": connect.Normal{Mean: -62, SD: 3}, "I_e": connect.Uniform{Min: 200, Max: 400}})
	noise := nodes(t, net, "noise", 1, device.Noise{Mean: 200, Std: 300})
	rates := nodes(t, net, "rates", 1, device.InhomogeneousPoisson{RateTimes: []float64{5, 40}, RateValues: []float64{3000, 9000}})
	b := nodes(t, net, "b", 30, neuron.DefaultIafPscAlpha())
	d := nodes(t, net, "d", 20, neuron.DefaultIafPscDelta(), sim.Params{"refractory_input": true})
	p := nodes(t, net, "p", 5, neuron.Parrot{})
	times := nodes(t, net, "times", 1, device.SpikeGenerator{Times: []float64{5, 30, 62.5}, Multiplicities: []int{1, 2, 1}})
	net.CopyModel("inhibitory", connect.Synapse{Weight: connect.Normal{Mean: -90, SD: 9}, Delay: connect.Uniform{Min: 0.5, Max: 4}})
	net.Connect(g, sim.Join(a, b), connect.FixedInDegree{N: 4}, connect.Synapse{Weight: connect.Constant(60), Delay: connect.Constant(1.3)})
	net.Connect(g.At(0), a, connect.Synapse{Weight: connect.Normal{Mean: 60, SD: 5}, Delay: connect.Uniform{Min: 1, Max: 3}})
	net.Connect(noise, a, connect.Synapse{Delay: connect.Constant(2)})
	net.Connect(rates, d, connect.Synapse{Weight: connect.Constant(0.5)})
	net.Connect(rates, p)
	net.Connect(times, b, connect.Synapse{Weight: connect.Constant(800), Delay: connect.Constant(6)})
	net.Connect(a, sim.Join(a, b), connect.FixedInDegree{N: 12}, connect.Synapse{Weight: connect.Normal{Mean: 50, SD: 5}, Delay: connect.Uniform{Min: 0.3, Max: 3}})
	net.Connect(b, sim.Join(a, b), connect.PairwiseBernoulli{P: 0.2}, connect.Synapse{Model: "inhibitory"})
	net.Connect(a.Every(2), d.Every(3), connect.FixedInDegree{N: 5}, connect.Synapse{Weight: connect.LogNormal{Mean: -1, SD: 0.5}, Delay: connect.Constant(9)})
	net.Connect(p, a, connect.FixedOutDegree{N: 10}, connect.Synapse{Weight: connect.Constant(20), Delay: connect.Constant(0.2)})
	net.Connect(d.Slice(0, 5), p, connect.OneToOne{}, connect.Synapse{Delay: connect.Constant(0.7)})
	cs, err := net.Connections(sim.ConnectionQuery{Source: a, Target: b.Slice(0, 3)})
	must(t, err)
	net.SetWeights(cs, connect.Uniform{Min: 30, Max: 40})
	net.SetDelays(cs[:5], 12.0)
	return net
}

func named(t testing.TB, net *sim.Network, name string) *sim.Nodes {
	t.Helper()
	c, err := net.Nodes(name)
	must(t, err)
	return c
}

// A run that is cut into pieces by changes that change nothing has the spikes of
// one in a piece, on any threads and shards.
func TestChangesOfNothing(t *testing.T) {
	sameWeights := func(q func(net *sim.Network) sim.ConnectionQuery) func(net *sim.Network) {
		return func(net *sim.Network) {
			cs, err := net.Connections(q(net))
			must(t, err)
			w, d := make([]float64, len(cs)), make([]float64, len(cs))
			for i := range cs {
				w[i], d[i] = cs[i].Weight, cs[i].Delay
			}
			net.SetWeights(cs, w)
			net.SetDelays(cs, d)
		}
	}
	run := func(change func(net *sim.Network), opts ...sim.Option) *memory {
		net := lively(t, opts...)
		m := newMemory()
		net.Record(device.SpikeRecorder{}, net.Neurons()...).WriteSpikesTo(m)
		for _, ms := range []float64{3.1, 24.4, 0.1, 42.5} {
			simulate(t, net, ms)
			if change != nil {
				change(net)
			}
		}
		return m
	}
	want := run(nil)
	if len(want.step) < 300 {
		t.Fatalf("only %d spikes", len(want.step))
	}
	extra := 0
	for name, change := range map[string]func(net *sim.Network){
		"parameters": func(net *sim.Network) {
			for _, p := range net.Neurons() {
				if _, parrot := p.Models()[0].(neuron.Parrot); !parrot {
					p.Set(sim.Params{"E_L": get(t, p, "E_L"), "I_e": get(t, p, "I_e"), "tau_m": 10, "t_ref": 2})
				}
			}
		},
		"potentials": func(net *sim.Network) {
			named(t, net, "b").Set(sim.Params{"V_m": get(t, named(t, net, "b"), "V_m")})
		},
		"generators": func(net *sim.Network) { g := named(t, net, "g"); g.Set(sim.Params{"rate": get(t, g, "rate")}) },
		"weights":    sameWeights(func(net *sim.Network) sim.ConnectionQuery { return sim.ConnectionQuery{Source: named(t, net, "a")} }),
		"weights of some": sameWeights(func(net *sim.Network) sim.ConnectionQuery {
			return sim.ConnectionQuery{Target: named(t, net, "a").Slice(3, 9)}
		}),
		"weights of generators": sameWeights(func(net *sim.Network) sim.ConnectionQuery {
			return sim.ConnectionQuery{Source: sim.Join(net.Generators()...)}
		}),
		"nodes": func(net *sim.Network) {
			extra++
			e := nodes(t, net, fmt.Sprint("extra ", extra), 7, neuron.DefaultIafPscExp())
			join(t, net, e, e, nil, 10, 0.1)
			join(t, net, named(t, net, "a"), e, connect.FixedInDegree{N: 3}, 1, 30)
			net.Connect(named(t, net, "noise"), e)
		},
		"silent connections": func(net *sim.Network) {
			join(t, net, named(t, net, "a"), named(t, net, "b"), connect.FixedInDegree{N: 3}, 0, 0.1)
		},
		"recorders": func(net *sim.Network) {
			recorderOf(t, net, named(t, net, "a"), named(t, net, "g"))
			meterOf(t, net, named(t, net, "a"))
		},
		"reading": func(net *sim.Network) { get(t, named(t, net, "a"), "V_m"); get(t, named(t, net, "b"), "I_syn_ex") },
	} {
		opts := [][]sim.Option{{sim.Threads(1), sim.Shards(1)}, {sim.Threads(2), sim.Shards(3)}}[len(name)%2]
		got := run(change, opts...)
		// Only those that were there from the beginning.
		old := newMemory()
		for k, id := range got.neuron {
			if id <= 138 { // 20 + 60 + 1 + 1 + 30 + 20 + 5 nodes and one
				old.step, old.neuron = append(old.step, got.step[k]), append(old.neuron, id)
			}
		}
		if !slices.Equal(old.step, want.step) || !slices.Equal(old.neuron, want.neuron) {
			k := 0
			for k < min(len(old.step), len(want.step)) && old.step[k] == want.step[k] && old.neuron[k] == want.neuron[k] {
				k++
			}
			t.Errorf("%s: %d spikes, others from spike %d on (step %v), want %d", name, len(old.step), k, want.step[min(k, len(want.step)-1)], len(want.step))
		}
	}
}

// I_e changed at t is a step current that begins at t: NEST's amplitude_times t
// drive V in (t+d, ...], so that over d = 1 ms it begins 1 ms before.
func TestCurrentChanged(t *testing.T) {
	for _, m := range []sim.Model{neuron.DefaultIafPscExp(), neuron.DefaultIafPscAlpha(), neuron.DefaultIafPscDelta()} {
		net := mustNew(t)
		a := nodes(t, net, "a", 3, m)
		s := nodes(t, net, "s", 1, device.StepCurrent{Times: []float64{4, 19}, Values: []float64{500, 200}})
		net.Connect(s, a.At(0))
		// A dc_generator's amplitude at t reaches V after t + h + d, as its start at
		// the beginning of a simulation does (NEST sends the current of the step that
		// follows).
		dc := nodes(t, net, "dc", 1, device.DC{})
		net.Connect(dc, a.At(2))
		v, r := meterOf(t, net, a), recorderOf(t, net, a)
		simulate(t, net, 3.9)
		dc.Set(sim.Params{"amplitude": 500.0})
		simulate(t, net, 1.1)
		a.At(1).Set(sim.Params{"I_e": 500.0})
		simulate(t, net, 13.9)
		dc.Set(sim.Params{"amplitude": 200.0})
		simulate(t, net, 1.1)
		a.At(1).Set(sim.Params{"I_e": 200.0})
		simulate(t, net, 20)
		x := potentials(t, v, 1)
		for _, id := range []int32{2, 3} {
			y := potentials(t, v, id)
			for k := range x {
				if math.Abs(x[k]-y[k]) > 1e-11 {
					t.Fatalf("%s: neuron %d: V_m at step %d is %.15g, want %.15g", m.ModelName(), id, k+1, y[k], x[k])
				}
			}
			if s := stepsOf(t, r, id); !slices.Equal(s, stepsOf(t, r, 1)) {
				t.Errorf("%s: spikes at %v, want %v", m.ModelName(), s, stepsOf(t, r, 1))
			}
		}
		if x[49] != -70 || !(x[50] > -70) {
			t.Errorf("V_m at 5.0 and 5.1 ms: %g, %g", x[49], x[50])
		}
	}
}

// Onto iaf_psc_delta a weight is a jump in mV: with tau_m without end every jump
// can be told by hand. A spike under way arrives with the weight that it left
// with and after the delay that it left with; a connection that is made in
// between does not carry it. The same holds for neurons and generators.
func TestSpikesUnderWay(t *testing.T) {
	quiet := neuron.DefaultIafPscDelta()
	quiet.TauM = 1e12
	const rest = -70.0
	for _, source := range []string{"parrot", "spike_generator", "scattered"} {
		for _, shards := range []int{1, 3} {
			net := mustNew(t, sim.Shards(shards))
			// The parrot repeats at 1 and 11 ms what comes at 0.9 and 10.9 ms.
			g := nodes(t, net, "g", 40, device.SpikeGenerator{}, sim.Params{"spike_times": []float64{1, 11}})
			pre := g.At(0)
			if source != "spike_generator" {
				early := nodes(t, net, "early", 1, device.SpikeGenerator{Times: []float64{0.9, 10.9}})
				p := nodes(t, net, "p", 40, neuron.Parrot{})
				join(t, net, early, p, nil, 1, 0.1)
				pre = p.At(0)
				if source == "scattered" {
					pre = p.Every(2)
				}
			}
			weight := 1.0 / float64(pre.Len())
			x := nodes(t, net, "x", 40, quiet)
			v := meterOf(t, net, x)
			join(t, net, pre, x.At(0), nil, 2*weight, 3) // stays
			join(t, net, pre, x.At(1), nil, 2*weight, 3) // gets another weight at 2 ms
			join(t, net, pre, x.At(2), nil, 2*weight, 3) // gets another delay at 2 ms
			join(t, net, pre, x.At(4), nil, 2*weight, 3) // weight and back, in flight
			join(t, net, pre, x.At(5), nil, 2*weight, 3) // weight at 1 ms, the stamp of the spike
			cs := func(i int) []sim.Connection {
				cs, err := net.Connections(sim.ConnectionQuery{Source: pre, Target: x.At(i)})
				must(t, err)
				if len(cs) != pre.Len() {
					t.Fatalf("%d connections", len(cs))
				}
				return cs
			}
			simulate(t, net, 1)
			net.SetWeights(cs(5), 5*weight)
			join(t, net, pre, x.At(6), nil, 2*weight, 3) // made at 1 ms: what is stamped 1 ms is before
			simulate(t, net, 1)
			old := cs(4)
			net.SetWeights(old, 7*weight)
			net.SetWeights(cs(1), 5*weight)
			net.SetDelays(cs(2), 6.0)
			join(t, net, pre, x.At(3), nil, 2*weight, 3) // made at 2 ms
			simulate(t, net, 0.5)
			net.SetWeights(old, 2*weight)
			simulate(t, net, 17.5)
			for i, c := range []struct {
				first, second float64 // jumps of the two spikes, mV
				at1, at2      int     // steps at which they arrive; 0: never
			}{
				{2, 2, 40, 140}, {2, 5, 40, 140}, {2, 2, 40, 170}, {0, 2, 0, 140}, {2, 2, 40, 140}, {2, 5, 40, 140}, {0, 2, 0, 140},
			} {
				want := rest
				for step, y := range potentials(t, v, x.First()+int32(i)) {
					switch step + 1 {
					case c.at1:
						want += c.first
					case c.at2:
						want += c.second
					}
					if math.Abs(y-want) > 1e-9 {
						t.Fatalf("%s: neuron %d: V_m at step %d is %g, want %g", source, i, step+1, y, want)
					}
				}
			}
		}
	}
}

// Poisson spikes that are under way when a rate is set to 0 still arrive, and
// none is sent any more.
func TestRateChanged(t *testing.T) {
	net := mustNew(t)
	g := nodes(t, net, "g", 1, device.Poisson{Rate: 1e4})
	h := nodes(t, net, "h", 1, device.InhomogeneousPoisson{RateTimes: []float64{0.1}, RateValues: []float64{1e4}})
	p := nodes(t, net, "p", 2, neuron.Parrot{})
	join(t, net, g, p.At(0), nil, 1, 5)
	join(t, net, h, p.At(1), nil, 1, 5)
	r := recorderOf(t, net, p)
	simulate(t, net, 20)
	g.Set(sim.Params{"rate": 0.0})
	h.Set(sim.Params{"rate_values": []float64{0}})
	simulate(t, net, 20)
	d := spikesOf(t, r)
	var late [2]int
	for i, s := range d.Step {
		if s <= 50 || s > 250 { // sent in (0, 20] ms, over 5 ms
			t.Errorf("a spike at step %d", s)
		}
		if s > 200 {
			late[d.Neuron[i]-p.First()]++
		}
	}
	for i, n := range late { // mean 50, SD 7
		if n < 22 || n > 78 {
			t.Errorf("parrot %d: %d spikes arrive after the change, want about 50", i, n)
		}
	}
	g.Set(sim.Params{"rate": 1e4})
	simulate(t, net, 10)
	if n := spikesOf(t, r).Len() - d.Len(); n < 22 || n > 78 { // of (40, 45] ms
		t.Errorf("%d spikes after 40 ms, want about 50", n)
	}
}

// V_m set between runs is where the neuron goes on from: by hand it decays from
// -60 mV to E_L with tau_m = 10 ms.
func TestPotentialSet(t *testing.T) {
	net := mustNew(t, sim.Shards(2))
	a := nodes(t, net, "a", 3, neuron.DefaultIafPscExp())
	v, r := meterOf(t, net, a), recorderOf(t, net, a)
	simulate(t, net, 5)
	a.Set(sim.Params{"V_m": []float64{-60, -70, -50}}) // the last above threshold: spikes at 5.1 ms
	equal(t, "V_m", get(t, a, "V_m"), []float64{-60, -70, -50})
	simulate(t, net, 5)
	for k := range 50 {
		want := -70 + 10*math.Exp(-float64(k+1)*0.1/10)
		if got := potentials(t, v, 1)[50+k]; math.Abs(got-want) > 1e-11 {
			t.Errorf("V_m at step %d is %g, want %g", 51+k, got, want)
		}
	}
	equal(t, "spikes", fmt.Sprint(spikesOf(t, r).Step, spikesOf(t, r).Neuron), "[51] [3]")
	a.Set(sim.Params{"V_m": connect.Uniform{Min: -66, Max: -64}})
	for _, x := range get(t, a, "V_m") {
		if x < -66 || x > -64 {
			t.Errorf("V_m %g", x)
		}
	}
	net.Reset()
	equal(t, "V_m", get(t, a, "V_m"), []float64{-70, -70, -70})
	// Set before the first step it is where the network begins, also after Reset.
	a.Set(sim.Params{"V_m": []float64{-61, -62, -63}})
	simulate(t, net, 1)
	net.Reset()
	equal(t, "V_m", get(t, a, "V_m"), []float64{-61, -62, -63})
}

// Setting E_L alone keeps the absolute V_m, V_th and V_reset, as NEST does; V_m
// then decays to the new one.
func TestRestChanged(t *testing.T) {
	for _, m := range []sim.Model{neuron.DefaultIafPscExp(), neuron.DefaultIafPscAlpha(), neuron.DefaultIafPscDelta()} {
		for _, columns := range []bool{false, true} {
			net := mustNew(t)
			a := nodes(t, net, "a", 2, m, sim.Params{"V_m": -62.0})
			v := meterOf(t, net, a)
			simulate(t, net, 3)
			before := get(t, a, "V_m")
			if columns {
				a.Set(sim.Params{"E_L": []float64{-65, -68}})
			} else {
				a.Set(sim.Params{"E_L": -65.0})
			}
			equal(t, "V_m", get(t, a, "V_m"), before)
			equal(t, "V_th", get(t, a, "V_th"), []float64{-55, -55})
			equal(t, "V_reset", get(t, a, "V_reset"), []float64{-70, -70})
			simulate(t, net, 0)
			for i, x := range get(t, a, "V_m") {
				if math.Abs(x-before[i]) > 1e-13 {
					t.Errorf("%s: V_m %g, was %g", m.ModelName(), x, before[i])
				}
			}
			simulate(t, net, 4)
			for i, el := range get(t, a, "E_L") {
				want := el + (before[i]-el)*math.Exp(-0.4)
				if got := potentials(t, v, int32(i+1))[69]; math.Abs(got-want) > 1e-11 {
					t.Errorf("%s: V_m at 7 ms is %.12f, want %.12f", m.ModelName(), got, want)
				}
			}
		}
	}
}

// A neuron that is refractory when t_ref changes waits as long as it was to: in
// NEST the count of steps is state. The next period is of the new length.
// I_e = 1e6 pA reaches threshold in the first free step: spikes come t_ref + h
// apart.
func TestRefractoryChanged(t *testing.T) {
	keeping := neuron.DefaultIafPscDelta()
	keeping.RefractoryInput = true
	for _, m := range []sim.Model{neuron.DefaultIafPscExp(), neuron.DefaultIafPscAlpha(), neuron.DefaultIafPscDelta(), keeping} {
		for _, c := range []struct {
			tRef float64
			want []int64
		}{{1, []int64{1, 22, 33, 44}}, {2, []int64{1, 22, 43}}, {3, []int64{1, 22, 53}}, {0, []int64{1, 22, 23, 24}}} {
			net := mustNew(t)
			a := nodes(t, net, "a", 1, m, sim.Params{"I_e": 1e6, "t_ref": 2.0})
			r := recorderOf(t, net, a)
			g := nodes(t, net, "g", 1, device.SpikeGenerator{Times: []float64{1.2}})
			join(t, net, g, a, nil, 0.1, 0.1)
			simulate(t, net, 1)
			a.Set(sim.Params{"t_ref": c.tRef})
			simulate(t, net, 0.2) // once more through a change within the period
			a.Set(sim.Params{"C_m": 251.0})
			dir := t.TempDir()
			must(t, net.Save(dir))
			simulate(t, net, 4.3)
			got := stepsOf(t, r, 1)
			if len(got) < len(c.want) || !slices.Equal(got[:len(c.want)], c.want) {
				t.Errorf("%s, t_ref %g: spikes at %v, want %v", m.ModelName(), c.tRef, got, c.want)
			}
			opened, err := sim.Open(dir)
			must(t, err)
			again := newMemory()
			opened.Record(device.SpikeRecorder{}).WriteSpikesTo(again)
			simulate(t, opened, 4.3)
			if !slices.Equal(again.step, got[1:]) {
				t.Errorf("%s, t_ref %g: opened, spikes at %v, want %v", m.ModelName(), c.tRef, again.step, got[1:])
			}
		}
	}
}

// Time constants of synapses that become equal, or different, keep currents and
// recordings; where what flows cannot be told apart, Set says so and changes
// nothing.
func TestChannelsChanged(t *testing.T) {
	make := func() (*sim.Network, *sim.Nodes) {
		net := mustNew(t)
		a := nodes(t, net, "a", 2, neuron.DefaultIafPscExp(), sim.Params{"tau_syn_in": 3.0})
		g := nodes(t, net, "g", 1, device.SpikeGenerator{Times: []float64{1, 12}})
		join(t, net, g, a, nil, 100, 0.5)
		join(t, net, g, a, nil, -40, 0.5)
		return net, a
	}
	net, a := make()
	m := nodes(t, net, "m", 1, device.Multimeter{Interval: 0.1, Quantities: []string{device.ISynEx, device.ISynIn}})
	net.Connect(m, a)
	simulate(t, net, 5)
	a.Set(sim.Params{"tau_syn_in": 2.0})
	simulate(t, net, 5)
	a.Set(sim.Params{"tau_syn_ex": 5.0})
	simulate(t, net, 5)
	s, err := m.Samples()
	must(t, err)
	for q, c := range []struct {
		quantity string
		at       func(ms float64) float64
	}{
		{device.ISynEx, func(ms float64) float64 {
			x := 100 * math.Exp(-(math.Min(ms, 10)-1.5)/2) * math.Exp(-math.Max(ms-10, 0)/5)
			if ms > 12.45 {
				x += 100 * math.Exp(-(ms-12.5)/5)
			}
			return x
		}},
		{device.ISynIn, func(ms float64) float64 {
			x := -40 * math.Exp(-(math.Min(ms, 5)-1.5)/3) * math.Exp(-math.Max(ms-5, 0)/2)
			if ms > 12.45 {
				x -= 40 * math.Exp(-(ms-12.5)/2)
			}
			return x
		}},
	} {
		times, values, err := s.Of(2, c.quantity)
		must(t, err)
		for i, ms := range times {
			if ms > 1.45 && math.Abs(values[i]-c.at(ms)) > 1e-9 {
				t.Fatalf("quantity %d: %s at %g ms is %g, want %g", q, c.quantity, ms, values[i], c.at(ms))
			}
		}
		if len(times) != 150 {
			t.Errorf("%d samples", len(times))
		}
	}
	// Nothing is recorded, and currents flow.
	net = mustNew(t)
	b := nodes(t, net, "b", 2, neuron.DefaultIafPscExp())
	c := nodes(t, net, "c", 2, neuron.DefaultIafPscExp())
	g := nodes(t, net, "g", 1, device.SpikeGenerator{Times: []float64{1}})
	join(t, net, g, sim.Join(b, c.At(1)), nil, 10, 0.5)
	simulate(t, net, 5)
	sim.Join(b, c).Set(sim.Params{"tau_syn_ex": 3.0, "I_e": 7.0})
	wantError(t, sim.Join(b, c).Network().Err(), "tau_syn_ex and tau_syn_in", "I_syn_ex")
	equal(t, "I_e", get(t, sim.Join(b, c), "I_e"), []float64{0, 0, 0, 0})
	equal(t, "tau_syn_ex", get(t, sim.Join(b, c), "tau_syn_ex"), []float64{2, 2, 2, 2})
	simulate(t, net, 1)
}

// Reset goes back to time 0: the same again, with what was connected later there
// from the beginning.
func TestReset(t *testing.T) {
	run := func(net *sim.Network, ms ...float64) string {
		simulate(t, net, ms...)
		r := named(t, net, "r")
		return fmt.Sprint(spikesOf(t, r).Step, spikesOf(t, r).Neuron, net.TimeMS())
	}
	net := lively(t)
	net.Connect(sim.Join(net.Neurons()...), nodes(t, net, "r", 1, device.SpikeRecorder{}))
	first := run(net, 60)
	net.Reset()
	equal(t, "time", net.TimeMS(), 0)
	equal(t, "n_events", get(t, named(t, net, "r"), "n_events"), []float64{0})
	equal(t, "the second run", run(net, 20, 40), first)
	change := func() {
		join(t, net, named(t, net, "a"), named(t, net, "b"), connect.FixedInDegree{N: 3}, 70, 2)
		net.Connect(named(t, net, "g"), named(t, net, "b"), connect.Synapse{Weight: connect.Constant(5)})
		named(t, net, "noise").Set(sim.Params{"mean": 250.0})
	}
	change()
	net.Reset()
	changed := run(net, 60)
	if changed == first {
		t.Error("the changes have no effect")
	}
	net = lively(t)
	net.Connect(sim.Join(net.Neurons()...), nodes(t, net, "r", 1, device.SpikeRecorder{}))
	change()
	equal(t, "a network of these connections", run(net, 60), changed)
}

// A run that is stopped within goes on where it stopped, through changes too.
func TestCancelAndChange(t *testing.T) {
	net := lively(t)
	simulate(t, net, 5)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	join(t, net, named(t, net, "a"), named(t, net, "b"), nil, 1, 2)
	if err := net.Simulate(ctx, 10); err == nil {
		t.Error("a network is built although the context ended")
	}
	simulate(t, net, 5)
	equal(t, "time", net.TimeMS() >= 10, true)
}

// Refractory input that is kept from a change on arrives when the period ends:
// by hand, 3 mV that come 1 ms before that decay with tau_m = 10 ms, once as long
// as they wait.
func TestRefractoryInputChanged(t *testing.T) {
	for _, columns := range []bool{false, true} {
		net := mustNew(t)
		a := nodes(t, net, "a", 2, neuron.DefaultIafPscDelta(), sim.Params{"V_m": -50.0}) // spikes at 0.1 ms, free from 2.2 ms on
		g := nodes(t, net, "g", 1, device.SpikeGenerator{Times: []float64{0.4, 1}})
		join(t, net, g, a, nil, 3, 0.1)
		v := meterOf(t, net, a)
		simulate(t, net, 0.7)
		if columns {
			a.At(1).Set(sim.Params{"refractory_input": true})
		} else {
			a.Set(sim.Params{"refractory_input": true})
		}
		simulate(t, net, 2)
		want := -70 + 3*math.Exp(-0.11) // 1.1 ms, from 1.1 to 2.2 ms
		if got := potentials(t, v, 2)[21]; math.Abs(got-want) > 1e-12 {
			t.Errorf("V_m at 2.2 ms is %.12f, want %.12f", got, want)
		}
		if got := potentials(t, v, 1)[21]; columns && got != -70 || !columns && got != potentials(t, v, 2)[21] {
			t.Errorf("V_m of the other at 2.2 ms is %g", got)
		}
	}
}
