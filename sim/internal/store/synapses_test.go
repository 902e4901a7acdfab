package store

import (
	"errors"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"cortigo/sim/connect"
	"cortigo/sim/internal/engine"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/param"
	"cortigo/sim/neuron"
	"cortigo/sim/synapse"
)

// counting is a kind of synapses that counts spikes.
type counting struct {
	Step float64 `json:"step" default:"1" allowed:"finite" help:"what a spike adds to the weight"`
}

func (counting) ModelName() string { return "counting_synapse" }
func (m counting) Validate() error { return synapse.CheckTable(m) }

func (m counting) Send(_ synapse.Spike, on *synapse.Synapses) {
	copy(on.Out, on.Weight)
	for k := range on.Weight {
		on.Weight[k] += m.Step
		on.Column[0][k]++
	}
}

func init() {
	err := synapse.Register(synapse.Spec{Defaults: synapse.Defaults[counting](), Columns: []synapse.Column{{Name: "n"}},
		Bound: func(_ synapse.Model, w float64) float64 { return w + 1000 },
		New:   func(c *synapse.Config) (synapse.Sender, error) { return c.Model.(counting), nil }})
	if err != nil {
		panic(err)
	}
}

// counted is a network with such synapses in two projections, and others between.
func counted() *network.Description {
	m := neuron.DefaultIafPscExp()
	m.Ie = 700
	a, b := network.Range{N: 8}, network.Range{Population: 1, N: 5}
	pr := func(pre, post network.Range, model string, weight float64) network.Projection {
		return network.Projection{Pre: []network.Range{pre}, Post: []network.Range{post}, Rule: connect.FixedInDegree{N: 4}, Weight: connect.Constant(weight), Delay: connect.Uniform{Min: 1, Max: 9}, Synapse: model}
	}
	d := &network.Description{Seed: 3, Resolution: 0.1,
		Populations:   []network.Population{{Name: "a", First: 1, N: a.N, Model: m, Vm: connect.Uniform{Min: -70, Max: -56}}, {Name: "b", First: 9, N: b.N, Model: neuron.Parrot{}}},
		SynapseModels: []network.SynapseModel{{Name: "counting_synapse", Weight: connect.Constant(1), Delay: connect.Constant(1), Model: counting{Step: 0.5}}},
		Projections:   []network.Projection{pr(a, a, "counting_synapse", -7), pr(a, a, "", 30), pr(a, b, "counting_synapse", 2)}}
	d.Projections[1].Ordinal = 1
	d.Projections[0].Changed = []network.SynapseChange{{Target: 1, Index: 2, Weight: -9.5, Delay: math.NaN(), Since: 12}}
	return d
}

// The state of synapses is what it was when it was saved, by name; a state that no
// run can have left behind is not opened.
func TestSynapseState(t *testing.T) {
	d := counted()
	e, err := engine.Build(t.Context(), d, engine.Options{Threads: 1, Shards: 3})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Run(t.Context(), 700, nil); err != nil {
		t.Fatal(err)
	}
	if s := e.State(); len(s.Sent) < 10 || s.Synapses[0].Weight[6] == -9.5 || len(s.Synapses) != 2 || s.Synapses[1].Projection != 2 {
		t.Fatalf("nothing to save: %+v", s.Synapses)
	}
	dir := t.TempDir()
	if err := SaveNetwork(dir, d, e); err != nil {
		t.Fatal(err)
	}
	open := func(change func(s *network.State)) (*network.State, *network.State, error) {
		s := e.State()
		change(s)
		if err := SaveState(dir, d, s); err != nil {
			t.Fatal(err)
		}
		n, err := OpenNetwork(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := n.CheckRows(); err != nil {
			t.Fatal(err)
		}
		got, err := OpenState(dir, n.Description)
		return s, got, err
	}
	want, got, err := open(func(*network.State) {})
	if err != nil || !reflect.DeepEqual(got.Synapses, want.Synapses) || !reflect.DeepEqual(got.Sent, want.Sent) {
		t.Fatalf("%v: opened %+v, saved %+v", err, got, want)
	}
	for _, c := range []struct {
		name   string
		change func(s *network.State)
		err    string
	}{
		{"no number", func(s *network.State) { s.Synapses[0].Weight[3] = math.NaN() }, `of model "counting_synapse": weight of synapse 3 is NaN, must be finite`},
		{"infinite column", func(s *network.State) { s.Synapses[1].Columns["n"][3] = math.Inf(1) }, `of model "counting_synapse": n of synapse 3 is +Inf`},
		{"column too short", func(s *network.State) { s.Synapses[0].Columns["n"] = make([]float64, 31) }, `array "synapses/0/n" has 31 elements, "synapses/0/weight" 32`},
		{"column of another kind", func(s *network.State) { s.Synapses[0].Columns = map[string][]float64{"u": make([]float64, 32)} }, `it lacks the array "synapses/0/n"`},
		{"column too many", func(s *network.State) { s.Synapses[0].Columns["u"] = make([]float64, 32) }, `it holds an array "synapses/0/u", which is not part of a state of this network`},
		{"no synapses", func(s *network.State) { s.Synapses = s.Synapses[:1] }, `it lacks the array "synapses/2/weight"`},
		{"static ones", func(s *network.State) { s.Synapses[1].Projection = 1 }, `it lacks the array "synapses/2/weight"`},
		{"a spike to come", func(s *network.State) { s.Synapses[0].Last[2] = 701 }, "a last spike at step 701, must be in [0, 700]"},
		{"sources too few", func(s *network.State) { s.Synapses[0].Last = s.Synapses[0].Last[1:] }, "last spikes of 7 sources, must be 8"},
		{"sent before", func(s *network.State) { s.Sent[0].Step = 700 }, "which cannot be at step 700"},
		{"sent to nobody", func(s *network.State) { s.Sent[0].Neuron = 13 }, "under way to neuron 14"},
		{"nothing sent", func(s *network.State) { s.Sent[0].Quanta = 0 }, "state has 0 quanta under way"},
		{"out of order", func(s *network.State) { slices.Reverse(s.Sent) }, "out of order"},
	} {
		if _, _, err := open(c.change); err == nil || !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %v, want %q", c.name, err, c.err)
		}
	}

	// More synapses than the network has: known when it is built.
	_, got, err = open(func(s *network.State) {
		s.Synapses[0].Weight, s.Synapses[0].Columns["n"] = append(s.Synapses[0].Weight, 1), append(s.Synapses[0].Columns["n"], 1)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.SetState(got); err == nil || !strings.Contains(err.Error(), "projection 0: weight of 33 synapses, must be 32") {
		t.Error(err)
	}
}

// A network whose kind of synapses this program does not know is not opened, and
// parameters are checked.
func TestSynapseKindUnknown(t *testing.T) {
	d := counted()
	e, err := engine.Build(t.Context(), d, engine.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := SaveNetwork(dir, d, e); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(networkPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, err string }{
		{`"type": "counting_synapse"`, `"type": "learning_synapse"`, `synapse model "counting_synapse": unknown kind of synapses "learning_synapse", not registered in this program`},
		{`"step": 0.5`, `"slow": 0.5`, `no parameter "slow"`},
		{`"step": 0.5`, `"step": "+Inf"`, "step is +Inf"},
		{`"since_step": [`, `"since_step": [-1,`, "changed synapses in columns"},
		{`"synapses_with_state": 52`, `"synapses_with_state": 99`, "99 of 84 synapses have state"},
	} {
		b := strings.Replace(string(whole), c.old, c.new, 1)
		if b == string(whole) {
			t.Fatalf("there is no %s in %d bytes", c.old, len(whole))
		}
		if err := os.WriteFile(networkPath(dir), []byte(b), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenNetwork(dir); err == nil || !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %v, want %q", c.new, err, c.err)
		}
	}
}

// What a network with types of another program's own consists of is compared all the
// same.
func TestVerifyUnregistered(t *testing.T) {
	dir, d := t.TempDir(), counted()
	save(t, dir, d, 2)
	change := func(path, old, new string) {
		t.Helper()
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(b), old, new)
		if text == string(b) {
			t.Fatalf("there is no %s in %s", old, path)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	change(networkPath(dir), `"type": "counting_synapse"`, `"type": "learning_synapse"`)
	if errs := VerifyNetwork(dir); len(errs) != 1 || errors.Is(errs[0], param.ErrUnregistered) || !strings.Contains(errs[0].Error(), "the description is not the one that was saved") {
		t.Errorf("another name: %v", errs)
	}
	if err := Reseal(dir, nil); err != nil {
		t.Fatal(err)
	}
	if errs := VerifyNetwork(dir); len(errs) != 1 || !errors.Is(errs[0], param.ErrUnregistered) {
		t.Errorf("whole: %v", errs)
	}
	b, err := os.ReadFile(rowsPath(dir, 1))
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)-1] ^= 1
	b[len(b)-70] ^= 1
	if err := os.WriteFile(rowsPath(dir, 1), b, 0o600); err != nil {
		t.Fatal(err)
	}
	if errs := VerifyNetwork(dir); len(errs) != 2 || !strings.Contains(errs[1].Error(), "damaged") {
		t.Errorf("damaged: %v", errs)
	}
	change(networkPath(dir), `"seed":`, `"seed":1`)
	if errs := VerifyNetwork(dir); len(errs) != 1 || errors.Is(errs[0], param.ErrUnregistered) {
		t.Errorf("another seed: %v", errs)
	}
}
