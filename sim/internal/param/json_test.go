package param_test

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/param"
	"cortigo/sim/neuron"
)

const plain = `{"f_ms":-2.5,"b":true,"fs":[1,2.5],"bs":[true,false],"none":null,"until":0`

func TestMarshal(t *testing.T) {
	set := func(change func(m *given)) given {
		m := param.Defaults[given]()
		change(&m)
		return m
	}
	for _, c := range []struct {
		model given
		want  string
	}{
		{set(func(m *given) {}), plain + `}`},
		{set(func(m *given) { m.Low = -80 }), plain + `,"low":-80}`},      // a default that is infinite: last, as always
		{set(func(m *given) { m.Low = inf }), plain + `,"low":"+Inf"}`},   // an infinity that JSON has no number for
		{set(func(m *given) { m.Stop, m.Until = inf, inf }), plain + `}`}, // 0 stands for it
		{set(func(m *given) { m.Stop = -inf }), strings.Replace(plain, `"none"`, `"stop":"-Inf","none"`, 1) + `}`},
		{set(func(m *given) { m.N, m.S, m.Ns, m.Ss, m.X = 0, "", nil, nil, 0 }),
			`{"f_ms":-2.5,"n":0,"b":true,"s":"","fs":[1,2.5],"ns":null,"bs":[true,false],"list":null,"none":null,"until":0,"x":0}`},
	} {
		b, err := param.Marshal(c.model)
		if err != nil || string(b) != c.want {
			t.Errorf("%+v: %v\n%s, want\n%s", c.model, err, b, c.want)
			continue
		}
		// Reading starts from the defaults, and gives the same, 0 where that stands
		// for an infinity.
		got := param.Defaults[given]()
		want := c.model
		for _, x := range []*float64{&want.Stop, &want.Until} {
			if *x == inf {
				*x = 0
			}
		}
		if err := param.Unmarshal(b, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v\n%+v, want\n%+v", b, err, got, want)
		}
	}
	if _, err := param.Marshal(set(func(m *given) { m.F = nan })); err == nil || !strings.Contains(err.Error(), "given: f_ms: json: unsupported value: NaN") {
		t.Error(err)
	}
	if _, err := param.Marshal(connect.Synapse{}); err == nil || !strings.Contains(err.Error(), "static_synapse: weight: a distribution is no part") {
		t.Error(err)
	}
}

func TestUnmarshal(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{}`, ""}, {` { } `, ""}, {`{"f_ms":null,"b":null}`, ""}, {`{"fs":null}`, "fs"},
		{`{"low":"-Inf"}`, ""}, {`{"low":"inf"}`, "low"}, {`{"stop":"Infinity"}`, "stop"}, {`{"fs":[5,6,7]}`, "fs"}, {`{"fs":[]}`, "fs"},
		{``, `given: the parameters are "", must be a JSON object`}, {`[1]`, `"[1]", must be a JSON object`}, {`nul`, "must be a JSON object"},
		{`{"F_ms":1}`, `given: no parameter "F_ms", did you mean f_ms?`}, {`{"ss":["c"]}`, `no parameter "ss", did you mean ss?`}, {`{"d":1}`, `no parameter "d"`},
		{`{"n":1,"n":2}`, "given: n is there twice"}, {`{"n":1.5}`, "given: n is 1.5, must be a whole number"}, {`{"f_ms":"1"}`, `given: f_ms is "1", must be a number`},
		{`{"f_ms":"NaN"}`, `f_ms is "NaN", must be a number`}, {`{"f_ms":1e999}`, "f_ms is 1e999, must be a number"}, {`{"b":0}`, "b is 0, must be true or false"},
		{`{"fs":[1,"x"]}`, `fs is [1,"x"], must be a slice of numbers`}, {`{"f_ms":` + strings.Repeat("[", 500), "given: f_ms: "},
		{`{"n":1} {}`, "something after the JSON object"}, {`{"n":1`, "given: "}, {`{"n":}`, "given: n: "}, {`{"n" 1}`, "given: "},
	} {
		before := param.Defaults[given]()
		m := before
		err := param.Unmarshal([]byte(c.text), &m)
		if len(c.want) > 4 { // an error
			if err == nil || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 300 {
				t.Errorf("%s: %v, want %q", c.text, err, c.want)
			}
			if !reflect.DeepEqual(m, before) {
				t.Errorf("%s: refused, and the model became %+v", c.text, m)
			}
			continue
		}
		if err != nil || reflect.DeepEqual(m, before) != (c.want == "") {
			t.Errorf("%s: %v, %+v", c.text, err, m)
		}
	}
	if before := param.Defaults[given](); before.Fs[0] != 1 {
		t.Error("reading wrote into the defaults' slice")
	}
	for _, into := range []any{nil, given{}, (*given)(nil), new(int)} {
		if err := param.Unmarshal([]byte(`{}`), into); err == nil || !strings.Contains(err.Error(), "must be a") {
			t.Errorf("%T: %v", into, err)
		}
	}
}

// What is written of models is what package encoding/json writes of structs with
// the same tags, apart from infinities: files hash it.
func TestMarshalAsBefore(t *testing.T) {
	type plainExp neuron.IafPscExp // without methods
	type plainNoise device.Noise
	type plainTimes device.SpikeGenerator
	exp := neuron.DefaultIafPscExp()
	exp.Ie, exp.TRef, exp.Cm = 1e21, 1.0/3, 5e-324
	noise := device.Noise{Mean: -0.1, Std: 1e-7, Active: device.Active{Stop: 5}}
	times := device.SpikeGenerator{Times: []float64{1, 2.5}, Multiplicities: []int{0, 3}, ShiftNowSpikes: true}
	for _, c := range [][2]any{{exp, plainExp(exp)}, {noise, plainNoise(noise)}, {times, plainTimes(times)}, {device.SpikeGenerator{}, plainTimes{}}} {
		got, err := param.Marshal(c[0])
		want, err2 := json.Marshal(c[1])
		if err != nil || err2 != nil || string(got) != string(want) {
			t.Errorf("%s, %v, want %s, %v", got, err, want, err2)
		}
	}
}

// Whatever is read is written again and read as the same, and is never a panic.
func FuzzUnmarshal(f *testing.F) {
	for _, s := range []string{`{}`, plain + `}`, `{"low":"-Inf","stop":"+Inf","n":0}`, `{"fs":[1e308,-0],"list":["\u0000"]}`, `{"n":1,"n":2}`, `{"x":`, `[]`, "{\"s\":\"\xff\"}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m := param.Defaults[given]()
		if param.Unmarshal(data, &m) != nil {
			return
		}
		b, err := param.Marshal(m)
		if err != nil {
			t.Fatalf("%s: %+v cannot be written: %v", data, m, err)
		}
		again := param.Defaults[given]()
		if err := param.Unmarshal(b, &again); err != nil {
			t.Fatalf("%s: written as %s: %v", data, b, err)
		}
		for _, x := range []*float64{&m.Stop, &m.Until} {
			if math.IsInf(*x, 1) {
				*x = 0
			}
		}
		c, err := param.Marshal(again)
		if err != nil || string(b) != string(c) {
			t.Fatalf("%s, then %s, %v", b, c, err)
		}
		if again.F != m.F || again.Low != m.Low || again.Stop != m.Stop || again.N != m.N || again.S != m.S || len(again.Fs) != len(m.Fs) {
			t.Fatalf("%s: %+v, then %+v", data, m, again)
		}
	})
}
