package models

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"cortigo/sim/internal/param"
)

// Defaults are those of NEST 3.10 (nest.GetDefaults). There stop is +Inf and dt 10
// steps, for which 0 stands here.
func TestDefaultsOfAll(t *testing.T) {
	current := map[string]any{"E_L": -70.0, "V_th": -55.0, "V_reset": -70.0, "V_m": -70.0, "C_m": 250.0, "tau_m": 10.0, "t_ref": 2.0, "I_e": 0.0}
	taus := map[string]any{"tau_syn_ex": 2.0, "tau_syn_in": 2.0}
	bound := map[string]any{"V_min": math.Inf(-1)}
	active := map[string]any{"start": 0.0, "stop": 0.0, "origin": 0.0}
	var none []float64
	for name, parts := range map[string][]map[string]any{
		"iaf_psc_exp":                     {current, taus},
		"iaf_psc_alpha":                   {current, taus, bound},
		"iaf_psc_delta":                   {current, bound, {"refractory_input": false}},
		"parrot_neuron":                   {},
		"dc_generator":                    {active, {"amplitude": 0.0}},
		"noise_generator":                 {active, {"mean": 0.0, "std": 0.0, "dt": 0.0, "std_mod": 0.0, "frequency": 0.0, "phase": 0.0}},
		"poisson_generator":               {active, {"rate": 0.0}},
		"inhomogeneous_poisson_generator": {active, {"rate_times": none, "rate_values": none, "allow_offgrid_times": false}},
		"spike_generator": {active, {"spike_times": none, "spike_weights": none, "spike_multiplicities": []int(nil), "allow_offgrid_times": false,
			"shift_now_spikes": false, "precise_times": false}},
		"step_current_generator": {active, {"amplitude_times": none, "amplitude_values": none, "allow_offgrid_times": false}},
		"multimeter":             {active, {"interval": 1.0, "offset": 0.0, "record_from": []string(nil)}}, // nothing: V_m here
		"voltmeter":              {active, {"interval": 1.0, "offset": 0.0, "record_from": []string{"V_m"}}},
		"spike_recorder":         {active},
		"static_synapse":         {{"weight": 1.0, "delay": 1.0, "synapse_model": "static_synapse"}},
	} {
		want := map[string]any{}
		for _, p := range parts {
			for k, v := range p {
				want[k] = v
			}
		}
		if got, err := Defaults(name); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %v, want %v", name, got, err, want)
		}
	}
}

// refused has the numbers that are not allowed, for each way to say so.
var refused = map[string][]float64{
	"finite":           {math.NaN(), math.Inf(1), math.Inf(-1)},
	"a number or -Inf": {math.NaN(), math.Inf(1)},
	"> 0":              {math.NaN(), math.Inf(1), math.Inf(-1), -1e-300, -2, 0},
	">= 0":             {math.NaN(), math.Inf(1), math.Inf(-1), -1e-300, -2},
}

// Every number outside its bounds is refused by the model's Validate, which names
// the parameter, the value and what is allowed.
func TestBounds(t *testing.T) {
	tried := map[string]int{}
	for _, info := range All() {
		model, ok := info.model.(Model)
		if !ok {
			continue // a synapse's are distributions
		}
		if err := model.Validate(); err != nil {
			t.Errorf("%s: the defaults: %v", info.Name, err)
		}
		set := param.Of(model)
		for _, p := range info.Parameters {
			k := set.Kind(p.Name)
			if k != param.Float && k != param.Floats && k != param.Int && k != param.Ints {
				continue
			}
			allowed, _, _ := strings.Cut(p.Allowed, ";")
			if refused[allowed] == nil {
				t.Errorf("%s: %s: no numbers to try for %q", info.Name, p.Name, allowed)
			}
			for _, x := range refused[allowed] {
				if x == 0 && strings.Contains(p.Allowed, "; 0 is ") || math.IsInf(x, 1) && strings.Contains(p.Allowed, "; 0 is +Inf") {
					continue
				}
				var value any = x
				name := p.Name
				if k == param.Floats || k == param.Ints {
					value, name = []float64{x}, name+"[0]"
				}
				m, err := set.With(model, p.Name, value)
				if err != nil {
					if k == param.Ints && x != math.Trunc(x) || math.IsNaN(x) || math.IsInf(x, 0) {
						continue // no whole number
					}
					t.Fatal(err)
				}
				tried[allowed]++
				want := fmt.Sprintf("%s: %s is %g", set.Model(), name, x)
				if err := m.(Model).Validate(); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), ", must be "+allowed) {
					t.Errorf("%v, want %q and %q", err, want, ", must be "+allowed)
				}
			}
		}
	}
	for allowed := range refused {
		if tried[allowed] == 0 {
			t.Errorf("nothing is %q: its numbers were not tried", allowed)
		}
	}
}

// Every model is written as JSON and read as it was, with its defaults and with
// another value for each parameter.
func TestJSONOfAll(t *testing.T) {
	other := map[param.Kind]any{param.Float: 0.3125, param.Int: 7, param.Bool: true, param.String: "other",
		param.Floats: []float64{1, 2.5}, param.Ints: []int{3, 4}, param.Bools: []bool{true}, param.Strings: []string{"I_syn_ex"}}
	for _, info := range All() {
		if info.Kind == Synapse {
			continue // its distributions are written by the network
		}
		set := param.Of(info.model)
		changed, err := set.Clone(info.model)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range info.Parameters {
			if changed, err = set.With(changed, p.Name, other[set.Kind(p.Name)]); err != nil {
				t.Fatal(err)
			}
		}
		for _, m := range []any{info.model, changed} {
			b, err := param.Marshal(m)
			if err != nil {
				t.Errorf("%s: %v", info.Name, err)
				continue
			}
			start, _ := set.Clone(info.model)
			if got, err := set.Unmarshal(b, start); err != nil || !reflect.DeepEqual(got, m) {
				t.Errorf("%s: %s: %+v, %v, want %+v", info.Name, b, got, err, m)
			}
		}
		if reflect.DeepEqual(changed, info.model) != (len(info.Parameters) == 0) {
			t.Errorf("%s: nothing changed", info.Name)
		}
	}
}
