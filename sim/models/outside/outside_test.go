// Package outside has the test of models that another package registers when a
// program runs; they would be in the way of the tests of the catalog itself.
package outside

import (
	"reflect"
	"strings"
	"testing"

	"cortigo/sim/device"
	"cortigo/sim/models"
	"cortigo/sim/neuron"
	"cortigo/sim/synapse"
)

// A ramp is a current that rises, as another package would write it.
type ramp struct {
	Slope float64 `json:"slope" unit:"pA" default:"2" allowed:"> 0" help:"how much it rises in a ms"`
	Top   float64 `json:"top" unit:"pA" default:"+inf" allowed:"finite or +Inf; above 0" help:"where it stays"`
	device.Active
}

func (ramp) ModelName() string                           { return "ramp_generator" }
func (r ramp) Validate() error                           { return device.CheckTable(r) }
func (ramp) Pieces(device.Clock) ([]device.Piece, error) { return nil, nil }

func (ramp) Fit(device.Clock, float64) error { return nil }

func (ramp) Help() string {
	return "a current that rises steadily, as a\nramp. It stays at the top.\n\n    I(t) = slope*t"
}

// A bare one says nothing of itself.
type bare struct{ X float64 }

func (bare) ModelName() string                           { return "bare_generator" }
func (bare) Validate() error                             { return nil }
func (bare) Fit(device.Clock, float64) error             { return nil }
func (bare) Pieces(device.Clock) ([]device.Piece, error) { return nil, nil }

// A tired is a kind of synapses.
type tired struct {
	U float64 `json:"U" unit:"dimensionless" default:"0.5" allowed:"in [0, 1]" help:"share that a spike uses"`
}

func (tired) ModelName() string { return "tired_synapse" }
func (m tired) Validate() error { return synapse.CheckTable(m) }

func TestRegisteredSynapse(t *testing.T) {
	err := synapse.Register(synapse.Spec{Defaults: synapse.Defaults[tired](), Bound: func(_ synapse.Model, w float64) float64 { return w },
		New: func(*synapse.Config) (synapse.Sender, error) { return nil, nil }})
	if err != nil {
		t.Fatal(err)
	}
	info, err := models.Get("tired_synapse")
	if err != nil || info.Kind != models.Synapse || info.Go != `connect.Synapse{Model: "tired_synapse"}` {
		t.Errorf("%#v, %v", info, err)
	}
	if p, err := info.Parameter("U"); err != nil || p.Default != 0.5 || p.Allowed != "in [0, 1]" {
		t.Errorf("%+v, %v", p, err)
	}
	if s, err := models.DefaultSynapse("tired_synapse"); err != nil || s.Model != "tired_synapse" || s.Weight != nil {
		t.Errorf("%+v, %v", s, err)
	}
	if m, err := models.Default("tired_synapse"); err == nil || !strings.Contains(err.Error(), "tired_synapse is a synapse, must be a model of nodes") {
		t.Errorf("%v, %v", m, err)
	}
}

// A counter is a neuron without equations.
type counter struct {
	Most int `json:"most" unit:"dimensionless" default:"3" allowed:">= 1" help:"spikes that it counts"`
}

func (counter) ModelName() string { return "counter_neuron" }
func (m counter) Validate() error { return neuron.CheckTable(m) }

func TestRegisteredNeuron(t *testing.T) {
	err := neuron.Register(neuron.Spec{Defaults: neuron.Defaults[counter](), Aliases: []string{"tally"},
		Ports: func(neuron.Model) []neuron.Port { return []neuron.Port{{Name: "spikes", Unit: "dimensionless"}} },
		Recordables: func(neuron.Model) []neuron.Recordable {
			return []neuron.Recordable{{Name: "n", Unit: "dimensionless", Help: "spikes so far"}}
		},
		New: func(*neuron.Config) (neuron.Group, error) { return nil, nil }})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"counter_neuron", "tally"} {
		info, err := models.Get(name)
		if err != nil || info.Kind != models.Neuron || info.Go != "neuron.Defaults[outside.counter]()" || len(info.Recordables) != 1 || info.Recordables[0].Help != "spikes so far" {
			t.Errorf("%s: %#v, %v", name, info, err)
		}
	}
	if m, err := models.Default("counter_neuron"); err != nil || m != models.Model(counter{3}) {
		t.Errorf("%#v, %v", m, err)
	}
	if found := models.Find(models.Neuron, "counter"); len(found) != 1 {
		t.Errorf("%v", found)
	}
}

func TestRegistered(t *testing.T) {
	before := len(models.All())
	if _, err := models.Get("ramp_generator"); err == nil {
		t.Fatal("it is there before it was registered")
	}
	for _, d := range []device.Device{ramp{}, bare{}} {
		if err := device.Register(d); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(models.All()); n != before+2 {
		t.Errorf("%d models, want %d", n, before+2)
	}
	if found := models.Find(models.Generator, "ramp"); len(found) != 1 || found[0].Name != "ramp_generator" {
		t.Errorf("%v", found)
	}
	info, err := models.Get("ramp_generator")
	if err != nil {
		t.Fatal(err)
	}
	if info.Kind != models.Generator || info.Go != "device.Defaults[outside.ramp]()" || info.Summary != "a current that rises steadily, as a ramp" ||
		!strings.Contains(info.Help, "\n    I(t) = slope*t\n") {
		t.Errorf("%#v", info)
	}
	want := models.Parameter{Name: "slope", Field: "Slope", Unit: "pA", Default: 2.0, Help: "how much it rises in a ms", Allowed: "> 0"}
	if p, err := info.Parameter("slope"); err != nil || p != want {
		t.Errorf("%+v, %v, want %+v", p, err, want)
	}
	for _, text := range []string{info.String(), info.Markdown()} {
		for _, want := range []string{"how much it rises in a ms; > 0", "+Inf", "where it stays; finite or +Inf; above 0", "end of activity"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
	}
	m, err := models.Default("ramp_generator")
	if r, ok := m.(ramp); err != nil || !ok || r.Slope != 2 || r.Validate() != nil {
		t.Errorf("%#v, %v", m, err)
	}
	values, err := models.Defaults("bare_generator")
	if err != nil || !reflect.DeepEqual(values, map[string]any{"x": 0.0}) {
		t.Errorf("%v, %v", values, err)
	}
	if b, err := models.Get("bare_generator"); err != nil || b.Go != "outside.bare{}" || b.Help != "" || b.String() == "" {
		t.Errorf("%#v, %v", b, err)
	}
}
