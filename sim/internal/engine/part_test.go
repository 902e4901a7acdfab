package engine

import (
	"fmt"
	"strings"
	"testing"

	"cortigo/sim/internal/exchange"
	"cortigo/sim/internal/network"
	"cortigo/sim/internal/wiring"
)

// silent is a part of a network to which nobody elsewhere says anything.
func silent(t *testing.T, desc *network.Description, n, of int) *Engine {
	t.Helper()
	rest := exchange.Rest{Rates: make([]float64, len(desc.Populations)), Seed: 1, Step: desc.Resolution}
	for _, p := range desc.Populations {
		rest.Sizes = append(rest.Sizes, p.N)
	}
	e, err := Build(t.Context(), desc, Options{Threads: n, Exchange: exchange.NewShare(n, of, rest)})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// What a part of a network does not have is an error that says which shards are
// here, or what its state is of; what it has is told and set.
func TestPartOfNetwork(t *testing.T) {
	d := learning(100, 20)
	e := silent(t, d, 2, 5) // neurons 1, 2, 6, 7, ...
	advance(t, e, 100)
	f, err := Build(t.Context(), d, Options{Threads: 1, Shards: 5})
	if err != nil {
		t.Fatal(err)
	}
	other := silent(t, d, 1, 5)
	state := func(e *Engine) *network.State {
		s := e.State()
		return s
	}
	for _, c := range []struct {
		name string
		do   func() error
		want string // "": no error
	}{
		{"value here", func() error { _, err := e.Value(0, 6, "V_m"); return err }, ""},
		{"value elsewhere", func() error { _, err := e.Value(0, 7, "V_m"); return err }, `population "E": neuron 8 is not here, but only shards 0-1 of 0-4`},
		{"value of the second population", func() error { _, err := e.Value(1, 4, "V_m"); return err }, `population "I": neuron 85 is not here`},
		{"whole", e.Whole, "only a part of the network is here: shards 0-1 of 0-4"},
		{"whole of all", f.Whole, ""},
		{"own state", func() error { return e.SetState(state(e)) }, ""},
		{"state of the whole", func() error { return e.SetState(state(f)) }, ""},
		{"another part's state", func() error { return e.SetState(state(other)) }, "state is of a part of the network, shards 0 of 0-4, here are shards 0-1 of 0-4"},
		{"a part's state for all", func() error { return f.SetState(state(e)) }, "state is of a part of the network"},
		{"saving", func() error { return state(e).Check(d) }, "it is of a part of the network: shards 0-1 of 0-4"},
		{"saving all", func() error { return state(f).Check(d) }, ""},
		{"synapses here", func() error { return countOnto(e, network.Range{Population: 0, From: 5, N: 2}) }, ""},
		{"synapses elsewhere", func() error { return countOnto(e, network.Range{Population: 0, From: 5, N: 3}) }, `E -> E: population "E": neuron 8 is not here`},
		{"synapses of the whole", func() error { return countOnto(f, network.Range{Population: 0, From: 0, N: 80}) }, ""},
	} {
		if err := c.do(); c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	e.SetValue(0, 6, "V_m", -61)
	e.SetValue(0, 7, "V_m", -62) // another program's
	if x, err := e.Value(0, 6, "V_m"); x != -61 || err != nil {
		t.Errorf("V_m %v, %v, want -61 mV", x, err)
	}
	if e.Synapses() >= f.Synapses() || e.Synapses() == 0 || e.Shards() != 2 || e.Threads() != 2 {
		t.Errorf("%d of %d synapses in %d shards on %d threads", e.Synapses(), f.Synapses(), e.Shards(), e.Threads())
	}
}

// countOnto asks for all connections onto neurons.
func countOnto(e *Engine, of network.Range) error {
	n := 0
	err := e.Connections(wiring.Selection{Targets: []network.Range{of}}, func(wiring.Connection) bool { n++; return true })
	if err == nil && n != 20*of.N {
		err = fmt.Errorf("%d connections", n)
	}
	return err
}
