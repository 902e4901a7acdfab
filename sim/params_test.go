package sim_test

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// Parameters are set and read by NEST's names: one for all, one for each, drawn,
// for a slice, on creation or later.
func TestParams(t *testing.T) {
	for _, built := range []bool{false, true} {
		net := mustNew(t)
		a := nodes(t, net, "a", 4, neuron.DefaultIafPscAlpha(), sim.Params{"I_e": []float64{1, 2, 3, 4}, "C_m": 200, "V_m": -65.0})
		d := nodes(t, net, "d", 2, neuron.DefaultIafPscDelta(), sim.Params{"refractory_input": []bool{true, false}})
		g := nodes(t, net, "g", 2, device.SpikeGenerator{}, sim.Params{"spike_times": [][]float64{{1, 2}, {3}}})
		p := nodes(t, net, "p", 3, device.Poisson{Rate: 5}, sim.Params{"rate": []int{7, 8, 9}})
		if built {
			simulate(t, net, 0)
		}
		equal(t, "I_e", get(t, a, "I_e"), []float64{1, 2, 3, 4})
		equal(t, "C_m", get(t, a, "C_m"), []float64{200, 200, 200, 200})
		equal(t, "V_m", get(t, a, "V_m"), []float64{-65, -65, -65, -65})
		equal(t, "I_syn_ex", get(t, a, "I_syn_ex"), []float64{0, 0, 0, 0})
		equal(t, "V_min", get(t, a, "V_min"), slices.Repeat([]float64{math.Inf(-1)}, 4))
		equal(t, "refractory_input", get(t, d, "refractory_input"), []float64{1, 0})
		equal(t, "rate", get(t, p, "rate"), []float64{7, 8, 9})

		a.Slice(1, 3).Set(sim.Params{"I_e": 9, "tau_m": []float64{11, 12}})
		a.At(0).Set(sim.Params{"V_th": -50.0, "V_m": -60.0})
		a.SetEach(sim.Params{"t_ref": 1.0}, nil, sim.Params{"t_ref": 3.0, "E_L": -71.0}, sim.Params{})
		equal(t, "I_e", get(t, a, "I_e"), []float64{1, 9, 9, 4})
		equal(t, "tau_m", get(t, a, "tau_m"), []float64{10, 11, 12, 10})
		equal(t, "V_th", get(t, a, "V_th"), []float64{-50, -55, -55, -55})
		equal(t, "V_m", get(t, a, "V_m"), []float64{-60, -65, -65, -65})
		equal(t, "t_ref", get(t, a, "t_ref"), []float64{1, 2, 3, 2})
		equal(t, "V_reset", get(t, a, "V_reset"), []float64{-70, -70, -70, -70}) // absolute, whatever E_L
		sim.Join(a.At(3), d).Set(sim.Params{"C_m": []float64{1, 2, 3}})
		equal(t, "C_m", get(t, sim.Join(a, d), "C_m"), []float64{200, 200, 200, 1, 2, 3})
		a.Set(sim.Params{"I_e": 5.0}) // for all again
		equal(t, "I_e", get(t, a, "I_e"), []float64{5, 5, 5, 5})

		// By field.
		structs, err := sim.Get[neuron.IafPscAlpha](a)
		must(t, err)
		if len(structs) != 4 || structs[1].TauM != 11 || structs[0].Vth != -50 || structs[2].EL != -71 || structs[3].Cm != 1 {
			t.Errorf("%+v", structs)
		}
		structs[1].TauM = 20
		sim.Set(a, structs...)
		equal(t, "tau_m", get(t, a, "tau_m"), []float64{10, 20, 12, 10})
		one := neuron.DefaultIafPscAlpha()
		sim.Set(a.Slice(2, 4), one)
		equal(t, "tau_m", get(t, a, "tau_m"), []float64{10, 20, 10, 10})
		_, err = sim.Get[neuron.IafPscExp](a)
		wantError(t, err, "node 0 is a iaf_psc_alpha, not a iaf_psc_exp")
		sim.Set(a, one, one)
		wantError(t, a.Network().Err(), "2 parameter structs for a with 4 nodes")
		generators, err := sim.Get[device.SpikeGenerator](g)
		must(t, err)
		equal(t, "spike_times", fmt.Sprint(generators[0].Times, generators[1].Times), "[1 2] [3]")
		g.Set(sim.Params{"spike_times": []float64{4, 5}}) // one list for all
		generators, err = sim.Get[device.SpikeGenerator](g)
		must(t, err)
		equal(t, "spike_times", fmt.Sprint(generators[0].Times, generators[1].Times), "[4 5] [4 5]")

		// Draws are within bounds, differ, and another call draws others.
		a.Set(sim.Params{"I_e": connect.Uniform{Min: 100, Max: 200}})
		x := get(t, a, "I_e")
		a.Set(sim.Params{"I_e": connect.Uniform{Min: 100, Max: 200}})
		y := get(t, a, "I_e")
		for i := range x {
			if x[i] < 100 || x[i] > 200 || x[i] == y[i] || i > 0 && x[i] == x[i-1] {
				t.Errorf("drawn: %v, then %v", x, y)
			}
		}
		a.Set(sim.Params{"I_e": 1})
		simulate(t, net, 5)
	}
}

// What Set refuses changes nothing, whatever else was in the same call.
func TestSetRefused(t *testing.T) {
	net := mustNew(t)
	a := nodes(t, net, "a", 2, neuron.DefaultIafPscExp())
	b := nodes(t, net, "b", 2, neuron.DefaultIafPscDelta())
	p := nodes(t, net, "p", 2, device.Poisson{Rate: 1})
	r := nodes(t, net, "r", 1, device.SpikeRecorder{})
	m := nodes(t, net, "m", 1, device.DefaultVoltmeter())
	net.Connect(m, a)
	both := sim.Join(a, b)
	all := func() string {
		s := ""
		for _, c := range []*sim.Nodes{a, b, p, r, m} {
			s += fmt.Sprintf("%+v", c.Models())
		}
		return s + fmt.Sprint(get(t, both, "V_m"))
	}
	for range 3 {
		before := all()
		for _, c := range []struct {
			c    *sim.Nodes
			p    sim.Params
			want []string
		}{
			{both, sim.Params{"C_m": 100.0, "tau_syn_ex": 3.0}, []string{"a+b", "iaf_psc_delta", `"tau_syn_ex"`}},
			{both, sim.Params{"I_e": []float64{1, 2, 3}}, []string{"3 values for 4 nodes"}},
			{both, sim.Params{"I_e": []float64{}}, []string{"0 values for 4 nodes"}},
			{both, sim.Params{"tau_m": []float64{1, 2, 3, -4}}, []string{`"b"`, "tau_m", "-4", "> 0"}},
			{a, sim.Params{"I_e": 5.0, "V_m": math.NaN()}, []string{"V_m", "NaN", "finite"}},
			{a, sim.Params{"I_e": 5.0, "V_m": []float64{-60, math.Inf(1)}}, []string{"V_m", "+Inf"}},
			{a, sim.Params{"I_e": 5.0, "V_th": -75.0}, []string{"V_reset", "V_th (-75)"}},
			{a, sim.Params{"I_e": math.Inf(1)}, []string{"I_e", "+Inf"}},
			{a, sim.Params{"tau": 5.0}, []string{`"tau"`, "did you mean tau_m?"}},
			{a, sim.Params{"I_e": nil}, []string{"I_e", "nil", "number"}},
			{a, sim.Params{"I_e": true}, []string{"I_e", "true", "number"}},
			{a, sim.Params{"I_e": []any{1.0, "x"}}, []string{"I_e", `"x"`, "number"}},
			{a, sim.Params{"I_e": []any{1.0, nil}}, []string{"I_e", "nil", "number"}},
			{a, sim.Params{"I_e": connect.Normal{SD: -1}}, []string{"I_e", "SD", "-1"}},
			{a, sim.Params{"I_e": &connect.Normal{}}, []string{"I_e", "pointer"}},
			{a, sim.Params{"I_e": (*connect.Normal)(nil)}, []string{"I_e", "pointer"}},
			{a, sim.Params{"I_e": connect.Values{1, 2}}, []string{"I_e", "Values"}},
			{a, sim.Params{"I_e": far{0, 1}}, []string{"I_e", "sim_test.far"}},
			{a, sim.Params{"I_syn_ex": 1.0}, []string{"I_syn_ex"}},
			{a, sim.Params{"t_ref": 7000.0}, []string{"t_ref", "7000", "6553.5"}},
			{b, sim.Params{"refractory_input": 1}, []string{"refractory_input", "true or false"}},
			{p, sim.Params{"rate": []float64{3, 1e12}}, []string{`node 1 of "p"`, "1e+12"}},
			{p, sim.Params{"rate": 3.0, "start": 0.15}, []string{"start", "0.15"}},
			{r, sim.Params{"start": 5.0, "stop": 4.0}, []string{"stop 4", "start 5"}},
			{r, sim.Params{"record_from": "V_m"}, []string{"spike_recorder", `"record_from"`}},
			{m, sim.Params{"interval": 0.05}, []string{"interval", "0.05", "0.1 ms"}},
			{m, sim.Params{"interval": 2.0, "record_from": []string{"V_m", "g_nmda"}}, []string{`"g_nmda"`}},
		} {
			c.c.Set(c.p)
			wantError(t, c.c.Network().Err(), c.want...)
		}
		both.SetEach(nil, nil)
		wantError(t, both.Network().Err(), "2 sets of parameters for a+b with 4 nodes")
		both.SetEach(sim.Params{"I_e": 8.0}, nil, nil, sim.Params{"Ie": 8.0})
		wantError(t, both.Network().Err(), "node 3", "did you mean I_e?")
		for _, name := range []string{"I", "V", "", "spike_times"} {
			_, err := a.Get(name)
			wantError(t, err, "iaf_psc_exp", fmt.Sprintf("%q", name))
		}
		if after := all(); after != before {
			t.Errorf("the network is\n%s, was\n%s", after, before)
		}
		simulate(t, net, 3)
	}
}

// A population whose neurons differ in everything is the same as neurons that
// were created one by one, spike by spike.
func TestVaryingParams(t *testing.T) {
	for _, c := range []struct {
		model sim.Model
		vary  map[string]connect.Distribution
		w     float64
	}{
		{neuron.DefaultIafPscExp(), map[string]connect.Distribution{"tau_syn_ex": connect.Uniform{Min: 0.5, Max: 4}, "tau_syn_in": connect.Uniform{Min: 0.5, Max: 4}}, 150},
		{neuron.DefaultIafPscExp(), nil, 150},
		{neuron.DefaultIafPscAlpha(), map[string]connect.Distribution{"tau_syn_ex": connect.Uniform{Min: 0.5, Max: 4}, "V_min": connect.Uniform{Min: -75, Max: -72}}, 100},
		{neuron.DefaultIafPscDelta(), map[string]connect.Distribution{"V_min": connect.Uniform{Min: -75, Max: -72}}, 1},
	} {
		const n = 12
		vary := map[string]connect.Distribution{"E_L": connect.Uniform{Min: -72, Max: -68}, "V_th": connect.Uniform{Min: -57, Max: -52}, "V_reset": connect.Uniform{Min: -70, Max: -65},
			"V_m": connect.Uniform{Min: -70, Max: -60}, "C_m": connect.Uniform{Min: 200, Max: 300}, "tau_m": connect.Uniform{Min: 8, Max: 15}, "t_ref": connect.Uniform{Min: 0, Max: 4}, "I_e": connect.Uniform{Min: 200, Max: 500}}
		for name, d := range c.vary {
			vary[name] = d
		}
		wire := func(net *sim.Network, one func(i int) *sim.Nodes) (*sim.Nodes, *sim.Nodes) {
			r := nodes(t, net, "r", 1, device.SpikeRecorder{})
			m := nodes(t, net, "m", 1, device.Multimeter{Interval: 5})
			g := nodes(t, net, "g", 1, device.SpikeGenerator{Times: []float64{3, 7, 20, 33, 60, 61, 62}})
			for i := range n {
				net.Connect(one(i), r)
				net.Connect(m, one(i))
				join(t, net, g, one(i), nil, c.w*float64(i), 1)
				join(t, net, one(i), one((i+1)%n), nil, -c.w, 1.5)
			}
			simulate(t, net, 150)
			return r, m
		}
		net := mustNew(t)
		pop := nodes(t, net, "pop", n, c.model)
		for _, name := range slices.Sorted(maps.Keys(vary)) { // the order of the calls decides the draws
			pop.Set(sim.Params{name: vary[name]})
		}
		values := map[string][]float64{}
		for name := range vary {
			values[name] = get(t, pop, name)
		}
		r, m := wire(net, pop.At)
		single := mustNew(t)
		var ones []*sim.Nodes
		for i := range n {
			p := sim.Params{}
			for name := range vary {
				p[name] = values[name][i]
			}
			ones = append(ones, nodes(t, single, "", 1, c.model, p))
		}
		rs, ms := wire(single, func(i int) *sim.Nodes { return ones[i] })
		if d := spikesOf(t, r); d.Len() < 50 {
			t.Errorf("%s: only %d spikes", c.model.ModelName(), d.Len())
		}
		equal(t, "spikes", fmt.Sprint(spikesOf(t, r).Step, spikesOf(t, r).Neuron), fmt.Sprint(spikesOf(t, rs).Step, spikesOf(t, rs).Neuron))
		for i := range n {
			v, w := potentials(t, m, int32(i+1)), potentials(t, ms, int32(i+1))
			for k := range v {
				if math.Abs(v[k]-w[k]) > 1e-12 { // the grids of weights may differ in the last bit
					t.Errorf("%s: neuron %d: V_m %v, alone %v", c.model.ModelName(), i, v[k], w[k])
				}
			}
		}
	}
}

// Parameters drawn by name follow their distribution: a mean of n values lies
// within 4 standard errors.
func TestDrawnParams(t *testing.T) {
	const n = 20000
	net := mustNew(t)
	a := nodes(t, net, "a", n, neuron.DefaultIafPscExp())
	for _, c := range []struct {
		name     string
		d        connect.Distribution
		mean, sd float64 // by hand
	}{
		{"I_e", connect.Normal{Mean: 300, SD: 20}, 300, 20},
		{"tau_m", connect.Uniform{Min: 10, Max: 16}, 13, 6 / math.Sqrt(12)},
		{"V_m", connect.Normal{Mean: -65, SD: 3}, -65, 3},
		{"C_m", connect.Add(connect.Constant(200), connect.Exponential{Beta: 50}), 250, 50},
		{"t_ref", connect.Max(connect.Constant(0), connect.Normal{Mean: 0, SD: 2}), 2 / math.Sqrt(2*math.Pi), 2 * math.Sqrt(0.5-1/(2*math.Pi))},
	} {
		a.Set(sim.Params{c.name: c.d})
		sum, squares := 0.0, 0.0
		for _, x := range get(t, a, c.name) {
			sum += x
			squares += (x - c.mean) * (x - c.mean)
		}
		if mean := sum / n; math.Abs(mean-c.mean) > 4*c.sd/math.Sqrt(n) {
			t.Errorf("%s: mean %g, want %g", c.name, mean, c.mean)
		}
		if sd := math.Sqrt(squares / n); math.Abs(sd/c.sd-1) > 0.06 { // 4 standard errors, of an exponential: sqrt((9-1)/4/n) each
			t.Errorf("%s: SD %g, want %g", c.name, sd, c.sd)
		}
	}
}

// What is read, changed in one field and set leaves the potential where it is;
// a V_m that was changed is set.
func TestSetStructKeepsPotential(t *testing.T) {
	net := mustNew(t)
	a := nodes(t, net, "a", 3, neuron.DefaultIafPscExp(), sim.Params{"I_e": []float64{100, 200, 300}})
	simulate(t, net, 20)
	before := get(t, a, "V_m")
	structs, err := sim.Get[neuron.IafPscExp](a)
	must(t, err)
	for i := range structs {
		structs[i].TRef = 5
	}
	sim.Set(a, structs...)
	equal(t, "V_m", get(t, a, "V_m"), before)
	equal(t, "t_ref", get(t, a, "t_ref"), []float64{5, 5, 5})
	equal(t, "I_e", get(t, a, "I_e"), []float64{100, 200, 300})
	structs[1].Vm = -66
	sim.Set(a, structs...)
	equal(t, "V_m", get(t, a, "V_m"), []float64{before[0], -66, before[2]})
	sim.Set(a, structs[0]) // one for all, whose V_m they have
	equal(t, "I_e", get(t, a, "I_e"), []float64{100, 100, 100})
	equal(t, "V_m", get(t, a, "V_m"), []float64{before[0], -66, before[2]})
}
