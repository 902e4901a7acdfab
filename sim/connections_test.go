package sim_test

import (
	"fmt"
	"math"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

func show(t testing.TB, net *sim.Network, q sim.ConnectionQuery) string {
	t.Helper()
	cs, err := net.Connections(q)
	must(t, err)
	s := ""
	for _, c := range cs {
		s += fmt.Sprintf(" %d>%d(%g,%.1f)", c.Source, c.Target, c.Weight, c.Delay)
	}
	return s
}

// Connections are found by source, target and synapse model: those of neurons,
// then of generators, then of recorders.
func TestConnections(t *testing.T) {
	net := mustNew(t)
	g := nodes(t, net, "g", 2, device.SpikeGenerator{}) // 1, 2
	a := nodes(t, net, "a", 3, neuron.DefaultIafPscExp())
	p := nodes(t, net, "p", 2, neuron.Parrot{})
	r := nodes(t, net, "r", 1, device.SpikeRecorder{})
	m := nodes(t, net, "m", 1, device.DefaultVoltmeter())
	net.CopyModel("strong", connect.Synapse{Weight: connect.Constant(50)})
	join(t, net, a, p, connect.List{Pre: []int32{0, 2, 2}, Post: []int32{1, 0, 0}}, 7, 2) // onto parrots the weight is 1
	net.Connect(a.At(1), a, connect.Synapse{Model: "strong"})
	net.Connect(g, a.Slice(0, 2), connect.OneToOne{}, connect.Synapse{Model: "strong", Delay: connect.Constant(0.25)})
	net.Connect(sim.Join(a, p), r)
	net.Connect(g.At(0), r)
	net.Connect(m, a.At(0))
	const (
		toParrots  = " 5>6(1,2.0) 5>6(1,2.0) 3>7(1,2.0)"
		strong     = " 4>3(50,1.0) 4>4(50,1.0) 4>5(50,1.0)"
		generators = " 1>3(50,0.3) 2>4(50,0.3)"
		recorded   = " 3>8(1,1.0) 4>8(1,1.0) 5>8(1,1.0) 6>8(1,1.0) 7>8(1,1.0) 1>8(1,1.0)"
		metered    = " 9>3(1,1.0)"
	)
	for range 2 {
		for _, c := range []struct {
			q    sim.ConnectionQuery
			want string
		}{
			{sim.ConnectionQuery{}, toParrots + strong + generators + recorded + metered},
			{sim.ConnectionQuery{Model: "strong"}, strong + generators},
			{sim.ConnectionQuery{Model: "static_synapse"}, toParrots + recorded + metered},
			{sim.ConnectionQuery{Source: a}, toParrots + strong + " 3>8(1,1.0) 4>8(1,1.0) 5>8(1,1.0)"},
			{sim.ConnectionQuery{Target: a}, strong + generators + metered},
			{sim.ConnectionQuery{Source: a.Slice(1, 3), Target: sim.Join(a, p)}, " 5>6(1,2.0) 5>6(1,2.0)" + strong},
			{sim.ConnectionQuery{Source: g}, generators + " 1>8(1,1.0)"},
			{sim.ConnectionQuery{Source: g.At(1), Target: a}, " 2>4(50,0.3)"},
			{sim.ConnectionQuery{Source: m}, metered},
			{sim.ConnectionQuery{Target: r}, recorded},
			{sim.ConnectionQuery{Source: r}, ""}, {sim.ConnectionQuery{Source: a.Slice(0, 0)}, ""},
			{sim.ConnectionQuery{Source: a.Slice(0, 1), Target: a}, ""},
			{sim.ConnectionQuery{Source: p}, " 6>8(1,1.0) 7>8(1,1.0)"},
		} {
			if got := show(t, net, c.q); got != c.want {
				t.Errorf("%v -> %v %s: %s, want %s", c.q.Source, c.q.Target, c.q.Model, got, c.want)
			}
		}
		for k := range 4 { // EachConnection can be left
			n := 0
			must(t, net.EachConnection(sim.ConnectionQuery{}, func(sim.Connection) bool { n++; return n < k }))
			equal(t, "visited", n, max(k, 1))
		}
		in, err := net.InDegrees(nil, sim.Join(a, p))
		must(t, err)
		equal(t, "in-degrees", in, []int64{1, 1, 1, 2, 1})
		out, err := net.OutDegrees(a, nil)
		must(t, err)
		equal(t, "out-degrees", out, []int64{1, 3, 2})
		in, err = net.InDegrees(a.At(2), p)
		must(t, err)
		equal(t, "in-degrees from 5", in, []int64{2, 0})
		var counts []int64
		for _, s := range net.SynapseModels() {
			counts = append(counts, s.Connections)
		}
		equal(t, "counts", counts, []int64{3, 5})
		simulate(t, net, 3)
	}
	_, err := net.Connections(sim.ConnectionQuery{Model: "stronger"})
	wantError(t, err, `"stronger"`, `did you mean "strong"`)
	_, err = net.Connections(sim.ConnectionQuery{Source: nodes(t, mustNew(t), "x", 1, neuron.Parrot{})})
	wantError(t, err, "x", "another network")
	_, err = net.InDegrees(a.Slice(2, 9), a)
	wantError(t, err, "slice [2, 9)")
}

// Weights and delays are set for those connections that were asked for and no
// others, however often they were set before.
func TestSetWeights(t *testing.T) {
	for _, built := range []bool{false, true} {
		net := mustNew(t)
		g := nodes(t, net, "g", 2, device.SpikeGenerator{})
		a := nodes(t, net, "a", 2, neuron.DefaultIafPscExp())
		p := nodes(t, net, "p", 1, neuron.Parrot{})
		r := nodes(t, net, "r", 1, device.SpikeRecorder{})
		join(t, net, a, a, nil, 10, 1)
		join(t, net, g, a, nil, 20, 1)
		join(t, net, a.At(0), p, nil, 30, 1)
		net.Connect(a, r)
		if built {
			simulate(t, net, 2)
		}
		cs, err := net.Connections(sim.ConnectionQuery{})
		must(t, err)
		equal(t, "before", show(t, net, sim.ConnectionQuery{}), " 3>3(10,1.0) 4>3(10,1.0) 3>4(10,1.0) 4>4(10,1.0) 3>5(1,1.0) 1>3(20,1.0) 1>4(20,1.0) 2>3(20,1.0) 2>4(20,1.0) 3>6(1,1.0) 4>6(1,1.0)")
		net.SetWeights(cs[1:2], 11.0)
		net.SetWeights(cs[5:6], 21)
		net.SetDelays(cs[8:9], 3.0) // found before generator 1 was taken apart
		net.SetWeights([]sim.Connection{cs[8], cs[3], cs[4], cs[5]}, []float64{22, -13, 5, 23})
		net.SetDelays(cs[:2], []float64{0.25, 4})
		net.SetWeights(cs[2:3], connect.Uniform{Min: 14, Max: 14.0001})
		net.SetWeights(nil, "whatever")
		equal(t, "after", func() string {
			s := ""
			cs, err := net.Connections(sim.ConnectionQuery{})
			must(t, err)
			for _, c := range cs[:9] {
				s += fmt.Sprintf(" %d>%d(%.0f,%.1f)", c.Source, c.Target, c.Weight, c.Delay)
			}
			return s
		}(), " 3>3(10,0.3) 4>3(11,4.0) 3>4(14,1.0) 4>4(-13,1.0) 3>5(1,1.0) 1>3(23,1.0) 1>4(20,1.0) 2>3(20,1.0) 2>4(22,3.0)")
		before := show(t, net, sim.ConnectionQuery{})
		other := mustNew(t)
		nodes(t, other, "x", 9, neuron.DefaultIafPscExp())
		join(t, other, named(t, other, "x"), named(t, other, "x"), nil, 1, 1)
		foreign, err := other.Connections(sim.ConnectionQuery{})
		must(t, err)
		for _, c := range []struct {
			cs   []sim.Connection
			w    any
			want []string
		}{
			{cs[:2], []float64{1}, []string{"1 values for 2 connections"}},
			{cs[:2], []float64{1, math.NaN()}, []string{"3", "NaN", "finite"}},
			{cs[5:7], math.Inf(1), []string{"1 -> 3", "Inf"}},
			{cs[:2], "1", []string{"weight", "string"}}, {cs[:2], nil, []string{"nil"}}, {cs[:2], []string{"1", "2"}, []string{"[]string"}},
			{cs[:2], connect.Uniform{Min: 2, Max: 1}, []string{"Min 2"}}, {cs[:2], (*connect.Normal)(nil), []string{"pointer"}},
			{cs, 1.0, []string{"3 -> 6", "recorder"}},
			{foreign[80:], 1.0, []string{"9 -> 9", "another network"}},
			{[]sim.Connection{{Source: 3, Target: 4}}, 1.0, []string{"3 -> 4", "not returned by Connections"}},
		} {
			net.SetWeights(c.cs, c.w)
			wantError(t, net.Err(), c.want...)
		}
		net.SetDelays(cs[:1], 0.04)
		wantError(t, net.Err(), "delay", "0.04", "0 steps")
		net.SetDelays(cs[5:6], 0.04)
		wantError(t, net.Err(), "delay", "0.04", "0 steps")
		net.SetDelays(cs[4:6], []float64{2, 1e9})
		wantError(t, net.Err(), "1e+09")
		equal(t, "what was refused", show(t, net, sim.ConnectionQuery{}), before)
		simulate(t, net, 5)
		equal(t, "built anew", show(t, net, sim.ConnectionQuery{}), before)
	}
}

// SetWeights acts on what is simulated: with every weight set to 0 nothing
// arrives, with another weight the size of the potential follows (iaf_psc_delta:
// V jumps by the weight).
func TestSetWeightsSimulated(t *testing.T) {
	net := mustNew(t)
	g := nodes(t, net, "g", 1, device.SpikeGenerator{Times: []float64{1}})
	p := nodes(t, net, "p", 1, neuron.Parrot{})
	join(t, net, g, p, nil, 1, 1)
	a := nodes(t, net, "a", 50, neuron.DefaultIafPscDelta())
	net.Connect(p, a, connect.Synapse{Weight: connect.Normal{Mean: 5, SD: 1}})
	cs, err := net.Connections(sim.ConnectionQuery{Target: a})
	must(t, err)
	want := make([]float64, 50)
	for i := range want {
		want[i] = float64(i%7) * 1.1
	}
	net.SetWeights(cs, want)
	simulate(t, net, 3)
	for i, v := range get(t, a, "V_m") { // the spike arrives in the last step
		if math.Abs(v+70-want[i]) > 1e-9 {
			t.Errorf("V_m of %d is %g, want %g", i, v, -70+want[i])
		}
	}
}
