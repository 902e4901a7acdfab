package microcircuit

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
)

func encode(t *testing.T, p Parameters) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.Encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRoundTrip(t *testing.T) {
	odd := Default()
	odd.Seed = math.MaxUint64
	odd.NScaling = 0.1 + 0.2
	odd.KScaling = math.Nextafter(1, 0)
	odd.ConnectionProbability[L6I][L23E] = math.SmallestNonzeroFloat64
	odd.V0.OptimizedMean[L4E] = -61.0 / 3
	odd.MeanRate[L5I] = math.Copysign(0, -1)
	odd.Thalamus.On, odd.Record.Voltages = true, true
	for _, p := range []Parameters{Default(), odd} {
		got, err := Decode(strings.NewReader(encode(t, p)))
		if err != nil {
			t.Fatal(err)
		}
		if got != p || encode(t, got) != encode(t, p) {
			t.Errorf("got %+v, want %+v", got, p)
		}
	}
}

func TestDecodePartial(t *testing.T) {
	want := Default()
	want.KScaling = 0.2
	want.ConnectionProbability[L4E][L4I] = 0.25
	want.Neuron.TauM = 12
	want.KExt = PerPopulation[int]{1, 2, 3, 4, 5, 6, 7, 8}
	got, err := Decode(strings.NewReader(`{
		"k_scaling": 0.2,
		"connection_probability": {"L4E": {"L4I": 0.25}},
		"neuron": {"tau_m_ms": 12},
		"k_ext": [1, 2, 3, 4, 5, 6, 7, 8]
	}`))
	if err != nil || got != want {
		t.Errorf("got %+v, error %v", got, err)
	}
	if got, err := Decode(strings.NewReader("{}")); err != nil || got != Default() {
		t.Errorf("{}: %+v, error %v", got, err)
	}
}

func TestDecodeRun(t *testing.T) {
	want := Default()
	want.Seed = 7
	run := `{"format_version": 1, "version": "1", "seed": 7, "t_sim_ms": 3, "nested": {"parameters": {"seed": 9}}, "parameters" : ` + encode(t, want) + `, "timings": [1, 2]}`
	if got, err := Decode(strings.NewReader(run)); err != nil || got != want {
		t.Errorf("seed %d, error %v", got.Seed, err)
	}
	_, err := Decode(strings.NewReader("{\"parameters\": {\n \"sed\": 1}}"))
	var e *DecodeError
	if !errors.As(err, &e) || e.Line != 2 {
		t.Errorf("error %v, want one in line 2", err)
	}
}

func TestDecodeErrors(t *testing.T) {
	for name, c := range map[string]struct {
		in      string
		line    int
		path    string
		problem string
		allowed string // one of those named
	}{
		"unknown key":               {"{\n\"n_scale\": 1}", 2, "", `unknown key "n_scale"`, "n_scaling"},
		"letter case":               {`{"SEED": 1}`, 1, "", `unknown key "SEED"`, "seed"},
		"unknown nested key":        {`{"neuron": {"tau_m": 1}}`, 1, "neuron", `unknown key "tau_m"`, "tau_m_ms"},
		"unknown population":        {`{"k_ext": {"L2E": 1}}`, 1, "k_ext", `unknown population "L2E"`, "L23E"},
		"unknown source":            {`{"connection_probability": {"L4E": {"TC": 1}}}`, 1, "connection_probability.L4E", `unknown population "TC"`, "L6I"},
		"twice":                     {`{"seed": 1, "seed": 2}`, 1, "", `key "seed" stands twice`, "once"},
		"string for a number":       {`{"psp_mv": "0.15"}`, 1, "psp_mv", `found "0.15"`, "a number"},
		"null":                      {`{"psp_mv": null}`, 1, "psp_mv", "found null", "a number"},
		"fraction for an integer":   {`{"k_ext": {"L4E": 1.5}}`, 1, "k_ext.L4E", "found 1.5", "a whole number"},
		"negative seed":             {`{"seed": -1}`, 1, "seed", "found -1", "a whole number from 0 to 18446744073709551615"},
		"out of range":              {`{"psp_mv": 1e999}`, 1, "psp_mv", "found 1e999", "a number"},
		"number for a string":       {`{"background": 1}`, 1, "background", "found 1", "a string"},
		"number for a boolean":      {`{"thalamus": {"on": 1}}`, 1, "thalamus.on", "found 1", "true"},
		"number for an object":      {`{"neuron": 1}`, 1, "neuron", "found 1", ""},
		"list for an object":        {`{"neuron": []}`, 1, "neuron", "found a list", ""},
		"list too short":            {`{"k_ext": [1, 2]}`, 1, "k_ext", "the list does not have a value for each population", ""},
		"list too long":             {`{"k_ext": [1, 2, 3, 4, 5, 6, 7, 8, 9]}`, 1, "k_ext", "the list does not have a value for each population", ""},
		"number for a population":   {`{"k_ext": 5}`, 1, "k_ext", "found 5", "a list of 8 values"},
		"list at the top":           {`[]`, 1, "", "found a list", ""},
		"trailing garbage":          {"{}\n\n x", 3, "", "invalid character 'x' after top-level value", ""},
		"two objects":               {"{} {}", 1, "", "invalid character '{' after top-level value", ""},
		"cut short":                 {`{"seed": 1`, 1, "", "unexpected end of JSON input", ""},
		"trailing comma":            {`{"seed": 1,}`, 1, "", "invalid character '}' looking for beginning of object key string", ""},
		"empty":                     {" \n", 0, "", "the file is empty", ""},
		"parameters not an object":  {`{"parameters": 5}`, 1, "parameters", "found 5", ""},
		"in parameters":             {`{"parameters": {"sed": 5}}`, 1, "parameters", `unknown key "sed"`, "seed"},
		"in parameters' neuron":     {`{"parameters": {"neuron": {"tau": 5}}}`, 1, "parameters.neuron", `unknown key "tau"`, "tau_m_ms"},
		"parameters of parameters":  {`{"parameters": {"parameters": {}}}`, 1, "parameters", `unknown key "parameters"`, "seed"},
		"beside parameters":         {"{\"seed\": 7,\n\"parameters\": {\"seed\": 1}}", 1, "", `unknown key "seed" beside "parameters"`, ""},
		"after parameters":          {"{\"parameters\": {\"seed\": 1},\n\"sed\": 7}", 2, "", `unknown key "sed" beside "parameters"`, ""},
		"parameters twice":          {"{\"parameters\": {\"seed\": 1},\n\"parameters\": {\"seed\": 2}}", 2, "", `key "parameters" stands twice`, "once"},
		"twice in a run":            {`{"format_version": 1, "x": 1, "x": 2, "parameters": {}}`, 1, "", `key "x" stands twice`, "once"},
		"nested twice":              {`{"neuron": {"c_m_pf": 1, "c_m_pf": 2}}`, 1, "neuron", `key "c_m_pf" stands twice`, "once"},
		"population twice":          {`{"k_ext": {"L4E": 1, "L4E": 1}}`, 1, "k_ext", `population "L4E" stands twice`, "once"},
		"parameter in a run":        {`{"format_version": 1, "n_scaling": 1, "parameters": {}}`, 1, "", `unknown key "n_scaling" beside "parameters"`, ""},
		"another seed in a run":     {"{\"format_version\": 1,\n\"seed\": 7, \"parameters\": {\"seed\": 1}}", 2, "seed", "found 7, which is not that of the parameters", "what parameters.seed is"},
		"a run's seed is no number": {`{"format_version": 1, "seed": "7", "parameters": {"seed": 7}}`, 1, "seed", `found "7", which is not that of the parameters`, ""},
		"long key":                  {`{"` + strings.Repeat("k", 1e7) + `": 1}`, 1, "", `unknown key "` + strings.Repeat("k", 60) + `"... (10000000 characters)`, ""},
		"long number":               {`{"seed": 1` + strings.Repeat("0", 1e7) + `}`, 1, "seed", "found 1" + strings.Repeat("0", 59) + "...", ""},
	} {
		_, err := Decode(strings.NewReader(c.in))
		var e *DecodeError
		if !errors.As(err, &e) {
			t.Errorf("%s: error %v", name, err)
			continue
		}
		if (c.line != 0 && e.Line != c.line) || e.Path != c.path || e.Problem != c.problem {
			t.Errorf("%s: line %d, path %q, problem %q; want %d, %q, %q", name, e.Line, e.Path, e.Problem, c.line, c.path, c.problem)
		}
		if c.allowed != "" && !strings.Contains(strings.Join(e.Allowed, "|")+"|", c.allowed+"|") {
			t.Errorf("%s: allowed %q does not name %q", name, e.Allowed, c.allowed)
		}
	}
}

func TestDecodeValidates(t *testing.T) {
	_, err := Decode(strings.NewReader(`{"n_scaling": 0}`))
	var e *ParameterError
	if !errors.As(err, &e) || e.Parameter != "n_scaling" {
		t.Errorf("error %v, want one about n_scaling", err)
	}
}

func TestDecodeTooLarge(t *testing.T) {
	_, err := Decode(strings.NewReader(strings.Repeat(" ", maxFile+1)))
	var e *DecodeError
	if !errors.As(err, &e) || e.Problem != "the file is too large" {
		t.Errorf("error %v", err)
	}
}

type brokenReader struct{}

var errBroken = errors.New("broken")

func (brokenReader) Read([]byte) (int, error) { return 0, errBroken }

func TestDecodeReadError(t *testing.T) {
	if _, err := Decode(brokenReader{}); !errors.Is(err, errBroken) {
		t.Errorf("error %v, want the reader's", err)
	}
}

func TestEncodeNaN(t *testing.T) {
	p := Default()
	p.MeanRate[L4E] = math.NaN()
	if err := p.Encode(&bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "L4E") {
		t.Errorf("error %v, want one that names L4E", err)
	}
}

// As a member of another struct, parameters are as strict as by themselves.
func TestUnmarshalMember(t *testing.T) {
	run := struct {
		Parameters Parameters         `json:"parameters"`
		Rates      PerPopulation[int] `json:"rates"`
	}{Parameters: Default()}
	if err := json.Unmarshal([]byte(`{"parameters": {"seed": 4}, "rates": {"L4E": 5}}`), &run); err != nil {
		t.Fatal(err)
	}
	if run.Parameters.Seed != 4 || run.Parameters.PSP != 0.15 || run.Rates != (PerPopulation[int]{L4E: 5}) {
		t.Errorf("got %+v", run)
	}
	if err := json.Unmarshal([]byte(`{"parameters": {"sed": 4}}`), &run); err == nil {
		t.Error("unknown key accepted")
	}
}

// Every parameter has a key of its own, in snake_case.
func TestKeys(t *testing.T) {
	var check func(reflect.Type)
	check = func(s reflect.Type) {
		seen := map[string]bool{}
		for i := range s.NumField() {
			key := s.Field(i).Tag.Get("json")
			if key == "" || key != strings.ToLower(key) || strings.ContainsAny(key, ",- ") || seen[key] {
				t.Errorf("%s.%s has the key %q", s.Name(), s.Field(i).Name, key)
			}
			seen[key] = true
			if s.Field(i).Type.Kind() == reflect.Struct {
				check(s.Field(i).Type)
			}
		}
	}
	check(reflect.TypeFor[Parameters]())
}

func FuzzDecode(f *testing.F) {
	var b bytes.Buffer
	if err := Default().Encode(&b); err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{
		b.String(), "", "{}", "[]", "null", `{"parameters": {"seed": 1}}`, `{"parameters": `, `{"parameters" : [1`,
		`{"k_ext": [1,2,3,4,5,6,7,8]}`, `{"connection_probability": {"L4E": [0,0,0,0,0,0,0,0]}}`,
		`{"n_scaling": 1e308, "k_scaling": 1e308}`, `{"resolution_ms": 1e-320}`, `{"thalamus": {"on": true}}`,
		`{"full_neurons": {"L4E": 9223372036854775807}}`, "{\"\\u0070sp_mv\": 1}", strings.Repeat("[", 20000),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Decode(bytes.NewReader(data))
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without words")
			}
			return
		}
		var b bytes.Buffer
		if err := p.Encode(&b); err != nil {
			t.Fatalf("what was decoded does not encode: %v", err)
		}
		again, err := Decode(&b)
		if err != nil || again != p {
			t.Fatalf("round trip: %+v, want %+v, error %v", again, p, err)
		}
		if d, err := p.Derive(); err == nil && d.TotalNeurons() < Count {
			t.Fatalf("%d neurons", d.TotalNeurons())
		}
	})
}
