package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cortigo/sim/internal/exchange"
)

// Which neurons are here, and how many before one, as counting tells.
func TestPart(t *testing.T) {
	for _, c := range []struct {
		here   []int
		shards int
		text   string
	}{
		{[]int{0}, 1, "shards 0 of 0-0"},
		{[]int{0, 1, 2}, 3, "shards 0-2 of 0-2"},
		{[]int{0, 2, 3, 6}, 7, "shards 0, 2-3, 6 of 0-6"},
		{[]int{4}, 5, "shards 4 of 0-4"},
	} {
		p, err := newPart(c.here, c.shards)
		if err != nil {
			t.Fatal(err)
		}
		before := 0
		for g := range 3*c.shards + 2 {
			has := slices.Contains(c.here, g%c.shards)
			if p.has(g) != has || p.before(g) != before {
				t.Errorf("%v: neuron %d is here: %t, after %d, want %t, %d", p, g, p.has(g), p.before(g), has, before)
			}
			if has {
				before++
			}
		}
		if p.String() != c.text || p.whole() != (len(c.here) == c.shards) {
			t.Errorf("%v, want %s; whole: %t", p, c.text, p.whole())
		}
	}
	for _, c := range []struct {
		here   []int
		shards int
		want   string
	}{
		{nil, 3, "none of 3 shards is here"},
		{[]int{0, 3}, 3, "shards [0 3] are here, must be in [0, 3)"},
		{[]int{-1}, 3, "shards [-1]"},
		{[]int{1, 0}, 3, "ascending order"},
		{[]int{1, 1}, 3, "ascending order"},
	} {
		if _, err := newPart(c.here, c.shards); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v of %d: %v, want %q", c.here, c.shards, err, c.want)
		}
	}
}

// silent is a part of a network to which nobody elsewhere says anything.
func silent(t *testing.T, desc *Description, n, of int) *Engine {
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
	state := func(e *Engine) *State {
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
		{"synapses here", func() error { return countOnto(e, Range{0, 5, 2}) }, ""},
		{"synapses elsewhere", func() error { return countOnto(e, Range{0, 5, 3}) }, `E -> E: population "E": neuron 8 is not here`},
		{"synapses of the whole", func() error { return countOnto(f, Range{0, 0, 80}) }, ""},
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
func countOnto(e *Engine, of Range) error {
	n := 0
	err := e.Connections(Selection{Targets: []Range{of}}, func(Connection) bool { n++; return true })
	if err == nil && n != 20*of.N {
		err = fmt.Errorf("%d connections", n)
	}
	return err
}
