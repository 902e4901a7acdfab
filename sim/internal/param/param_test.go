package param_test

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/param"
	"cortigo/sim/neuron"
)

// Names are those of NEST 3.10's documentation of the models.
func TestNames(t *testing.T) {
	for _, c := range []struct {
		model any
		name  string
		want  string
	}{
		{neuron.IafPscExp{}, "iaf_psc_exp", "E_L V_th V_reset V_m C_m tau_m tau_syn_ex tau_syn_in t_ref I_e"},
		{neuron.IafPscAlpha{}, "iaf_psc_alpha", "E_L V_th V_reset V_min V_m C_m tau_m tau_syn_ex tau_syn_in t_ref I_e"},
		{neuron.IafPscDelta{}, "iaf_psc_delta", "E_L V_th V_reset V_min V_m C_m tau_m t_ref I_e refractory_input"},
		{neuron.Parrot{}, "parrot_neuron", ""},
		{device.Poisson{}, "poisson_generator", "rate start stop origin"},
		{device.Multimeter{}, "multimeter", "interval offset record_from start stop origin"},
		{device.SpikeRecorder{}, "spike_recorder", "start stop origin"},
		{connect.Synapse{}, "static_synapse", "synapse_model weight delay"},
		{&neuron.IafPscExp{}, "model of type *neuron.IafPscExp", ""},
		{nil, "model of type <nil>", ""},
		{5, "model of type int", ""},
	} {
		s := param.Of(c.model)
		if got := strings.Join(s.Names(), " "); got != c.want || s.Model() != c.name {
			t.Errorf("%T: %s: %s, want %s: %s", c.model, s.Model(), got, c.name, c.want)
		}
		if param.Of(c.model) != s {
			t.Errorf("%T: not kept", c.model)
		}
	}
}

func TestKind(t *testing.T) {
	for _, c := range []struct {
		model       any
		name, field string
		want        param.Kind
	}{
		{neuron.IafPscDelta{}, "V_min", "Vmin", param.Float},
		{neuron.IafPscDelta{}, "refractory_input", "RefractoryInput", param.Bool},
		{device.SpikeGenerator{}, "spike_times", "Times", param.Floats},
		{device.SpikeGenerator{}, "spike_multiplicities", "Multiplicities", param.Ints},
		{device.SpikeGenerator{}, "stop", "Stop", param.Float}, // embedded
		{device.Multimeter{}, "record_from", "Quantities", param.Strings},
		{connect.Synapse{}, "delay", "Delay", param.Distribution},
		{neuron.IafPscExp{}, "V_min", "", 0},
		{neuron.Parrot{}, "V_m", "", 0},
	} {
		s := param.Of(c.model)
		if got, field := s.Kind(c.name), s.Field(c.name); got != c.want || field != c.field {
			t.Errorf("%T: %s: %v in %q, want %v in %q", c.model, c.name, got, field, c.want, c.field)
		}
	}
}

// every has a field of each kind.
type every struct {
	F   float64
	N   int    `json:"n,omitempty"`
	B   bool   `json:"-" nest:"yes"`
	S   string `json:"mode"`
	Fs  []float64
	Ns  []int
	Bs  []bool
	Ss  []string
	D   connect.Distribution
	Out int `json:"-"`
	own float64
	Map map[string]int
	in
}

type in struct{ X, Y float64 }

func (every) ModelName() string { return "every" }

func TestWith(t *testing.T) {
	type mV float64
	type count uint8
	if got := param.Of(every{own: 1}).Names(); !reflect.DeepEqual(got, []string{"f", "n", "yes", "mode", "fs", "ns", "bs", "ss", "d", "x", "y"}) {
		t.Fatal(got)
	}
	inf := math.Inf(1)
	for _, c := range []struct {
		name  string
		value any
		want  any    // what Get returns
		err   string // else
	}{
		{"f", 1.5, 1.5, ""}, {"f", float32(0.5), 0.5, ""}, {"f", 3, 3.0, ""}, {"f", int8(-3), -3.0, ""}, {"f", uint64(7), 7.0, ""},
		{"f", mV(-70), -70.0, ""}, {"f", inf, inf, ""}, {"f", connect.Constant(2), 2.0, ""},
		{"f", true, nil, "every: f is true (bool), must be a number"},
		{"f", "ten", nil, `every: f is "ten" (string), must be a number`},
		{"f", nil, nil, "every: f is nil, must be a number"},
		{"f", []float64{1, 2}, nil, "every: f is [1 2] ([]float64), must be a number"},
		{"f", connect.Uniform{Min: 1, Max: 2}, nil, "every: f is {1 2} (connect.Uniform), must be a number"},
		{"n", 4, 4, ""}, {"n", int64(-4), -4, ""}, {"n", 4.0, 4, ""}, {"n", float32(-2), -2, ""}, {"n", count(9), 9, ""},
		{"n", 1.5, nil, "every: n is 1.5, must be a whole number"},
		{"n", math.NaN(), nil, "every: n is NaN, must be a whole number"},
		{"n", inf, nil, "every: n is +Inf, must be a whole number"},
		{"n", 1e300, nil, "every: n is 1e+300, must be a whole number"},
		{"n", uint64(math.MaxUint64), nil, "every: n is 18446744073709551615 (uint64), must be a whole number"},
		{"n", true, nil, "must be a whole number"},
		{"yes", true, true, ""}, {"yes", 1, nil, "every: yes is 1, must be true or false"},
		{"mode", "a", "a", ""}, {"mode", 1, nil, "must be a string"},
		{"fs", []float64{1, 2}, []float64{1, 2}, ""}, {"fs", []int{1, 2}, []float64{1, 2}, ""}, {"fs", [2]float32{0.5, 1}, []float64{0.5, 1}, ""},
		{"fs", []any{1, 2.5, uint8(3)}, []float64{1, 2.5, 3}, ""}, {"fs", []float64{}, []float64(nil), ""}, {"fs", nil, []float64(nil), ""},
		{"fs", []any{}, []float64(nil), ""}, {"fs", []int{}, []float64(nil), ""},
		{"fs", []any{1, true}, nil, "every: fs[1] is true (bool), must be a number"},
		{"fs", []string{}, nil, "every: fs is [] ([]string), must be a slice of numbers"},
		{"fs", 1.0, nil, "every: fs is 1, must be a slice of numbers"},
		{"fs", make([]bool, 1000), nil, "every: fs[0] is false (bool), must be a number"},
		{"ns", []float64{1, 2}, []int{1, 2}, ""}, {"ns", []float64{1, 2.5}, nil, "every: ns[1] is 2.5, must be a whole number"},
		{"bs", []bool{true, false}, []bool{true, false}, ""}, {"bs", []int{1}, nil, "every: bs[0] is 1, must be true or false"},
		{"ss", []string{"V_m"}, []string{"V_m"}, ""}, {"ss", "V_m", []string{"V_m"}, ""}, {"ss", []int{1}, nil, "every: ss[0] is 1, must be a string"},
		{"ss", map[string]int{strings.Repeat("a", 100): 1}, nil, "aaa... (map[string]int), must be a slice of strings, or one"},
		{"d", 2, connect.Constant(2), ""}, {"d", connect.Uniform{Min: 1, Max: 2}, connect.Uniform{Min: 1, Max: 2}, ""}, {"d", nil, nil, ""},
		{"d", "x", nil, `every: d is "x" (string), must be a number or a distribution`},
		{"y", 8, 8.0, ""},
		{"Y", 8, nil, `every: no parameter "Y", did you mean y?`},
		{"out", 8, nil, `every: no parameter "out", must be one of f, n, yes, mode,`},
		{"own", 8, nil, `no parameter "own"`}, {"map", 8, nil, `no parameter "map"`},
		{"B", true, nil, `did you mean yes?`}, // Go's name
	} {
		before := every{F: 9, Fs: []float64{9}, D: connect.Constant(9)}
		s := param.Of(before)
		after, err := s.With(before, c.name, c.value)
		if !reflect.DeepEqual(before, every{F: 9, Fs: []float64{9}, D: connect.Constant(9)}) {
			t.Errorf("%s = %v: the model itself became %+v", c.name, c.value, before)
		}
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) || after != nil {
				t.Errorf("%s = %v: %v, want %q", c.name, c.value, err, c.err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s = %v: %v", c.name, c.value, err)
			continue
		}
		if got, err := s.Get(after, c.name); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s = %v: %#v, %v, want %#v", c.name, c.value, got, err, c.want)
		}
		// Nothing else changed.
		for _, other := range s.Names() {
			a, _ := s.Get(before, other)
			b, _ := s.Get(after, other)
			if other != c.name && !reflect.DeepEqual(a, b) {
				t.Errorf("%s = %v: %s became %v", c.name, c.value, other, b)
			}
		}
	}
}

// What a user gave or got is not what the model keeps.
func TestCopies(t *testing.T) {
	times := []float64{1, 2}
	m, err := param.Of(device.SpikeGenerator{}).With(device.SpikeGenerator{}, "spike_times", times)
	if err != nil {
		t.Fatal(err)
	}
	times[0] = 5
	got, _ := param.Of(m).Get(m, "spike_times")
	got.([]float64)[1] = 6
	if now := m.(device.SpikeGenerator).Times; now[0] != 1 || now[1] != 2 {
		t.Error(now)
	}
	a := device.SpikeGenerator{Times: []float64{1}, Multiplicities: []int{}, Active: device.Active{Start: 3}}
	b, err := param.Of(a).Clone(a)
	if err != nil || !reflect.DeepEqual(a, b) {
		t.Errorf("%+v, %v, want %+v", b, err, a)
	}
	if a.Times[0] = 5; b.(device.SpikeGenerator).Times[0] != 1 {
		t.Errorf("%+v", b)
	}
	if _, err := param.Of(a).Clone(5); err == nil {
		t.Error("an int is cloned as a spike_generator")
	}
	if m, err := param.Of(nil).Clone(nil); m != nil || err != nil {
		t.Errorf("%v, %v", m, err)
	}
}

func TestVmin(t *testing.T) {
	m := neuron.DefaultIafPscAlpha()
	s := param.Of(m)
	if x, err := s.Float(m, "V_min"); err != nil || !math.IsInf(x, -1) {
		t.Errorf("%g, %v, want -Inf", x, err)
	}
	set, err := s.With(m, "V_min", -80)
	if err != nil || set.(neuron.IafPscAlpha).Vmin != -80 {
		t.Errorf("%+v, %v", set, err)
	}
}

func TestFloat(t *testing.T) {
	for _, c := range []struct {
		model any
		name  string
		want  float64
		err   string
	}{
		{neuron.DefaultIafPscExp(), "C_m", 250, ""},
		{neuron.IafPscDelta{RefractoryInput: true}, "refractory_input", 1, ""},
		{neuron.IafPscDelta{}, "refractory_input", 0, ""},
		{every{N: 3}, "n", 3, ""},
		{connect.Synapse{Weight: connect.Constant(4)}, "weight", 4, ""},
		{connect.Synapse{}, "delay", 1, ""},
		{connect.Synapse{Weight: connect.Uniform{Min: 1, Max: 2}}, "weight", 0, "static_synapse: weight is {1 2} (connect.Uniform), must be one number"},
		{every{}, "fs", 0, "every: fs is [] ([]float64), must be one number"},
		{neuron.IafPscExp{}, "V_min", 0, `iaf_psc_exp: no parameter "V_min", did you mean V_m?`},
	} {
		got, err := param.Of(c.model).Float(c.model, c.name)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%T: %s: %g, %v, want %g, %q", c.model, c.name, got, err, c.want, c.err)
		}
	}
}

func TestUnknown(t *testing.T) {
	for _, c := range []struct {
		model      any
		name, want string
	}{
		{neuron.IafPscAlpha{}, "tau", `iaf_psc_alpha: no parameter "tau", did you mean tau_m?`},
		{neuron.IafPscAlpha{}, "Vth", "did you mean V_th?"},
		{neuron.IafPscAlpha{}, "v_th", "did you mean V_th?"},
		{neuron.IafPscAlpha{}, "TauSynIn", "did you mean tau_syn_in?"},
		{neuron.IafPscAlpha{}, "tau_syn", "did you mean tau_syn_ex?"}, // iaf_neuron's
		{device.SpikeGenerator{}, "Times", "did you mean spike_times?"},
		{device.Multimeter{}, "quantities", "did you mean record_from?"},
		{device.Poisson{}, "frequency", `poisson_generator: no parameter "frequency", must be one of rate, start, stop, origin`},
		{device.Poisson{}, "", `must be one of rate`},
		{neuron.Parrot{}, "V_m", `parrot_neuron: no parameter "V_m", it has none`},
		{nil, "V_m", `model of type <nil>: no parameter "V_m", it has none`},
		{&neuron.IafPscExp{}, "V_m", `model of type *neuron.IafPscExp: no parameter "V_m", it has none`},
	} {
		s := param.Of(c.model)
		_, get := s.Get(c.model, c.name)
		_, with := s.With(c.model, c.name, 1)
		_, float := s.Float(c.model, c.name)
		for _, err := range []error{get, with, float} {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%T: %q: %v, want %q", c.model, c.name, err, c.want)
			}
		}
	}
	s := param.Of(neuron.IafPscExp{})
	for _, other := range []any{neuron.IafPscAlpha{}, nil, &neuron.IafPscExp{}} {
		if _, err := s.With(other, "V_m", 1); err == nil || !strings.Contains(err.Error(), "must be neuron.IafPscExp") {
			t.Errorf("%T: %v", other, err)
		}
	}
}

func TestEditor(t *testing.T) {
	m := neuron.DefaultIafPscDelta()
	e, err := param.Of(m).Edit(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Set("refractory_input", true); err != nil {
		t.Fatal(err)
	}
	first := e.Model()
	if err := e.Set("C_m", 100); err != nil {
		t.Fatal(err)
	}
	want := m
	want.RefractoryInput = true
	if first != any(want) {
		t.Errorf("%+v, want %+v", first, want)
	}
	want.Cm = 100
	if e.Model() != any(want) || m != neuron.DefaultIafPscDelta() {
		t.Errorf("%+v, want %+v; the original is %+v", e.Model(), want, m)
	}
	if err := e.Set("Ie", 1); err == nil || !strings.Contains(err.Error(), "did you mean I_e?") {
		t.Error(err)
	}
	if p, ok := e.Pointer().(*neuron.IafPscDelta); !ok || *p != want {
		t.Errorf("%#v, want one to %+v", e.Pointer(), want)
	}
	if none, err := param.Of(nil).Edit(nil); err != nil || none.Pointer() != nil || none.Model() != nil {
		t.Errorf("%+v, %v", none, err)
	}
}

func TestSlot(t *testing.T) {
	m := every{F: 1, N: 2, B: true}
	e, err := param.Of(m).Edit(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name      string
		was, x    float64
		want, err string // of the copy
	}{
		{"f", 1, 376, "376 2 true 0", ""}, {"y", 0, math.Inf(-1), "376 2 true -Inf", ""},
		{"n", 2, -7, "376 -7 true -Inf", ""}, {"n", -7, 0.5, "376 -7 true -Inf", "every: n is 0.5, must be a whole number"},
		{"yes", 1, 0, "376 -7 false -Inf", ""}, {"yes", 0, 1, "376 -7 true -Inf", ""},
		{"yes", 1, 0.5, "376 -7 true -Inf", "every: yes is 0.5, must be 0 or 1"},
		{"yes", 1, math.NaN(), "376 -7 true -Inf", "every: yes is NaN, must be 0 or 1"},
	} {
		s, err := e.Slot(c.name)
		if err != nil || s.Get() != c.was {
			t.Fatalf("%s: %g, %v, want %g", c.name, s.Get(), err, c.was)
		}
		err = s.Set(c.x)
		if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s = %g: %v, want %q", c.name, c.x, err, c.err)
		}
		now := e.Pointer().(*every)
		if got := fmt.Sprint(now.F, now.N, now.B, now.Y); got != c.want || (err == nil && s.Get() != c.x) {
			t.Errorf("%s = %g: %s, want %s", c.name, c.x, got, c.want)
		}
		if p := s.Float(); (p != nil) != (param.Of(m).Kind(c.name) == param.Float) || p != nil && *p != c.x {
			t.Errorf("%s: %v", c.name, p)
		}
	}
	for name, want := range map[string]string{"fs": "must be one number", "mode": "must be one number", "d": "must be one number", "F": `did you mean f?`} {
		if _, err := e.Slot(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
	if m.F != 1 {
		t.Error("the original was changed")
	}
}

func BenchmarkWith(b *testing.B) {
	m := neuron.DefaultIafPscAlpha()
	s := param.Of(m)
	for b.Loop() {
		if _, err := s.With(m, "V_m", -60.0); err != nil {
			b.Fatal(err)
		}
	}
}

// Five parameters of a neuron are set.
func BenchmarkSlots(b *testing.B) {
	m := neuron.DefaultIafPscAlpha()
	e, err := param.Of(m).Edit(m)
	if err != nil {
		b.Fatal(err)
	}
	var slots []param.Slot
	for _, name := range []string{"V_m", "I_e", "C_m", "tau_m", "t_ref"} {
		s, err := e.Slot(name)
		if err != nil {
			b.Fatal(err)
		}
		slots = append(slots, s)
	}
	for b.Loop() {
		for _, s := range slots {
			if err := s.Set(5); err != nil {
				b.Fatal(err)
			}
		}
	}
}
