package sim_test

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"cortigo/sim"
	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

// Several parameters, or all, at once are what Get and Models return one by one.
func TestGetAll(t *testing.T) {
	net := mustNew(t)
	a := nodes(t, net, "a", 3, neuron.DefaultIafPscExp(), sim.Params{"I_e": []float64{100, 200, 300}})
	d := nodes(t, net, "d", 2, neuron.DefaultIafPscDelta())
	g := nodes(t, net, "g", 2, device.SpikeGenerator{Times: []float64{1, 2.5}})
	r := recorderOf(t, net, a, g)
	m := nodes(t, net, "m", 1, device.Multimeter{Quantities: []string{"V_m", "I_syn_ex"}})
	net.Connect(m, a)
	simulate(t, net, 5)
	for _, c := range []struct {
		of    *sim.Nodes
		names []string
		want  string // name: unit, first and last value
	}{
		{a, []string{"I_e", "V_m", "I_syn_ex"}, "I_e pA 100 300; V_m mV * *; I_syn_ex pA 0 0"},
		{a, []string{}, "E_L mV -70 -70; V_th mV -55 -55; V_reset mV -70 -70; V_m mV * *; C_m pF 250 250; tau_m ms 10 10; tau_syn_ex ms 2 2; tau_syn_in ms 2 2; t_ref ms 2 2; I_e pA 100 300"},
		{sim.Join(a, d), []string{}, "E_L mV -70 -70; V_th mV -55 -55; V_reset mV -70 -70; V_m mV * *; C_m pF 250 250; tau_m ms 10 10; t_ref ms 2 2; I_e pA 100 0"}, // what both have
		{d, []string{"refractory_input"}, "refractory_input  0 0"},
		{g, []string{"spike_times", "start"}, "spike_times ms [1 2.5] [1 2.5]; start ms 0 0"},
		{m, []string{"record_from", "interval"}, "record_from  [V_m I_syn_ex] [V_m I_syn_ex]; interval ms 0 0"},
		{r, []string{"n_events"}, "n_events  4 4"},
	} {
		v, err := c.of.GetAll(c.names...)
		must(t, err)
		if !reflect.DeepEqual(v.IDs, c.of.IDs()) {
			t.Errorf("ids %v, want %v", v.IDs, c.of.IDs())
		}
		var got []string
		for _, col := range v.Columns {
			first, last := "", ""
			if col.Numbers != nil {
				want, err := c.of.Get(col.Name)
				must(t, err)
				equal(t, col.Name, fmt.Sprint(col.Numbers), fmt.Sprint(want))
				one, err := v.Of(col.Name)
				must(t, err)
				equal(t, col.Name, fmt.Sprint(one), fmt.Sprint(want))
				first, last = fmt.Sprint(want[0]), fmt.Sprint(want[len(want)-1])
				if col.Name == "V_m" {
					first, last = "*", "*"
				}
			} else {
				first, last = col.Texts[0], col.Texts[len(col.Texts)-1]
				_, err := v.Of(col.Name)
				wantError(t, err, col.Name+" is no number")
			}
			got = append(got, fmt.Sprintf("%s %s %s %s", col.Name, col.Unit, first, last))
		}
		equal(t, "values", strings.Join(got, "; "), c.want)
	}
	all, err := r.GetAll()
	must(t, err)
	if _, err := all.Of("n_events"); err != nil {
		t.Error(err)
	}
	_, err = all.Of("V_m")
	wantError(t, err, `there is no "V_m"`, `"start"`, `"n_events"`)
	for _, c := range []struct {
		of    *sim.Nodes
		names []string
		want  string
	}{
		{a, []string{"I_e", "I_ee"}, "did you mean I_e"},
		{sim.Join(a, d), []string{"tau_syn_ex"}, "d: iaf_psc_delta"},
		{a.At(9), nil, "node 9 of a"},
		{sim.Join(r, m), []string{"start", "record_from"}, "record_from"},
	} {
		v, err := c.of.GetAll(c.names...)
		if wantError(t, err, c.want); v != nil {
			t.Errorf("%v in spite of an error", v)
		}
	}
}

// What is printed is short, whatever there is of it.
func TestStrings(t *testing.T) {
	net := mustNew(t)
	a := nodes(t, net, "a", 2000, neuron.DefaultIafPscExp())
	m := nodes(t, net, "", 1, device.Multimeter{Interval: 0.1})
	net.Connect(a, a, connect.FixedInDegree{N: 2}, connect.Synapse{Weight: 20, Delay: 1.5})
	net.Connect(m, a)
	simulate(t, net, 3)
	v, err := a.GetAll("I_e", "tau_m")
	must(t, err)
	cs, err := net.Connections(sim.ConnectionQuery{Target: a})
	must(t, err)
	s, err := m.Samples()
	must(t, err)
	for _, c := range []struct {
		what  string
		of    any
		lines int
		want  []string
	}{
		{"values", v, 12, []string{"id  I_e (pA)  tau_m (ms)\n1   0         10\n", "... and 1990 nodes more\n"}},
		{"a value", must1(t)(a.At(0).GetAll("I_e", "tau_m")), 3, []string{"id          1\nI_e (pA)    0\n"}},
		{"11 values", must1(t)(a.Slice(0, 11).GetAll("I_e")), 12, []string{"... and 1 node more\n"}},
		{"all values", must1(t)(a.GetAll()), 12, []string{"id               1    2 ", "V_th (mV)        -55  -55"}},
		{"no values", must1(t)(a.Slice(0, 0).GetAll("I_e")), 1, []string{"id  I_e"}},
		{"connections", cs, 12, []string{"source  target  model           weight  delay (ms)\n", "static_synapse  20      1.5\n", fmt.Sprintf("... and %d connections more\n", len(cs)-10)}},
		{"some", cs[:2], 3, []string{"static_synapse"}},
		{"a connection", cs[0], 0, []string{"-> 1: static_synapse, weight 20, delay 1.5 ms"}},
		{"no connections", cs[:0], 1, []string{"source"}},
		{"scattered nodes", a.Every(2), 0, []string{"a (iaf_psc_exp, id 1), a (iaf_psc_exp, id 3)", "... (1000 nodes in all)"}},
		{"samples", s, 0, []string{"samples of \"V_m\"", "ms"}},
		{"a recorder that is no node", net.Record(device.SpikeRecorder{}), 0, []string{"spike_recorder (no node)"}},
	} {
		text := fmt.Sprint(c.of)
		if n := strings.Count(text, "\n"); n != c.lines || len(text) > 1000 {
			t.Errorf("%s: %d lines, %d bytes, want %d lines:\n%.2000s", c.what, n, len(text), c.lines, text)
		}
		for _, w := range c.want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: %q is not in\n%s", c.what, w, text)
			}
		}
	}
	if v.Columns[0].Numbers[0] != 0 || math.IsNaN(v.Columns[1].Numbers[0]) {
		t.Error("printing changes values")
	}
}

// must1 returns a value that came with no error.
func must1(t *testing.T) func(v *sim.Values, err error) *sim.Values {
	return func(v *sim.Values, err error) *sim.Values {
		t.Helper()
		must(t, err)
		return v
	}
}
