package network

import (
	"math"
	"strings"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/neuron"
)

func TestCheckColumns(t *testing.T) {
	exp := neuron.DefaultIafPscExp()
	for _, c := range []struct {
		model   neuron.Model
		columns map[string][]float64
		want    string // "": no error
	}{
		{exp, nil, ""},
		{exp, map[string][]float64{"V_th": {-50, -40, -30}, "V_reset": {-55, -45, -35}}, ""},
		{exp, map[string][]float64{"V_th": {-50, -40, -30}, "V_reset": {-55, -35, -35}}, "neuron 1 of 3, counted from 0: iaf_psc_exp: V_reset is -35, must be below V_th (-40)"},
		{exp, map[string][]float64{"C_m": {1, 2, 0}}, "neuron 2 of 3, counted from 0: iaf_psc_exp: C_m is 0, must be > 0"},
		{exp, map[string][]float64{"I_e": {math.NaN(), 2, 0}}, "neuron 0 of 3, counted from 0: iaf_psc_exp: I_e is NaN"},
		{exp, map[string][]float64{"C_m": {1, 2}}, "C_m has 2 values, must have one for each of the 3 neurons"},
		{exp, map[string][]float64{"C_m": nil}, "C_m has 0 values"},
		{exp, map[string][]float64{"V_min": {1, 2, 3}}, `iaf_psc_exp: no parameter "V_min", did you mean`},
		{neuron.DefaultIafPscAlpha(), map[string][]float64{"V_min": {math.Inf(-1), -100, 0}}, ""},
		{neuron.DefaultIafPscAlpha(), map[string][]float64{"V_min": {math.Inf(-1), math.Inf(1), 0}}, "neuron 1 of 3, counted from 0: iaf_psc_alpha: V_min is +Inf"},
		{neuron.DefaultIafPscDelta(), map[string][]float64{"refractory_input": {1, 0, 0.5}}, "neuron 2 of 3, counted from 0: iaf_psc_delta: refractory_input is 0.5, must be 0 or 1"},
		{neuron.DefaultIafPscDelta(), map[string][]float64{"tau_syn_ex": {1, 0, 0.5}}, `no parameter "tau_syn_ex"`},
		{neuron.Parrot{}, map[string][]float64{"V_m": {1, 0, 0.5}}, `parrot_neuron: no parameter "V_m", it has none`},
		{neuron.Parrot{}, nil, ""},
	} {
		err := CheckColumns(&Population{Name: "a", N: 3, Model: c.model, Columns: c.columns})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%v: %v, want %q", c.columns, err, c.want)
		}
	}
}

// What cannot be reckoned with is refused before the work.
func TestCheckMagnitudes(t *testing.T) {
	const h = 0.1
	two := []Range{{Population: 0, From: 0, N: 2}}
	projection := func(rule connect.Rule, w connect.Distribution) error {
		return CheckProjection(&Projection{Pre: two, Post: two, Rule: rule, Weight: w, Delay: connect.Constant(1)}, h)
	}
	drive := func(d device.Device, w float64) error {
		return CheckDevice(&Attachment{Device: d, Weight: connect.Constant(w), Delay: connect.Constant(1)}, neuron.IafPscExp{}, h)
	}
	population := func(change func(m *neuron.IafPscExp), columns map[string][]float64) error {
		m := neuron.DefaultIafPscExp()
		change(&m)
		return CheckPopulation(&Population{Name: "p", N: 2, Model: m, Columns: columns}, h)
	}
	plain := func(*neuron.IafPscExp) {}
	for name, err := range map[string]error{
		"weight reaches 1.7e+308":                              projection(connect.AllToAll{}, connect.Constant(-1.7e308)),
		"weight reaches 1e+300":                                projection(connect.List{Pre: []int32{0, 1}, Post: []int32{0, 1}, Weight: []float64{5, 1e300}}, connect.Constant(1)),
		"weight reaches 1e+41":                                 projection(connect.OneToOne{}, connect.Values{1e41, 1}),
		"changed weight of synapse 0":                          CheckChanges(&Projection{Pre: two, Post: two, Changed: []SynapseChange{{Weight: -1e300, Delay: math.NaN()}}}, h),
		"std times weight reaches 1e+308":                      drive(device.Noise{Std: 1e308}, 1),
		"mean times weight reaches 1e+50":                      drive(device.Noise{Mean: 1e30}, 1e20),
		"amplitude times weight reaches 1e+45":                 drive(device.DC{Amplitude: 1e45}, 1),
		"amplitude_values[1] times weight":                     drive(device.StepCurrent{Times: []float64{1, 2}, Values: []float64{1, -1e41}}, 1),
		"spike_weights[1] times weight reaches +Inf":           drive(device.SpikeGenerator{Times: []float64{1, 2}, Weights: []float64{1, 1e308}}, 1e30),
		"weight reaches 1e+300 in size, must be at most 1e+40": drive(device.Poisson{Rate: 1}, 1e300),
		"tau_syn_ex is 1e-300":                                 population(func(m *neuron.IafPscExp) { m.TauSynEx = 1e-300 }, nil),
		"tau_syn_in is 0.0001":                                 population(plain, map[string][]float64{"tau_syn_in": {2, 1e-4}}),
		"I_e reaches 1e+308":                                   population(func(m *neuron.IafPscExp) { m.Ie = 1e308 }, nil),
		"C_m of 1e-320 pF":                                     population(func(m *neuron.IafPscExp) { m.Cm = 1e-320 }, nil),
		"V_m reaches 1e+308":                                   population(func(m *neuron.IafPscExp) { m.Vm = -1e308 }, nil),
	} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v, want one with %q", err, name)
		}
	}
	for name, err := range map[string]error{
		"large weight":    projection(connect.AllToAll{}, connect.Constant(1e39)),
		"noise":           drive(device.Noise{Std: 1e20, Mean: -1e10}, 1e10),
		"short tau_syn":   population(func(m *neuron.IafPscExp) { m.TauSynEx, m.TauSynIn = 0.001, 0.0002 }, nil),
		"short tau_m":     population(func(m *neuron.IafPscExp) { m.TauM = 1e-5 }, nil),
		"threshold above": population(func(m *neuron.IafPscExp) { m.Vth = 1e300 }, nil),
		"small C_m":       population(func(m *neuron.IafPscExp) { m.Cm = 1e-12 }, nil),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
