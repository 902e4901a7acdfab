package neuron

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
)

// Every parameter that makes no sense is reported, with its value and what is
// allowed. The rules are NEST 3.10's.
func TestValidate(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	finite := map[string][]float64{"": {nan, inf, -inf}}
	positive := map[string][]float64{"> 0 and finite": {0, -1, nan, inf}}
	rules := map[string]map[string][]float64{
		"E_L": finite, "V_th": finite, "V_m": finite, "I_e": finite,
		"V_reset": {"below V_th (-55)": {-55, -54, nan, inf}, "finite": {-inf}},
		"C_m":     positive, "tau_m": positive, "tau_syn_ex": positive, "tau_syn_in": positive,
		"t_ref": {">= 0 and finite": {-0.1, nan, inf}},
		"V_min": {"a number or -Inf": {nan, inf}},
	}
	for _, model := range []Model{DefaultIafPscExp(), DefaultIafPscAlpha(), DefaultIafPscDelta()} {
		if err := model.Validate(); err != nil {
			t.Errorf("%s: defaults: %v", model.ModelName(), err)
		}
		typ := reflect.TypeOf(model)
		for i := range typ.NumField() {
			name := typ.Field(i).Tag.Get("json")
			if typ.Field(i).Name == "Vmin" {
				name = "V_min"
			}
			if typ.Field(i).Type.Kind() == reflect.Bool {
				continue
			}
			if rules[name] == nil {
				t.Errorf("%s: no rule for %s", model.ModelName(), name)
			}
			for allowed, values := range rules[name] {
				for _, x := range values {
					m := reflect.New(typ).Elem()
					m.Set(reflect.ValueOf(model))
					m.Field(i).SetFloat(x)
					err := m.Interface().(Model).Validate()
					want := fmt.Sprintf("%s: %s is %g, must be %s", model.ModelName(), name, x, allowed)
					if err == nil || !strings.Contains(err.Error(), want) {
						t.Errorf("%v, want %q", err, want)
					}
				}
			}
		}
	}
	for _, good := range []Model{
		IafPscExp{Cm: 1, TauM: 1, TauSynEx: 1, TauSynIn: 1, Vth: 1}, // t_ref 0
		IafPscDelta{Cm: 1, TauM: 1, Vth: 1, Vmin: -inf, TRef: 0.25}, Parrot{},
		IafPscAlpha{Cm: 1, TauM: 1e-3, TauSynEx: 1e3, TauSynIn: 1, Vth: 1, Vmin: 5},
	} {
		if err := good.Validate(); err != nil {
			t.Errorf("%+v: %v", good, err)
		}
	}
	// All at once, not the first alone.
	err := IafPscExp{}.Validate()
	for _, name := range []string{"V_reset is 0", "C_m is 0", "tau_m is 0", "tau_syn_ex is 0", "tau_syn_in is 0"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %q too", err, name)
		}
	}
}

// The defaults are those of NEST 3.10.
func TestDefaults(t *testing.T) {
	for _, c := range []struct {
		model Model
		text  string
	}{
		{DefaultIafPscExp(), `{"E_L":-70,"V_th":-55,"V_reset":-70,"V_m":-70,"C_m":250,"tau_m":10,"tau_syn_ex":2,"tau_syn_in":2,"t_ref":2,"I_e":0}`},
		{DefaultIafPscAlpha(), `{"E_L":-70,"V_th":-55,"V_reset":-70,"V_m":-70,"C_m":250,"tau_m":10,"tau_syn_ex":2,"tau_syn_in":2,"t_ref":2,"I_e":0}`},
		{DefaultIafPscDelta(), `{"E_L":-70,"V_th":-55,"V_reset":-70,"V_m":-70,"C_m":250,"tau_m":10,"t_ref":2,"I_e":0,"refractory_input":false}`},
		{Parrot{}, `{}`},
	} {
		b, err := json.Marshal(c.model)
		if err != nil || string(b) != c.text {
			t.Errorf("%s: %s, %v, want %s", c.model.ModelName(), b, err, c.text)
		}
	}
	if !math.IsInf(DefaultIafPscAlpha().Vmin, -1) || !math.IsInf(DefaultIafPscDelta().Vmin, -1) {
		t.Error("V_min is not -Inf")
	}
}

func TestVminJSON(t *testing.T) {
	alpha, delta := DefaultIafPscAlpha(), DefaultIafPscDelta()
	alpha.Vmin, delta.Vmin = -75.5, 0
	for _, c := range []struct {
		in, fresh any
		text      string
	}{{&alpha, &IafPscAlpha{Vmin: math.Inf(-1)}, `"V_min":-75.5`}, {&delta, &IafPscDelta{Vmin: math.Inf(-1)}, `"V_min":0`}} {
		b, err := json.Marshal(c.in)
		if err != nil || !strings.Contains(string(b), c.text) {
			t.Errorf("%s, %v, want %s", b, err, c.text)
		}
		if err := json.Unmarshal(b, c.fresh); err != nil || !reflect.DeepEqual(c.fresh, c.in) {
			t.Errorf("%s becomes %+v, %v", b, c.fresh, err)
		}
		if err := json.Unmarshal([]byte(`{"V_mn":1}`), c.fresh); err == nil || !strings.Contains(err.Error(), "V_mn") {
			t.Errorf("a misspelt name: %v", err)
		}
		// What is left out stays.
		if err := json.Unmarshal([]byte(`{"C_m":100}`), c.fresh); err != nil || !strings.Contains(fmt.Sprintf("%+v", c.fresh), "Cm:100") {
			t.Errorf("%+v, %v", c.fresh, err)
		}
	}
	got := DefaultIafPscAlpha()
	if b, err := json.Marshal(got); err != nil || strings.Contains(string(b), "V_min") {
		t.Errorf("no lower bound: %s, %v", b, err)
	}
}
