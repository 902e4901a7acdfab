package synapse_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"cortigo/sim/synapse"
)

type toy struct {
	Rate float64 `json:"rate" allowed:">= 0" help:"how fast"`
	Name string  `json:"-"`
}

func (m toy) ModelName() string {
	if m.Name == "" {
		return "toy_synapse"
	}
	return m.Name
}

func (m toy) Validate() error {
	return synapse.CheckTable(m)
}

type static struct{}

func (static) ModelName() string { return "static_synapse" }
func (static) Validate() error   { return nil }

func TestRegister(t *testing.T) {
	make := func(*synapse.Config) (synapse.Sender, error) { return nil, nil }
	bound := func(_ synapse.Model, w float64) float64 { return w }
	columns := func(c ...synapse.Column) []synapse.Column { return c }
	for _, c := range []struct {
		name string
		spec synapse.Spec
		err  string
	}{
		{"nothing", synapse.Spec{}, "Defaults is of type <nil>, must be a struct"},
		{"pointer", synapse.Spec{Defaults: &toy{}, Bound: bound, New: make}, "must be a struct (not a pointer to one)"},
		{"invalid", synapse.Spec{Defaults: toy{Rate: -1}, Bound: bound, New: make}, "toy_synapse: the defaults: toy_synapse: rate is -1"},
		{"no sender", synapse.Spec{Defaults: toy{}, Bound: bound}, "New is nil"},
		{"no bound", synapse.Spec{Defaults: toy{}, New: make}, "Bound is nil"},
		{"static", synapse.Spec{Defaults: static{}, Bound: bound, New: make}, `"static_synapse", must be a new one`},
		{"column without a name", synapse.Spec{Defaults: toy{}, Bound: bound, New: make, Columns: columns(synapse.Column{})}, `a column is named ""`},
		{"column of a file", synapse.Spec{Defaults: toy{}, Bound: bound, New: make, Columns: columns(synapse.Column{Name: "../x"})}, `a column is named "../x"`},
		{"weight", synapse.Spec{Defaults: toy{}, Bound: bound, New: make, Columns: columns(synapse.Column{Name: "weight"})}, `a column is named "weight"`},
		{"twice", synapse.Spec{Defaults: toy{}, Bound: bound, New: make, Columns: columns(synapse.Column{Name: "u"}, synapse.Column{Name: "u"})}, "two columns are named u"},
		{"start", synapse.Spec{Defaults: toy{}, Bound: bound, New: make, Columns: columns(synapse.Column{Name: "u", Start: math.Inf(1)})}, "column u starts with +Inf"},
		{"right", synapse.Spec{Defaults: toy{Rate: 3}, Bound: bound, New: make, Columns: columns(synapse.Column{Name: "u"})}, ""},
		{"again", synapse.Spec{Defaults: toy{}, Bound: bound, New: make}, `"toy_synapse", must be a new one`},
	} {
		err := synapse.Register(c.spec)
		if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %v, want %q", c.name, err, c.err)
		}
	}
	if s := synapse.Find("toy_synapse"); s == nil || s.Defaults != synapse.Model(toy{Rate: 3}) {
		t.Fatalf("found %+v", s)
	}
	if !slices.Contains(synapse.Names(), "toy_synapse") {
		t.Error(synapse.Names())
	}
	for _, c := range []struct {
		model synapse.Model
		ok    bool
	}{{toy{}, true}, {&toy{}, false}, {nil, false}, {static{}, false}} {
		if _, err := synapse.SpecOf(c.model); (err == nil) != c.ok {
			t.Errorf("%T: %v", c.model, err)
		}
	}
}

func TestDecode(t *testing.T) {
	_ = synapse.Register(synapse.Spec{Defaults: toy{Rate: 3, Name: "decoded_synapse"}, Bound: func(synapse.Model, float64) float64 { return 0 },
		New: func(*synapse.Config) (synapse.Sender, error) { return nil, nil }})
	for _, c := range []struct {
		name, json string
		rate       float64
		err        string
	}{
		{"decoded_synapse", `{"rate": 4}`, 4, ""},
		{"decoded_synapse", `{}`, 3, ""}, // what is missing is the default
		{"decoded_synapse", `{"rate": -4}`, 0, "rate is -4"},
		{"decoded_synapse", `{"rate": "x"}`, 0, "rate"},
		{"stdp_synapse", `{}`, 0, `unknown kind of synapses "stdp_synapse"`},
	} {
		m, err := synapse.Decode(c.name, []byte(c.json))
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s %s: %v, want %q", c.name, c.json, err, c.err)
			}
			continue
		}
		if err != nil || m.(toy).Rate != c.rate {
			t.Errorf("%s %s: %+v, %v", c.name, c.json, m, err)
		}
	}
}
