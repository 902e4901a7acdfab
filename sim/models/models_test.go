package models

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"cortigo/sim/connect"
	"cortigo/sim/device"
	"cortigo/sim/internal/param"
	"cortigo/sim/neuron"
)

// Names, parameters' names and recordables are NEST 3.10's.
func TestGet(t *testing.T) {
	for _, c := range []struct {
		name, is    string
		kind        Kind
		goes        string
		parameters  string
		recordables string
	}{
		{"iaf_psc_alpha", "iaf_psc_alpha", Neuron, "neuron.DefaultIafPscAlpha()", "E_L V_th V_reset V_min V_m C_m tau_m tau_syn_ex tau_syn_in t_ref I_e", "V_m I_syn_ex I_syn_in"},
		{"iaf_neuron", "iaf_psc_alpha", Neuron, "neuron.DefaultIafPscAlpha()", "E_L V_th V_reset V_min V_m C_m tau_m tau_syn_ex tau_syn_in t_ref I_e", "V_m I_syn_ex I_syn_in"},
		{"iaf_psc_exp", "iaf_psc_exp", Neuron, "neuron.DefaultIafPscExp()", "E_L V_th V_reset V_m C_m tau_m tau_syn_ex tau_syn_in t_ref I_e", "V_m I_syn_ex I_syn_in"},
		{"iaf_psc_delta", "iaf_psc_delta", Neuron, "neuron.DefaultIafPscDelta()", "E_L V_th V_reset V_min V_m C_m tau_m t_ref I_e refractory_input", "V_m"},
		{"parrot_neuron", "parrot_neuron", Neuron, "neuron.Parrot{}", "", ""},
		{"poisson_generator", "poisson_generator", Generator, "device.Poisson{}", "rate start stop origin", ""},
		{"dc_generator", "dc_generator", Generator, "device.DC{}", "amplitude start stop origin", ""},
		{"multimeter", "multimeter", Recorder, "device.DefaultMultimeter()", "interval offset record_from start stop origin", ""},
		{"voltmeter", "voltmeter", Recorder, "device.DefaultVoltmeter()", "interval offset record_from start stop origin", ""},
		{"spike_recorder", "spike_recorder", Recorder, "device.SpikeRecorder{}", "start stop origin", ""},
		{"spike_detector", "spike_recorder", Recorder, "device.SpikeRecorder{}", "start stop origin", ""},
		{"static_synapse", "static_synapse", Synapse, "connect.Synapse{}", "synapse_model weight delay", ""},
	} {
		m, err := Get(c.name)
		if err != nil {
			t.Error(err)
			continue
		}
		var p, r []string
		for _, x := range m.Parameters {
			p = append(p, x.Name)
		}
		for _, x := range m.Recordables {
			r = append(r, x.Name)
		}
		if m.Name != c.is || m.Kind != c.kind || m.Go != c.goes || strings.Join(p, " ") != c.parameters || strings.Join(r, " ") != c.recordables {
			t.Errorf("%s: %s %v %s %v %v, want %+v", c.name, m.Name, m.Kind, m.Go, p, r, c)
		}
		if c.name != c.is && !strings.Contains(m.Help, c.name) {
			t.Errorf("%s is not in the help:\n%s", c.name, m.Help)
		}
	}
}

func TestGetUnknown(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"iaf_psc_alhpa", `models: no model "iaf_psc_alhpa", did you mean iaf_psc_alpha?`},
		{"IafPscExp", "did you mean iaf_psc_exp?"},
		{"Poisson", "did you mean poisson_generator?"},
		{"spike_detectr", "did you mean spike_detector?"},
		{"izhikevich", "must be one of iaf_psc_alpha, iaf_neuron, iaf_psc_delta"},
		{"", "must be one of iaf_psc_alpha"},
	} {
		_, get := Get(c.name)
		_, def := Default(c.name)
		_, syn := DefaultSynapse(c.name)
		_, all := Defaults(c.name)
		for _, err := range []error{get, def, syn, all} {
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%q: %v, want %q", c.name, err, c.want)
			}
		}
	}
}

func TestParameter(t *testing.T) {
	m, _ := Get("poisson_generator")
	want := Parameter{Name: "rate", Field: "Rate", Unit: "spikes/s", Default: 0.0, Help: "mean rate of each target's train", Allowed: ">= 0"}
	if p, err := m.Parameter("rate"); err != nil || p != want {
		t.Errorf("%+v, %v, want %+v", p, err, want)
	}
	if _, err := m.Parameter("rat"); err == nil || err.Error() != `poisson_generator: no parameter "rat", did you mean rate?` {
		t.Error(err)
	}
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		kind Kind
		part string
		want string
	}{
		{Any, "PSC", "iaf_psc_alpha iaf_psc_delta iaf_psc_exp"},
		{Neuron, "neuron", "iaf_psc_alpha parrot_neuron"}, // iaf_neuron
		{Any, "spike", "spike_generator spike_recorder"},
		{Recorder, "", "multimeter spike_recorder voltmeter"},
		{Synapse, "", "static_synapse"},
		{Synapse, "psc", ""},
		{Any, "stdp", ""},
	} {
		var got []string
		for _, m := range Find(c.kind, c.part) {
			got = append(got, m.Name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%v %q: %v, want %s", c.kind, c.part, got, c.want)
		}
	}
	all := All()
	if len(all) != len(entries()) {
		t.Errorf("%d models, want %d", len(all), len(entries()))
	}
	for i := 1; i < len(all); i++ {
		a, b := all[i-1], all[i]
		if a.Kind > b.Kind || a.Kind == b.Kind && a.Name >= b.Name {
			t.Errorf("%s comes before %s", a.Name, b.Name)
		}
	}
}

// The defaults are NEST 3.10's.
func TestDefault(t *testing.T) {
	for name, want := range map[string]Model{
		"iaf_neuron": neuron.DefaultIafPscAlpha(), "iaf_psc_exp": neuron.DefaultIafPscExp(), "parrot_neuron": neuron.Parrot{},
		"poisson_generator": device.Poisson{}, "spike_detector": device.SpikeRecorder{}, "multimeter": device.Multimeter{Interval: 1},
		"voltmeter": device.Multimeter{Interval: 1, Quantities: []string{"V_m"}},
	} {
		if m, err := Default(name); err != nil || !reflect.DeepEqual(m, want) {
			t.Errorf("%s: %#v, %v, want %#v", name, m, err, want)
		}
	}
	if s, err := DefaultSynapse("static_synapse"); err != nil || s != (connect.Synapse{Model: "static_synapse", Weight: connect.Constant(1), Delay: connect.Constant(1)}) {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := Default("static_synapse"); err == nil || !strings.Contains(err.Error(), "static_synapse is a synapse") {
		t.Error(err)
	}
	if _, err := DefaultSynapse("multimeter"); err == nil || !strings.Contains(err.Error(), "multimeter is a recorder") {
		t.Error(err)
	}
	got, err := Defaults("voltmeter")
	want := map[string]any{"interval": 1.0, "offset": 0.0, "record_from": []string{"V_m"}, "start": 0.0, "stop": 0.0, "origin": 0.0}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	got, err = Defaults("static_synapse")
	if want := map[string]any{"synapse_model": "static_synapse", "weight": 1.0, "delay": 1.0}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	if got, err = Defaults("iaf_psc_delta"); err != nil || got["V_min"] != math.Inf(-1) || got["refractory_input"] != false {
		t.Errorf("%v, %v", got, err)
	}
}

// Changing what was returned changes nothing for others.
func TestCopies(t *testing.T) {
	m, _ := Get("voltmeter")
	m.Parameters[2].Default.([]string)[0] = "x"
	m.Parameters[0].Name = "x"
	d, _ := Default("voltmeter")
	d.(device.Multimeter).Quantities[0] = "x"
	again, _ := Get("voltmeter")
	if again.Parameters[2].Default.([]string)[0] != "V_m" || again.Parameters[0].Name != "interval" {
		t.Errorf("%+v", again.Parameters)
	}
	if d, _ := Default("voltmeter"); d.(device.Multimeter).Quantities[0] != "V_m" {
		t.Errorf("%+v", d)
	}
}

// Everything that help shows is there, in the form that it needs.
func TestComments(t *testing.T) {
	for _, m := range All() {
		if m.Summary == "" || len(m.Summary) > 100 || strings.Contains(m.Summary, "NEST") {
			t.Errorf("%s: summary %q", m.Name, m.Summary)
		}
		if !strings.Contains(strings.Join(strings.Fields(m.Help), " "), "NEST's "+m.Name) {
			t.Errorf("%s: the comment does not say \"NEST's %s\":\n%s", m.Name, m.Name, m.Help)
		}
		set := param.Of(m.model)
		if err := set.Err(); err != nil {
			t.Error(err)
		}
		for _, p := range m.Parameters {
			if p.Help == "" || p.Field == "" {
				t.Errorf("%s: %s: help %q of field %q", m.Name, p.Name, p.Help, p.Field)
			}
			switch set.Kind(p.Name) {
			case param.Bool, param.Bools, param.String, param.Strings:
				if p.Unit != "" {
					t.Errorf("%s: %s has unit %q", m.Name, p.Name, p.Unit)
				}
			default:
				if !slices.Contains(units, p.Unit) {
					t.Errorf("%s: %s: unit %q, must be one of %q", m.Name, p.Name, p.Unit, units)
				}
			}
			if p.Allowed == "" {
				t.Errorf("%s: %s: nothing says what is allowed", m.Name, p.Name)
			}
		}
		for _, r := range m.Recordables {
			if !slices.Contains(units, r.Unit) || r.Help == "" {
				t.Errorf("%s: %+v", m.Name, r)
			}
		}
		for _, text := range []string{m.String(), All().String()} {
			for _, line := range strings.Split(text, "\n") {
				if utf8.RuneCountInString(line) > 100 {
					t.Errorf("%s: longer than 100 columns: %s", m.Name, line)
				}
			}
		}
	}
}

// units are those that a number may have.
var units = []string{"mV", "ms", "pA", "pF", "nS", "spikes/s", "Hz", "degrees", "pA or mV", "dimensionless"}

// Every struct with a ModelName is in the table.
func TestTable(t *testing.T) {
	listed := map[string]bool{}
	for _, e := range entries() {
		listed[goName(e.defaults)] = true
	}
	for _, dir := range []string{"neuron", "device"} {
		files, err := filepath.Glob("../" + dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, file := range files {
			tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range tree.Decls {
				f, ok := d.(*ast.FuncDecl)
				if !ok || f.Recv == nil || f.Name.Name != "ModelName" || strings.HasSuffix(file, "_test.go") {
					continue
				}
				found++
				if id, ok := f.Recv.List[0].Type.(*ast.Ident); !ok || !listed[dir+"."+id.Name] {
					t.Errorf("%s: %v has a ModelName, and no line in table.go", file, f.Recv.List[0].Type)
				}
			}
		}
		if found == 0 {
			t.Errorf("no models in %s", dir)
		}
	}
}

func TestMarkdown(t *testing.T) {
	if got, want := markdownTable([][]string{{"a", "b"}, {escape("x|y*z_[1]"), code("V_m")}}), "| a | b |\n|---|---|\n| x\\|y\\*z\\_\\[1\\] | `V_m` |\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	m, _ := Get("iaf_psc_delta")
	for _, want := range []string{
		"### iaf\\_psc\\_delta\n\nneuron, `neuron.DefaultIafPscDelta()`\n", "\n\n\tdV/dt = -(V - E_L)/tau_m + I_e/C_m, and",
		"| `V_min` | -Inf | mV | `Vmin` | lower bound of the potential; a number or -Inf |\n", "| `V_m` | mV | membrane potential |\n",
	} {
		if !strings.Contains(m.Markdown(), want) {
			t.Errorf("no %q in\n%s", want, m.Markdown())
		}
	}
	if got := Find(Neuron, "parrot").Markdown(); !strings.Contains(got, "| `parrot_neuron` | neuron | repeats every spike") {
		t.Error(got)
	}
}

// Networks are built without the texts, and nothing reads Go source.
func TestNotLinked(t *testing.T) {
	for pkgs, not := range map[string][]string{
		"cortigo/sim cortigo/sim/microcircuit": {"cortigo/sim/models", "go/parser", "go/ast", "go/doc/comment"},
		"cortigo/sim/models":                   {"go/parser", "go/ast", "go/doc/comment", "embed"},
	} {
		out, err := exec.Command("go", append([]string{"list", "-deps"}, strings.Fields(pkgs)...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		deps := strings.Fields(string(out))
		if !slices.Contains(deps, "cortigo/sim/neuron") {
			t.Fatalf("no dependencies: %s", out)
		}
		for _, p := range not {
			if slices.Contains(deps, p) {
				t.Errorf("%s depends on %s", pkgs, p)
			}
		}
	}
}

// A multimeter takes whatever is listed as recordable.
func TestRecordables(t *testing.T) {
	for _, m := range Find(Neuron, "") {
		for _, r := range m.Recordables {
			if err := (device.Multimeter{Quantities: []string{r.Name}}).Validate(); err != nil {
				t.Errorf("%s: %v", m.Name, err)
			}
		}
	}
}
